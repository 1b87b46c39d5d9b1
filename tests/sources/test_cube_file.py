"""Cubes: the many ways in which NetCDF and Zarr say where and when."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pyproj import CRS

from imagery.errors import CorruptImageError, SourceError
from imagery.sources import open_source
from imagery.sources.cube_file import inspect_cube, read_cube_file
from imagery.sources.image_files import Place
from imagery.testing.folders import (
    Coding,
    area_of,
    assert_same_pixels,
    planted_cube,
    stored_cube,
    write_folder,
)

UTM = "EPSG:32631"


def bare(**changes: Any) -> xr.Dataset:
    """A small cube of counts without any word about its reference system."""
    data = np.arange(2 * 3 * 4, dtype=np.uint16).reshape(2, 3, 4) + 100
    cube = xr.Dataset(
        {"B04": (("time", "y", "x"), data, {"scale_factor": 1e-4})},
        coords={
            "time": np.array(["2020-01-05", "2020-02-05"], dtype="datetime64[ns]"),
            "y": 5_676_345.0 - 10 * np.arange(3),
            "x": 644_555.0 + 10 * np.arange(4),
        },
    )
    return cube.assign(changes)


def written(cube: xr.Dataset, folder: Path) -> Path:
    path = folder / "cube.nc"
    cube.to_netcdf(path)
    return path


def with_mapping(attributes: dict[str, Any], name: str = "spatial_ref") -> xr.Dataset:
    cube = bare()
    cube["B04"].attrs["grid_mapping"] = name
    cube[name] = xr.DataArray(0, attrs=attributes)
    return cube


def with_attribute(key: str, value: Any) -> xr.Dataset:
    return bare().assign_attrs({key: value})


@pytest.mark.parametrize(
    "cube",
    [
        with_mapping({"crs_wkt": CRS(UTM).to_wkt()}),
        with_mapping({"spatial_ref": CRS(UTM).to_wkt("WKT1_GDAL")}),
        with_mapping({"crs_wkt": CRS(UTM).to_wkt()}, name="anything"),
        with_mapping({k: v for k, v in CRS(UTM).to_cf().items() if k != "crs_wkt"}),
        with_attribute("crs", UTM),
        with_attribute("crs", "+init=epsg:32631"),
        with_attribute("epsg", 32631),
        with_attribute("proj:epsg", np.int64(32631)),
    ],
    ids=[
        "crs_wkt",
        "spatial_ref",
        "other variable",
        "CF",
        "crs",
        "proj4",
        "epsg",
        "proj:epsg",
    ],
)
@pytest.mark.filterwarnings("ignore::FutureWarning")  # pyproj on the old way to name a system
def test_the_reference_system_is_found_wherever_it_stands(cube: xr.Dataset, tmp_path: Path) -> None:
    facts = inspect_cube(written(cube, tmp_path), "cube.nc")
    assert facts.crs == UTM
    assert tuple(facts.affine)[:6] == (10.0, 0.0, 644_550.0, 0.0, -10.0, 5_676_350.0)


def test_a_cube_without_a_system_has_none(tmp_path: Path) -> None:
    assert inspect_cube(written(bare(), tmp_path), "cube.nc").crs == ""


@pytest.mark.parametrize(
    ("y", "x"), [("lat", "lon"), ("latitude", "longitude"), ("Y", "X"), ("northing", "easting")]
)
def test_axes_may_go_by_other_names(y: str, x: str, tmp_path: Path) -> None:
    facts = inspect_cube(written(bare().rename({"y": y, "x": x}), tmp_path), "cube.nc")
    assert facts.shape == (3, 4)


def test_coordinates_of_32_bits_are_even_enough(tmp_path: Path) -> None:
    planted = planted_cube()
    rough = stored_cube(planted, Coding())
    for name in rough.data_vars:
        rough[name].attrs = {"grid_mapping": "spatial_ref", "scale_factor": 1e-4}
    rough = rough.assign_coords(x=rough["x"].astype("float32"), y=rough["y"].astype("float32"))
    rough.to_netcdf(tmp_path / "cube.nc")
    cube = open_source(tmp_path).load(area_of(planted, slice(3, 9), slice(4, 13)))
    np.testing.assert_array_equal(cube["red"].values, planted["red"].values[:, 3:9, 4:13])


def test_uneven_coordinates_are_refused(tmp_path: Path) -> None:
    uneven = bare().assign_coords(x=[644_555.0, 644_565.0, 644_580.0, 644_585.0])
    with pytest.raises(SourceError, match="along x are not evenly spaced"):
        inspect_cube(written(uneven, tmp_path), "cube.nc")


def test_a_single_row_needs_a_stated_pixel_size(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="one pixel wide along y"):
        inspect_cube(written(bare().isel(y=[1]), tmp_path), "cube.nc")
    row = with_mapping({"crs_wkt": CRS(UTM).to_wkt(), "GeoTransform": "644550 10 0 5676350 0 -10"}).isel(
        y=[1]
    )
    facts = inspect_cube(written(row, tmp_path), "cube.nc")
    assert (facts.shape, facts.affine.f) == ((1, 4), 5_676_340.0)


def test_a_file_that_is_no_cube_says_what_it_has(tmp_path: Path) -> None:
    table = xr.Dataset({"a": ("station", np.arange(3.0))})
    with pytest.raises(SourceError, match="no dimensions y and x, but station"):
        inspect_cube(written(table, tmp_path), "cube.nc")


def test_a_cube_without_map_coordinates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no coordinates along x"):
        inspect_cube(written(bare().drop_vars(["x", "y"]), tmp_path), "cube.nc")


def test_time_steps_without_dates_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no dates"):
        inspect_cube(written(bare().drop_vars("time"), tmp_path), "cube.nc")


def test_dates_may_be_written_as_text(tmp_path: Path) -> None:
    text = bare().assign_coords(time=["2020-01-05", "20200205T105441"])
    times = {layer.time for layer in inspect_cube(written(text, tmp_path), "cube.nc").layers}
    assert sorted(t.isoformat() for t in times if t) == [
        "2020-01-05T00:00:00+00:00",
        "2020-02-05T10:54:41+00:00",
    ]


def test_a_calendar_without_leap_days_is_refused(tmp_path: Path) -> None:
    odd = bare().assign_coords(time=[0, 31])
    odd["time"].attrs = {"units": "days since 2020-01-05", "calendar": "360_day"}
    path = tmp_path / "cube.nc"
    odd.to_netcdf(path)
    with pytest.raises(SourceError, match=r"dates of cube.nc cannot be read"):
        inspect_cube(path, "cube.nc")


def test_a_cube_of_one_date_takes_it_from_its_name(tmp_path: Path) -> None:
    planted = planted_cube(dates=("2020-01-05",))
    whole = write_folder(planted, tmp_path / "a", "netcdf")
    with xr.open_dataset(whole / "cube.nc", mask_and_scale=False) as cube:
        cube.isel(time=0, drop=True).to_netcdf(tmp_path / "scene_20200105.nc")
    cube = open_source(tmp_path / "scene_20200105.nc").load(area_of(planted))
    assert_same_pixels(cube, planted)


def test_files_of_one_year_each_become_one_series(tmp_path: Path) -> None:
    planted = planted_cube()
    for t in range(3):
        folder = write_folder(planted.isel(time=[t]), tmp_path / f"part{t}", "netcdf")
        (folder / "cube.nc").rename(tmp_path / f"year{t}.nc")
    assert_same_pixels(open_source(tmp_path).load(area_of(planted)), planted)


def test_bands_may_be_a_dimension(tmp_path: Path) -> None:
    planted = planted_cube()
    stored = stored_cube(planted, Coding())
    names = list(stored.data_vars)
    stack = xr.concat([stored[n].astype("uint16") for n in names], dim="band").assign_coords(band=names)
    cube = stack.transpose("time", "band", "y", "x").rename("reflectance").to_dataset()
    cube["reflectance"].attrs = {
        "grid_mapping": "spatial_ref",
        "_FillValue": np.uint16(0),
        "scale_factor": 1e-4,
    }
    cube.to_netcdf(tmp_path / "cube.nc")
    assert_same_pixels(open_source(tmp_path).load(area_of(planted)), planted)


def test_what_is_no_image_is_passed_over_with_the_reason(tmp_path: Path) -> None:
    cube = bare(
        sun=("time", [30.0, 40.0]),
        height=(("y", "x"), np.ones((3, 4))),
        text=(("time", "y", "x"), np.full((2, 3, 4), "a")),
        levels=(("time", "level", "y", "x"), np.ones((2, 2, 3, 4))),
    )
    facts = inspect_cube(written(cube, tmp_path), "cube.nc")
    assert {layer.name for layer in facts.layers} == {"B04"}
    reasons = dict(facts.unread)
    assert reasons["sun"] == "it has no y and x"
    assert reasons["height"] == "it has no time"
    assert "type" in reasons["text"]
    assert "level" in reasons["levels"]


def test_a_band_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    cube = bare()
    cube["red"] = cube["B04"]
    written(cube, tmp_path)
    with pytest.raises(SourceError, match="holds red twice: as 'B04' and as 'red'"):
        open_source(tmp_path, crs=UTM).describe()


def test_fill_value_and_missing_value_both_mean_no_data(tmp_path: Path) -> None:
    cube = bare()
    cube["B04"].attrs |= {"_FillValue": np.uint16(101), "missing_value": np.uint16(102)}
    (first, *_) = inspect_cube(written(cube, tmp_path), "cube.nc").layers
    assert first.stated.nodata == (101.0, 102.0)


def test_only_the_window_is_handed_over(tmp_path: Path) -> None:
    path = written(bare(), tmp_path)
    facts = inspect_cube(path, "cube.nc")
    places = [Place(variable="B04", step=1), Place(variable="B04", step=0)]
    (later, mask), (earlier, _) = read_cube_file(path, "cube.nc", facts, places, (1, 2, 2, 1))
    assert mask is None
    assert later.tolist() == [[118], [122]]
    assert earlier.tolist() == [[106], [110]]


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("compressor", ["default", "blosc"])
@pytest.mark.parametrize("keep", [0.5, 0.0])
@pytest.mark.filterwarnings("ignore::UserWarning")  # zarr on its own future
def test_a_chunk_cut_short_is_named(zarr_format: int, compressor: str, keep: float, tmp_path: Path) -> None:
    """Blosc itself hands over numbers that mean nothing (see `zarr_chunks`)."""
    import zarr

    rng = np.random.default_rng(0)
    cube = bare().isel(time=[0, 0, 0, 0, 1]).assign_coords(time=bare()["time"].values[[0, 0, 0, 0, 1]])
    cube["B04"] = cube["B04"].copy(data=rng.integers(100, 5000, cube["B04"].shape).astype(np.uint16))
    encoding: dict[str, Any] = {"chunks": (1, 2, 4)}
    if compressor == "blosc":
        from zarr.codecs import BloscCodec

        encoding["compressors"] = None if zarr_format == 2 else [BloscCodec()]
        if zarr_format == 2:
            from numcodecs import Blosc

            encoding["compressors"] = Blosc()
    store = tmp_path / "cube.zarr"
    cube.to_zarr(store, encoding={"B04": encoding}, zarr_format=zarr_format, consolidated=False)
    facts = inspect_cube(store, "cube.zarr")
    assert zarr.open_group(store, mode="r")["B04"].shape == (5, 3, 4)
    chunk = store / "B04" / ("2.1.0" if zarr_format == 2 else "c/2/1/0")
    whole = chunk.read_bytes()
    chunk.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(CorruptImageError, match=r"cube.zarr cannot be read"):
        read_cube_file(store, "cube.zarr", facts, [Place(variable="B04", step=2)], (0, 0, 3, 4))
    # A window that does not need the chunk is read.
    ((pixels, _),) = read_cube_file(store, "cube.zarr", facts, [Place(variable="B04", step=2)], (0, 0, 2, 4))
    np.testing.assert_array_equal(pixels, cube["B04"].values[2, :2])


def test_a_chunk_that_is_missing_is_the_fill_value(tmp_path: Path) -> None:
    planted = planted_cube()
    folder = write_folder(planted, tmp_path, "zarr")
    for chunk in (folder / "cube.zarr" / "B04").glob("c/*"):
        __import__("shutil").rmtree(chunk)
    cube = open_source(folder).load(area_of(planted))
    assert np.isnan(cube["red"].values).all()
    assert not cube["valid"].values.any()


def test_bytes_gone_wrong_are_named(tmp_path: Path) -> None:
    planted = planted_cube(shape=(60, 60))
    stored = stored_cube(planted, Coding())
    encoding = {str(n): {"zlib": True, "complevel": 1} for n in stored.data_vars}
    for name in stored.data_vars:
        stored[name].attrs = {"grid_mapping": "spatial_ref", "scale_factor": 1e-4}
    path = tmp_path / "cube.nc"
    stored.to_netcdf(path, encoding=encoding)
    raw = bytearray(path.read_bytes())
    at = raw.find(zlib.compress(b"", 1)[:2], len(raw) // 2)
    raw[at : at + 400] = b"\x55" * 400
    path.write_bytes(raw)
    with pytest.raises(CorruptImageError, match=r"cube.nc cannot be read"):
        open_source(tmp_path).load(area_of(planted))
