"""Permits against the interval in which a change came."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from imagery.domain import Change, Permit
from imagery.flagging.dates import Force, force

START = date(2020, 2, 20)
day = st.integers(0, 20).map(lambda n: START + timedelta(n))


def day_by_day(permit: Permit, first: date | None, last: date) -> Force:
    """Oracle: look at every day on which the change may have come; without a beginning, at five years of them."""
    begin = first or last - timedelta(5 * 366)
    days = [begin + timedelta(n) for n in range((last - begin).days + 1)]
    held = [
        (permit.valid_from is None or d >= permit.valid_from)
        and (permit.valid_to is None or d <= permit.valid_to)
        for d in days
    ]
    before = [permit.valid_from is not None and d < permit.valid_from for d in days]
    after = [permit.valid_to is not None and d > permit.valid_to for d in days]
    if all(before):
        return Force.NOT_YET
    if (
        first is None
    ):  # any earlier day is possible: only an open beginning is sure, and no end lies before them all
        return Force.IN_FORCE if all(held) and permit.valid_from is None else Force.IN_DOUBT
    if all(after):
        return Force.EXPIRED
    return Force.IN_FORCE if all(held) else Force.IN_DOUBT


@given(st.one_of(st.none(), day), st.one_of(st.none(), day), st.one_of(st.none(), day), day)
def test_every_day_of_the_interval_counts(
    start: date | None, end: date | None, first: date | None, last: date
) -> None:
    if start and end and end < start:
        start, end = end, start
    if first and first > last:
        first, last = last, first
    permit = Permit(reference="P1", valid_from=start, valid_to=end)
    change = Change(
        geometry=box(0, 0, 10, 10), crs="EPSG:28992", area_m2=100.0, area_error_m2=0.0, score=1.0, p_value=0.5,
        last_unchanged=first, first_changed=last, method="series", pixel_m=10.0,
    )  # fmt: skip
    assert force(permit, change) is day_by_day(permit, first, last)
