"""The threshold that asks for no share of change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagery.detection.pair_threshold import FEWEST, automatic_threshold
from imagery.errors import GridMismatchError, NotEnoughHistoryError

EVERYWHERE = np.ones((120, 90), dtype=bool)


def log_normal(seed: int = 0) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(scale=0.4, size=EVERYWHERE.shape))


def test_it_is_the_upper_fence_on_the_log() -> None:
    score = log_normal()
    middle, upper = np.percentile(np.log(score), (50, 75))
    assert np.log(automatic_threshold(score, EVERYWHERE)) == pytest.approx(middle + 4 * (upper - middle))


def test_about_one_in_three_hundred_unchanged_log_normal_pixels_lies_above() -> None:
    score = log_normal()
    assert (score > automatic_threshold(score, EVERYWHERE)).mean() == pytest.approx(0.0035, abs=0.002)


@pytest.mark.parametrize("share", [0.001, 0.02, 0.1])
def test_planted_change_is_cut_out_whatever_its_share__planted(share: float) -> None:
    score = log_normal(1)
    changed = np.random.default_rng(2).random(score.shape) < share
    score[changed] *= 20
    flagged = score > automatic_threshold(score, EVERYWHERE)
    assert flagged[changed].mean() > 0.98
    assert flagged[~changed].mean() < 0.005


@settings(max_examples=25, deadline=None)
@given(factor=st.floats(1e-3, 1e3))
def test_it_grows_with_the_scores(factor: float) -> None:
    score = log_normal()
    assert automatic_threshold(score * factor, EVERYWHERE) == pytest.approx(
        factor * automatic_threshold(score, EVERYWHERE)
    )


def test_only_control_with_a_score_counts() -> None:
    score = log_normal()
    control = np.zeros_like(EVERYWHERE)
    control[:, :40] = True
    expected = automatic_threshold(score[:, :40], EVERYWHERE[:, :40])
    wild = score.copy()
    wild[:, 40:] = 1e6
    assert automatic_threshold(wild, control) == pytest.approx(expected)
    wild[:, 40:] = np.nan
    assert automatic_threshold(wild, EVERYWHERE) == pytest.approx(expected)


def test_identical_images_flag_nothing() -> None:
    score = np.zeros(EVERYWHERE.shape)
    assert not (score > automatic_threshold(score, EVERYWHERE)).any()


def test_too_little_control_is_refused_with_the_numbers() -> None:
    score = np.full((10, 10), np.nan)
    score[0, :7] = 1
    with pytest.raises(NotEnoughHistoryError, match="got 7") as caught:
        automatic_threshold(score, np.ones((10, 10), dtype=bool))
    assert (caught.value.have, caught.value.need) == (7, FEWEST)
    with pytest.raises(GridMismatchError, match=r"\(3, 3\)"):
        automatic_threshold(score, np.ones((3, 3), dtype=bool))
