"""Looks over the monitored period, against a plain loop over pixels."""

from __future__ import annotations

import numpy as np
import pytest

from imagery.detection.cover import N_CLASSES
from imagery.detection.double_difference import DateEffects
from imagery.detection.looks import SHRINK, Looks, whitening
from imagery.detection.normal_ground import NormalGround
from imagery.detection.scores import NO_DAY

F, P, T, HISTORY = 3, 40, 60, 35
DAYS = np.arange(18_000, 18_000 + 7 * T, 7)


def ground(seed: int, *, clear: float = 0.6) -> NormalGround:
    rng = np.random.default_rng(seed)
    n = np.zeros(P, np.int64)
    return NormalGround(
        features=("one", "two", "three"),
        differences=rng.normal(size=(F, P, T)).astype(np.float32),
        usable=rng.random((P, T)) < clear,
        enough=np.arange(P) != 7,
        since=n,
        first_day=0,
        clear_dates=n,
        coefficients=np.zeros((F, P, 5), np.float32),
        band_coefficients=np.zeros((1, P, 5), np.float32),
        classes=n.astype(np.intp),
        effects=DateEffects(
            shift=np.zeros((F, N_CLASSES, T), np.float32),
            spread=np.ones((F, N_CLASSES, T), np.float32),
            known=np.ones((N_CLASSES, T), bool),
            control_px=(P, 0, 0, 0, 0),
            pooled=(False,) * 5,
        ),
    )


def inner_median(window: np.ndarray) -> np.ndarray:
    ordered = np.sort(window, axis=-1)
    low, high = ordered[..., (window.shape[-1] - 1) // 2], ordered[..., window.shape[-1] // 2]
    return np.maximum(low, 0) + np.minimum(high, 0)


def plain_score(normal: NormalGround, matrix: np.ndarray, pixel: int, trailing: int) -> float:
    dates = np.flatnonzero(normal.usable[pixel])
    best = np.nan
    for end in range(trailing - 1, len(dates)):
        window = dates[end - trailing + 1 : end + 1]
        if dates[end] < HISTORY or (window >= HISTORY).sum() < trailing // 2 + 1:
            continue
        median = inner_median(normal.differences[:, pixel, window].astype(float))
        best = np.fmax(best, np.linalg.norm(matrix @ median))
    return float(best)


@pytest.mark.parametrize("trailing", [3, 4, 5, 6])
@pytest.mark.parametrize("clear", [0.15, 0.6, 1.0])
def test_scores_are_those_of_a_plain_loop(trailing: int, clear: float) -> None:
    normal = ground(trailing, clear=clear)
    looks = Looks.learn(normal, DAYS, HISTORY, trailing, np.arange(P))
    found = looks.see(normal, slice(0, P)).score
    plain = [plain_score(normal, looks.whitening.astype(float), pixel, trailing) for pixel in range(P)]
    plain[7] = np.nan
    np.testing.assert_allclose(found, plain, rtol=1e-5)


def test_parts_give_what_the_whole_gives() -> None:
    normal = ground(1)
    looks = Looks.learn(normal, DAYS, HISTORY, 4, np.arange(P))
    whole = looks.see(normal, slice(0, P))
    for name in ("score", "last_unchanged", "first_changed", "earlier"):
        halves = [getattr(looks.see(normal, part), name) for part in (slice(0, 13), slice(13, P))]
        np.testing.assert_array_equal(np.concatenate(halves), getattr(whole, name))


def test_the_level_is_the_middle_score_of_control_ground_and_below_it_nothing_is_dated() -> None:
    normal = ground(2)
    looks = Looks.learn(normal, DAYS, HISTORY, 4, np.flatnonzero(normal.enough))
    found = looks.see(normal, slice(0, P))
    assert looks.level == pytest.approx(np.nanmedian(found.score), rel=1e-5)
    assert (found.first_changed[found.score < looks.level] == NO_DAY).all()
    assert (found.first_changed[found.score > looks.level] != NO_DAY).all()
    assert np.isnan(found.score[7])
    assert found.first_changed[7] == NO_DAY


def test_a_step_before_the_period_is_known_as_earlier__planted() -> None:
    normal = ground(3, clear=1.0)
    normal.differences[:, :10, HISTORY - 8 :] += 9
    normal.differences[:, 10:20, HISTORY + 5 :] += 9
    looks = Looks.learn(normal, DAYS, HISTORY, 4, np.arange(20, P))
    found = looks.see(normal, slice(0, 20))
    assert np.delete(found.earlier[:10], 7).all()
    assert not found.earlier[10:].any()
    assert (np.delete(found.first_changed[:10], 7) == DAYS[HISTORY - 8]).mean() > 0.8
    assert (found.first_changed[10:] == DAYS[HISTORY + 5]).mean() > 0.8
    assert (found.last_unchanged[10:] >= DAYS[HISTORY + 3]).all()


def test_pixels_that_were_hardly_seen_have_no_score() -> None:
    normal = ground(4)
    normal.usable[:5, HISTORY:] = False
    normal.usable[0, HISTORY + 1 : HISTORY + 3] = True
    normal.usable[1, HISTORY + 1 : HISTORY + 4] = True
    looks = Looks.learn(normal, DAYS, HISTORY, 4, np.arange(10, P))
    score = looks.see(normal, slice(0, 5)).score
    assert np.isnan(score).tolist() == [True, False, True, True, True]


def test_whitening_makes_correlated_looks_even() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(1, 20_000))
    looks = np.concatenate([shared, shared, rng.normal(size=(1, 20_000))]) * 0.8 + 0.2 * rng.normal(
        size=(3, 20_000)
    )
    matrix = whitening(looks.astype(np.float32)).astype(float)
    correlation = (1 - SHRINK) * np.corrcoef(looks) + SHRINK * np.eye(3)
    np.testing.assert_allclose(np.linalg.inv(matrix.T @ matrix), correlation, atol=0.03)


def test_of_too_few_looks_no_correlation_is_learned() -> None:
    np.testing.assert_array_equal(whitening(np.ones((3, 5), np.float32)), np.eye(3))
