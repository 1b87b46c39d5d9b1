"""Control blocks, the threshold they give, and whether its promise is kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from scipy.stats import binom

from imagery.detection.calibration import (
    USABLE_SHARE,
    block_statistics,
    choose_threshold,
    control_statistics,
    plainly_changed,
)
from imagery.detection.region_statistic import region_statistic
from imagery.detection.scores import NO_DAY, ControlStatistics, ScoreMap
from imagery.domain import Settings
from imagery.errors import DetectionError, GridMismatchError, ParameterError


def score_map(score: np.ndarray) -> ScoreMap:
    none = np.full(score.shape, NO_DAY)
    return ScoreMap(
        score=score.astype(np.float32),
        last_unchanged=none,
        first_changed=none,
        before={},
        after={},
        method="series",
    )


def quiet_scores(seed: int, shape: tuple[int, int] = (100, 100)) -> np.ndarray:
    """Scores of ground on which nothing happened: skewed, and alike in neighbours."""
    rng = np.random.default_rng(seed)
    field = gaussian_filter(rng.normal(size=shape), 1.0, mode="wrap")
    return np.exp(0.3 * field / field.std() + 0.7)


def statistics(block_scores: list[float], **changes: object) -> ControlStatistics:
    values = {"n_pixels": 1000, "n_trimmed": 0, "block_px": 10, "min_region_px": 3}
    return ControlStatistics(block_scores=np.sort(np.asarray(block_scores, float)), **{**values, **changes})  # type: ignore[arg-type]


def asked(rate: float) -> Settings:
    return Settings.of(false_signals_per_1000_site_years=rate)


# Blocks -------------------------------------------------------------------------------------------------------------


def plain_blocks(score: np.ndarray, side: int, least: int, row: int, column: int) -> list[float]:
    found = []
    for r in range(row, score.shape[0] - side + 1, side):
        for c in range(column, score.shape[1] - side + 1, side):
            block = score[r : r + side, c : c + side]
            if np.isfinite(block).mean() >= USABLE_SHARE:
                best = np.nanmax(np.nan_to_num(region_statistic(block, least), nan=-1))
                found += [best] if best >= 0 else []
    return found


@pytest.mark.parametrize("side", [3, 7, 10])
def test_blocks_are_judged_each_by_itself_as_in_a_plain_loop(side: int) -> None:
    score = quiet_scores(1, (43, 38)).astype(np.float32)
    score[10:14, 5:30] = np.nan
    found = np.sort(block_statistics(score, side, 3))
    step = max(1, side // 4)
    layouts = [plain_blocks(score, side, 3, r, c) for r in range(0, side, step) for c in range(0, side, step)]
    most = max(len(layout) for layout in layouts)
    assert any(
        len(layout) == most and np.allclose(np.sort(layout), found, rtol=1e-6) for layout in layouts
    ), "one of the layouts with most blocks"


def test_a_block_is_as_large_as_the_watched_ground() -> None:
    score = quiet_scores(2)
    watched = np.zeros(score.shape, bool)
    watched[40:52, 40:58] = True
    found = control_statistics(score_map(score), ~watched, watched, min_region_px=3)
    assert found.block_px == round((12 * 18) ** 0.5)
    assert 25 <= found.n_blocks <= 45
    assert found.n_pixels + found.n_trimmed == (~watched).sum()
    assert (np.diff(found.block_scores) >= 0).all()


def test_watched_ground_and_ground_that_cannot_be_judged_are_no_control() -> None:
    score = quiet_scores(3)
    watched = np.zeros(score.shape, bool)
    watched[:10, :10] = True
    score[watched] = 1e6
    score[50:, :] = np.nan
    found = control_statistics(score_map(score), np.ones(score.shape, bool), watched, min_region_px=3)
    assert found.block_scores.max() < 100
    assert found.n_pixels <= 50 * 100 - 100


def test_small_surroundings_hold_few_blocks_and_that_is_what_it_is() -> None:
    score = quiet_scores(4, (30, 30))
    watched = np.zeros(score.shape, bool)
    watched[:14, :14] = True
    found = control_statistics(score_map(score), ~watched, watched, min_region_px=3)
    assert 1 <= found.n_blocks <= 3


def test_other_shapes_and_nothing_watched_are_refused() -> None:
    score = score_map(quiet_scores(5, (20, 20)))
    all_ground = np.ones((20, 20), bool)
    with pytest.raises(GridMismatchError):
        control_statistics(score, all_ground[:5], all_ground, min_region_px=3)
    with pytest.raises(ParameterError, match="watched"):
        control_statistics(score, all_ground, ~all_ground, min_region_px=3)


# Trimming -----------------------------------------------------------------------------------------------------------


def test_plain_changes_are_trimmed_with_their_rims__planted() -> None:
    score = quiet_scores(6)
    score[20:26, 30:36] = 40
    score[19, 30:36] = 7
    changed = plainly_changed(score.astype(np.float32))
    assert changed[20:26, 30:36].all()
    assert changed[19, 30:36].all()
    outside = np.ones(score.shape, bool)
    outside[15:31, 25:41] = False
    assert changed[outside].sum() == 0


def test_of_quiet_ground_hardly_anything_is_trimmed() -> None:
    shares = [plainly_changed(quiet_scores(seed).astype(np.float32)).mean() for seed in range(20)]
    assert np.mean(shares) < 1e-3


def test_ground_that_changes_by_nature_is_not_trimmed() -> None:
    score = quiet_scores(7)
    score[:, :30] = 60
    assert not plainly_changed(score.astype(np.float32)).any()


def test_constant_and_empty_ground_is_not_trimmed() -> None:
    assert not plainly_changed(np.full((5, 5), 2.0, np.float32)).any()
    assert not plainly_changed(np.full((5, 5), np.nan, np.float32)).any()


# The threshold ------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=300),
    st.floats(1, 900),
    st.floats(0.1, 3),
)
@settings(deadline=None)
def test_a_site_passes_only_when_its_p_value_is_within_the_promise(
    blocks: list[float], rate: float, years: float
) -> None:
    controls = statistics(blocks)
    found = choose_threshold(controls, period_years=years, settings=asked(rate))
    promised = found.promised_rate_per_1000 / 1000 * years
    assert controls.p_value(found.value) <= promised + 1e-9
    if found.kept:
        assert found.promised_rate_per_1000 <= rate * (1 + 1e-6)
        below = np.nextafter(found.value, -np.inf)
        # The threshold is the lowest: a hair lower and the asked rate is broken (unless every block may pass).
        assert controls.p_value(below) > rate / 1000 * years - 1e-9 or controls.p_value(below) == 1
    else:
        assert found.promised_rate_per_1000 > rate
        assert promised == pytest.approx(1 / (len(blocks) + 1))
        assert found.value > max(blocks)


def test_what_a_hundred_blocks_promise() -> None:
    controls = statistics([float(i) for i in range(99)])
    two = choose_threshold(controls, period_years=1.0, settings=asked(20))
    assert two.kept
    assert two.promised_rate_per_1000 == pytest.approx(20)
    assert 97 < two.value < 97.001
    half = choose_threshold(controls, period_years=0.5, settings=asked(20))
    assert half.promised_rate_per_1000 == pytest.approx(20)
    assert 98 < half.value < 98.001
    one = choose_threshold(controls, period_years=1.0, settings=asked(5))
    assert not one.kept
    assert one.promised_rate_per_1000 == pytest.approx(10)


def test_more_false_signals_never_raise_the_threshold() -> None:
    controls = statistics(list(np.random.default_rng(0).gumbel(size=150)))
    values = [
        choose_threshold(controls, period_years=1.0, settings=asked(r)).value
        for r in (1, 10, 20, 50, 100, 300)
    ]
    assert values == sorted(values, reverse=True)


def test_the_promise_is_said_in_both_languages() -> None:
    controls = statistics([float(i) for i in range(132)])
    kept = choose_threshold(controls, period_years=1.0, settings=asked(20))
    assert "132 blocks" in kept.sentence_en
    assert "15 false signals per 1,000 site-years" in kept.sentence_en
    assert "132 vlakken" in kept.sentence_nl
    assert "15 onterechte signalen per 1.000 locatiejaren" in kept.sentence_nl
    short = choose_threshold(controls, period_years=1.0, settings=asked(2.5))
    assert "At most 2.5" in short.sentence_en
    assert "hoogstens 2,5" in short.sentence_nl
    assert "7.52" in short.sentence_en
    assert "7,52" in short.sentence_nl


def test_no_control_ground_at_all_is_an_error() -> None:
    with pytest.raises(DetectionError, match="no block"):
        choose_threshold(statistics([]), period_years=1.0, settings=Settings.of())


def test_a_period_without_length_is_refused() -> None:
    with pytest.raises(ParameterError, match="longer than 0"):
        choose_threshold(statistics([1.0]), period_years=0.0, settings=Settings.of())


def test_the_promised_rate_is_the_rate_that_comes_out__planted() -> None:
    """Quiet scenes, one block of each taken as the site: flags must come about as often as promised."""
    flagged = expected = n = 0.0
    for seed in range(40):
        score = quiet_scores(100 + seed, (70, 70))
        for place in (5, 45):
            watched = np.zeros(score.shape, bool)
            watched[place : place + 10, place : place + 10] = True
            controls = control_statistics(score_map(score), ~watched, watched, min_region_px=3)
            found = choose_threshold(controls, period_years=1.0, settings=asked(100))
            site = np.nanmax(region_statistic(np.where(watched, score, np.nan), 3))
            flagged += site >= found.value
            expected += found.promised_rate_per_1000 / 1000
            n += 1
    low, high = binom.interval(0.99, int(n), expected / n)
    assert low <= flagged <= high, (flagged, expected, n)
