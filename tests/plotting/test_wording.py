"""Numbers, days and labels in two languages."""

from __future__ import annotations

from datetime import date

import pytest

from imagery.errors import ParameterError
from imagery.plotting.wording import LABELS, MONTHS, SHORT_MONTHS, checked_language, day_text, number_text


@pytest.mark.parametrize(
    ("value", "digits", "nl", "en"),
    [
        (0, 0, "0", "0"),
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (-0.004, 2, "0,00", "0.00"),
        (-1500.5, 1, "-1.500,5", "-1,500.5"),
        (float("nan"), 1, "–", "–"),
        (float("inf"), 0, "–", "–"),
    ],
)
def test_numbers_carry_the_separators_of_the_language(value: float, digits: int, nl: str, en: str) -> None:
    assert number_text(value, "nl", digits=digits) == nl
    assert number_text(value, "en", digits=digits) == en


def test_every_month_has_its_name_in_both_languages() -> None:
    for language in ("nl", "en"):
        assert len(set(MONTHS[language])) == len(set(SHORT_MONTHS[language])) == 12
    assert [day_text(date(2021, m, 2), "nl", short=True).split()[1] for m in (3, 5, 10)] == [
        "mrt",
        "mei",
        "okt",
    ]
    assert day_text(date(2021, 10, 2), "en") == "2 October 2021"


def test_a_language_that_is_not_written_here_is_refused() -> None:
    assert checked_language("en") == "en"
    with pytest.raises(ParameterError, match="'fr'"):
        checked_language("fr")


def test_every_label_is_there_in_both_languages() -> None:
    assert all(nl.strip() and en.strip() for nl, en in LABELS.values())
