"""Which part of a grid a picture shows, and where shapes, north and a metre lie on it.

Picture coordinates are ``(column, row)`` of pixel edges: the upper left corner of array element ``[0, 0]`` is
``(0, 0)``. They follow from the affine of the grid alone, so a grid that runs south-up or is turned needs no case
of its own; `oriented` says which way its axes are to be drawn so that north is up and east is right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from odc.geo.geobox import GeoBox
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.errors import GridMismatchError
from imagery.pixels.grids import pixel_sides_m, to_crs, transformer

Points = npt.NDArray[np.float64]
BoolImage = npt.NDArray[np.bool_]

MARGIN_SHARE = 0.35
"""Ground shown around the shapes, as a share of their larger side."""
MIN_MARGIN_PX = 8
MIN_SIDE_PX = 32
WGS84 = "EPSG:4326"
HALF_STEP_DEG = 5e-5
"""About 5 m: short enough to be straight, long enough for the arithmetic."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """A window of a grid."""

    geobox: GeoBox
    """Grid of the window."""
    rows: slice
    """Its rows in the whole grid."""
    cols: slice
    """Its columns in the whole grid."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return int(self.geobox.shape[0]), int(self.geobox.shape[1])


def view_of(geobox: GeoBox, shapes: Iterable[tuple[Geometry, str]]) -> View:
    """The part of a grid that shows the given shapes with ground around them, about square.

    Parameters
    ----------
    geobox : GeoBox
        The whole grid, (M, N) pixels.
    shapes : pairs of geometry and its reference system
        What must be in the picture; without any the whole grid is shown.
    """
    height, width = int(geobox.shape[0]), int(geobox.shape[1])
    corners = [ring for geometry, crs in shapes for ring in rings_on(geobox, geometry, crs)]
    if not corners:
        return View(geobox=geobox, rows=slice(0, height), cols=slice(0, width))
    points = np.concatenate(corners)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    side = max(right - left, bottom - top)
    side = max(side + 2 * max(MARGIN_SHARE * side, MIN_MARGIN_PX), MIN_SIDE_PX)
    cols, rows = _span((left + right) / 2, side, width), _span((top + bottom) / 2, side, height)
    return View(geobox=geobox[rows, cols], rows=rows, cols=cols)


def _span(centre: float, side: float, length: int) -> slice:
    """Whole pixels over `side` around `centre`, moved rather than cut where the grid ends."""
    count = min(int(np.ceil(side)), length)
    first = int(np.clip(round(centre - count / 2), 0, length - count))
    return slice(first, first + count)


def on_grid(geobox: GeoBox, geometry: Geometry, crs: str) -> Geometry:
    """A shape in picture coordinates of a grid."""
    inverse = ~geobox.affine

    def to_picture(points: Points) -> Points:
        cols, rows = inverse * (points[:, 0], points[:, 1])
        return np.column_stack([cols, rows])

    return shapely.transform(to_crs(geometry, crs, crs_text(geobox)), to_picture)


def rings_on(geobox: GeoBox, geometry: Geometry, crs: str) -> list[Points]:
    """All rings of a shape, outer and inner, as points (P, 2) in picture coordinates."""
    return rings_of(on_grid(geobox, geometry, crs))


def rings_of(geometry: Geometry) -> list[Points]:
    """All rings of a polygonal shape as points (P, 2)."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    return [
        np.asarray(ring.coords)[:, :2]
        for part in parts
        for ring in (part.exterior, *part.interiors)
        if len(ring.coords)
    ]


def pixels_in(geobox: GeoBox, geometry: Geometry, crs: str) -> BoolImage:
    """Shape (M, N): True for pixels whose centre lies in the shape; the nearest one when it holds no centre.

    A shape that lies beyond the grid has no pixel.
    """
    height, width = int(geobox.shape[0]), int(geobox.shape[1])
    shape = on_grid(geobox, geometry, crs)
    cols, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    inside: BoolImage = np.asarray(shapely.contains_xy(shape, cols, rows), dtype=bool)
    if not inside.any() and not shape.is_empty:
        point = shape.representative_point()
        row, col = int(np.floor(point.y)), int(np.floor(point.x))
        if 0 <= row < height and 0 <= col < width:
            inside[row, col] = True
    return inside


def crs_text(geobox: GeoBox) -> str:
    """Reference system of a grid as text: its EPSG code where it has one.

    Raises
    ------
    GridMismatchError
        If the grid has none.
    """
    if geobox.crs is None:
        raise GridMismatchError("The grid has no reference system, so nothing can be drawn on it.")
    epsg = geobox.crs.epsg
    return f"EPSG:{epsg}" if epsg else str(geobox.crs)


def metres_per_column(geobox: GeoBox) -> float:
    """Length on the ground of one step along the columns in the middle of the grid, metres."""
    return pixel_sides_m(geobox)[0]


def north_on(geobox: GeoBox) -> tuple[float, float]:
    """Unit vector ``(column, row)`` towards true north in the middle of the grid."""
    height, width = geobox.shape
    system = crs_text(geobox)
    lon, lat = transformer(system, WGS84).transform(*(geobox.affine * (width / 2, height / 2)))
    x, y = transformer(WGS84, system).transform([lon, lon], [lat - HALF_STEP_DEG, lat + HALF_STEP_DEG])
    cols, rows = ~geobox.affine * (np.asarray(x), np.asarray(y))
    step = np.array([cols[1] - cols[0], rows[1] - rows[0]])
    col, row = step / np.hypot(*step)
    return float(col), float(row)


def oriented(geobox: GeoBox) -> tuple[bool, bool]:
    """Whether columns are drawn to the right, and rows downwards, for north to be up and east right."""
    affine = geobox.affine
    return bool(affine.a >= 0), bool(affine.e <= 0)
