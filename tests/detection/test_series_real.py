"""The series method on real Sentinel-2: a forest in Romania in which patches are felled every year.

There are no labels. What felling is, is read from the fall of the summer NDVI from one year to the next, a simple and
independent measure; figures are therefore shares of plain cases, not accuracies.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from affine import Affine
from odc.geo.geobox import GeoBox

from imagery.detection.calibration import choose_threshold, control_statistics
from imagery.detection.region_statistic import region_statistic
from imagery.detection.regions import find_changes
from imagery.detection.scores import EPOCH, NO_DAY, ScoreMap
from imagery.detection.series import detect_series
from imagery.domain import Period, Settings
from imagery.pixels.scl import valid_from_scl
from imagery.testing.simulated_ground import BANDS, SPECTRA

FILE = "s2_series_romania/sentinel2_cube_subset_romania_10m.nc"
BAND_NAMES = {"B2": "blue", "B3": "green", "B4": "red", "B8": "nir"}
SHAPE = (100, 100)
SITE = np.zeros(SHAPE, bool)
SITE[:10, :10] = True
"""Ground in a corner that stays as it is; it sets the size of the control blocks."""


@pytest.fixture(scope="module")
def cube(data_folder: Path) -> xr.Dataset:
    with xr.open_dataset(data_folder / FILE) as raw:
        dims = ("time", "y", "x")
        bands = {name: (dims, raw[band].values * np.float32(1e-4)) for band, name in BAND_NAMES.items()}
        valid = valid_from_scl(raw["SCL"].values.astype(np.uint8), dilation_px=2)
        return xr.Dataset({**bands, "valid": (dims, valid)}, coords={"time": raw["time"].values})


def summer_ndvi(cube: xr.Dataset, year: int) -> np.ndarray:
    summer = cube.isel(
        time=np.flatnonzero((cube["time"].dt.year == year) & cube["time"].dt.month.isin([6, 7, 8, 9]))
    )
    red, nir = (summer[band].where(summer["valid"]).median("time").values for band in ("red", "nir"))
    return (nir - red) / (nir + red)


def fall(cube: xr.Dataset, year: int) -> np.ndarray:
    step = summer_ndvi(cube, year - 1) - summer_ndvi(cube, year)
    return step - np.median(step)


def year_of(year: int) -> Period:
    return Period.between(date(year, 1, 1), date(year + 1, 1, 1))


def scored(cube: xr.Dataset, year: int) -> tuple[ScoreMap, np.ndarray]:
    """Scores of a year, and the pixels in regions that pass the threshold of the default rate."""
    scores = detect_series(cube, year_of(year), control=~SITE, watched=SITE, settings=Settings.of())
    controls = control_statistics(scores, ~SITE, SITE, min_region_px=3)
    threshold = choose_threshold(controls, period_years=1.0, settings=Settings.of())
    return scores, np.nan_to_num(region_statistic(scores.score, 3)) >= threshold.value


@pytest.mark.real
@pytest.mark.parametrize("year", [2018, 2019, 2020])
def test_felled_patches_stand_out_and_quiet_forest_does_not__real(cube: xr.Dataset, year: int) -> None:
    scores, flagged = scored(cube, year)
    fell, quiet = fall(cube, year) > 0.12, np.abs(fall(cube, year)) < 0.04
    assert fell.sum() > 100
    assert flagged[fell].mean() > 0.85
    assert flagged[quiet].mean() < 0.03
    assert np.nanmedian(scores.score[fell]) > 4 * np.nanmedian(scores.score[quiet])
    assert 0.01 < flagged.mean() < 0.12
    assert np.isnan(scores.score).mean() < 0.03


@pytest.mark.real
def test_what_was_felled_in_earlier_years_is_not_flagged_again__real(cube: xr.Dataset) -> None:
    _, flagged = scored(cube, 2020)
    now = fall(cube, 2020)
    for year, most in ((2018, 0.02), (2019, 0.08)):
        old = (fall(cube, year) > 0.12) & (now < 0.06)
        assert old.sum() > 100
        assert flagged[old].mean() < most


@pytest.mark.real
def test_felling_of_2020_is_dated_in_2020__real(cube: xr.Dataset) -> None:
    scores, flagged = scored(cube, 2020)
    fell = flagged & (fall(cube, 2020) > 0.12) & (scores.first_changed != NO_DAY)
    start = (date(2020, 1, 1) - EPOCH).days
    assert (scores.first_changed[fell] >= start).mean() > 0.95
    both = fell & (scores.last_unchanged != NO_DAY)
    assert both.sum() > 0.8 * fell.sum()
    assert (scores.last_unchanged < scores.first_changed)[both].all()
    # Few winter dates are clear: most was felled between November and March.
    assert np.median(scores.last_unchanged[both]) >= start - 120
    assert np.median(scores.first_changed[both]) <= start + 120


@pytest.mark.real
def test_half_of_a_few_pixels_planted_in_real_forest_is_found__real(cube: xr.Dataset) -> None:
    """Bare soil in half of 3 x 3 pixels, at places that stay quiet, from the first of May on."""
    places = [(row, column) for row in range(4, 32, 7) for column in range(8, 92, 12)]
    quiet = np.abs(fall(cube, 2020)) < 0.06
    places = [(r, c) for r, c in places if quiet[r : r + 3, c : c + 3].all()]
    assert len(places) >= 15
    planted = cube.copy(deep=True)
    late = np.flatnonzero(cube["time"].values >= np.datetime64("2020-05-01"))
    watched = np.zeros(SHAPE, bool)
    for row, column in places:
        watched[row : row + 3, column : column + 3] = True
        for band in BAND_NAMES.values():
            soil = SPECTRA["soil"][BANDS.index(band)]
            image = planted[band].values
            part = np.ix_(late, np.arange(row, row + 3), np.arange(column, column + 3))
            image[part] = (image[part] + soil) / 2
    scores = detect_series(planted, year_of(2020), control=~watched, watched=watched, settings=Settings.of())
    controls = control_statistics(scores, ~watched, SITE, min_region_px=3)
    threshold = choose_threshold(controls, period_years=1.0, settings=Settings.of())
    grid = GeoBox(SHAPE, Affine(10, 0, 5_271_982, 0, -10, 2_533_004), "EPSG:3035")
    changes = find_changes(
        scores,
        controls,
        geobox=grid,
        watched=watched,
        threshold=threshold,
        min_region_px=3,
        crs="EPSG:3035",
    )
    assert len(changes) >= 0.85 * len(places)
    dated = [
        c.last_unchanged is not None and c.last_unchanged < date(2020, 5, 1) <= c.first_changed
        for c in changes
    ]
    assert np.mean(dated) > 0.85
