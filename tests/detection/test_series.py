"""The series method as a whole: planted changes and their dates, quiet ground, old changes, laws, bad input."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
import xarray as xr
from scipy.stats import binom

from imagery.detection.calibration import choose_threshold, control_statistics
from imagery.detection.region_statistic import region_statistic
from imagery.detection.regions import find_changes
from imagery.detection.scores import EPOCH, NO_DAY, ScoreMap
from imagery.detection.series import detect_series
from imagery.domain import Change, Period, Settings
from imagery.errors import (
    DetectionError,
    GridMismatchError,
    NoSceneError,
    NotEnoughHistoryError,
    ParameterError,
    TooCloudyError,
)
from imagery.testing.simulated import BANDS, PlantedChange, SimulatedScene, Weather, simulate_cube

PERIOD = Period.between(date(2020, 1, 1), date(2021, 1, 1))
DEFAULTS = Settings.of()
COVERS = ("conifer", "broadleaf", "grass", "bare")
SIDE, SITE = 60, 10


def score(cube: xr.Dataset, watched: np.ndarray, settings: Settings = DEFAULTS) -> ScoreMap:
    return detect_series(cube, PERIOD, control=~watched, watched=watched, settings=settings)


def sites() -> list[tuple[int, int]]:
    """Corners of nine sites, far enough apart."""
    return [(row, column) for row in (5, 25, 45) for column in (5, 25, 45)]


def ground(*corners: tuple[int, int], side: int = SITE) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    for row, column in corners:
        mask[row : row + side, column : column + side] = True
    return mask


@cache
def planted_scene(size: int, fraction: float, seed: int, kind: str = "building") -> SimulatedScene:
    """A change of size x size pixels in each of nine sites, on some day from February to August 2020."""
    rng = np.random.default_rng(1000 + seed)
    changes = [
        PlantedChange(
            kind=kind,
            row=row + 2,
            column=column + 2,
            rows=size,
            columns=size,
            fraction=fraction,
            day=date(2020, 2, 1) + timedelta(days=int(rng.integers(0, 200))),
        )
        for row, column in sites()
    ]
    return simulate_cube(shape=(SIDE, SIDE), covers=("conifer", "grass"), changes=changes, seed=seed)


@cache
def planted_scores(size: int, fraction: float, seed: int) -> ScoreMap:
    return score(planted_scene(size, fraction, seed).cube, ground(*sites()))


def changes_of(
    simulated: SimulatedScene, scores: ScoreMap, site: tuple[int, int], rate: float = 20
) -> tuple[Change, ...]:
    """What one site comes to, the whole way; control ground is what lies outside all sites."""
    watched = ground(site)
    controls = control_statistics(scores, ~ground(*sites()), watched, min_region_px=3)
    threshold = choose_threshold(
        controls, period_years=1.0, settings=Settings.of(false_signals_per_1000_site_years=rate)
    )
    return find_changes(
        scores,
        controls,
        geobox=simulated.geobox,
        watched=watched,
        threshold=threshold,
        min_region_px=3,
        crs="EPSG:32631",
    )


# Power and dates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "fraction"), [(2, 0.5), (6, 0.5), (2, 1.0), (6, 1.0)])
def test_half_of_a_few_pixels_is_seen_within_the_asked_rate__planted(size: int, fraction: float) -> None:
    found, areas = [], []
    for seed in (21, 22):
        simulated, scores = planted_scene(size, fraction, seed), planted_scores(size, fraction, seed)
        for site in sites():
            changes = changes_of(simulated, scores, site)
            found.append(bool(changes))
            areas += [(c.area_m2 - 100 * size**2) / c.area_error_m2 for c in changes[:1]]
    assert np.mean(found) >= 0.9
    assert np.median(np.abs(areas)) < 1.5


def test_the_planted_day_lies_between_the_two_dates__planted() -> None:
    pixels, regions, widths = [], [], []
    for seed, size, fraction in ((21, 6, 0.5), (22, 6, 1.0), (22, 2, 1.0), (23, 3, 0.6)):
        simulated, scores = planted_scene(size, fraction, seed), planted_scores(size, fraction, seed)
        planted = simulated.change_day.astype("datetime64[D]").astype(int)
        here = simulated.changed & (scores.first_changed != NO_DAY) & (scores.score > 4)
        pixels += list((scores.last_unchanged < planted)[here] & (planted <= scores.first_changed)[here])
        for site in sites():
            day = simulated.changes[sites().index(site)].day
            for change in changes_of(simulated, scores, site)[:1]:
                assert change.last_unchanged is not None
                regions.append(change.last_unchanged < day <= change.first_changed)
                widths.append((change.first_changed - change.last_unchanged).days)
    assert np.mean(pixels) >= 0.95
    assert np.mean(regions) >= 0.95
    assert np.median(widths) <= 40


def test_before_and_after_are_what_was_planted__planted() -> None:
    simulated, scores = planted_scene(6, 1.0, 22), planted_scores(6, 1.0, 22)
    quiet = ~simulated.changed
    for band, built in zip(BANDS, (0.12, 0.15, 0.18, 0.21, 0.23, 0.22), strict=True):
        before, after = scores.before[band], scores.after[band]
        assert np.abs(after - before)[quiet].mean() < 0.02, "the same season on both sides"
        assert np.median(after[simulated.changed]) == pytest.approx(built, abs=0.015)
        assert np.median(before[simulated.changed]) == pytest.approx(np.median(before[quiet]), abs=0.06)


def test_what_is_gone_again_after_a_while_is_seen_too__planted() -> None:
    change = PlantedChange(
        kind="dumping", row=27, column=27, rows=5, columns=5, day=date(2020, 4, 1), until=date(2020, 8, 1)
    )
    simulated = simulate_cube(shape=(SIDE, SIDE), covers=("grass", "conifer"), changes=[change], seed=5)
    (found,) = changes_of(simulated, score(simulated.cube, ground((25, 25))), (25, 25))
    assert found.last_unchanged is not None
    assert found.last_unchanged < date(2020, 4, 1) <= found.first_changed


# Quiet ground -------------------------------------------------------------------------------------------------------


def test_quiet_sites_are_flagged_about_as_often_as_promised__planted() -> None:
    """Unchanged scenes of other weathers; each of 16 places of a scene is the site in turn."""
    flagged = promised = n = 0.0
    for seed in range(31, 36):
        simulated = simulate_cube(shape=(SIDE, SIDE), covers=COVERS, field_px=15, seed=seed)
        scores = score(simulated.cube, ground((25, 25), side=2))
        for place in [(row, column) for row in (2, 17, 32, 47) for column in (2, 17, 32, 47)]:
            watched = ground(place)
            controls = control_statistics(scores, ~watched, watched, min_region_px=3)
            threshold = choose_threshold(
                controls, period_years=1.0, settings=Settings.of(false_signals_per_1000_site_years=100)
            )
            statistic = region_statistic(np.where(watched, scores.score, np.nan), 3)
            flagged += np.nanmax(statistic) >= threshold.value
            promised += threshold.promised_rate_per_1000 / 1000
            n += 1
    low, high = binom.interval(0.99, int(n), promised / n)
    assert low <= flagged <= high, f"{flagged:.0f} of {n:.0f} flagged, {promised:.1f} promised"


@pytest.mark.parametrize(("season_level", "season_shift"), [(0.12, 8.0), (0.04, 25.0)])
def test_a_dry_or_an_early_year_of_the_whole_scene_is_no_change__planted(
    season_level: float, season_shift: float
) -> None:
    weather = Weather(season_level=season_level, season_shift_days=season_shift)
    flagged = []
    for seed in (41, 42, 43):
        simulated = simulate_cube(
            shape=(SIDE, SIDE), covers=("conifer", "grass", "broadleaf"), weather=weather, seed=seed
        )
        scores = score(simulated.cube, ground(*sites()))
        flagged += [bool(changes_of(simulated, scores, site)) for site in sites()]
    assert np.mean(flagged) < 0.2


# Old changes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(2018, 5, 1), date(2019, 2, 1), date(2019, 7, 1)])
def test_what_changed_in_the_history_is_not_signalled_as_new__planted(day: date) -> None:
    changes = [
        PlantedChange(kind=kind, row=row + 2, column=column + 2, rows=6, columns=6, day=day)
        for (row, column), kind in zip(sites(), ["building", "clearing", "sand"] * 3, strict=True)
    ]
    simulated = simulate_cube(shape=(SIDE, SIDE), covers=("conifer", "grass"), changes=changes, seed=7)
    scores = score(simulated.cube, ground(*sites()))
    strength = np.nanmedian(planted_scores(6, 1.0, 22).score[planted_scene(6, 1.0, 22).changed])
    old = np.nan_to_num(scores.score[simulated.changed])
    assert np.median(old) < 0.25 * strength
    assert np.mean(old > 0.5 * strength) < 0.1


def test_ground_that_changed_just_before_the_period_is_not_judged_and_it_is_said__planted() -> None:
    change = PlantedChange(kind="building", row=27, column=27, rows=6, columns=6, day=date(2019, 7, 1))
    simulated = simulate_cube(shape=(SIDE, SIDE), covers=("conifer",), changes=[change], seed=9)
    scores = score(simulated.cube, ground((25, 25)))
    assert np.isnan(scores.score[simulated.changed]).mean() > 0.8
    assert any("shortly before the period" in note for note in scores.notes)
    assert scores.facts["changed_before_period_px"] > 25


def test_ground_that_changed_long_ago_is_judged_by_its_new_state__planted() -> None:
    changes = [
        PlantedChange(kind="building", row=27, column=27, rows=6, columns=6, day=date(2018, 2, 1)),
        PlantedChange(kind="flooding", row=28, column=28, rows=4, columns=4, day=date(2020, 5, 1)),
    ]
    simulated = simulate_cube(shape=(SIDE, SIDE), covers=("conifer",), changes=changes, seed=10)
    scores = score(simulated.cube, ground((25, 25)))
    (found,) = changes_of(simulated, scores, (25, 25))[:1]
    assert abs((found.first_changed - date(2020, 5, 1)).days) < 30
    assert found.before["blue"] == pytest.approx(0.12, abs=0.03)


# Laws ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def simulated() -> SimulatedScene:
    change = PlantedChange(
        kind="dumping", row=14, column=16, rows=4, columns=4, day=date(2020, 5, 10), fraction=0.7
    )
    return simulate_cube(shape=(36, 40), covers=("grass", "conifer"), changes=[change], seed=13)


@pytest.fixture(scope="module")
def watched() -> np.ndarray:
    mask = np.zeros((36, 40), bool)
    mask[10:22, 12:24] = True
    return mask


@pytest.fixture(scope="module")
def scores(simulated: SimulatedScene, watched: np.ndarray) -> ScoreMap:
    return score(simulated.cube, watched)


def test_the_order_of_dates_does_not_matter(
    simulated: SimulatedScene, watched: np.ndarray, scores: ScoreMap
) -> None:
    shuffle = np.random.default_rng(0).permutation(simulated.cube.sizes["time"])
    mixed = score(simulated.cube.isel(time=shuffle), watched)
    np.testing.assert_array_equal(mixed.score, scores.score)
    np.testing.assert_array_equal(mixed.first_changed, scores.first_changed)


def test_a_date_twice_counts_once(simulated: SimulatedScene, watched: np.ndarray, scores: ScoreMap) -> None:
    twice = simulated.cube.isel(time=np.repeat(np.arange(simulated.cube.sizes["time"]), 2))
    np.testing.assert_allclose(score(twice, watched).score, scores.score, rtol=1e-3)


def test_a_date_under_cloud_might_as_well_not_be_there(
    simulated: SimulatedScene, watched: np.ndarray, scores: ScoreMap
) -> None:
    cloudy = simulated.cube.isel(time=[5, 150, 270]).assign_coords(
        time=np.array(["2017-03-02", "2019-01-20", "2020-06-06"], "datetime64[ns]")
    )
    cloudy["valid"] = xr.zeros_like(cloudy["valid"])
    for band in BANDS:
        cloudy[band] = cloudy[band] * np.nan
    more = xr.concat([simulated.cube, cloudy], dim="time")
    np.testing.assert_array_equal(score(more, watched).score, scores.score)


def test_a_gain_and_an_offset_of_each_date_hardly_matter(
    simulated: SimulatedScene, watched: np.ndarray, scores: ScoreMap
) -> None:
    rng = np.random.default_rng(4)
    n = simulated.cube.sizes["time"]
    moved = simulated.cube.copy(deep=True)
    gain = xr.DataArray(rng.normal(1, 0.03, n).astype(np.float32), dims="time")
    for band in BANDS:
        offset = xr.DataArray(rng.normal(0, 0.004, n).astype(np.float32), dims="time")
        moved[band] = (moved[band] * gain + offset).clip(min=0).transpose("time", "y", "x")
    again = score(moved, watched)
    quiet = ~simulated.changed
    assert np.nanmedian(again.score[quiet]) < 1.15 * np.nanmedian(scores.score[quiet])
    assert np.nanmedian(again.score[~quiet]) > 0.6 * np.nanmedian(scores.score[~quiet])


def test_dates_outside_history_and_period_do_not_matter(
    simulated: SimulatedScene, watched: np.ndarray
) -> None:
    short = Settings.of(history_years=2.0)
    late = simulated.cube.sel(time=slice("2018-01-01", None))
    np.testing.assert_array_equal(
        score(simulated.cube, watched, short).score, score(late, watched, short).score
    )


def test_what_is_not_valid_never_becomes_change(simulated: SimulatedScene, watched: np.ndarray) -> None:
    holes = simulated.cube.copy(deep=True)
    late = np.flatnonzero(holes["time"].values >= np.datetime64("2020-01-01"))
    holes["valid"][late, 11:13, 12:20] = False
    for band in BANDS:
        holes[band][late, 11:13, 12:20] = 0.9
    found = score(holes, watched)
    assert np.isnan(found.score[11:13, 12:20]).all()
    assert (found.first_changed[11:13, 12:20] == NO_DAY).all()


def test_bands_that_are_not_a_number_somewhere_leave_the_rest_as_it_is(
    simulated: SimulatedScene, watched: np.ndarray, scores: ScoreMap
) -> None:
    holes = simulated.cube.copy(deep=True)
    holes["nir"][:, 20:22, 13] = np.nan
    found = score(holes, watched)
    assert np.isnan(found.score[20:22, 13]).all()
    rest = np.ones(watched.shape, bool)
    rest[20:22, 13] = False
    assert np.isfinite(found.score[rest]).mean() > 0.99
    np.testing.assert_allclose(np.nanmedian(found.score[rest]), np.nanmedian(scores.score[rest]), rtol=0.02)


@pytest.mark.parametrize(
    "bands", [("red",), ("nir",), ("red", "nir"), ("blue", "green", "red"), ("swir16", "swir22")]
)
def test_any_bands_do(simulated: SimulatedScene, watched: np.ndarray, bands: tuple[str, ...]) -> None:
    found = score(simulated.cube[[*bands, "valid"]], watched)
    assert set(found.before) == set(bands)
    if bands != ("nir",):
        assert np.median(found.score[simulated.changed]) > 2 * np.nanmedian(found.score[~simulated.changed])


def test_ground_that_never_varies_is_no_change_and_no_error(
    simulated: SimulatedScene, watched: np.ndarray
) -> None:
    flat = simulated.cube.copy(deep=True)
    for band in BANDS:
        flat[band] = xr.full_like(flat[band], 0.2)
    found = score(flat, watched)
    assert np.isfinite(found.score).all()
    assert found.score.max() < 1e-2


def test_every_score_has_a_date_where_it_is_plain(scores: ScoreMap) -> None:
    plain = scores.score > 1.2 * np.nanmedian(scores.score)
    assert (scores.first_changed[plain] != NO_DAY).all()
    dated = scores.last_unchanged != NO_DAY
    assert (scores.last_unchanged < scores.first_changed)[dated].all()


def test_the_record_says_what_was_used(scores: ScoreMap) -> None:
    facts = scores.facts
    assert facts["features"] == ["brightness", "ndvi", "nir", "swir16"]
    assert facts["history_dates"] > 50
    assert sum(facts["control_cover_pixels"].values()) == 36 * 40 - 144
    assert scores.method == "series"


# Bad input ----------------------------------------------------------------------------------------------------------


def test_too_short_a_history_says_how_much_there_is(simulated: SimulatedScene, watched: np.ndarray) -> None:
    short = simulated.cube.sel(time=slice("2019-10-01", None))
    with pytest.raises(NotEnoughHistoryError) as caught:
        score(short, watched)
    assert caught.value.need == 12
    assert 0 < caught.value.have < 30
    assert caught.value.hint


def test_no_history_at_all_has_none(simulated: SimulatedScene, watched: np.ndarray) -> None:
    with pytest.raises(NotEnoughHistoryError) as caught:
        score(simulated.cube.sel(time=slice("2020-01-01", None)), watched)
    assert caught.value.have == 0


def test_summers_alone_are_not_a_full_season(simulated: SimulatedScene, watched: np.ndarray) -> None:
    cube = simulated.cube
    summer = cube["time"].dt.month.isin([5, 6, 7, 8, 9]) | (cube["time"].dt.year == 2020)
    with pytest.raises(NotEnoughHistoryError, match="season"):
        score(cube.isel(time=np.flatnonzero(summer.values)), watched)


def test_too_little_history_of_some_pixels_is_a_note(simulated: SimulatedScene, watched: np.ndarray) -> None:
    cube = simulated.cube.copy(deep=True)
    early = np.flatnonzero(cube["time"].values < np.datetime64("2020-01-01"))
    cube["valid"][early, 10:14, :] = False
    found = score(cube, watched)
    assert np.isnan(found.score[10:14]).all()
    assert any("too little history" in note for note in found.notes)


def test_a_period_without_images_under_cloud_or_full_of_nothing(
    simulated: SimulatedScene, watched: np.ndarray
) -> None:
    cube = simulated.cube
    with pytest.raises(NoSceneError):
        score(cube.sel(time=slice(None, "2019-12-31")), watched)
    cloudy = cube.copy(deep=True)
    cloudy["valid"][np.flatnonzero(cube["time"].values >= np.datetime64("2020-01-01"))] = False
    with pytest.raises(TooCloudyError):
        score(cloudy, watched)
    empty = cube.copy(deep=True)
    for band in BANDS:
        empty[band] = empty[band] * np.nan
    with pytest.raises((TooCloudyError, NotEnoughHistoryError)):
        score(empty, watched)


def test_a_site_always_under_cloud_is_too_cloudy(simulated: SimulatedScene, watched: np.ndarray) -> None:
    cube = simulated.cube.copy(deep=True)
    late = np.flatnonzero(cube["time"].values >= np.datetime64("2020-01-01"))
    valid = cube["valid"].values
    valid[np.ix_(late, np.arange(10, 22), np.arange(12, 24))] = False
    with pytest.raises(TooCloudyError, match="No watched pixel"):
        score(cube, watched)


def test_wrong_masks_and_no_control_ground(simulated: SimulatedScene, watched: np.ndarray) -> None:
    with pytest.raises(GridMismatchError):
        detect_series(simulated.cube, PERIOD, control=~watched[:5], watched=watched, settings=DEFAULTS)
    with pytest.raises(ParameterError, match="watched"):
        score(simulated.cube, np.zeros_like(watched))
    with pytest.raises(DetectionError):
        detect_series(
            simulated.cube, PERIOD, control=np.zeros_like(watched), watched=watched, settings=DEFAULTS
        )


def test_control_ground_under_cloud_in_the_period_is_an_error_or_a_note(
    simulated: SimulatedScene, watched: np.ndarray
) -> None:
    cube = simulated.cube.copy(deep=True)
    late = np.flatnonzero(cube["time"].values >= np.datetime64("2020-01-01"))
    valid = cube["valid"].values
    valid[np.ix_(late, np.flatnonzero(~watched.any(1)))] = False
    valid[np.ix_(late, np.arange(36), np.flatnonzero(~watched.any(0)))] = False
    with pytest.raises(TooCloudyError):
        score(cube, watched)


def test_dates_are_days_since_the_epoch(scores: ScoreMap, simulated: SimulatedScene) -> None:
    first = np.median(scores.first_changed[simulated.changed])
    assert abs((EPOCH + timedelta(days=int(first)) - date(2020, 5, 10)).days) < 30
