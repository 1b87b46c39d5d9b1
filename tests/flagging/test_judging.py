"""The whole judgement of a site: laws, sentences, bad input."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import Polygon, box

from imagery.domain import Change, Kind, Limits, Permit, Relation, Settings, Signal, Site, Standing
from imagery.errors import GeometryError, ParameterError
from imagery.flagging.judging import REASON_ORDER, judge_changes

Judge = Callable[..., tuple[Signal, ...]]
calm = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
boxes = st.tuples(st.integers(-50, 250), st.integers(-50, 250), st.integers(2, 12), st.integers(2, 12)).map(
    lambda t: box(t[0], t[1], t[0] + 10 * t[2], t[1] + 10 * t[3])
)
looks = st.sampled_from(["felled", "dug", "built", "piled", "flooded", "greened", "dimmed"])
ends = st.sampled_from([None, date(2015, 1, 1), date(2019, 12, 31), date(2020, 5, 15), date(2021, 1, 1)])
permit_rows = st.fixed_dictionaries(
    {
        "ground": st.one_of(st.none(), boxes),
        "drawing": st.sampled_from(["surveyed", "parcel", "sketch", "address_point"]),
        "activities": st.sampled_from(
            [(), ("felling",), ("storage", "paving"), ("livestock",), ("unknown",)]
        ),
        "dates": st.tuples(ends, ends).filter(lambda p: not (p[0] and p[1] and p[1] < p[0])),
        "limits": st.sampled_from([Limits(), Limits(area_m2=500.0, volume_m3=300.5, height_m=6.0)]),
    }
)
change_rows = st.fixed_dictionaries(
    {
        "geometry": boxes,
        "look": looks,
        "last_unchanged": st.sampled_from([None, date(2020, 5, 1), date(2020, 5, 31)]),
        "area_error_m2": st.floats(0, 500),
        "p_value": st.floats(0.001, 1),
    }
)


@pytest.fixture
def judge() -> Judge:
    def run(changes: Sequence[Change], permits: Sequence[Permit] = (), **said: Any) -> tuple[Signal, ...]:
        site = Site(
            geometry=said.pop("geometry", box(-500, -500, 500, 500)),
            crs=said.pop("crs", "EPSG:28992"),
            permits=tuple(permits),
        )
        return judge_changes(changes, site, **({"geolocation_m": 5.0, "settings": Settings.of()} | said))

    return run


@pytest.fixture
def build(
    make_change: Callable[..., Change], make_permit: Callable[..., Permit]
) -> Callable[..., tuple[list[Change], list[Permit]]]:
    def run(
        changes: list[dict[str, Any]], permits: list[dict[str, Any]]
    ) -> tuple[list[Change], list[Permit]]:
        made = []
        for i, row in enumerate(permits, start=1):
            start, end = row["dates"]
            fields = {name: row[name] for name in ("drawing", "activities", "limits")}
            made.append(
                make_permit(row["ground"], reference=f"P{i}", valid_from=start, valid_to=end, **fields)
            )
        return [
            make_change(row["geometry"], **{k: v for k, v in row.items() if k != "geometry"})
            for row in changes
        ], made

    return run


@calm
@given(st.lists(change_rows, max_size=4), st.lists(permit_rows, max_size=4))
def test_every_change_is_judged_once_in_order_with_sound_values(
    judge: Judge, build: Any, changes: Any, permits: Any
) -> None:
    made, site_permits = build(changes, permits)
    judged = judge(made, site_permits)
    assert sorted(s.change.change_id for s in judged) == sorted(c.change_id for c in made)
    standings = [s.standing is Standing.PERMITTED_CHANGE for s in judged]
    assert standings == sorted(standings)
    signals = [s.priority for s in judged if s.standing is Standing.SIGNAL]
    assert signals == sorted(signals, reverse=True)
    for signal in judged:
        assert signal.priority == pytest.approx(sum(p.value * p.weight for p in signal.priority_parts))
        json.dumps(dict(signal.facts), allow_nan=False)  # no gaps among the facts
        assert bool(signal.facts["undecided_by"]) == (signal.relation is Relation.UNDECIDED)
        if signal.standing is Standing.PERMITTED_CHANGE:
            assert signal.relation is Relation.INSIDE
            assert signal.permits_in_force
            assert not signal.limits_exceeded
            assert signal.priority == 0
        if signal.kind is Kind.ACTIVITY_AFTER_EXPIRY:
            assert signal.relation is Relation.OUTSIDE
            assert signal.permits_expired
        names = {f"P{i}" for i in range(1, len(site_permits) + 1)}
        lists = [signal.permits_in_force, signal.permits_not_yet, signal.permits_expired]
        assert set().union(*lists) <= names
        assert sum(len(row) for row in lists) == len(set().union(*lists))


@calm
@given(st.lists(change_rows, min_size=1, max_size=4), st.lists(permit_rows, max_size=4), st.randoms())
def test_the_order_of_changes_and_permits_does_not_matter(
    judge: Judge, build: Any, changes: Any, permits: Any, random: Any
) -> None:
    made, site_permits = build(changes, permits)
    made = list({c.change_id: c for c in made}.values())
    judged = judge(made, site_permits)
    random.shuffle(made)
    random.shuffle(site_permits)
    again = judge(made, site_permits)
    for one, other in zip(judged, again, strict=True):
        assert one.change == other.change
        assert one.relation is other.relation
        assert one.kind is other.kind
        assert one.standing is other.standing
        assert one.share_outside == pytest.approx(other.share_outside, abs=1e-9)
        assert set(one.permits_expired) == set(other.permits_expired)
        assert {(r.code, r.nl) for r in one.reasons if r.code != "permitted"} == {
            (r.code, r.nl) for r in other.reasons if r.code != "permitted"
        }


@calm
@given(change_rows, st.lists(permit_rows, max_size=3), boxes)
def test_one_more_permit_in_force_never_moves_a_change_outwards(
    judge: Judge, build: Any, change: Any, permits: Any, ground: Polygon
) -> None:
    more = {
        "ground": ground,
        "drawing": "surveyed",
        "activities": (),
        "dates": (None, None),
        "limits": Limits(),
    }
    made, site_permits = build([change], [*permits, more])
    (fewer,), (with_it,) = judge(made, site_permits[:-1]), judge(made, site_permits)
    assert with_it.share_outside <= fewer.share_outside + 1e-9
    if fewer.relation is not Relation.OUTSIDE:
        assert with_it.relation is not Relation.OUTSIDE


@calm
@given(change_rows, st.lists(permit_rows, max_size=3), st.floats(1.0, 50.0))
def test_a_larger_area_never_lowers_the_priority_of_a_signal(
    judge: Judge, build: Any, change: Any, permits: Any, factor: float
) -> None:
    row = change | {"area_error_m2": 0.0}
    area = row["geometry"].area
    (small,), site_permits = build([row], permits)
    (large,), _ = build([row | {"area_m2": area * factor}], permits)
    before, after = judge([small], site_permits)[0], judge([large], site_permits)[0]
    assert after.priority >= before.priority - 1e-12


@calm
@given(change_rows, st.lists(permit_rows, max_size=3))
def test_where_on_earth_it_lies_does_not_matter(judge: Judge, build: Any, change: Any, permits: Any) -> None:
    def moved(row: dict[str, Any], name: str) -> dict[str, Any]:
        shape = row[name]
        return row | {name: None if shape is None else affinity.translate(shape, 155_000, 463_000)}

    here = judge(*build([change], permits))[0]
    there = judge(*build([moved(change, "geometry")], [moved(row, "ground") for row in permits]))[0]
    assert there.relation is here.relation
    assert there.standing is here.standing
    assert there.share_outside == pytest.approx(here.share_outside, abs=1e-6)
    assert there.distance_outside_m == pytest.approx(here.distance_outside_m, abs=0.02, nan_ok=True)


FORBIDDEN = re.compile(
    r"(?i:illega|violat|offen|overtred|unlawful|onrechtmatig|verboden)|\bnan\b|\bNone\b|\{|\}"
)


@calm
@given(st.lists(change_rows, min_size=1, max_size=3), st.lists(permit_rows, max_size=4))
def test_reasons_are_whole_careful_sentences_in_both_languages(
    judge: Judge, build: Any, changes: Any, permits: Any
) -> None:
    for signal in judge(*build(changes, permits)):
        codes = [reason.code for reason in signal.reasons]
        assert codes == sorted(codes, key=REASON_ORDER.index)
        assert {"physical_change", "came_between", "area", "strength"} <= set(codes)
        for reason in signal.reasons:
            for text in (reason.nl, reason.en):
                assert re.fullmatch(r"[A-Z].*\.", text), text
                assert not FORBIDDEN.search(text), text
                assert "  " not in text
            assert not re.search(r"\d\.\d(?!\d\d)", reason.nl), reason.nl  # a decimal is a comma in Dutch
            assert reason.unit in {"", "m", "m2", "m3", "days", "%", "date"}
            if isinstance(reason.value, float):
                assert math.isfinite(reason.value)


def test_the_sentences_of_one_crossing_are_as_written(
    judge: Judge, make_change: Callable[..., Change], make_permit: Callable[..., Permit]
) -> None:
    permit = make_permit(box(0, 0, 100, 100), reference="Z-12", limits=Limits(area_m2=1000.0, height_m=2.5))
    change = make_change(box(60, 0, 160, 50), area_error_m2=150.0, p_value=0.008)
    (signal,) = judge([change], [permit])
    told = {reason.code: (reason.nl, reason.en) for reason in signal.reasons}
    assert list(told)[:2] == ["limit_exceeded", "outside_by"]
    assert told["outside_by"][0] == (
        "De verandering ligt voor 60% (3.000 m²) buiten het vergunde terrein, tot 60,0 m over de grens "
        "(onzekerheid van de grens 7,1 m)."
    )
    assert told["outside_by"][1] == (
        "The change lies for 60% (3,000 m²) outside the permitted ground, up to 60.0 m beyond its boundary "
        "(doubt about the boundary 7.1 m)."
    )
    assert told["limit_exceeded"][0] == (
        "Op het terrein van vergunning Z-12 is ten minste 1.753 m² nieuw veranderd (gemeten 2.000 m², "
        "standaardfout 150 m²); vergund is ten hoogste 1.000 m²."
    )
    assert told["limit_not_judged"][0] == (
        "De hoogte die vergunning Z-12 toestaat (ten hoogste 2,5 m), is met dit beeld niet te beoordelen."
    )
    assert told["came_between"][0] == (
        "De verandering ontstond tussen 1 mei 2020 (nog onveranderd) en 31 mei 2020 (voor het eerst veranderd)."
    )
    assert told["strength"][0].startswith(
        "Onveranderde grond in de omgeving wijkt naar schatting in 0,8% van"
    )


def test_areas_on_one_permit_add_up_against_its_limit(
    judge: Judge, make_change: Callable[..., Change], make_permit: Callable[..., Permit]
) -> None:
    changes = [make_change(box(20, 20, 40, 40)), make_change(box(60, 20, 80, 40))]
    apart = judge(changes[:1], [make_permit(box(0, 0, 100, 100), limits=Limits(area_m2=700.0))])
    assert [s.standing for s in apart] == [Standing.PERMITTED_CHANGE]
    together = judge(changes, [make_permit(box(0, 0, 100, 100), limits=Limits(area_m2=700.0))])
    assert [s.limits_exceeded for s in together] == [("area_m2",), ("area_m2",)]
    # Another sort does not count under the limit.
    changes[1] = make_change(box(60, 20, 80, 40), look="piled")
    mixed = judge(changes, [make_permit(box(0, 0, 100, 100), limits=Limits(area_m2=700.0))])
    assert [s.limits_exceeded for s in mixed] == [(), ()]


def test_errors_of_areas_that_add_up_add_as_root_of_squares(
    judge: Judge, make_change: Callable[..., Change], make_permit: Callable[..., Permit]
) -> None:
    shapes = [box(20, 20, 40, 40), box(60, 20, 80, 40)]
    least = 800 - 1.645 * math.hypot(30, 40)
    for limit, over in ((least - 0.1, True), (least + 0.1, False)):
        changes = [make_change(s, area_error_m2=e) for s, e in zip(shapes, (30.0, 40.0), strict=True)]
        judged = judge(changes, [make_permit(box(0, 0, 100, 100), limits=Limits(area_m2=limit))])
        assert [bool(s.limits_exceeded) for s in judged] == [over, over]


def test_the_area_that_matters_is_the_one_of_the_kind(
    judge: Judge, make_change: Callable[..., Change]
) -> None:
    expected = {"felled": 501.0, "dug": 301.0, "built": 51.0, "piled": 101.0}
    said = Settings.of(
        matters_clearing_m2=501, matters_earthworks_m2=301, matters_building_m2=51, matters_dumping_m2=101
    )
    for look, area in expected.items():
        (signal,) = judge([make_change(box(0, 0, 10, 10), look=look)], settings=said)
        assert signal.facts["matters_m2"] == area
        small = [r.code for r in signal.reasons if r.code == "smaller_than_matters"]
        assert bool(small) == (area > 100)


def test_after_an_expiry_the_area_of_the_expired_activity_matters(
    judge: Judge, make_change: Callable[..., Change], make_permit: Callable[..., Permit]
) -> None:
    over = make_permit(box(0, 0, 100, 100), activities=("storage",), valid_to=date(2019, 1, 1))
    (signal,) = judge([make_change(box(20, 20, 40, 40), look="built")], [over])
    assert signal.kind is Kind.ACTIVITY_AFTER_EXPIRY
    assert signal.facts["matters_m2"] == 100


def test_an_outline_that_crosses_itself_is_refused(judge: Judge, make_change: Callable[..., Change]) -> None:
    bow = Polygon([(0, 0), (20, 20), (20, 0), (0, 20)])
    with pytest.raises(GeometryError, match="not valid"):
        judge([make_change(bow, area_m2=200.0)])


def test_no_changes_give_no_signals(judge: Judge) -> None:
    assert judge([]) == ()


def test_two_spellings_of_one_reference_system_are_one(
    judge: Judge, make_change: Callable[..., Change]
) -> None:
    assert judge([make_change(box(0, 0, 20, 20), crs="epsg:28992")])
    assert judge([make_change(box(0, 0, 20, 20), crs="urn:ogc:def:crs:EPSG::28992")])


@pytest.mark.parametrize("crs", ["EPSG:32631", "EPSG:4326", "nonsense"])
def test_a_change_in_another_reference_system_is_refused(
    judge: Judge, make_change: Callable[..., Change], crs: str
) -> None:
    with pytest.raises(GeometryError, match=crs) as caught:
        judge([make_change(box(0, 0, 20, 20), crs=crs)])
    assert caught.value.hint


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4258", "EPSG:2263", "nonsense"])
def test_a_site_that_is_not_in_metres_is_refused(judge: Judge, crs: str) -> None:
    with pytest.raises(GeometryError, match=crs):
        judge([], crs=crs)


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
@pytest.mark.parametrize("name", ["geolocation_m", "alignment_residual_m"])
def test_an_error_that_is_no_error_is_refused(judge: Judge, name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=name):
        judge([], **{name: value})


@pytest.mark.parametrize("field", ["area_m2", "area_error_m2", "p_value"])
def test_a_change_without_numbers_cannot_even_be_made(make_change: Callable[..., Change], field: str) -> None:
    with pytest.raises(ParameterError, match=field):
        make_change(box(0, 0, 20, 20), **{field: math.nan})


def test_judging_again_gives_the_same(
    judge: Judge, make_change: Callable[..., Change], make_permit: Callable[..., Permit]
) -> None:
    changes = [make_change(box(90, 20, 130, 40)), make_change(box(20, 20, 40, 40))]
    permits = [make_permit(box(0, 0, 100, 100))]
    one, other = judge(changes, permits), judge(changes, permits)
    assert one == other
    assert [s.signal_id for s in one] == [s.signal_id for s in other]
