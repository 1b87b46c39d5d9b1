"""A region through time, against a plain loop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
import xarray as xr
from odc.geo.geobox import GeoBox
from shapely.geometry import Point

from imagery.errors import InputError
from imagery.plotting.series import ENOUGH, ENOUGH_AROUND, site_curve

UTM = "EPSG:32631"
DAYS = ["2019-05-01", "2019-06-01", "2019-07-01", "2020-05-01", "2020-06-01"]


@pytest.mark.parametrize(
    ("bands", "index"),
    [
        (("blue", "green", "red", "nir"), "ndvi"),
        (("blue", "green", "red"), "brightness"),
        (("nir",), "nir"),
    ],
)
def test_the_curve_agrees_with_a_plain_loop(
    bands: tuple[str, ...],
    index: str,
    make_cube: Callable[..., xr.Dataset],
    geobox: GeoBox,
    ground: Callable[..., Any],
) -> None:
    cube = make_cube(DAYS, bands)
    rng = np.random.default_rng(5)
    cube["valid"].values[:] = (
        rng.random(cube["valid"].shape) < np.array([0.95, 0.4, 0.05, 0.0, 0.6])[:, None, None]
    )
    cube[bands[0]].values[0, 12, 22] = np.nan
    region = ground(10, 16, 20, 30)
    around = np.zeros(geobox.shape, dtype=bool)
    around[:14, :] = True
    curve = site_curve(cube, region, UTM, around=around)
    assert curve.index == index
    for t in range(len(DAYS)):
        rows: dict[bool, list[float]] = {True: [], False: []}
        count = {True: 0, False: 0}
        for row in range(40):
            for col in range(50):
                x, y = geobox.affine * (col + 0.5, row + 0.5)
                inside = region.contains(Point(x, y))
                if not (inside or around[row, col]):
                    continue
                count[inside] += 1
                v = {band: float(cube[band].values[t, row, col]) for band in bands}
                ndvi = (v["nir"] - v["red"]) / (v["nir"] + v["red"]) if index == "ndvi" else np.nan
                value = ndvi if index == "ndvi" else sum(v.values()) / len(v)
                if cube["valid"].values[t, row, col] and np.isfinite(value):
                    rows[inside].append(value)
        for inside, enough, got in ((True, ENOUGH, curve.inside), (False, ENOUGH_AROUND, curve.around)):
            if len(rows[inside]) < enough * count[inside]:
                assert np.isnan(got[t])
            else:
                assert got[t] == pytest.approx(np.median(rows[inside]), abs=1e-6)
        if np.isfinite(curve.around[t]):
            assert curve.around_low[t] == pytest.approx(np.percentile(rows[False], 25), abs=1e-6)
            assert curve.around_high[t] == pytest.approx(np.percentile(rows[False], 75), abs=1e-6)
    assert np.isfinite(curve.inside).any()
    assert np.isnan(curve.inside).any()


def test_pixels_of_the_region_do_not_count_as_surroundings(
    make_cube: Callable[..., xr.Dataset], geobox: GeoBox, ground: Callable[..., Any]
) -> None:
    cube = make_cube(DAYS)
    only_region = np.zeros(geobox.shape, dtype=bool)
    only_region[10:16, 20:30] = True
    curve = site_curve(cube, ground(10, 16, 20, 30), UTM, around=only_region)
    assert np.isnan(curve.around).all()


def test_a_part_of_a_curve_holds_the_days_asked_for(
    make_cube: Callable[..., xr.Dataset], ground: Callable[..., Any]
) -> None:
    curve = site_curve(make_cube(DAYS), ground(10, 16, 20, 30), UTM)
    part = curve.between(date(2019, 6, 1), date(2020, 5, 1))
    assert part.days.astype(str).tolist() == DAYS[1:4]
    np.testing.assert_array_equal(part.inside, curve.inside[1:4])


def test_a_region_outside_the_imagery_is_refused(
    make_cube: Callable[..., xr.Dataset], ground: Callable[..., Any]
) -> None:
    with pytest.raises(InputError, match="outside the imagery"):
        site_curve(make_cube(DAYS), ground(100, 110, 20, 30), UTM)


def test_a_cube_without_bands_is_refused(
    make_cube: Callable[..., xr.Dataset], ground: Callable[..., Any]
) -> None:
    with pytest.raises(InputError, match="no band"):
        site_curve(make_cube(DAYS, ()), ground(10, 16, 20, 30), UTM)


def test_dark_pixels_have_no_greenness_and_give_no_warning(
    make_cube: Callable[..., xr.Dataset], ground: Callable[..., Any]
) -> None:
    cube = make_cube(DAYS)
    cube["red"].values[1] = 0
    cube["nir"].values[1] = 0
    curve = site_curve(cube, ground(10, 16, 20, 30), UTM)
    assert np.isnan(curve.inside[1])
    assert np.isfinite(np.delete(curve.inside, 1)).all()
