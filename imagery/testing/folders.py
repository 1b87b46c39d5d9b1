"""Writes a cube to disk in every layout that a folder source reads, so that the same truth can be read back from each.

What it writes is simulated or planted by a test; nothing here is real imagery.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import xarray as xr

from imagery.errors import ParameterError
from imagery.pixels.netcdf import NETCDF_LOCK
from imagery.pixels.scl import SceneClass
from imagery.sources.protocol import Area

FILE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "coastal": "B01",
        "blue": "B02",
        "green": "B03",
        "red": "B04",
        "rededge071": "B05",
        "rededge075": "B06",
        "rededge078": "B07",
        "nir": "B08",
        "nir08": "B8A",
        "nir09": "B09",
        "swir16": "B11",
        "swir22": "B12",
        "scl": "SCL",
    }
)
"""What the files call the bands of a cube."""
MOST_COUNTS = 6000
"""Planted reflectance stays below about 0.6; larger grids repeat values, in no order."""
COORDINATES = ("scene_id", "sensor", "baseline", "cloud_fraction")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """How reflectance is stored as counts: ``reflectance = scale * count + offset``."""

    scale: float = 1e-4
    """Reflectance of one count."""
    offset: float = 0.0
    """Reflectance of count 0."""
    nodata: int = 0
    """Count that means no data."""
    dtype: str = "uint16"
    """Number type of the counts."""
    stated: bool = True
    """Whether the files say scale, offset and nodata."""

    def counts(self, reflectance: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Counts of reflectance, any shape; NaN becomes nodata, and data that would become nodata the count beside it."""
        limits = np.iinfo(self.dtype)
        scaled = np.round((np.nan_to_num(reflectance.astype(np.float64)) - self.offset) / self.scale)
        counts = np.clip(scaled, limits.min, limits.max).astype(self.dtype)
        counts[counts == self.nodata] += 1
        counts[np.isnan(reflectance)] = self.nodata
        return counts


def planted_cube(
    *,
    shape: tuple[int, int] = (24, 31),
    dates: tuple[str, ...] = ("2020-01-05", "2020-01-25", "2020-03-10"),
    bands: tuple[str, ...] = ("blue", "green", "red", "nir"),
    crs: str = "EPSG:32631",
    corner: tuple[float, float] = (644_550.0, 5_676_350.0),
    pixel: float = 10.0,
    seed: int = 0,
) -> xr.Dataset:
    """Make an asymmetric cube: no two pixels of a band are alike, so that a flip or a shift cannot pass for the truth.

    Parameters
    ----------
    shape : (M, N)
        Rows and columns.
    dates : tuple of str
        ISO dates or times, one image each.
    bands : tuple of str
        Names of the cube.
    crs, corner, pixel
        Grid: reference system, outer corner (left, top) and side of a pixel in its units.
    seed : int
        The same seed gives the same cube.

    Returns
    -------
    Dataset
        Bands in reflectance (whole counts of 0.0001), each with its own hole of no data in one corner, and ``scl``
        with a cloud, a shadow, snow and a saturated pixel per date, each in its own place.
    """
    from affine import Affine
    from odc.geo.geobox import GeoBox
    from odc.geo.xr import xr_coords

    rng = np.random.default_rng(seed)
    size = (len(dates), *shape)
    n = shape[0] * shape[1]
    geobox = GeoBox(shape, Affine(pixel, 0, corner[0], 0, -pixel, corner[1]), crs)
    y, x = geobox.dimensions
    data: dict[str, Any] = {}
    for b, band in enumerate(bands):
        counts = np.stack([rng.permutation(n).reshape(shape) % MOST_COUNTS + 200 + 37 * b for _ in dates])
        reflectance = (counts * 1e-4).astype(np.float32)
        reflectance[:, : b + 1, -2:] = np.nan
        data[band] = (("time", y, x), reflectance)
    scl = np.full(size, SceneClass.VEGETATION, dtype=np.uint8)
    for t in range(len(dates)):
        scl[t, 3 + t : 6 + t, 4:9] = SceneClass.CLOUD_HIGH_PROBABILITY
        scl[t, 8 + t : 10 + t, 6:9] = SceneClass.CLOUD_SHADOW
        scl[t, -3, 2 + t] = SceneClass.SNOW_OR_ICE
        scl[t, -1, -1 - t] = SceneClass.SATURATED_OR_DEFECTIVE
    data["scl"] = (("time", y, x), scl)
    times = np.array(dates, dtype="datetime64[ns]")
    cube = xr.Dataset(data, coords={"time": times, **xr_coords(geobox)})
    return cube.rename({k: v for k, v in ((y, "y"), (x, "x")) if k != v})


