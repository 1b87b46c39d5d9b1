"""environment.yml against pyproject.toml, read by other parsers than the script that writes it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from rattler import MatchSpec


@pytest.fixture(scope="module")
def lines(project: Path) -> tuple[list[str], list[str]]:
    """The conda lines and the pip lines of environment.yml."""
    entries = yaml.safe_load((project / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    by_pip = [line for entry in entries if isinstance(entry, dict) for line in entry["pip"]]
    return [entry for entry in entries if isinstance(entry, str)], by_pip


@pytest.fixture(scope="module")
def table(project: Path) -> dict[str, dict[str, str]]:
    """conda_names.toml, parsed."""
    return tomllib.loads((project / "scripts" / "conda_names.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def declared(pyproject: dict[str, Any]) -> dict[str, SpecifierSet]:
    """What pyproject.toml asks for, in all extras, by canonical name."""
    metadata = pyproject["project"]
    entries = metadata["dependencies"] + [*chain(*metadata["optional-dependencies"].values())]
    return {canonicalize_name(entry.name): entry.specifier for entry in map(Requirement, entries)}


def test_the_file_is_what_the_script_would_write(project: Path) -> None:
    command = [sys.executable, "scripts/make_environment.py", "--check"]
    answer = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_every_conda_line_is_a_strict_match_spec(lines: tuple[list[str], list[str]]) -> None:
    for line in lines[0]:
        assert MatchSpec(line, strict=True).name is not None, line


def test_the_strict_parser_does_refuse_nonsense() -> None:
    with pytest.raises(Exception, match="version"):
        MatchSpec("pytest >>8", strict=True)


def test_names_and_bounds_are_those_of_pyproject(
    lines: tuple[list[str], list[str]], table: dict[str, dict[str, str]], declared: dict[str, SpecifierSet]
) -> None:
    found: dict[str, SpecifierSet] = {}
    for line in lines[0]:
        spec = MatchSpec(line, strict=True)
        assert spec.name is not None
        found[spec.name.normalized] = SpecifierSet(str(spec.version or ""))
    del found["pip"]
    python = found.pop("python")
    expected = {
        table["conda-forge"][name]: bound for name, bound in declared.items() if name not in table["pip"]
    }
    assert found == expected
    assert python == SpecifierSet(">=3.11")


def test_pip_holds_only_the_listed_exceptions(
    lines: tuple[list[str], list[str]], table: dict[str, dict[str, str]], declared: dict[str, SpecifierSet]
) -> None:
    found = {canonicalize_name(entry.name): entry.specifier for entry in map(Requirement, lines[1])}
    assert found == {name: declared[name] for name in table["pip"]}


def test_every_declared_dependency_has_a_lower_bound(declared: dict[str, SpecifierSet]) -> None:
    without = [name for name, bound in declared.items() if not any(part.operator == ">=" for part in bound)]
    assert without == []


def test_the_name_table_holds_nothing_that_is_no_longer_used(
    table: dict[str, dict[str, str]], declared: dict[str, SpecifierSet]
) -> None:
    assert set(table["conda-forge"]) | set(table["pip"]) == set(declared)
    assert not set(table["conda-forge"]) & set(table["pip"])


def test_python_is_the_one_that_pyproject_asks_for(pyproject: dict[str, Any]) -> None:
    assert SpecifierSet(pyproject["project"]["requires-python"]) == SpecifierSet(">=3.11")
