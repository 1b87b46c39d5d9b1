"""Whether a plain change is new, or was there before the monitored period began.

What it knows: the pixels that score plainly, and their history. What it does not: regions and permits. Only a few pixels
come here, so that each can be looked at twice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imagery.detection.looks import Looks
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
LEAST_DATES = 3
"""Clear dates of that season without which nothing is said."""


def score_against_year_ago(normal: NormalGround, looks: Looks, pixels: Numbers) -> Float:
    """Score of pixels measured from how they looked in the same season before the period, shape (p,).

    The look with the highest score is compared with the median of the same season in the last year that lies before
    the period. The rhythm cancels out, so this holds where the history holds a change and the fit is a compromise. NaN where
    that season was not seen.

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
