"""NetCDF and Zarr cubes through xarray; exceptions of the libraries below do not leave this file.

Scale, offset and fill value are taken from the attributes and applied elsewhere, so that nodata is judged on the
stored numbers.
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from affine import Affine

from imagery.errors import CorruptImageError, ImageryError, SourceError
from imagery.pixels.netcdf import NETCDF_LOCK
from imagery.sources.image_files import (
    FileFacts,
    Layer,
    Pixels,
    Place,
    Stated,
    Window,
    north_up,
    stored_slices,
    turned,
    warnings_aside,
)
from imagery.sources.name_pattern import parse_time
from imagery.sources.reference_system import crs_name
from imagery.sources.zarr_chunks import check_chunks

NETCDF_SUFFIXES = (".nc", ".nc4", ".cdf", ".netcdf")
ZARR_SUFFIX = ".zarr"
Y_NAMES = ("y", "lat", "latitude", "northing")
X_NAMES = ("x", "lon", "longitude", "easting")
TIME_NAMES = ("time", "t", "date", "datetime")
BAND_NAMES = ("band", "bands", "spectral")
CRS_VARIABLES = ("spatial_ref", "crs", "transverse_mercator", "lambert_azimuthal_equal_area")
COMMON_CALENDARS = ("standard", "gregorian", "proleptic_gregorian")
"""Calendars whose dates are those of everyday life; models also use years of 360 days."""
EVEN_PX = 0.1
"""Coordinates may lie this far (pixels) from an even grid: 32-bit northings are that coarse."""
STEP_DIGITS = 9
"""Digits of the pixel size that coordinates can carry."""
UNREADABLE = (OSError, RuntimeError, ValueError, KeyError, TypeError, EOFError, zlib.error, lzma.LZMAError)
"""What xarray, netCDF4, zarr and its compressors raise on damaged files."""


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Any]:
    """Open a cube; whatever the libraries raise becomes an error that names the file."""
    import xarray as xr

    is_zarr = path.is_dir()
    options: dict[str, Any] = {"engine": "zarr", "consolidated": False} if is_zarr else {"engine": "netcdf4"}
    with ExitStack() as stack:
        if not is_zarr:
            stack.enter_context(NETCDF_LOCK)
        try:
            with warnings_aside():  # xarray's about odd encodings
                dataset = xr.open_dataset(path, mask_and_scale=False, cache=False, chunks=None, **options)
            with dataset:
                yield dataset
        except ImageryError:
            raise
        except UNREADABLE as error:
            raise CorruptImageError(
                f"{name} {_what_is_wrong(path, error)}.",
                hint="Copy or download it again, or take it out of the folder.",
            ) from error


def _what_is_wrong(path: Path, error: BaseException) -> str:
    if path.is_file() and path.stat().st_size == 0:
        return "is empty"
    if "decode time" in str(error):
        return "has a time axis that cannot be read"
    return "cannot be read as a cube, or not whole"


def inspect_cube(path: Path, name: str) -> FileFacts:
    """Read the header and the coordinates of a cube.

    Parameters
    ----------
    path : Path
        NetCDF file, or folder of a Zarr store.
    name : str
        What messages call it.

    Raises
    ------
    CorruptImageError
        If it cannot be opened.
    SourceError
        If it holds no images on an even grid, or its calendar is not the common one.
    """
    with _opened(path, name) as dataset:
        dims = _Dims.of(dataset, name)
        affine, shape = _grid(dataset, dims, name)
        affine, flip_rows, flip_columns = north_up(affine, shape, name)
        times = _times(dataset, dims, name)
        layers, unread = _layers(dataset, dims, times)
        return FileFacts(
            shape=shape,
            affine=affine,
            crs=_crs(dataset),
            flip_rows=flip_rows,
            flip_columns=flip_columns,
            layers=tuple(layers),
            kind="cube",
            unread=tuple(unread),
        )


class _Dims:
    """Names of the dimensions of a cube."""

    def __init__(self, y: str, x: str, time: str, band: str) -> None:
        self.y, self.x, self.time, self.band = y, x, time, band

    @classmethod
    def of(cls, dataset: Any, name: str) -> _Dims:
        found = {
            axis: next((str(d) for d in dataset.sizes if str(d).lower() in known), "")
            for axis, known in (("y", Y_NAMES), ("x", X_NAMES), ("time", TIME_NAMES), ("band", BAND_NAMES))
        }
        if not (found["y"] and found["x"]):
            raise SourceError(
                f"{name} has no dimensions y and x, but {', '.join(map(str, dataset.sizes)) or 'none'}.",
                hint="A cube has the dimensions time, y, x.",
            )
        return cls(**found)


def _grid(dataset: Any, dims: _Dims, name: str) -> tuple[Affine, tuple[int, int]]:
    """Pixel-to-map transform from the coordinates, which are centres of pixels."""
    geotransform = _geotransform(dataset)
    x0, dx = _axis(dataset, dims.x, name, geotransform[1] if geotransform else None)
    y0, dy = _axis(dataset, dims.y, name, geotransform[5] if geotransform else None)
    affine = Affine(dx, 0.0, x0 - dx / 2, 0.0, dy, y0 - dy / 2)
    return affine, (dataset.sizes[dims.y], dataset.sizes[dims.x])


def _axis(dataset: Any, dim: str, name: str, stated_step: float | None) -> tuple[float, float]:
    """First coordinate and step of an axis."""
    if dim not in dataset.coords or dataset[dim].ndim != 1:
        raise SourceError(
            f"{name} has no coordinates along {dim}.", hint="Write the map coordinates into it."
        )
    values = np.asarray(dataset[dim].values, dtype=np.float64)
    if values.size == 1:
        if not stated_step:
            raise SourceError(f"{name} is one pixel wide along {dim}, so its pixel size is unknown.")
        return float(values[0]), stated_step
    step = float(f"{(values[-1] - values[0]) / (values.size - 1):.{STEP_DIGITS}g}")
    off = np.abs(values - (values[0] + step * np.arange(values.size)))
    if not step or not (off <= EVEN_PX * abs(step)).all():
        raise SourceError(
            f"The coordinates of {name} along {dim} are not evenly spaced.",
            hint="Warp it to an even grid first, and say so: it is then resampled.",
        )
    return float(values[0]), step


def _crs_attributes(dataset: Any) -> Iterator[Mapping[str, Any]]:
    """Attributes that may say where the cube lies: of the grid mapping, of well-known variables, of the whole."""
    mappings = [str(v.attrs["grid_mapping"]) for v in dataset.variables.values() if "grid_mapping" in v.attrs]
    for key in dict.fromkeys([*mappings, *CRS_VARIABLES]):
        if key in dataset.variables:
            yield dataset[key].attrs
    yield dataset.attrs


def _crs(dataset: Any) -> str:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    for attributes in _crs_attributes(dataset):
        for key in ("crs_wkt", "spatial_ref", "epsg_code", "proj:code", "proj:epsg", "epsg", "crs"):
            value = attributes.get(key)
            text = f"EPSG:{int(value)}" if isinstance(value, int | np.integer) else value
            if isinstance(text, str) and (name := crs_name(text)):
                return name
        if "grid_mapping_name" in attributes:
            try:
                return crs_name(CRS.from_cf(dict(attributes)).to_wkt())
            except (CRSError, KeyError):
                continue
    return ""


def _geotransform(dataset: Any) -> tuple[float, ...] | None:
    for attributes in _crs_attributes(dataset):
        parts = str(attributes.get("GeoTransform", "")).split()
        if len(parts) == 6:
            return tuple(float(p) for p in parts)
    return None


def _times(dataset: Any, dims: _Dims, name: str) -> list[datetime | None]:
    """Acquisition per time step; one None for a cube without a time."""
    key = dims.time or next((n for n in TIME_NAMES if n in dataset.coords and dataset[n].ndim == 0), "")
    if not key:
        return [None]
    if key not in dataset.variables:
        raise SourceError(f"The time steps of {name} have no dates.", hint="Write a time coordinate into it.")
    values = np.atleast_1d(dataset[key].values)
    if values.dtype.kind != "M":
        calendar = getattr(values[0], "calendar", "") or COMMON_CALENDARS[0]
        times = [parse_time(str(v)) for v in values]
        if None in times or calendar not in COMMON_CALENDARS:
            raise SourceError(
                f"The dates of {name} cannot be read, the first is {values[0]!r}.",
                hint="Write them as CF time in the common (Gregorian) calendar.",
            )
        return list(times)
    if np.isnat(values).any():
        raise SourceError(f"{name} has time steps without a date.", hint="Fill them in, or leave them out.")
    return [t.replace(tzinfo=UTC) for t in values.astype("datetime64[us]").tolist()]


def _layers(
    dataset: Any, dims: _Dims, times: list[datetime | None]
) -> tuple[list[Layer], list[tuple[str, str]]]:
    layers: list[Layer] = []
    unread: list[tuple[str, str]] = []
    for variable, array in dataset.data_vars.items():
        wanted, allowed = {dims.y, dims.x}, {dims.y, dims.x, dims.time, dims.band}
        if not wanted <= set(array.dims):
            if array.ndim and variable not in CRS_VARIABLES:
                unread.append((str(variable), "it has no y and x"))
            continue
        if not set(array.dims) <= allowed:
            unread.append((str(variable), f"its dimensions are {', '.join(map(str, array.dims))}"))
        elif dims.time and dims.time not in array.dims:
            unread.append((str(variable), "it has no time"))
        elif array.dtype.kind not in "uif":
            unread.append((str(variable), f"its numbers are of type {array.dtype}"))
        else:
            layers.extend(_variable_layers(str(variable), array, dataset, dims, times))
    return layers, unread


def _variable_layers(
    variable: str, array: Any, dataset: Any, dims: _Dims, times: list[datetime | None]
) -> Iterator[Layer]:
    stated = _stated(array)
    names: list[str] = [variable]
    if dims.band in array.dims:
        names = [str(n) for n in np.atleast_1d(dataset[dims.band].values)]
    for index, name in enumerate(names):
        for step, time in enumerate(times):
            place = Place(variable=variable, index=index, step=step if dims.time else None)
            yield Layer(name=name, place=place, stated=stated, time=time)


def _stated(array: Any) -> Stated:
    attributes = array.attrs
    nodata = [
        float(v)
        for key in ("_FillValue", "missing_value")
        for v in np.atleast_1d(attributes.get(key, []))
        if not isinstance(v, str)
    ]
    return Stated(
        scale=_number(attributes.get("scale_factor")),
        offset=_number(attributes.get("add_offset")),
        nodata=tuple(dict.fromkeys(v for v in nodata if not np.isnan(v))),
        dtype=str(array.dtype),
    )


def _number(value: Any) -> float | None:
    try:
        return None if value is None else float(np.asarray(value).item())
    except (TypeError, ValueError):
        return None


def read_cube_file(
    path: Path, name: str, facts: FileFacts, places: list[Place], window: Window
) -> list[Pixels]:
    """Read one window of several layers; see `ImageReader`. The file is opened once, each variable is read once."""
    found: dict[Place, Pixels] = {}
    with _opened(path, name) as dataset:
        dims = _Dims.of(dataset, name)
        for variable in dict.fromkeys(place.variable for place in places):
            mine = [place for place in places if place.variable == variable]
            if path.is_dir():
                check_chunks(
                    path, name, variable, dataset[variable].dims, _selection(dims, facts, mine, window)
                )
            block = _read_block(dataset[variable], dims, facts, mine, window)
            has_bands, first = dims.band in dataset[variable].dims, _steps(mine).start
            for place in mine:
                step, band = (place.step or 0) - first, place.index if has_bands else 0
                found[place] = (turned(facts, block[step, band]), None)
    return [found[place] for place in places]


def _steps(places: list[Place]) -> slice:
    """Smallest run of time steps that holds the wanted ones."""
    steps = [place.step or 0 for place in places]
    return slice(min(steps), max(steps) + 1)


def _selection(dims: _Dims, facts: FileFacts, places: list[Place], window: Window) -> dict[str, slice]:
    rows, columns = stored_slices(facts, window)
    return {dims.y: rows, dims.x: columns, dims.time: _steps(places)}


def _read_block(
    array: Any, dims: _Dims, facts: FileFacts, places: list[Place], window: Window
) -> npt.NDArray[Any]:
    """Stored numbers, shape (time steps or 1, bands or 1, M, N)."""
    chosen = {d: s for d, s in _selection(dims, facts, places, window).items() if d in array.dims}
    block = array.isel(chosen)
    order = [d for d in (dims.time, dims.band, dims.y, dims.x) if d in array.dims]
    values = np.asarray(block.transpose(*order).values)
    if dims.band not in order:
        values = values[..., None, :, :]
    return values if dims.time in order else values[None]
