"""Slow feature analysis against a plain loop, laws and planted change."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from imagery.detection.slow_features import FAST, fit_slow_features, slow_feature_score

EVERYWHERE = np.ones((24, 31), dtype=bool)


def scene(seed: int = 0, bands: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Two dates of correlated bands with another haze, noise, and nothing changed."""
    rng = np.random.default_rng(seed)
    cover = rng.normal(size=(2, *EVERYWHERE.shape))
    before = np.einsum("bk,kmn->bmn", rng.normal(size=(bands, 2)), cover) * 0.05 + 0.3
    before += rng.normal(scale=0.01, size=before.shape)
    gain, offset = rng.uniform(0.8, 1.2, (bands, 1, 1)), rng.uniform(-0.02, 0.05, (bands, 1, 1))
    after = before * gain + offset + rng.normal(scale=0.01, size=before.shape)
    return before.astype(np.float32), after.astype(np.float32)


def planted(seed: int = 0, bands: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The scene with a patch that changed, away from the middle and longer than wide."""
    before, after = scene(seed, bands)
    patch = np.zeros(EVERYWHERE.shape, dtype=bool)
    patch[3:6, 20:28] = True
    after[:, patch] += np.linspace(0.2, -0.3, bands)[:, None].astype(np.float32) * 0.8
    return before, after, patch


def loop_distance(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Slow features pixel by pixel, from a general symmetric eigenproblem instead of whitening; (B, P) each."""
    n_bands, n_pixels = before.shape
    first, second = np.empty(before.shape), np.empty(after.shape)
    for band in range(n_bands):
        for source, scaled in ((before, first), (after, second)):
            mean = sum(float(value) for value in source[band]) / n_pixels
            variance = sum((float(value) - mean) ** 2 for value in source[band]) / n_pixels
            scaled[band] = [(float(value) - mean) / variance**0.5 for value in source[band]]
    moved, picture = np.zeros((n_bands, n_bands)), np.zeros((n_bands, n_bands))
    for pixel in range(n_pixels):
        x, y = first[:, pixel], second[:, pixel]
        moved += np.outer(y - x, y - x) / n_pixels
        picture += (np.outer(x, x) + np.outer(y, y)) / (2 * n_pixels)
    slowness, directions = scipy.linalg.eigh(moved, picture)
    distances = []
    for pixel in range(n_pixels):
        total = 0.0
        for k in range(n_bands):
            if slowness[k] < FAST:
                total += float(directions[:, k] @ (second - first)[:, pixel]) ** 2 / slowness[k]
        distances.append(total**0.5)
    return np.array(distances)


@pytest.mark.parametrize("bands", [1, 2, 5])
def test_distances_equal_a_loop_over_pixels(bands: int) -> None:
    before, after, _ = planted(7, bands)
    first, second = before.reshape(bands, -1)[:, :300], after.reshape(bands, -1)[:, :300]
    found = fit_slow_features(first, second).distance(first, second)
    np.testing.assert_allclose(found, loop_distance(first, second), rtol=1e-6)


def test_slow_features_are_uncorrelated_with_their_slowness_as_variance() -> None:
    before, after = (image.reshape(4, -1).astype(np.float64) for image in scene(4))
    features = fit_slow_features(before, after)
    first = (before - features.before_mean[:, None]) / features.before_spread[:, None]
    second = (after - features.after_mean[:, None]) / features.after_spread[:, None]
    along = features.directions.T @ (second - first)
    np.testing.assert_allclose(along @ along.T / along.shape[1], np.diag(features.slowness), atol=1e-9)
    assert (np.diff(features.slowness) >= 0).all()
    assert (features.slowness[1:] < FAST).all()


@pytest.mark.parametrize("bands", [1, 2, 4, 8])
def test_a_changed_patch_scores_highest__planted(bands: int) -> None:
    before, after, patch = planted(1, bands)
    score = slow_feature_score(before, after, EVERYWHERE, control=~patch, smoothing_px=0.7)
    far = ~patch
    far[1:8, 18:30] = False
    assert np.median(score[patch]) > np.quantile(score[far], 0.999)
    assert np.unravel_index(score.argmax(), score.shape)[0] in range(3, 6)


def test_unchanged_statistics_come_from_the_control() -> None:
    before, after, patch = planted(2)
    wide = patch.copy()
    wide[0:12, 10:31] = True
    after[:, wide & ~patch] += np.float32(0.1)
    inside = slow_feature_score(before, after, EVERYWHERE, control=~wide, smoothing_px=0)
    everywhere = slow_feature_score(before, after, EVERYWHERE, smoothing_px=0)
    assert np.median(inside[~wide]) == pytest.approx(1.5, abs=0.5)
    assert np.median(inside[patch]) / np.median(inside[~wide]) > np.median(everywhere[patch]) / np.median(
        everywhere[~wide]
    )


@settings(max_examples=20, deadline=None)
@given(
    gains=st.lists(st.floats(0.1, 10), min_size=8, max_size=8),
    offsets=st.lists(st.floats(-1, 1), min_size=8, max_size=8),
    order=st.permutations(range(4)),
)
def test_gain_offset_and_order_of_bands_do_not_matter(
    gains: list[float], offsets: list[float], order: list[int]
) -> None:
    before, after, _ = planted(3)
    expected = slow_feature_score(before, after, EVERYWHERE)
    gain, offset = np.reshape(gains, (2, 4, 1, 1)), np.reshape(offsets, (2, 4, 1, 1))
    images = [
        (image * gain[k] + offset[k])[order].astype(np.float32) for k, image in enumerate((before, after))
    ]
    np.testing.assert_allclose(slow_feature_score(*images, EVERYWHERE), expected, rtol=2e-2, atol=1e-3)


def test_which_date_comes_first_does_not_matter() -> None:
    before, after, _ = planted(3)
    np.testing.assert_allclose(
        slow_feature_score(before, after, EVERYWHERE),
        slow_feature_score(after, before, EVERYWHERE),
        rtol=1e-5,
    )


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_a_missing_pixel_never_becomes_change(seed: int) -> None:
    before, after = scene(seed)
    gone = np.random.default_rng(seed).random(EVERYWHERE.shape) < 0.3
    clean = slow_feature_score(before, after, ~gone)
    before[0, gone], after[2, gone] = np.nan, 50.0
    found = slow_feature_score(before, after, ~gone)
    assert np.isnan(found[gone]).all()
    np.testing.assert_array_equal(found, clean)
    assert np.nanmax(found) < 6


def test_repeated_and_constant_bands_change_nothing() -> None:
    before, after, _ = planted(5)
    expected = slow_feature_score(before, after, EVERYWHERE)
    flat = np.full((1, *EVERYWHERE.shape), 0.1, np.float32)
    more = [np.concatenate([image, image[:2], flat]) for image in (before, after)]
    np.testing.assert_allclose(slow_feature_score(*more, EVERYWHERE), expected, rtol=1e-3)


def test_identical_dates_score_zero_and_constant_images_too() -> None:
    before, _ = scene()
    assert (slow_feature_score(before, before, EVERYWHERE) == 0).all()
    flat = np.full((3, *EVERYWHERE.shape), 0.4, np.float32)
    assert (slow_feature_score(flat, flat * 2, EVERYWHERE) == 0).all()


def test_all_nan_gives_no_score_and_no_warning() -> None:
    nothing = np.full((3, *EVERYWHERE.shape), np.nan, np.float32)
    assert np.isnan(slow_feature_score(nothing, nothing, EVERYWHERE)).all()


def test_zero_control_pixels_fall_back_to_all_ground() -> None:
    before, after, _ = planted(6)
    found = slow_feature_score(before, after, EVERYWHERE, control=np.zeros_like(EVERYWHERE))
    np.testing.assert_array_equal(found, slow_feature_score(before, after, EVERYWHERE))
