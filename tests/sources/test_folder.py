"""The folder source as a whole: one planted cube, written in every layout, read back the same."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import odc.geo.xr  # noqa: F401 - registers `.odc`
import pytest
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from imagery.domain import Period
from imagery.errors import (
    CorruptImageError,
    GeometryError,
    GridMismatchError,
    ImageryWarning,
    NoSceneError,
    ParameterError,
    SourceError,
)
from imagery.pixels.scl import valid_from_scl
from imagery.sources import Area, FolderSource, SourceConfig, open_source
from imagery.testing.folders import (
    Coding,
    area_of,
    assert_same_pixels,
    planted_cube,
    stored_cube,
    write_folder,
    write_tif,
)

LAYOUTS = ["per_band", "per_date", "dates_in_bands", "netcdf", "zarr"]


def truth_of_valid(cube: xr.Dataset, dilation_px: int = 2) -> np.ndarray:
    """Data in every band, and clear."""
    bands = [cube[name].values for name in cube.data_vars if name != "scl"]
    data = np.isfinite(np.stack(bands)).all(axis=0)
    return data & valid_from_scl(cube["scl"].values, dilation_px=dilation_px)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("coding", [Coding(), Coding(offset=-0.1, nodata=65535)], ids=["plain", "offset"])
def test_every_layout_gives_the_same_cube__planted(
    layout: str, coding: Coding, planted: xr.Dataset, tmp_path: Path
) -> None:
    source = open_source(write_folder(planted, tmp_path, layout, coding=coding))
    cube = source.load(area_of(planted))
    assert_same_pixels(cube, planted)
    np.testing.assert_array_equal(cube["valid"].values, truth_of_valid(planted))
    assert cube["valid"].dtype == np.bool_
    assert cube.attrs["cloud_mask"] == "scl"
    assert cube.attrs["covered_fraction"] == 1.0
    assert len(set(cube["scene_id"].values.tolist())) == 3


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_part_is_cut_in_whole_pixels__planted(layout: str, planted: xr.Dataset, tmp_path: Path) -> None:
    source = open_source(write_folder(planted, tmp_path, layout))
    rows, columns = slice(2, 11), slice(3, 20)
    cube = source.load(area_of(planted, rows, columns))
    assert_same_pixels(cube, planted.isel(y=rows, x=columns))
    np.testing.assert_array_equal(cube["valid"].values, truth_of_valid(planted)[:, rows, columns])


@settings(deadline=None, max_examples=25)
@given(
    row=st.integers(0, 23),
    rows=st.integers(1, 24),
    column=st.integers(0, 30),
    columns=st.integers(1, 31),
    dilation=st.integers(0, 3),
)
def test_cutting_does_not_change_what_is_valid__planted(
    row: int, rows: int, column: int, columns: int, dilation: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    planted = planted_cube()
    folder = tmp_path_factory.getbasetemp() / "cutting"
    if not folder.exists():
        write_folder(planted, folder, "netcdf")
    part = slice(row, min(row + rows, 24)), slice(column, min(column + columns, 31))
    source = FolderSource(folder, cloud_dilation_px=dilation)
    cube = source.load(area_of(planted, *part))
    expected = truth_of_valid(planted, dilation)[:, part[0], part[1]]
    np.testing.assert_array_equal(cube["valid"].values, expected)


def test_the_coordinates_say_where_each_date_comes_from__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    write_folder(planted, tmp_path, "per_band")
    (tmp_path / "source.toml").write_text(
        "sensor = 'sentinel-2'\nbaseline = '05.09'\nlicence = 'CC BY'\ngeolocation_m = 4\noffset = 0\n",
        encoding="utf-8",
    )
    cube = open_source(tmp_path).load(area_of(planted))
    assert cube["scene_id"].values.tolist() == ["20200105", "20200125", "20200310"]
    assert set(cube["sensor"].values) == {"sentinel-2"}
    assert set(cube["baseline"].values) == {"05.09"}
    assert cube.attrs["licence"] == "CC BY"
    assert cube.attrs["geolocation_m"] == 4.0
    cloud = np.isin(planted["scl"].values, [3, 8, 9, 10]).mean(axis=(1, 2))
    np.testing.assert_allclose(cube["cloud_fraction"].values, cloud, rtol=1e-6)


def test_what_is_not_stated_is_unknown__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    cube = open_source(write_folder(planted, tmp_path, "netcdf")).load(area_of(planted))
    assert set(cube["sensor"].values) == {"unknown"}
    assert "geolocation_m" not in cube.attrs
    assert "licence" not in cube.attrs


def test_the_description_says_what_is_there_without_pixels__planted(
    planted: xr.Dataset, tmp_path: Path
) -> None:
    source = FolderSource(write_folder(planted, tmp_path / "images", "per_date"))
    said = source.describe()
    assert said.name == "folder:images"
    assert (said.crs, said.resolution_m) == ("EPSG:32631", 10.0)
    assert said.bands == ("blue", "green", "red", "nir")
    assert [t.isoformat() for t in said.times] == [
        "2020-01-05T00:00:00+00:00",
        "2020-01-25T00:00:00+00:00",
        "2020-03-10T00:00:00+00:00",
    ]
    assert said.footprint.equals(shapely.box(644_550, 5_676_110, 644_860, 5_676_350))
    assert [file for file, _ in said.files] == [f"scene_2020{d}.tif" for d in ("0105", "0125", "0310")]
    assert {digest for _, digest in said.files} == {""}
    hashed = source.describe(hashes=True)
    assert all(len(digest) == 64 for _, digest in hashed.files)
    assert dict(hashed.files) == source.file_hashes()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_scale_that_nobody_states_is_refused_until_it_is_told__planted(
    layout: str, planted: xr.Dataset, tmp_path: Path
) -> None:
    folder = write_folder(planted, tmp_path, layout, coding=Coding(stated=False))
    with pytest.raises(SourceError, match="does not state the scale of B02") as caught:
        open_source(folder).describe()
    assert "scale = 0.0001" in caught.value.hint
    with pytest.raises(SourceError, match="scale"):
        open_source(folder).load(area_of(planted))
    assert_same_pixels(open_source(folder, scale=1e-4, nodata=0).load(area_of(planted)), planted)


def test_a_scale_that_is_told_goes_before_what_files_say__planted(
    planted: xr.Dataset, tmp_path: Path
) -> None:
    folder = write_folder(planted, tmp_path, "per_band")
    told = open_source(folder, scale=2e-4).load(area_of(planted))
    np.testing.assert_allclose(told["red"].values, 2 * planted["red"].values, rtol=1e-6)


def test_reflectance_as_floats_must_be_told_as_well__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    plain = planted.copy()
    for name in plain.data_vars:
        plain[name].attrs = {"grid_mapping": "spatial_ref"}
    plain.to_netcdf(tmp_path / "cube.nc")
    with pytest.raises(SourceError, match="never guessed") as caught:
        open_source(tmp_path).describe()
    assert "scale = 1 " in caught.value.hint
    assert_same_pixels(open_source(tmp_path, scale=1).load(area_of(planted)), planted)


@pytest.mark.parametrize(("scale", "median"), [(1.0, "571.5"), (1e-9, "5.715e-07")])
def test_numbers_that_cannot_be_reflectance_are_refused__planted(
    scale: float, median: str, planted: xr.Dataset, tmp_path: Path
) -> None:
    folder = write_folder(planted, tmp_path, "netcdf")
    with pytest.raises(SourceError, match=f"cannot be right: its median is {median} with scale"):
        open_source(folder, scale=scale).load(area_of(planted))


def test_any_subset_of_bands_may_be_asked_for__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    source = open_source(write_folder(planted, tmp_path, "per_band"))
    cube = source.load(area_of(planted), bands=("B08", "red"))
    assert_same_pixels(cube, planted[["red", "nir", "scl"]])
    holes = np.isfinite(planted["red"].values) & np.isfinite(planted["nir"].values)
    np.testing.assert_array_equal(
        cube["valid"].values, holes & valid_from_scl(planted["scl"].values, dilation_px=2)
    )
    with pytest.raises(SourceError, match="no band swir16") as caught:
        source.load(area_of(planted), bands=("red", "swir16"))
    assert "blue, green, red, nir" in caught.value.hint


def test_a_folder_without_bands_in_the_list_still_serves__planted(tmp_path: Path) -> None:
    planted = planted_cube(bands=("nir",))
    assert_same_pixels(
        open_source(write_folder(planted, tmp_path, "per_date")).load(area_of(planted)), planted
    )


def test_a_period_is_half_open__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    source = open_source(write_folder(planted, tmp_path, "netcdf"))
    cube = source.load(area_of(planted), Period.parse("2020-01-05/2020-03-10"))
    assert_same_pixels(cube, planted.isel(time=slice(0, 2)))
    with pytest.raises(NoSceneError, match="2021-01-01/2022-01-01") as caught:
        source.load(area_of(planted), Period.parse("2021-01-01/2022-01-01"))
    assert "2020-01-05 to 2020-03-10" in caught.value.hint


def test_ground_beyond_the_imagery_is_left_out_and_said__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    source = open_source(write_folder(planted, tmp_path, "per_date"))
    box = area_of(planted).geometry.bounds
    wide = shapely.box(box[0] - 310, box[1], box[2], box[3])
    cube = source.load(Area(geometry=wide, crs="EPSG:32631"))
    assert_same_pixels(cube, planted)
    assert cube.attrs["covered_fraction"] == pytest.approx(0.5)


def test_ground_outside_the_imagery_has_no_scene__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    source = open_source(write_folder(planted, tmp_path, "per_date"))
    with pytest.raises(NoSceneError, match="lies outside the imagery"):
        source.load(Area(geometry=shapely.Point(0, 0).buffer(10), crs="EPSG:32631"))
    with pytest.raises(GeometryError, match="EPSG:999999"):
        source.load(Area(geometry=shapely.Point(0, 0).buffer(10), crs="EPSG:999999"))
    with pytest.raises(GeometryError, match="empty"):
        source.load(Area(geometry=shapely.Polygon(), crs="EPSG:32631"))


def test_ground_in_another_system_is_found__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    from imagery.pixels.grids import to_crs

    source = open_source(write_folder(planted, tmp_path, "per_date"))
    part = area_of(planted, slice(5, 6), slice(7, 8))
    shape = to_crs(shapely.Point(part.geometry.centroid), "EPSG:32631", "EPSG:28992")
    cube = source.load(Area(geometry=shape.buffer(1.0), crs="EPSG:28992"))
    assert_same_pixels(cube, planted.isel(y=slice(5, 6), x=slice(7, 8)))


def test_snow_may_count_as_ground__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    folder = write_folder(planted, tmp_path, "netcdf")
    masked = FolderSource(folder, cloud_dilation_px=0).load(area_of(planted))["valid"].values
    kept = (
        FolderSource(folder, cloud_dilation_px=0, snow_is_clear=True).load(area_of(planted))["valid"].values
    )
    differ = np.argwhere(masked != kept).tolist()
    assert differ == [[t, 21, 2 + t] for t in range(3)]


def test_a_cloud_just_outside_the_cut_grows_into_it__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    source = open_source(write_folder(planted, tmp_path, "netcdf"))
    cube = source.load(area_of(planted, slice(3, 6), slice(9, 20)), cloud_dilation_px=1)
    assert not cube["valid"].values[0, :, 0].any()
    assert float(cube["cloud_fraction"][0]) == 0.0


def test_without_a_classification_valid_is_where_there_is_data__planted(
    planted: xr.Dataset, tmp_path: Path
) -> None:
    cube = open_source(write_folder(planted, tmp_path, "netcdf"), scl="none").load(area_of(planted))
    bands = np.stack([planted[b].values for b in ("blue", "green", "red", "nir")])
    np.testing.assert_array_equal(cube["valid"].values, np.isfinite(bands).all(axis=0))
    assert cube.attrs["cloud_mask"] == "none"
    assert any("no scene classification" in note for note in cube.attrs["notes"])
    assert np.isnan(cube["cloud_fraction"].values).all()


def test_dates_without_a_classification_are_counted__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    folder = write_folder(planted, tmp_path, "per_band")
    (folder / "20200125_SCL.tif").unlink()
    cube = open_source(folder).load(area_of(planted))
    assert any(note.startswith("1 of 3 dates have no scene") for note in cube.attrs["notes"])
    assert np.isnan(cube["cloud_fraction"].values).tolist() == [False, True, False]
    assert cube["valid"].values[1].sum() > cube["valid"].values[0].sum()


def test_dates_come_in_order_however_they_lie__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    shuffled = stored_cube(planted, Coding()).isel(time=[2, 0, 1])
    for name in shuffled.data_vars:
        shuffled[name].attrs = {"scale_factor": 1e-4, "grid_mapping": "spatial_ref"}
    shuffled.to_netcdf(tmp_path / "cube.nc")
    assert_same_pixels(open_source(tmp_path).load(area_of(planted)), planted)


@pytest.mark.parametrize("suffix", ["nc", "zarr"])
@pytest.mark.filterwarnings("ignore::UserWarning")  # zarr on its own future
def test_cubes_may_lie_upside_down_and_with_time_last__planted(
    suffix: str, planted: xr.Dataset, tmp_path: Path
) -> None:
    turned = stored_cube(planted, Coding()).isel(y=slice(None, None, -1), x=slice(None, None, -1))
    turned = turned.transpose("y", "x", "time")
    for name in turned.data_vars:
        turned[name].attrs = {"scale_factor": 1e-4, "grid_mapping": "spatial_ref", "_FillValue": np.uint16(0)}
    turned["SCL"].attrs = {"grid_mapping": "spatial_ref"}
    path = tmp_path / f"cube.{suffix}"
    turned.to_netcdf(path) if suffix == "nc" else turned.to_zarr(path, consolidated=False)
    rows, columns = slice(2, 11), slice(3, 20)
    cube = open_source(path).load(area_of(planted, rows, columns))
    assert_same_pixels(cube, planted.isel(y=rows, x=columns))


def test_a_path_straight_to_a_file_uses_the_description_beside_it__planted(
    planted: xr.Dataset, tmp_path: Path
) -> None:
    write_folder(planted, tmp_path, "netcdf", coding=Coding(stated=False))
    (tmp_path / "source.toml").write_text("scale = 0.0001\nfiles = '{date}.tif'\n", encoding="utf-8")
    source = open_source(f"folder:{tmp_path / 'cube.nc'}")
    assert_same_pixels(source.load(area_of(planted)), planted)
    assert source.describe().name == "folder:cube.nc"


def test_a_described_folder_reads_names_by_its_pattern__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    stored = stored_cube(planted, Coding())
    for t, day in enumerate(("05-01-20", "25-01-20", "10-03-20")):
        for name, channel in (
            ("B02", "ch1"),
            ("B03", "ch2"),
            ("B04", "ch3"),
            ("B08", "ch4"),
            ("SCL", "class"),
        ):
            folder = tmp_path / channel
            folder.mkdir(exist_ok=True)
            write_tif(folder / f"tile7 {day}.tif", {"": stored[name].values[t]}, stored, Coding(stated=False))
    (tmp_path / "ch1" / "readme 01-01-20.tif").write_bytes(b"not an image")
    (tmp_path / "source.toml").write_text(
        "files = '{band}/tile7 {date}.tif'\ndate_format = '%d-%m-%y'\nscl = 'class'\nscale = 0.0001\nnodata = 0\n"
        "[bands]\nch1 = 'blue'\nch2 = 'green'\nch3 = 'red'\nch4 = 'nir'\n",
        encoding="utf-8",
    )
    cube = open_source(tmp_path).load(area_of(planted))
    assert_same_pixels(cube, planted)
    np.testing.assert_array_equal(cube["valid"].values, truth_of_valid(planted))


def test_a_stack_without_names_takes_the_order_that_is_told__planted(
    planted: xr.Dataset, tmp_path: Path
) -> None:
    stored = stored_cube(planted, Coding())
    for t, stamp in enumerate(("20200105", "20200125", "20200310")):
        names = ("B08", "B02", "SCL", "B03", "B04")
        images = {" " * (i + 1): stored[name].values[t].astype("uint16") for i, name in enumerate(names)}
        write_tif(tmp_path / f"{stamp}.tif", images, stored, Coding(stated=False))
    with pytest.raises(SourceError, match="its 5 bands have no names"):
        open_source(tmp_path, scale=1e-4).describe()
    with pytest.raises(SourceError, match="has 5 bands, and bands names 2"):
        open_source(tmp_path, scale=1e-4, bands=["nir", "blue"]).describe()
    told = open_source(tmp_path, scale=1e-4, nodata=0, bands=["nir", "blue", "SCL", "green", "red"])
    assert_same_pixels(told.load(area_of(planted)), planted)
    skipped = open_source(tmp_path, scale=1e-4, nodata=0, bands=["nir", "-", "SCL", "-", "red"])
    assert_same_pixels(skipped.load(area_of(planted)), planted[["red", "nir", "scl"]])


def test_dates_may_be_told_for_single_files__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    stored = stored_cube(planted.isel(time=[0]), Coding())
    images = {n: stored[n].values[0].astype("uint16") for n in ("B02", "B03", "B04", "B08")}
    write_tif(tmp_path / "ortho.tif", images, stored, Coding())
    with pytest.raises(SourceError, match=r"ortho.tif: no date in its name"):
        open_source(tmp_path).describe()
    cube = open_source(tmp_path, dates={"ortho.tif": "2020-01-05"}).load(area_of(planted))
    assert_same_pixels(cube, planted.isel(time=[0]))


def test_the_time_an_image_was_taken_is_read_from_its_metadata__planted(
    planted: xr.Dataset, tmp_path: Path
) -> None:
    import rasterio

    stored = stored_cube(planted.isel(time=[0]), Coding())
    write_tif(tmp_path / "ortho_nir.tif", {"nir": stored["B08"].values[0]}, stored, Coding())
    with rasterio.open(tmp_path / "ortho_nir.tif", "r+") as file:
        file.update_tags(TIFFTAG_DATETIME="2022:02:02 00:00:00")
    with pytest.raises(SourceError, match="no date"):  # that is when the file was made
        open_source(tmp_path).describe()
    with rasterio.open(tmp_path / "ortho_nir.tif", "r+") as file:
        file.update_tags(ns="IMAGERY", ACQUISITIONDATETIME="2020-01-05T00:00:00Z")
    assert_same_pixels(open_source(tmp_path).load(area_of(planted)), planted[["nir"]].isel(time=[0]))


# --- grids -----------------------------------------------------------------------------------------------------


def write_mixed(folder: Path) -> tuple[xr.Dataset, xr.Dataset]:
    """Bands on 10 and on 20 m over the same ground, the classification on 20 m only."""
    fine = planted_cube(shape=(24, 32), bands=("blue", "nir"))
    coarse = planted_cube(shape=(12, 16), bands=("nir08", "swir16"), pixel=20.0, seed=7)
    write_folder(fine.drop_vars("scl"), folder / "R10m")
    write_folder(coarse, folder / "R20m")
    return fine, coarse


def test_the_finest_grid_is_taken_and_the_other_bands_are_named__planted(tmp_path: Path) -> None:
    fine, coarse = write_mixed(tmp_path)
    source = open_source(tmp_path, cloud_dilation_px=0)
    with pytest.warns(ImageryWarning, match="nir08, swir16"):
        cube = source.load(area_of(fine))
    assert_same_pixels(cube, fine.drop_vars("scl"))
    assert cube.attrs["left_out"] == ["nir08", "swir16"]
    assert source.describe().bands == ("blue", "nir")
    data = np.isfinite(fine["blue"].values) & np.isfinite(fine["nir"].values)
    clear = valid_from_scl(coarse["scl"].values).repeat(2, axis=1).repeat(2, axis=2)
    np.testing.assert_array_equal(cube["valid"].values, data & clear)


def test_the_other_grid_is_there_for_the_asking__planted(tmp_path: Path) -> None:
    _, coarse = write_mixed(tmp_path)
    told = open_source(tmp_path, resolution_m=20)
    assert_same_pixels(told.load(area_of(coarse)), coarse)
    asked = open_source(tmp_path).load(area_of(coarse), bands=("swir16",))
    assert_same_pixels(asked, coarse[["swir16", "scl"]])
    with pytest.raises(SourceError, match="no pixels of 60 m") as caught:
        open_source(tmp_path, resolution_m=60).describe()
    assert "10 m, 20 m" in caught.value.hint


def test_a_classification_on_a_finer_grid_masks_what_it_touches__planted(tmp_path: Path) -> None:
    coarse = planted_cube(shape=(12, 16), bands=("swir16",), pixel=20.0).drop_vars("scl")
    fine = planted_cube(shape=(24, 32), bands=("nir",))
    write_folder(coarse, tmp_path)
    write_folder(fine[["scl"]], tmp_path)
    cube = open_source(tmp_path, cloud_dilation_px=0).load(area_of(coarse))
    clear = valid_from_scl(fine["scl"].values).reshape(3, 12, 2, 16, 2).all(axis=(2, 4))
    np.testing.assert_array_equal(cube["valid"].values, clear & np.isfinite(coarse["swir16"].values))


def test_a_product_as_it_is_delivered_is_read_once_per_band__planted(tmp_path: Path) -> None:
    """The finest copy of each band and classification is taken; Level-1C and pictures of the product are not."""
    times = ("2020-01-05T10:54:41",)
    fine = planted_cube(shape=(24, 36), bands=("blue", "nir"), dates=times)
    middle = planted_cube(shape=(12, 18), bands=("blue", "nir08"), dates=times, pixel=20.0, seed=1)
    rough = planted_cube(shape=(4, 6), bands=("blue",), dates=times, pixel=60.0, seed=2)
    name = "S2A_MSIL2A_20200105T105441_N0500_R051_T31UFT_20230816T155057.SAFE"
    stated = Coding(stated=False)
    for level in (name, name.replace("MSIL2A", "MSIL1C")):
        images = tmp_path / level / "GRANULE" / "IMG_DATA"
        for part, cube in (("R10m", fine.drop_vars("scl")), ("R20m", middle), ("R60m", rough)):
            write_folder(cube, images / part, coding=stated)
    with pytest.raises(SourceError, match=r"baseline 05.00, whose numbers carry an offset"):
        open_source(tmp_path, scale=1e-4).describe()
    source = FolderSource(tmp_path, SourceConfig(scale=1e-4, offset=0), cloud_dilation_px=0)
    with pytest.warns(ImageryWarning, match="nir08"):
        cube = source.load(area_of(fine))
    assert_same_pixels(cube, fine.drop_vars("scl"))
    clear = valid_from_scl(middle["scl"].values).repeat(2, axis=1).repeat(2, axis=2)
    data = np.isfinite(fine["blue"].values) & np.isfinite(fine["nir"].values)
    np.testing.assert_array_equal(cube["valid"].values, data & clear)
    assert set(cube["baseline"].values) == {"05.00"}
    assert set(cube["sensor"].values) == {"sentinel-2"}
    assert sum("Level-1C" in reason for _, reason in source.inventory.ignored) == 7


def test_a_file_in_another_system_is_named__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    write_folder(planted, tmp_path)
    odd = planted_cube(dates=("2020-05-05",), crs="EPSG:32632")
    write_folder(odd, tmp_path)
    with pytest.raises(GridMismatchError, match=r"20200505_B02.tif is in EPSG:32632.*EPSG:32631"):
        open_source(tmp_path).describe()


def test_a_file_shifted_by_part_of_a_pixel_is_named__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    write_folder(planted, tmp_path)
    write_folder(planted_cube(dates=("2020-05-05",), corner=(644_553.0, 5_676_350.0)), tmp_path)
    with pytest.raises(GridMismatchError, match=r"20200505_B02.tif does not share.*\+0.30 columns"):
        open_source(tmp_path).load(area_of(planted))


def test_the_noise_of_a_corner_does_not_move_an_image__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    """Corners that differ by less than a hundredth of a pixel are the same corner."""
    write_folder(planted.isel(time=[0, 1]), tmp_path)
    noisy = planted_cube(corner=(644_550.03, 5_676_350.03)).isel(time=[2])
    write_folder(noisy, tmp_path)
    rows, columns = slice(4, 12), slice(6, 15)
    cube = open_source(tmp_path).load(area_of(planted, rows, columns))
    assert_same_pixels(cube, planted.isel(y=rows, x=columns))


def test_a_file_of_nearly_the_same_pixel_size_is_named__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    write_folder(planted, tmp_path)
    write_folder(planted_cube(dates=("2020-05-05",), pixel=10.02), tmp_path)
    with pytest.raises(GridMismatchError, match=r"20200505_B02.tif does not share"):
        open_source(tmp_path).describe()


def test_a_band_that_changes_its_pixel_size_is_named__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    write_folder(planted, tmp_path)
    write_folder(planted_cube(dates=("2020-05-05",), pixel=20.0), tmp_path)
    with pytest.raises(GridMismatchError, match=r"20200505_B02.tif holds blue with pixels of 20 m"):
        open_source(tmp_path).describe()


def test_files_of_other_extents_on_the_same_lines_are_cut_by_their_own_place__planted(tmp_path: Path) -> None:
    """The same ground in windows that start elsewhere: each file is cut by its own transform."""
    truth = planted_cube(shape=(30, 40))
    parts = [(slice(0, 20), slice(0, 25)), (slice(5, 30), slice(10, 40)), (slice(2, 28), slice(3, 33))]
    for t, (rows, columns) in enumerate(parts):
        write_folder(truth.isel(time=[t], y=rows, x=columns), tmp_path)
    source = FolderSource(tmp_path, cloud_dilation_px=0)
    cube = source.load(area_of(truth))
    assert cube.odc.geobox == truth.odc.geobox
    for t, (rows, columns) in enumerate(parts):
        expected = np.full(truth["red"].shape[1:], np.nan, dtype=np.float32)
        expected[rows, columns] = truth["red"].values[t, rows, columns]
        np.testing.assert_array_equal(cube["red"].values[t], expected)
    inner = slice(8, 18), slice(12, 22)
    assert_same_pixels(source.load(area_of(truth, *inner)), truth.isel(y=inner[0], x=inner[1]))


def test_a_date_that_lies_elsewhere_is_no_date_of_this_ground__planted(tmp_path: Path) -> None:
    here = planted_cube(dates=("2020-01-05",))
    there = planted_cube(dates=("2020-02-05",), corner=(644_550.0 + 310, 5_676_350.0))
    write_folder(here, tmp_path)
    write_folder(there, tmp_path)
    source = open_source(tmp_path)
    assert len(source.describe().times) == 2
    assert_same_pixels(source.load(area_of(here)), here)
    with pytest.raises(NoSceneError, match="no image of this area"):
        source.load(area_of(here), Period.parse("2020-02-01/2020-03-01"))


def test_a_rotated_image_is_refused__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    from affine import Affine

    turned = Affine.rotation(10) @ Affine(10, 0, 644_550, 0, -10, 5_676_350)
    stored = stored_cube(planted, Coding())
    write_tif(
        tmp_path / "20200105_red.tif", {"red": stored["B04"].values[0]}, stored, Coding(), transform=turned
    )
    with pytest.raises(GridMismatchError, match=r"20200105_red.tif is rotated"):
        open_source(tmp_path).describe()


def test_degrees_are_kept_as_degrees__planted(tmp_path: Path) -> None:
    planted = planted_cube(crs="EPSG:4326", corner=(5.0, 52.0), pixel=1e-4)
    for layout in ("per_band", "netcdf"):
        source = open_source(write_folder(planted, tmp_path / layout, layout))
        assert_same_pixels(source.load(area_of(planted)), planted)
        assert source.describe().resolution_m == pytest.approx(8.7, abs=0.1)


# --- one overpass, several images --------------------------------------------------------------------------------


def write_two_tiles(folder: Path) -> xr.Dataset:
    """One overpass in two tiles that overlap by six columns, each with no data beyond its own border."""
    truth = planted_cube(shape=(20, 30), dates=("2020-01-05T10:54:41",))
    west, east = truth.isel(x=slice(0, 18)), truth.isel(x=slice(12, 30)).copy(deep=True)
    for band in ("blue", "green", "red", "nir"):
        east[band].values[:, :, :3] = np.nan
    east["time"] = east["time"] + np.timedelta64(14, "s")
    write_folder(west, folder / "T31UFT")
    write_folder(east, folder / "T31UGT")
    return truth


def test_tiles_of_one_overpass_count_once__planted(tmp_path: Path) -> None:
    truth = write_two_tiles(tmp_path)
    source = open_source(tmp_path, files="T{tile}/{date}_{band}.tif", cloud_dilation_px=0)
    cube = source.load(area_of(truth))
    assert_same_pixels(cube, truth)
    np.testing.assert_array_equal(cube["valid"].values, truth_of_valid(truth, 0))
    assert len(source.describe().times) == 1
    assert any("2 images of one overpass count as one" in note for note in cube.attrs["notes"])


def test_of_two_versions_the_one_that_shows_more_goes_first__planted(tmp_path: Path) -> None:
    truth = planted_cube(shape=(10, 12), dates=("2020-01-05",), bands=("red",)).drop_vars("scl")
    truth["red"].values[:] = np.nan_to_num(truth["red"].values, nan=0.05)
    poor, rich = truth.copy(deep=True), truth.copy(deep=True)
    poor["red"].values[:] += np.float32(0.1)
    poor["red"].values[0, :6] = np.nan
    rich["red"].values[0, 9:] = np.nan
    write_folder(poor, tmp_path / "v1")
    write_folder(rich, tmp_path / "v2")
    cube = open_source(tmp_path).load(area_of(truth))
    expected = np.where(np.isfinite(rich["red"].values), rich["red"].values, poor["red"].values)
    np.testing.assert_allclose(cube["red"].values, expected, atol=1e-6)
    assert cube.sizes["time"] == 1


def test_time_steps_that_a_cube_holds_twice_count_once__planted(tmp_path: Path) -> None:
    planted = planted_cube(dates=("2020-01-05", "2020-01-05", "2020-02-05"))
    planted["red"].values[1] = planted["red"].values[0]
    cube = open_source(write_folder(planted, tmp_path, "netcdf")).load(area_of(planted))
    assert cube.sizes["time"] == 2
    assert np.all(np.diff(cube["time"].values) > np.timedelta64(0))


def test_a_date_that_lacks_a_band_is_left_out_and_said__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    folder = write_folder(planted, tmp_path)
    (folder / "20200125_B04.tif").unlink()
    source = open_source(folder)
    with pytest.warns(ImageryWarning, match="2020-01-25 has no red"):
        cube = source.load(area_of(planted))
    assert_same_pixels(cube, planted.isel(time=[0, 2]))
    assert cube.attrs["left_out_dates"] == ["2020-01-25"]
    assert_same_pixels(source.load(area_of(planted), bands=("blue", "nir")), planted[["blue", "nir", "scl"]])
    with pytest.raises(NoSceneError, match="2020-01-25 has no red"):
        source.load(area_of(planted), Period.parse("2020-01-20/2020-02-01"))


def test_a_band_that_few_dates_have_does_not_cost_the_other_dates__planted(
    planted: xr.Dataset, tmp_path: Path
) -> None:
    folder = write_folder(planted, tmp_path)
    extra = planted_cube(dates=("2020-01-05",), bands=("swir16",)).drop_vars("scl")
    write_folder(extra, folder)
    source = open_source(folder)
    with pytest.warns(ImageryWarning, match="few dates have .swir16"):
        cube = source.load(area_of(planted))
    assert_same_pixels(cube, planted)
    assert cube.attrs["left_out"] == ["swir16"]
    assert_same_pixels(source.load(area_of(planted), bands=("swir16",)), extra)


# --- what is broken or missing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["empty", "text", "half"])
@pytest.mark.parametrize("layout", ["per_band", "netcdf"])
def test_a_damaged_file_is_named__planted(
    damage: str, layout: str, planted: xr.Dataset, tmp_path: Path
) -> None:
    folder = write_folder(planted, tmp_path, layout)
    name = "20200125_B04.tif" if layout == "per_band" else "cube.nc"
    path = folder / name
    whole = path.read_bytes()
    path.write_bytes({"empty": b"", "text": b"<html>404</html>", "half": whole[: len(whole) // 2]}[damage])
    source = open_source(folder)
    with pytest.raises(CorruptImageError, match=name):
        source.describe()
    with pytest.raises(CorruptImageError, match=name) as caught:
        source.load(area_of(planted))
    assert str(tmp_path) not in str(caught.value)
    assert "again" in caught.value.hint


def test_an_image_cut_short_behind_its_header_is_named_when_it_is_read__planted(tmp_path: Path) -> None:
    import rasterio.shutil

    planted = planted_cube(shape=(64, 64), dates=("2020-01-05",), bands=("red",))
    stored = stored_cube(planted, Coding())
    write_tif(tmp_path / "plain", {"red": stored["B04"].values[0]}, stored, Coding())
    path = tmp_path / "20200105_red.tif"
    rasterio.shutil.copy(tmp_path / "plain", path, driver="COG", COMPRESS="NONE", BLOCKSIZE=64)
    assert_same_pixels(open_source(tmp_path).load(area_of(planted)), planted[["red"]])
    path.write_bytes(path.read_bytes()[:-1500])
    source = open_source(tmp_path)
    source.describe()  # the header is whole
    with pytest.raises(CorruptImageError, match=r"20200105_red.tif"):
        source.load(area_of(planted))


def test_a_damaged_file_of_another_period_does_not_stop_this_one__planted(
    planted: xr.Dataset, tmp_path: Path
) -> None:
    folder = write_folder(planted, tmp_path)
    (folder / "20200310_B04.tif").write_bytes(b"")
    source = open_source(folder)
    cube = source.load(area_of(planted), Period.parse("2020-01-01/2020-02-01"))
    assert_same_pixels(cube, planted.isel(time=[0, 1]))
    with pytest.raises(CorruptImageError, match=r"20200310_B04.tif is empty"):
        source.load(area_of(planted), Period.parse("2020-01-01/2021-01-01"))


def test_a_missing_system_is_asked_for__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    bare = stored_cube(planted, Coding()).drop_vars("spatial_ref")
    for name in bare.data_vars:
        bare[name].attrs = {"scale_factor": 1e-4}
    for axis in ("x", "y"):
        bare[axis].attrs = {}
    bare.to_netcdf(tmp_path / "cube.nc")
    with pytest.raises(SourceError, match=r"cube.nc does not state its reference system") as caught:
        open_source(tmp_path).describe()
    assert 'crs = "EPSG:' in caught.value.hint
    assert_same_pixels(open_source(tmp_path, crs="EPSG:32631").load(area_of(planted)), planted)


def test_an_image_without_a_system_is_asked_for_it__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    stored = stored_cube(planted.isel(time=[0]), Coding())
    write_tif(tmp_path / "20200105_nir.tif", {"nir": stored["B08"].values[0]}, stored, Coding(), crs=None)
    with pytest.raises(SourceError, match=r"20200105_nir.tif does not state its reference system"):
        open_source(tmp_path).describe()
    told = open_source(tmp_path, crs="EPSG:32631")
    assert_same_pixels(told.load(area_of(planted)), planted[["nir"]].isel(time=[0]))


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")  # while it is written
def test_an_image_without_a_place_is_refused_or_passed_over__planted(
    planted: xr.Dataset, tmp_path: Path
) -> None:
    import rasterio

    write_folder(planted, tmp_path)
    for name in ("preview.tif", "20200105_B05.tif"):
        with rasterio.open(
            tmp_path / name, "w", driver="GTiff", count=1, height=4, width=4, dtype="uint8"
        ) as file:
            file.write(np.ones((1, 4, 4), dtype="uint8"))
    with pytest.raises(SourceError, match=r"20200105_B05.tif has no place on earth"):
        open_source(tmp_path).describe()
    (tmp_path / "20200105_B05.tif").unlink()
    source = FolderSource(tmp_path)  # a picture without a date is not ours to judge
    assert_same_pixels(source.load(area_of(planted)), planted)
    assert ("preview.tif", "no date in its name") in source.inventory.ignored


def test_rasters_and_cubes_in_one_folder_are_not_mixed__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    write_folder(planted, tmp_path, "per_band")
    write_folder(planted, tmp_path, "netcdf")
    with pytest.raises(SourceError, match=r"raster files .*cubes") as caught:
        open_source(tmp_path).describe()
    assert "files" in caught.value.hint
    assert_same_pixels(open_source(tmp_path, layout="cube").load(area_of(planted)), planted)
    assert_same_pixels(open_source(tmp_path, files="{date}_{band}.tif").load(area_of(planted)), planted)


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here", encoding="utf-8")
    with pytest.raises(SourceError, match="holds no image files"):
        open_source(tmp_path).describe()


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no folder or file"):
        FolderSource(tmp_path / "elsewhere")


@pytest.mark.parametrize(
    "option", [{"threads": 0}, {"cloud_dilation_px": -1}, {"resolution_m": 0.0}, {"threads": 1.5}]
)
def test_options_out_of_range_are_refused(option: dict[str, float], tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=next(iter(option))):
        FolderSource(tmp_path, **option)  # type: ignore[arg-type]


# --- many at once ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_source_serves_several_threads__planted(layout: str, planted: xr.Dataset, tmp_path: Path) -> None:
    source = FolderSource(write_folder(planted, tmp_path, layout), threads=2)
    parts = [(slice(i, i + 6), slice(2 * i, 2 * i + 5)) for i in range(12)]
    with ThreadPoolExecutor(4) as pool:
        cubes = list(pool.map(lambda part: source.load(area_of(planted, *part)), parts))
    for cube, (rows, columns) in zip(cubes, parts, strict=True):
        assert_same_pixels(cube, planted.isel(y=rows, x=columns))


def test_a_source_may_be_sent_to_another_process__planted(planted: xr.Dataset, tmp_path: Path) -> None:
    source = FolderSource(write_folder(planted, tmp_path), SourceConfig(licence="own", scale={"red": 1e-4}))
    source.describe()
    assert_same_pixels(pickle.loads(pickle.dumps(source)).load(area_of(planted)), planted)
