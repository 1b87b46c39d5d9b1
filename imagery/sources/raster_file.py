"""GeoTIFF, COG and JPEG 2000 through rasterio; its exceptions do not leave this file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import RasterioError
from rasterio.windows import Window as RasterWindow

from imagery.errors import CorruptImageError, SourceError
from imagery.sources.image_files import (
    FileFacts,
    Layer,
    Pixels,
    Place,
    Stated,
    Window,
    north_up,
    stored_slices,
    turned,
    warnings_aside,
)
from imagery.sources.name_pattern import parse_time
from imagery.sources.reference_system import crs_name

SUFFIXES = (".tif", ".tiff", ".gtiff", ".jp2")
DRIVERS = {
    b"II*\0": "GTiff",
    b"MM\0*": "GTiff",
    b"II+\0": "GTiff",
    b"MM\0+": "GTiff",
    b"\0\0\0\x0c": "JP2OpenJPEG",
    b"\xff\x4f\xff\x51": "JP2OpenJPEG",
}
"""First bytes of a file, and its driver. Nothing else is opened: a VRT called .tif could point anywhere."""
TIME_TAGS = ("acquisitiondatetime", "date_acquired", "sensing_time", "acquisition_time", "datetime", "date")
"""Metadata that say when an image was taken. TIFFTAG_DATETIME is not among them: it says when the file was made."""


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Any]:
    """Open a raster; whatever goes wrong while it is open becomes an error that names the file."""
    try:
        driver = _driver(path, name)
        # TRUE: look for sidecar files one by one, instead of listing a large folder for each file.
        with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="TRUE"), rasterio.open(path, driver=driver) as dataset:
            yield dataset
    except (RasterioError, OSError) as error:
        raise _corrupt(name, "cannot be read as an image, or not whole") from error


def _driver(path: Path, name: str) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start not in DRIVERS:
        raise _corrupt(name, "is neither a TIFF nor a JPEG 2000 image" if start else "is empty")
    return DRIVERS[start]


def _corrupt(name: str, what: str) -> CorruptImageError:
    return CorruptImageError(
        f"{name} {what}.", hint="Copy or download it again, or take it out of the folder."
    )


def inspect_raster(path: Path, name: str) -> FileFacts:
    """Read the header of a raster.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What messages call it.

    Raises
    ------
    CorruptImageError
        If it cannot be opened.
    SourceError
        If it has no place on earth.
    GridMismatchError
        If its grid is rotated.
    """
    with warnings_aside(), _opened(path, name) as dataset:
        return _facts(dataset, name)


def _facts(dataset: Any, name: str) -> FileFacts:
    if dataset.transform == Affine.identity():
        raise SourceError(
            f"{name} has no place on earth: it carries no transform.",
            hint="Georeference it first; a world file (.tfw) beside it is enough, with crs = in source.toml.",
        )
    affine, flip_rows, flip_columns = north_up(dataset.transform, dataset.shape, name)
    return FileFacts(
        shape=(dataset.height, dataset.width),
        affine=affine,
        crs=crs_name(dataset.crs.to_wkt()) if dataset.crs else "",
        flip_rows=flip_rows,
        flip_columns=flip_columns,
        layers=tuple(_layers(dataset)),
        kind="raster",
        time=_tagged_time({**dataset.tags(), **dataset.tags(ns="IMAGERY")}),
    )


def _layers(dataset: Any) -> Iterator[Layer]:
    for i, index in enumerate(dataset.indexes):
        if dataset.colorinterp[i] is ColorInterp.alpha:
            continue
        tags = {key.lower(): value for key, value in dataset.tags(index).items()}
        scale, offset, nodata = dataset.scales[i], dataset.offsets[i], dataset.nodatavals[i]
        # GDAL gives 1 and 0 for what is not stated, so exactly these say nothing.
        said = (scale, offset) != (1.0, 0.0)
        yield Layer(
            name=(dataset.descriptions[i] or tags.get("description") or "").strip(),
            place=Place(index=index),
            stated=Stated(
                scale=float(scale) if said and scale != 1.0 else None,
                offset=float(offset) if said else None,
                nodata=() if nodata is None else (float(nodata),),
                dtype=dataset.dtypes[i],
            ),
            time=_tagged_time(tags),
        )


def _tagged_time(tags: dict[str, str]) -> datetime | None:
    plain = {key.lower(): value for key, value in tags.items()}
    times = (parse_time(str(plain[key]).split(".")[0]) for key in TIME_TAGS if key in plain)
    return next((t for t in times if t is not None), None)


def read_raster(path: Path, name: str, facts: FileFacts, places: list[Place], window: Window) -> list[Pixels]:
    """Read one window of several bands; see `ImageReader`."""
    rows, columns = stored_slices(facts, window)
    part = RasterWindow(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
    indexes = [place.index for place in places]
    with _opened(path, name) as dataset:
        if dataset.shape != facts.shape:
            raise CorruptImageError(f"{name} changed while it was read.", hint="Start again.")
        values = turned(facts, dataset.read(indexes, window=part))
        masked = [_has_own_mask(dataset.mask_flag_enums[i - 1]) for i in indexes]
        masks = [
            turned(facts, dataset.read_masks(i, window=part)).astype(np.bool_) if has else None
            for i, has in zip(indexes, masked, strict=True)
        ]
    return list(zip(values, masks, strict=True))


def _has_own_mask(flags: list[MaskFlags]) -> bool:
    """True for a mask stored with the image (alpha, .msk), not for one made from nodata, which we judge ourselves."""
    return (MaskFlags.per_dataset in flags or MaskFlags.alpha in flags) and MaskFlags.nodata not in flags
