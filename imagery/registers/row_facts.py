"""What a row says besides its ground: reference, activity, dates, limits, authority, status."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from imagery.domain import Limits
from imagery.registers.dates import Day, month_first, parse_day
from imagery.registers.grounds import Cells
from imagery.registers.problems import ProblemLog, plain_text
from imagery.registers.quantities import UNITS, ambiguous, decimal_mark, parse_number
from imagery.registers.vocabulary import WordGroups, words

LONGEST_REFERENCE = 200
LONGEST_TEXT = 2_000
"""Characters that are kept of a text; longer cells are cut, and it is said."""
_MARKUP = re.compile(r"^\s*[=+@]|<\s*/?\s*(script|iframe|img|svg|object|embed)\b|javascript:", re.IGNORECASE)

NOTHING_DONE = "Nothing to do."
DATE_NOTES = {
    "excel_day_number": (
        "The date is a day number of Excel; it was read as a date.",
        "Format the column as a date before it is exported.",
    ),
    "two_digit_year": (
        "The year has two digits; 70-99 were taken as 19.., the others as 20...",
        "Write four digits.",
    ),
    "midnight_in_utc": (
        "The time is midnight in the Netherlands written in UTC; the next day was taken.",
        "Export dates without a time.",
    ),
}


class Status(StrEnum):
    """Whether a row is a permit that was granted."""

    GRANTED = "granted"
    NOT_GRANTED = "not granted"
    WITHDRAWN = "withdrawn"
    """It was granted, and is not in force any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFacts:
    """What each row says, all sequences as long as the register."""

    references: list[str]
    """Case or permit number; empty when there is none."""
    texts: list[str]
    """Activity, word for word; empty when there is none."""
    sites: list[str | None]
    """What the register calls the place."""
    authorities: list[str]
    first_days: list[date | None]
    last_days: list[date | None]
    limits: list[Limits]
    statuses: list[Status]


def read_facts(cells: Cells, log: ProblemLog) -> RowFacts:
    """Read everything but the ground; what is not understood is told and left out."""
    first_days, last_days = _first_days(cells, log), _last_days(cells, log)
    return RowFacts(
        references=_texts(cells, "reference", LONGEST_REFERENCE, log),
        texts=_texts(cells, "activity", LONGEST_TEXT, log),
        sites=[text or None for text in _texts(cells, "site", LONGEST_REFERENCE, log)],
        authorities=_texts(cells, "authority", LONGEST_REFERENCE, log),
        first_days=first_days,
        last_days=last_days,
        limits=_limits(cells, log),
        statuses=_statuses(cells, log),
    )


def _texts(cells: Cells, name: str, longest: int, log: ProblemLog) -> list[str]:
    out: list[str] = []
    for row, value in zip(cells.table.rows, cells.get(name), strict=True):
        if value is None:
            out.append("")
            continue
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        raw = str(int(value)) if whole and isinstance(value, float) else str(value)
        text = plain_text(raw[: 2 * longest])
        if len(text) > longest or len(raw) > 2 * longest:
            log.repair(
                row,
                "long_text",
                f"The text is longer than {longest} characters and was cut.",
                "Check the cell; quotation marks may be missing.",
                column=cells.column(name),
                value=text,
            )
        elif _MARKUP.search(text):
            log.note(
                row,
                "odd_text",
                "The text looks like a formula or like markup; it is kept as text and never run.",
                "Check where it comes from.",
                column=cells.column(name),
                value=text,
            )
        out.append(text[:longest].strip())
    return out


def _first_days(cells: Cells, log: ProblemLog) -> list[date | None]:
    days = [day.day for day in _days(cells, "valid_from", log)]
    decided = [day.day for day in _days(cells, "decision_date", log)]
    taken = [i for i, (day, other) in enumerate(zip(days, decided, strict=True)) if day is None and other]
    if taken:
        log.note(
            None,
            "decision_date_taken",
            "No first day in force is given; the day of the decision was taken.",
            "Name the column with the first day in force in the profile, if there is one.",
            column=cells.column("decision_date"),
            value=f"{len(taken)} rows",
        )
    return [day or other for day, other in zip(days, decided, strict=True)]


