"""Grids and shapes: how large a pixel is, how a shape comes onto a grid, how one grid is cut from another.

Grids are `odc.geo.geobox.GeoBox`. Nothing here reads a file.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.errors import GeometryError, GridMismatchError

if TYPE_CHECKING:
    from odc.geo.geobox import GeoBox

NOMINAL_TOLERANCE = 0.01
"""Up to this difference (share) the size that a metric system states is taken as true: a UTM pixel stays 10 m."""
SNAP_PX = 1e-6
"""An edge this near to a pixel boundary lies on it."""
MAX_SEGMENT_SHARE = 1 / 32
"""Sides are cut into pieces of this share of the shape's extent before they are carried to another system."""


@lru_cache(maxsize=256)
def transformer(source: str, target: str) -> Any:
    """Return the cached `pyproj.Transformer` between two systems, always in the order x, y (lon, lat).

    Raises
    ------
    GeometryError
        If one of the two is no reference system.
    """
    from pyproj import Transformer
    from pyproj.exceptions import CRSError

    try:
        return Transformer.from_crs(source, target, always_xy=True)
    except CRSError as error:
        raise GeometryError(
            f"No transformation between the reference systems {_short(source)} and {_short(target)}.",
            hint="Name them by their EPSG code, e.g. EPSG:28992.",
        ) from error


