"""What is not loaded before it is needed: `imagery --help` must not wait for the packages that read pixels.

How long it takes is measured by the benchmarks; a clock in a test would only tell how busy the machine is.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = [
    *("dask", "distributed", "geopandas", "jinja2", "matplotlib", "netCDF4", "numba", "numpy", "odc"),
    *("openpyxl", "pandas", "pyarrow", "pyogrio", "pyproj", "rasterio", "scipy", "sentinelhub"),
    *("shapely", "skimage", "sklearn", "xarray", "zarr"),
]


def loaded(code: str, folder: Path) -> set[str]:
    """Which heavy packages a fresh interpreter holds after running the code."""
    report = f"\nimport sys\nprint('loaded:', *(set({HEAVY!r}) & set(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", code + report], cwd=folder, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    line = next(line for line in answer.stdout.splitlines() if line.startswith("loaded:"))
    return set(line.split()[1:])


def test_a_heavy_package_would_be_noticed(tmp_path: Path) -> None:
    assert "numpy" in loaded("import numpy", tmp_path)


@pytest.mark.parametrize("name", ["imagery", "imagery.errors", "imagery.cli"])
def test_importing_loads_nothing_heavy(name: str, tmp_path: Path) -> None:
    assert loaded(f"import {name}", tmp_path) == set()


@pytest.mark.parametrize("arguments", [["--help"], ["screen", "--help"], ["register", "check", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    code = (
        f"import sys\nsys.argv = ['imagery', *{arguments!r}]\n"
        "from imagery.cli import main\n"
        "try:\n    code = main()\nexcept SystemExit as stop:\n    code = stop.code\n"
        "assert not code, code"
    )
    assert loaded(code, tmp_path) == set()


def test_the_package_does_not_touch_the_home_folder_when_imported(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {"HOME": str(home), "USERPROFILE": str(home), "PATH": ""}
    code = "import imagery\nfor name in imagery.__all__: getattr(imagery, name)"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    left = [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]
    assert [name for name in left if "cache" not in name.lower()] == []
