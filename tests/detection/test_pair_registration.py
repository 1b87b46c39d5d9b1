"""The shift between two images: planted, found, and refused where it is not to be believed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, shift

from imagery.detection.pair_registration import LARGEST_PX, PairShift, measure_shift, moved

SIDES = (90, 130)


def town(seed: int = 0, bands: int = 3) -> np.ndarray:
    """Blocks of different brightness with soft edges, unlike themselves in a mirror."""
    rng = np.random.default_rng(seed)
    image = np.zeros((bands, *SIDES))
    for _ in range(120):
        row, column = rng.integers(0, SIDES[0]), rng.integers(0, SIDES[1])
        height, width = rng.integers(3, 15, 2)
        image[:, row : row + height, column : column + width] = rng.normal(size=(bands, 1, 1))
    return np.stack([gaussian_filter(band, 1.0) for band in image]).astype(np.float32)


def noisy(image: np.ndarray, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(scale=0.05, size=image.shape)
    return (image + noise).astype(np.float32)


EVERYWHERE = np.ones(SIDES, dtype=bool)


@pytest.mark.parametrize("truth", [(0.0, 0.0), (0.7, -0.4), (-1.3, 0.6), (2.0, 1.0)])
def test_a_planted_shift_is_found_with_its_sign__planted(truth: tuple[float, float]) -> None:
    before = town()
    # What lies `truth` too far up and left must go that far down and right again.
    after = np.stack([shift(band, np.negative(truth), order=3, mode="nearest") for band in before])
    found = measure_shift(noisy(before, 1), noisy(after, 2), EVERYWHERE)
    assert found.believed
    assert (found.rows, found.columns) == pytest.approx(truth, abs=0.15)
    laid = moved(after.astype(np.float32), EVERYWHERE, found)
    assert np.abs(laid - before)[:, 5:-5, 5:-5].mean() <= np.abs(after - before)[:, 5:-5, 5:-5].mean()


def test_change_of_brightness_and_gaps_do_not_shift_it__planted() -> None:
    before = town(3)
    after = np.stack([shift(band, (-0.8, 0.5), order=3, mode="nearest") for band in before]) * 1.7 + 0.4
    usable = EVERYWHERE.copy()
    usable[10:30, 60:100] = False
    before[:, ~usable] = after[:, ~usable] = 0
    found = measure_shift(noisy(before, 4), noisy(after, 5), usable)
    assert found.believed
    assert (found.rows, found.columns) == pytest.approx((0.8, -0.5), abs=0.2)


def test_two_different_places_are_not_believed() -> None:
    found = measure_shift(town(6), town(7), EVERYWHERE)
    assert not found.believed
    assert not found.applies
    assert found.reason.endswith(".")


def test_a_shift_that_is_too_large_is_not_believed__planted() -> None:
    before = town(8)
    found = measure_shift(before, np.roll(before, -6, axis=1), EVERYWHERE)
    assert LARGEST_PX < 6
    assert not found.believed
    assert "too large" in found.reason


def test_halves_that_disagree_are_not_believed__planted() -> None:
    before = town(9)
    after = before.copy()
    after[:, :, 65:] = np.roll(after, 2, axis=1)[:, :, 65:]
    after[:, :, :65] = np.roll(after, -2, axis=1)[:, :, :65]
    assert not measure_shift(before, after, EVERYWHERE).believed


def test_small_clouded_and_empty_images_are_left_as_they_lie() -> None:
    before = town()
    assert not measure_shift(before[:, :40], before[:, :40], EVERYWHERE[:40]).believed
    clouded = EVERYWHERE.copy()
    clouded[:50] = False
    assert not measure_shift(before, before, clouded).believed
    flat = measure_shift(np.zeros_like(before), np.zeros_like(before), EVERYWHERE)
    assert (flat.rows, flat.columns, flat.applies) == (0.0, 0.0, False)


def test_a_shift_loses_no_pixel_and_mixes_no_gap_in() -> None:
    image = town(2)
    usable = EVERYWHERE.copy()
    usable[40, 50] = False
    image[:, 40, 50] = 1e6
    laid = moved(image, usable, PairShift(rows=0.5, columns=-0.5, believed=True))
    assert np.isfinite(laid).all()
    assert np.abs(laid[:, usable]).max() < 100
    np.testing.assert_allclose(laid[:, 20, 30], image[:, 19:21, 30:32].mean(axis=(1, 2)), rtol=1e-5)


def test_what_is_not_believed_or_tiny_moves_nothing() -> None:
    image = town()
    assert moved(image, EVERYWHERE, PairShift(rows=1.0)) is image
    assert moved(image, EVERYWHERE, PairShift(rows=0.05, believed=True)) is image