def _last_days(cells: Cells, log: ProblemLog) -> list[date | None]:
    days = [day.day for day in _days(cells, "valid_to", log)]
    if cells.profile.last_day_included:
        return days
    return [None if day is None else day - timedelta(days=1) for day in days]


def _days(cells: Cells, name: str, log: ProblemLog) -> list[Day]:
    values = cells.get(name)
    told = cells.profile.month_first
    first = month_first(values) if told is None else told
    if first and told is None:
        log.note(
            None,
            "month_before_day",
            "Dates were read month first, because some cannot be read otherwise.",
            "If that is wrong, set month_first = false in the profile.",
            column=cells.column(name),
        )
    out: list[Day] = []
    how: Counter[str] = Counter()
    for row, value in zip(cells.table.rows, values, strict=True):
        day = Day() if value is None else parse_day(value, month_first=bool(first))
        if day.how == "not_understood":
            log.note(
                row,
                "date_not_understood",
                "The date is not understood, and was taken as not given.",
                "Write it as dd-mm-yyyy. Until then the permit counts as open on that side.",
                column=cells.column(name),
                value=value,
            )
        elif day.how:
            how[day.how] += 1
        out.append(day)
    for code, n in how.items():
        reason, hint = DATE_NOTES[code]
        log.repair(None, code, reason, hint, column=cells.column(name), value=f"{n} rows")
    return out


def _limits(cells: Cells, log: ProblemLog) -> list[Limits]:
    found = {name: _quantities(cells, name, log) for name in ("area_m2", "volume_m3", "height_m")}
    return [
        Limits(area_m2=area, volume_m3=volume, height_m=height)
        for area, volume, height in zip(*found.values(), strict=True)
    ]


def _quantities(cells: Cells, name: str, log: ProblemLog) -> list[float | None]:
    values = cells.get(name)
    mark = decimal_mark(values, stated=cells.profile.decimal, comma_locale=cells.table.comma_locale)
    out: list[float | None] = []
    for row, value in zip(cells.table.rows, values, strict=True):
        number = None if value is None else parse_number(value, mark.mark, UNITS[name])
        if value is not None and (number is None or number < 0):
            log.note(
                row,
                "limit_not_understood",
                "The limit is not a number of 0 or more in a unit that is known, and was taken as not given.",
                "Write a number alone, in the unit of the column.",
                column=cells.column(name),
                value=value,
            )
            number = None
        elif isinstance(value, str) and not mark.certain and ambiguous(value):
            log.note(
                row,
                "mark_not_certain",
                "The point or comma in the number can be a decimal or a thousands mark.",
                f'It was read as {number:g}. State decimal = "," or "." in the profile.',
                column=cells.column(name),
                value=value,
            )
        out.append(number)
    return out


def _statuses(cells: Cells, log: ProblemLog) -> list[Status]:
    groups = dict(words()["status"])
    denied = WordGroups({"denied": groups.pop("negators")}, dict.fromkeys(cells.profile.status_words, ""))
    known = WordGroups(groups, cells.profile.status_words)
    out: list[Status] = []
    for row, value in zip(cells.table.rows, cells.get("status"), strict=True):
        meaning = known.meaning(value)
        if meaning == "granted" and denied.meaning(value):
            meaning = "refused"
        if value is not None and meaning is None:
            log.note(
                row,
                "status_not_understood",
                "The status is not a word that is known; the row counts as a permit that was granted.",
                "Add it to status_words in the profile.",
                column=cells.column("status"),
                value=value,
            )
        out.append(
            {"refused": Status.NOT_GRANTED, "pending": Status.NOT_GRANTED, "withdrawn": Status.WITHDRAWN}.get(
                meaning or "", Status.GRANTED
            )
        )
    return out
