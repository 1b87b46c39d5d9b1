"""The cities of the Onera Satellite Change Detection set, each on the 10 m grid of its first date."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.warp import Resampling, reproject

TUNED = ("abudhabi", "aguasclaras", "beihai", "bercy", "bordeaux", "paris")
"""Cities that choices were made on: the first six of the alphabet, but with Paris, which shares a tile with Bercy."""
UNTUNED = ("cupertino", "hongkong", "mumbai", "pisa", "rennes")
"""Cities that no choice was made on."""
BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")
"""Bands used: those of 10 and 20 m."""
NAMES = ("blue", "green", "red", "rededge071", "rededge075", "rededge078", "nir", "nir08", "swir16", "swir22")
"""The same bands by their common names."""
CHANGED = 2
"""Value of a changed pixel in a label file."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class City:
    """Two dates and the labels of one city; images (B, M, N) in reflectance."""

    name: str
    """Name of its folder."""
    before: npt.NDArray[np.float32]
    """First date."""
    after: npt.NDArray[np.float32]
    """Second date, on the grid of the first; not registered."""
    valid: npt.NDArray[np.bool_]
    """True where both dates have data in all bands, (M, N)."""
    changed: npt.NDArray[np.bool_]
    """True where the label says change, (M, N)."""


def load_city(folder: Path, name: str) -> City:
    """Read one city: bilinear resampling of every band that is not on the 10 m grid of the first date."""
    images = folder / "images" / name
    with rasterio.open(_band(images / "imgs_1", "B02")) as grid:
        profile = {"crs": grid.crs, "transform": grid.transform, "shape": grid.shape}
    before = np.stack([_on_grid(_band(images / "imgs_1", band), profile) for band in BANDS])
    after = np.stack([_on_grid(_band(images / "imgs_2", band), profile) for band in BANDS])
    with rasterio.open(folder / "labels" / name / "cm" / f"{name}-cm.tif") as file:
        labels = file.read(1)
    if labels.shape != profile["shape"]:
        raise SystemExit(f"The label of {name} has shape {labels.shape}, its image {profile['shape']}.")
    valid = np.isfinite(np.concatenate([before, after])).all(axis=0)
    return City(name=name, before=before, after=after, valid=valid, changed=labels == CHANGED)


def _band(folder: Path, band: str) -> Path:
    found = sorted(folder.glob(f"*_{band}.tif"))
    if len(found) != 1:
        raise SystemExit(
            f"{folder.parent.name}/{folder.name} holds {len(found)} files of band {band}, not one."
        )
    return found[0]


def _on_grid(path: Path, profile: dict[str, Any]) -> npt.NDArray[np.float32]:
    """Read a band as reflectance on a grid; DN 0 is no data."""
    with rasterio.open(path) as file:
        counts = file.read(1).astype(np.float32)
        source = {"src_crs": file.crs, "src_transform": file.transform}
    counts[counts == 0] = np.nan
    if counts.shape != profile["shape"] or source["src_transform"] != profile["transform"]:
        moved = np.full(profile["shape"], np.nan, dtype=np.float32)
        reproject(
            counts,
            moved,
            **source,
            dst_crs=profile["crs"],
            dst_transform=profile["transform"],
            src_nodata=np.nan,
            dst_nodata=np.nan,
            resampling=Resampling.bilinear,
        )
        counts = moved
    reflectance: npt.NDArray[np.float32] = counts / np.float32(10_000)
    return reflectance
