"""What a pixel does every year at one time of the year counts less at that time."""

from __future__ import annotations

import numpy as np
import pytest

from imagery.detection.seasonal_spread import MOST, PRIOR_DATES, month_weights, seasonal_weight

DAYS = np.arange(17_000, 17_000 + 1461, 6)
TRAIN = int((DAYS < 17_000 + 1096).sum())


def plain_weight(differences: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """One pixel and feature, month by month."""
    place = DAYS % 365.25 / 365.25 * 12

    def triangle(day: int, month: int) -> float:
        apart = abs(place[day] - month)
        return max(0.0, 1 - min(apart, 12 - apart))

    months = []
    for month in range(12):
        total, count = PRIOR_DATES, PRIOR_DATES
        for near, share in ((month, 1.0), ((month - 1) % 12, 0.5), ((month + 1) % 12, 0.5)):
            for t in np.flatnonzero(usable[:TRAIN]):
                total += share * triangle(t, near) * min(differences[t] ** 2, MOST**2)
                count += share * triangle(t, near)
        months.append(1 / np.sqrt(max(total / count, 1)))
    return np.array([sum(triangle(t, m) * months[m] for m in range(12)) for t in range(len(DAYS))])


def test_the_weight_is_that_of_a_plain_loop() -> None:
    rng = np.random.default_rng(0)
    differences = (2 * rng.normal(size=(2, 3, len(DAYS)))).astype(np.float32)
    usable = rng.random((3, len(DAYS))) < 0.5
    found = seasonal_weight(differences, usable, DAYS, TRAIN)
    for feature in range(2):
        for pixel in range(3):
            plain = plain_weight(differences[feature, pixel].astype(float), usable[pixel])
            np.testing.assert_allclose(found[feature, pixel], plain, rtol=1e-4)


def test_ground_that_is_as_it_says_keeps_its_weight() -> None:
    differences = np.full((1, 1, len(DAYS)), 0.9, np.float32)
    np.testing.assert_allclose(
        seasonal_weight(differences, np.ones((1, len(DAYS)), bool), DAYS, TRAIN), 1, rtol=1e-6
    )


def test_what_comes_back_every_spring_counts_less_in_spring_alone__planted() -> None:
    of_year = DAYS % 365.25
    spring = (of_year > 95) & (of_year < 125)
    differences = np.where(spring, 5.0, 0.5).astype(np.float32)[None, None]
    weight = seasonal_weight(differences, np.ones((1, len(DAYS)), bool), DAYS, TRAIN)[0, 0]
    assert weight[spring].max() < 0.45
    assert weight[(of_year > 200) & (of_year < 330)].min() == pytest.approx(1, abs=1e-5)


def test_the_monitored_period_itself_does_not_count() -> None:
    differences = np.ones((1, 1, len(DAYS)), np.float32)
    usable = np.ones((1, len(DAYS)), bool)
    before = seasonal_weight(differences, usable, DAYS, TRAIN)
    differences[:, :, TRAIN:] = 50
    np.testing.assert_array_equal(seasonal_weight(differences, usable, DAYS, TRAIN), before)


def test_a_season_never_seen_keeps_its_weight() -> None:
    differences = np.full((1, 1, len(DAYS)), 9.0, np.float32)
    np.testing.assert_array_equal(
        seasonal_weight(differences, np.zeros((1, len(DAYS)), bool), DAYS, TRAIN), 1
    )


def test_each_day_lies_between_two_months() -> None:
    weights = month_weights(np.arange(17_000, 17_400))
    np.testing.assert_allclose(weights.sum(1), 1, rtol=1e-5)
    assert ((weights > 0).sum(1) <= 2).all()
