"""The kit that writes folders: what it plants is what it says, and it can fail."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from imagery.errors import ParameterError
from imagery.sources import open_source
from imagery.testing.folders import (
    Coding,
    area_of,
    assert_same_pixels,
    planted_cube,
    write_folder,
)


def test_no_two_pixels_of_a_planted_band_are_alike() -> None:
    cube = planted_cube()
    for band in ("blue", "green", "red", "nir"):
        for image in cube[band].values:
            values = image[np.isfinite(image)]
            assert np.unique(values).size == values.size


@pytest.mark.parametrize("axis", ["x", "y", "time"])
def test_a_flip_is_noticed(axis: str) -> None:
    cube = planted_cube()
    flipped = cube.isel({axis: slice(None, None, -1)}).assign_coords({axis: cube[axis]})
    with pytest.raises(AssertionError):
        assert_same_pixels(flipped, cube)


def test_a_hole_is_noticed() -> None:
    cube = planted_cube()
    other = cube.copy(deep=True)
    other["nir"].values[0, 0, 0] = np.nan
    with pytest.raises(AssertionError):
        assert_same_pixels(other, cube)


def test_counts_keep_data_and_no_data_apart() -> None:
    coding = Coding(offset=-0.1)
    counts = coding.counts(np.array([np.nan, -0.1, 0.0, 0.5]))
    assert counts.tolist() == [0, 1, 1000, 6000]


def test_valid_becomes_a_classification_where_there_is_none(tmp_path: Path) -> None:
    cube = planted_cube(bands=("red",)).drop_vars("scl")
    rng = np.random.default_rng(0)
    cube["red"] = cube["red"].fillna(0.05)
    cube["valid"] = (cube["red"].dims, rng.random(cube["red"].shape) < 0.7)
    got = open_source(write_folder(cube, tmp_path, "per_date"), cloud_dilation_px=0).load(area_of(cube))
    np.testing.assert_array_equal(got["valid"].values, cube["valid"].values)


def test_an_unknown_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="stacked"):
        write_folder(planted_cube(), tmp_path, "stacked")
