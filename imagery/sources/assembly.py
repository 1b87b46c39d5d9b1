"""The cube: images of all dates put together, with `valid`, coordinates and attributes (`protocol.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from odc.geo.geobox import GeoBox

from imagery.domain import UNKNOWN
from imagery.pixels.scl import dilate
from imagery.sources.acquisitions import Acquisition
from imagery.sources.calibration import check_plausible
from imagery.sources.mosaic import Calibrations, DateImage, date_image
from imagery.sources.reading import Key, Piece


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cut:
    """The grid of a cube, and the slightly larger one that is read so that cloud beyond the edge can grow into it."""

    geobox: GeoBox
    """The grid of the cube, M rows and N columns."""
    work: GeoBox
    """The grid that is read."""
    rows: slice
    """Rows of the cube on the work grid."""
    columns: slice
    """Columns of the cube on the work grid."""
    covered_fraction: float
    """Share of the box that was asked for that the imagery reaches, 0-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskOptions:
    """How the scene classification is used."""

    dilation_px: int
    """Growth of cloud and cloud shadow, pixels."""
    snow_is_clear: bool
    """Take snow and ice for ground."""


def assemble(
    acquisitions: Sequence[Acquisition],
    pieces: Mapping[Key, Piece],
    calibrations: Calibrations,
    bands: tuple[str, ...],
    cut: Cut,
    mask: MaskOptions,
) -> xr.Dataset:
    """Put the dates together.

    Raises
    ------
    SourceError
        If the numbers cannot be reflectance (`check_plausible`).
    """
    shape = (len(acquisitions), *cut.geobox.shape)
    images = {band: np.full(shape, np.nan, dtype=np.float32) for band in bands}
    valid = np.zeros(shape, dtype=np.bool_)
    cloud_fraction = np.full(len(acquisitions), np.nan, dtype=np.float32)
    for t, acquisition in enumerate(acquisitions):
        image = date_image(
            acquisition, pieces, calibrations, bands, cut.work, snow_is_clear=mask.snow_is_clear
        )
        for b, band in enumerate(bands):
            images[band][t] = image.reflectance[b, cut.rows, cut.columns]
        usable = image.usable & ~dilate(image.cloud, mask.dilation_px)
        valid[t] = usable[cut.rows, cut.columns]
        cloud_fraction[t] = _cloud_fraction(image, cut)
    check_plausible(images, _by_band(acquisitions, calibrations))
    return _dataset(images, valid, cloud_fraction, acquisitions, cut.geobox)


def _cloud_fraction(image: DateImage, cut: Cut) -> float:
    """Share of the classified pixels of the cut that are cloud or cloud shadow, before it grows; NaN without any."""
    classified = image.classified[cut.rows, cut.columns]
    n = int(classified.sum())
    return float((image.cloud[cut.rows, cut.columns] & classified).sum()) / n if n else float("nan")


def _by_band(acquisitions: Sequence[Acquisition], calibrations: Calibrations) -> dict[str, Any]:
    return {p.band: calibrations[p.file, p.place] for a in acquisitions for p in a.planes}


def _dataset(
    images: Mapping[str, npt.NDArray[np.float32]],
    valid: npt.NDArray[np.bool_],
    cloud_fraction: npt.NDArray[np.float32],
    acquisitions: Sequence[Acquisition],
    geobox: GeoBox,
) -> xr.Dataset:
    from odc.geo.xr import xr_coords

    times = np.array([a.time.replace(tzinfo=None) for a in acquisitions], dtype="datetime64[ns]")
    grid = dict(xr_coords(geobox))
    dims = ("time", *geobox.dimensions)
    renamed = {geobox.dimensions[0]: "y", geobox.dimensions[1]: "x"}
    dataset = xr.Dataset(
        {**{name: (dims, image) for name, image in images.items()}, "valid": (dims, valid)},
        coords={
            "time": times,
            **grid,
            "scene_id": ("time", np.array([a.scene_id for a in acquisitions], dtype=str)),
            "sensor": ("time", np.array([a.sensor or UNKNOWN for a in acquisitions], dtype=str)),
            "baseline": ("time", np.array([a.baseline or UNKNOWN for a in acquisitions], dtype=str)),
            "cloud_fraction": ("time", cloud_fraction),
        },
    )
    return dataset.rename({old: new for old, new in renamed.items() if old != new})
