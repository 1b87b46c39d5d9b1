"""Numbers that lead to a place: BAG ids, cadastral designations, addresses; and what Excel does to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

BAG_DIGITS = 16
BAG_KINDS = {
    "01": "verblijfsobject",
    "02": "ligplaats",
    "03": "standplaats",
    "10": "pand",
    "20": "nummeraanduiding",
}
"""Digits 5 and 6 of a BAG id say what it is the id of."""
_SCIENTIFIC = re.compile(r"^(\d)(?:[.,](\d+))?e\+?(\d{1,2})$", re.IGNORECASE)
_POSTCODE = re.compile(r"\b([1-9]\d{3})\s?([A-Za-z]{2})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class BagId:
    """What a cell with a BAG id says."""

    value: str = ""
    """Sixteen digits; empty when it cannot be used."""
    how: str = ""
    """Code of what was repaired or of what is wrong; empty for a plain id."""


def parse_bag_id(value: object) -> BagId:
    """Read a BAG id that may have been through Excel.

    A number that lost its leading zeros is filled up to 16 digits. Scientific notation is used when it still holds
    all digits; otherwise the id is gone. A 16-digit number cell that ends in 0 has lost its last digit: Excel keeps 15.

    Examples
    --------
    >>> parse_bag_id(221100000304302).value
    '0221100000304302'
    >>> parse_bag_id("2,211E+14").how
    'bag_id_digits_lost'
    """
    if isinstance(value, bool) or value is None:
        return BagId(how="bag_id_not_understood")
    if isinstance(value, int | float):
        if value != int(value):
            return BagId(how="bag_id_not_understood")
        digits = str(int(value))
        if len(digits) == BAG_DIGITS and digits.endswith("0"):
            return BagId(how="bag_id_digits_lost")
        return _whole(digits, "bag_id_was_a_number")
    text = str(value).strip()[:100]
    text = re.sub(r"^NL\.IMBAG\.[A-Za-z]+\.", "", text).strip("'\"= ")
    if match := _SCIENTIFIC.match(text.replace(" ", "")):
        first, rest, exponent = match.group(1), match.group(2) or "", int(match.group(3))
        if len(rest.rstrip("0")) > exponent or len(rest) < exponent:
            return BagId(how="bag_id_digits_lost")
        return _whole(first + rest[:exponent], "bag_id_was_a_number")
    text = re.sub(r"[.,]0+$", "", text)
    if not text.isascii() or not text.isdigit():
        return BagId(how="bag_id_not_understood")
    return _whole(text, "" if len(text) == BAG_DIGITS else "bag_id_zeros_lost")


def _whole(digits: str, how: str) -> BagId:
    if not BAG_DIGITS - 3 <= len(digits) <= BAG_DIGITS:
        return BagId(how="bag_id_not_understood")
    whole = digits.zfill(BAG_DIGITS)
    if whole[4:6] not in BAG_KINDS:
        return BagId(how="bag_id_not_understood")
    return BagId(value=whole, how=how)


def split_bag_ids(value: object) -> list[object]:
    """The ids of a cell; several may stand in one, with `;`, `|`, a space or a comma between them."""
    if not isinstance(value, str):
        return [value]
    parts = [part for part in re.split(r"[;|\n]|,\s|\s+|,(?=\d{13,16}\b)", value.strip()) if part]
    return list(parts) or [value]


def rounded_by_excel(ids: Sequence[str]) -> bool:
    """True when ids that cannot have had a leading zero all end in 0: Excel kept 15 of their 16 digits."""
    long = {text for text in ids if not text.startswith("0")}
    return len(long) >= 3 and all(text.endswith("0") for text in long)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A cadastral designation."""

    municipality: str
    """Code (``"ASD04"``) or name of the cadastral municipality, in small letters."""
    section: str
    """Section, capitals."""
    number: int
    """Parcel number."""


_PARCEL = re.compile(
    r"^(?:kadastrale\s+)?(?:gemeente\s+)?(?P<municipality>[^\d\s,][^,]*?(?:\d{2})?)[\s,\-]+"
    r"(?:sectie[\s:]*)?(?P<section>[A-Za-z]{1,2})[\s,\-]*(?:nummer|nr\.?|perceel|no\.?)?[\s:]*"
    r"(?P<number>\d{1,5})(?:\s*[GgAa]\s?\d{1,4})?$"
)
_PARCEL_CLOSED = re.compile(
    r"^(?P<municipality>[A-Za-z]{3}\d{2})(?P<section>[A-Za-z]{1,2})0*(?P<number>\d{1,5})(?:[GgAa]\d{1,4})?$"
)


