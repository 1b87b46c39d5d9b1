"""The ground of permits and its band of doubt."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import Polygon, box

from imagery.domain import Drawing, Footprint
from imagery.flagging.ground import Ground, band_of_doubt_m, ground_of


def footprint(shape: shapely.Geometry) -> Footprint:
    return Footprint(geometry=shape, crs="EPSG:28992", drawing=Drawing.SURVEYED, accuracy_m=0.3)


def ground(*pairs: tuple[shapely.Geometry, float]) -> Ground:
    return ground_of([footprint(shape) for shape, _ in pairs], [doubt for _, doubt in pairs])


boxes = st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(5, 80), st.integers(5, 80)).map(
    lambda t: box(t[0], t[1], t[0] + t[2], t[1] + t[3])
)
doubts = st.floats(0.5, 20)


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ((3.0, 4.0, 0.0, 0.0), 5.0),
        ((2.0, None, 4.0, 8.0), 6.0),  # 4 + 16 + 16
        ((0.0, 0.0, 0.3, 0.0), 0.3),
        ((5.0, 2.0, 5.0, 10.0), math.sqrt(79)),
    ],
)
def test_the_band_is_the_root_of_squares(
    errors: tuple[float, float | None, float, float], expected: float
) -> None:
    geolocation, residual, accuracy, pixel = errors
    band = band_of_doubt_m(
        geolocation_m=geolocation, alignment_residual_m=residual, accuracy_m=accuracy, pixel_m=pixel
    )
    assert band == pytest.approx(expected)


def test_no_permits_make_no_ground() -> None:
    nothing = ground()
    assert nothing.is_empty
    assert nothing.sure.is_empty
    assert nothing.possible.is_empty


@given(boxes, doubts)
def test_one_permit_is_shrunk_and_grown_by_its_band(shape: Polygon, doubt: float) -> None:
    one = ground((shape, doubt))
    assert one.sure.symmetric_difference(shape.buffer(-doubt)).area < 1e-6
    left, bottom, right, top = shape.bounds
    perimeter = 2 * (right - left + top - bottom)
    exact = shape.area + perimeter * doubt + math.pi * doubt**2
    assert one.possible.area == pytest.approx(exact, rel=1e-3)


@settings(deadline=None)
@given(st.lists(st.tuples(boxes, doubts), min_size=1, max_size=4))
def test_sure_ground_is_permitted_and_permitted_ground_is_possible(
    pairs: list[tuple[Polygon, float]],
) -> None:
    many = ground(*pairs)
    assert many.sure.difference(many.plain).area < 1e-6
    assert many.plain.difference(many.possible).area < 1e-6


@settings(deadline=None)
@given(st.lists(st.tuples(boxes, doubts), min_size=1, max_size=3), boxes, doubts)
def test_another_permit_never_takes_sure_or_possible_ground_away(
    pairs: list[tuple[Polygon, float]], shape: Polygon, doubt: float
) -> None:
    fewer, more = ground(*pairs), ground(*pairs, (shape, doubt))
    assert fewer.possible.difference(more.possible).area < 1e-3
    # What each makes sure by itself stays; along a boundary that both share the wider band may count.
    for one, band in pairs:
        assert ground((one, band)).sure.difference(more.sure).area < 1e-3


@settings(deadline=None)
@given(st.lists(st.tuples(boxes, doubts), min_size=1, max_size=3))
def test_a_wider_band_leaves_less_sure_and_makes_more_possible(pairs: list[tuple[Polygon, float]]) -> None:
    narrow = ground(*pairs)
    wide = ground(*((shape, doubt + 1) for shape, doubt in pairs))
    assert wide.sure.difference(narrow.sure).area < 1e-3
    assert narrow.possible.difference(wide.possible).area < 1e-3


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(boxes, doubts), min_size=1, max_size=3))
def test_sure_and_possible_agree_with_a_loop_over_points(pairs: list[tuple[Polygon, float]]) -> None:
    """Oracle: for every point, its distance to the boundary of the union, piece by piece."""
    many = ground(*pairs)
    union = shapely.unary_union([shape for shape, _ in pairs])
    rng = np.random.default_rng(1)
    for x, y in rng.uniform(-30, 210, (60, 2)):
        point = shapely.Point(x, y)
        margins = [shape.distance(point) - doubt for shape, doubt in pairs]
        if abs(min(margins)) > 0.1:
            assert many.possible.intersects(point) == (min(margins) < 0)
        alone = [shape.exterior.distance(point) - doubt for shape, doubt in pairs if shape.contains(point)]
        pieces = [
            union.boundary.intersection(shape.exterior.buffer(0.1)).distance(point) - doubt
            for shape, doubt in pairs
        ]
        together = min(pieces) if union.contains(point) else -math.inf
        best = max([together, *alone])
        if abs(best) > 0.1:
            assert many.sure.intersects(point) == (best > 0)


@given(boxes, boxes, doubts, st.integers(-300_000, 300_000), st.integers(-600_000, 600_000))
@settings(deadline=None, max_examples=30)
def test_where_the_ground_lies_does_not_matter(
    one: Polygon, other: Polygon, doubt: float, x: int, y: int
) -> None:
    here = ground((one, doubt), (other, 2 * doubt))
    there = ground((affinity.translate(one, x, y), doubt), (affinity.translate(other, x, y), 2 * doubt))
    for name in ("plain", "sure", "possible"):
        moved = affinity.translate(getattr(here, name), x, y)
        assert moved.symmetric_difference(getattr(there, name)).area < 1e-3


def test_the_band_of_the_nearest_boundary_counts() -> None:
    two = ground((box(0, 0, 100, 100), 7.0), (box(100, 0, 200, 100), 50.0))
    assert two.doubt_at(box(-20, 40, -10, 50)) == 7.0
    assert two.doubt_at(box(210, 40, 220, 50)) == 50.0
    assert two.doubt_at(box(95, 110, 105, 120)) == 50.0  # where both meet, the wider one
