"""The simulated cube keeps the contract of every source, and its truth is true."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagery.errors import ParameterError
from imagery.testing.simulated import (
    BANDS,
    COVERS,
    MATERIALS,
    PlantedChange,
    SimulatedScene,
    Weather,
    simulate_cube,
)
from imagery.testing.simulated_ground import SPECTRA

CLEAR = Weather(
    clear_fraction=1.0,
    gain=0.0,
    haze=0.0,
    missed_cloud=0.0,
    missed_shadow=0.0,
    season_level=0.0,
    season_shift_days=0.0,
)


def small(**changes: object) -> SimulatedScene:
    return simulate_cube(**{"shape": (12, 10), "years": 2.0, "revisit_days": 10, "field_px": 5, **changes})  # type: ignore[arg-type]


def test_the_cube_keeps_the_contract_of_a_source() -> None:
    scene = small()
    cube = scene.cube
    assert cube["red"].dims == ("time", "y", "x")
    assert set(BANDS) | {"valid"} == set(cube.data_vars)
    for band in BANDS:
        assert cube[band].dtype == np.float32
        assert float(cube[band].min()) > 0
        assert float(cube[band].max()) < 1
    assert cube["valid"].dtype == bool
    assert (np.diff(cube["time"].values) > np.timedelta64(0)).all()
    for name in ("scene_id", "sensor", "baseline", "cloud_fraction"):
        assert cube[name].dims == ("time",), name
    assert set(cube["sensor"].values) == {"simulated"}
    assert cube.odc.geobox == scene.geobox
    assert cube.odc.geobox.crs.epsg == 32631


def test_the_same_seed_gives_the_same_cube_and_another_seed_another() -> None:
    first, again, other = small(seed=4).cube, small(seed=4).cube, small(seed=5).cube
    np.testing.assert_array_equal(first["nir"], again["nir"])
    assert not np.array_equal(first["nir"], other["nir"])


def test_a_planted_change_is_there_from_its_day_on_and_nowhere_else__planted() -> None:
    change = PlantedChange(kind="dumping", row=2, column=3, rows=4, columns=5, day=date(2018, 3, 4))
    before, after = small(weather=CLEAR, seed=2).cube, small(weather=CLEAR, seed=2, changes=[change]).cube
    differs = np.abs(after["blue"].values - before["blue"].values) > 0.02
    late = before["time"].values >= np.datetime64("2018-03-04")
    inside = np.zeros((12, 10), bool)
    inside[2:6, 3:8] = True
    assert not differs[~late].any()
    assert not differs[:, ~inside].any()
    assert differs[late][:, inside].mean() > 0.5


def test_a_whole_change_shows_its_material_and_a_half_one_a_mixture__planted() -> None:
    def level(fraction: float) -> float:
        change = PlantedChange(
            kind="sand", row=0, column=0, rows=12, columns=10, day=date(2017, 1, 1), fraction=fraction
        )
        scene = small(weather=CLEAR, covers=("conifer",), changes=[change])
        return float(scene.cube["red"].mean())

    whole, half, none = level(1.0), level(0.5), level(0.0)
    assert whole == pytest.approx(SPECTRA["sand"][BANDS.index("red")], rel=0.02)
    assert half == pytest.approx((whole + none) / 2, rel=0.02)


def test_a_change_that_goes_away_is_gone__planted() -> None:
    change = PlantedChange(
        kind="flooding", row=0, column=0, rows=12, columns=10, day=date(2017, 6, 1), until=date(2017, 9, 1)
    )
    scene = small(weather=CLEAR, covers=("conifer",), changes=[change])
    nir = scene.cube["nir"].mean(("y", "x")).values
    flooded = (scene.cube["time"].values >= np.datetime64("2017-06-01")) & (
        scene.cube["time"].values < np.datetime64("2017-09-01")
    )
    assert nir[flooded].max() < 0.1 < nir[~flooded].min()


def test_the_truth_names_the_last_change_of_each_pixel() -> None:
    changes = [
        PlantedChange(kind="clearing", row=0, column=0, rows=3, columns=3, day=date(2017, 6, 1)),
        PlantedChange(kind="building", row=2, column=2, rows=2, columns=2, day=date(2018, 6, 1)),
    ]
    scene = small(changes=changes)
    assert scene.changed.sum() == 9 + 4 - 1
    assert scene.change_day[0, 0] == np.datetime64("2017-06-01")
    assert scene.change_day[2, 2] == np.datetime64("2018-06-01")
    assert np.isnat(scene.change_day[~scene.changed]).all()


def test_about_the_asked_share_of_pixels_is_clear() -> None:
    shares = [
        float(small(seed=seed, weather=Weather(clear_fraction=0.4)).cube["valid"].mean()) for seed in range(8)
    ]
    assert np.mean(shares) == pytest.approx(0.4, abs=0.05)


def test_missed_cloud_is_called_clear_and_is_bright() -> None:
    with_cloud = small(seed=1, weather=Weather(missed_cloud=0.1), covers=("conifer",)).cube
    without = small(seed=1, weather=Weather(missed_cloud=0.0), covers=("conifer",)).cube
    np.testing.assert_array_equal(with_cloud["valid"], without["valid"])
    brighter = (with_cloud["blue"] - without["blue"]).values[without["valid"].values]
    assert (brighter > 0.02).mean() > 0.02


def test_fields_are_worked_on_each_on_its_own_day() -> None:
    quiet = small(weather=CLEAR, covers=("grass",), seed=3).cube["nir"].values
    worked = small(weather=CLEAR, covers=("grass",), seed=3, work_on_fields=1.0)
    dropped = (quiet - worked.cube["nir"].values > 0.05).reshape(quiet.shape[0], -1)
    first = np.where(dropped.any(0), dropped.argmax(0), -1).reshape(12, 10)
    assert (first >= 0).any()
    assert len(np.unique(first[[1, 1, 7, 7], [1, 7, 1, 7]])) > 1


@given(cover=st.sampled_from(sorted(COVERS)), kind=st.sampled_from(sorted(MATERIALS)))
@settings(max_examples=10, deadline=None)
def test_every_cover_and_kind_of_change_can_be_simulated(cover: str, kind: str) -> None:
    change = PlantedChange(kind=kind, row=1, column=1, rows=2, columns=2, day=date(2017, 3, 1))
    scene = simulate_cube(shape=(5, 4), years=0.5, covers=(cover,), changes=[change])
    assert np.isfinite(scene.cube["red"]).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"covers": ("moor",)},
        {"bands": ("violet",)},
        {"changes": [PlantedChange(kind="magic", row=0, column=0, rows=1, columns=1, day=date(2018, 1, 1))]},
        {"changes": [PlantedChange(kind="sand", row=11, column=0, rows=2, columns=1, day=date(2018, 1, 1))]},
    ],
)
def test_what_cannot_be_simulated_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        small(**wrong)
