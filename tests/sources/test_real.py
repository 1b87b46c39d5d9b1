"""Real imagery as others wrote it: it is read as far as it speaks, and asked for what it does not say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import odc.geo.xr  # noqa: F401 - registers `.odc`
import pytest
import rasterio
import shapely
import xarray as xr

from imagery.domain import Period
from imagery.errors import GridMismatchError, ImageryWarning, SourceError
from imagery.pixels.scl import valid_from_scl
from imagery.sources import Area, open_source, source_report

pytestmark = pytest.mark.real


@pytest.fixture
def romania(data_folder: Path) -> Path:
    return data_folder / "s2_series_romania"


def everywhere(description_crs: str, footprint: shapely.Geometry) -> Area:
    return Area(geometry=shapely.buffer(footprint, -0.01, join_style="mitre"), crs=description_crs)


def test_the_romanian_series_does_not_say_its_scale__real(romania: Path) -> None:
    with pytest.raises(SourceError, match=r"romania_10m.nc does not state the scale of B2"):
        open_source(romania / "sentinel2_cube_subset_romania_10m.nc").describe()


def test_the_romanian_series_is_read_as_xarray_reads_it__real(romania: Path) -> None:
    path = romania / "sentinel2_cube_subset_romania_10m.nc"
    source = open_source(path, scale=1e-4, offset=0, cloud_dilation_px=2)
    said = source.describe()
    assert (said.crs, said.resolution_m, len(said.times)) == ("EPSG:3035", 10.0, 140)
    assert said.bands == ("blue", "green", "red", "nir")
    cube = source.load(everywhere(said.crs, said.footprint))
    with xr.open_dataset(path, mask_and_scale=False) as raw:
        assert cube.odc.geobox.shape == (100, 100)
        np.testing.assert_allclose(cube["x"], raw["x"], rtol=0, atol=1e-4)
        np.testing.assert_allclose(cube["y"], raw["y"], rtol=0, atol=1e-4)
        np.testing.assert_array_equal(cube["time"].values, raw["time"].values)
        data = np.ones(cube["valid"].shape, dtype=bool)
        for written, band in (("B2", "blue"), ("B3", "green"), ("B4", "red"), ("B8", "nir")):
            counts = raw[written].values
            truth = np.where(counts == 0, np.nan, counts * 1e-4).astype(np.float32)
            np.testing.assert_array_equal(cube[band].values, truth)
            data &= counts != 0
        clear = valid_from_scl(raw["SCL"].values, dilation_px=2)
        np.testing.assert_array_equal(cube["valid"].values, data & clear)
        share = np.isin(raw["SCL"].values, [3, 8, 9, 10]).sum(axis=(1, 2))
        known = (raw["SCL"].values > 0).sum(axis=(1, 2))
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(cube["cloud_fraction"].values, share / known, rtol=1e-6)


def test_a_year_and_a_corner_of_the_romanian_series__real(romania: Path) -> None:
    source = open_source(romania / "sentinel2_cube_subset_romania_10m.nc", scale=1e-4, offset=0)
    said = source.describe()
    left, _, _, top = said.footprint.bounds
    corner = Area(geometry=shapely.box(left + 31, top - 62, left + 49, top - 41), crs=said.crs)
    cube = source.load(corner, Period.parse("2020-01-01/2021-01-01"))
    with xr.open_dataset(romania / "sentinel2_cube_subset_romania_10m.nc", mask_and_scale=False) as raw:
        part = raw["B8"].sel(time="2020").values[:, 4:7, 3:5]
    np.testing.assert_array_equal(cube["nir"].values, np.where(part == 0, np.nan, part * 1e-4).astype("f4"))


def test_10_and_20_m_of_the_romanian_series_stay_on_their_grids__real(romania: Path) -> None:
    options = {"files": "sentinel2_cube_subset_romania_*.nc", "scale": 1e-4, "offset": 0}
    fine = open_source(romania, **options)
    said = fine.describe()
    area = everywhere(said.crs, said.footprint)
    with pytest.warns(ImageryWarning, match="nir08, swir16"):
        cube = fine.load(area, Period.parse("2019-01-01/2019-06-01"))
    assert cube.attrs["left_out"] == ["nir08", "swir16"]
    coarse = open_source(romania, resolution_m=20, **options).load(
        area, Period.parse("2019-01-01/2019-06-01")
    )
    assert list(coarse.data_vars) == ["green", "red", "nir08", "swir16", "valid"]
    assert coarse.odc.geobox.shape == (50, 50)
    assert cube["time"].values.tolist() == coarse["time"].values.tolist()
    # The 20 m green is the same ground: its 2 x 2 mean of 10 m differs little, and would not if a grid were flipped.
    small = np.nanmean(cube["green"].values.reshape(-1, 50, 2, 50, 2), axis=(2, 4))
    both = np.isfinite(small) & np.isfinite(coarse["green"].values)
    assert np.corrcoef(small[both], coarse["green"].values[both])[0, 1] > 0.99


def test_the_romanian_folder_as_a_whole_is_not_one_source__real(romania: Path) -> None:
    with pytest.raises(GridMismatchError, match=r"sentinel2_subset.nc"):
        open_source(romania, scale=1e-4).describe()
    assert "tree_cover_density_2018_romania.tif: no date in its name" in source_report(open_source(romania))


def test_a_stack_written_by_openeo_names_its_bands_in_tags__real(data_folder: Path) -> None:
    folder = data_folder / "s2_mol_3dates"
    with pytest.raises(SourceError, match="does not state the scale of B04"):
        open_source(folder).describe()
    source = open_source(folder, scale=1e-4, offset=0)
    said = source.describe()
    assert said.bands == ("blue", "green", "red")
    assert [t.date() for t in said.times] == [date(2023, 6, d) for d in (1, 4, 6)]
    cube = source.load(everywhere(said.crs, said.footprint))
    with rasterio.open(folder / "stac_3dates_mol" / "openEO_2023-06-04Z.tif") as file:
        red, green, blue = file.read()
    for band, counts in (("red", red), ("green", green), ("blue", blue)):
        np.testing.assert_array_equal(cube[band].values[1], (counts * 1e-4).astype(np.float32))
    assert cube.attrs["cloud_mask"] == "none"
    assert cube["valid"].values.all()


def test_earth_search_files_are_read_by_their_folders__real(data_folder: Path) -> None:
    """Lossy JPEG 2000 under the name .tif, the reference system in a sidecar file, masks of the product beside them."""
    folder = data_folder / "s2_l2a_stac_120m" / "full_products"
    source = open_source(folder, scale=1e-4, offset=0, cloud_dilation_px=0)
    said = source.describe()
    assert (said.crs, said.resolution_m, len(said.times)) == ("EPSG:32633", 120.0, 5)
    assert said.bands == ("blue", "green", "red", "nir")
    centre = Area(geometry=said.footprint.centroid.buffer(1500), crs=said.crs)
    cube = source.load(centre, Period.parse("2023-08-15/2023-08-16"))
    scene = folder / "sentinel-2-l2a" / "S2A_33TWL_20230815_0_L2A"
    assert cube["scene_id"].values.tolist() == [scene.name]
    assert cube["sensor"].values.tolist() == ["sentinel-2"]
    box = cube.odc.geobox.boundingbox
    with rasterio.open(scene / "B08.tif") as file, rasterio.open(scene / "SCL.tif") as classes:
        window = file.window(box.left, box.bottom, box.right, box.top)
        counts = file.read(1, window=window)
        scl = classes.read(1, window=window)
    truth = np.where(counts == 0, np.nan, counts * 1e-4).astype(np.float32)
    np.testing.assert_array_equal(cube["nir"].values[0], truth)
    assert float(cube["cloud_fraction"][0]) == pytest.approx(np.isin(scl, [3, 8, 9, 10]).mean(), abs=1e-6)
    assert cube["valid"].values[0].sum() == valid_from_scl(scl).sum()


def test_aerial_photos_need_their_bands_and_scale_and_lie_on_shifted_grids__real(data_folder: Path) -> None:
    folder = data_folder / "naip_4dates"
    with pytest.raises(SourceError, match="its 4 bands have no names"):
        open_source(folder).describe()
    told = {"bands": ["red", "green", "blue", "nir"], "scale": 1 / 255, "sensor": "naip"}
    with pytest.raises(GridMismatchError, match="does not share the lines"):
        open_source(folder, **told).describe()
    one = open_source(folder / "m_4709963_se_14_1_20200831.tif", **told)
    said = one.describe()
    assert said.bands == ("blue", "green", "red", "nir")
    cube = one.load(Area(geometry=said.footprint.centroid.buffer(50), crs=said.crs))
    assert 0 < float(cube["nir"].mean()) < 1


def test_a_drone_orthophoto_brings_its_alpha__real(data_folder: Path) -> None:
    path = data_folder / "drone_brighton" / "derived_ortho_15cm.tif"
    source = open_source(
        path, bands=["red", "green", "blue"], scale=1 / 255, sensor="drone", dates={path.name: "2020-06-01"}
    )
    said = source.describe()
    cube = source.load(everywhere(said.crs, said.footprint))
    with rasterio.open(path) as file:
        alpha = file.read(4)
    np.testing.assert_array_equal(cube["valid"].values[0], alpha > 0)
    assert 0 < (alpha > 0).mean() < 1