def to_crs(geometry: Geometry, source: str, target: str, *, densify: bool = False) -> Geometry:
    """Carry a shape from one reference system to another.

    Parameters
    ----------
    geometry : Geometry
        Shape, x before y (lon before lat).
    source, target : str
        Reference systems, e.g. ``"EPSG:28992"``.
    densify : bool
        Add points along the sides first, so that long sides may bend; for bounding boxes of large areas.

    Returns
    -------
    Geometry
        The same object when both systems are the same.

    Raises
    ------
    GeometryError
        If a system is unknown, or the shape lies where the target is not defined.

    Examples
    --------
    >>> point = to_crs(shapely.Point(155_000, 463_000), "EPSG:28992", "EPSG:4326")
    >>> round(point.x, 3), round(point.y, 3)
    (5.387, 52.155)
    """
    if source == target or geometry.is_empty:
        return geometry
    if densify:
        left, bottom, right, top = geometry.bounds
        step = max(right - left, top - bottom) * MAX_SEGMENT_SHARE
        geometry = shapely.segmentize(geometry, step) if step > 0 else geometry
    carry = transformer(source, target).transform

    def moved(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(carry(xy[:, 0], xy[:, 1]))

    result: Geometry = shapely.transform(geometry, moved)
    if not np.isfinite(shapely.get_coordinates(result)).all():
        raise GeometryError(
            f"A shape around {_round(geometry.bounds)} in {_short(source)} has no place in {_short(target)}.",
            hint="Check the reference system, and the order of x and y.",
        )
    return result


def pixel_sides_m(geobox: GeoBox) -> tuple[float, float]:
    """Width and height of the central pixel on the ground, metres.

    In a metric system the sides it states, as long as they are right within 1 %; otherwise (degrees, Web Mercator)
    the distances on the ellipsoid.

    Raises
    ------
    GridMismatchError
        If the grid has no reference system.
    """
    if geobox.crs is None:
        raise GridMismatchError("The grid has no reference system, so its pixels have no size in metres.")
    return _sides_m(_crs_text(geobox), geobox.shape.yx, tuple(geobox.affine)[:6])


def pixel_size_m(geobox: GeoBox) -> float:
    """Side of a square with the area of the central pixel on the ground, metres.

    Examples
    --------
    >>> from affine import Affine
    >>> from odc.geo.geobox import GeoBox
    >>> pixel_size_m(GeoBox((9, 9), Affine(10, 0, 644_550, 0, -10, 5_676_350), "EPSG:32631"))
    10.0
    >>> round(pixel_size_m(GeoBox((9, 9), Affine(10, 0, 600_000, 0, -10, 6_800_000), "EPSG:3857")), 1)
    6.2
    """
    width, height = pixel_sides_m(geobox)
    return math.sqrt(width * height)


def pixel_area_m2(geobox: GeoBox) -> float:
    """Area of the central pixel on the ground, square metres."""
    width, height = pixel_sides_m(geobox)
    return width * height


@lru_cache(maxsize=1024)
def _sides_m(crs: str, shape: tuple[int, int], affine: tuple[float, ...]) -> tuple[float, float]:
    from pyproj import CRS

    a, b, c, d, e, f = affine
    row, column = shape[0] / 2, shape[1] / 2
    x, y = a * column + b * row + c, d * column + e * row + f
    system = CRS.from_user_input(crs)
    steps = ((a, d), (b, e))
    local = tuple(_ground_length(system, crs, (x, y), step) for step in steps)
    if system.is_geographic:
        return local[0], local[1]
    unit_m = system.axis_info[0].unit_conversion_factor if system.axis_info else 1.0
    nominal = tuple(math.hypot(*step) * unit_m for step in steps)
    near = all(abs(n - g) <= NOMINAL_TOLERANCE * n for n, g in zip(nominal, local, strict=True))
    return (nominal[0], nominal[1]) if near else (local[0], local[1])


def _ground_length(system: Any, crs: str, centre: tuple[float, float], step: tuple[float, float]) -> float:
    """Geodesic length of one step of the grid, centred, metres."""
    x = [centre[0] - step[0] / 2, centre[0] + step[0] / 2]
    y = [centre[1] - step[1] / 2, centre[1] + step[1] / 2]
    geod = system.get_geod()
    if geod is None:
        raise GridMismatchError(f"The reference system {_short(crs)} has no ellipsoid to measure on.")
    if not system.is_geographic:
        geographic = system.geodetic_crs.to_wkt()
        x, y = transformer(crs, geographic).transform(x, y)
    return float(geod.inv(x[0], y[0], x[1], y[1])[2])


def rasterise(
    geometry: Geometry, geobox: GeoBox, *, crs: str | None = None, all_touched: bool = False
) -> npt.NDArray[np.bool_]:
    """Bring a shape onto a grid.

    Parameters
    ----------
    geometry : Geometry
        Any shape; an empty one gives an empty image.
    geobox : GeoBox
        Grid of M rows and N columns.
    crs : str, optional
        Reference system of the shape; that of the grid when left out.
    all_touched : bool
        Take every pixel that the shape touches; otherwise those whose centre lies within it.

    Returns
    -------
    ndarray of bool, shape (M, N)
        True on the shape.

    Raises
    ------
    GeometryError
        If the shape cannot be carried to the system of the grid.
    """
    if crs is not None and geobox.crs is not None:
        geometry = to_crs(geometry, crs, _crs_text(geobox))
    if geometry.is_empty:
        return np.zeros(geobox.shape, dtype=np.bool_)
    from rasterio.features import geometry_mask

    inside: npt.NDArray[np.bool_] = geometry_mask(
        [geometry],
        out_shape=tuple(geobox.shape),
        transform=geobox.affine,
        all_touched=all_touched,
        invert=True,
    )
    return inside


def map_place(geobox: GeoBox, row: float, column: float) -> tuple[float, float]:
    """Map coordinates (x, y) of a place on a grid; (0, 0) is the outer corner of the first pixel."""
    t = geobox.affine
    return t.a * column + t.b * row + t.c, t.d * column + t.e * row + t.f


def grid_place(geobox: GeoBox, x: float, y: float) -> tuple[float, float]:
    """Row and column of a map place, as fractions; the inverse of `map_place`."""
    t = ~geobox.affine
    return t.d * x + t.e * y + t.f, t.a * x + t.b * y + t.c


def enclosing_window(geobox: GeoBox, bounds: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Whole pixels that hold a box, as (first row, first column, rows, columns) counted on the grid.

    The window may reach beyond the grid; its size is at least one pixel.

    Parameters
    ----------
    geobox : GeoBox
        North-up grid.
    bounds : (left, bottom, right, top)
        Box in the system of the grid.
    """
    left, bottom, right, top = bounds
    r0, c0 = grid_place(geobox, left, top)
    r1, c1 = grid_place(geobox, right, bottom)
    first_row, first_column = math.floor(r0 + SNAP_PX), math.floor(c0 + SNAP_PX)
    rows = max(1, math.ceil(r1 - SNAP_PX) - first_row)
    columns = max(1, math.ceil(c1 - SNAP_PX) - first_column)
    return first_row, first_column, rows, columns


def window_grid(geobox: GeoBox, window: tuple[int, int, int, int]) -> GeoBox:
    """Grid of a window (first row, first column, rows, columns) on another grid; it may reach beyond it."""
    from affine import Affine
    from odc.geo.geobox import GeoBox

    row, column, rows, columns = window
    x, y = map_place(geobox, row, column)
    t = geobox.affine
    return GeoBox((rows, columns), Affine(t.a, t.b, x, t.d, t.e, y), geobox.crs)


def _crs_text(geobox: GeoBox) -> str:
    assert geobox.crs is not None
    epsg = geobox.crs.epsg
    return f"EPSG:{epsg}" if epsg else str(geobox.crs)


def _short(crs: str) -> str:
    return crs if len(crs) <= 40 else crs[:37] + "..."


def _round(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(v, 3) for v in values)
