"""A cube as rows of time: what detection reads of it, in order of time, one observation per pixel and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from imagery.domain import Period
from imagery.errors import GridMismatchError, NoSceneError, ParameterError

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]

OPEN_SHARE = 0.05
"""Share of clear pixels below which a date is left out: gaps in a closed sheet of cloud are seldom clear."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PixelSeries:
    """Observations of P = M * N pixels on T days."""

    bands: Mapping[str, Float]
    """Reflectance per band, shape (T, P)."""
    valid: Bool
    """True where every band may be used, shape (T, P)."""
    days: npt.NDArray[np.int64]
    """Days since 1970-01-01, increasing, shape (T,)."""
    n_history: int
    """Days of the history; those of the monitored period follow."""
    shape: tuple[int, int]
    """Rows and columns (M, N)."""

    @property
    def past(self) -> slice:
        """The days of the history."""
        return slice(0, self.n_history)

    @property
    def monitored(self) -> slice:
        """The days of the monitored period."""
        return slice(self.n_history, len(self.days))

    def band_rows(self, pixels: slice | npt.NDArray[np.intp], only: tuple[str, ...] = ()) -> dict[str, Float]:
        """Bands of some pixels, shape (p, T) each, finite everywhere; any number where not valid.

        Of the bands named in `only` those that are there; all when none of them is.
        """
        names = [name for name in self.bands if name in only] or list(self.bands)
        # fmax and fmin put a number in the place of NaN; reflectance outside 0-2 is no observation of ground.
        rows = {name: np.ascontiguousarray(self.bands[name][:, pixels].T) for name in names}
        for band in rows.values():
            np.fmax(band, np.float32(0), out=band)
            np.fmin(band, np.float32(2), out=band)
        return rows

    def valid_rows(self, pixels: slice | npt.NDArray[np.intp]) -> Bool:
        """Validity of some pixels, shape (p, T)."""
        return np.ascontiguousarray(self.valid[:, pixels].T)


def pixel_series(cube: xr.Dataset, period: Period, history_years: float) -> PixelSeries:
    """Take history and monitored period out of a cube.

    Parameters
    ----------
    cube : xarray.Dataset
        As in `imagery.sources.protocol`; the order of dates does not matter. Of several images on one day the mean
        of what is valid counts.
    period : Period
        Monitored interval.
    history_years : float
        Length of the history right before it.

    Raises
    ------
    NoSceneError
        If no date lies in the period.
    ParameterError
        If the cube has no band or no ``valid``.
    """
    names = [str(name) for name in cube.data_vars if name != "valid"]
    if not names or "valid" not in cube:
        raise ParameterError(f"A cube has bands and `valid`, got {sorted(map(str, cube.data_vars))}.")
    for name in names:
        if cube[name].dims != ("time", "y", "x"):
            raise GridMismatchError(f"Bands have dims (time, y, x), got {cube[name].dims} for {name}.")
    times = cube["time"].values.astype("datetime64[ns]")
    start, end = _moment(period.start), _moment(period.end)
    wanted = (times >= _moment(period.history(history_years).start)) & (times < end)
    if not (wanted & (times >= start)).any():
        raise NoSceneError(f"No image was taken in {period}.", hint="Choose another period.")
    places = np.flatnonzero(wanted)[np.argsort(times[wanted], kind="stable")]
    valid: Bool = _flat(cube["valid"].values.astype(bool, copy=False), places)
    # Under a closed sky nothing is seen well, and in the Netherlands that is half of all days.
    open_days = valid.any(1) & (valid.mean(1) >= OPEN_SHARE)
    places, valid = places[open_days], valid[open_days]
    bands = {name: _flat(cube[name].values.astype(np.float32, copy=False), places) for name in names}
    for band in bands.values():
        valid &= np.isfinite(band)
    series = PixelSeries(
        bands=bands,
        valid=valid,
        days=times[places].astype("datetime64[D]").astype(np.int64),
        n_history=int((times[places] < start).sum()),
        shape=(cube.sizes["y"], cube.sizes["x"]),
    )
    return _one_per_day(series) if places.size else series


def _flat(values: npt.NDArray[Any], places: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
    """Some dates of (T, M, N) as (t, P); a view, not a copy, where they follow each other."""
    in_order = places.size > 0 and bool((np.diff(places) == 1).all())
    part = values[places[0] : places[-1] + 1] if in_order else values[places]
    return part.reshape(places.size, -1)


def _moment(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "ns")


def _one_per_day(series: PixelSeries) -> PixelSeries:
    """Join images of one day: the mean of what is valid."""
    first = np.flatnonzero(np.diff(series.days, prepend=series.days[0] - 1))
    if first.size == series.days.size:
        return series
    count = np.add.reduceat(series.valid.astype(np.float32), first)
    least_one = np.maximum(count, np.float32(1))
    sums = {
        name: np.add.reduceat(np.where(series.valid, band, np.float32(0)), first)
        for name, band in series.bands.items()
    }
    return PixelSeries(
        bands={name: (total / least_one).astype(np.float32) for name, total in sums.items()},
        valid=count > 0,
        days=series.days[first],
        n_history=int((first < series.n_history).sum()),
        shape=series.shape,
    )
