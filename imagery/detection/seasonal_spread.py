"""How unlike its cover a pixel has been at each time of the year: what it does every spring is no change.

A pixel may come into leaf a week before its class each year. Its spread over the whole year, read from many summer dates,
does not hold that; its few past dates of that season do.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imagery.domain.period import DAYS_PER_YEAR

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]

MONTHS = 12
PRIOR_DATES = 2.0
"""Weight, in dates, of the belief that a season is like the rest of the year."""
MOST = np.float32(6.0)
"""Past differences are cut here: one cloud that was missed must not blind a season."""


def seasonal_weight(differences: Float, usable: Bool, days: Days, n_train: int) -> Float:
    """Factor on differences, at most 1: one over the standard deviation of past ones around each day of the year.

    Parameters
    ----------
    differences : (F, p, T)
        Double differences in standard deviations of the pixel's own history.
    usable : (p, T)
        Observations that count.
    days : (T,)
        Days since 1970-01-01.
    n_train : int
        Days of the history, the first ones.

    Returns
    -------
    (F, p, T)
        The deviation is the root of the mean square of past differences within two months, in triangular weights,
        drawn towards 1 by `PRIOR_DATES`, at least 1. The factor is 1 for a season never seen, and lies on a line
        between the middles of months.
    """
    months = month_weights(days)
    past = slice(0, n_train)
    seen = usable[:, past].astype(np.float32)
    squares = np.square(differences[:, :, past])
    np.minimum(squares, MOST * MOST, out=squares)
    squares *= seen
    total = _around(squares @ months[past])
    count = _around(seen @ months[past])
    variance = (total + np.float32(PRIOR_DATES)) / (count + np.float32(PRIOR_DATES))
    weight = (1 / np.sqrt(np.maximum(variance, 1))) @ months.T
    return np.asarray(weight, np.float32)


def month_weights(days: Days) -> Float:
    """Share of each day in the two months whose middles it lies between, shape (T, 12); rows add up to 1."""
    place = days % DAYS_PER_YEAR / DAYS_PER_YEAR * MONTHS
    apart = np.abs(place[:, None] - np.arange(MONTHS))
    weights: Float = np.maximum(1 - np.minimum(apart, MONTHS - apart), 0).astype(np.float32)
    return weights


def _around(by_month: Float) -> Float:
    """Each month with half of the months beside it; December lies beside January."""
    return by_month + np.float32(0.5) * (np.roll(by_month, 1, -1) + np.roll(by_month, -1, -1))
