"""Two composites of one season: their dates and their medians."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import xarray as xr

from imagery.detection.composites import (
    NEAR,
    band_names,
    choose_windows,
    clear_observations,
    composite_of,
    days_of,
)
from imagery.detection.scores import NO_DAY
from imagery.domain import Period
from imagery.errors import NoSceneError, NotEnoughHistoryError, TooCloudyError

PERIOD = Period.parse("2020-01-01/2021-01-01")
EPOCH = date(1970, 1, 1)


def day(text: str) -> float:
    return float((date.fromisoformat(text) - EPOCH).days)


def days(*texts: str) -> np.ndarray:
    return np.array([day(text) for text in texts])


def revisit(start: str, end: str, every: int) -> np.ndarray:
    return np.arange(day(start), day(end), every) + 0.45


def windows(dates: np.ndarray, clear: np.ndarray | None = None, **changes: float):
    clear = np.ones((len(dates), 5), dtype=bool) if clear is None else clear
    choice = {"season_days": 45, "history_years": 3, **changes}
    return choose_windows(dates, clear, PERIOD, **choice)


def test_the_last_season_of_the_period_is_compared_with_the_same_season_a_year_earlier() -> None:
    dates = revisit("2017-01-01", "2021-01-01", 10)
    found = windows(dates)
    after, before = dates[found.after], dates[found.before]
    assert after.max() == dates.max()
    assert after.min() > dates.max() - 90
    np.testing.assert_allclose(before.mean(), after.mean() - 365.25, atol=6)
    assert (before < day("2020-01-01")).all()
    assert found.years_back == 1
    assert found.season_gap_days < 6


def test_a_clouded_end_of_the_period_is_passed_over() -> None:
    dates = revisit("2018-01-01", "2021-01-01", 10)
    clear = np.ones((len(dates), 40), dtype=bool)
    late = dates > day("2020-09-15")
    clear[late] = np.random.default_rng(0).random((late.sum(), 40)) < 0.02
    found = windows(dates, clear)
    assert dates[found.after].max() < day("2020-12-15")
    assert (dates[found.after] < day("2020-09-15")).sum() >= 3


def test_an_older_year_joins_only_when_the_latest_does_not_show_nearly_all_ground() -> None:
    dates = days("2018-07-01", "2018-07-11", "2019-07-01", "2019-07-11", "2020-07-01", "2020-07-11")
    clear = np.ones((6, 10), dtype=bool)
    assert windows(dates, clear).years_back == 1
    clear[2:4, :4] = False
    found = windows(dates, clear)
    assert found.years_back == 2
    np.testing.assert_array_equal(found.before, [0, 1, 2, 3])
    assert found.season_gap_days == pytest.approx(0, abs=1)


def test_two_single_dates_will_do_and_of_several_the_one_nearest_in_season() -> None:
    found = windows(days("2019-07-01", "2020-07-03"))
    assert (list(found.before), list(found.after)) == ([0], [1])
    found = windows(days("2019-01-05", "2019-04-20", "2019-11-02", "2020-08-30"))
    assert (list(found.before), list(found.after), found.years_back) == ([2], [3], 0)
    assert found.season_gap_days == pytest.approx(64, abs=1)
    assert windows(days("2019-12-29", "2020-01-04")).season_gap_days == pytest.approx(6, abs=0.01)


def test_a_date_that_shows_next_to_nothing_is_not_the_single_date() -> None:
    dates = days("2018-02-01", "2019-02-20", "2020-06-01", "2020-09-20")
    clear = np.ones((4, 10), dtype=bool)
    clear[1, 1:] = clear[3, 1:] = False
    found = windows(dates, clear, season_days=5)
    assert (list(found.before), list(found.after)) == ([0], [2])


def test_a_season_that_shows_hardly_any_ground_gives_way_to_single_dates() -> None:
    dates = days("2019-02-01", "2019-07-02", "2020-07-01")
    clear = np.ones((3, 100), dtype=bool)
    clear[1, 2:] = False
    found = windows(dates, clear)
    assert (list(found.before), list(found.after)) == ([0], [2])
    clear[1] = True
    assert list(windows(dates, clear).before) == [1]


def test_a_period_longer_than_a_year_never_compares_with_itself() -> None:
    dates = revisit("2016-01-01", "2022-01-01", 15)
    found = choose_windows(
        dates,
        np.ones((len(dates), 3), dtype=bool),
        Period.parse("2019-06-01/2022-01-01"),
        season_days=45,
        history_years=3,
    )
    assert (dates[found.before] < day("2019-06-01")).all()
    assert found.season_gap_days <= 15


def test_dates_before_the_history_are_not_used() -> None:
    with pytest.raises(NotEnoughHistoryError, match="have 0, need 1") as caught:
        windows(days("2014-07-01", "2020-07-01"))
    assert (caught.value.have, caught.value.need) == (0, 1)


def test_no_clear_date_on_one_side_is_named() -> None:
    dates = days("2019-07-01", "2020-07-01")
    clear = np.ones((2, 4), dtype=bool)
    clear[1] = False
    with pytest.raises(TooCloudyError, match=r"None of the 1 images of 2020-01-01/2021-01-01"):
        windows(dates, clear)
    with pytest.raises(NoSceneError, match="2020-01-01/2021-01-01"):
        windows(days("2019-07-01"))
    with pytest.raises(NotEnoughHistoryError):
        windows(dates, ~clear)
    with pytest.raises(NotEnoughHistoryError):
        windows(days("2020-07-01"))


def cube_of(red: np.ndarray, nir: np.ndarray, valid: np.ndarray) -> xr.Dataset:
    times = np.datetime64("2020-03-01T10:30", "ns") + np.arange(len(red)) * np.timedelta64(10, "D")
    dims = ("time", "y", "x")
    return xr.Dataset(
        {"red": (dims, red), "valid": (dims, valid), "nir": (dims, nir)},
        coords={"time": times, "scene_id": ("time", [f"scene {k}" for k in range(len(red))])},
    )


def random_cube(seed: int = 0) -> xr.Dataset:
    rng = np.random.default_rng(seed)
    red, nir = rng.random((2, 7, 6, 9)).astype(np.float32)
    red[rng.random(red.shape) < 0.2] = np.nan
    valid = rng.random(red.shape) > 0.3
    valid[:, 2, 3] = False
    return cube_of(red, nir, valid)


def test_clear_means_valid_and_finite_in_every_band() -> None:
    cube = random_cube()
    assert band_names(cube) == ("red", "nir")
    expected = cube["valid"].values & np.isfinite(cube["red"].values)
    np.testing.assert_array_equal(clear_observations(cube), expected)


def loop_typical(seen: list[float], reach: float) -> float:
    """Mean of the values near their median, or the median itself."""
    middle = float(np.median(seen))
    near = [value for value in seen if abs(value - middle) <= reach]
    return float(np.mean(near)) if near else middle


@pytest.mark.parametrize("dates", [[0, 1, 2, 3, 4, 5, 6], [1, 4], [3]])
def test_composites_and_days_equal_a_loop_over_pixels(dates: list[int]) -> None:
    cube = random_cube(3)
    clear = clear_observations(cube)
    found = composite_of(cube, clear, np.array(dates))
    whole_days = np.floor(days_of(cube)).astype(int)
    pixels = [(row, column) for row in range(6) for column in range(9)]
    seen = {at: [k for k in dates if clear[(k, *at)]] for at in pixels}
    for name in ("red", "nir"):
        values = {at: [float(cube[name].values[(k, *at)]) for k in seen[at]] for at in pixels}
        offs = [abs(v - np.median(vs)) for vs in values.values() if len(vs) > 1 for v in vs]
        reach = NEAR * float(np.median(offs)) if offs else 0.0
        for at in pixels:
            expected = loop_typical(values[at], reach) if seen[at] else np.nan
            assert found.bands[name][at] == pytest.approx(expected, rel=1e-5, nan_ok=True)
    for at in pixels:
        assert found.clear[at] == len(seen[at])
        days_seen = whole_days[seen[at]]
        earlier, later = (
            (days_seen[(len(days_seen) - 1) // 2], days_seen[len(days_seen) // 2])
            if len(days_seen)
            else (NO_DAY, NO_DAY)
        )
        assert (found.earlier_day[at], found.later_day[at]) == (earlier, later)


def test_one_cloud_among_three_dates_leaves_nothing_behind__planted() -> None:
    rng = np.random.default_rng(6)
    frames = 0.2 + rng.normal(scale=0.005, size=(3, 30, 40)).astype(np.float32)
    frames[1, 5:15, 20:30] += 0.4
    cube = cube_of(frames, frames, np.ones(frames.shape, dtype=bool))
    found = composite_of(cube, clear_observations(cube), np.arange(3)).bands["red"]
    clouded = np.zeros((30, 40), dtype=bool)
    clouded[5:15, 20:30] = True
    assert found[clouded].mean() == pytest.approx(found[~clouded].mean(), abs=0.0015)


def test_haze_of_single_dates_is_levelled_on_unchanged_ground__planted() -> None:
    rng = np.random.default_rng(5)
    ground = rng.random((30, 40)).astype(np.float32)
    haze = np.array([0.0, 0.03, 0.2, -0.04, 0.01], np.float32)
    frames = ground + haze[:, None, None] + rng.normal(scale=1e-4, size=(5, 30, 40)).astype(np.float32)
    valid = rng.random(frames.shape) > 0.4
    cube = cube_of(frames, frames, valid)
    clear = clear_observations(cube)
    control = np.zeros((30, 40), dtype=bool)
    control[:, :20] = True
    found = composite_of(cube, clear, np.arange(5), level_on=control)
    seen = found.clear > 0
    off = (found.bands["red"] - ground)[seen]
    assert np.ptp(off) < 0.01
    plain = composite_of(cube, clear, np.arange(5))
    assert np.ptp((plain.bands["red"] - ground)[seen]) > 0.1


def test_a_date_without_clear_control_is_left_as_it_is() -> None:
    frames = np.ones((2, 4, 5), np.float32) * np.array([0.2, 0.21], np.float32)[:, None, None]
    valid = np.ones((2, 4, 5), dtype=bool)
    valid[1, :, :3] = False
    cube = cube_of(frames, frames, valid)
    control = np.zeros((4, 5), dtype=bool)
    control[:, :3] = True
    found = composite_of(cube, clear_observations(cube), np.arange(2), level_on=control)
    np.testing.assert_allclose(found.bands["nir"][:, :3], 0.2)
    np.testing.assert_allclose(found.bands["nir"][:, 3:], 0.205, rtol=1e-5)


def test_days_count_from_1970_in_utc() -> None:
    found = days_of(random_cube())
    assert EPOCH + timedelta(days=int(found[0])) == date(2020, 3, 1)
    assert found[0] % 1 == pytest.approx(10.5 / 24)
