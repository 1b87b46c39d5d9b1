"""Reference systems: which one coordinates are in, whether their axes are swapped, and how they are transformed."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from imagery.errors import ParameterError, RegisterError
from imagery.registers.table import GeometryArray

RD = "EPSG:28992"
"""Amersfoort / RD New."""
WGS84 = "EPSG:4326"
RD_X = (0.0, 300_000.0)
RD_Y = (300_000.0, 625_000.0)
"""Coordinates of the Netherlands in RD; no place has x and y in each other's range."""
DUTCH_LON = (3.2, 7.3)
DUTCH_LAT = (50.7, 53.8)
"""Degrees of the Netherlands; likewise."""
# The country with a margin of some kilometres, drawn by hand: it only decides between RD and another metric system.
_NETHERLANDS = shapely.from_wkt(
    "POLYGON((3.25 51.4,3.35 51.24,3.85 51.17,4.25 51.33,4.8 51.38,5.05 51.36,5.25 51.22,5.55 51.17,5.8 51.12,"
    "5.72 51.0,5.6 50.84,5.68 50.73,6.04 50.73,6.12 50.93,6.1 51.05,6.26 51.2,6.26 51.5,6.05 51.8,6.45 51.8,"
    "6.86 51.93,7.1 52.2,7.1 52.8,7.25 53.1,7.25 53.4,6.9 53.65,5.9 53.65,4.9 53.5,4.4 52.9,3.9 52.2,3.2 51.75,"
    "3.25 51.4))"
)

Bounds = npt.NDArray[np.float64]
"""West, south, east, north per row, shape (N, 4)."""
BoolArray = npt.NDArray[np.bool_]


@cache
def parse_crs(text: str) -> str:
    """The short name of a reference system (``"EPSG:28992"``), of its horizontal part alone.

    Raises
    ------
    RegisterError
        If it is not known.
    """
    try:
        crs = pyproj.CRS.from_user_input(text)
    except CRSError as error:
        raise RegisterError(
            f"The reference system {text[:60]!r} is not known.", hint="State it as EPSG:28992 or the like."
        ) from error
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if crs.is_geographic and len(crs.axis_info) == 3:
        crs = crs.to_2d()
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    epsg = crs.to_epsg(min_confidence=60)
    if epsg is not None:
        return f"EPSG:{epsg}"
    if crs.to_authority() == ("OGC", "CRS84"):
        return WGS84
    return str(crs.to_wkt())


def is_geographic(crs: str) -> bool:
    """True for a system in degrees."""
    return bool(_crs(crs).is_geographic)


@cache
def _crs(name: str) -> Any:
    return pyproj.CRS.from_user_input(name)


def in_range(bounds: Bounds, x: tuple[float, float], y: tuple[float, float]) -> BoolArray:
    """Rows that lie in a range whole; False where a bound is not a number."""
    west, south, east, north = bounds.T
    return np.asarray((west >= x[0]) & (east <= x[1]) & (south >= y[0]) & (north <= y[1]), dtype=bool)


def swapped(bounds: Bounds) -> Bounds:
    """The bounds with x and y exchanged."""
    return bounds[:, [1, 0, 3, 2]]


def _share(here: BoolArray) -> float:
    return float(here.mean()) if here.size else 0.0


def _share_either(bounds: Bounds, x: tuple[float, float], y: tuple[float, float]) -> float:
    return _share(in_range(bounds, x, y) | in_range(swapped(bounds), x, y))


def infer_crs(bounds: Bounds) -> str | None:
    """Tell from the coordinates alone which system they are in, where that can be told.

    RD when at least half of the rows lie in its range, in either axis order; degrees when at least half lie in the
    Netherlands or nearly all are possible degrees; None otherwise.
    """
    if not len(bounds):
        return None
    if _share_either(bounds, RD_X, RD_Y) >= 0.5:
        return RD
    if (
        _share_either(bounds, DUTCH_LON, DUTCH_LAT) >= 0.5
        or _share_either(bounds, (-180, 180), (-90, 90)) >= 0.9
    ):
        return WGS84
    return None


def contradiction(bounds: Bounds, crs: str) -> str | None:
    """The system that the coordinates are in when they cannot be in the stated one; None when they can."""
    if not len(bounds):
        return None
    if is_geographic(crs):
        return RD if _share_either(bounds, RD_X, RD_Y) >= 0.9 else None
    return WGS84 if _share_either(bounds, (-180, 180), (-90, 90)) >= 0.9 else None


