"""Where a change lies against one ground."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import Polygon, box

from imagery.domain import Drawing, Footprint, Relation
from imagery.flagging.ground import Ground, ground_of
from imagery.flagging.place import Place, place_on, real_part_m2


def ground(doubt: float, *shapes: Polygon) -> Ground:
    made = [Footprint(geometry=s, crs="EPSG:28992", drawing=Drawing.PARCEL, accuracy_m=0.5) for s in shapes]
    return ground_of(made, [doubt] * len(shapes))


def place(shape: Polygon, on: Ground, error_m2: float = 0.0) -> Place:
    return place_on(shape, on, area_m2=shape.area, area_error_m2=error_m2, pixel_m=10.0)


squares = st.tuples(st.integers(-150, 250), st.integers(-150, 250), st.integers(1, 8), st.integers(1, 8)).map(
    lambda t: box(t[0], t[1], t[0] + 10 * t[2], t[1] + 10 * t[3])
)
GROUND = ground(
    7.0,
    Polygon([(0, 0), (100, 0), (100, 100), (0, 100)], [[(30, 30), (70, 30), (70, 70), (30, 70)]]),
    box(140, 0, 180, 60),
)


@settings(deadline=None, max_examples=60)
@given(squares)
def test_share_and_distance_agree_with_a_loop_over_points(shape: Polygon) -> None:
    told = place(shape, GROUND)
    left, bottom, right, top = shape.bounds
    outside, far, n = 0, 0.0, 24
    for x in np.linspace(left, right, 2 * n + 1):
        for y in np.linspace(bottom, top, 2 * n + 1):
            far = max(far, GROUND.plain.distance(shapely.Point(x, y)))
    for x in left + (np.arange(n) + 0.5) * (right - left) / n:
        for y in bottom + (np.arange(n) + 0.5) * (top - bottom) / n:
            outside += not GROUND.plain.intersects(shapely.Point(x, y))
    assert told.share_outside == pytest.approx(outside / n**2, abs=0.09)
    step = math.hypot(right - left, top - bottom) / (2 * n)
    assert far - 0.02 <= told.distance_outside_m <= far + step


@given(squares)
def test_relation_share_and_distance_do_not_contradict_each_other(shape: Polygon) -> None:
    told = place(shape, GROUND)
    assert 0 <= told.share_beyond <= told.share_outside <= 1
    assert (told.distance_outside_m > 0) == (told.share_outside > 0)
    if told.relation is Relation.INSIDE:
        assert told.share_outside == 0
    if told.relation is Relation.OUTSIDE:
        assert told.distance_outside_m > 7.0


@given(squares, st.floats(0.1, 30), st.floats(0, 30))
@settings(deadline=None)
def test_more_doubt_never_decides_more(shape: Polygon, doubt: float, more: float) -> None:
    yard = box(0, 0, 100, 100)
    sharp, blunt = place(shape, ground(doubt, yard)), place(shape, ground(doubt + more, yard))
    if blunt.relation is not Relation.UNDECIDED:
        assert sharp.relation is blunt.relation
    assert sharp.share_outside == blunt.share_outside


@given(squares, st.floats(0, 200), st.floats(0, 200))
def test_a_larger_error_never_turns_undecided_into_outside(shape: Polygon, error: float, more: float) -> None:
    if place(shape, GROUND, error).relation is Relation.UNDECIDED:
        assert place(shape, GROUND, error + more).relation is Relation.UNDECIDED


def test_what_lies_wholly_beyond_is_outside_whatever_its_error() -> None:
    assert place(box(300, 0, 310, 10), GROUND, error_m2=1e6).relation is Relation.OUTSIDE


def test_a_part_beyond_must_exceed_its_own_error() -> None:
    # 30 x 100 m, of which 10 m lies beyond the band: a third, 1000 m2. Its error is 600 sqrt(1/3) = 346 m2, of which
    # 1.645 is 570 m2: real. With 1200 m2 for the whole it is 1140 m2: not real.
    yard, strip = ground(7.0, box(0, 0, 100, 100)), box(87, 0, 117, 100)
    assert place(strip, yard, error_m2=600).relation is Relation.OUTSIDE
    assert place(strip, yard, error_m2=1200).relation is Relation.UNDECIDED
    assert real_part_m2(area_m2=3000, area_error_m2=1200, pixel_m=10) == pytest.approx(
        1.645**2 * 1200**2 / 3000
    )


def test_without_ground_everything_is_outside_at_no_distance() -> None:
    told = place(box(0, 0, 10, 10), ground(7.0))
    assert told.relation is Relation.OUTSIDE
    assert told.share_outside == 1
    assert math.isnan(told.distance_outside_m)


def test_a_change_far_from_the_origin_is_placed_as_near_it() -> None:
    shape, yard = box(95, 0, 125, 100), box(0, 0, 100, 100)
    near = place(shape, ground(7.0, yard))
    far = place(affinity.translate(shape, 3e5, 6e5), ground(7.0, affinity.translate(yard, 3e5, 6e5)))
    assert far.relation is near.relation
    assert far.share_outside == pytest.approx(near.share_outside, abs=1e-9)
    assert far.distance_outside_m == pytest.approx(near.distance_outside_m, abs=1e-6)
