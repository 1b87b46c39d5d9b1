"""What every source of imagery answers to, and the cube that it hands over.

The cube is an `xarray.Dataset` on one grid, the imagery's own:

- dims ``(time, y, x)``; ``time`` is ``datetime64[ns]`` in UTC, strictly increasing;
- one float32 variable per band, reflectance 0-1, NaN where there is no data. Bands carry the STAC common
  names (blue, green, red, rededge071, rededge075, rededge078, nir, nir08, swir16, swir22, ...);
- a boolean variable ``valid`` (time, y, x), True where every band present may be used (data, no cloud, no shadow);
- coordinates along time: ``scene_id`` (str), ``sensor`` (str), ``baseline`` (str), ``cloud_fraction`` (float, NaN unknown);
- the grid as odc-geo understands it (``cube.odc.geobox``), CRS in the ``spatial_ref`` coordinate;
- attributes: ``geolocation_m`` (standard error of the place, absent when not stated), ``licence``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import xarray as xr
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import UNKNOWN, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Ground to be read."""

    geometry: Geometry
    """Shape whose bounding box, in the imagery's own system, is wanted."""
    crs: str
    """Reference system of the shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDescription:
    """What a source understood of itself."""

    name: str
    """How it was asked for, e.g. ``"folder:images"``; without secrets."""
    crs: str
    """Reference system of the imagery."""
    resolution_m: float
    """Side of a pixel, metres (local scale for systems in degrees)."""
    bands: tuple[str, ...]
    """Band names of the cube."""
    times: tuple[datetime, ...]
    """Acquisition times, aware UTC, increasing."""
    footprint: Geometry
    """Ground that is covered, in `crs`."""
    licence: str = UNKNOWN
    """Licence of the pixels."""
    files: tuple[tuple[str, str], ...] = ()
    """Files that were used, relative to the source, each with its SHA-256 where the source can tell it."""


class Source(Protocol):
    """Imagery from somewhere. Implementations are safe to read from several threads at once."""

    def describe(self, *, hashes: bool = False) -> SourceDescription:
        """Say what is there, without reading pixels.

        Parameters
        ----------
        hashes : bool
            Also give the SHA-256 of each file, which means reading every byte once.

        Raises
        ------
        SourceError
            If it cannot be read, or does not say what is needed (scale, CRS, dates).
        """
        ...

    def load(self, area: Area, period: Period | None = None, *, bands: tuple[str, ...] = ()) -> xr.Dataset:
        """Read the cube over an area, on the imagery's own grid, nothing resampled.

        Parameters
        ----------
        area : Area
            Its bounding box in the imagery's system is read, grown to whole pixels, cut to the imagery.
        period : Period, optional
            Dates wanted; all when left out.
        bands : tuple of str
            Bands wanted; all when empty.

        Raises
        ------
        NoSceneError
            If the area lies outside the imagery, or nothing was acquired in the period.
        CorruptImageError
            If a file cannot be read whole.
        """
        ...
