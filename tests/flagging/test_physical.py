"""What physically changed, by the bands at hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from shapely.geometry import box

from imagery.domain import Change
from imagery.flagging.physical import PhysicalChange, physical_change, spectral_values, thresholds

P = PhysicalChange
SQUARE = box(0, 0, 20, 20)
BANDS = ("blue", "green", "red", "nir", "swir16")
LOOKS = {
    "felled": P.VEGETATION_CLEARED,
    "dug": P.SOIL_BARED,
    "built": P.SURFACE_BUILT,
    "piled": P.MATERIAL_PILED,
    "flooded": P.WATER_APPEARED,
    "greened": P.VEGETATION_GROWN,
    "dimmed": P.UNCLASSIFIED,
}


@pytest.fixture
def seen(make_change: Callable[..., Change]) -> Callable[..., PhysicalChange]:
    def classify(before: dict[str, float], after: dict[str, float]) -> PhysicalChange:
        return physical_change(make_change(SQUARE, before=before, after=after))

    return classify


@pytest.mark.parametrize(("look", "expected"), LOOKS.items())
def test_each_look_is_told_with_all_bands__planted(
    look: str, expected: PhysicalChange, make_change: Callable[..., Change]
) -> None:
    assert physical_change(make_change(SQUARE, look=look)) is expected


# What is told when bands are left out, written down by hand: most of it falls back to lost green, and what no band
# at hand can tell is unclassified.
FOUR_BANDS = LOOKS | {"piled": P.VEGETATION_CLEARED}
WITHOUT = {
    ("swir16",): FOUR_BANDS,
    ("green",): LOOKS | {"flooded": P.VEGETATION_CLEARED},
    ("blue",): LOOKS
    | {"dug": P.VEGETATION_CLEARED, "built": P.VEGETATION_CLEARED, "piled": P.VEGETATION_CLEARED},
    ("nir",): dict.fromkeys(LOOKS, P.UNCLASSIFIED) | {"built": P.SURFACE_BUILT},
    ("red",): dict.fromkeys(LOOKS, P.UNCLASSIFIED) | {"flooded": P.WATER_APPEARED},
    BANDS: dict.fromkeys(LOOKS, P.UNCLASSIFIED),
}


@pytest.mark.parametrize("absent", WITHOUT, ids="-".join)
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("how", ["left out", "not a number"])
def test_what_the_bands_at_hand_cannot_tell_is_not_told__planted(
    absent: tuple[str, ...], look: str, how: str, make_change: Callable[..., Change]
) -> None:
    whole = make_change(SQUARE, look=look)

    def cut(bands: Any) -> dict[str, float]:
        if how == "left out":
            return {name: value for name, value in bands.items() if name not in absent}
        return {name: math.nan if name in absent else value for name, value in bands.items()}

    change = make_change(SQUARE, before=cut(whole.before), after=cut(whole.after))
    assert physical_change(change) is WITHOUT[absent][look]


def test_every_subset_of_bands_gives_an_answer_without_gaps(make_change: Callable[..., Change]) -> None:
    for look in LOOKS:
        whole = make_change(SQUARE, look=look)
        for size in range(len(BANDS) + 1):
            for names in combinations(BANDS, size):
                change = make_change(
                    SQUARE,
                    before={n: whole.before[n] for n in names},
                    after={n: whole.after[n] for n in names},
                )
                assert isinstance(physical_change(change), PhysicalChange)
                assert all(math.isfinite(value) for value in spectral_values(change).values())


def test_the_narrow_infrared_band_stands_in_for_the_broad_one(seen: Callable[..., PhysicalChange]) -> None:
    before, after = {"red": 0.03, "nir08": 0.36}, {"red": 0.08, "nir08": 0.31}
    assert seen(before, after) is P.VEGETATION_CLEARED


def test_snow_and_cloud_are_not_told_as_a_roof(seen: Callable[..., PhysicalChange]) -> None:
    field = {"blue": 0.10, "green": 0.14, "red": 0.19, "nir": 0.25, "swir16": 0.32}
    snow = {"blue": 0.55, "green": 0.56, "red": 0.55, "nir": 0.50, "swir16": 0.08}
    cloud = {"blue": 0.75, "green": 0.74, "red": 0.74, "nir": 0.76, "swir16": 0.60}
    assert seen(field, snow) is P.UNCLASSIFIED
    assert seen(field, cloud) is P.UNCLASSIFIED


@pytest.mark.parametrize(("fall", "told"), [(0.149, P.UNCLASSIFIED), (0.151, P.VEGETATION_CLEARED)])
def test_lost_green_is_told_from_its_threshold_on(
    fall: float, told: PhysicalChange, seen: Callable[..., PhysicalChange]
) -> None:
    def at(ndvi: float) -> dict[str, float]:
        return {"red": 0.1, "nir": 0.1 * (1 + ndvi) / (1 - ndvi)}

    assert seen(at(0.7), at(0.7 - fall)) is told


reflectance = st.one_of(st.floats(-0.05, 1.5), st.sampled_from([math.nan, math.inf, 0.0]))
sides = st.dictionaries(st.sampled_from((*BANDS, "nir08", "swir22", "odd")), reflectance)


@given(sides, sides)
def test_any_values_give_an_answer_and_never_a_gap(before: dict[str, float], after: dict[str, float]) -> None:
    from datetime import date

    change = Change(
        geometry=SQUARE, crs="EPSG:28992", area_m2=400.0, area_error_m2=0.0, score=1.0, p_value=0.5,
        last_unchanged=None, first_changed=date(2020, 1, 1), method="pair", pixel_m=10.0, before=before, after=after,
    )  # fmt: skip
    assert isinstance(physical_change(change), PhysicalChange)
    assert all(math.isfinite(value) for value in spectral_values(change).values())


@given(st.dictionaries(st.sampled_from(BANDS), st.floats(0.001, 1.0), min_size=1))
def test_ground_that_stays_the_same_is_never_told_as_changed(bands: dict[str, float]) -> None:
    from datetime import date

    change = Change(
        geometry=SQUARE, crs="EPSG:28992", area_m2=400.0, area_error_m2=0.0, score=1.0, p_value=0.5,
        last_unchanged=None, first_changed=date(2020, 1, 1), method="pair", pixel_m=10.0, before=bands, after=bands,
    )  # fmt: skip
    assert physical_change(change) is P.UNCLASSIFIED


def test_every_threshold_has_its_reason() -> None:
    import tomllib
    from importlib.resources import files

    rows = tomllib.loads(
        files("imagery.flagging").joinpath("physical_rules.toml").read_text(encoding="utf-8")
    )
    assert set(rows) == set(thresholds())
    assert all(row["reason"] and row["source"] for row in rows.values())


@pytest.mark.real
def test_real_felling_is_told_as_cleared_vegetation_and_quiet_forest_as_nothing__real(
    data_folder: Path, make_change: Callable[..., Change]
) -> None:
    """Summer medians of the Romanian series; patches are cut by NDVI fall, so only the *sort* is tested here."""
    import xarray as xr

    names = {"B2": "blue", "B3": "green", "B4": "red", "B8": "nir"}
    path = data_folder / "s2_series_romania" / "sentinel2_cube_subset_romania_10m.nc"
    with xr.open_dataset(path) as cube:
        summer = cube.sel(time=cube.time.dt.month.isin([6, 7, 8, 9])).load()
    clear = summer.SCL.isin([4, 5, 6, 7])

    def composite(year: int) -> dict[str, np.ndarray[Any, Any]]:
        rows = (summer.time.dt.year == year).values
        return {
            name: np.nanmedian(summer[band].where(clear & (summer[band] > 0)).values[rows], axis=0) / 10_000
            for band, name in names.items()
        }

    felled: list[PhysicalChange] = []
    quiet: list[PhysicalChange] = []
    for year in (2019, 2020):
        before, after = composite(year - 1), composite(year)
        fall = [(c["nir"] - c["red"]) / (c["nir"] + c["red"]) for c in (before, after)]
        patches, n = ndimage.label(fall[0] - fall[1] > 0.2)
        regions = [patches == i for i in range(1, n + 1) if (patches == i).sum() >= 3]
        blocks = [np.zeros(patches.shape, bool) for _ in range(100)]
        for i, block in enumerate(blocks):
            block[10 * (i // 10) + 2 : 10 * (i // 10) + 7, 10 * (i % 10) + 2 : 10 * (i % 10) + 7] = True
        blocks = [b for b in blocks if np.abs(fall[0] - fall[1])[b].max() < 0.1]
        for wanted, told in ((regions, felled), (blocks, quiet)):
            for where in wanted:
                sides = [{k: float(v[where].mean()) for k, v in c.items()} for c in (before, after)]
                told.append(physical_change(make_change(SQUARE, before=sides[0], after=sides[1])))
    assert len(felled) >= 15
    assert len(quiet) >= 20
    assert np.mean([kind is P.VEGETATION_CLEARED for kind in felled]) >= 0.95
    assert set(quiet) == {P.UNCLASSIFIED}
