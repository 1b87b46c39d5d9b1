"""Numbers as people and spreadsheets write them: decimal comma or point, thousands marks, a unit behind them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

UNITS: Mapping[str, Mapping[str, float]] = {
    "area_m2": {
        "": 1.0,
        "m2": 1.0,
        "m²": 1.0,
        "m^2": 1.0,
        "vierkantemeter": 1.0,
        "ha": 1e4,
        "hectare": 1e4,
        "km2": 1e6,
        "km²": 1e6,
    },
    "volume_m3": {"": 1.0, "m3": 1.0, "m³": 1.0, "m^3": 1.0, "kuub": 1.0, "kubiekemeter": 1.0},
    "height_m": {"": 1.0, "m": 1.0, "m1": 1.0, "meter": 1.0, "mtr": 1.0, "cm": 0.01},
    "accuracy_m": {"": 1.0, "m": 1.0, "meter": 1.0, "cm": 0.01},
    "coordinate": {"": 1.0, "m": 1.0, "°": 1.0},
}
"""Units behind a number and what they are in the unit of the field; others are not understood."""

_NUMBER = re.compile(r"^([+-]?)(\d[\d.,' ]*|[.,]\d+)(e[+-]?\d+)?\s*(.*)$", re.IGNORECASE)
_LEAD = re.compile(r"^(ca\.?|circa|max\.?|maximaal|ten hoogste|tot|≤|<=|±)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecimalMark:
    """Which mark the numbers of a column use."""

    mark: str
    """``","`` or ``"."``."""
    certain: bool
    """False when no number of the column tells."""


def decimal_mark(values: Sequence[object], *, stated: str | None, comma_locale: bool | None) -> DecimalMark:
    """Tell the decimal mark of a column from its numbers.

    A number with both marks tells by the last one; a mark that occurs twice in a number is a thousands mark; one mark
    with other than three digits behind it is a decimal mark. Where no number tells, the layout of the file does
    (`;` between cells goes with a decimal comma), and otherwise the point is taken.

    Parameters
    ----------
    values : sequence
        Cells of the column.
    stated : str or None
        Mark of the profile.
    comma_locale : bool or None
        See `Table.comma_locale`.
    """
    if stated:
        return DecimalMark(mark=stated, certain=True)
    votes = {",": 0, ".": 0}
    for value in values:
        if isinstance(value, str) and (told := _tells(value)):
            votes[told] += 1
    if votes[","] != votes["."]:
        return DecimalMark(mark=max(votes, key=lambda mark: votes[mark]), certain=True)
    return DecimalMark(mark="," if comma_locale else ".", certain=False)


def _tells(text: str) -> str | None:
    """The decimal mark that one number shows beyond doubt."""
    match = _NUMBER.match(_LEAD.sub("", _spaces_closed(text)))
    if match is None:
        return None
    digits = match.group(2).strip()
    comma, point = digits.count(","), digits.count(".")
    if comma and point:
        return "," if digits.rfind(",") > digits.rfind(".") else "."
    if comma + point == 0:
        return None
    mark = "," if comma else "."
    other = "." if comma else ","
    if comma + point > 1:
        return other
    before, behind = digits.split(mark)
    # "1.500" can be both; "0.500" and "1500.250" cannot hold a thousands mark, nor can "12.5".
    could_group = len(behind) == 3 and 1 <= len(before.strip()) <= 3 and not before.startswith("0")
    return None if could_group else mark


def ambiguous(text: str) -> bool:
    """True for a number such as ``1.500`` that is read differently with another decimal mark."""
    return _tells(text) is None and bool(re.search(r"\d[.,]\d{3}(?!\d)", text))


def parse_number(value: object, mark: str, units: Mapping[str, float]) -> float | None:
    """A number in the unit of its field; None when it is not understood.

    A number that can only be read with the other mark (``"12.5"`` among decimal commas) is read with that.

    Parameters
    ----------
    value : object
        Cell: a number, or text such as ``"1.250,5 m2"``.
    mark : str
        Decimal mark of the column.
    units : mapping
        One of `UNITS`.

    Examples
    --------
    >>> parse_number("1.250,5 m2", ",", UNITS["area_m2"])
    1250.5
    >>> parse_number("0,2 ha", ",", UNITS["area_m2"])
    2000.0
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    found = _parse_text(str(value)[:200], mark, units)
    return _parse_text(str(value)[:200], "." if mark == "," else ",", units) if found is None else found


def _parse_text(text: str, mark: str, units: Mapping[str, float]) -> float | None:
    match = _NUMBER.match(_LEAD.sub("", _spaces_closed(text)))
    if match is None:
        return None
    sign, digits, exponent, unit = match.groups()
    factor = units.get(re.sub(r"[\s.]", "", unit.casefold()))
    grouping = "." if mark == "," else ","
    whole, *rest = digits.replace("'", "").strip().split(mark)
    if factor is None or len(rest) > 1 or " " in digits.strip() or any(grouping in part for part in rest):
        return None
    if grouping in whole and not re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", whole):
        return None
    number = float(f"{sign}{whole.replace(grouping, '') or '0'}.{rest[0] if rest else '0'}{exponent or ''}")
    return number * factor if math.isfinite(number) else None


def _spaces_closed(text: str) -> str:
    """Spaces between groups of three digits taken out ("1 250"), other white space made plain."""
    plain = re.sub(r"\s", " ", text).strip()
    return re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", plain)
