"""Whether a history is enough, and whether it is one."""

from __future__ import annotations

import numpy as np
import pytest

from imagery.detection.history import (
    EMPTY_MONTHS,
    SECOND_HARMONIC_DATES,
    break_days,
    enough_history,
    suspected_breaks,
)

DAYS = np.arange(17_167, 17_167 + 1095, 5)


def month_of(days: np.ndarray) -> np.ndarray:
    return (days % 365.25 / 365.25 * 12).astype(int) % 12


def plain_enough(row: np.ndarray, least: int) -> bool:
    dates = DAYS[row]
    if len(dates) < least or dates[-1] - dates[0] < 330:
        return False
    seen = set(month_of(dates).tolist())
    return not any(all((start + i) % 12 not in seen for i in range(EMPTY_MONTHS)) for start in range(12))


def test_enough_is_what_a_plain_loop_says() -> None:
    rng = np.random.default_rng(0)
    share = rng.choice([0.03, 0.06, 0.3], 300)
    usable = rng.random((300, len(DAYS))) < share[:, None]
    usable[::3, month_of(DAYS) < rng.integers(2, 8)] = False
    usable[::7, 80:] = False
    enough, _ = enough_history(usable, DAYS, 12)
    assert enough.tolist() == [plain_enough(row, 12) for row in usable]
    assert 0 < enough.sum() < 300


def test_the_year_is_round_for_a_season_that_is_missing() -> None:
    winter = np.isin(month_of(DAYS), [10, 11, 0, 1, 2])
    usable = np.stack([~winter, ~np.isin(month_of(DAYS), [11, 0, 1, 2])])
    assert enough_history(usable, DAYS, 12)[0].tolist() == [False, True]


def test_less_than_a_year_is_not_enough_however_many_dates() -> None:
    usable = np.arange(len(DAYS)) < np.array([[60], [72]])  # 295 and 355 days
    assert enough_history(usable, DAYS, 12)[0].tolist() == [False, True]


def test_a_second_harmonic_needs_many_dates_and_no_gap() -> None:
    many = np.ones(len(DAYS), bool)
    gap = ~np.isin(month_of(DAYS), [4, 5])
    few = np.zeros(len(DAYS), bool)
    few[np.linspace(0, len(DAYS) - 1, SECOND_HARMONIC_DATES - 1).astype(int)] = True
    assert enough_history(np.stack([many, gap, few]), DAYS, 12)[1].tolist() == [2, 1, 1]


def test_no_history_at_all_is_not_enough() -> None:
    enough, _ = enough_history(np.zeros((4, 0), bool), np.zeros(0, np.int64), 12)
    assert not enough.any()
    assert suspected_breaks(np.zeros((1, 4, 0), np.float32), np.zeros((4, 0), bool), DAYS[:0], 12).size == 0


def histories(step: float, moment: int, n: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Residuals with a step in the second feature, standardised by the whole history as the caller does."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=(2, n, len(DAYS)))
    values[1, :, moment:] += step
    values -= np.median(values, axis=2, keepdims=True)
    values /= 1.4826 * np.median(np.abs(values), axis=2, keepdims=True)
    return values.astype(np.float32), rng.random((n, len(DAYS))) < 0.36


@pytest.mark.parametrize("moment", [70, 110, 150])
def test_a_planted_break_is_found_near_its_day__planted(moment: int) -> None:
    values, usable = histories(8.0, moment)
    suspects = suspected_breaks(values, usable, DAYS, 12)
    assert len(suspects) > 95
    found = break_days(values, usable, DAYS, 12)
    assert (np.abs(found - DAYS[moment]) <= 40).mean() > 0.95


def test_unchanged_ground_has_hardly_any_breaks__planted() -> None:
    values, usable = histories(0.0, 100, n=400)
    assert len(suspected_breaks(values, usable, DAYS, 12)) < 20
    assert (break_days(values, usable, DAYS, 12) > DAYS[0]).mean() < 0.02


def test_a_few_clouds_are_no_break() -> None:
    values, usable = histories(0.0, 100)
    values[:, :, 50:56] = 40
    assert (break_days(values, usable, DAYS, 12) > DAYS[0]).mean() < 0.02


def test_a_break_with_too_few_dates_after_it_is_left_alone() -> None:
    values, usable = histories(8.0, len(DAYS) - 12)
    assert (break_days(values, usable, DAYS, 12) > DAYS[-12]).sum() == 0


def test_the_place_of_a_break_is_where_a_plain_loop_puts_it() -> None:
    values, usable = histories(6.0, 120, n=15)
    found = break_days(values, usable, DAYS, 12)
    for pixel in range(15):
        dates = np.flatnonzero(usable[pixel])
        series = np.clip(values[:, pixel, dates], -4, 4).astype(float)
        n = len(dates)
        gains = {
            cut: ((series[:, cut:].mean(1) - series[:, :cut].mean(1)) ** 2).sum() * cut * (n - cut) / n
            for cut in range(12, n - 11)
        }
        assert found[pixel] == DAYS[dates[max(gains, key=lambda cut: gains[cut])]]
