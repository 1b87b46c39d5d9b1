"""GeoTIFF and JPEG 2000: what headers say, which masks are honoured, what is not opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp

from imagery.errors import CorruptImageError
from imagery.sources import open_source
from imagery.sources.image_files import Place
from imagery.sources.raster_file import inspect_raster, read_raster
from imagery.testing.folders import Coding, area_of, assert_same_pixels, planted_cube, stored_cube, write_tif

UTM = {
    "driver": "GTiff",
    "crs": "EPSG:32631",
    "transform": Affine(10, 0, 644_550, 0, -10, 5_676_350),
    "height": 4,
    "width": 5,
}


def numbers(bands: int = 1) -> np.ndarray:
    return np.arange(bands * 20, dtype=np.uint8).reshape(bands, 4, 5) + 10


def test_headers_are_read_without_pixels(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with rasterio.open(path, "w", count=2, dtype="uint8", nodata=255, **UTM) as file:
        file.write(numbers(2))
        file.descriptions = ("red", None)
        file.update_tags(2, DESCRIPTION="nir")
        file.scales, file.offsets = (0.004, 1.0), (0.0, 0.0)
    facts = inspect_raster(path, "a.tif")
    assert (facts.shape, facts.crs, facts.kind) == ((4, 5), "EPSG:32631", "raster")
    assert [layer.name for layer in facts.layers] == ["red", "nir"]
    red, nir = (layer.stated for layer in facts.layers)
    assert (red.scale, red.offset, red.nodata, red.dtype) == (0.004, 0.0, (255.0,), "uint8")
    assert (nir.scale, nir.offset) == (None, None)  # GDAL gives 1 and 0 for what nobody stated


def test_a_south_up_image_is_turned(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    south_up = {**UTM, "transform": Affine(10, 0, 644_550, 0, 10, 5_676_310)}
    with rasterio.open(path, "w", count=1, dtype="uint8", **south_up) as file:
        file.write(numbers()[:, ::-1])
    facts = inspect_raster(path, "a.tif")
    assert tuple(facts.affine)[:6] == tuple(UTM["transform"])[:6]
    ((pixels, mask),) = read_raster(path, "a.tif", facts, [Place(index=1)], (1, 2, 2, 3))
    assert mask is None
    np.testing.assert_array_equal(pixels, numbers()[0, 1:3, 2:5])


def test_an_alpha_band_says_where_there_is_data_and_is_no_band(tmp_path: Path) -> None:
    path = tmp_path / "ortho.tif"
    alpha = np.full((1, 4, 5), 255, dtype=np.uint8)
    alpha[0, 2, 1:] = 0
    with rasterio.open(path, "w", count=4, dtype="uint8", photometric="RGB", alpha="YES", **UTM) as file:
        file.write(np.concatenate([numbers(3), alpha]))
        file.colorinterp = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
    facts = inspect_raster(path, "ortho.tif")
    assert len(facts.layers) == 3
    places = [layer.place for layer in facts.layers]
    for _, mask in read_raster(path, "ortho.tif", facts, places, (0, 0, 4, 5)):
        assert mask is not None
        np.testing.assert_array_equal(mask, alpha[0] > 0)


def test_pixels_masked_by_the_file_are_no_data_in_the_cube__planted(tmp_path: Path) -> None:
    planted = planted_cube(dates=("2020-01-05",), bands=("red",)).drop_vars("scl")
    stored = stored_cube(planted, Coding())
    path = tmp_path / "20200105_red.tif"
    write_tif(path, {"red": stored["B04"].values[0]}, stored, Coding(stated=False))
    mask = np.full((24, 31), 255, dtype=np.uint8)
    mask[5:9, 7:20] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as file:
        file.write_mask(mask)
    truth = planted.copy(deep=True)
    truth["red"].values[0, mask == 0] = np.nan
    cube = open_source(path, scale=1e-4, nodata=0).load(area_of(planted))
    assert_same_pixels(cube, truth)


def test_a_jpeg_2000_under_another_name_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    options = {**UTM, "driver": "JP2OpenJPEG", "QUALITY": "100", "REVERSIBLE": "YES"}
    with rasterio.open(path, "w", count=1, dtype="uint8", **options) as file:
        file.write(numbers())
    facts = inspect_raster(path, "a.tif")
    ((pixels, _),) = read_raster(path, "a.tif", facts, [Place(index=1)], (0, 0, 4, 5))
    np.testing.assert_array_equal(pixels, numbers()[0])


def test_what_is_no_image_is_not_opened_whatever_it_is_called(tmp_path: Path) -> None:
    """A VRT is text that points to other files; under the name of an image it stays closed."""
    with rasterio.open(tmp_path / "secret.tif", "w", count=1, dtype="uint8", **UTM) as file:
        file.write(numbers())
    vrt = tmp_path / "20200105_red.tif"
    vrt.write_text(
        '<VRTDataset rasterXSize="5" rasterYSize="4"><SRS>EPSG:32631</SRS>'
        "<GeoTransform>644550, 10, 0, 5676350, 0, -10</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        f"<SourceFilename>{tmp_path / 'secret.tif'}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>"
        "</VRTRasterBand></VRTDataset>",
        encoding="utf-8",
    )
    with rasterio.open(vrt) as opened:  # GDAL on its own would follow it
        assert opened.driver == "VRT"
    with pytest.raises(CorruptImageError, match=r"20200105_red.tif is neither a TIFF nor a JPEG 2000"):
        inspect_raster(vrt, vrt.name)


def test_an_image_that_changed_meanwhile_is_not_mixed_up(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with rasterio.open(path, "w", count=1, dtype="uint8", **UTM) as file:
        file.write(numbers())
    facts = inspect_raster(path, "a.tif")
    with rasterio.open(path, "w", count=1, dtype="uint8", **{**UTM, "height": 3}) as file:
        file.write(numbers()[:, :3])
    with pytest.raises(CorruptImageError, match="changed while"):
        read_raster(path, "a.tif", facts, [Place(index=1)], (0, 0, 2, 2))
    path.unlink()
    with pytest.raises(CorruptImageError, match=r"a.tif cannot be read"):
        read_raster(path, "a.tif", facts, [Place(index=1)], (0, 0, 2, 2))
