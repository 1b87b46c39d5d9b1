"""Cuts the ground that was asked for from the imagery's own grid, in whole pixels."""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from odc.geo.geobox import GeoBox
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.errors import GeometryError, NoSceneError
from imagery.pixels.grids import enclosing_window, pixel_size_m, to_crs, window_grid
from imagery.sources.assembly import Cut
from imagery.sources.image_files import Window
from imagery.sources.planes import Plane
from imagery.sources.protocol import Area


def cut_to_area(area: Area, geobox: GeoBox, *, reach_px: int = 0) -> Cut:
    """Cut the bounding box of an area from a grid, grown to whole pixels and clipped to the grid.

    Parameters
    ----------
    area : Area
        What was asked for.
    geobox : GeoBox
        The whole grid of the imagery, north up.
    reach_px : int
        How far beyond the cut is read as well, pixels, where there is imagery.

    Raises
    ------
    NoSceneError
        If the area lies outside the imagery.
    GeometryError
        If the area is empty, or has no place in the imagery's reference system.
    """
    if area.geometry.is_empty:
        raise GeometryError("The area is empty.", hint="Give it a place.")
    bounds = to_crs(area.geometry, area.crs, str(geobox.crs), densify=True).bounds
    asked = enclosing_window(geobox, bounds)
    cut = _clipped(asked, geobox)
    if cut is None:
        raise NoSceneError(
            f"The area lies outside the imagery: it ends at {_round(bounds)}, the imagery at"
            f" {_round(tuple(geobox.boundingbox))} in {str(geobox.crs)[:40]}.",
            hint="Use imagery of this ground, and check the reference systems of both.",
        )
    row, column, rows, columns = cut
    grown = (row - reach_px, column - reach_px, rows + 2 * reach_px, columns + 2 * reach_px)
    work = _clipped(grown, geobox) or cut
    down, right = row - work[0], column - work[1]
    return Cut(
        geobox=window_grid(geobox, cut),
        work=window_grid(geobox, work),
        rows=slice(down, down + rows),
        columns=slice(right, right + columns),
        covered_fraction=(rows * columns) / (asked[2] * asked[3]),
    )


def _clipped(window: Window, geobox: GeoBox) -> Window | None:
    row, column, rows, columns = window
    top, left = max(row, 0), max(column, 0)
    bottom, right = min(row + rows, geobox.shape[0]), min(column + columns, geobox.shape[1])
    return (top, left, bottom - top, right - left) if top < bottom and left < right else None


def _round(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(float(v), 3) for v in values)


def footprint(planes: Sequence[Plane]) -> Geometry:
    """Ground that the files cover, in their reference system."""
    boxes = {plane.geobox.boundingbox for plane in planes}
    return shapely.union_all([shapely.box(b.left, b.bottom, b.right, b.top) for b in boxes])


def size_m(geobox: GeoBox) -> float:
    """Side of a pixel, metres, as people say it: without the noise of the last digits."""
    return float(f"{pixel_size_m(geobox):.9g}")