def write_folder(
    cube: xr.Dataset, path: Path, layout: str = "per_band", *, coding: Coding | None = None
) -> Path:
    """Write a cube as a folder of images.

    Parameters
    ----------
    cube : Dataset
        Bands in reflectance; ``scl`` where there is one, otherwise it is made from ``valid`` (vegetation where usable,
        cloud elsewhere), if there is a ``valid``.
    path : Path
        Folder, made when it is not there.
    layout : str
        ``"per_band"``: a GeoTIFF per date and band. ``"per_date"``: a GeoTIFF per date. ``"dates_in_bands"``: a GeoTIFF per
        band. ``"netcdf"``, ``"zarr"``: one cube.
    coding : Coding, optional
        How reflectance is stored.

    Returns
    -------
    Path
        The folder, to be opened by `open_source`.

    Raises
    ------
    ParameterError
        If the layout is unknown.
    """
    coding = coding or Coding()
    writers: dict[str, Callable[[xr.Dataset, Path, Coding], None]] = {
        "per_band": _write_per_band,
        "per_date": _write_per_date,
        "dates_in_bands": _write_dates_in_bands,
        "netcdf": _write_netcdf,
        "zarr": _write_zarr,
    }
    if layout not in writers:
        raise ParameterError(f"There is no layout {layout!r}.", hint=f"One of {', '.join(writers)}.")
    path.mkdir(parents=True, exist_ok=True)
    writers[layout](stored_cube(cube, coding), path, coding)
    return path


def area_of(cube: xr.Dataset, rows: slice = slice(None), columns: slice = slice(None)) -> Area:
    """The ground of some rows and columns of a cube; its edges lie just inside the outer pixels."""
    import odc.geo.xr  # noqa: F401 - registers `.odc`

    part = cube.odc.geobox[rows, columns]
    box, small = part.boundingbox, 0.01 * part.resolution.x
    shape = shapely.box(box.left + small, box.bottom + small, box.right - small, box.top - small)
    return Area(geometry=shape, crs=str(part.crs))


def assert_same_pixels(got: xr.Dataset, truth: xr.Dataset) -> None:
    """Require the same bands, dates, grid and reflectance, bit for bit, holes included.

    Raises
    ------
    AssertionError
        If anything differs; says what.
    """
    import odc.geo.xr  # noqa: F401 - registers `.odc`

    bands = sorted(str(name) for name in truth.data_vars if name not in ("scl", "valid"))
    assert sorted(str(n) for n in got.data_vars if n != "valid") == bands
    np.testing.assert_array_equal(got["time"].values, truth["time"].values)
    grid, true_grid = got.odc.geobox, truth.odc.geobox
    assert (grid.crs, grid.shape) == (true_grid.crs, true_grid.shape)
    np.testing.assert_allclose(grid.affine, true_grid.affine, rtol=0, atol=1e-6)
    for band in bands:
        assert got[band].dtype == np.float32
        assert got[band].dims == ("time", "y", "x")
        np.testing.assert_array_equal(got[band].values, truth[band].values, err_msg=band)