def axis_errors(bounds: Bounds, crs: str) -> tuple[BoolArray, BoolArray]:
    """Rows whose axes are swapped, and rows that lie where the system has no place.

    In RD and in degrees of the Netherlands x and y have ranges that do not meet, so a swap is certain. Elsewhere a row
    counts as swapped when it lies far from the others and would lie among them the other way round.

    Parameters
    ----------
    bounds : (N, 4) array
        Bounds of the rows in `crs`.
    crs : str
        Their reference system.

    Returns
    -------
    swap, outside : (N,) bool arrays
    """
    other = swapped(bounds)
    if crs == RD:
        right, turned = in_range(bounds, RD_X, RD_Y), in_range(other, RD_X, RD_Y)
        return ~right & turned, ~right & ~turned
    possible = np.asarray(np.isfinite(bounds).all(axis=1), dtype=bool)
    if is_geographic(crs):
        possible = in_range(bounds, (-180, 180), (-90, 90))
        if _share_either(bounds, DUTCH_LON, DUTCH_LAT) >= 0.5:
            right, turned = in_range(bounds, DUTCH_LON, DUTCH_LAT), in_range(other, DUTCH_LON, DUTCH_LAT)
            return ~right & turned, ~possible & ~turned
        near, far = 2.0, 6.0
    else:
        near, far = 150_000.0, 500_000.0
    if not possible.any():
        return np.zeros(len(bounds), dtype=bool), ~possible
    centre = np.median((bounds[possible, :2] + bounds[possible, 2:]) / 2, axis=0)
    swap = np.asarray((_distance(bounds, centre) > far) & (_distance(other, centre) < near), dtype=bool)
    return swap, ~possible & ~swap


def _distance(bounds: Bounds, centre: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(np.hypot(*((bounds[:, :2] + bounds[:, 2:]) / 2 - centre).T))


def in_the_netherlands(lon: float, lat: float) -> bool:
    """True for a place in the Netherlands, or some kilometres beyond its border."""
    return bool(shapely.contains_xy(_NETHERLANDS, lon, lat))


def working_crs(lon: float, lat: float, sources: Iterable[str]) -> str:
    """Metric system for ground around a place.

    RD in the Netherlands; elsewhere the system that the register is in, if it is in metres and true to scale there;
    otherwise the UTM zone.

    Parameters
    ----------
    lon, lat : float
        Where most of the ground lies, degrees.
    sources : iterable of str
        Systems of the register, the most used first.
    """
    if in_the_netherlands(lon, lat):
        return RD
    for crs in sources:
        if is_metric(crs) and _true_to_scale(crs, lon, lat):
            return crs
    zone = min(int((lon + 180) // 6) + 1, 60)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def is_metric(crs: str) -> bool:
    """True for a projected system in metres."""
    found = _crs(crs)
    return bool(
        found.is_projected and all(math.isclose(a.unit_conversion_factor, 1) for a in found.axis_info[:2])
    )


def metric_crs_asked_for(text: str) -> str:
    """The system that the user wants to work in.

    Raises
    ------
    ParameterError
        If it is not in metres.
    """
    crs = parse_crs(text)
    if not is_metric(crs):
        raise ParameterError(
            f"The working system must be in metres, got {text!r}.",
            hint="For instance EPSG:28992 or a UTM zone.",
        )
    return crs


def _true_to_scale(crs: str, lon: float, lat: float) -> bool:
    try:
        factors = pyproj.Proj(crs).get_factors(lon, lat)
    except ProjError:
        return False
    return bool(abs(factors.areal_scale - 1) < 0.02 and abs(factors.meridional_scale - 1) < 0.03)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Transformation:
    """One way between two systems, and how well it is known."""

    source: str
    """From."""
    target: str
    """To."""
    transformer: Any
    """What does it."""
    note: str
    """Which operation, and its accuracy, as a sentence."""


@cache
def transformation(source: str, target: str) -> Transformation:
    """The best transformation that can be done here, without fetching grids.

    Raises
    ------
    RegisterError
        If there is none.
    """
    area = AreaOfInterest(3.2, 50.7, 7.3, 53.8) if RD in (source, target) else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a missing grid is told in the note
            group = TransformerGroup(source, target, always_xy=True, area_of_interest=area)
        best = group.transformers[0]
    except (ProjError, CRSError, IndexError) as error:
        raise RegisterError(
            f"There is no transformation from {source[:60]} to {target[:60]}.",
            hint="State another reference system with crs or metric_crs.",
        ) from error
    grids = [grid.short_name for operation in best.operations or () for grid in operation.grids]
    accuracy = f"stated accuracy {best.accuracy:g} m" if best.accuracy >= 0 else "accuracy not stated"
    note = f"{source[:40]} to {target[:40]}: {best.description} ({accuracy}"
    if RD in (source, target):
        note += (
            f"; RDNAPTRANS grid {', '.join(grids)}"
            if grids
            else "; without the RDNAPTRANS grid, up to 0.25 m off"
        )
    return Transformation(source=source, target=target, transformer=best, note=f"{note}).")


def transform(shapes: GeometryArray, source: str, target: str) -> GeometryArray:
    """Shapes in another system; coordinates that cannot be transformed become infinite."""
    if source == target or not len(shapes):
        return shapes
    transformer = transformation(source, target).transformer

    def carry(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return np.asarray(shapely.transform(shapes, carry), dtype=object)


def swap_axes(shapes: GeometryArray) -> GeometryArray:
    """Shapes with x and y exchanged."""
    return np.asarray(shapely.transform(shapes, lambda xy: xy[:, ::-1]), dtype=object)


def transform_notes(counts: Mapping[str, int], target: str) -> str:
    """What was transformed and how well, in sentences."""
    notes = [transformation(source, target).note for source in counts if source != target]
    return " ".join(notes) or f"Nothing was transformed: the register is in {target[:40]}."
