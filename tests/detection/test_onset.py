"""When a change began, between two clear dates."""

from __future__ import annotations

import itertools

import numpy as np

from imagery.detection.onset import BEYOND_DOUBT, CLEARLY, FAR, LIKE, TAIL, onset


def planted(
    seed: int, size: float, n: int = 400, k: int = 40
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    direction = rng.normal(size=3)
    state = (size * direction / np.linalg.norm(direction))[:, None] * np.ones((1, n))
    begin = rng.integers(5, 30, n)
    series = rng.normal(size=(3, n, k)) + state[:, :, None] * (np.arange(k) >= begin[:, None])
    return series.astype(np.float32), np.ones((n, k), bool), begin, state.astype(np.float32)


def test_the_planted_beginning_lies_between_the_two_dates__planted() -> None:
    for size in (5.0, 8.0, 15.0):
        series, present, begin, state = planted(1, size)
        last, first, _ = onset(series, present, np.full(len(begin), 38), state)
        covered = (last < begin) & (begin <= first)
        assert covered.mean() > 0.95, size
        assert np.median(first - last) <= 2


def test_a_stray_date_beside_the_beginning_moves_nothing__planted() -> None:
    series, present, begin, state = planted(2, 10.0)
    rows = np.arange(len(begin))
    series[:, rows, begin - 1] = np.array([25.0, -30.0, 20.0])[:, None]
    last, first, _ = onset(series, present, np.full(len(begin), 38), state)
    assert ((last < begin) & (begin <= first)).mean() > 0.95


def test_ground_that_looks_one_way_when_new_and_another_later_changed_when_new__planted() -> None:
    series, present, begin, state = planted(7, 18.0)
    new = np.array([9.0, -4.0, 5.0])[:, None, None]
    days = np.arange(40)
    early = (days >= begin[:, None]) & (days < begin[:, None] + 5)
    series = np.where(early, new + np.random.default_rng(8).normal(size=series.shape), series).astype(
        np.float32
    )
    last, first, _ = onset(series, present, np.full(len(begin), 38), state)
    assert ((last < begin) & (begin <= first)).mean() > 0.95
    assert np.median(first - begin) == 0


def test_what_comes_after_the_look_does_not_count() -> None:
    series, present, begin, state = planted(3, 10.0)
    series[:, :, 36:] = 0
    last, first, changed = onset(series, present, np.full(len(begin), 34), state)
    assert (first <= 34).all()
    assert not changed[:, 35:].any()
    assert ((last < begin) & (begin <= first)).mean() > 0.95


def test_a_change_from_the_first_date_on_was_never_seen_unchanged() -> None:
    series, present, begin, state = planted(4, 10.0)
    series += state[:, :, None] * (np.arange(40) < begin[:, None])
    last, first, _ = onset(series, present, np.full(len(begin), 38), state)
    assert (last == -1).mean() > 0.97
    assert np.median(first) == 0


def test_places_without_an_observation_are_never_named() -> None:
    series, present, begin, state = planted(5, 10.0)
    present = np.random.default_rng(0).random(present.shape) < 0.7
    present[:, 38] = True
    last, first, _ = onset(series, present, np.full(len(begin), 38), state)
    rows = np.arange(len(begin))
    assert present[rows, first].all()
    assert present[rows[last >= 0], last[last >= 0]].all()


def test_the_dates_are_those_of_a_plain_loop() -> None:
    series, present, _, state = planted(6, 6.0, n=60)
    present = np.random.default_rng(1).random(present.shape) < 0.8
    present[:, 37] = True
    end = np.full(60, 37)
    last, first, _ = onset(series, present, end, state)
    for i in range(60):
        z, m = series[:, i].astype(float), state[:, i].astype(float)
        z *= np.minimum(1, BEYOND_DOUBT / np.linalg.norm(z, axis=0))
        m *= min(1, BEYOND_DOUBT / np.linalg.norm(m))
        unlike = np.log1p(((z - m[:, None]) ** 2).sum(0) / TAIL)
        full = np.log1p((m**2).sum() / TAIL)
        places = [k for k in range(38) if present[i, k]]
        lasting = set()
        for k, after in itertools.pairwise(places):
            one, two = np.linalg.norm(z[:, k]), np.linalg.norm(z[:, after])
            if min(one, two) >= FAR and z[:, k] @ z[:, after] >= LIKE * one * two:
                lasting.add(k)
                unlike[k] = min(unlike[k], np.log1p(FAR**2 / TAIL))
        says = np.log1p((z**2).sum(0) / TAIL) - unlike
        sums = {k: sum(says[j] for j in places if j >= k) for k in places}
        begin = max(sums, key=lambda k: sums[k])
        changed = [k for k in places if k >= begin and (says[k] > CLEARLY * full or k in lasting)]
        before = [k for k in places if k < begin and says[k] < -CLEARLY * full]
        assert first[i] == (changed[0] if changed else 37)
        assert last[i] == (before[-1] if before else -1)
