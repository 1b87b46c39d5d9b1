"""Change against the surroundings, beside a plain loop."""

from __future__ import annotations

import numpy as np

from imagery.detection.pair_bands import standardised
from imagery.detection.pair_context import INNER_PX, RADII_PX, context_score


def loop_context(before: np.ndarray, after: np.ndarray, usable: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """The score with explicit rings, one pixel at a time."""
    rows, columns = usable.shape
    total = np.zeros(usable.shape)
    for difference in after - before:
        for radius in RADII_PX:
            residual = np.zeros(usable.shape)
            for row in range(rows):
                for column in range(columns):
                    ring = [
                        difference[r, c]
                        for r in range(max(row - radius, 0), min(row + radius + 1, rows))
                        for c in range(max(column - radius, 0), min(column + radius + 1, columns))
                        if usable[r, c] and max(abs(r - row), abs(c - column)) > INNER_PX
                    ]
                    residual[row, column] = difference[row, column] - (np.mean(ring) if ring else 0.0)
            total += (residual / residual[sample].std()) ** 2
    return np.sqrt(total)


def images(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    before, after = rng.normal(size=(2, 2, 17, 14)).astype(np.float32)
    usable = rng.random((17, 14)) > 0.2
    sample = usable & (rng.random((17, 14)) > 0.3)
    return (*(standardised(image, usable, sample) for image in (before, after)), usable, sample)


def test_it_equals_a_loop_over_pixels() -> None:
    before, after, usable, sample = images(1)
    found, expected = (
        context_score(before, after, usable, sample),
        loop_context(before, after, usable, sample),
    )
    np.testing.assert_allclose(found[usable], expected[usable], rtol=1e-4)


def test_what_the_whole_surroundings_did_leaves_no_trace__planted() -> None:
    rng = np.random.default_rng(5)
    before = rng.normal(size=(2, 60, 80)).astype(np.float32)
    after = before + rng.normal(scale=0.05, size=before.shape).astype(np.float32)
    everywhere = np.ones((60, 80), dtype=bool)
    after[:, :, 40:] += 1.0
    after[:, 20:23, 60:66] -= 1.0
    score = context_score(before, after, everywhere, everywhere)
    assert score[20:23, 60:66].min() > 2 * np.median(score[:, 65:])
    assert np.median(score[:15, 70:]) < np.median(score[20:23, 60:66]) / 2


def test_without_any_usable_pixel_nothing_changed() -> None:
    nothing = np.zeros((5, 6), dtype=bool)
    assert (
        context_score(np.zeros((1, 5, 6), np.float32), np.zeros((1, 5, 6), np.float32), nothing, nothing) == 0
    ).all()
