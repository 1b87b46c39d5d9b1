"""A cube as rows of time."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from imagery.detection.pixel_series import pixel_series
from imagery.domain import Period
from imagery.errors import GridMismatchError, NoSceneError, ParameterError

PERIOD = Period.between(date(2020, 1, 1), date(2021, 1, 1))


def cube(days: list[str], seed: int = 0) -> xr.Dataset:
    rng = np.random.default_rng(seed)
    shape = (len(days), 3, 4)
    dims = ("time", "y", "x")
    return xr.Dataset(
        {
            "red": (dims, rng.random(shape, dtype=np.float32)),
            "nir": (dims, rng.random(shape, dtype=np.float32)),
            "valid": (dims, np.ones(shape, bool)),
        },
        coords={"time": np.array(days, "datetime64[ns]")},
    )


def test_history_and_period_are_cut_out_and_the_rest_is_left_aside() -> None:
    found = pixel_series(
        cube(["2015-05-01", "2018-05-01", "2019-12-31T23:59", "2020-01-01", "2020-12-31", "2021-01-01"]),
        PERIOD,
        3.0,
    )
    assert [str(np.datetime64(int(day), "D")) for day in found.days] == [
        "2018-05-01",
        "2019-12-31",
        "2020-01-01",
        "2020-12-31",
    ]
    assert found.n_history == 2
    assert found.shape == (3, 4)


@given(st.permutations(range(6)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_dates_does_not_matter(order: list[int]) -> None:
    plain = cube([f"2019-0{m}-01" for m in range(4, 9)] + ["2020-03-01"])
    first, mixed = pixel_series(plain, PERIOD, 3.0), pixel_series(plain.isel(time=order), PERIOD, 3.0)
    np.testing.assert_array_equal(first.days, mixed.days)
    np.testing.assert_array_equal(first.bands["red"], mixed.bands["red"])
    np.testing.assert_array_equal(first.valid, mixed.valid)


def test_of_two_images_on_a_day_the_mean_of_what_is_valid_counts() -> None:
    given_cube = cube(["2019-05-01T10:00", "2019-05-01T10:20", "2019-06-01", "2020-03-01"])
    given_cube["valid"][0, 0, 0] = False
    given_cube["valid"][:2, 0, 1] = False
    found = pixel_series(given_cube, PERIOD, 3.0)
    red = given_cube["red"].values
    assert len(found.days) == 3
    assert found.n_history == 2
    assert found.bands["red"][0, 0] == pytest.approx(red[1, 0, 0])
    assert found.bands["red"][0, 5] == pytest.approx((red[0, 1, 1] + red[1, 1, 1]) / 2)
    assert found.valid[0].reshape(3, 4)[0].tolist() == [True, False, True, True]


def test_a_date_without_any_clear_pixel_is_left_out() -> None:
    given_cube = cube(["2019-05-01", "2019-06-01", "2020-03-01"])
    given_cube["valid"][1] = False
    found = pixel_series(given_cube, PERIOD, 3.0)
    assert len(found.days) == 2
    assert found.n_history == 1


def test_what_is_not_a_number_in_any_band_is_not_valid() -> None:
    given_cube = cube(["2019-05-01", "2020-03-01"])
    given_cube["nir"][0, 1, 1] = np.nan
    given_cube["red"][1, 0, 0] = np.inf
    found = pixel_series(given_cube, PERIOD, 3.0)
    assert not found.valid[0, 5]
    assert not found.valid[1, 0]
    assert found.valid.sum() == 2 * 12 - 2
    assert all(np.isfinite(band).all() for band in found.band_rows(slice(0, 12)).values())


def test_the_cube_is_left_as_it_was() -> None:
    given_cube = cube(["2019-05-01", "2020-03-01"])
    given_cube["nir"][0, 1, 1] = np.nan
    before = given_cube.copy(deep=True)
    pixel_series(given_cube, PERIOD, 3.0).band_rows(slice(0, 12))
    xr.testing.assert_identical(given_cube, before)


def test_rows_of_some_pixels_are_those_of_the_cube() -> None:
    given_cube = cube(["2019-05-01", "2020-03-01"])
    rows = pixel_series(given_cube, PERIOD, 3.0).band_rows(np.array([2, 7]))
    np.testing.assert_array_equal(rows["red"], given_cube["red"].values.reshape(2, 12)[:, [2, 7]].T)


def test_a_cube_without_bands_without_validity_or_with_other_dims_is_refused() -> None:
    given_cube = cube(["2019-05-01", "2020-03-01"])
    with pytest.raises(ParameterError, match="bands and `valid`"):
        pixel_series(given_cube[["valid"]], PERIOD, 3.0)
    with pytest.raises(ParameterError, match="bands and `valid`"):
        pixel_series(given_cube[["red"]], PERIOD, 3.0)
    with pytest.raises(GridMismatchError, match="dims"):
        pixel_series(given_cube.transpose("y", "x", "time"), PERIOD, 3.0)


def test_no_image_in_the_period_is_an_error() -> None:
    with pytest.raises(NoSceneError, match="2020-01-01/2021-01-01"):
        pixel_series(cube(["2019-05-01", "2021-01-01"]), PERIOD, 3.0)
