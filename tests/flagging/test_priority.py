"""The priority and its parts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.domain import Relation
from imagery.flagging.priority import PERMIT_FACTS, WEIGHTS, no_priority, priority_parts, total

LAST = date(2020, 5, 31)
situations = st.fixed_dictionaries(
    {
        "relation": st.sampled_from(Relation),
        "share_outside": st.floats(0, 1),
        "area_m2": st.floats(1, 1e6),
        "matters_m2": st.floats(1, 1e4),
        "facts": st.frozensets(st.sampled_from(sorted(PERMIT_FACTS))),
        "p_value": st.floats(1e-6, 1),
        "last_unchanged": st.one_of(st.none(), st.integers(0, 2000).map(lambda n: LAST - timedelta(n))),
        "first_changed": st.just(LAST),
    }
)


def priority(situation: dict[str, Any], **changed: Any) -> float:
    return total(priority_parts(**(situation | changed)))


def test_the_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert [part.weight for part in no_priority()] == list(WEIGHTS.values())
    assert total(no_priority()) == 0


@given(situations)
def test_the_priority_is_the_sum_of_its_parts(situation: dict[str, Any]) -> None:
    parts = priority_parts(**situation)
    assert [part.name for part in parts] == list(WEIGHTS)
    assert priority(situation) == pytest.approx(sum(p.value * p.weight for p in parts))
    assert 0 <= priority(situation) <= 1


@given(situations, st.floats(0, 1e6))
def test_a_larger_area_never_lowers_it(situation: dict[str, Any], more: float) -> None:
    assert priority(situation, area_m2=situation["area_m2"] + more) >= priority(situation) - 1e-12


@given(situations, st.floats(0, 1))
def test_a_larger_share_outside_never_lowers_it(situation: dict[str, Any], share: float) -> None:
    low, high = sorted([situation["share_outside"], share])
    assert priority(situation, share_outside=high) >= priority(situation, share_outside=low) - 1e-12


@given(situations, st.floats(1e-6, 1))
def test_stronger_evidence_never_lowers_it(situation: dict[str, Any], p: float) -> None:
    low, high = sorted([situation["p_value"], p])
    assert priority(situation, p_value=low) >= priority(situation, p_value=high) - 1e-12


@given(situations, st.integers(0, 500), st.integers(0, 500))
def test_a_sharper_date_never_lowers_it(situation: dict[str, Any], days: int, more: int) -> None:
    sharp = priority(situation, last_unchanged=LAST - timedelta(days))
    blunt = priority(situation, last_unchanged=LAST - timedelta(days + more))
    assert sharp >= blunt - 1e-12
    assert blunt >= priority(situation, last_unchanged=None) - 1e-12


@given(situations, st.sampled_from(sorted(PERMIT_FACTS)))
def test_one_more_permit_fact_never_lowers_it(situation: dict[str, Any], fact: str) -> None:
    assert priority(situation, facts=situation["facts"] | {fact}) >= priority(situation) - 1e-12


@given(situations)
def test_outside_ranks_above_undecided_and_undecided_above_inside(situation: dict[str, Any]) -> None:
    inside, undecided, outside = (
        priority(situation, relation=r) for r in (Relation.INSIDE, Relation.UNDECIDED, Relation.OUTSIDE)
    )
    assert inside < undecided < outside


def test_half_of_the_size_counts_where_the_area_is_just_what_matters() -> None:
    parts = priority_parts(
        relation=Relation.OUTSIDE, share_outside=0.5, area_m2=100, matters_m2=100, facts={"not_yet", "no_ground"},
        p_value=0.25, last_unchanged=LAST - timedelta(90), first_changed=LAST,
    )  # fmt: skip
    assert {part.name: part.value for part in parts} == pytest.approx(
        {"relation": 0.8, "size": 0.5, "permits": 0.9, "strength": 0.75, "date": 0.5}
    )
    assert total(parts) == pytest.approx(0.28 + 0.125 + 0.18 + 0.075 + 0.05)
