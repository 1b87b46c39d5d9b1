"""One name per reference system, however a file writes it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

EPSG_AT_END = re.compile(r'(?:AUTHORITY\["EPSG","(\d+)"\]|ID\["EPSG",(\d+)\])\]\s*$')


@lru_cache(maxsize=256)
def crs_name(text: str) -> str:
    """Name a reference system by its EPSG code, or by its WKT where it has none; empty when it is none.

    A WKT that ends in an EPSG code is taken at its word when that code means the same projection on the same
    ellipsoid: files that carry TOWGS84 of zeros, or another axis order, are not of another system.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(text)
    except CRSError:
        return ""
    if system.is_bound and system.source_crs is not None:
        system = system.source_crs
    if system.type_name == "Engineering CRS":
        return ""  # local coordinates, which GDAL makes up for files that state none
    code = system.to_epsg() or _stated_epsg(text, system)
    return f"EPSG:{code}" if code else str(system.to_wkt())


def _stated_epsg(text: str, system: Any) -> int | None:
    """EPSG code at the end of a WKT, when it describes the same system."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    found = EPSG_AT_END.search(text.strip())
    if found is None:
        return None
    code = int(found[1] or found[2])
    try:
        stated = CRS.from_epsg(code)
    except CRSError:
        return None
    same = stated.equals(system, ignore_axis_order=True) or _same_projection(stated, system)
    return code if same else None


def _same_projection(one: Any, other: Any) -> bool:
    """Same parameters of the projection and same ellipsoid, whatever they are called."""

    def key(system: Any) -> tuple[object, ...]:
        parameters = system.coordinate_operation.params if system.coordinate_operation else ()
        values = sorted(round(p.value * p.unit_conversion_factor, 9) for p in parameters)
        ellipsoid = system.ellipsoid
        return (
            system.is_projected,
            tuple(values),
            round(ellipsoid.semi_major_metre, 3),
            round(ellipsoid.inverse_flattening, 6),
        )

    return key(one) == key(other)
