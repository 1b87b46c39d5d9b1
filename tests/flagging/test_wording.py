"""Numbers, dates and lists in Dutch and English."""

from __future__ import annotations

from datetime import date

import pytest

from imagery.flagging.wording import Words, area, day, days, listed, metres, number, percent, quantity


@pytest.mark.parametrize(
    ("value", "decimals", "nl", "en"),
    [
        (1240.25, 1, "1.240,3", "1,240.3"),
        (1234567.0, 0, "1.234.567", "1,234,567"),
        (0.5, 0, "1", "1"),
        (-0.4, 2, "−0,40", "−0.40"),
        (-0.001, 2, "0,00", "0.00"),
        (2.675, 2, "2,68", "2.68"),
    ],
)
def test_numbers_are_marked_as_each_language_does(value: float, decimals: int, nl: str, en: str) -> None:
    assert number(value, decimals) == Words(nl, en)


def test_units_stand_behind_the_number() -> None:
    assert metres(12.44).nl == "12,4 m"
    assert area(1240.4).en == "1,240 m²"
    assert quantity(300.5, "m³").nl == "300,5 m³"
    assert quantity(300.0, "m³").nl == "300 m³"


@pytest.mark.parametrize(
    ("share", "nl"),
    [(0.62, "62%"), (0.012, "1,2%"), (0.05, "5%"), (1.0, "100%"), (0.999, "meer dan 99%"),
     (0.0004, "minder dan 0,1%"), (0.0, "0%")],
)  # fmt: skip
def test_a_share_is_never_told_as_all_or_nothing_where_it_is_not(share: float, nl: str) -> None:
    assert percent(share).nl == nl


def test_dates_are_written_in_full() -> None:
    assert day(date(2020, 5, 3)) == Words("3 mei 2020", "3 May 2020")
    assert day(date(2020, 2, 29)) == Words("29 februari 2020", "29 February 2020")
    assert days(1) == Words("1 dag", "1 day")
    assert days(1200) == Words("1.200 dagen", "1,200 days")


def test_lists_end_with_a_joint() -> None:
    one, two, three = Words("a", "a"), Words("b", "b"), Words("c", "c")
    assert listed([]) == Words("", "")
    assert listed([one]).nl == "a"
    assert listed([one, two, three]) == Words("a, b en c", "a, b and c")
