"""Two composites of one season: which dates go in, and their typical clear observation.

It knows dates and clear pixels; it knows no scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from imagery.detection.scores import NO_DAY, DayImage, FloatImage
from imagery.domain import Period
from imagery.domain.period import DAYS_PER_YEAR
from imagery.errors import NoSceneError, NotEnoughHistoryError, TooCloudyError

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IndexArray = npt.NDArray[np.intp]

ENOUGH_CLEAR = 3
"""Clear observations from which one cloud that was not masked cannot become the median."""
NEAR = 6.0
"""Distance from the median, in median distances, within which an observation is averaged (4 standard deviations)."""
ROUNDS = 2
"""Rounds of levelling dates: the second takes back what clouds did to the medians of the first."""
NEARLY_ALL = 0.9
"""Share that counts as nearly all: of the watched pixels seen, and of the best quality that a later window may have."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Windows:
    """Dates of the two composites."""

    before: IndexArray
    """Dates before the period, as indices into time, increasing, at least one."""
    after: IndexArray
    """Dates in the period, likewise."""
    years_back: int
    """Years from which `before` was taken; 0 when no date of the same season was there."""
    season_gap_days: float
    """Distance between the middles of the two in the course of the year, days."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Composite:
    """Typical clear observation, shape (M, N) = (rows, columns)."""

    bands: Mapping[str, FloatImage]
    """Reflectance 0-1 per band; NaN where no observation was clear."""
    earlier_day: DayImage
    """Date of the middle clear observation, the earlier of two, days since 1970-01-01; `NO_DAY` where none."""
    later_day: DayImage
    """Likewise, the later of two."""
    clear: npt.NDArray[np.int32]
    """Clear observations."""


def clear_observations(cube: xr.Dataset) -> BoolArray:
    """Observations that are valid and finite in every band, shape (T, M, N)."""
    clear: BoolArray = cube["valid"].values.astype(bool)
    for name in band_names(cube):
        clear = clear & np.isfinite(cube[name].values)
    return clear


def band_names(cube: xr.Dataset) -> tuple[str, ...]:
    """Bands of a cube, in its order: the variables along time, rows and columns other than ``valid``."""
    return tuple(str(name) for name, band in cube.data_vars.items() if name != "valid" and band.ndim == 3)


def days_of(cube: xr.Dataset) -> FloatArray:
    """Days since 1970-01-01 UTC of each date, with their fraction, shape (T,)."""
    days: FloatArray = cube["time"].values.astype("datetime64[ns]").astype(np.int64) / 86_400e9
    return days


def choose_windows(
    days: FloatArray, clear: BoolArray, period: Period, *, season_days: float, history_years: float
) -> Windows:
    """Choose the dates of two composites of one season.

    Every clear date of the period is tried as the end of a window of twice `season_days`; the same window one year
    or more earlier gives the dates before, from the latest year on until nearly all ground was seen. The latest
    window whose ground was seen nearly as often on both sides as in the best one is taken: what changed late in the
    period is in it. Without two windows of one season, or when those show less than half of the ground that two single
    dates would, the last date and the date nearest to it in season serve.

    Parameters
    ----------
    days : float array, shape (T,)
        Days since 1970-01-01, increasing.
    clear : bool array, shape (T, P)
        Clear observations of the pixels that matter.
    period : Period
        Monitored interval.
    season_days : float
        Half length of a window, days.
    history_years : float
        How long before the period dates are taken, years.

    Raises
    ------
    NotEnoughHistoryError
        If no date of the history is clear anywhere.
    NoSceneError
        If no date lies in the period.
    TooCloudyError
        If no date of the period is clear anywhere.
    """
    seen: BoolArray = np.asarray(clear.any(axis=1))
    _require(days, seen, period, period.history(history_years))
    history = seen & _within(days, period.history(history_years))
    monitored = seen & _within(days, period)
    season = _same_season(days, clear, history, monitored, 2 * season_days)
    single = _nearest_pair(days, clear, history, monitored)
    if season is None or _common(clear, season) < _common(clear, single) / 2:
        return single
    return season


def composite_of(
    cube: xr.Dataset, clear: BoolArray, dates: IndexArray, *, level_on: BoolArray | None = None
) -> Composite:
    """Take the typical clear observation of some dates, per pixel and band.

    The median decides which observations belong together; the mean of those near it is taken, so that one cloud
    that was not masked, or a change on the last of three dates, leaves nothing behind.

    Parameters
    ----------
    cube : xarray.Dataset
        As in `imagery.sources.protocol`.
    clear : bool array, shape (T, M, N)
        From `clear_observations`.
    dates : int array, shape (K,)
        Indices into time, K > 0.
    level_on : bool array, shape (M, N), optional
        Unchanged ground: each date is raised or lowered per band until it lies level with the others there, so that
        haze and season of a date do not show where other dates are clouded. Not levelled when left out.
    """
    chosen = clear[dates]
    counted = chosen.sum(axis=0, dtype=np.int32)
    bands = {
        name: _typical(np.where(chosen, cube[name].values[dates], np.nan), counted, level_on)
        for name in band_names(cube)
    }
    day = np.floor(days_of(cube)[dates])[:, None, None]
    earlier, later = _middles(np.sort(np.where(chosen, day, np.nan), axis=0), counted)
    return Composite(bands=bands, earlier_day=_day(earlier), later_day=_day(later), clear=counted)


def _within(days: FloatArray, period: Period) -> BoolArray:
    start, end = period.start.timestamp() / 86_400, period.end.timestamp() / 86_400
    return (days >= start) & (days < end)


def _require(days: FloatArray, seen: BoolArray, period: Period, history: Period) -> None:
    """Refuse a period or a history without a clear date."""
    monitored = _within(days, period)
    if not monitored.any():
        raise NoSceneError(
            f"No image was taken in {period}.", hint="Use imagery of that period, or another period."
        )
    if not (seen & monitored).any():
        raise TooCloudyError(
            f"None of the {int(monitored.sum())} images of {period} shows the ground without cloud.",
            hint="Use a longer period, or radar.",
        )
    if not (seen & _within(days, history)).any():
        raise NotEnoughHistoryError(
            f"No clear date in {history} to compare with: have 0, need 1.",
            have=0,
            need=1,
            hint="Add imagery from before the period, or choose a later period.",
        )


def _same_season(
    days: FloatArray, clear: BoolArray, history: BoolArray, monitored: BoolArray, length: float
) -> Windows | None:
    found: list[tuple[float, Windows]] = []
    for end in days[monitored]:
        after = np.flatnonzero(monitored & _in_window(days, end, length))
        before, years = _before(days, clear, history, end, length)
        if before.size:
            seen = np.minimum(clear[before].sum(axis=0), clear[after].sum(axis=0))
            quality = float(np.minimum(seen, ENOUGH_CLEAR).mean()) / ENOUGH_CLEAR
            gap = _season_gap(days[before], days[after])
            found.append(
                (quality, Windows(before=before, after=after, years_back=years, season_gap_days=gap))
            )
    highest = max((quality for quality, _ in found), default=0.0)
    good = [windows for quality, windows in found if quality >= NEARLY_ALL * highest]
    return good[-1] if highest > 0 else None


def _before(
    days: FloatArray, clear: BoolArray, history: BoolArray, end: float, length: float
) -> tuple[IndexArray, int]:
    """Dates of the same window in the latest years that show nearly all ground, and how many years back they go."""
    chosen = np.zeros(days.size, dtype=bool)
    years = np.arange(1, 1 + int(np.ceil((end - days.min()) / DAYS_PER_YEAR)))
    reached = 0
    for year in years:
        fresh = history & _in_window(days, end - year * DAYS_PER_YEAR, length)
        if fresh.any():
            chosen, reached = chosen | fresh, int(year)
            if clear[chosen].any(axis=0).mean() >= NEARLY_ALL:
                break
    return np.flatnonzero(chosen), reached


def _in_window(days: FloatArray, end: float, length: float) -> BoolArray:
    return (days > end - length) & (days <= end + 1e-6)


def _nearest_pair(days: FloatArray, clear: BoolArray, history: BoolArray, monitored: BoolArray) -> Windows:
    share = clear.mean(axis=1)
    after = _good(np.flatnonzero(monitored), share)[-1:]
    candidates = _good(np.flatnonzero(history), share)
    gaps = np.array([_season_gap(days[[date]], days[after]) for date in candidates])
    before = candidates[np.flatnonzero(gaps <= gaps.min() + 1.0)[-1:]]
    gap = _season_gap(days[before], days[after])
    return Windows(before=before, after=after, years_back=0, season_gap_days=gap)


def _good(dates: IndexArray, share: FloatArray) -> IndexArray:
    """Those of some dates that show at least half of what the best of them shows."""
    good: IndexArray = dates[share[dates] >= share[dates].max() / 2]
    return good


def _common(clear: BoolArray, windows: Windows) -> float:
    """Share of the ground that is seen on both sides."""
    return float((clear[windows.before].any(axis=0) & clear[windows.after].any(axis=0)).mean())


def _season_gap(first: FloatArray, second: FloatArray) -> float:
    """Days of the year between the middles of two sets of dates, whatever their years."""
    middles = [np.exp(2j * np.pi * dates / DAYS_PER_YEAR).mean() for dates in (first, second)]
    return float(abs(np.angle(middles[0] / middles[1])) / (2 * np.pi) * DAYS_PER_YEAR)


def _typical(
    values: npt.NDArray[np.float32], counted: npt.NDArray[np.int32], level_on: BoolArray | None
) -> FloatImage:
    """Mean of the observations (K, M, N) near their median, dates levelled first; the median where none is near."""
    reference = np.ones(counted.shape, dtype=bool) if level_on is None else level_on
    levelled = values.astype(np.float64)
    for _ in range(0 if level_on is None else ROUNDS):
        levelled -= _levels(levelled - _median(levelled, counted), reference)[:, None, None]
    middle = _median(levelled, counted)
    off = np.abs(levelled - middle)
    known = off[:, reference & (counted > 1)]
    known = known[np.isfinite(known)]
    reach = NEAR * float(np.median(known)) if known.size else 0.0
    near = off <= reach
    total = np.where(near, levelled, 0.0).sum(axis=0)
    number = near.sum(axis=0)
    return np.where(number > 0, total / np.maximum(number, 1), middle).astype(np.float32)


def _levels(above: FloatArray, reference: BoolArray) -> FloatArray:
    """Median of each date (K, M, N) over the reference, shape (K,); 0 for a date that shows none of it."""
    there = above[:, reference]
    seen = np.isfinite(there).any(axis=1)
    levels = np.zeros(len(above))
    levels[seen] = np.nanmedian(there[seen], axis=1)
    return levels


def _median(values: npt.NDArray[np.floating], counted: npt.NDArray[np.int32]) -> FloatArray:
    lower, upper = _middles(np.sort(values, axis=0), counted)
    middle: FloatArray = (lower + upper) / 2
    return middle


def _middles(
    ordered: npt.NDArray[np.floating], counted: npt.NDArray[np.int32]
) -> tuple[FloatArray, FloatArray]:
    """The two middle values of each pixel, NaN last along the first axis; NaN where there is none."""
    lower, upper = np.maximum(counted - 1, 0) // 2, counted // 2
    upper = np.minimum(upper, len(ordered) - 1)
    pair = [np.take_along_axis(ordered, index[None].astype(np.intp), axis=0)[0] for index in (lower, upper)]
    return pair[0].astype(np.float64), pair[1].astype(np.float64)


def _day(days: FloatArray) -> DayImage:
    return np.where(np.isfinite(days), np.nan_to_num(days), NO_DAY).astype(np.int32)
