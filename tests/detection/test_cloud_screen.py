"""Missed clouds and shadows are taken out, lasting change and the seasons are not."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from imagery.detection.cloud_screen import BRIGHT_STEP, DARK_STEP, ROUNDS, SIDE, SPREADS, screen_clouds

T = 60


def quiet(seed: int, n_pixels: int = 20, noise: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    season = (noise > 0) * np.cos(2 * np.pi * np.arange(T) / 30)
    bright = 0.06 + 0.01 * season + noise * 0.004 * rng.normal(size=(n_pixels, T))
    dark = 0.30 + 0.08 * season + noise * 0.01 * rng.normal(size=(n_pixels, T))
    clear = rng.random((n_pixels, T)) < 0.7
    return bright.astype(np.float32), dark.astype(np.float32), clear


def plain_spikes(values: list[float], step: float) -> list[int]:
    """The rule for one pixel, written out."""

    def typical(near: list[float]) -> float:
        if not near:
            return -np.inf
        return float(np.median(near)) if len(near) == SIDE else max(near)

    sides = [
        (typical(values[max(0, i - SIDE) : i]), typical(values[i + 1 : i + 1 + SIDE]))
        for i in range(len(values))
    ]
    both = [i for i, (a, b) in enumerate(sides) if np.isfinite(a) and np.isfinite(b)]
    if not both:
        return []
    own = 1.4826 * np.median([abs(values[i] - sum(sides[i]) / 2) for i in both])
    return [i for i in both if values[i] - max(sides[i]) > max(step, SPREADS * own)]


def plain_screen(bright: np.ndarray, dark: np.ndarray, clear: np.ndarray) -> np.ndarray:
    kept = clear.copy()
    for pixel in range(len(clear)):
        for _ in range(ROUNDS):
            dates = np.flatnonzero(kept[pixel])
            out = set(plain_spikes(list(bright[pixel, dates].astype(float)), BRIGHT_STEP))
            out |= set(plain_spikes(list(-dark[pixel, dates].astype(float)), DARK_STEP))
            kept[pixel, dates[sorted(out)]] = False
    return kept


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_screen_is_that_of_a_plain_loop(seed: int) -> None:
    bright, dark, clear = quiet(seed, n_pixels=6)
    rng = np.random.default_rng(seed + 1)
    spoilt = rng.random(clear.shape) < 0.1
    bright[spoilt] += rng.uniform(0.0, 0.3, spoilt.sum()).astype(np.float32)
    np.testing.assert_array_equal(screen_clouds(bright, dark, clear), plain_screen(bright, dark, clear))


def test_planted_clouds_and_shadows_go__planted() -> None:
    bright, dark, clear = quiet(1, n_pixels=200)
    rng = np.random.default_rng(2)
    cloud, shadow = rng.random((2, *clear.shape)) < 0.03
    bright[cloud] += 0.1
    dark[shadow] -= 0.12
    kept = screen_clouds(bright, dark, clear)
    inner = np.zeros_like(clear)
    inner[:, 8:-8] = True
    assert kept[cloud & clear & inner].mean() < 0.1
    assert kept[shadow & clear & inner].mean() < 0.1
    assert kept[clear & ~cloud & ~shadow].mean() > 0.97


@given(st.integers(0, 10_000), st.floats(-0.2, 0.3), st.integers(10, 50))
@settings(max_examples=25, deadline=None)
def test_a_lasting_step_of_level_ground_is_no_cloud(seed: int, step: float, moment: int) -> None:
    bright, dark, clear = quiet(seed, n_pixels=8, noise=0.0)
    before = screen_clouds(bright, dark, clear)
    bright[:, moment:] += np.float32(step)
    dark[:, moment:] -= np.float32(step)
    after = screen_clouds(bright, dark, clear)
    assert not (before & ~after).any()


def test_the_last_clear_date_is_kept_for_nothing_follows_it() -> None:
    bright, dark, clear = quiet(4)
    clear[:, -1] = True
    bright[:, -1] += 0.3
    assert screen_clouds(bright, dark, clear)[:, -1].all()


def test_what_is_not_clear_stays_so_and_its_values_do_not_matter() -> None:
    bright, dark, clear = quiet(5)
    first = screen_clouds(bright, dark, clear)
    bright[~clear], dark[~clear] = 9.0, -9.0
    np.testing.assert_array_equal(screen_clouds(bright, dark, clear), first)
    assert not first[~clear].any()


def test_nothing_clear_and_one_date_are_no_error() -> None:
    none = np.zeros((3, 5), bool)
    values = np.full((3, 5), 0.1, np.float32)
    assert not screen_clouds(values, values, none).any()
    none[:, 2] = True
    np.testing.assert_array_equal(screen_clouds(values, values, none), none)
