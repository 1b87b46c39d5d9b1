"""The pinned packages: complete, hashed, in agreement with pyproject.toml and with what runs here."""

from __future__ import annotations

import os
import re
import sys
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ALL, RUN = "requirements.txt", "requirements-run.txt"


def pins(file: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Version and hashes of each pin, by canonical name; refuses a line that is neither."""
    text = re.sub(
        r"\\\n\s*", "", re.sub(r"^\s*#.*\n?", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    found = {}
    for line in filter(None, text.splitlines()):
        if line == "--only-binary :all:":
            continue
        match = re.fullmatch(r"([\w.-]+)==(\S+?)((?:\s*--hash=sha256:[0-9a-f]{64})+)\s*", line)
        assert match, f"{file.name}: {line[:80]!r} is not a pinned package with its hashes"
        found[canonicalize_name(match[1])] = match[2], frozenset(match[3].split())
    return found


@pytest.mark.parametrize(
    ("file", "extras"), [(ALL, ("bench", "notebook", "test")), (RUN, ())], ids=["everything", "the program"]
)
def test_every_declared_dependency_is_pinned_within_its_bounds(
    project: Path, pyproject: dict[str, Any], file: str, extras: tuple[str, ...]
) -> None:
    found = pins(project / file)
    metadata = pyproject["project"]
    optional = chain(*(metadata["optional-dependencies"][extra] for extra in extras))
    entries = [*metadata["dependencies"], *optional, *pyproject["build-system"]["requires"]]
    for entry in map(Requirement, entries):
        name = canonicalize_name(entry.name)
        assert name in found, f"{name} is not pinned in {file}; run `make pins`"
        assert entry.specifier.contains(found[name][0]), (
            f"{name} {found[name][0]} does not fit {entry.specifier}"
        )


def test_the_pins_of_the_program_are_a_part_of_all_pins(project: Path) -> None:
    everything, program = pins(project / ALL), pins(project / RUN)
    assert program.items() <= everything.items()


def test_a_pin_without_hash_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("numpy==2.0\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="not a pinned package"):
        pins(file)


def test_what_runs_here_is_what_is_pinned(project: Path) -> None:
    if (
        not (Path(sys.prefix) / ".set-up-all").exists()
        or sys.version_info[:2] != (3, 11)
        or sys.platform != "linux"
    ):
        message = "this environment was not made by `make setup` with Python 3.11 on Linux"
        if os.environ.get("IMAGERY_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    different = {
        name: (version(name), pinned)
        for name, (pinned, _) in pins(project / ALL).items()
        if version(name) != pinned
    }
    assert different == {}
