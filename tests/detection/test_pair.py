"""The pair method on whole cubes: planted change, dates, notes, bad input."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy.ndimage import gaussian_filter, shift

from imagery.detection.pair import detect_pair, pair_score
from imagery.detection.scores import EPOCH, NO_DAY, ScoreMap
from imagery.domain import Period, Settings
from imagery.errors import (
    GridMismatchError,
    NoSceneError,
    NotEnoughHistoryError,
    ParameterError,
    TooCloudyError,
)
from imagery.testing.simulated import PlantedChange, simulate_cube

SIDES = (70, 96)
PERIOD = Period.parse("2020-01-01/2021-01-01")
SETTINGS = Settings.of()
PATCH = np.s_[20:25, 60:70]
"""Rows and columns of the planted change."""
CHANGED_ON = date(2020, 6, 15)
BANDS = ("blue", "green", "red", "nir")
EVERY_MONTH = [date(year, month, 10) for year in (2018, 2019, 2020) for month in range(1, 13)]


def image(bands: Sequence[str]) -> np.ndarray:
    rng = np.random.default_rng(11)
    cover = np.stack([gaussian_filter(rng.normal(size=SIDES), 2) for _ in range(3)]) * 6
    return np.einsum("bk,kmn->bmn", rng.normal(size=(len(bands), 3)), cover) * 0.04 + 0.25


def cube_of(
    dates: Sequence[date],
    *,
    bands: Sequence[str] = BANDS,
    changed_on: date | None = CHANGED_ON,
    seed: int = 0,
) -> xr.Dataset:
    """A scene with a season, haze and noise per date, and a patch that changes on a day."""
    rng = np.random.default_rng(seed)
    ground = image(bands)
    frames = []
    for day in dates:
        season = 0.08 * np.cos(2 * np.pi * (day.timetuple().tm_yday - 190) / 365.25)
        frame = ground * (1 + season) + rng.normal(scale=0.01) + rng.normal(scale=0.006, size=ground.shape)
        if changed_on is not None and day >= changed_on:
            frame[(slice(None), *PATCH)] = np.linspace(0.5, 0.1, len(bands))[:, None, None] + rng.normal(
                scale=0.006, size=frame[(slice(None), *PATCH)].shape
            )
        frames.append(frame)
    stack = np.stack(frames, axis=1).astype(np.float32)
    times = [np.datetime64(day.isoformat() + "T10:50", "ns") for day in dates]
    dims = ("time", "y", "x")
    data = {name: (dims, band) for name, band in zip(bands, stack, strict=True)}
    data["valid"] = (dims, np.ones(stack.shape[1:], dtype=bool))
    return xr.Dataset(data, coords={"time": times})


def ground() -> tuple[np.ndarray, np.ndarray]:
    """Control and watched ground: all but a margin around the patch, and the patch with a part of it."""
    control, watched = np.ones(SIDES, dtype=bool), np.zeros(SIDES, dtype=bool)
    control[12:33, 52:78] = False
    watched[17:28, 57:73] = True
    return control, watched


def detect(cube: xr.Dataset, **changes: float) -> ScoreMap:
    control, watched = ground()
    return detect_pair(cube, PERIOD, control=control, watched=watched, settings=Settings.of(**changes))


def assert_found(scores: ScoreMap) -> None:
    control, _ = ground()
    assert np.median(scores.score[PATCH]) > np.nanquantile(scores.score[control], 0.999)
    row, column = np.unravel_index(np.nanargmax(scores.score), SIDES)
    assert (row in range(20, 25), column in range(60, 70)) == (True, True)


def on(day: int) -> date:
    return EPOCH + timedelta(days=int(day))


@pytest.mark.parametrize("bands", [("nir",), ("red", "nir"), BANDS, (*BANDS, "swir16", "swir22")])
def test_a_change_in_the_period_is_found_with_any_bands__planted(bands: tuple[str, ...]) -> None:
    scores = detect(cube_of(EVERY_MONTH, bands=bands))
    assert_found(scores)
    assert scores.method == "pair"
    assert tuple(scores.before) == tuple(scores.after) == bands
    assert scores.score.dtype == np.float32
    assert scores.notes == ()


def test_two_dates_alone_are_enough_and_the_notes_say_what_they_cost__planted() -> None:
    scores = detect(cube_of([date(2019, 7, 5), date(2020, 7, 9)]))
    assert_found(scores)
    assert sum("Only one date" in note for note in scores.notes) == 2
    assert on(scores.last_unchanged[0, 0]) == date(2019, 7, 5)
    assert on(scores.first_changed[0, 0]) == date(2020, 7, 9)
    assert scores.facts["before_dates"] == ["2019-07-05"]
    assert scores.facts["after_dates"] == ["2020-07-09"]


def test_the_change_lies_between_the_two_days_that_are_stated__planted() -> None:
    dates = [day for day in EVERY_MONTH if day.year > 2018]
    for changed_on in (date(2020, 2, 1), date(2020, 6, 15), date(2020, 11, 1)):
        scores = detect(cube_of(dates, changed_on=changed_on))
        assert_found(scores)
        assert on(scores.last_unchanged[PATCH].max()) < changed_on
        assert on(scores.first_changed[PATCH].min()) >= changed_on


def test_nothing_changed_means_nothing_stands_out() -> None:
    scores = detect(cube_of(EVERY_MONTH, changed_on=None))
    control, watched = ground()
    assert scores.score[watched].max() < 1.5 * scores.score[control].max()


def test_dates_of_different_seasons_are_said() -> None:
    scores = detect(cube_of([date(2019, 1, 10), date(2020, 7, 9)]))
    assert any("days apart in the season" in note for note in scores.notes)
    assert scores.facts["season_gap_days"] > 150


def test_pixels_without_a_clear_date_have_no_score_and_no_day() -> None:
    cube = cube_of(EVERY_MONTH)
    cube["valid"][:, 40:50, 10:20] = False
    in_period = np.array([day.year == 2020 for day in EVERY_MONTH])
    cube["nir"].values[in_period, 60:65, :] = np.nan
    scores = detect(cube)
    assert np.isnan(scores.score[40:50, 10:20]).all()
    assert (scores.last_unchanged[40:50, 10:20] == NO_DAY).all()
    assert np.isnan(scores.score[60:65]).all()
    assert (scores.first_changed[60:65] == NO_DAY).all()
    assert np.isfinite(np.delete(scores.score[:60], np.s_[40:50], axis=0)).all()
    assert_found(scores)


def test_one_unmasked_cloud_is_outvoted_by_the_other_dates__planted() -> None:
    place = np.s_[40:50, 10:30]
    scores = []
    for bright in (EVERY_MONTH[-1:], EVERY_MONTH[24:]):
        cube = cube_of(EVERY_MONTH, changed_on=None)
        for name in BANDS:
            for day in bright:
                cube[name].values[(EVERY_MONTH.index(day), *place)] = 0.7
        scores.append(np.median(detect(cube).score[place]))
    cloud_on_one_date, bright_from_then_on = scores
    assert cloud_on_one_date < 0.1 * bright_from_then_on


def test_a_shift_between_the_dates_is_measured_and_taken_back__planted() -> None:
    cube = cube_of([date(2019, 7, 5), date(2020, 7, 9)])
    for name in BANDS:
        cube[name].values[1] = shift(cube[name].values[1], (-0.9, 0.6), order=3, mode="nearest")
    scores = detect(cube)
    assert scores.facts["shift_applied"]
    assert scores.facts["shift_px"] == pytest.approx([0.9, -0.6], abs=0.2)
    assert_found(scores)


def test_gain_and_offset_of_a_band_and_order_of_dates_and_bands_do_not_matter() -> None:
    cube = cube_of(EVERY_MONTH)
    expected = detect(cube).score
    other = cube.assign({"red": cube["red"] * np.float32(1.7) + np.float32(0.05)})
    other = other[["nir", "red", "valid", "blue", "green"]].isel(time=slice(None, None, -1))
    close = np.isclose(np.log(detect(other).score), np.log(expected), atol=0.05)
    assert close.mean() > 0.97


def test_a_date_that_comes_twice_changes_little() -> None:
    cube = cube_of(EVERY_MONTH)
    twice = xr.concat([cube, cube.isel(time=[5, 30])], dim="time")
    assert_found(detect(twice))


def test_without_control_all_ground_serves_and_the_note_says_so() -> None:
    cube = cube_of(EVERY_MONTH)
    scores = detect_pair(
        cube, PERIOD, control=np.zeros(SIDES, dtype=bool), watched=ground()[1], settings=SETTINGS
    )
    assert_found(scores)
    assert any(note.startswith("Only 0 control pixels") for note in scores.notes)


def test_without_watched_ground_the_whole_image_chooses_the_dates() -> None:
    cube = cube_of(EVERY_MONTH)
    scores = detect_pair(
        cube, PERIOD, control=ground()[0], watched=np.zeros(SIDES, dtype=bool), settings=SETTINGS
    )
    assert_found(scores)


def test_a_constant_band_and_an_all_nan_band_are_survived_or_named() -> None:
    cube = cube_of(EVERY_MONTH)
    flat = cube.assign({"blue": xr.full_like(cube["blue"], 0.1)})
    assert_found(detect(flat))
    missing = cube.assign({"blue": xr.full_like(cube["blue"], np.nan)})
    with pytest.raises(TooCloudyError):
        detect(missing)
    assert_found(detect(missing.drop_vars("blue")))


def test_one_date_all_cloud_and_no_history_say_what_is_missing() -> None:
    with pytest.raises(NotEnoughHistoryError, match="have 0, need 1"):
        detect(cube_of([date(2020, 7, 9)]))
    with pytest.raises(NoSceneError, match="2020-01-01/2021-01-01"):
        detect(cube_of([date(2019, 7, 9)]))
    clouded = cube_of(EVERY_MONTH)
    clouded["valid"][:] = False
    with pytest.raises(TooCloudyError, match="None of the 12 images"):
        detect(clouded)


def test_no_pixel_clear_on_both_sides_is_not_enough_history() -> None:
    cube = cube_of([date(2019, 7, 5), date(2020, 7, 9)])
    cube["valid"][0, :, :65] = False
    cube["valid"][1, :, 65:] = False
    with pytest.raises(NotEnoughHistoryError, match="both before and in the period"):
        detect(cube)


def test_ground_on_another_grid_and_a_cube_without_bands_are_refused() -> None:
    cube = cube_of(EVERY_MONTH)
    control, watched = ground()
    with pytest.raises(GridMismatchError, match="watched"):
        detect_pair(cube, PERIOD, control=control, watched=watched[:5], settings=SETTINGS)
    with pytest.raises(ParameterError, match="no band"):
        detect_pair(cube[["valid"]], PERIOD, control=control, watched=watched, settings=SETTINGS)


def test_pair_score_refuses_images_that_do_not_fit() -> None:
    with pytest.raises(GridMismatchError):
        pair_score(
            np.zeros((2, 5, 6), np.float32), np.zeros((2, 6, 5), np.float32), np.ones((5, 6), dtype=bool)
        )


@pytest.mark.parametrize(("kind", "seed"), [("dumping", 1), ("building", 2), ("clearing", 6)])
def test_three_by_three_pixels_stand_out_of_a_year_of_weather__planted(kind: str, seed: int) -> None:
    change = PlantedChange(kind=kind, row=40, column=52, rows=3, columns=3, day=date(2020, 5, 1))
    scene = simulate_cube(shape=(90, 100), start=date(2019, 1, 1), years=2.0, changes=[change], seed=seed)
    control = np.ones((90, 100), dtype=bool)
    control[30:54, 42:66] = False
    scores = detect_pair(scene.cube, PERIOD, control=control, watched=~control, settings=SETTINGS)
    assert np.median(scores.score[40:43, 52:55]) > np.nanquantile(scores.score[control], 0.99)


@pytest.mark.real
def test_new_buildings_in_rennes_score_above_the_rest__real(data_folder: Path) -> None:
    pytest.importorskip("sklearn", reason="the extra bench is not installed")
    from sklearn.metrics import roc_auc_score

    from benchmarks.oscd_cities import load_city

    if not (data_folder / "oscd").is_dir():
        pytest.skip("the OSCD set is missing from the data folder")
    city = load_city(data_folder / "oscd", "rennes")
    score = pair_score(city.before, city.after, city.valid).score
    assert roc_auc_score(city.changed[city.valid], score[city.valid]) > 0.95
