"""What is normal: departures in the pixel's own spread, histories that start anew, fits that leave a year out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from imagery.detection.harmonic import design, predict
from imagery.detection.looks import Looks
from imagery.detection.newness import changed_in_last_year, score_against_year_ago
from imagery.detection.normal_ground import NormalGround, learn_normal, refit_until, screened
from imagery.detection.pixel_series import PixelSeries, pixel_series
from imagery.domain import Period, Settings
from imagery.errors import DetectionError
from imagery.pixels.indices import ndvi
from imagery.testing.simulated import PlantedChange, SimulatedScene, simulate_cube

PERIOD = Period.between(date(2020, 1, 1), date(2021, 1, 1))
DEFAULTS = Settings.of()


def scene(*changes: tuple[date, str], seed: int = 1) -> SimulatedScene:
    planted = [
        PlantedChange(kind=kind, row=10, column=8 + 12 * i, rows=6, columns=6, day=day)
        for i, (day, kind) in enumerate(changes)
    ]
    return simulate_cube(shape=(50, 60), covers=("conifer", "grass"), changes=planted, seed=seed)


def learned(simulated: SimulatedScene) -> tuple[PixelSeries, NormalGround]:
    series = pixel_series(simulated.cube, PERIOD, 3.0)
    clear = screened(series)
    return series, learn_normal(series, clear, control=~simulated.changed.ravel(), settings=DEFAULTS)


def patch(image: np.ndarray, number: int) -> np.ndarray:
    """Values of a planted patch out of (P,) pixels."""
    return image.reshape(50, 60)[10:16, 8 + 12 * number : 14 + 12 * number].ravel()


@pytest.fixture(scope="module")
def quiet() -> tuple[PixelSeries, NormalGround]:
    return learned(scene())


def test_departures_of_quiet_ground_are_as_wide_as_they_say__planted(
    quiet: tuple[PixelSeries, NormalGround],
) -> None:
    series, normal = quiet
    assert normal.enough.all()
    assert not normal.broken.any() or normal.broken.mean() < 0.03
    for days in (series.past, series.monitored):
        used = normal.usable[:, days]
        for feature in normal.differences[:, :, days]:
            middle = 1.4826 * np.median(np.abs(feature[used]))
            assert 0.7 < middle < 1.3


def test_the_rhythm_follows_the_green_of_the_year__planted(quiet: tuple[PixelSeries, NormalGround]) -> None:
    series, normal = quiet
    expected = predict(normal.coefficients[1:2], design(series.days))[0]
    seen = ndvi(series.band_rows(slice(0, 3000)))
    off = np.abs(seen - expected)[normal.usable]
    assert np.median(off) < 0.03


def test_control_pixels_are_counted_per_class(quiet: tuple[PixelSeries, NormalGround]) -> None:
    _, normal = quiet
    assert sum(normal.effects.control_px) == 3000


def test_without_control_ground_nothing_is_normal() -> None:
    series = pixel_series(scene().cube, PERIOD, 3.0)
    with pytest.raises(DetectionError, match="unchanged ground"):
        learn_normal(series, screened(series), control=np.zeros(3000, bool), settings=DEFAULTS)


def test_a_history_starts_anew_where_its_ground_changed__planted() -> None:
    _, normal = learned(scene((date(2018, 3, 1), "building"), (date(2018, 7, 1), "sand")))
    for number, day in ((0, "2018-03-01"), (1, "2018-07-01")):
        since = patch(normal.since, number).astype("datetime64[D]")
        assert (patch(normal.broken, number)).mean() > 0.8
        assert np.abs(np.median(since.astype(int)) - np.datetime64(day).astype(int)) < 45
    outside = np.ones((50, 60), bool)
    outside[10:16, 8:26] = False
    assert normal.broken.reshape(50, 60)[outside].mean() < 0.03


def test_a_fit_without_the_last_year_shows_what_changed_in_it__planted() -> None:
    series, normal = learned(scene((date(2019, 8, 1), "building")))
    pixels = np.array([r * 60 + c for r in range(10, 16) for c in range(8, 14)])
    n_train = int(np.searchsorted(series.days, series.days[series.n_history] - 365.25))
    before = refit_until(series, normal, pixels, n_train, DEFAULTS)
    last_months = (series.days >= np.datetime64("2019-08-15").astype(int)) & (
        np.arange(len(series.days)) < series.n_history
    )
    length = np.sqrt((before.differences**2).sum(0))
    assert np.median(length[:, last_months][before.usable[:, last_months]]) > 8


def looks_of(series: PixelSeries, normal: NormalGround) -> Looks:
    return Looks.learn(normal, series.days, series.n_history, 4, np.arange(1500, 3000))


def test_a_change_of_the_last_year_is_not_new_and_one_of_the_period_is__planted() -> None:
    series, normal = learned(scene((date(2019, 6, 1), "building"), (date(2020, 4, 1), "building")))
    looks = looks_of(series, normal)
    numbers = np.arange(3000)
    for number, least, most in ((0, 0.8, 1.0), (1, 0.0, 0.03)):
        pixels = patch(numbers, number)
        share = changed_in_last_year(series, normal, looks, pixels, DEFAULTS).mean()
        assert least <= share <= most


def test_against_a_year_ago_only_what_is_new_stays_high__planted() -> None:
    series, normal = learned(scene((date(2018, 11, 1), "building"), (date(2020, 4, 1), "building")))
    looks = looks_of(series, normal)
    numbers = np.arange(3000)
    old, new = (score_against_year_ago(normal, looks, patch(numbers, number)) for number in (0, 1))
    assert np.median(new) > 8
    assert np.median(old) < 3.5


def test_the_season_a_year_ago_is_sought_before_the_period_even_when_it_is_long() -> None:
    simulated = scene((date(2020, 4, 1), "building"))
    long_period = Period.between(date(2019, 6, 1), date(2021, 1, 1))
    series = pixel_series(simulated.cube, long_period, 2.4)
    normal = learn_normal(series, screened(series), control=~simulated.changed.ravel(), settings=DEFAULTS)
    pixels = patch(np.arange(3000), 0)
    assert np.median(score_against_year_ago(normal, looks_of(series, normal), pixels)) > 8
