"""Names without a description: what may be read from them, and what stays open."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest

from imagery.sources.name_guess import guess_band, guess_facts

SAFE = "S2A_MSIL2A_20230815T095031_N0509_R079_T33TWL_20230816T155057.SAFE"


@pytest.mark.parametrize(
    ("path", "time", "band", "tile", "baseline", "sensor"),
    [
        ("20200105_B02.tif", datetime(2020, 1, 5, tzinfo=UTC), "B02", "", "", ""),
        ("2020-01-05/red_edge_1.tif", datetime(2020, 1, 5, tzinfo=UTC), "red_edge_1", "", "", ""),
        ("openEO_2023-06-01Z.tif", datetime(2023, 6, 1, tzinfo=UTC), "", "", "", ""),
        (
            "S2B_33TWL_20230813_0_L2A/B08.tif",
            datetime(2023, 8, 13, tzinfo=UTC),
            "B08",
            "33TWL",
            "",
            "sentinel-2",
        ),
        (
            "T31UFT_20200101T105441_B02_10m.jp2",
            datetime(2020, 1, 1, 10, 54, 41, tzinfo=UTC),
            "B02_10m",
            "31UFT",
            "",
            "",
        ),
        (
            f"{SAFE}/GRANULE/L2A_T33TWL_A042547_20230815T095630/IMG_DATA/R20m/T33TWL_20230815T095031_B8A_20m.jp2",
            datetime(2023, 8, 15, 9, 50, 31, tzinfo=UTC),
            "B8A_20m",
            "33TWL",
            "05.09",
            "sentinel-2",
        ),
        (
            "LC08_L2SP_198024_20200101_20200113_02_T1_SR_B4.TIF",
            datetime(2020, 1, 1, tzinfo=UTC),
            "SR_B4",
            "198024",
            "",
            "landsat-8",
        ),
    ],
)
def test_what_names_say(path: str, time: datetime, band: str, tile: str, baseline: str, sensor: str) -> None:
    facts, reason = guess_facts(PurePosixPath(path))
    assert (facts.time, facts.band, facts.tile, facts.baseline, facts.sensor, reason) == (
        time,
        band,
        tile,
        baseline,
        sensor,
        "",
    )


def test_the_time_a_product_was_made_is_not_taken_for_the_acquisition() -> None:
    facts, _ = guess_facts(PurePosixPath(f"{SAFE}/x_B02.jp2"))
    assert facts.time is not None
    assert facts.time.day == 15


def test_two_dates_in_a_name_are_left_open() -> None:
    facts, reason = guess_facts(PurePosixPath("20200101_20200202_B2.tif"))
    assert facts.time is None
    assert "several dates" in reason


def test_a_name_without_a_date_says_so() -> None:
    facts, reason = guess_facts(PurePosixPath("tree_cover_density_2018_romania.tif"))
    assert facts.time is None
    assert reason == "no date in its name"


@pytest.mark.parametrize("number", ["12345678901", "20201301", "20200230", "4709963"])
def test_a_number_that_is_no_date_is_not_taken_for_one(number: str) -> None:
    assert guess_facts(PurePosixPath(f"m_{number}_red.tif"))[0].time is None


def test_several_bands_in_a_name_are_left_open() -> None:
    band, reason = guess_band("20200105_red_nir")
    assert band == ""
    assert "several bands" in reason


def test_quality_masks_of_a_product_are_no_bands() -> None:
    path = PurePosixPath(f"{SAFE}/GRANULE/L2A_T33TWL/QI_DATA/MSK_DETFOO_B01.jp2")
    facts, reason = guess_facts(path)
    assert (facts.time, facts.band) == (None, "")
    assert "quality mask" in reason


def test_level_1c_is_not_taken_for_surface_reflectance() -> None:
    facts, reason = guess_facts(
        PurePosixPath(SAFE.replace("MSIL2A", "MSIL1C") + "/T33TWL_20230815T095031_B02.jp2")
    )
    assert facts.time is None
    assert "Level-1C" in reason
