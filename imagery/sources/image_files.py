"""What is known of an image file before its pixels are read, as values."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox

from imagery.errors import GridMismatchError

Window = tuple[int, int, int, int]
"""First row, first column, rows, columns; counted on a north-up grid."""
Pixels = tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]
"""Stored numbers, shape (M, N), and where the file's own mask says that there is data (None: it has no mask)."""


_WARNINGS = RLock()


@contextmanager
def warnings_aside() -> Iterator[None]:
    """Keep warnings of the libraries away while a header is read: what they warn of is judged in our own words.

    One thread at a time, because the filters of warnings belong to the whole process.
    """
    with _WARNINGS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in its file a layer stands."""

    index: int = 1
    """Band of a raster, from 1; band coordinate of a cube that has one, from 0."""
    variable: str = ""
    """Variable of a cube."""
    step: int | None = None
    """Time step of a cube, from 0; None when it has no time dimension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a file says about the numbers of a layer; None where it says nothing."""

    scale: float | None = None
    """Reflectance of one count."""
    offset: float | None = None
    """Reflectance of count 0."""
    nodata: tuple[float, ...] = ()
    """Stored numbers that mean no data."""
    dtype: str = ""
    """Number type of the stored numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One image in a file: one band on one date."""

    name: str
    """What the file calls it; may be empty."""
    place: Place
    """Where it stands."""
    stated: Stated
    """What the file says about its numbers."""
    time: datetime | None = None
    """Acquisition, aware UTC, where the file says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What the header of a file says."""

    shape: tuple[int, int]
    """Rows and columns."""
    affine: Affine
    """Pixel to map, north up."""
    crs: str
    """Reference system; empty where the file states none."""
    flip_rows: bool
    """Whether the first stored row lies in the south."""
    flip_columns: bool
    """Whether the first stored column lies in the east."""
    layers: tuple[Layer, ...]
    """Its images."""
    kind: str
    """``"raster"`` or ``"cube"``."""
    unread: tuple[tuple[str, str], ...] = ()
    """Parts that are no images, each with the reason."""
    time: datetime | None = None
    """Acquisition of the whole file, where its metadata say it."""

    def geobox(self, crs: str = "") -> GeoBox:
        """The grid, in its own reference system or in the one that was told."""
        return GeoBox(self.shape, self.affine, crs or self.crs or None)


class ImageReader(Protocol):
    """Reads windows of one kind of file. Opens and closes it per call, so threads do not meet."""

    def __call__(
        self, path: Path, name: str, facts: FileFacts, places: list[Place], window: Window
    ) -> list[Pixels]:
        """Read one window of several layers of a file that is opened once.

        Raises
        ------
        CorruptImageError
            If the file cannot be read whole.
        """
        ...


def north_up(affine: Affine, shape: tuple[int, int], name: str) -> tuple[Affine, bool, bool]:
    """Turn a pixel-to-map transform north up; tells whether rows and columns are to be flipped.

    Raises
    ------
    GridMismatchError
        If the grid is rotated.
    """
    if affine.b or affine.d:
        raise GridMismatchError(
            f"The grid of {name} is rotated.",
            hint="Warp it to a north-up grid first (gdalwarp), and say so: it is then resampled.",
        )
    rows, columns = shape
    flip_rows, flip_columns = affine.e > 0, affine.a < 0
    left = affine.c + (affine.a * columns if flip_columns else 0.0)
    top = affine.f + (affine.e * rows if flip_rows else 0.0)
    return Affine(abs(affine.a), 0.0, left, 0.0, -abs(affine.e), top), flip_rows, flip_columns


def stored_slices(facts: FileFacts, window: Window) -> tuple[slice, slice]:
    """Rows and columns of a north-up window as they are stored."""
    row, column, rows, columns = window
    if facts.flip_rows:
        row = facts.shape[0] - row - rows
    if facts.flip_columns:
        column = facts.shape[1] - column - columns
    return slice(row, row + rows), slice(column, column + columns)


def turned(facts: FileFacts, stored: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Stored rows and columns, turned north up."""
    rows = slice(None, None, -1) if facts.flip_rows else slice(None)
    columns = slice(None, None, -1) if facts.flip_columns else slice(None)
    return stored[..., rows, columns]
