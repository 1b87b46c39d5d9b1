"""The input pixels of a site, all dates, as one NetCDF file that reads back bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr
from odc.geo.xr import assign_crs

from imagery.errors import CorruptRunError
from imagery.pixels.netcdf import NETCDF_LOCK
from imagery.stores.files import whole_file


def write_cube(path: Path, cube: xr.Dataset) -> None:
    """Write a cube losslessly compressed.

    Values keep their float32 bits, so that scores can be computed again from the file; byte shuffling makes
    reflectance that was once an integer small.
    """
    chunks = tuple(max(1, cube.sizes[dim]) for dim in ("time", "y", "x"))
    encoding: dict[str, dict[str, object]] = {
        str(name): {"zlib": True, "complevel": 1, "shuffle": True, "chunksizes": chunks}
        for name, variable in cube.data_vars.items()
        if variable.dims == ("time", "y", "x")
    }
    encoding["time"] = {
        "units": "microseconds since 1970-01-01",
        "dtype": "int64",
        "calendar": "proleptic_gregorian",
    }
    clean = cube.copy()
    for name in clean.variables:
        clean[name].encoding = {}
    for name in cube.data_vars:
        clean[name].attrs.pop("grid_mapping", None)
        encoding.setdefault(str(name), {})["grid_mapping"] = "spatial_ref"
    with whole_file(path) as temporary, NETCDF_LOCK:
        clean.to_netcdf(temporary, engine="netcdf4", encoding=encoding)


def read_cube(path: Path) -> xr.Dataset:
    """Read what `write_cube` wrote, into memory.

    Raises
    ------
    CorruptRunError
        If the file is damaged.
    """
    try:
        with NETCDF_LOCK, xr.open_dataset(path, engine="netcdf4", decode_coords="all") as dataset:
            cube = dataset.load()
    except (OSError, ValueError) as error:
        raise CorruptRunError(
            f"{path.name} of site {path.parent.name!r} cannot be read.",
            hint="Restore it, or screen again.",
        ) from error
    cube["valid"] = cube["valid"].astype(np.bool_)
    crs = cube["spatial_ref"].attrs.get("crs_wkt")
    result: xr.Dataset = assign_crs(cube, crs) if crs else cube
    return result
