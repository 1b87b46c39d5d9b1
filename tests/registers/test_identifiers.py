"""BAG ids, cadastral designations and addresses, and what Excel does to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.registers.identifiers import (
    BAG_KINDS,
    Address,
    Parcel,
    make_address,
    make_parcel,
    parse_address,
    parse_bag_id,
    parse_parcels,
    rounded_by_excel,
    split_bag_ids,
)

ID = "0221100000304302"


@pytest.mark.parametrize("value", [ID, f" {ID} ", f"NL.IMBAG.Pand.{ID}", f"'{ID}"])
def test_a_whole_id_is_taken_as_it_stands(value: object) -> None:
    assert (parse_bag_id(value).value, parse_bag_id(value).how) == (ID, "")


@pytest.mark.parametrize(
    "value", [221100000304302, 221100000304302.0, "2,21100000304302E+14", "2.21100000304302e14"]
)
def test_an_id_that_became_a_number_is_put_right_and_said(value: object) -> None:
    assert (parse_bag_id(value).value, parse_bag_id(value).how) == (ID, "bag_id_was_a_number")


@pytest.mark.parametrize("value", ["221100000304302", "221100000304302.0", "221100000304302,00"])
def test_lost_zeros_in_text_are_put_back_and_said(value: object) -> None:
    assert (parse_bag_id(value).value, parse_bag_id(value).how) == (ID, "bag_id_zeros_lost")


@pytest.mark.parametrize(
    "value", ["2,211E+14", "2.21E+14", "2E14", "2,2110000030430E+14", 1655100000012340, 1655100000012340.0]
)
def test_an_id_that_lost_its_last_digits_cannot_be_used(value: object) -> None:
    assert (parse_bag_id(value).value, parse_bag_id(value).how) == ("", "bag_id_digits_lost")


@pytest.mark.parametrize(
    "value", ["", "onbekend", "0221990000304302", "12345", "02211000003043021", 12.5, True, None, "²" * 16]
)
def test_what_is_no_id_is_not_made_one(value: object) -> None:
    assert (parse_bag_id(value).value, parse_bag_id(value).how) == ("", "bag_id_not_understood")


@given(st.integers(1, 1999), st.sampled_from(sorted(BAG_KINDS)), st.integers(0, 10**10 - 1))
def test_every_id_comes_back_from_a_number_that_still_has_its_digits(
    town: int, kind: str, number: int
) -> None:
    bag_id = f"{town:04d}{kind}{number:010d}"
    assert parse_bag_id(bag_id).value == bag_id
    digits = str(int(bag_id))
    if len(digits) < 13:
        return
    assert parse_bag_id(digits).value == bag_id
    if len(digits) <= 15:
        assert parse_bag_id(int(bag_id)).value == bag_id
        assert parse_bag_id(f"{digits[0]},{digits[1:]}E+{len(digits) - 1}").value == bag_id


def test_ids_rounded_by_excel_betray_themselves_together() -> None:
    assert rounded_by_excel(["1655100000012340", "1655100000012350", "1655100000012360"])
    assert not rounded_by_excel(["1655100000012340", "1655100000012350"])
    assert not rounded_by_excel(["1655100000012340", "1655100000012350", "1655100000012361"])
    assert not rounded_by_excel(["0655100000012340", "0655100000012350", "0655100000012360"])


@pytest.mark.parametrize("between", [";", "; ", ", ", ",", " ", "|", "\n"])
def test_several_ids_in_a_cell_are_taken_apart(between: str) -> None:
    other = "0221100000304303"
    assert split_bag_ids(f"{ID}{between}{other}") == [ID, other]


def test_a_number_with_a_decimal_comma_is_one_id() -> None:
    assert split_bag_ids("2,21100000304302E+14") == ["2,21100000304302E+14"]
    assert split_bag_ids(221100000304302) == [221100000304302]


PARCEL = Parcel(municipality="asd04", section="F", number=7713)


@pytest.mark.parametrize(
    "text",
    [
        "ASD04 F 7713",
        "ASD04-F-7713",
        "ASD04F7713",
        "asd04 f 7713",
        "ASD04 F 07713",
        "ASD04 F 7713 G0000",
        "ASD04 F 7713 A1",
        "ASD04, sectie F, nummer 7713",
    ],
)
def test_designations_are_read_in_every_usual_form(text: str) -> None:
    assert parse_parcels(text) == [PARCEL]


@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("Doesburg B 1234", "doesburg"),
        ("gemeente Den Haag, sectie B, nr. 1234", "den haag"),
        ("'s-Gravenhage B 1234", "s gravenhage"),
    ],
)
def test_designations_may_name_the_municipality(text: str, town: str) -> None:
    assert parse_parcels(text) == [Parcel(municipality=town, section="B", number=1234)]


def test_several_designations_in_a_cell_are_taken_apart() -> None:
    other = Parcel(municipality="asd04", section="F", number=7714)
    for text in ("ASD04 F 7713; ASD04 F 7714", "ASD04 F 7713, ASD04 F 7714", "ASD04 F 7713 en ASD04 F 7714"):
        assert parse_parcels(text) == [PARCEL, other]


@pytest.mark.parametrize("text", ["onbekend", "F 7713", "ASD04 F", "ASD04 F 7713; onbekend", "7713", ""])
def test_what_is_no_designation_is_not_made_one(text: str) -> None:
    assert parse_parcels(text) is None


def test_a_designation_in_three_cells() -> None:
    assert make_parcel("ASD04", "f", 7713.0) == PARCEL
    assert make_parcel("ASD04", "F", "n.v.t.") is None


HOUSE = Address(postcode="6981AB", street="havenstraat", town="doesburg", number=12, letter="A")


@pytest.mark.parametrize(
    "text",
    [
        "Havenstraat 12a, 6981 AB Doesburg",
        "Havenstraat 12 A 6981AB Doesburg",
        "havenstraat 12A, 6981ab  DOESBURG",
    ],
)
def test_an_address_on_one_line_is_taken_apart(text: str) -> None:
    assert parse_address(text) == HOUSE


def test_an_address_without_postcode_needs_street_and_town() -> None:
    found = parse_address("1e Dwarsstraat 3-2, Doesburg")
    assert (found.street, found.number, found.suffix, found.town) == ("1e dwarsstraat", 3, "2", "doesburg")
    assert found.complete
    assert not parse_address("Havenstraat 12").complete
    assert not parse_address("Havenstraat").complete
    assert not parse_address("").complete


def test_an_address_in_cells() -> None:
    cells = {
        "postcode": "6981 ab",
        "number": 12.0,
        "letter": "a",
        "street": "Havenstraat",
        "town": "Doesburg",
    }
    assert make_address(**cells) == HOUSE
    assert make_address(**{**cells, "number": "12 a", "letter": None}) == HOUSE
    assert make_address(postcode="6981AB", number="12-14").suffix == "14"
    assert make_address(postcode="6981AB", number="12 bis").suffix == "BIS"


def test_a_postcode_in_the_cell_of_the_addition_is_put_in_its_place() -> None:
    found = make_address(number="12", suffix="6981 AB")
    assert (found.postcode, found.suffix) == ("6981AB", "")


@given(st.text(max_size=60))
def test_any_text_is_taken_apart_without_an_error(text: str) -> None:
    parse_parcels(text)
    parse_address(text)
    parse_bag_id(text)
    split_bag_ids(text)
