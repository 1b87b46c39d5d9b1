"""Spectral indices and the features that detection takes from whatever bands there are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.pixels.indices import (
    INDICES,
    available_indices,
    bare_soil,
    brightness,
    feature,
    feature_names,
    nbr,
    ndmi,
    ndvi,
    ndwi,
    noise_floor,
    normalised_difference,
    redness,
)

LEAF = {"blue": 0.03, "green": 0.06, "red": 0.04, "nir": 0.38, "swir16": 0.18, "swir22": 0.08}
SOIL = {"blue": 0.09, "green": 0.13, "red": 0.18, "nir": 0.26, "swir16": 0.32, "swir22": 0.27}
WATER = {"blue": 0.05, "green": 0.05, "red": 0.03, "nir": 0.02, "swir16": 0.01, "swir22": 0.01}


def bands(values: dict[str, float]) -> dict[str, np.ndarray]:
    return {name: np.full((2, 3), value, np.float32) for name, value in values.items()}


def test_a_leaf_is_greener_moister_and_less_burnt_than_soil() -> None:
    for index in (ndvi, ndmi, nbr):
        assert (index(bands(LEAF)) > index(bands(SOIL)) + 0.3).all(), index.__name__


def test_soil_is_barer_and_redder_than_a_leaf() -> None:
    assert (bare_soil(bands(SOIL)) > 0).all()
    assert (bare_soil(bands(LEAF)) < 0).all()
    assert (redness(bands(SOIL)) > redness(bands(LEAF))).all()


def test_only_water_has_a_water_index_above_nought() -> None:
    assert (ndwi(bands(WATER)) > 0).all()
    assert (ndwi(bands(LEAF)) < 0).all()
    assert (ndwi(bands(SOIL)) < 0).all()


def test_ndvi_is_what_its_formula_says() -> None:
    np.testing.assert_allclose(ndvi(bands(LEAF)), (0.38 - 0.04) / (0.38 + 0.04), rtol=1e-6)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 10))
def test_a_gain_common_to_both_bands_does_not_matter(first: float, second: float, gain: float) -> None:
    plain = normalised_difference(np.array([first]), np.array([second]))
    scaled = normalised_difference(np.array([first * gain]), np.array([second * gain]))
    np.testing.assert_allclose(scaled, plain, atol=1e-9)
    assert abs(plain[0]) <= 1


def test_dark_ground_gives_nought_and_nodata_stays_nodata() -> None:
    result = normalised_difference(np.array([0.0, np.nan, -0.1]), np.array([0.0, 0.2, -0.1]))
    np.testing.assert_array_equal(result, [0.0, np.nan, 0.0])


def test_brightness_is_the_mean_of_the_visible_bands_that_are_there() -> None:
    np.testing.assert_allclose(brightness(bands(SOIL)), (0.09 + 0.13 + 0.18) / 3, rtol=1e-6)
    np.testing.assert_allclose(brightness(bands({"red": 0.18, "nir": 0.26})), 0.18, rtol=1e-6)
    np.testing.assert_allclose(brightness(bands({"nir": 0.26, "swir16": 0.32})), 0.29, rtol=1e-6)


def test_brightness_leaves_the_bands_as_they_are() -> None:
    given_bands = bands(SOIL)
    brightness(given_bands)
    np.testing.assert_array_equal(given_bands["blue"], np.full((2, 3), 0.09, np.float32))


@given(
    st.sets(
        st.sampled_from(["blue", "green", "red", "rededge071", "nir", "nir08", "swir16", "swir22"]),
        min_size=1,
    )
)
def test_any_set_of_bands_gives_features_that_can_be_made(present: set[str]) -> None:
    values = {name: np.full((1, 2), 0.2, np.float32) for name in sorted(present)}
    names = feature_names(tuple(values))
    assert names
    assert len(set(names)) == len(names)
    for name in names:
        assert feature(name, values).shape == (1, 2)
        assert noise_floor(name) > 0


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (
            ("blue", "green", "red", "nir", "swir16", "swir22"),
            ("brightness", "ndvi", "nir", "swir16"),
        ),
        (("blue", "green", "red", "nir"), ("brightness", "ndvi", "nir", "redness")),
        (("blue", "green", "red"), ("brightness", "greenness", "redness")),
        (("red", "nir"), ("brightness", "ndvi", "nir")),
        (("red", "nir", "swir22"), ("brightness", "ndvi", "nir", "swir22")),
        (("rededge071", "nir08"), ("rededge071", "nir08")),
    ],
)
def test_features_of_the_usual_band_sets(present: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert feature_names(present) == expected


def test_an_index_is_available_only_with_all_its_bands() -> None:
    assert available_indices(("red", "nir")) == ("ndvi",)
    assert set(available_indices(tuple(LEAF))) == set(INDICES)
