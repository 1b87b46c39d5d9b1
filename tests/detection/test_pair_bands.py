"""Which pixels count, and bands on a common scale."""

from __future__ import annotations

import numpy as np
import pytest

from imagery.detection.pair_bands import (
    PIXELS_PER_BAND,
    moments,
    standardised,
    unchanged_sample,
    usable_pixels,
)
from imagery.errors import GridMismatchError


def test_one_nan_in_one_band_of_one_date_makes_a_pixel_unusable() -> None:
    before, after = np.zeros((2, 3, 4), np.float32), np.zeros((2, 3, 4), np.float32)
    valid = np.ones((3, 4), dtype=bool)
    before[1, 0, 1], after[0, 2, 3], valid[1, 0] = np.nan, np.inf, False
    expected = np.ones((3, 4), dtype=bool)
    expected[[0, 2, 1], [1, 3, 0]] = False
    np.testing.assert_array_equal(usable_pixels(before, after, valid), expected)


@pytest.mark.parametrize(
    ("before", "after", "valid"),
    [
        ((2, 3, 4), (2, 4, 3), (3, 4)),
        ((2, 3, 4), (1, 3, 4), (3, 4)),
        ((2, 3, 4), (2, 3, 4), (4, 3)),
        ((3, 4), (3, 4), (3, 4)),
        ((0, 3, 4), (0, 3, 4), (3, 4)),
    ],
)
def test_images_that_do_not_fit_are_refused(before: tuple, after: tuple, valid: tuple) -> None:
    with pytest.raises(GridMismatchError, match=r"\(B, M, N\)"):
        usable_pixels(np.zeros(before, np.float32), np.zeros(after, np.float32), np.ones(valid, dtype=bool))


def test_control_serves_when_it_is_enough_and_all_ground_when_it_is_not() -> None:
    usable = np.ones((10, 10), dtype=bool)
    usable[0] = False
    control = np.zeros((10, 10), dtype=bool)
    control[:, 0] = True
    np.testing.assert_array_equal(unchanged_sample(usable, control, 1), usable)
    control[:, 1] = True
    assert np.count_nonzero(usable & control) >= PIXELS_PER_BAND
    np.testing.assert_array_equal(unchanged_sample(usable, control, 1), usable & control)
    np.testing.assert_array_equal(unchanged_sample(usable, None, 1), usable)


def test_control_of_another_shape_is_refused() -> None:
    with pytest.raises(GridMismatchError, match=r"\(2, 2\)"):
        unchanged_sample(np.ones((3, 3), dtype=bool), np.ones((2, 2), dtype=bool), 1)


def test_standardised_bands_have_mean_0_and_spread_1_over_the_sample() -> None:
    rng = np.random.default_rng(3)
    image = rng.normal(5, 2, size=(3, 20, 30)).astype(np.float32)
    usable = rng.random((20, 30)) > 0.1
    sample = usable & (rng.random((20, 30)) > 0.5)
    found = standardised(image, usable, sample)
    np.testing.assert_allclose(found[:, sample].mean(axis=1), 0, atol=1e-5)
    np.testing.assert_allclose(found[:, sample].std(axis=1), 1, atol=1e-5)
    assert (found[:, ~usable] == 0).all()


def test_a_constant_band_has_no_say() -> None:
    mean, spread = moments(np.array([[0.2] * 5, [1.0, 2, 3, 4, 5]]))
    assert mean[0] == pytest.approx(0.2)
    assert np.isinf(spread[0])
    assert spread[1] == pytest.approx(np.sqrt(2))
    everywhere = np.ones((4, 5), dtype=bool)
    assert (standardised(np.full((1, 4, 5), 0.2, np.float32), everywhere, everywhere) == 0).all()
