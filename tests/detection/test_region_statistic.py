"""The level at which connected ground still has enough pixels, against flooding by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imagery.detection.region_statistic import region_statistic
from imagery.errors import ParameterError

scores = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=7),
    elements=st.one_of(st.integers(0, 6).map(float), st.just(float("nan"))),
)


def region_size(score: np.ndarray, start: tuple[int, int], level: float) -> int:
    """Pixels that hang together with a pixel, over eight neighbours, at or above a level."""
    open_, seen = [start], {start}
    while open_:
        row, column = open_.pop()
        for r in range(max(0, row - 1), min(score.shape[0], row + 2)):
            for c in range(max(0, column - 1), min(score.shape[1], column + 2)):
                if (r, c) not in seen and score[r, c] >= level:
                    seen.add((r, c))
                    open_.append((r, c))
    return len(seen)


def plain_statistic(score: np.ndarray, least: int) -> np.ndarray:
    result = np.full(score.shape, np.nan)
    for place in np.ndindex(score.shape):
        if not np.isnan(score[place]):
            levels = [v for v in np.unique(score[~np.isnan(score)]) if v <= score[place]]
            enough = [v for v in levels if region_size(score, place, v) >= least]
            result[place] = max(enough, default=np.nan)
    return result


@given(scores, st.integers(1, 6))
@settings(max_examples=150, deadline=None)
def test_the_statistic_is_what_flooding_by_hand_gives(score: np.ndarray, least: int) -> None:
    np.testing.assert_array_equal(
        region_statistic(score, least), plain_statistic(score, least).astype(np.float32)
    )


@given(scores)
@settings(deadline=None)
def test_a_region_of_one_pixel_is_the_score_itself(score: np.ndarray) -> None:
    np.testing.assert_array_equal(region_statistic(score, 1), score)


def test_a_strip_aslant_is_one_region() -> None:
    score = np.eye(4, dtype=np.float32) * 5
    assert region_statistic(score, 4).max() == 5


def test_the_scores_are_left_as_they_are() -> None:
    score = np.array([[np.nan, 3.0], [1.0, 2.0]])
    region_statistic(score, 2)
    np.testing.assert_array_equal(score, [[np.nan, 3.0], [1.0, 2.0]])


def test_a_region_without_pixels_is_refused() -> None:
    with pytest.raises(ParameterError, match="at least 1 pixel"):
        region_statistic(np.zeros((2, 2)), 0)
