"""The yearly rhythm: coefficients that were planted, clouds that do not matter, and a plain least-squares oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagery.detection.harmonic import (
    RIDGE,
    TUKEY,
    coefficients_of,
    design,
    fit_rhythm,
    invert,
    leverage,
    mean_scale,
    penalty,
    predict,
    tukey_weights,
)

DAYS = np.arange(17_000, 17_000 + 1096, 10)


def plain_fit(values: np.ndarray, usable: np.ndarray, basis: np.ndarray, order: int) -> np.ndarray:
    """One pixel by itself, in double precision, with `np.linalg.lstsq` on rows for the ridge."""
    columns = 1 + 2 * order
    a = basis[:, :columns].astype(float)
    n_watched = min(2, len(values))
    weights = usable.astype(float)
    ridge = np.diag(np.sqrt(np.asarray(RIDGE[:columns])))

    def solve(y: np.ndarray) -> np.ndarray:
        root = np.sqrt(weights)[:, None]
        rows = np.vstack([a * root, ridge])
        return np.linalg.lstsq(rows, np.concatenate([y * root[:, 0], np.zeros(columns)]), rcond=None)[0]

    for _ in range(2):
        residual = np.stack([values[f] - a @ solve(values[f]) for f in range(n_watched)])
        scale = 1.2533 * (np.abs(residual) * weights).sum(1) / weights.sum()
        distance = ((residual / (TUKEY * scale[:, None])) ** 2).mean(0)
        weights = usable * np.maximum(1 - distance, 0) ** 2
    full = np.zeros((len(values), basis.shape[1]))
    full[:, :columns] = [solve(y) for y in values]
    return full


def noisy(
    rng: np.random.Generator, n_features: int, n_pixels: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    basis = design(DAYS)
    truth = rng.normal(size=(n_features, n_pixels, 5)) * [1, 0.3, 0.3, 0.1, 0.1]
    values = truth @ basis.T + 0.02 * rng.normal(size=(n_features, n_pixels, len(DAYS)))
    return truth, values.astype(np.float32), basis


@pytest.mark.parametrize("n_features", [1, 2, 4])
def test_the_fit_is_that_of_a_plain_loop_over_pixels(n_features: int) -> None:
    rng = np.random.default_rng(3)
    _, values, basis = noisy(rng, n_features, 12)
    usable = (rng.random((12, len(DAYS))) < 0.5).astype(np.float32)
    spoilt = rng.random((12, len(DAYS))) < 0.05
    values[:, spoilt] += 0.3
    order = np.array([1, 2] * 6)
    rhythm = fit_rhythm(values, usable, basis, order)
    for pixel in range(12):
        expected = plain_fit(values[:, pixel].astype(float), usable[pixel], basis, int(order[pixel]))
        np.testing.assert_allclose(rhythm.coefficients[:, pixel], expected, atol=2e-4)


def test_planted_coefficients_are_found_through_cloud__planted() -> None:
    rng = np.random.default_rng(5)
    truth, values, basis = noisy(rng, 2, 60)
    usable = (rng.random((60, len(DAYS))) < 0.6).astype(np.float32)
    values[:, rng.random((60, len(DAYS))) < 0.08] += 0.5
    found = fit_rhythm(values, usable, basis, np.full(60, 2)).coefficients
    assert np.abs(found - truth)[:, :, 0].max() < 0.03
    assert np.median(np.abs(found - truth)) < 0.006


def test_order_one_has_no_second_harmonic_and_order_nought_no_season() -> None:
    rng = np.random.default_rng(6)
    _, values, basis = noisy(rng, 1, 3)
    found = fit_rhythm(values, np.ones((3, len(DAYS)), np.float32), basis, np.array([0, 1, 2])).coefficients[
        0
    ]
    assert np.abs(found[0, 1:]).max() < 1e-3
    assert np.abs(found[1, 3:]).max() < 1e-3
    assert np.abs(found[2, 3:]).max() > 1e-3


@given(st.integers(0, 1000), st.floats(-2, 2), st.floats(0.1, 5))
@settings(max_examples=20, deadline=None)
def test_gain_and_offset_go_through_the_fit(seed: int, offset: float, gain: float) -> None:
    rng = np.random.default_rng(seed)
    _, values, basis = noisy(rng, 2, 4)
    usable = np.ones((4, len(DAYS)), np.float32)
    plain = fit_rhythm(values, usable, basis, np.full(4, 1)).coefficients
    moved = fit_rhythm((gain * values + offset).astype(np.float32), usable, basis, np.full(4, 1)).coefficients
    expected = gain * plain
    expected[:, :, 0] += offset
    np.testing.assert_allclose(moved, expected, atol=6e-3 * max(gain, 1))


def test_a_pixel_without_observations_is_no_error_and_knows_nothing() -> None:
    basis = design(DAYS)
    rhythm = fit_rhythm(
        np.zeros((1, 1, len(DAYS)), np.float32), np.zeros((1, len(DAYS)), np.float32), basis, np.array([2])
    )
    assert np.isfinite(rhythm.coefficients).all()
    assert rhythm.spread[0, 0, 0] > 1e6


def test_the_inverse_is_that_of_linear_algebra() -> None:
    rng = np.random.default_rng(1)
    root = rng.normal(size=(50, 5, 8))
    matrices = (root @ root.transpose(0, 2, 1)).astype(np.float32)
    np.testing.assert_allclose(invert(matrices), np.linalg.inv(matrices.astype(float)), rtol=2e-3, atol=2e-3)


def test_leverage_is_the_quadratic_form_of_the_plain_formula() -> None:
    basis = design(DAYS)
    spread = invert((basis.T @ basis)[None] + penalty(np.array([2])))
    plain = [row @ spread[0] @ row for row in basis]
    np.testing.assert_allclose(leverage(spread, basis)[0], plain, rtol=1e-3)


def test_days_that_were_never_seen_are_less_sure() -> None:
    basis = design(DAYS)
    summer = np.cos(2 * np.pi * (DAYS - 17_000) / 365.25) > 0.3
    usable = summer.astype(np.float32)[None]
    rhythm = fit_rhythm(np.zeros((1, 1, len(DAYS)), np.float32), usable, basis, np.array([1]))
    error = leverage(rhythm.spread, basis)[0]
    assert error[~summer].max() > 5 * error[summer].max()


def test_the_scale_of_normal_noise_is_its_standard_deviation() -> None:
    noise = np.random.default_rng(0).normal(0, 3, (1, 1, 20_000)).astype(np.float32)
    assert mean_scale(noise, np.ones((1, 20_000), np.float32))[0, 0] == pytest.approx(3, rel=0.02)


def test_weights_fall_from_one_to_nought_at_the_limit() -> None:
    residual = np.array([[[0.0, TUKEY / 2, TUKEY, 10.0]]], np.float32)
    weights = tukey_weights(residual, np.ones((1, 4), np.float32), np.ones((1, 1), np.float32))
    np.testing.assert_allclose(weights[0], [1, (1 - 0.25) ** 2, 0, 0], atol=1e-6)


def test_bands_get_the_rhythm_that_a_fit_of_their_own_would_give_them() -> None:
    rng = np.random.default_rng(8)
    _, values, basis = noisy(rng, 2, 5)
    rhythm = fit_rhythm(values, np.ones((5, len(DAYS)), np.float32), basis, np.full(5, 2))
    np.testing.assert_allclose(coefficients_of(values, rhythm, basis), rhythm.coefficients, atol=1e-5)
    np.testing.assert_allclose(predict(rhythm.coefficients, basis), rhythm.coefficients @ basis.T, atol=1e-5)
