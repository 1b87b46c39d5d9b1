"""Write environment.yml from pyproject.toml, with the names that conda-forge uses.

python scripts/make_environment.py           writes environment.yml
python scripts/make_environment.py --check   says whether it is what would be written, and writes nothing
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1]
HEADER = """\
# Made from pyproject.toml by `make environment`; not for editing by hand.
# Holds what the program, its tests, benchmarks and notebooks need. The project itself is installed after it:
#     conda env create --file environment.yml && conda activate imagery
#     python -m pip install --no-deps --editable .
# A test proves that this file says what pyproject.toml says. That conda-forge can solve it was not tried here.
name: imagery
channels:
  - conda-forge
  - nodefaults
dependencies:
"""


def conda_line(requirement: Requirement, names: Mapping[str, str]) -> str:
    """One dependency as conda writes it; refuses what conda cannot say.

    Raises
    ------
    ValueError
        If nobody looked up the conda-forge name, or the line holds an extra, a marker or an address.
    """
    if requirement.extras or requirement.marker or requirement.url:
        raise ValueError(f"conda has no word for the extra, marker or address in {str(requirement)!r}")
    name = canonicalize_name(requirement.name)
    if name not in names:
        raise ValueError(f"{name} has no conda-forge name yet; look it up and add it to conda_names.toml")
    return f"{names[name]} {requirement.specifier}".strip()


def environment(project: Mapping[str, Any], table: Mapping[str, Mapping[str, str]]) -> str:
    """The text of environment.yml.

    Parameters
    ----------
    project : mapping
        pyproject.toml, parsed.
    table : mapping
        conda_names.toml, parsed: the tables `conda-forge` (name on conda-forge by name on PyPI) and
        `pip` (reason by name of what conda-forge does not have).
    """
    metadata = project["project"]
    lines = [HEADER.rstrip("\n"), f"  - python {metadata['requires-python']}", "  - pip"]
    by_pip: list[str] = []
    groups = {
        "the program": metadata["dependencies"],
        **{f"extra: {name}": entries for name, entries in metadata["optional-dependencies"].items()},
    }
    for title, entries in groups.items():
        lines.append(f"  # {title}")
        for requirement in map(Requirement, entries):
            name = canonicalize_name(requirement.name)
            if name in table["pip"]:
                by_pip.append(f"      - {requirement}  # {table['pip'][name]}")
            else:
                lines.append(f"  - {conda_line(requirement, table['conda-forge'])}")
    if by_pip:
        lines += ["  - pip:", *by_pip]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the file, or say whether it is up to date."""
    parser = argparse.ArgumentParser(description="Write environment.yml from pyproject.toml.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if the file is out of date"
    )
    check = parser.parse_args().check

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    table = tomllib.loads((PROJECT / "scripts" / "conda_names.toml").read_text(encoding="utf-8"))
    try:
        text = environment(project, table)
    except ValueError as error:
        print(f"environment.yml was not written: {error}.", file=sys.stderr)
        return 2
    file = PROJECT / "environment.yml"
    if not check:
        file.write_text(text, encoding="utf-8", newline="\n")
        print(f"Wrote {file.name}.")
        return 0
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        print("environment.yml is not what pyproject.toml says; run `make environment`.", file=sys.stderr)
        return 1
    print("environment.yml says what pyproject.toml says.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
