"""Reads the stored numbers of many planes over one work grid: windows only, one opening per file, in threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from imagery.pixels.grids import enclosing_window, window_grid
from imagery.sources.image_files import FileFacts, Place, Window
from imagery.sources.inventory import READERS, path_of
from imagery.sources.planes import Plane
from imagery.sources.work_grid import offset_px

Key = tuple[str, Place]
"""File and place: what a piece is known by."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """The part of a plane that was read."""

    stored: npt.NDArray[Any]
    """Numbers as the file holds them, north up, shape (m, n)."""
    present: npt.NDArray[np.bool_] | None
    """Where the file's own mask says that there is data; None without such a mask."""
    geobox: GeoBox
    """Its grid, that of the file."""


def key_of(plane: Plane) -> Key:
    """What the piece of a plane is known by."""
    return plane.file, plane.place


def read_pieces(
    root: Path,
    headers: Mapping[str, FileFacts],
    planes: Iterable[Plane],
    work: GeoBox,
    *,
    threads: int = 1,
) -> dict[Key, Piece]:
    """Read what planes show of a grid.

    Parameters
    ----------
    root : Path
        Folder of the source, or its one file.
    headers : mapping
        Header of each file, by relative name.
    planes : iterable of Plane
        What to read; planes that do not meet the grid are passed over.
    work : GeoBox
        Ground that is wanted, in the same reference system.
    threads : int
        Files that are read at the same time.

    Raises
    ------
    CorruptImageError
        If a file cannot be read whole; names the file.
    """
    wanted: dict[str, list[Plane]] = {}
    for plane in planes:
        wanted.setdefault(plane.file, []).append(plane)
    windows = {file: visible_window(mine[0].geobox, work) for file, mine in wanted.items()}
    jobs = [(file, window) for file, window in windows.items() if window is not None]

    def read(job: tuple[str, Window]) -> list[tuple[Key, Piece]]:
        file, window = job
        places = [plane.place for plane in wanted[file]]
        pixels = READERS[headers[file].kind](path_of(root, file), file, headers[file], places, window)
        geobox = window_grid(wanted[file][0].geobox, window)
        return [
            ((file, place), Piece(stored=stored, present=present, geobox=geobox))
            for place, (stored, present) in zip(places, pixels, strict=True)
        ]

    if threads == 1 or len(jobs) <= 1:
        return dict(pair for job in jobs for pair in read(job))
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return dict(pair for pairs in pool.map(read, jobs) for pair in pairs)


def visible_window(geobox: GeoBox, work: GeoBox) -> Window | None:
    """Pixels of a grid that meet another grid; None when there are none."""
    box = work.boundingbox
    row, column, rows, columns = enclosing_window(geobox, (box.left, box.bottom, box.right, box.top))
    first_row, first_column = max(row, 0), max(column, 0)
    last_row, last_column = min(row + rows, geobox.shape[0]), min(column + columns, geobox.shape[1])
    if first_row >= last_row or first_column >= last_column:
        return None
    return first_row, first_column, last_row - first_row, last_column - first_column


def paste(image: npt.NDArray[Any], values: npt.NDArray[Any], geobox: GeoBox, work: GeoBox) -> None:
    """Lay values of a grid that shares the lines of the work grid onto an image of it, in place."""
    row, column = offset_px(geobox, work)
    rows, columns = values.shape
    top, left = max(row, 0), max(column, 0)
    bottom, right = min(row + rows, image.shape[0]), min(column + columns, image.shape[1])
    if top < bottom and left < right:
        image[top:bottom, left:right] = values[top - row : bottom - row, left - column : right - column]
