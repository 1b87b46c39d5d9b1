"""The wheel holds everything the package reads at run time, and nothing that is not the package."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def names(project: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names in a wheel that was built now."""
    if find_spec("hatchling") is None:
        message = "hatchling is missing, which builds the wheel"
        if os.environ.get("IMAGERY_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    answer = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_file_of_the_package_is_in_it(project: Path, names: set[str]) -> None:
    there = {
        path.relative_to(project).as_posix()
        for path in (project / "imagery").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert "imagery/domain/defaults.toml" in there
    assert there - names == set()


def test_nothing_else_is(names: set[str]) -> None:
    outside = {name for name in names if not name.startswith(("imagery/", "vth_imagery-"))}
    assert outside == set()
    assert any(name.endswith("licenses/LICENSE") for name in names)
