"""The two images of a comparison: single acquisitions chosen from the cube, or the composites of the detector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt
import xarray as xr
from odc.geo.geobox import GeoBox

from imagery.detection.scores import EPOCH, FloatImage
from imagery.domain import Period, Signal
from imagery.plotting.view import pixels_in, view_of
from imagery.stores.records import SitePixels

Values = npt.NDArray[np.float64]

CLEAR_NEEDED = 0.9
"""Share of the region that must be clear on an acquisition that is shown."""
SEASON_WEIGHT, GAP_WEIGHT = 1.0 / 30.0, 1.0 / 365.0
"""A month of difference in season counts as much as a year of distance in time, per day."""
CLOUD_WEIGHT = 2.0
HAZE_WEIGHT, HAZE_MOST, HAZE_LEAST_SPREAD = 0.25, 4.0, 0.005
"""Haze is told by brightness in blue, in spreads of the series; a spread below half a per cent tells nothing."""
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """One image of a place."""

    bands: Mapping[str, FloatImage]
    """Reflectance 0-1 per band, shape (M, N), NaN where there is none."""
    taken: datetime | None = None
    """When it was acquired, aware UTC; None for a composite of several dates."""
    scene_id: str = ""
    """Item id or file of the acquisition; empty for a composite."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PicturePair:
    """Two images of one place on one grid."""

    before: Picture
    """Before the change."""
    after: Picture
    """After it was first seen."""
    geobox: GeoBox
    """The grid of both, (M, N) pixels."""

    @property
    def bands(self) -> tuple[str, ...]:
        """Bands that both have, in the order of the first."""
        return tuple(band for band in self.before.bands if band in self.after.bands)


def composite_pair(pixels: SitePixels) -> PicturePair:
    """The composites that the detector compared."""
    return PicturePair(
        before=Picture(bands=pixels.scores.before),
        after=Picture(bands=pixels.scores.after),
        geobox=pixels.geobox,
    )


def scene_pair(cube: xr.Dataset, signal: Signal, *, period: Period | None = None) -> PicturePair | None:
    """Two single acquisitions that show a signal best.

    Of the acquisitions up to the last date that looked unchanged and those from the first changed date on, the
    pair with the least sum of cloud in view, haze, difference in season, and time from the change.

    Parameters
    ----------
    cube : xarray.Dataset
        Bands and ``valid`` with dims (time, y, x).
    signal : Signal
        Gives the region and the two dates.
    period : Period, optional
        The monitored period; nothing from its end on is shown.

    Returns
    -------
    PicturePair or None
        None when no date on either side shows nine tenths of the region; then the composites are left.
    """
    days = cube_days(cube)
    if days.size == 0:
        return None
    geobox = cube.odc.geobox
    last = signal.change.last_unchanged or signal.change.first_changed
    ends = days < (_day_number(period.end.date()) if period else np.inf)
    valid = np.asarray(cube["valid"].values, dtype=bool)
    clear = valid[:, pixels_in(geobox, signal.change.geometry, signal.change.crs)]
    seen = clear.mean(axis=1) >= CLEAR_NEEDED if clear.shape[1] else np.zeros(days.size, dtype=bool)
    first = _day_number(signal.change.first_changed)
    before = np.flatnonzero(seen & (days <= _day_number(last)) & (days < first))
    after = np.flatnonzero(seen & (days >= first) & ends)
    if not (before.size and after.size):
        return None
    own = _own_cost(cube, signal)
    cost = (
        (own + (_day_number(last) - days) * GAP_WEIGHT)[before][:, None]
        + (own + (days - first) * GAP_WEIGHT)[after][None, :]
        + season_gap(days[before][:, None], days[after][None, :]) * SEASON_WEIGHT
    )
    row, col = np.unravel_index(int(np.argmin(cost)), cost.shape)
    return PicturePair(
        before=_picture(cube, int(before[row])), after=_picture(cube, int(after[col])), geobox=geobox
    )


def cube_days(cube: xr.Dataset) -> Values:
    """Shape (T,): whole days since 1970-01-01 of each acquisition."""
    return np.asarray(cube["time"].values.astype("datetime64[D]").astype(np.int64), dtype=np.float64)


def band_names(cube: xr.Dataset) -> tuple[str, ...]:
    """Bands of a cube: what has dims (time, y, x), without the mask."""
    return tuple(str(name) for name, data in cube.data_vars.items() if name != "valid" and data.ndim == 3)


def season_gap(first: Values, second: Values) -> Values:
    """Days between two dates when only the time of the year counts, 0 to half a year.

    Examples
    --------
    >>> float(season_gap(np.array(0.0), np.array(370.25)))
    5.0
    """
    gap = np.abs(first - second) % DAYS_PER_YEAR
    return np.minimum(gap, DAYS_PER_YEAR - gap)


def _own_cost(cube: xr.Dataset, signal: Signal) -> Values:
    """Shape (T,): what makes a date a poor picture by itself, cloud in view and unusual brightness."""
    change = signal.change
    view = view_of(cube.odc.geobox, [(change.geometry, change.crs)])
    valid = np.asarray(cube["valid"].values[:, view.rows, view.cols], dtype=bool)
    valid = valid.reshape(valid.shape[0], -1)
    names = band_names(cube)
    dark = "blue" if "blue" in names else names[0]
    values = cube[dark].values[:, view.rows, view.cols].reshape(valid.shape)
    levels = _row_medians(np.where(valid, values, np.nan))
    typical = levels[np.isfinite(levels)]
    cloud = CLOUD_WEIGHT * (1 - valid.mean(axis=1))
    if typical.size == 0:
        return np.asarray(cloud, dtype=np.float64)
    centre = np.median(typical)
    spread = max(float(np.median(np.abs(typical - centre))), HAZE_LEAST_SPREAD)
    haze = np.clip(np.nan_to_num(np.abs(levels - centre) / spread, nan=HAZE_MOST), 0, HAZE_MOST)
    return np.asarray(cloud + HAZE_WEIGHT * haze, dtype=np.float64)


def _row_medians(values: FloatImage) -> Values:
    """Median of each row without NaN; NaN for a row that has nothing else."""
    result = np.full(values.shape[0], np.nan)
    some = np.isfinite(values).any(axis=1)
    if some.any():
        result[some] = np.nanmedian(values[some], axis=1)
    return result


def _picture(cube: xr.Dataset, index: int) -> Picture:
    valid = np.asarray(cube["valid"].values[index], dtype=bool)
    bands = {
        band: np.where(valid, cube[band].values[index], np.nan).astype(np.float32)
        for band in band_names(cube)
    }
    seconds = int(cube["time"].values[index].astype("datetime64[s]").astype(np.int64))
    scene = str(cube["scene_id"].values[index]) if "scene_id" in cube.coords else ""
    return Picture(bands=bands, taken=datetime.fromtimestamp(seconds, tz=UTC), scene_id=scene)


def _day_number(day: date) -> int:
    return (day - EPOCH).days
