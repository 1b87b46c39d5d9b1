"""The scene classification: which classes show the ground, and how cloud grows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from imagery.errors import ParameterError
from imagery.pixels.scl import (
    CLOUD_CLASSES,
    MASKED_CLASSES,
    SceneClass,
    dilate,
    is_clear,
    is_cloud,
    valid_from_scl,
)

images = arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)))


def dilated_by_loop(region: np.ndarray, pixels: int) -> np.ndarray:
    """Every pixel within the radius of a True one, one pixel at a time."""
    grown = np.zeros_like(region)
    for row, column in np.argwhere(region):
        for r in range(region.shape[0]):
            for c in range(region.shape[1]):
                if (r - row) ** 2 + (c - column) ** 2 <= pixels**2:
                    grown[r, c] = True
    return grown


def test_the_masked_classes_are_those_of_the_design() -> None:
    assert {int(c) for c in MASKED_CLASSES} == {0, 1, 3, 8, 9, 10, 11}
    assert {int(c) for c in CLOUD_CLASSES} == {3, 8, 9, 10}


def test_clear_is_what_is_not_masked_and_is_a_class() -> None:
    numbers = np.arange(0, 256, dtype=np.uint8)
    clear = {int(n) for n in numbers[is_clear(numbers)]}
    assert clear == {2, 4, 5, 6, 7}


def test_snow_counts_as_ground_only_when_told() -> None:
    snow = np.array([SceneClass.SNOW_OR_ICE])
    assert not is_clear(snow)[0]
    assert is_clear(snow, snow_is_clear=True)[0]


def test_gaps_in_a_classification_of_floats_are_not_clear_and_no_cloud() -> None:
    classes = np.array([np.nan, 4.0, 9.0, 255.0])
    assert is_clear(classes).tolist() == [False, True, False, False]
    assert is_cloud(classes).tolist() == [False, False, True, False]


@given(images, st.integers(0, 4))
def test_dilation_is_the_disc_around_each_pixel(region: np.ndarray, pixels: int) -> None:
    assert np.array_equal(dilate(region, pixels), dilated_by_loop(region, pixels))


def test_images_of_a_stack_do_not_grow_into_each_other() -> None:
    stack = np.zeros((3, 7, 8), dtype=bool)
    stack[1, 2, 5] = True
    grown = dilate(stack, 2)
    assert not grown[0].any()
    assert not grown[2].any()
    assert np.array_equal(grown[1], dilated_by_loop(stack[1], 2))


def test_dilation_leaves_its_input_alone() -> None:
    region = np.array([[False, True, False]])
    dilate(region, 0)[0, 0] = True
    dilate(region, 1)
    assert region.tolist() == [[False, True, False]]


@pytest.mark.parametrize("pixels", [-1, 1.5])
def test_a_dilation_that_is_no_whole_number_is_refused(pixels: float) -> None:
    with pytest.raises(ParameterError, match="whole number"):
        dilate(np.zeros((2, 2), dtype=bool), pixels)  # type: ignore[arg-type]


def test_only_cloud_and_shadow_grow() -> None:
    scl = np.full((5, 9), SceneClass.VEGETATION, dtype=np.uint8)
    scl[2, 1] = SceneClass.SATURATED_OR_DEFECTIVE
    scl[2, 7] = SceneClass.CLOUD_SHADOW
    valid = valid_from_scl(scl, dilation_px=1)
    assert np.argwhere(~valid).tolist() == [[1, 7], [2, 1], [2, 6], [2, 7], [2, 8], [3, 7]]
