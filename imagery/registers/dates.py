"""Dates as Dutch registers hold them: day first, ISO, run together, and the day numbers that Excel leaves behind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from imagery.registers.vocabulary import words

EXCEL_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's day numbers (for days after 28 February 1900)."""
EXCEL_DAYS = (15_000, 80_000)
"""Day numbers that are taken for dates: from 1941 to 2119."""
YEARS = (1800, 2500)
"""Years of a permit; from 2900 on an end date stands for no end."""
NO_END_YEAR = 2900

_DAY_MONTH = re.compile(r"^(\d{1,2})\s*[-/.\s]\s*(\d{1,2})\s*[-/.\s]\s*(\d{4}|\d{2})$")
_YEAR_FIRST = re.compile(r"^(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})$")
_RUN_TOGETHER = re.compile(r"^((?:1[89]|2\d|99)\d{2})(\d{2})(\d{2})$")
_WITH_MONTH = re.compile(r"^(\d{1,2})(?:e|de|ste|st|nd|rd|th)?[\s.-]*([a-z]{3,9})[\s.-]*(\d{4})$")
_DAY_NUMBER = re.compile(r"^(\d{5})(?:[.,]\d+)?$")
_TIME = re.compile(
    r"[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]00:?00|[+-]\d{2}:?\d{2})?\s*(?:uur)?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a cell of a date column says."""

    day: date | None = None
    """The day; None when there is none."""
    no_end: bool = False
    """True when the cell says that there is no end."""
    how: str = ""
    """Code of what was assumed or repaired; empty for a plain date. ``"not_understood"`` when nothing was made of it."""


def month_first(values: Sequence[object]) -> bool | None:
    """Tell whether dates with slashes are written month first (12/31/2020).

    Returns
    -------
    bool or None
        True or False when some date tells and none contradicts; None when no date tells, or they disagree.
    """
    day_tells = month_tells = False
    for value in values:
        match = _DAY_MONTH.match(_TIME.sub("", value.strip())) if isinstance(value, str) else None
        if match:
            day_tells |= int(match.group(1)) > 12
            month_tells |= int(match.group(2)) > 12
    return month_tells if day_tells != month_tells else None


def parse_day(value: object, *, month_first: bool = False) -> Day:
    """Read one cell of a date column.

    Parameters
    ----------
    value : object
        A date, a datetime, a number or text.
    month_first : bool
        True when dates with slashes are written month first.

    Examples
    --------
    >>> parse_day("1-3-2020").day
    datetime.date(2020, 3, 1)
    >>> parse_day(43831).day, parse_day(43831).how
    (datetime.date(2020, 1, 1), 'excel_day_number')
    """
    if isinstance(value, datetime):
        return _from_datetime(value)
    if isinstance(value, date):
        return _checked(value)
    if isinstance(value, bool) or value is None:
        return Day(how="not_understood")
    if isinstance(value, int | float):
        whole = int(value) if abs(value) < 1e9 else 0
        if EXCEL_DAYS[0] <= value <= EXCEL_DAYS[1]:
            return Day(day=EXCEL_EPOCH + timedelta(days=whole), how="excel_day_number")
        return _from_text(str(whole), month_first) if value == whole else Day(how="not_understood")
    return _from_text(str(value)[:100], month_first)


def _from_text(text: str, month_first: bool) -> Day:
    plain = " ".join(text.replace("\u00a0", " ").split())
    if plain.casefold() in words()["no_end"]["words"]:
        return Day(no_end=True)
    clock = _TIME.search(plain)
    plain = plain[: clock.start()] if clock else plain
    if match := _YEAR_FIRST.match(plain) or _RUN_TOGETHER.match(plain):
        year, month, day = (int(part) for part in match.groups())
        found, how = _day(year, month, day), ""
    elif match := _DAY_MONTH.match(plain):
        first, second, last = match.groups()
        day, month = (int(second), int(first)) if month_first else (int(first), int(second))
        found, how = _day(_whole_year(last), month, day), "two_digit_year" if len(last) == 2 else ""
    elif (match := _WITH_MONTH.match(plain.casefold())) and match.group(2) in _months():
        found, how = _day(int(match.group(3)), _months()[match.group(2)], int(match.group(1))), ""
    elif (match := _DAY_NUMBER.match(plain)) and EXCEL_DAYS[0] <= int(match.group(1)) <= EXCEL_DAYS[1]:
        return Day(day=EXCEL_EPOCH + timedelta(days=int(match.group(1))), how="excel_day_number")
    else:
        return Day(how="not_understood")
    if found is None:
        return Day(how="not_understood")
    if clock and _is_dutch_midnight(clock):
        return Day(day=found + timedelta(days=1), how="midnight_in_utc")
    return _checked(found, how)


def _is_dutch_midnight(clock: re.Match[str]) -> bool:
    """True for 22:00 or 23:00 UTC sharp: local midnight of the next day, as web programs export it."""
    hour, minute, second, zone = clock.groups()
    return (
        zone is not None
        and (zone == "Z" or zone[1:].replace(":", "") == "0000")
        and int(hour) in (22, 23)
        and int(minute) == 0
        and int(second or 0) == 0
    )


def _from_datetime(value: datetime) -> Day:
    offset = value.utcoffset()
    if offset is not None and not offset and value.hour in (22, 23) and not (value.minute or value.second):
        return Day(day=value.date() + timedelta(days=1), how="midnight_in_utc")
    return _checked(value.date())


def _checked(found: date, how: str = "") -> Day:
    if found.year >= NO_END_YEAR:
        return Day(no_end=True)
    if not YEARS[0] <= found.year <= YEARS[1]:
        return Day(how="not_understood")
    return Day(day=found, how=how)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _whole_year(text: str) -> int:
    """A year of two digits: 70-99 lie before 2000, the others after."""
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= 70 else 2000)


@cache
def _months() -> Mapping[str, int]:
    rows = words()["months"]["names"]
    return {name: number for number, row in enumerate(rows, start=1) for name in row.split()}