def parse_parcels(value: object) -> list[Parcel] | None:
    """Read a cell with one or more cadastral designations; None when it is not understood.

    Examples
    --------
    >>> parse_parcels("ASD04 F 7713")
    [Parcel(municipality='asd04', section='F', number=7713)]
    """
    text = " ".join(str(value).split())[:500]
    parts = [part.strip() for part in re.split(r"[;|\n]|\sen\s", text) if part.strip()]
    if len(parts) == 1 and (one := _parcel(text)):
        return [one]
    if len(parts) == 1 and "," in text:
        parts = [part.strip() for part in text.split(",") if part.strip()]
    found = [_parcel(part) for part in parts]
    return [parcel for parcel in found if parcel] if found and all(found) else None


def make_parcel(municipality: object, section: object, number: object) -> Parcel | None:
    """A designation from three cells; None when it is not one."""
    digits = re.sub(r"[.,]0+$", "", str(number).strip())
    letters = str(section).strip().upper()
    if not re.fullmatch(r"\d{1,5}", digits) or not re.fullmatch(r"[A-Z]{1,2}", letters):
        return None
    return Parcel(municipality=place_key(str(municipality)), section=letters, number=int(digits))


def _parcel(text: str) -> Parcel | None:
    match = _PARCEL_CLOSED.match(re.sub(r"[\s\-]", "", text)) or _PARCEL.match(text)
    if match is None:
        return None
    return make_parcel(match["municipality"], match["section"], match["number"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address as far as it leads to a place; empty where the register says nothing."""

    postcode: str = ""
    """``"1234AB"``."""
    street: str = ""
    """Street, as compared: small letters, without signs."""
    town: str = ""
    """Town, as compared: small letters, without signs."""
    number: int = 0
    """House number."""
    letter: str = ""
    """House letter, capital."""
    suffix: str = ""
    """Addition, capitals."""

    @property
    def complete(self) -> bool:
        """True when it can be looked up."""
        return self.number > 0 and bool(self.postcode or (self.street and self.town))

    @property
    def text(self) -> str:
        """The address on one line."""
        number = f"{self.number}{self.letter}{'-' + self.suffix if self.suffix else ''}"
        parts = (self.street.title(), number, self.postcode, self.town.title())
        return " ".join(part for part in parts if part)


def place_key(name: str) -> str:
    """A name as names of places are compared: small letters, signs and double spaces gone."""
    return " ".join(re.sub(r"[^\w ]", " ", name.casefold()).split())


def parse_postcode(value: object) -> str:
    """A Dutch postcode, or an empty text."""
    match = _POSTCODE.fullmatch(str(value or "").strip())
    return f"{match.group(1)}{match.group(2).upper()}" if match else ""


def make_address(
    *,
    postcode: object = None,
    street: object = None,
    town: object = None,
    number: object = None,
    letter: object = None,
    suffix: object = None,
) -> Address:
    """An address from its cells; a postcode in the cell of the addition is put in its place."""
    code = parse_postcode(postcode)
    if not code and (moved := parse_postcode(suffix)):
        code, suffix = moved, None
    found, letter_in_number, suffix_in_number = _house_number(number)
    return Address(
        postcode=code,
        street=place_key(str(street or "")),
        town=place_key(str(town or "")),
        number=found,
        letter=str(letter or "").strip().upper() or letter_in_number,
        suffix=_suffix(suffix) or suffix_in_number,
    )


def parse_address(value: object) -> Address:
    """Read an address on one line, e.g. ``"Havenstraat 12a, 6981 AB Doesburg"``."""
    text = " ".join(str(value).split())[:200]
    code, town = "", ""
    if match := _POSTCODE.search(text):
        code = f"{match.group(1)}{match.group(2).upper()}"
        town = text[match.end() :].strip(" ,")
        text = text[: match.start()].strip(" ,")
    elif "," in text:
        text, town = (part.strip() for part in text.rsplit(",", 1))
    match_street = re.match(r"^(?P<street>.*\D)\s+(?P<number>\d{1,5}.*)$", text)
    if match_street is None:
        return Address(postcode=code, town=place_key(town))
    number, letter, suffix = _house_number(match_street["number"])
    return Address(
        postcode=code,
        street=place_key(match_street["street"]),
        town=place_key(town),
        number=number,
        letter=letter,
        suffix=suffix,
    )


def _house_number(value: object) -> tuple[int, str, str]:
    """Number, letter and addition of ``"12 a-2"``."""
    text = re.sub(r"[.,]0+$", "", str(value if value is not None else "").strip())
    match = re.match(r"^(\d{1,5})\s*([A-Za-z](?![A-Za-z]))?\s*[-/ ]*\s*(.{0,20})$", text)
    if match is None:
        return 0, "", ""
    return int(match.group(1)), (match.group(2) or "").upper(), _suffix(match.group(3))


def _suffix(value: object) -> str:
    return re.sub(r"[^A-Z0-9]", "", re.sub(r"[.,]0+$", "", str(value if value is not None else "")).upper())
