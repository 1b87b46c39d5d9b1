"""Clear observations moved together, and medians over them, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imagery.detection.sequences import (
    clear_sequence,
    masked_median,
    sequence_around,
    sort_stack,
    trailing_median,
)

masks = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


@given(masks)
@settings(deadline=None)
def test_the_clear_dates_of_each_pixel_come_first_and_in_order(clear: np.ndarray) -> None:
    sequence = clear_sequence(clear)
    for pixel, row in enumerate(clear):
        dates = sequence.date[pixel][sequence.present[pixel]]
        assert dates.tolist() == np.flatnonzero(row).tolist()
        n = len(dates)
        assert sequence.present[pixel].tolist() == [True] * n + [False] * (sequence.present.shape[1] - n)


@given(masks, st.integers(0, 12), st.integers(1, 6))
@settings(deadline=None)
def test_around_a_date_the_last_clear_ones_before_it_and_all_from_it_on(
    clear: np.ndarray, first: int, keep: int
) -> None:
    first = min(first, clear.shape[1])
    sequence = sequence_around(clear, first, keep)
    for pixel, row in enumerate(clear):
        dates = np.flatnonzero(row)
        before, later = dates[dates < first][-keep:], dates[dates >= first]
        present = sequence.present[pixel]
        assert sequence.date[pixel][present].tolist() == [*before, *later]
        assert sequence.date[pixel][keep:][present[keep:]].tolist() == later.tolist()


def test_gathering_takes_the_values_of_those_dates() -> None:
    clear = np.array([[True, False, True], [False, True, True]])
    values = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    gathered = clear_sequence(clear).gather(values)
    assert gathered.tolist() == [[[0, 2], [4, 5]], [[6, 8], [10, 11]]]


def inner_median(window: list[float]) -> float:
    """The plain way: of an even number the middle one nearer to 0, or 0 between two of different sign."""
    ordered = sorted(window)
    low, high = ordered[(len(window) - 1) // 2], ordered[len(window) // 2]
    if low > 0:
        return low
    return high if high < 0 else 0.0 if len(window) % 2 == 0 else low


@given(
    hnp.arrays(np.float32, st.integers(1, 15), elements=st.floats(-9, 9, width=32)),
    st.integers(1, 7),
)
@settings(deadline=None)
def test_trailing_medians_are_those_of_a_plain_loop(values: np.ndarray, length: int) -> None:
    found = trailing_median(values[None], length)[0]
    plain = [inner_median(values[i : i + length].tolist()) for i in range(len(values) - length + 1)]
    np.testing.assert_array_equal(found, np.array(plain, np.float32))


@pytest.mark.parametrize("length", [3, 4, 5, 6])
def test_half_a_window_of_cloud_cannot_raise_the_median(length: int) -> None:
    spoilt = np.zeros(40, np.float32)
    spoilt[10 : 10 + length // 2] = 50
    assert trailing_median(spoilt, length).max() == 0
    spoilt[10 : 10 + length // 2 + 1] = 50
    assert trailing_median(spoilt, length).max() == 50


@given(hnp.arrays(np.float32, (5, 4), elements=st.floats(-9, 9, width=32)))
def test_the_network_sorts(stack: np.ndarray) -> None:
    np.testing.assert_array_equal(np.stack(sort_stack(list(stack))), np.sort(stack, axis=0))


@given(st.data(), masks)
@settings(deadline=None)
def test_the_masked_median_is_the_median_of_what_is_used(data: st.DataObject, used: np.ndarray) -> None:
    values = data.draw(hnp.arrays(np.float32, (2, *used.shape), elements=st.floats(-9, 9, width=32)))
    found = masked_median(values, used)
    for feature in range(2):
        for row in range(used.shape[0]):
            here = values[feature, row][used[row]]
            expected = np.median(here) if here.size else np.nan
            np.testing.assert_allclose(found[feature, row], expected, rtol=1e-6)


def test_the_masked_median_leaves_its_input_as_it_is() -> None:
    values = np.array([[3.0, 1.0, 2.0]], np.float32)
    masked_median(values, np.array([[True, False, True]]))
    assert values.tolist() == [[3.0, 1.0, 2.0]]


def test_the_median_of_no_dates_is_unknown() -> None:
    assert np.isnan(masked_median(np.zeros((2, 3, 0), np.float32), np.zeros((3, 0), bool))).all()
