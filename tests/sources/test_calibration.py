"""From counts to reflectance: who may say the scale, which numbers are no data, what is not believed."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from odc.geo.geobox import GeoBox

from imagery.errors import SourceError
from imagery.sources.calibration import (
    Calibration,
    calibration_of,
    check_plausible,
    has_data,
    to_reflectance,
)
from imagery.sources.image_files import Place, Stated
from imagery.sources.planes import Plane
from imagery.sources.source_config import SourceConfig, config_from

GRID = GeoBox((2, 2), Affine(10, 0, 0, 0, -10, 0), "EPSG:32631")


def plane(
    *, stated: Stated | None = None, written: str = "B04", sensor: str = "", baseline: str = ""
) -> Plane:
    return Plane(
        file="20200105_B04.tif",
        place=Place(),
        time=datetime(2020, 1, 5, tzinfo=UTC),
        band="red",
        written=written,
        geobox=GRID,
        stated=stated or Stated(dtype="uint16"),
        sensor=sensor,
        baseline=baseline,
    )


def told(**keys: Any) -> SourceConfig:
    return config_from(keys)


def test_what_is_told_goes_before_what_is_stated() -> None:
    stated = Stated(scale=1e-4, offset=-0.1, nodata=(7.0,), dtype="float32")
    plain = calibration_of(plane(stated=stated), told())
    assert (plain.scale, plain.offset, plain.nodata) == (1e-4, -0.1, (7.0,))
    other = calibration_of(plane(stated=stated), told(scale=2e-4, offset=0.0, nodata=[1, 2]))
    assert (other.scale, other.offset, other.nodata) == (2e-4, 0.0, (1.0, 2.0))
    by_band = calibration_of(plane(stated=stated), told(scale={"red": 3e-4, "blue": 9.0}))
    assert by_band.scale == 3e-4
    by_written = calibration_of(plane(stated=stated), told(scale={"B04": 4e-4}))
    assert by_written.scale == 4e-4


def test_a_scale_is_never_guessed_whatever_the_numbers_are() -> None:
    for dtype in ("uint8", "uint16", "float32"):
        with pytest.raises(SourceError, match=r"20200105_B04.tif does not state the scale of B04"):
            calibration_of(plane(stated=Stated(dtype=dtype)), told())


def test_a_stated_scale_without_an_offset_means_none() -> None:
    assert calibration_of(plane(stated=Stated(scale=1e-4, dtype="uint16")), told()).offset == 0.0


def test_a_told_scale_without_an_offset_is_noted() -> None:
    assert "offset" in calibration_of(plane(), told(scale=1e-4)).notes[0]
    assert calibration_of(plane(), told(scale=1e-4, offset=0)).notes == ()


@pytest.mark.parametrize("baseline", ["04.00", "05.09", "05.11"])
def test_a_baseline_that_carries_an_offset_asks_for_it(baseline: str) -> None:
    with pytest.raises(SourceError, match=f"baseline {baseline}") as caught:
        calibration_of(plane(baseline=baseline), told(scale=1e-4))
    assert "offset = -0.1" in caught.value.hint
    assert calibration_of(plane(baseline=baseline), told(scale=1e-4, offset=-0.1)).offset == -0.1


def test_an_older_baseline_or_another_sensor_does_not() -> None:
    assert calibration_of(plane(baseline="02.14"), told(scale=1e-4)).offset == 0.0
    assert calibration_of(plane(baseline="05.09", sensor="landsat-8"), told(scale=1e-4)).offset == 0.0


@given(st.datetimes(timezones=st.just(UTC)))
def test_the_offset_does_not_depend_on_the_sensing_date(moment: datetime) -> None:
    dated = replace(plane(baseline="02.14"), time=moment)
    assert calibration_of(dated, told(scale=1e-4)).offset == 0.0


def test_the_offset_may_be_told_by_baseline() -> None:
    table = told(scale=1e-4, offset_by_baseline={"N0214": 0.0, "5.09": -0.1})
    assert calibration_of(plane(baseline="02.14"), table).offset == 0.0
    assert calibration_of(plane(baseline="05.09"), table).offset == -0.1
    with pytest.raises(SourceError, match=r"baseline 05.10, for which offset_by_baseline"):
        calibration_of(plane(baseline="05.10"), table)
    with pytest.raises(SourceError, match="baseline unknown"):
        calibration_of(plane(), table)


def test_count_zero_is_no_data_of_sentinel_2_also_when_a_copy_forgot_to_say_so() -> None:
    assert calibration_of(plane(), told(scale=1e-4)).nodata == (0.0,)
    stated = Stated(dtype="int16", nodata=(-32768.0,))
    assert calibration_of(plane(stated=stated), told(scale=1e-4)).nodata == (-32768.0, 0.0)
    assert calibration_of(plane(written="red"), told(scale=1e-4)).nodata == ()
    assert calibration_of(plane(sensor="drone"), told(scale=1e-4)).nodata == ()
    assert calibration_of(plane(stated=Stated(dtype="float32")), told(scale=1.0)).nodata == ()
    assert calibration_of(plane(), told(scale=1e-4, nodata="none")).nodata == ()


def test_no_data_is_judged_before_scale_and_offset() -> None:
    stored = np.array([0, 1, 1000, 2000], dtype=np.uint16)
    got = to_reflectance(stored, Calibration(scale=1e-4, offset=-0.1, nodata=(0.0,)))
    assert math.isnan(got[0])
    np.testing.assert_allclose(got[1:], [-0.0999, 0.0, 0.1], atol=1e-7)


numbers = st.one_of(
    arrays(np.uint16, 12, elements=st.integers(0, 65535)),
    arrays(np.int16, 12, elements=st.integers(-32768, 32767)),
    arrays(np.float32, 12, elements=st.floats(-1e6, 1e6, width=32)),
)


@given(numbers, st.floats(1e-5, 1.0), st.floats(-1.0, 1.0), st.integers(-40000, 70000))
def test_reflectance_is_scale_times_count_plus_offset(
    stored: np.ndarray, scale: float, offset: float, nodata: int
) -> None:
    got = to_reflectance(stored, Calibration(scale=scale, offset=offset, nodata=(float(nodata),)))
    for value, reflectance in zip(stored.tolist(), got.tolist(), strict=True):
        if value == nodata:
            assert math.isnan(reflectance)
        else:
            assert reflectance == np.float32(scale * value + offset)


def test_gaps_and_infinities_are_never_data() -> None:
    stored = np.array([np.nan, np.inf, -np.inf, 0.5], dtype=np.float32)
    assert has_data(stored, ()).tolist() == [False, False, False, True]
    assert has_data(stored, (math.nan, 0.5)).tolist() == [False] * 4


def test_a_nodata_number_that_the_type_cannot_hold_changes_nothing() -> None:
    stored = np.array([0, 255], dtype=np.uint8)
    assert has_data(stored, (-9999.0, 0.5, 65535.0)).all()
    large = np.array([-3.4028235e38, 1.0], dtype=np.float32)
    assert has_data(large, (-3.4028234663852886e38,)).tolist() == [False, True]


def images(**values: float) -> dict[str, np.ndarray]:
    return {band: np.full((2, 4), value, dtype=np.float32) for band, value in values.items()}


CODE = Calibration(scale=1.0, offset=0.0, nodata=())


def test_reflectance_is_believed_where_it_may_be() -> None:
    check_plausible(images(red=0.05, nir=0.4), {"red": CODE, "nir": CODE})
    check_plausible(images(red=float("nan")), {"red": CODE})
    check_plausible(images(swir22=0.0004, blue=0.03), {"swir22": CODE, "blue": CODE})  # water


@pytest.mark.parametrize("value", [571.0, 2.5, -0.4, 0.0001])
def test_reflectance_that_cannot_be_is_refused(value: float) -> None:
    with pytest.raises(SourceError, match="red cannot be right") as caught:
        check_plausible(images(red=value), {"red": CODE})
    assert "scale and offset" in caught.value.hint


def test_single_pixels_may_glint() -> None:
    image = images(red=0.1)
    image["red"][0, :3] = 5.0
    check_plausible(image, {"red": CODE})
