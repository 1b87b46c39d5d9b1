"""A simulated scene with planted changes, written as real files, and a register drawn around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from shapely import Polygon, box

from imagery.testing.folders import write_folder
from imagery.testing.simulated import PlantedChange, SimulatedScene, simulate_cube

PERIOD = "2020-01-01/2021-01-01"
HEADER = "zaaknummer;activiteit;geldig_van;geldig_tot;bron_geometrie;geometrie"


@dataclass(frozen=True)
class Planted:
    """A folder with imagery and a register, and the scene behind them."""

    scene: SimulatedScene
    imagery: Path
    register: Path
    crs: str

    def pixels(self, row: int, column: int, rows: int, columns: int) -> Polygon:
        """Outline of a rectangle of pixels, in the scene's reference system."""
        a = self.scene.geobox.affine
        return box(
            a.c + a.a * column, a.f + a.e * (row + rows), a.c + a.a * (column + columns), a.f + a.e * row
        )

    def write_register(self, path: Path, rows: list[tuple[str, str, str, str, Polygon | str]]) -> Path:
        """Write a register: reference, activity, valid from, valid to, ground."""
        lines = [HEADER]
        for reference, activity, start, end, ground in rows:
            wkt = ground if isinstance(ground, str) else ground.wkt
            lines.append(f"{reference};{activity};{start};{end};ingemeten;{wkt}")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Four years, two changes: felling across a boundary, felling in the middle of a large permitted ground."""
    changes = (
        PlantedChange(
            kind="clearing", row=20, column=20, rows=9, columns=9, day=date(2020, 5, 20), fraction=0.6
        ),
        PlantedChange(
            kind="clearing", row=60, column=60, rows=7, columns=8, day=date(2020, 6, 10), fraction=0.6
        ),
    )
    scene = simulate_cube(
        shape=(96, 100),
        start=date(2017, 1, 1),
        years=4.0,
        covers=("conifer", "broadleaf"),
        changes=changes,
        seed=11,
    )
    folder = tmp_path_factory.mktemp("planted")
    imagery = write_folder(scene.cube, folder / "imagery", "netcdf")
    made = Planted(scene=scene, imagery=imagery, register=folder / "register.csv", crs=str(scene.geobox.crs))
    made.write_register(
        made.register,
        [
            ("CROSSED", "Kappen van bomen", "01-01-2019", "31-12-2025", made.pixels(24, 16, 8, 16)),
            ("ALLOWED", "Kappen van bomen", "01-01-2019", "31-12-2025", made.pixels(54, 54, 19, 20)),
            ("QUIET", "Opslag van rondhout", "01-01-2019", "31-12-2025", made.pixels(80, 10, 8, 8)),
        ],
    )
    return made
