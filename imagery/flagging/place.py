"""Where a change lies against permitted ground: inside, undecided or outside, how much and how far."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Relation
from imagery.flagging.ground import Ground

SURE_Z = 1.645
"""Standard errors below which an area has its lower bound: one-sided, 95 %."""
TOLERANCE = 1e-6
"""Share of a shape that rounding may leave over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A change against one ground."""

    relation: Relation
    """Through the band of doubt."""
    share_outside: float
    """Share of the change beyond the plain boundary, 0-1; 1 without ground."""
    distance_outside_m: float
    """Largest distance beyond the plain boundary, metres; 0 when none is, NaN without ground."""
    share_beyond: float
    """Share of the change beyond the band of doubt as well, 0-1."""


def covered(geometry: Geometry, ground: Geometry) -> bool:
    """True when a shape lies wholly on ground, but for rounding."""
    return bool(geometry.difference(ground).area <= TOLERANCE * geometry.area)


def share_on(geometry: Geometry, ground: Geometry) -> float:
    """Share of a shape that lies on ground, 0-1."""
    return min(1.0, float(geometry.intersection(ground).area / geometry.area))


def meets(geometry: Geometry, ground: Geometry) -> bool:
    """True when a shape lies on ground with some of its area."""
    return share_on(geometry, ground) > TOLERANCE


def real_part_m2(*, area_m2: float, area_error_m2: float, pixel_m: float) -> float:
    """Smallest part of a change that is of real size, square metres.

    Half a pixel, and more than the error of the part at 95 %. Pixels err on their own, so the error of a part is the
    error of the whole times the root of its share: ``part > 1.645 error sqrt(part / area)``.

    Examples
    --------
    >>> real_part_m2(area_m2=1000.0, area_error_m2=0.0, pixel_m=10.0)
    50.0
    """
    return max(pixel_m**2 / 2, SURE_Z**2 * area_error_m2**2 / area_m2)


def place_on(
    geometry: Geometry, ground: Ground, *, area_m2: float, area_error_m2: float, pixel_m: float
) -> Place:
    """Place a change against a ground.

    Inside: wholly on what is sure. Outside: a part of real size (`real_part_m2`) beyond what is possible, or nothing
    of it on what is possible. Everything else is undecided. Share and distance are taken against the boundary as drawn.

    Parameters
    ----------
    geometry : Geometry
        Outline of the change, in the reference system of the ground.
    ground : Ground
        Permitted ground; an empty one leaves the change wholly outside, at no distance that could be named.
    area_m2, area_error_m2, pixel_m : float
        Area of the change, its standard error, and the side of a pixel, metres.
    """
    if ground.is_empty:
        return Place(
            relation=Relation.OUTSIDE, share_outside=1.0, distance_outside_m=math.nan, share_beyond=1.0
        )
    beyond = _share_off(geometry, ground.possible)
    least = real_part_m2(area_m2=area_m2, area_error_m2=area_error_m2, pixel_m=pixel_m)
    if covered(geometry, ground.sure):
        relation = Relation.INSIDE
    elif beyond == 1.0 or beyond * area_m2 >= least:
        relation = Relation.OUTSIDE
    else:
        relation = Relation.UNDECIDED
    share = _share_off(geometry, ground.plain)
    return Place(
        relation=relation,
        share_outside=share,
        distance_outside_m=_largest_distance(geometry, ground.plain) if share else 0.0,
        share_beyond=beyond,
    )


def _share_off(geometry: Geometry, ground: Geometry) -> float:
    """Share of a shape that lies off ground; exactly 0 or 1 where only rounding is left."""
    share = float(geometry.difference(ground).area / geometry.area)
    if share <= TOLERANCE:
        return 0.0
    return 1.0 if share >= 1 - TOLERANCE else share


def _largest_distance(geometry: Geometry, ground: Geometry) -> float:
    """Largest distance of a shape from ground, metres.

    Where the ground is convex a corner is farthest, and exact. Where it surrounds the shape the farthest point may lie
    within: squares that may still hold a farther point are quartered until none is left (to a centimetre, or a
    ten-thousandth of the extent).
    """
    off = geometry.difference(ground)
    shapely.prepare(off)
    shapely.prepare(ground)
    best = float(shapely.distance(ground, shapely.points(shapely.get_coordinates(off))).max())
    left, bottom, right, top = off.bounds
    half = max(right - left, top - bottom) / 2
    exact_to = max(0.01, 1e-4 * 2 * half)
    centres = np.array([[(left + right) / 2, (bottom + top) / 2]])
    while len(centres):
        points = shapely.points(centres)
        far = np.asarray(shapely.distance(ground, points))
        best = max(best, float(far[shapely.intersects(off, points)].max(initial=0.0)))
        reach = half * math.sqrt(2)
        open_ = (far + reach > best + exact_to) & (shapely.distance(off, points) <= reach)
        half /= 2
        quarters = half * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
        centres = (centres[open_][:, None, :] + quarters).reshape(-1, 2)
    return best
