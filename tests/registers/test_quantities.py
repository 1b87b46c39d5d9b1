"""Numbers with decimal comma or point, thousands marks and units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.registers.quantities import UNITS, ambiguous, decimal_mark, parse_number


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("1.250,5", ",", 1250.5),
        ("1,250.5", ".", 1250.5),
        ("155000,00", ",", 155000.0),
        ("1.500", ",", 1500.0),
        ("1.500", ".", 1.5),
        ("1,500", ".", 1500.0),
        ("12.5", ",", 12.5),
        ("1 250,5 m2", ",", 1250.5),
        ("1\u00a0250 m²", ",", 1250.0),
        ("1'250", ".", 1250.0),
        ("0,2 ha", ",", 2000.0),
        ("max. 500 m2", ",", 500.0),
        ("≤ 500", ",", 500.0),
        ("-3", ".", -3.0),
        (".5", ".", 0.5),
        ("1e3", ".", 1000.0),
        (12, ",", 12.0),
        (1.5, ",", 1.5),
    ],
)
def test_numbers_are_read_as_they_are_meant(text: object, mark: str, expected: float) -> None:
    assert parse_number(text, mark, UNITS["area_m2"]) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zie dossier",
        "500 stuks",
        "12 en 13",
        "1.2.3",
        "1,2,3",
        float("nan"),
        float("inf"),
        True,
        None,
        "m2",
        "1e999",
    ],
)
def test_what_is_no_number_is_not_made_one(text: object) -> None:
    assert parse_number(text, ",", UNITS["area_m2"]) is None


def test_a_unit_of_another_kind_is_not_understood() -> None:
    assert parse_number("500 m3", ",", UNITS["area_m2"]) is None
    assert parse_number("500 m3", ",", UNITS["volume_m3"]) == 500
    assert parse_number("250 cm", ",", UNITS["height_m"]) == 2.5


@pytest.mark.parametrize(
    ("values", "locale", "mark", "certain"),
    [
        (["1,5", "1.500"], None, ",", True),
        (["1.5", "1.500"], True, ".", True),
        (["1.500"], True, ",", False),
        (["1.500"], None, ".", False),
        (["1.250.000"], None, ",", True),
        (["1.250,5"], None, ",", True),
        (["0.500"], True, ".", True),
        ([12, None, "abc"], False, ".", False),
    ],
)
def test_the_column_tells_its_decimal_mark(
    values: list[object], locale: bool | None, mark: str, certain: bool
) -> None:
    found = decimal_mark(values, stated=None, comma_locale=locale)
    assert (found.mark, found.certain) == (mark, certain)


def test_the_profile_goes_before_the_numbers() -> None:
    assert decimal_mark(["1.5"], stated=",", comma_locale=None).mark == ","


def test_only_what_can_be_read_two_ways_is_ambiguous() -> None:
    assert ambiguous("1.500")
    assert ambiguous("155,000 m2")
    assert not ambiguous("1500")
    assert not ambiguous("1,5")
    assert not ambiguous("1.500,5")


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from(",."), st.booleans())
def test_a_written_number_is_read_back(whole: int, cents: int, mark: str, grouped: bool) -> None:
    grouping = "." if mark == "," else ","
    text = f"{whole:,}".replace(",", grouping) if grouped else str(whole)
    text += f"{mark}{cents:02d}"
    assert parse_number(text, mark, UNITS["area_m2"]) == pytest.approx(whole + cents / 100)


@given(st.text(max_size=40), st.sampled_from(",."))
def test_any_text_gives_a_finite_number_or_none(text: str, mark: str) -> None:
    found = parse_number(text, mark, UNITS["coordinate"])
    assert found is None or abs(found) < float("inf")
