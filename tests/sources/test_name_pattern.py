"""Patterns of names: what they take from a name, and how they refuse."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.errors import ParameterError
from imagery.sources.name_pattern import (
    NameFacts,
    NamePattern,
    format_regex,
    normal_baseline,
    parse_time,
    scene_name,
)


def read(pattern: str, path: str, date_format: str = "") -> NameFacts | None:
    return NamePattern(text=pattern, date_format=date_format).match(PurePosixPath(path))


def test_fields_are_taken_from_the_name() -> None:
    facts = read("{tile}_{date}_{band}.tif", "deep/folder/31UFT_20200105_B8A.tif")
    assert facts == NameFacts(
        time=datetime(2020, 1, 5, tzinfo=UTC), band="B8A", tile="31UFT", scene="31UFT_20200105"
    )


def test_a_pattern_with_folders_reads_them() -> None:
    facts = read("S2*_{tile}_{date}_*/{band}.tif", "x/S2A_33TWL_20230815_0_L2A/B02.tif")
    assert facts is not None
    assert (facts.tile, facts.band, facts.scene) == ("33TWL", "B02", "S2A_33TWL_20230815_0_L2A")


def test_a_field_that_stands_twice_must_be_the_same_twice() -> None:
    assert read("{date}/{date}_{band}.tif", "20200105/20200105_red.tif") is not None
    assert read("{date}/{date}_{band}.tif", "20200105/20200106_red.tif") is None


def test_a_name_that_does_not_fit_is_none() -> None:
    assert read("{date}_{band}.tif", "20200105_red.png") is None
    assert read("{date}_{band}.tif", "20200105.tif") is None


def test_other_characters_of_a_pattern_are_meant_as_they_stand() -> None:
    assert read("a+b(1)_{date}.tif", "a+b(1)_20200105.tif") is not None
    assert read("a.b_{date}.tif", "axb_20200105.tif") is None


def test_a_time_of_day_is_read_where_there_is_one() -> None:
    facts = read("{date}_{band}.tif", "20200105T105441_red.tif")
    assert facts is not None
    assert facts.time == datetime(2020, 1, 5, 10, 54, 41, tzinfo=UTC)


def test_a_date_format_says_how_dates_look() -> None:
    facts = read("ortho_{date}.tif", "ortho_05-01-2020.tif", "%d-%m-%Y")
    assert facts is not None
    assert facts.time == datetime(2020, 1, 5, tzinfo=UTC)
    assert read("ortho_{date}.tif", "ortho_2020-01-05.tif", "%d-%m-%Y") is None


def test_a_date_that_is_none_is_named() -> None:
    with pytest.raises(ParameterError, match=r"20201345_red.tif.*20201345.*no date"):
        read("{date}_{band}.tif", "20201345_red.tif")


def test_a_regular_expression_names_its_groups() -> None:
    pattern = NamePattern(
        text=r".*?(?P<sensor>S2[AB])_N(?P<baseline>\d{4})_(?P<date>\d{8})\.tif",
        is_regex=True,
        key="files_regex",
    )
    facts = pattern.match(PurePosixPath("a/S2A_N0509_20200105.tif"))
    assert facts is not None
    assert (facts.sensor, facts.baseline) == ("S2A", "05.09")


@pytest.mark.parametrize(
    ("text", "is_regex", "word"), [("{dat}.tif", False, "dat"), (r"(?P<when>\d+)", True, "when")]
)
def test_an_unknown_field_is_named(text: str, is_regex: bool, word: str) -> None:
    with pytest.raises(ParameterError, match=f"{word}.*\n?.*date.*band"):
        _ = NamePattern(text=text, is_regex=is_regex).regex


def test_a_broken_regular_expression_is_refused() -> None:
    with pytest.raises(ParameterError, match="no pattern that can be read"):
        _ = NamePattern(text="([", is_regex=True).regex


def test_a_part_of_a_date_format_that_is_not_supported_is_named() -> None:
    with pytest.raises(ParameterError, match="%Q"):
        format_regex("%Q")


@given(
    st.dates(date(1980, 1, 1), date(2090, 1, 1)), st.sampled_from(["%Y%m%d", "%d-%m-%Y", "%Y_%j", "%y%m%d"])
)
def test_a_date_written_by_a_format_is_read_back(day: date, date_format: str) -> None:
    if date_format == "%y%m%d" and not 1980 <= day.year <= 2060:
        return
    facts = read("x_{date}_y.tif", f"x_{day.strftime(date_format)}_y.tif", date_format)
    assert facts is not None
    assert facts.time is not None
    assert facts.time.date() == day


def test_a_zone_is_always_utc() -> None:
    parsed = parse_time("2020-01-05T10:54:41Z")
    assert parsed == datetime(2020, 1, 5, 10, 54, 41, tzinfo=UTC)


def test_baselines_are_written_in_one_way() -> None:
    assert {normal_baseline(text) for text in ("N0509", "0509", "5.09", "05.09", " 05.09 ")} == {"05.09"}
    assert normal_baseline("") == ""


def test_a_scene_is_named_without_its_band() -> None:
    assert scene_name("a/20200105_B02_v1.tif", "B02") == "20200105_v1"
    assert scene_name("20200105/B02.tif", "B02") == "20200105"
    assert scene_name("ortho.2020.tif") == "ortho.2020"
