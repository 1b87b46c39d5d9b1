"""Where control ground is too small for the rate that was asked, the tail of its scores raises the threshold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.detection.calibration import LEAST_TAIL, TAIL_SHARE, choose_threshold, tail_threshold
from imagery.detection.scores import ControlStatistics
from imagery.domain import Settings


def controls(
    cells: np.ndarray, *, per_site: float = 10.0, blocks: np.ndarray | None = None
) -> ControlStatistics:
    return ControlStatistics(
        block_scores=np.sort(np.zeros(0) if blocks is None else blocks),
        n_pixels=1000,
        n_trimmed=0,
        block_px=16,
        min_region_px=3,
        cell_scores=np.sort(cells),
        cells_per_site=per_site,
    )


def test_the_threshold_is_that_of_a_sum_by_hand() -> None:
    cells = np.arange(1.0, 51.0)
    k = 10
    slope = sum(math.log(value / 40) for value in range(41, 51)) / k * (1 + 1 / math.sqrt(k))
    expected = 40 * math.exp(slope * math.log(10 * k / 50 / 0.02))
    assert tail_threshold(controls(cells), 0.02) == pytest.approx(expected)


@pytest.mark.parametrize("shape", [3.0, 6.0])
def test_quiet_sites_seldom_pass_it__planted(shape: float) -> None:
    rng = np.random.default_rng(int(shape))
    passed = []
    for _ in range(400):
        cells = 1 + rng.pareto(shape, 200)
        sites = (1 + rng.pareto(shape, (50, 10))).max(1)
        passed.append((sites >= tail_threshold(controls(cells), 0.02)).mean())
    assert np.mean(passed) <= 0.02
    assert np.mean(passed) > 0.0005, "a threshold that nothing passes proves nothing"


@given(st.integers(0, math.ceil(LEAST_TAIL / TAIL_SHARE) - 1))
def test_from_too_few_cells_no_tail_is_read(n: int) -> None:
    assert tail_threshold(controls(np.arange(1.0, 1.0 + n)), 0.02) == -math.inf


@given(st.floats(0.001, 0.5), st.floats(1.0, 3.0))
def test_a_rarer_false_signal_never_lowers_it(share: float, factor: float) -> None:
    cells = 1 + np.random.default_rng(2).pareto(4, 100)
    assert tail_threshold(controls(cells), share / factor) >= tail_threshold(controls(cells), share)


def test_it_only_raises_what_the_blocks_say_and_promises_nothing() -> None:
    rng = np.random.default_rng(3)
    cells, blocks = 1 + rng.pareto(4, 200), np.array([2.0, 2.5, 3.0])
    found = choose_threshold(controls(cells, blocks=blocks), period_years=1, settings=Settings.of())
    assert found.value > 3.0
    assert found.promised_rate_per_1000 == pytest.approx(250)
    assert not found.kept
    assert "raised" in found.sentence_en
    assert "verhoogd" in found.sentence_nl


def test_without_a_block_as_large_as_the_site_its_cells_bound_the_promise() -> None:
    cells = np.arange(1.0, 100.0)
    statistics = controls(cells, per_site=4.0)
    found = choose_threshold(statistics, period_years=1, settings=Settings.of())
    assert found.promised_rate_per_1000 == pytest.approx(1000 * 4 / 100)
    assert statistics.p_value(1000.0) == pytest.approx(4 / 100)
    assert statistics.p_value(0.0) == 1.0


def test_scores_with_gaps_are_refused() -> None:
    with pytest.raises(ValueError, match="cell_scores"):
        controls(np.array([1.0, np.nan]))
