"""What was seen of a site: which dates, how much of its ground."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr
from odc.geo.geobox import GeoBox

from imagery.domain import Period, Site
from imagery.pixels.grids import to_crs

Mask = npt.NDArray[np.bool_]


def covered_fraction(site: Site, geobox: GeoBox, margin_m: float) -> float:
    """Share 0-1 of the watched ground that lies on the grid."""
    watched = site.geometry.buffer(margin_m)
    grid = to_crs(geobox.extent.geom, str(geobox.crs), site.crs, densify=True)
    return min(1.0, float(watched.intersection(grid).area / watched.area))


def in_period(cube: xr.Dataset, period: Period) -> Mask:
    """Say of each date whether it lies in a period, shape (T,)."""
    times = cube["time"].values
    start, end = (np.datetime64(moment.replace(tzinfo=None), "ns") for moment in (period.start, period.end))
    inside: Mask = (times >= start) & (times < end)
    return inside


def dates_seen(cube: xr.Dataset, watched: Mask, period: Period) -> dict[str, object]:
    """Dates for the record; a date counts as clear when it shows at least half of the watched ground."""
    monitored = in_period(cube, period)
    clear = cube["valid"].values[:, watched].mean(axis=1) >= 0.5
    days = np.datetime_as_string(cube["time"].values, unit="D")
    seen = days[monitored & clear]
    return {
        "n_dates": int(monitored.sum()),
        "n_clear_dates": int((monitored & clear).sum()),
        "n_history_dates": int((~monitored).sum()),
        "n_clear_history_dates": int((~monitored & clear).sum()),
        "first_date": str(seen[0]) if seen.size else None,
        "last_date": str(seen[-1]) if seen.size else None,
        "bands": [str(name) for name in cube.data_vars if name != "valid"],
        "scenes": [
            {"scene_id": str(scene), "time": str(time), "clear": bool(ok), "monitored": bool(now)}
            for scene, time, ok, now in zip(
                cube["scene_id"].values,
                np.datetime_as_string(cube["time"].values, unit="s"),
                clear,
                monitored,
                strict=True,
            )
        ],
    }
