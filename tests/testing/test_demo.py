"""Whether a run of the demo is compared with what was seen by eye, difference by difference."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from imagery.domain import (
    Change,
    Drawing,
    Footprint,
    Kind,
    Outcome,
    OutcomeKind,
    Permit,
    Relation,
    Signal,
    Site,
    Standing,
)
from imagery.stores.records import SiteRecord
from imagery.testing.demo import (
    ExpectedChange,
    compare_with_expected,
    demo_files,
    load_expected,
)

EXPECTED = load_expected()
FELLED, EXPIRED, CROSSED, QUIET = "OVB-2017-101", "OVB-2014-012", "OVB-2017-108", "OVB-2017-115"
Records = dict[str, SiteRecord]


def as_seen(change: ExpectedChange) -> Signal:
    """A found change that agrees with an expected one: a disc in the middle of its box."""
    radius = math.sqrt(sum(change.area_m2) / 2 / math.pi)
    disc = change.ground.centroid.buffer(radius)
    return Signal(
        site_id="s",
        change=Change(
            geometry=disc,
            crs=EXPECTED.crs,
            area_m2=disc.area,
            area_error_m2=100.0,
            score=9.0,
            p_value=0.01,
            last_unchanged=change.unchanged_until,
            first_changed=change.changed_from,
            method="series",
            pixel_m=10.0,
        ),
        kind=change.kind,
        standing=change.standing,
        relation=change.relation,
        share_outside=0.0,
        distance_outside_m=0.0,
        doubt_m=7.0,
    )


@pytest.fixture
def records() -> Records:
    """A run that is just as was seen by eye."""
    with demo_files().register.open(encoding="utf-8-sig", newline="") as file:
        shapes = {
            row["kenmerk"]: shapely.from_wkt(row["geometrie"]) for row in csv.DictReader(file, delimiter=";")
        }
    found: Records = {}
    for site in EXPECTED.sites:
        shape = shapes[site.reference]
        ground = shape.buffer(50.0) if shape.geom_type == "Point" else shape
        permit = Permit(
            reference=site.reference,
            footprint=Footprint(geometry=ground, crs=EXPECTED.crs, drawing=Drawing.PARCEL, accuracy_m=0.5),
        )
        found[site.reference] = SiteRecord(
            site=Site(geometry=ground, crs=EXPECTED.crs, permits=(permit,)),
            outcome=Outcome(kind=OutcomeKind.SCREENED),
            judged=tuple(as_seen(change) for change in site.changes),
        )
    return found


def differences(records: Records) -> list[str]:
    return compare_with_expected(list(records.values()), EXPECTED)


def changed(signal: Signal, **values: object) -> Signal:
    return replace(signal, change=replace(signal.change, **values))  # type: ignore[arg-type]


def moved(signal: Signal, by_m: float) -> Signal:
    return changed(signal, geometry=shapely.transform(signal.change.geometry, lambda xy: xy + by_m))


def carried(shape: shapely.Geometry, to_crs: str) -> shapely.Geometry:
    transformer = Transformer.from_crs(EXPECTED.crs, to_crs, always_xy=True)
    return shapely.transform(shape, lambda p: np.column_stack(transformer.transform(p[:, 0], p[:, 1])))


def in_crs(record: SiteRecord, to_crs: str) -> SiteRecord:
    """The same site and changes in another reference system."""
    site = record.site
    (permit,) = site.permits
    assert permit.footprint is not None
    ground = carried(site.geometry, to_crs)
    permit = replace(permit, footprint=replace(permit.footprint, geometry=ground, crs=to_crs))
    return replace(
        record,
        site=replace(site, geometry=ground, crs=to_crs, permits=(permit,)),
        judged=tuple(
            changed(s, geometry=carried(s.change.geometry, to_crs), crs=to_crs) for s in record.judged
        ),
    )


def test_a_run_that_is_as_it_was_seen_has_no_differences(records: Records) -> None:
    assert differences(records) == []


def test_the_order_of_the_sites_does_not_matter(records: Records) -> None:
    assert compare_with_expected(list(records.values())[::-1], EXPECTED) == []


def test_the_reference_system_of_the_run_does_not_matter(records: Records) -> None:
    assert compare_with_expected([in_crs(r, "EPSG:32634") for r in records.values()], EXPECTED) == []


Break = Callable[[SiteRecord], SiteRecord]


def broken_first(how: Callable[[Signal], Signal]) -> Break:
    return lambda record: replace(record, judged=(how(record.judged[0]), *record.judged[1:]))


BREAKS: dict[str, tuple[str, Break, str]] = {
    "could not look": (
        QUIET,
        lambda r: replace(r, outcome=Outcome(kind=OutcomeKind.TOO_CLOUDY, note="No clear date.")),
        r"ended as too_cloudy \(No clear date\.\), expected screened",
    ),
    "nothing found": (CROSSED, lambda r: replace(r, judged=()), r"has 0 signals, expected 1"),
    "permitted change not found": (
        FELLED,
        lambda r: replace(r, judged=r.judged[1:]),
        r"no change was found on the ground at 5272263, 2532114",
    ),
    "found elsewhere": (
        CROSSED,
        broken_first(lambda s: moved(s, 60.0)),
        r"no change was found on the ground at 5272033, 2532324, where this was seen: About 40 pixels",
    ),
    "a signal taken for permitted": (
        CROSSED,
        broken_first(lambda s: replace(s, standing=Standing.PERMITTED_CHANGE)),
        r"the standing of the change on .* is permitted_change, expected signal",
    ),
    "a permitted change taken for a signal": (
        FELLED,
        broken_first(lambda s: replace(s, standing=Standing.SIGNAL)),
        r"has 1 signal \(vegetation_cleared, \d+ m2, seen 2018-04-12\), expected 0",
    ),
    "wrong kind": (
        EXPIRED,
        broken_first(lambda s: replace(s, kind=Kind.EARTHWORKS)),
        r"the kind of the change on .* is earthworks, expected activity_after_expiry",
    ),
    "wrong relation": (
        CROSSED,
        broken_first(lambda s: replace(s, relation=Relation.UNDECIDED)),
        r"the relation of the change on .* is undecided, expected outside",
    ),
    "too small": (
        CROSSED,
        broken_first(lambda s: changed(s, area_m2=2_400.0)),
        r"the area of the change on .* is 2400 m2, expected 2500-6200 m2",
    ),
    "too large": (
        CROSSED,
        broken_first(lambda s: changed(s, area_m2=6_300.0)),
        r"is 6300 m2, expected 2500-6200 m2",
    ),
    "before it happened": (
        CROSSED,
        broken_first(lambda s: changed(s, first_changed=date(2018, 4, 27), last_unchanged=None)),
        r"was seen on 2018-04-27, but until 2018-04-27 nothing had changed",
    ),
    "late": (
        CROSSED,
        broken_first(lambda s: changed(s, first_changed=date(2018, 7, 22))),
        r"was seen on 2018-07-22 only, expected by 2018-07-21",
    ),
    "unchanged when it had changed": (
        CROSSED,
        broken_first(lambda s: changed(s, first_changed=date(2018, 7, 1), last_unchanged=date(2018, 5, 22))),
        r"counts as unchanged on 2018-05-22, but had changed by 2018-05-22",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_kind_of_difference_is_told__planted(name: str, records: Records) -> None:
    reference, spoil, words = BREAKS[name]
    records[reference] = spoil(records[reference])
    told = differences(records)
    assert told
    assert all(line.startswith(f"{reference}: ") for line in told)
    assert any(re.search(words, line) for line in told), told


def test_a_signal_where_nothing_happened_is_told__planted(records: Records) -> None:
    extra = records[CROSSED].judged[0]
    records[QUIET] = replace(records[QUIET], judged=(extra,))
    (told,) = differences(records)
    assert told.startswith(f"{QUIET}: has 1 signal (vegetation_cleared, ")
    assert told.endswith("expected 0.")


def test_a_permitted_change_in_closed_forest_is_told__planted(records: Records) -> None:
    extra = records[FELLED].judged[0]
    records[QUIET] = replace(records[QUIET], judged=(extra,))
    (told,) = differences(records)
    assert told.startswith(f"{QUIET}: has 1 permitted change (vegetation_cleared, ")


def test_a_second_signal_is_told_even_where_the_first_is_right__planted(records: Records) -> None:
    first = records[EXPIRED].judged[0]
    records[EXPIRED] = replace(records[EXPIRED], judged=(first, moved(first, 100.0)))
    (told,) = differences(records)
    assert "has 2 signals" in told


def test_a_permit_that_is_missing_twice_there_or_not_known_is_told__planted(records: Records) -> None:
    once = list(records.values())
    quiet = records.pop(QUIET)
    assert differences(records) == [f"{QUIET}: stands at 0 sites, expected 1."]
    assert compare_with_expected([*once, quiet], EXPECTED) == [f"{QUIET}: stands at 2 sites, expected 1."]
    permit = replace(quiet.site.permits[0], reference="OVB-2018-007")
    stranger = replace(quiet, site=replace(quiet.site, permits=(permit,)))
    assert compare_with_expected([*once, stranger], EXPECTED) == [
        "OVB-2018-007: is not among the expected permits."
    ]


def test_dates_at_the_edge_of_what_was_seen_are_accepted(records: Records) -> None:
    (seen,) = (site for site in EXPECTED.sites if site.reference == CROSSED)
    (change,) = seen.changes
    day = timedelta(days=1)
    for first, last in ((change.unchanged_until + day, None), (change.noticed_by, change.changed_from - day)):
        spoil = broken_first(lambda s, f=first, u=last: changed(s, first_changed=f, last_unchanged=u))
        records[CROSSED] = spoil(records[CROSSED])
        assert differences(records) == []
