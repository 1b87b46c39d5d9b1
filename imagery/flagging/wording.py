"""Numbers, dates and lists as they are written in Dutch and in English."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_MONTHS_NL = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Words:
    """One phrase in both languages."""

    nl: str
    """Dutch."""
    en: str
    """English."""


def number(value: float, decimals: int = 0) -> Words:
    """A number with its thousands and decimals marked as each language does.

    Examples
    --------
    >>> number(1240.25, 1)
    Words(nl='1.240,3', en='1,240.3')
    """
    # Half up, as people round; float formatting rounds half to even.
    scaled = math.floor(abs(value) * 10**decimals + 0.5 + 1e-9) / 10**decimals
    sign = _MINUS if value < 0 and scaled else ""
    en = f"{scaled:,.{decimals}f}"
    nl = en.translate(str.maketrans(",.", ".,"))
    return Words(sign + nl, sign + en)


def metres(value: float) -> Words:
    """A distance with its unit, to a decimetre."""
    return _with_unit(number(value, 1), " m")


def area(value: float) -> Words:
    """An area with its unit, to a square metre."""
    return _with_unit(number(value), " m²")


def quantity(value: float, unit: str) -> Words:
    """A quantity as a permit states it, with its unit, without needless decimals."""
    decimals = 0 if value == round(value) else 1
    return _with_unit(number(value, decimals), f" {unit}")


def percent(share: float) -> Words:
    """A share 0-1 as a percentage; below a tenth with one decimal, and never 0 or 100 where it is not."""
    value = share * 100
    if 0 < value < 0.1:
        low = number(0.1, 1)
        return Words(f"minder dan {low.nl}%", f"less than {low.en}%")
    if 99.5 <= value < 100:
        return Words("meer dan 99%", "more than 99%")
    return _with_unit(number(value, 1 if value < 10 and value != round(value) else 0), "%")


def day(value: date) -> Words:
    """A date in full.

    Examples
    --------
    >>> from datetime import date
    >>> day(date(2020, 5, 3)).nl
    '3 mei 2020'
    """
    return Words(
        f"{value.day} {_MONTHS_NL[value.month - 1]} {value.year}",
        f"{value.day} {_MONTHS_EN[value.month - 1]} {value.year}",
    )


def days(count: int) -> Words:
    """A number of days."""
    words = number(count)
    return Words(
        f"{words.nl} {'dag' if count == 1 else 'dagen'}", f"{words.en} {'day' if count == 1 else 'days'}"
    )


def listed(parts: Sequence[Words]) -> Words:
    """Phrases in a row, the last two joined by "en" and "and"."""
    return Words(_row([p.nl for p in parts], "en"), _row([p.en for p in parts], "and"))


def _row(parts: Sequence[str], joint: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


def _with_unit(words: Words, unit: str) -> Words:
    return Words(words.nl + unit, words.en + unit)
