"""Draw the two pictures of docs/demo.md from the demo imagery.

    python scripts/draw_demo_pictures.py

They show the pixels as they are, with the permits of the register drawn over them; no detector has part in them.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import rasterio
import shapely

from imagery.testing.demo import DEMO_NOTICES, demo_files, load_expected

matplotlib.use("agg")
from matplotlib import pyplot as plt

IMAGES = Path(__file__).parents[1] / "docs" / "img"
WHOLE = (("2017-07-06", "6 July 2017"), ("2018-07-01", "1 July 2018"))
STAGES = (
    ("2017-10-04", "4 October 2017"),
    ("2018-04-27", "27 April 2018"),
    ("2018-05-02", "2 May 2018"),
    ("2018-05-22", "22 May 2018"),
)
WEST = (5272000.0, 2532040.0, 5272422.0, 2532470.0)
DARKEST, BRIGHTEST, GAMMA = 50.0, 1300.0, 1 / 1.5


def true_colour(day: str) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """Red, green and blue of one date, 0-1, shape (M, N, 3), and its extent (west, east, south, north)."""
    with rasterio.open(demo_files().imagery / f"sentinel2_{day}.tif") as file:
        counts = file.read((3, 2, 1)).astype(float)
        west, south, east, north = file.bounds
    bright = np.clip((counts - DARKEST) / (BRIGHTEST - DARKEST), 0, 1) ** GAMMA
    return np.moveaxis(bright, 0, -1), (west, east, south, north)


def permits() -> list[tuple[str, Any]]:
    """Reference and shape of each permit that can be used; a point as its disc of 50 m."""
    used = {site.reference for site in load_expected().sites}
    with demo_files().register.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["kenmerk"] in used]
    shapes = [(row["kenmerk"], shapely.from_wkt(row["geometrie"])) for row in rows]
    return [(name, s.buffer(50.0) if s.geom_type == "Point" else s) for name, s in shapes]


def draw(
    stages: Sequence[tuple[str, str]], path: Path, box: tuple[float, float, float, float] | None, size: float
) -> None:
    """Draw some dates side by side, each with its day above it and the permits over it."""
    changed = {site.reference for site in load_expected().sites if site.changes}
    figure, axes = plt.subplots(
        1, len(stages), figsize=(size * len(stages), size * 1.1), layout="constrained"
    )
    for axis, (day, title) in zip(axes, stages, strict=True):
        image, extent = true_colour(day)
        axis.imshow(image, extent=extent, interpolation="nearest")
        for name, shape in permits():
            x, y = shape.exterior.xy
            axis.plot(x, y, color="yellow" if name in changed else "white", linewidth=1.1)
            inside = box is None or shapely.box(*box).contains(shape)
            if inside:
                axis.text(shape.bounds[0], shape.bounds[3] + 6, name[4:], color="white", fontsize=6.5)
        if box is not None:
            axis.set_xlim(box[0], box[2])
            axis.set_ylim(box[1], box[3])
        axis.set_title(title, fontsize=10)
        axis.set_axis_off()
    figure.supxlabel(" ".join(DEMO_NOTICES), fontsize=5.5)
    figure.savefig(path, dpi=100, pil_kwargs={"optimize": True}, metadata={"Software": None})
    plt.close(figure)


def main() -> None:
    """Draw both pictures."""
    parser = argparse.ArgumentParser(description="Draw the pictures of docs/demo.md.")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder of the pictures")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    draw(WHOLE, out / "demo_ground.png", None, 4.4)
    draw(STAGES, out / "demo_felling.png", WEST, 2.6)
    for path in sorted(out.glob("demo_*.png")):
        print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
