"""What control ground of a class does on a date is taken off, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from imagery.detection.cover import N_CLASSES
from imagery.detection.double_difference import LEAST_CLEAR_PX, SAMPLE_PX, date_effects, double_difference
from imagery.errors import DetectionError


def ground(seed: int = 0, n: int = 300, t: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    residuals = rng.normal(size=(2, n, t)).astype(np.float32)
    usable = rng.random((n, t)) < 0.6
    classes = rng.integers(0, 2, n)
    return residuals, usable, classes


def test_effects_are_the_medians_of_a_plain_loop() -> None:
    residuals, usable, classes = ground()
    control = np.arange(300) % 3 != 0
    effects = date_effects(residuals, usable, control, classes, min_control_px=20)
    for k in range(2):
        members = control & (classes == k)
        assert members.sum() < SAMPLE_PX
        for t in range(12):
            here = residuals[:, members & usable[:, t], t]
            assert effects.known[k, t]
            np.testing.assert_allclose(effects.shift[:, k, t], np.median(here, axis=1), atol=1e-6)
            spread = 1.4826 * np.median(np.abs(here - np.median(here, axis=1)[:, None]), axis=1)
            np.testing.assert_allclose(effects.spread[:, k, t], np.maximum(spread, 1), rtol=1e-5)


def test_a_shift_that_a_whole_class_shares_on_a_date_changes_nothing() -> None:
    residuals, usable, classes = ground()
    control = np.ones(300, bool)

    def differences(values: np.ndarray) -> np.ndarray:
        effects = date_effects(values, usable, control, classes, min_control_px=20)
        return double_difference(values, usable, effects, classes)[0]

    moved = residuals.copy()
    moved[0, classes == 1, 5] += 7
    np.testing.assert_allclose(differences(moved), differences(residuals), atol=1e-5)


def test_a_change_of_a_few_stays() -> None:
    residuals, usable, classes = ground()
    control = np.arange(300) >= 10
    residuals[:, :10, 6:] += 8
    effects = date_effects(residuals, usable, control, classes, min_control_px=20)
    difference, _ = double_difference(residuals, usable, effects, classes)
    assert difference[:, :10, 6:].mean() > 6


def test_a_date_that_is_unlike_from_place_to_place_counts_less() -> None:
    residuals, usable, classes = ground(n=2000)
    residuals[:, :, 3] *= 5
    effects = date_effects(residuals, usable, np.ones(2000, bool), classes, min_control_px=20)
    difference, known = double_difference(residuals, usable, effects, classes)
    assert difference[0, known[:, 3], 3].std() == pytest.approx(difference[0, known[:, 2], 2].std(), rel=0.2)


def test_a_date_with_too_little_clear_control_ground_is_withheld() -> None:
    residuals, usable, classes = ground()
    usable[:, 4] = False
    usable[: LEAST_CLEAR_PX // 2, 4] = True
    effects = date_effects(residuals, usable, np.ones(300, bool), classes, min_control_px=20)
    _, known = double_difference(residuals, usable, effects, classes)
    assert not known[:, 4].any()
    assert known[:, 5].sum() == usable[:, 5].sum()


def test_a_small_class_is_compared_with_all_ground_and_it_is_said() -> None:
    residuals, usable, classes = ground()
    classes[:5] = 3
    effects = date_effects(residuals, usable, np.ones(300, bool), classes, min_control_px=20)
    assert effects.pooled == (False, False, True, True, True)
    assert effects.control_px[3] == 5
    everyone = np.median(residuals[0, usable[:, 2], 2])
    assert effects.shift[0, 3, 2] == pytest.approx(everyone, abs=1e-6)
    assert len(effects.pooled) == N_CLASSES


def test_no_clear_control_ground_at_all_is_an_error() -> None:
    residuals, usable, classes = ground()
    with pytest.raises(DetectionError, match="On no date"):
        date_effects(residuals, np.zeros_like(usable), np.ones(300, bool), classes, min_control_px=20)
