"""Three scores in one: laws, planted change, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from imagery.detection.pair_ensemble import ensemble_score, segment_mean, segments
from imagery.errors import GridMismatchError

SIDES = (60, 80)
EVERYWHERE = np.ones(SIDES, dtype=bool)


def scene(seed: int = 0, bands: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Two dates of fields and soft noise; the second hazier, nothing changed."""
    rng = np.random.default_rng(seed)
    cover = np.stack([gaussian_filter(rng.normal(size=SIDES), 3) for _ in range(3)]) * 8
    before = np.einsum("bk,kmn->bmn", rng.normal(size=(bands, 3)), cover) * 0.05 + 0.3
    before += rng.normal(scale=0.005, size=before.shape)
    after = before * 0.9 + 0.03 + rng.normal(scale=0.008, size=before.shape)
    return before.astype(np.float32), after.astype(np.float32)


def planted(seed: int = 0, bands: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The scene with a patch of 5 x 9 pixels that took another colour, off the middle."""
    before, after = scene(seed, bands)
    patch = np.zeros(SIDES, dtype=bool)
    patch[12:17, 55:64] = True
    after[:, patch] = np.linspace(0.55, 0.15, bands, dtype=np.float32)[:, None]
    return before, after, patch


@pytest.mark.parametrize("bands", [1, 2, 4, 7])
def test_a_changed_patch_scores_highest__planted(bands: int) -> None:
    before, after, patch = planted(1, bands)
    control = EVERYWHERE.copy()
    control[5:25, 45:75] = False
    score = ensemble_score(before, after, EVERYWHERE, control=control, smoothing_px=1.0)
    assert np.median(score[patch]) > np.quantile(score[control], 0.999)
    assert patch[np.unravel_index(score.argmax(), SIDES)]


def test_unchanged_ground_scores_about_one() -> None:
    score = ensemble_score(*scene(2), EVERYWHERE)
    assert np.median(score) == pytest.approx(1.0, abs=0.25)
    assert score.min() > 0


@settings(max_examples=10, deadline=None)
@given(
    gains=st.lists(st.floats(0.2, 5), min_size=8, max_size=8),
    offsets=st.lists(st.floats(-1, 1), min_size=8, max_size=8),
    order=st.permutations(range(4)),
)
def test_gain_offset_and_order_of_bands_do_not_matter(
    gains: list[float], offsets: list[float], order: list[int]
) -> None:
    before, after, _ = planted(3)
    expected = ensemble_score(before, after, EVERYWHERE)
    gain, offset = np.reshape(gains, (2, 4, 1, 1)), np.reshape(offsets, (2, 4, 1, 1))
    images = [
        (image * gain[k] + offset[k])[order].astype(np.float32) for k, image in enumerate((before, after))
    ]
    found = ensemble_score(*images, EVERYWHERE)
    # Rounding may join or part a few segments; the rest stays.
    close = np.isclose(np.log(found), np.log(expected), atol=0.05)
    assert close.mean() > 0.97


def test_which_date_comes_first_does_not_matter() -> None:
    before, after, _ = planted(3)
    first, second = (ensemble_score(*pair, EVERYWHERE) for pair in ((before, after), (after, before)))
    assert np.isclose(np.log(first), np.log(second), atol=0.02).mean() > 0.97


@pytest.mark.parametrize("seed", range(4))
def test_a_missing_pixel_never_becomes_change(seed: int) -> None:
    before, after = scene(seed)
    gone = gaussian_filter(np.random.default_rng(seed).normal(size=SIDES), 2) > 0.12
    assert 0.05 < gone.mean() < 0.5
    whole = ensemble_score(before, after, EVERYWHERE)
    before[0, gone], after[2, gone] = np.nan, 50.0
    found = ensemble_score(before, after, ~gone)
    assert np.isnan(found[gone]).all()
    assert np.nanquantile(found, 0.999) < 2 * np.quantile(whole, 0.999)


def test_values_under_a_gap_are_never_read() -> None:
    before, after = scene(5)
    gone = np.zeros(SIDES, dtype=bool)
    gone[20:30, 10:40] = True
    expected = ensemble_score(before, after, ~gone)
    for image in (before, after):
        image[:, gone] = np.nan
    np.testing.assert_array_equal(ensemble_score(before, after, ~gone), expected)


def test_identical_and_constant_images_show_no_change() -> None:
    before, _ = scene()
    assert np.ptp(ensemble_score(before, before, EVERYWHERE)) == 0
    flat = np.full((2, *SIDES), 0.3, np.float32)
    assert np.ptp(ensemble_score(flat, flat + np.float32(0.1), EVERYWHERE)) == 0


def test_a_change_on_ground_without_any_noise_is_still_a_finite_number__planted() -> None:
    before, _ = scene(4)
    after = before.copy()
    after[:, 10:14, 20:26] += np.float32(0.3)
    control = EVERYWHERE.copy()
    control[0:30, 5:45] = False
    score = ensemble_score(before, after, EVERYWHERE, control=control)
    assert np.isfinite(score).all()
    assert score[10:14, 20:26].min() > score[control].max()


def test_all_nan_gives_no_score_and_other_shapes_are_refused() -> None:
    nothing = np.full((2, *SIDES), np.nan, np.float32)
    assert np.isnan(ensemble_score(nothing, nothing, EVERYWHERE)).all()
    with pytest.raises(GridMismatchError):
        ensemble_score(*scene(), EVERYWHERE[:5])


def test_segments_follow_what_changed_and_means_equal_a_loop() -> None:
    rng = np.random.default_rng(8)
    before = rng.normal(scale=0.05, size=(2, 30, 40)).astype(np.float32)
    after = before.copy()
    after[:, 5:15, 20:35] += 3
    usable = rng.random((30, 40)) > 0.1
    pieces = segments(before, after, usable)
    assert pieces.min() == 0
    assert not set(np.unique(pieces[7:13, 22:33])) & set(np.unique(pieces[20:, :15]))
    score = rng.normal(size=(30, 40))
    found = segment_mean(score, pieces, usable)
    for piece in np.unique(pieces):
        chosen = pieces == piece
        members = [score[at] for at in zip(*np.nonzero(chosen & usable), strict=True)]
        np.testing.assert_allclose(found[chosen], np.mean(members) if members else 0.0)
