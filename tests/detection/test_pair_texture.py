"""Edges that came or went."""

from __future__ import annotations

import numpy as np

from imagery.detection.pair_texture import EDGE_PX, edge_strength, fill_gaps, texture_score


def loop_edges(image: np.ndarray) -> np.ndarray:
    """Gradient by the derivative of a Gaussian, written as a sum over neighbours; mirrored at the edge."""
    reach = int(4 * EDGE_PX + 0.5)
    steps = np.arange(-reach, reach + 1)
    weight = np.exp(-(steps**2) / (2 * EDGE_PX**2))
    weight /= weight.sum()
    wide = np.pad(image, reach, mode="symmetric")
    found = np.zeros(image.shape)
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            part = wide[row : row + 2 * reach + 1, column : column + 2 * reach + 1]
            down = sum(weight[i] * steps[i] * (part[i] @ weight) for i in range(len(steps))) / EDGE_PX**2
            right = sum(weight[i] * steps[i] * (part[:, i] @ weight) for i in range(len(steps))) / EDGE_PX**2
            found[row, column] = np.hypot(down, right)
    return found


def test_edges_equal_a_loop_over_pixels() -> None:
    image = np.random.default_rng(1).normal(size=(11, 15))
    np.testing.assert_allclose(edge_strength(image), loop_edges(image), rtol=1e-6, atol=1e-9)


def test_the_score_adds_bands_in_standard_deviations_of_the_sample() -> None:
    before, after = np.random.default_rng(2).normal(size=(2, 3, 20, 12)).astype(np.float32)
    everywhere, sample = np.ones((20, 12), dtype=bool), np.zeros((20, 12), dtype=bool)
    sample[:, :7] = True
    expected = np.zeros((20, 12))
    for first, second in zip(before, after, strict=True):
        moved = np.sqrt(loop_edges(second)) - np.sqrt(loop_edges(first))
        expected += (moved / moved[sample].std()) ** 2
    np.testing.assert_allclose(texture_score(before, after, everywhere, sample), np.sqrt(expected), rtol=1e-3)


def test_a_yard_that_fills_up_at_the_same_mean_colour_is_seen__planted() -> None:
    rng = np.random.default_rng(3)
    before = rng.normal(scale=0.1, size=(2, 40, 60)).astype(np.float32)
    after = before + rng.normal(scale=0.02, size=before.shape).astype(np.float32)
    stripes = np.where(np.arange(12) // 2 % 2, 1.0, -1.0).astype(np.float32)
    after[:, 10:20, 40:52] += stripes
    everywhere = np.ones((40, 60), dtype=bool)
    score = texture_score(before, after, everywhere, everywhere)
    assert np.median(score[11:19, 41:51]) > 4 * np.median(score[:, :30])


def test_the_rim_of_a_gap_is_no_edge() -> None:
    before = np.full((1, 15, 21), 3.0, np.float32)
    usable = np.ones((15, 21), dtype=bool)
    usable[4:9, 6:14] = False
    before[:, ~usable] = 0.0
    assert (fill_gaps(before, usable) == 3).all()
    rng = np.random.default_rng(4)
    noisy = before + rng.normal(scale=0.01, size=before.shape).astype(np.float32)
    score = texture_score(noisy, noisy[:, ::-1].copy(), usable, usable)
    rim = np.zeros_like(usable)
    rim[3:10, 5:15] = True
    assert score[rim & usable].mean() < 3 * score[~rim].mean()


def test_gaps_take_the_nearest_pixel_and_a_full_or_empty_image_stays() -> None:
    image = np.array([[[1.0, 9.0, 9.0, 4.0]]], np.float32)
    usable = np.array([[True, False, False, True]])
    np.testing.assert_array_equal(fill_gaps(image, usable)[0, 0], [1, 1, 4, 4])
    assert fill_gaps(image, ~np.zeros_like(usable)) is image
    assert fill_gaps(image, np.zeros_like(usable)) is image