def stored_cube(cube: xr.Dataset, coding: Coding) -> xr.Dataset:
    """The cube as counts, under the names of the files, with its scene classification."""
    stored = {
        FILE_NAMES.get(str(name), str(name)): (cube[name].dims, coding.counts(cube[name].values))
        for name in cube.data_vars
        if name not in ("scl", "valid")
    }
    if "scl" in cube:
        stored["SCL"] = (cube["scl"].dims, cube["scl"].values.astype(np.uint8))
    elif "valid" in cube:
        classes = np.where(cube["valid"].values, SceneClass.VEGETATION, SceneClass.CLOUD_HIGH_PROBABILITY)
        stored["SCL"] = (cube["valid"].dims, classes.astype(np.uint8))
    return xr.Dataset(stored, coords={k: v for k, v in cube.coords.items() if k not in COORDINATES})


def write_tif(
    path: Path, images: Mapping[str, npt.NDArray[Any]], like: xr.Dataset, coding: Coding, **options: Any
) -> None:
    """Write images (description to image) of one grid as a GeoTIFF; options go to rasterio."""
    import rasterio

    stack = np.stack(list(images.values()))
    geobox = like.odc.geobox
    profile = {
        "driver": "GTiff",
        "count": len(stack),
        "height": stack.shape[1],
        "width": stack.shape[2],
        "dtype": stack.dtype,
        "crs": str(geobox.crs),
        "transform": geobox.affine,
        "compress": "deflate",
    }
    is_scl = list(images) == ["SCL"]
    if coding.stated:
        profile["nodata"] = 0 if is_scl else coding.nodata
    with rasterio.open(path, "w", **{**profile, **options}) as file:
        file.write(stack)
        file.descriptions = tuple(images)
        if coding.stated and not is_scl:
            file.scales = tuple(1.0 if name == "SCL" else coding.scale for name in images)
            file.offsets = tuple(0.0 if name == "SCL" else coding.offset for name in images)


def _stamps(cube: xr.Dataset) -> list[str]:
    """Time of each date as names write it: with a time of day where there is one."""
    times: list[datetime] = [
        t.replace(tzinfo=UTC) for t in cube["time"].values.astype("datetime64[s]").tolist()
    ]
    return [f"{t:%Y%m%d}" if t.time() == datetime.min.time() else f"{t:%Y%m%dT%H%M%S}" for t in times]


def _write_per_band(cube: xr.Dataset, path: Path, coding: Coding) -> None:
    for t, stamp in enumerate(_stamps(cube)):
        for name in cube.data_vars:
            write_tif(path / f"{stamp}_{name}.tif", {str(name): cube[name].values[t]}, cube, coding)


def _write_per_date(cube: xr.Dataset, path: Path, coding: Coding) -> None:
    for t, stamp in enumerate(_stamps(cube)):
        images = {str(n): cube[n].values[t].astype(coding.dtype) for n in cube.data_vars}
        write_tif(path / f"scene_{stamp}.tif", images, cube, coding)


def _write_dates_in_bands(cube: xr.Dataset, path: Path, coding: Coding) -> None:
    stamps = [str(t) for t in np.datetime_as_string(cube["time"].values, unit="s")]
    for name in cube.data_vars:
        images = dict(zip(stamps, cube[name].values, strict=True))
        plain = coding if name != "SCL" else Coding(nodata=0, stated=False)
        write_tif(path / f"series_{name}.tif", images, cube, plain)


def _encoded(cube: xr.Dataset, coding: Coding) -> xr.Dataset:
    """The cube with CF attributes, as stored numbers."""
    encoded = cube.copy()
    for name in encoded.data_vars:
        encoded[name].encoding = {}
        encoded[name].attrs = {"grid_mapping": "spatial_ref"}
        if coding.stated:
            encoded[name].attrs["_FillValue"] = encoded[name].dtype.type(
                0 if name == "SCL" else coding.nodata
            )
        if coding.stated and name != "SCL":
            encoded[name].attrs |= {"scale_factor": coding.scale, "add_offset": coding.offset}
    return encoded


def _write_netcdf(cube: xr.Dataset, path: Path, coding: Coding) -> None:
    with NETCDF_LOCK:
        _encoded(cube, coding).to_netcdf(path / "cube.nc", engine="netcdf4")


def _write_zarr(cube: xr.Dataset, path: Path, coding: Coding) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zarr on its own future
        _encoded(cube, coding).to_zarr(path / "cube.zarr", consolidated=False, mode="w")
