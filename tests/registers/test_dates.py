"""Dates as Dutch registers write them, and as Excel and web programs leave them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.registers.dates import month_first, parse_day

DAY = date(2020, 3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "01-03-2020",
        "1-3-2020",
        "1/3/2020",
        "01.03.2020",
        "1 3 2020",
        "2020-03-01",
        "2020/3/1",
        "20200301",
        "2020-03-01T00:00:00",
        "2020-03-01 12:30",
        "01-03-2020 00:00:00",
        "2020-03-01T10:00:00Z",
        "2020-03-01T00:00:00+01:00",
        "1 maart 2020",
        "1 mrt 2020",
        "1 March 2020",
        " 01-03-2020 ",
        20200301,
        20200301.0,
        DAY,
        datetime(2020, 3, 1, 13, 5),  # noqa: DTZ001
        datetime(2020, 3, 1, 13, 5, tzinfo=UTC),
    ],
)
def test_every_usual_way_of_writing_a_day_is_read(text: object) -> None:
    assert parse_day(text).day == DAY
    assert parse_day(text).how == ""


@pytest.mark.parametrize("value", [43891, 43891.0, "43891", "43891.0", 43891.75, "43891,5"])
def test_day_numbers_of_excel_are_read_and_said(value: object) -> None:
    assert parse_day(value).day == DAY
    assert parse_day(value).how == "excel_day_number"


def test_day_numbers_agree_with_the_excel_reader() -> None:
    from openpyxl.utils.datetime import from_excel

    for number in (15_000, 36_526, 43_891, 44_197, 80_000):
        assert parse_day(number).day == from_excel(number).date()


@pytest.mark.parametrize(
    "value", ["2020-02-29T23:00:00Z", "2020-02-29T23:00:00.000Z", "2020-02-29T23:00:00+00:00"]
)
def test_dutch_midnight_in_utc_is_the_next_day_and_said(value: str) -> None:
    assert parse_day(value).day == DAY
    assert parse_day(value).how == "midnight_in_utc"
    assert parse_day(datetime(2020, 7, 14, 22, tzinfo=UTC)).day == date(2020, 7, 15)


@pytest.mark.parametrize(
    "value",
    [
        "31-02-2020",
        "00-01-2020",
        "2020",
        "zie dossier",
        "1-3",
        "20201301",
        12,
        1e12,
        True,
        "0001-01-01",
        date(1, 1, 1),
        "12-2020",
        "1 maartje 2020",
    ],
)
def test_what_is_no_day_is_not_made_one(value: object) -> None:
    assert parse_day(value).how == "not_understood"
    assert parse_day(value).day is None


@pytest.mark.parametrize(
    "value",
    ["onbepaald", "Onbepaalde tijd", "n.v.t.", "-", "permanent", "31-12-9999", "9999-12-31", 99991231],
)
def test_no_end_is_understood_as_no_end(value: object) -> None:
    assert parse_day(value).no_end
    assert parse_day(value).day is None


def test_two_digit_years_are_said() -> None:
    assert parse_day("1-3-20") == parse_day("1-3-20")
    assert (parse_day("1-3-20").day, parse_day("1-3-20").how) == (DAY, "two_digit_year")
    assert parse_day("1-3-85").day == date(1985, 3, 1)


def test_the_column_tells_whether_the_month_stands_first() -> None:
    assert month_first(["12/31/2020", "1/2/2020"]) is True
    assert month_first(["31-12-2020", "1-2-2020"]) is False
    assert month_first(["1-2-2020", None, 5]) is None
    assert month_first(["12/31/2020", "31/12/2020"]) is None
    assert parse_day("3/1/2020", month_first=True).day == DAY


days = st.dates(date(1900, 1, 1), date(2499, 12, 31))


@given(days)
def test_a_written_day_is_read_back_in_every_form(day: date) -> None:
    forms = [
        day.isoformat(),
        f"{day:%d-%m-%Y}",
        f"{day.day}-{day.month}-{day.year}",
        f"{day:%d/%m/%Y}",
        f"{day:%Y%m%d}",
    ]
    assert [parse_day(form).day for form in forms] == [day] * len(forms)
    assert parse_day(f"{day.month}/{day.day}/{day.year}", month_first=True).day == day


@given(st.dates(date(1950, 1, 1), date(2110, 1, 1)))
def test_excel_day_numbers_are_days_apart(day: date) -> None:
    number = (day - date(1899, 12, 30)).days
    assert parse_day(number).day == day
    assert parse_day(number + 1).day == day + timedelta(days=1)


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers()))
def test_any_cell_gives_a_day_or_says_why_not(value: object) -> None:
    found = parse_day(value)
    assert (found.day is not None) + found.no_end + (found.how == "not_understood") == 1
