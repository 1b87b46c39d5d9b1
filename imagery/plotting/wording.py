"""Words, numbers and days as people read them, Dutch first and English second."""

from __future__ import annotations

import math
from datetime import date
from typing import Literal

from imagery.errors import ParameterError

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")

MONTHS: dict[Language, tuple[str, ...]] = {
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
SHORT_MONTHS: dict[Language, tuple[str, ...]] = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}

BANDS: dict[Language, dict[str, str]] = {
    "nl": {"blue": "blauw", "green": "groen", "red": "rood", "nir": "nabij-infrarood"},
    "en": {"nir": "near infrared"},
}

LABELS: dict[str, tuple[str, str]] = {
    "before": ("Vóór", "Before"),
    "after": ("Na", "After"),
    "composite": ("samengesteld beeld", "composite"),
    "region": ("gebied van de verandering", "region that changed"),
    "in_force": ("vergunde grond, van kracht", "permitted ground, in force"),
    "not_in_force": ("vergunde grond, niet van kracht", "permitted ground, not in force"),
    "permitted": ("vergunde grond", "permitted ground"),
    "watched": ("bewaakte grond", "watched ground"),
    "doubt": ("rand van de twijfelzone", "edge of the band of doubt"),
    "no_data": ("geen gegevens", "no data"),
    "inside": ("gebied van de verandering (mediaan)", "region that changed (median)"),
    "around": ("onveranderde omgeving (mediaan)", "unchanged surroundings (median)"),
    "spread": ("middelste helft van de omgeving", "middle half of the surroundings"),
    "history": ("voorgeschiedenis", "history"),
    "monitored": ("bewaakte periode", "monitored period"),
    "flagged": ("hier veranderd", "changed here"),
    "brightness": ("helderheid (reflectie 0-1)", "brightness (reflectance 0-1)"),
    "ndvi": ("NDVI (groenheid)", "NDVI (greenness)"),
    "reflectance": ("reflectie 0-1", "reflectance 0-1"),
    "score": ("score (hoger is sterker veranderd)", "score (higher changed more)"),
    "threshold": ("drempel", "threshold"),
    "north": ("N", "N"),
}


def checked_language(language: str) -> Language:
    """The language, when it is one that is written here.

    Raises
    ------
    ParameterError
        For any other.
    """
    for known in LANGUAGES:
        if language == known:
            return known
    raise ParameterError(
        f"Words are there in {' and '.join(LANGUAGES)}, got {language!r}.", hint="Choose nl or en."
    )


def label(name: str, language: Language) -> str:
    """Word or words for a thing on a picture."""
    return LABELS[name][LANGUAGES.index(language)]


def band_text(band: str, language: Language) -> str:
    """Name of a band in words; its own name where there are none."""
    return BANDS[language].get(band, band)


def index_text(index: str, language: Language) -> str:
    """The name of an index in words.

    Examples
    --------
    >>> index_text("ndvi", "nl")
    'NDVI (groenheid)'
    """
    if index in ("ndvi", "brightness"):
        return label(index, language)
    return f"{band_text(index, language)}, {label('reflectance', language)}"


def number_text(value: float, language: Language, *, digits: int = 0) -> str:
    """A number with the separators of the language; a dash when it is not finite.

    Examples
    --------
    >>> number_text(12345.678, "nl", digits=1)
    '12.345,7'
    >>> number_text(12345.678, "en", digits=1)
    '12,345.7'
    """
    if not math.isfinite(value):
        return "–"
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text


def day_text(day: date, language: Language, *, short: bool = False) -> str:
    """A day in words.

    Examples
    --------
    >>> day_text(date(2020, 3, 9), "nl")
    '9 maart 2020'
    >>> day_text(date(2020, 3, 9), "nl", short=True)
    '9 mrt 2020'
    """
    months = SHORT_MONTHS if short else MONTHS
    return f"{day.day} {months[language][day.month - 1]} {day.year}"
