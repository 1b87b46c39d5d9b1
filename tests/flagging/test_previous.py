"""Signals of a run against those of the run before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely import affinity
from shapely.geometry import box

from imagery.domain import Change, Kind, Novelty, Relation, Signal, Standing
from imagery.flagging.previous import compare_with_previous

Make = Callable[..., Signal]


@pytest.fixture
def make(make_change: Callable[..., Change]) -> Make:
    def run(geometry: Any, *, kind: Kind = Kind.EARTHWORKS, site_id: str = "a", **fields: Any) -> Signal:
        return Signal(
            site_id=site_id,
            change=make_change(geometry, **fields),
            kind=kind,
            standing=Standing.SIGNAL,
            relation=Relation.OUTSIDE,
            share_outside=1.0,
            distance_outside_m=1.0,
            doubt_m=7.0,
        )

    return run


def novelty(signal: Signal, *previous: Signal) -> Novelty:
    (marked,) = compare_with_previous([signal], previous)
    return marked.novelty


@pytest.mark.parametrize(
    ("shift", "expected"),
    [(0, Novelty.STILL_THERE), (19, Novelty.STILL_THERE), (20, Novelty.STILL_THERE), (21, Novelty.NEW), (90, Novelty.NEW)],
)  # fmt: skip
def test_half_of_the_ground_makes_it_the_same__planted(make: Make, shift: int, expected: Novelty) -> None:
    assert novelty(make(box(shift, 0, 40 + shift, 40)), make(box(0, 0, 40, 40))) is expected


def test_another_kind_on_the_same_ground_is_new__planted(make: Make) -> None:
    assert (
        novelty(make(box(0, 0, 40, 40)), make(box(0, 0, 40, 40), kind=Kind.SUSPECTED_DUMPING)) is Novelty.NEW
    )


def test_a_redrawn_site_keeps_its_signals__planted(make: Make) -> None:
    assert novelty(make(box(0, 0, 40, 40), site_id="b"), make(box(0, 0, 40, 40))) is Novelty.STILL_THERE


def test_what_was_a_permitted_change_does_not_make_a_signal_old__planted(make: Make) -> None:
    before = replace(make(box(0, 0, 40, 40)), standing=Standing.PERMITTED_CHANGE)
    assert novelty(make(box(0, 0, 40, 40)), before) is Novelty.NEW
    (kept,) = compare_with_previous([before], [make(box(0, 0, 40, 40))])
    assert kept == before


@pytest.mark.parametrize(
    ("error", "expected"), [(0.0, Novelty.GROWN), (340.0, Novelty.GROWN), (350.0, Novelty.STILL_THERE)]
)
def test_it_has_grown_only_beyond_the_errors_of_both__planted(
    make: Make, error: float, expected: Novelty
) -> None:
    # 1600 to 2400 m2; 1.645 x sqrt(2) x 340 = 791, x 350 = 814.
    small, large = make(box(0, 0, 40, 40), area_error_m2=error), make(box(0, 0, 60, 40), area_error_m2=error)
    assert novelty(large, small) is expected
    assert novelty(small, large) is Novelty.STILL_THERE


def test_two_that_grew_together_are_compared_with_both__planted(make: Make) -> None:
    parts = [make(box(0, 0, 40, 40)), make(box(60, 0, 100, 40))]
    joined = make(box(0, 0, 100, 40))
    (marked,) = compare_with_previous([joined], parts)
    assert marked.novelty is Novelty.GROWN
    assert marked.facts["previous_area_m2"] == 3200
    assert marked.facts["previous_signals"] == ", ".join(p.signal_id for p in parts)
    assert (
        marked.reasons[-1].nl
        == "De verandering is gegroeid sinds de vorige screening: van 3.200 m² naar 4.000 m²."
    )
    assert novelty(make(box(0, 0, 80, 40)), *parts) is Novelty.STILL_THERE


def test_a_run_in_another_reference_system_is_compared_on_the_ground__planted(make: Make) -> None:
    shape = affinity.translate(box(0, 0, 40, 40), 155_000, 463_000)
    change = Transformer.from_crs("EPSG:28992", "EPSG:32631", always_xy=True)
    moved = shapely.transform(shape, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))
    assert novelty(make(shape), make(moved, crs="EPSG:32631")) is Novelty.STILL_THERE


def test_without_an_earlier_run_everything_is_new(make: Make) -> None:
    assert novelty(make(box(0, 0, 40, 40))) is Novelty.NEW
    assert compare_with_previous([], [make(box(0, 0, 40, 40))]) == ()


squares = st.tuples(st.integers(0, 15), st.integers(0, 15), st.integers(1, 6), st.integers(1, 6)).map(
    lambda t: box(10 * t[0], 10 * t[1], 10 * (t[0] + t[2]), 10 * (t[1] + t[3]))
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(squares, max_size=5, unique_by=lambda s: s.wkt), st.lists(squares, max_size=6))
def test_marks_agree_with_a_loop_over_pairs_and_twice_is_as_once(make: Make, now: Any, before: Any) -> None:
    signals, previous = [make(s) for s in now], [make(s) for s in before]
    marked = compare_with_previous(signals, previous)
    assert [m.signal_id for m in marked] == [s.signal_id for s in signals]
    assert compare_with_previous(marked, previous) == marked
    for shape, mark in zip(now, marked, strict=True):
        same = [b for b in before if 2 * shape.intersection(b).area >= min(shape.area, b.area)]
        if not same:
            assert mark.novelty is Novelty.NEW
        else:
            grown = shape.area > sum(b.area for b in same)
            assert mark.novelty is (Novelty.GROWN if grown else Novelty.STILL_THERE)
