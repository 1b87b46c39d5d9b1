"""The one lock around the NetCDF library, which does not bear several threads at once.

xarray locks the reading of values, not the opening of files and the reading of their headers. Whoever opens, reads
or writes a NetCDF file holds this lock from the opening to the closing.
"""

from __future__ import annotations

from threading import RLock

NETCDF_LOCK = RLock()
"""Held while a NetCDF file is open."""
