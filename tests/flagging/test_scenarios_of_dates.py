"""Planted scenes: a change deep inside one permit, where only the days decide.

Every scene is drawn in metres around an origin and its facts follow from how it is drawn; nothing of
`imagery.flagging` is used to derive them. Permits are P1, P2, ... in their order.
"""
# ruff: noqa: E501 - scenes are rows of a table

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from shapely.geometry import box

from imagery.domain import Kind, Relation, Standing

IN, OUT, OPEN = Relation.INSIDE, Relation.OUTSIDE, Relation.UNDECIDED
SIGNAL, FINE = Standing.SIGNAL, Standing.PERMITTED_CHANGE
NAN = math.nan
BEGIN, END = date(2020, 5, 1), date(2020, 5, 31)


def scene(**said: Any) -> dict[str, Any]:
    """One scene, by what is said of it."""
    return said


def on(ground: Any, **more: Any) -> dict[str, Any]:
    """A permit on a ground; surveyed, for felling, without dates unless said."""
    return {"ground": ground, **more}


def band(accuracy: float, residual: float = 0.0) -> float:
    """5 m geolocation, half of a 10 m pixel, and what the scene adds: root of squares."""
    return (5.0**2 + 5.0**2 + accuracy**2 + residual**2) ** 0.5


def dates() -> list[dict[str, Any]]:
    """A felled patch deep inside a felling permit: only the days decide. Days are inclusive on both ends."""
    d = date
    rows = [
        # permit from, to, change last unchanged, first changed, what holds
        ("open ends", None, None, BEGIN, END, "force"),
        ("long in force", d(2015, 1, 1), d(2030, 1, 1), BEGIN, END, "force"),
        ("began on the last unchanged day", BEGIN, None, BEGIN, END, "force"),
        ("began the day after", BEGIN + timedelta(1), None, BEGIN, END, "doubt"),
        ("began on the first changed day", END, None, BEGIN, END, "doubt"),
        ("began the day after it was seen", END + timedelta(1), None, BEGIN, END, "not_yet"),
        ("began a year later", d(2021, 5, 1), d(2022, 5, 1), BEGIN, END, "not_yet"),
        ("ended on the first changed day", None, END, BEGIN, END, "force"),
        ("ended the day before it was seen", None, END - timedelta(1), BEGIN, END, "doubt"),
        ("ended on the last unchanged day", None, BEGIN, BEGIN, END, "doubt"),
        ("ended the day before the interval", None, BEGIN - timedelta(1), BEGIN, END, "expired"),
        ("ended years before", d(2010, 1, 1), d(2012, 1, 1), BEGIN, END, "expired"),
        ("in force just over the interval", BEGIN, END, BEGIN, END, "force"),
        ("in force only within the interval", d(2020, 5, 10), d(2020, 5, 20), BEGIN, END, "doubt"),
        ("in force on one day, the day it was seen", END, END, BEGIN, END, "doubt"),
        ("ends on a leap day, seen on it", None, d(2020, 2, 29), d(2020, 2, 20), d(2020, 2, 29), "force"),
        ("ends on a leap day, seen the day after", None, d(2020, 2, 29), d(2020, 2, 20), d(2020, 3, 1), "doubt"),
        ("ended on a leap day, unchanged the day after", None, d(2020, 2, 29), d(2020, 3, 1), d(2020, 3, 6), "expired"),
        ("ended 28 February of a leap year, unchanged on the 29th", None, d(2020, 2, 28), d(2020, 2, 29), d(2020, 3, 9), "expired"),
        ("began on a leap day, unchanged on it", d(2020, 2, 29), None, d(2020, 2, 29), d(2020, 3, 9), "force"),
        ("begins on a leap day, seen the day before", d(2020, 2, 29), None, d(2020, 2, 10), d(2020, 2, 28), "not_yet"),
        ("ends with the year, seen on New Year's Eve", None, d(2019, 12, 31), d(2019, 12, 1), d(2019, 12, 31), "force"),
        ("ended with the year, unchanged on New Year's Day", None, d(2019, 12, 31), d(2020, 1, 1), d(2020, 1, 11), "expired"),
        ("known to the day, in force on it", END, END, END, END, "force"),
        ("known to the day, ended the day before", None, END - timedelta(1), END, END, "expired"),
        ("known to the day, begins the day after", END + timedelta(1), None, END, END, "not_yet"),
        ("no unchanged day, open beginning", None, d(2021, 1, 1), None, END, "force"),
        ("no unchanged day, ends on the day it was seen", None, END, None, END, "force"),
        ("no unchanged day, stated beginning", d(2001, 1, 1), None, None, END, "doubt"),
        ("no unchanged day, ended years before it was seen", None, d(2012, 1, 1), None, END, "doubt"),
        ("no unchanged day, began on the day it was seen", END, None, None, END, "doubt"),
        ("no unchanged day, begins the day after", END + timedelta(1), None, None, END, "not_yet"),
    ]  # fmt: skip
    nothing: dict[str, Any] = {"in_force": (), "not_yet": (), "expired": (), "standing": SIGNAL}
    nowhere = {"relation": OUT, "share": 1.0, "distance": NAN, "doubt": band(0.0)}
    facts = {
        "force": {**nothing, "relation": IN, "share": 0.0, "distance": 0.0, "in_force": ("P1",), "standing": FINE},
        "doubt": {**nothing, "relation": OPEN, "share": 0.0, "distance": 0.0, "undecided": "date", "kind": Kind.VEGETATION_CLEARED},
        "not_yet": {**nothing, **nowhere, "not_yet": ("P1",), "kind": Kind.VEGETATION_CLEARED},
        "expired": {**nothing, **nowhere, "expired": ("P1",), "kind": Kind.ACTIVITY_AFTER_EXPIRY},
    }  # fmt: skip
    return [
        scene(
            name=name,
            permits=[on(box(0, 0, 100, 100), valid_from=start, valid_to=end)],
            change=box(40, 40, 60, 60),
            expected=facts[holds],
            last_unchanged=first,
            first_changed=last,
            system=system,
        )
        for system, (name, start, end, first, last, holds) in enumerate(rows)
    ]


SCENARIOS = [*dates()]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s["name"])
def test_the_days_decide_as_they_were_counted__planted(
    scenario: dict[str, Any], wrong_facts: Callable[..., dict[str, Any]]
) -> None:
    assert not wrong_facts(**scenario)
