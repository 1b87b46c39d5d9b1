"""What a person is told about a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
import xarray as xr

from imagery.domain import Period
from imagery.sources import Area, SourceDescription, open_source, source_report
from imagery.testing.folders import Coding, planted_cube, stored_cube, write_folder, write_tif


def test_a_folder_that_can_be_used_is_told_of_in_full__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    folder = write_folder(planted, tmp_path / "images", coding=Coding(offset=-0.1))
    stored = stored_cube(planted, Coding())
    write_tif(folder / "20200105_NDVI.tif", {"": stored["B02"].values[0]}, stored, Coding())
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    (folder / "source.toml").write_text("geolocation_m = 4\nlicence = 'CC BY'\n", encoding="utf-8")
    report = source_report(open_source(folder)).splitlines()
    assert report[0] == "folder:images"
    assert report[1] == "files: 15 used, 1 other files beside them; described by source.toml"
    assert "  and 3 more" in report
    assert "ignored: 1" in report
    assert "  20200105_NDVI.tif: band 1: no band is named" in report
    assert "dates: 3, 2020-01-05 to 2020-03-10" in report
    assert "grid: EPSG:32631, pixels of 10 m" in report
    assert "size: 24 rows by 31 columns" in report
    assert "  nir (B08): scale 0.0001, offset -0.1, nodata 0, stored as uint16" in report
    assert any("on 3 of 3 dates, cloud and shadow grown by 2 px, snow is masked" in line for line in report)
    assert "sensor: not stated (band numbers are read as those of Sentinel-2)" in report
    assert "licence: CC BY" in report
    assert "error of the place: 4 m" in report
    assert report[-1] == "It can be used."
    assert str(tmp_path) not in "\n".join(report)


def test_what_is_missing_is_asked_for_once__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    report = source_report(open_source(write_folder(planted, tmp_path, coding=Coding(stated=False))))
    assert "  red (B04): scale not stated, stored as uint16" in report
    assert "It cannot be used yet:" in report
    assert report.count("Write scale = 0.0001") == 1


def test_damaged_files_are_all_named__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    folder = write_folder(planted, tmp_path)
    for name in ("20200105_B04.tif", "20200310_B03.tif"):
        (folder / name).write_bytes(b"")
    report = source_report(open_source(folder))
    assert "cannot be read: 2" in report
    assert "  20200105_B04.tif is empty." in report
    assert "dates left out: 2\n  2020-01-05 has no red\n  2020-03-10 has no green" in report
    assert "It cannot be used yet:" in report


def test_bands_of_another_grid_and_joined_images_are_told__planted(tmp_path: Path) -> None:
    planted = planted_cube(shape=(24, 32), bands=("red",)).drop_vars("scl")
    write_folder(planted, tmp_path / "a")
    write_folder(planted.isel(time=[0]), tmp_path / "b")
    write_folder(planted_cube(shape=(12, 16), bands=("swir16",), pixel=20.0).drop_vars("scl"), tmp_path)
    report = source_report(open_source(tmp_path))
    assert "bands on another grid, left out: swir16" in report
    assert "dates of several images, which count as one: 1" in report
    assert "no scene classification (SCL); only nodata is masked" in report


@pytest.mark.parametrize("content", ["", "scale = 1\n"])
def test_a_folder_without_images_gets_its_verdict(content: str, tmp_path: Path) -> None:
    (tmp_path / "source.toml").write_text(content, encoding="utf-8")
    report = source_report(open_source(tmp_path))
    assert report.splitlines()[1] == "It cannot be used yet:"
    assert "holds no image files" in report


def test_files_that_do_not_belong_together_get_their_verdict__planted(
    planted: xr.Dataset, tmp_path: Path
) -> None:
    write_folder(planted, tmp_path)
    write_folder(planted_cube(dates=("2020-05-05",), crs="EPSG:32632"), tmp_path)
    report = source_report(open_source(tmp_path))
    assert "20200505_B02.tif is in EPSG:32632" in report.splitlines()[-1]


class Elsewhere:
    """A source that is no folder."""

    def __init__(self, description: SourceDescription) -> None:
        self.description = description

    def describe(self) -> SourceDescription:
        """What it was made with."""
        return self.description

    def load(self, area: Area, period: Period | None = None, *, bands: tuple[str, ...] = ()) -> xr.Dataset:
        """It holds no pixels."""
        raise NotImplementedError


def test_another_source_is_told_by_its_description__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    description = open_source(write_folder(planted, tmp_path / "images")).describe()
    assert source_report(Elsewhere(description)).splitlines() == [
        "folder:images",
        "dates: 3, 2020-01-05 to 2020-03-10",
        "bands: blue, green, red, nir",
        "grid: EPSG:32631, pixels of 10 m",
    ]
