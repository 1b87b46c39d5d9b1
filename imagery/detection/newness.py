"""Whether a plain change is new, or was there before the monitored period began.

What it knows: the pixels that score high, and their history. What it does not: regions and permits. Only a few pixels
come here, so that each can be looked at twice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imagery.detection.looks import Looks, Seen
from imagery.detection.normal_ground import NormalGround, refit_until
from imagery.detection.pixel_series import PixelSeries
from imagery.detection.sequences import masked_median
from imagery.domain import Settings
from imagery.domain.period import DAYS_PER_YEAR

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.intp]

SEASON_DAYS = 45
"""Days around the same day of an earlier year that count as the same season."""
HIGH = 1.3
"""Scores beyond so many times the middle one of control ground are compared with a year ago too."""
PLAIN = 1.6
"""Beyond so many times, a change is plain enough to ask whether it was there before the period."""
LEAST = 1.0
"""A score, in standard deviations, up to which nothing is plain."""
LEAST_DATES = 3
"""Clear dates of that season without which nothing is said."""


def score_against_year_ago(normal: NormalGround, looks: Looks, pixels: Numbers) -> Float:
    """Score of pixels measured from how they looked in the same season before the period, shape (p,).

    The look with the highest score is compared with the median of the same season in the last year that lies before
    the period. The rhythm cancels out, so this holds also where the history holds a change and the fit is a
    compromise. NaN where that season was not seen.

    Parameters
    ----------
    normal : NormalGround
        All pixels.
    looks : Looks
        How looks are measured.
    pixels : (p,)
        Numbers of the pixels.
    """
    peak, first_day, last_day = looks.peak(normal, pixels)
    start = looks.days[looks.n_history]
    years = np.floor((last_day - start) / DAYS_PER_YEAR) + 1
    shift = years * DAYS_PER_YEAR
    days = looks.days[: looks.n_history]
    season = (days >= (first_day - shift - SEASON_DAYS)[:, None]) & (
        days <= (last_day - shift + SEASON_DAYS)[:, None]
    )
    used = normal.usable[pixels, : looks.n_history] & season
    then = masked_median(normal.differences[:, pixels, : looks.n_history], used)
    away = peak - looks.whitening @ np.where(used.sum(1) >= LEAST_DATES, then, np.float32(np.nan))
    distance: Float = np.sqrt((away**2).sum(0))
    return distance


def changed_in_last_year(
    series: PixelSeries, normal: NormalGround, looks: Looks, pixels: Numbers, settings: Settings
) -> Bool:
    """Pixels that, measured against the history without its last year, had changed before the period, shape (p,).

    A change late in the history bends the fit towards itself; a fit that has not seen the last year shows it.

    Parameters
    ----------
    series, normal, looks
        All pixels, what is normal for them, how looks are measured.
    pixels : (p,)
        Numbers of the pixels.
    settings : Settings
        `min_clear_dates` is read.
    """
    start = series.days[series.n_history]
    n_train = int(np.searchsorted(series.days, start - DAYS_PER_YEAR))
    if n_train == 0:
        return np.zeros(pixels.size, bool)
    earlier = refit_until(series, normal, pixels, n_train, settings)
    seen = looks.over_a_year().see(earlier, slice(0, pixels.size))
    return seen.earlier


def set_old_apart(
    series: PixelSeries, normal: NormalGround, looks: Looks, seen: Seen, settings: Settings
) -> tuple[Float, Bool, Bool]:
    """Scores of what is new alone.

    Parameters
    ----------
    series, normal, looks
        All pixels, what is normal for them, how looks are measured.
    seen : Seen
        What the looks of all P pixels came to.
    settings : Settings
        `min_clear_dates` is read.

    Returns
    -------
    score : (P,)
        Lowered to the distance from a year ago where that is less; NaN where the ground had changed before the period.
    plain : (P,)
        Pixels that plainly changed, and newly.
    old : (P,)
        Pixels that had changed before the period.
    """
    score, old = seen.score.copy(), np.zeros(seen.score.shape, bool)
    high = np.flatnonzero(score > max(HIGH * looks.level, LEAST))
    if high.size:
        score[high] = np.fmin(score[high], score_against_year_ago(normal, looks, high))
    plain = score > max(PLAIN * looks.level, LEAST)
    numbers = np.flatnonzero(plain)
    if numbers.size:
        old[numbers] = seen.earlier[numbers] | changed_in_last_year(series, normal, looks, numbers, settings)
    score[old] = np.nan
    return score, plain & ~old, old
