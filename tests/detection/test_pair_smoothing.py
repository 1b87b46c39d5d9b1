"""Smoothing that honours missing data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imagery.detection.pair_smoothing import smooth
from imagery.errors import GridMismatchError, ParameterError


def loop_smooth(image: np.ndarray, valid: np.ndarray, sigma: float) -> np.ndarray:
    """Weighted mean of the valid pixels within four sigma of each, one pixel at a time."""
    reach = int(4 * sigma + 0.5)
    found = np.full(image.shape, np.nan)
    for row, column in zip(*np.nonzero(valid), strict=True):
        total = weights = 0.0
        for r in range(max(row - reach, 0), min(row + reach + 1, image.shape[0])):
            for c in range(max(column - reach, 0), min(column + reach + 1, image.shape[1])):
                if valid[r, c]:
                    weight = np.exp(-((r - row) ** 2 + (c - column) ** 2) / (2 * sigma**2))
                    total, weights = total + weight * image[r, c], weights + weight
        found[row, column] = total / weights
    return found


def test_it_equals_a_loop_over_pixels() -> None:
    rng = np.random.default_rng(1)
    image, valid = rng.normal(size=(13, 9)), rng.random((13, 9)) > 0.3
    np.testing.assert_allclose(smooth(image, valid, 1.3), loop_smooth(image, valid, 1.3), rtol=1e-5)


def test_values_under_a_gap_are_never_read() -> None:
    rng = np.random.default_rng(2)
    image, valid = rng.normal(size=(12, 15)), rng.random((12, 15)) > 0.4
    dirty = np.where(valid, image, np.nan)
    dirty[~valid] = np.where(np.arange((~valid).sum()) % 2, np.inf, 1e30)
    np.testing.assert_array_equal(smooth(dirty, valid, 2.0), smooth(image, valid, 2.0))


@settings(max_examples=30, deadline=None)
@given(
    valid=hnp.arrays(bool, (8, 11)),
    value=st.floats(-1e3, 1e3, width=32),
    sigma=st.floats(0.0, 5.0),
)
def test_a_constant_stays_that_constant_beside_gaps_and_edges(
    valid: np.ndarray, value: float, sigma: float
) -> None:
    found = smooth(np.full(valid.shape, value), valid, sigma)
    np.testing.assert_allclose(found[valid], value, rtol=1e-5, atol=1e-6)
    assert np.isnan(found[~valid]).all()


def test_without_smoothing_the_values_stay() -> None:
    image = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(smooth(image, np.ones((2, 3), dtype=bool), 0.0), image)


def test_a_negative_smoothing_and_other_shapes_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"-1\.0"):
        smooth(np.zeros((2, 2)), np.ones((2, 2), dtype=bool), -1.0)
    with pytest.raises(GridMismatchError, match=r"\(2, 3\)"):
        smooth(np.zeros((2, 2)), np.ones((2, 3), dtype=bool), 1.0)
