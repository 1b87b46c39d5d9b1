"""Which two acquisitions are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from imagery.domain import Period, Signal
from imagery.plotting.pairs import (
    CLEAR_NEEDED,
    GAP_WEIGHT,
    SEASON_WEIGHT,
    _own_cost,
    cube_days,
    scene_pair,
    season_gap,
)

DAYS = [
    "2019-06-01",
    "2019-09-20",
    "2020-01-15",
    "2020-04-28",
    "2020-06-12",
    "2020-09-18",
    "2020-12-20",
    "2021-06-15",
]
PERIOD = Period.between(date(2020, 1, 1), date(2021, 1, 1))


def test_the_pair_is_of_like_seasons_and_on_its_own_side_of_the_change__planted(
    make_cube: Callable[..., xr.Dataset], make_signal: Callable[..., Signal]
) -> None:
    pair = scene_pair(make_cube(DAYS), make_signal((10, 16), (20, 30)), period=PERIOD)
    assert pair is not None
    assert pair.before.taken == datetime(2019, 9, 20, tzinfo=UTC)
    assert pair.after.taken == datetime(2020, 9, 18, tzinfo=UTC)
    assert pair.after.scene_id == "scene-2020-09-18"


def test_a_date_under_cloud_is_not_shown__planted(
    make_cube: Callable[..., xr.Dataset], make_signal: Callable[..., Signal]
) -> None:
    cube = make_cube(DAYS)
    cube["valid"].values[DAYS.index("2020-09-18"), 10:16, 20:30] = False
    cube["valid"].values[DAYS.index("2019-09-20")] = False
    pair = scene_pair(cube, make_signal((10, 16), (20, 30)), period=PERIOD)
    assert pair is not None
    assert (pair.before.taken.date(), pair.after.taken.date()) == (date(2019, 6, 1), date(2020, 6, 12))


def test_a_hazy_date_loses_from_a_clear_one__planted(
    make_cube: Callable[..., xr.Dataset], make_signal: Callable[..., Signal]
) -> None:
    days = ["2019-06-01", "2019-06-11", "2019-07-01", "2020-06-12", "2020-06-22"]
    cube = make_cube(days)
    cube["blue"].values[3] += 0.15
    pair = scene_pair(cube, make_signal((10, 16), (20, 30)), period=PERIOD)
    assert pair is not None
    assert pair.after.taken.date() == date(2020, 6, 22)


def test_the_choice_agrees_with_a_plain_loop(
    make_cube: Callable[..., xr.Dataset], make_signal: Callable[..., Signal]
) -> None:
    rng = np.random.default_rng(11)
    days = sorted({str(np.datetime64("2018-01-03") + int(d)) for d in rng.integers(0, 1090, 40)})
    signal = make_signal((10, 16), (20, 30))
    for seed in range(5):
        cube = make_cube(days, seed=seed)
        cube["valid"].values[:] = rng.random((len(days), 1, 1)) > 0.4
        own, number = _own_cost(cube, signal), cube_days(cube)
        epoch = date(1970, 1, 1)
        last, first = ((d - epoch).days for d in (date(2020, 5, 1), date(2020, 6, 10)))
        best: tuple[float, int, int] | None = None
        for b, before in enumerate(number):
            for a, after in enumerate(number):
                clear = all(cube["valid"].values[i, 10:16, 20:30].mean() >= CLEAR_NEEDED for i in (a, b))
                if not clear or before > last or after < first or after >= (date(2021, 1, 1) - epoch).days:
                    continue
                gap = abs(before - after) % 365.25
                cost = own[b] + own[a] + (last - before + after - first) * GAP_WEIGHT
                cost += min(gap, 365.25 - gap) * SEASON_WEIGHT
                if best is None or cost < best[0]:
                    best = (cost, b, a)
        pair = scene_pair(cube, signal, period=PERIOD)
        assert (pair is None) == (best is None)
        if pair is not None and best is not None:
            assert pair.before.scene_id == f"scene-{days[best[1]]}"
            assert pair.after.scene_id == f"scene-{days[best[2]]}"


def test_pixels_that_are_not_valid_are_not_shown(
    make_cube: Callable[..., xr.Dataset], make_signal: Callable[..., Signal]
) -> None:
    cube = make_cube(["2019-06-01", "2020-06-12"])
    cube["valid"].values[1, 3, 5] = False
    pair = scene_pair(cube, make_signal((10, 16), (20, 30)))
    assert pair is not None
    assert np.argwhere(np.isnan(pair.after.bands["nir"])).tolist() == [[3, 5]]
    assert not np.isnan(pair.before.bands["nir"]).any()


@pytest.mark.parametrize(
    "days", [[], ["2019-06-01"], ["2020-06-12", "2020-07-01"], ["2019-06-01", "2021-06-12"]]
)
def test_without_a_date_on_each_side_there_is_no_pair(
    days: list[str], make_cube: Callable[..., xr.Dataset], make_signal: Callable[..., Signal]
) -> None:
    assert scene_pair(make_cube(days), make_signal((10, 16), (20, 30)), period=PERIOD) is None


def test_a_change_without_a_last_unchanged_date_has_its_before_earlier_than_the_first_changed(
    make_cube: Callable[..., xr.Dataset], make_signal: Callable[..., Signal]
) -> None:
    signal = make_signal((10, 16), (20, 30), last_unchanged=None)
    pair = scene_pair(make_cube(["2020-05-30", "2020-06-10", "2020-06-20"]), signal)
    assert pair is not None
    assert pair.before.taken.date() == date(2020, 5, 30)


def test_a_region_beyond_the_cube_has_no_pair(
    make_cube: Callable[..., xr.Dataset], make_signal: Callable[..., Any]
) -> None:
    assert scene_pair(make_cube(["2019-06-01", "2020-06-12"]), make_signal((200, 206), (20, 30))) is None


@given(st.integers(0, 20_000), st.integers(0, 20_000))
def test_the_season_gap_is_symmetric_at_most_half_a_year_and_blind_to_the_year(
    first: int, second: int
) -> None:
    a, b = np.array(float(first)), np.array(float(second))
    gap = float(season_gap(a, b))
    assert gap == float(season_gap(b, a))
    assert 0 <= gap <= 365.25 / 2
    assert float(season_gap(a, b + 4 * 365.25)) == pytest.approx(gap, abs=1e-6)
