"""Shapes put in order: text into geometry, crossing rings repaired, collections taken apart, points made discs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.registers.table import GeometryArray, object_array

POINTS = (0, 4)
LINES = (1, 2, 5)
POLYGONS = (3, 6)
COLLECTION = 7
_MULTI: dict[str, Callable[..., Geometry]] = {
    "Polygon": shapely.MultiPolygon,
    "Point": shapely.MultiPoint,
    "LineString": shapely.MultiLineString,
}
SMALLEST_AREA_M2 = 0.01
"""Below this a polygon has no area: a sliver of rounding."""
DEEPEST_TEXT = 16
"""Brackets inside brackets in a shape as text; deeper ones are meant to exhaust the reader."""
_SRID = re.compile(r"^\s*SRID\s*=\s*(\d{3,6})\s*;\s*", re.IGNORECASE)
_HEX = re.compile(r"^[0-9A-Fa-f]{18,}$")


def parse_shapes(texts: Sequence[object]) -> tuple[GeometryArray, list[str | None]]:
    """Shapes from cells with WKT (also with an SRID in front), GeoJSON or WKB in hexadecimal.

    Returns
    -------
    shapes : (N,) object array
        None where a cell is blank or cannot be read.
    crs : list of str or None
        Reference system that the cell states.
    """
    shapes = object_array([None] * len(texts))
    crs: list[str | None] = [None] * len(texts)
    wkt: list[int] = []
    bodies: list[str] = []
    for i, text in enumerate(texts):
        if not isinstance(text, str) or _too_deep(text):
            continue
        if match := _SRID.match(text):
            crs[i] = f"EPSG:{match.group(1)}"
            text = text[match.end() :]
        if text.lstrip().startswith("{"):
            shapes[i] = _one(shapely.from_geojson, text)
        elif _HEX.match(text):
            shapes[i] = _one(shapely.from_wkb, text)
            srid = 0 if shapes[i] is None else int(shapely.get_srid(shapes[i]))
            crs[i] = crs[i] or (f"EPSG:{srid}" if srid > 0 else None)
        else:
            wkt.append(i)
            bodies.append(text)
    if bodies:
        shapes[wkt] = _from_wkt(bodies)
    return shapes, crs


def _from_wkt(texts: list[str]) -> GeometryArray:
    try:
        with np.errstate(invalid="ignore"):  # coordinates that are not numbers are looked for later
            return np.asarray(
                shapely.from_wkt(np.array(texts, dtype=object), on_invalid="ignore"), dtype=object
            )
    except (NotImplementedError, shapely.errors.GEOSException):
        # A curved shape among them ends the batch; one by one it costs only itself.
        return object_array([_one(shapely.from_wkt, text) for text in texts])


def _one(reader: object, text: str) -> Geometry | None:
    try:
        with np.errstate(invalid="ignore"):
            found: Geometry | None = reader(text, on_invalid="ignore")  # type: ignore[operator]
    except (NotImplementedError, ValueError, TypeError, shapely.errors.GEOSException):
        return None
    return found


def _too_deep(text: str) -> bool:
    depth = deepest = 0
    if text.count("(") + text.count("[") <= DEEPEST_TEXT:
        return False
    for bracket in re.findall(r"[()\[\]]", text):
        depth += 1 if bracket in "([" else -1
        deepest = max(deepest, depth)
        if deepest > DEEPEST_TEXT:
            return True
    return False


def finite(shapes: GeometryArray) -> npt.NDArray[np.bool_]:
    """True where every coordinate (x and y) is a finite number; True also where there is no shape."""
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    bad = index[~np.isfinite(xy).all(axis=1)]
    good = np.ones(len(shapes), dtype=bool)
    good[bad] = False
    return good


class Fate(StrEnum):
    """What became of a shape."""

    POLYGON = "polygon"
    POINT = "point"
    LINE = "line"
    NO_AREA = "no_area"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ordered:
    """Shapes after they were put in order."""

    shapes: GeometryArray
    """Valid Polygon or MultiPolygon with an area, or None."""
    fates: list[Fate]
    """What they were, or why there is none."""
    crossed: dict[int, str]
    """Rings that crossed or touched themselves and were repaired: what was wrong and where."""
    mixed: list[int]
    """Collections of which only the polygons (or points) were kept."""


def put_in_order(shapes: GeometryArray, radius_m: float) -> Ordered:
    """Make polygons with an area of shapes in metres.

    Parameters
    ----------
    shapes : (N,) object array
        Shapes, none of them None, with finite coordinates, in a metric system.
    radius_m : float
        Radius of the disc that is drawn around a point, metres.
    """
    out = np.array(shapely.force_2d(shapes), dtype=object)
    types = shapely.get_type_id(out)
    mixed: list[int] = []
    for i in np.flatnonzero(types == COLLECTION):
        out[i], is_mixed = _of_collection(out[i])
        if is_mixed:
            mixed.append(int(i))
    types = shapely.get_type_id(out)
    point, line = np.isin(types, POINTS), np.isin(types, LINES)
    polygon = np.isin(types, POLYGONS)
    empty = shapely.is_empty(out)
    out[point & ~empty] = shapely.buffer(out[point & ~empty], radius_m, quad_segs=16)
    bad = polygon & ~empty & ~shapely.is_valid(out)
    crossed = {int(i): str(shapely.is_valid_reason(out[i])) for i in np.flatnonzero(bad)}
    if bad.any():
        # By structure: ground that two parts share counts once; by line work it would become a hole.
        valid = shapely.make_valid(out[bad], method="structure", keep_collapsed=False)
        out[bad] = object_array([only_polygons(shape) for shape in valid])
    no_area = polygon & ~empty & (shapely.area(out) < SMALLEST_AREA_M2)
    fates = np.full(len(out), Fate.POLYGON, dtype=object)
    for fate, here in (
        (Fate.NO_AREA, no_area | ~polygon),
        (Fate.LINE, line),
        (Fate.POINT, point),
        (Fate.EMPTY, empty),
    ):
        fates[here] = fate
    lost = np.isin(fates, [Fate.NO_AREA, Fate.LINE, Fate.EMPTY])
    out[lost] = None
    gone = set(np.flatnonzero(lost).tolist())
    return Ordered(
        shapes=out,
        fates=fates.tolist(),
        crossed={i: why for i, why in crossed.items() if i not in gone},
        mixed=[i for i in mixed if i not in gone],
    )


def only_polygons(shape: Geometry) -> Geometry:
    """The polygons of a shape as one Polygon or MultiPolygon; empty when it has none."""
    parts = [p for p in _parts(shape) if p.geom_type == "Polygon" and not p.is_empty and p.area > 0]
    if len(parts) == 1:
        return parts[0]
    joined: Geometry = shapely.union_all(parts) if parts else shapely.Polygon()
    return joined


def _of_collection(shape: Geometry) -> tuple[Geometry, bool]:
    """Polygons of a collection, or else its points, or else its lines; and whether something was left out."""
    parts = _parts(shape)
    for wanted in _MULTI:
        kept = [part for part in parts if part.geom_type == wanted]
        if not kept:
            continue
        one: Geometry = kept[0] if len(kept) == 1 else _MULTI[wanted](kept)
        return one, len(kept) < len(parts)
    return shapely.Polygon(), False


def _parts(shape: Geometry) -> list[Geometry]:
    """Single parts of a shape, however deep they lie."""
    parts = np.array([shape], dtype=object)
    while np.any(shapely.get_type_id(parts) >= 4):
        parts = shapely.get_parts(parts)
    return list(parts)
