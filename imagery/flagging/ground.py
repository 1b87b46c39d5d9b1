"""The ground that permits cover, and the band of doubt along its boundary.

A boundary on a map and a change in an image are both a little off. Within the band of doubt nothing is said: ground is
*sure* where it stays permitted however the errors fall, *possible* where it may be permitted. Shapes in metres of one
reference system; no permits' dates and no activities.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shapely import Polygon, unary_union
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Footprint

HAIRLINE_M = 0.05
"""Half the width of a gap between two grounds that counts as a drawing error: the boundary they share is none."""
_QUAD_SEGS = 32
"""Corners of a band per quarter turn: the band is at most .03 % too narrow."""


def band_of_doubt_m(
    *, geolocation_m: float, alignment_residual_m: float | None, accuracy_m: float, pixel_m: float
) -> float:
    """Half width of the band of doubt: root of squares of four standard errors, metres.

    Parameters
    ----------
    geolocation_m : float
        Where the image lies.
    alignment_residual_m : float or None
        What alignment left; None when nothing was aligned.
    accuracy_m : float
        The drawn boundary; 0 where there is none.
    pixel_m : float
        Side of a pixel, of which half counts.

    Examples
    --------
    >>> band_of_doubt_m(geolocation_m=4.0, alignment_residual_m=None, accuracy_m=0.0, pixel_m=6.0)
    5.0
    """
    return math.hypot(geolocation_m, alignment_residual_m or 0.0, accuracy_m, pixel_m / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Ground of one or several permits, seen through the band of doubt; all shapes may be empty."""

    plain: Geometry
    """Union of the footprints as drawn."""
    sure: Geometry
    """Where ground is permitted however the errors fall."""
    possible: Geometry
    """Where ground may be permitted."""
    edges: tuple[tuple[Geometry, float], ...]
    """Outer boundary in pieces, each with the half width of its band, metres."""

    @property
    def is_empty(self) -> bool:
        """True when no permit has ground."""
        return bool(self.plain.is_empty)

    def doubt_at(self, geometry: Geometry) -> float:
        """Half width of the band along the piece of boundary nearest to a shape; the wider one where two meet."""
        near = [(float(piece.distance(geometry)), doubt) for piece, doubt in self.edges]
        least = min(distance for distance, _ in near)
        return max(doubt for distance, doubt in near if distance <= least + 0.001)


def ground_of(footprints: Sequence[Footprint], doubts: Sequence[float]) -> Ground:
    """Join footprints into one ground, each boundary with its own band.

    A boundary that two grounds share is no boundary. What one footprint alone makes sure stays sure, so that drawing a
    sloppy permit over a precise one takes nothing away; what any footprint makes possible is possible.

    Parameters
    ----------
    footprints : sequence of Footprint
        In one reference system.
    doubts : sequence of float
        Half width of the band of each, metres.
    """
    shapes = [footprint.geometry for footprint in footprints]
    if not shapes:
        empty = Polygon()
        return Ground(plain=empty, sure=empty, possible=empty, edges=())
    plain = _joined(shapes)
    edges = []
    for shape, doubt in zip(shapes, doubts, strict=True):
        piece = plain.boundary.intersection(shape.boundary.buffer(2 * HAIRLINE_M))
        if not piece.is_empty:
            edges.append((piece, doubt))
    bands = [piece.buffer(doubt, quad_segs=_QUAD_SEGS) for piece, doubt in edges]
    alone = [
        shape.difference(shape.boundary.buffer(doubt, quad_segs=_QUAD_SEGS))
        for shape, doubt in zip(shapes, doubts, strict=True)
    ]
    grown = [shape.buffer(doubt, quad_segs=_QUAD_SEGS) for shape, doubt in zip(shapes, doubts, strict=True)]
    return Ground(
        plain=plain,
        sure=unary_union([plain.difference(unary_union(bands)), *alone]),
        possible=unary_union([plain, *grown]),
        edges=tuple(edges),
    )


def _joined(shapes: Sequence[Geometry]) -> Geometry:
    """Union of shapes; hairline gaps between two of them are closed."""
    plain = unary_union(shapes)
    if len(shapes) == 1:
        return plain
    closed = plain.buffer(HAIRLINE_M, join_style="mitre").buffer(-HAIRLINE_M, join_style="mitre")
    return plain.union(closed)
