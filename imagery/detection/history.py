"""Is the history enough, and is it one history? Ground that changed in it starts anew from that day.

What it knows: which dates are clear, and standardised residuals of the history. What it does not: the monitored period.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imagery.detection.sequences import MAD_TO_SD, clear_sequence, masked_median
from imagery.domain.period import DAYS_PER_YEAR

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]

MONTHS = 12
EMPTY_MONTHS = 5
"""So many months of the year in a row without any clear date: the season is not full."""
LEAST_SPAN_DAYS = 330
"""Days from the first clear date to the last: in less than a year a change cannot be told from the season."""
SECOND_HARMONIC_DATES = 24
"""Clear dates from which a second harmonic is fitted."""
QUARTER_DAYS = 91
"""Days between the moments at which a break is looked for at first."""
STRAY = np.float32(4.0)
"""Residuals beyond so many standard deviations are cut: a few clouds are no step."""
SUSPECT_STEP = 1.2
"""Step in a feature, in standard deviations of the whole history, from which a closer look is taken."""
BREAK_STEP = 2.0
"""Step in standard deviations around the levels on its two sides, from which the ground has changed."""
SURE = 4.0
"""Standard errors that a step must have."""


def enough_history(usable: Bool, days: Days, min_clear_dates: int) -> tuple[Bool, npt.NDArray[np.int64]]:
    """Pixels with enough clear dates spread over a full season, and the harmonics they can bear.

    Parameters
    ----------
    usable : (P, T)
        Clear history dates.
    days : (T,)
        Days since 1970-01-01.
    min_clear_dates : int
        Clear dates needed.

    Returns
    -------
    enough : (P,)
        Enough dates, over `LEAST_SPAN_DAYS` or more, and fewer than `EMPTY_MONTHS` months in a row without one
        (the months of all years together).
    order : (P,)
        2 with `SECOND_HARMONIC_DATES` or more and no two months in a row empty, otherwise 1.
    """
    count = usable.sum(1)
    month = (days % DAYS_PER_YEAR / DAYS_PER_YEAR * MONTHS).astype(int) % MONTHS
    seen = usable.astype(np.float32) @ np.eye(MONTHS, dtype=np.float32)[month] > 0
    empty = ~np.concatenate([seen, seen[:, : EMPTY_MONTHS - 1]], axis=1)  # December goes over into January
    gap = _run(empty, EMPTY_MONTHS)
    enough = (count >= min_clear_dates) & ~gap & (_span(usable, days) >= LEAST_SPAN_DAYS)
    order = np.where((count >= SECOND_HARMONIC_DATES) & ~_run(empty[:, : MONTHS + 1], 2), 2, 1)
    return enough, order


def _span(usable: Bool, days: Days) -> Days:
    if days.size == 0:
        return np.zeros(len(usable), np.int64)
    first, last = days[usable.argmax(1)], days[days.size - 1 - usable[:, ::-1].argmax(1)]
    return np.where(usable.any(1), last - first, 0)


def _run(empty: Bool, length: int) -> Bool:
    size = empty.shape[1] - length + 1
    together = empty[:, :size].copy()
    for i in range(1, length):
        together &= empty[:, i : size + i]
    found: Bool = np.any(together, axis=1)
    return found


def suspected_breaks(residuals: Float, usable: Bool, days: Days, least_dates: int) -> npt.NDArray[np.intp]:
    """Pixels whose level may have stepped in the history: a quick look at every quarter of a year.

    Parameters
    ----------
    residuals : (F, P, T)
        Standardised residuals of the history.
    usable : (P, T)
        Observations that count.
    days : (T,)
        Days since 1970-01-01.
    least_dates : int
        Clear dates that must lie on each side of a step.
    """
    if days.size == 0:
        return np.zeros(0, np.intp)
    moments = np.arange(days[0] + QUARTER_DAYS, days[-1], QUARTER_DAYS)
    later = (days[:, None] >= np.concatenate([days[:1], moments])).astype(np.float32)
    weight = usable.astype(np.float32)
    counts = weight @ later  # the first column counts all
    n_after, n_before = counts[:, 1:], counts[:, :1] - counts[:, 1:]
    used = np.maximum(residuals, -STRAY)
    np.minimum(used, STRAY, out=used)
    used *= weight
    sums = used @ later
    after, total = sums[:, :, 1:], sums[:, :, :1]
    step = np.abs(after / np.maximum(n_after, 1) - (total - after) / np.maximum(n_before, 1))
    possible = np.minimum(n_before, n_after) >= least_dates
    suspects: npt.NDArray[np.intp] = np.flatnonzero(((step > SUSPECT_STEP) & possible).any((0, 2)))
    return suspects


def break_days(residuals: Float, usable: Bool, days: Days, least_dates: int) -> Days:
    """First day after the strongest step of each pixel, shape (P,); the first day of all where there is no step.

    The step is that of the means before and after, strays cut off; it must be large in one feature against the
    spread around the medians of both sides.

    Parameters
    ----------
    residuals, usable, days, least_dates
        As in `suspected_breaks`, for the suspected pixels.
    """
    sequence = clear_sequence(usable)
    present = sequence.present.astype(np.float32)
    values = np.clip(sequence.gather(residuals), -STRAY, STRAY) * present
    n = present.sum(1)[:, None]
    n_before = np.cumsum(present, axis=1) - present
    n_after = n - n_before
    before = np.cumsum(values, axis=2) - values
    step = (values.sum(2)[:, :, None] - before) / np.maximum(n_after, 1) - before / np.maximum(n_before, 1)
    possible = sequence.present & (np.minimum(n_before, n_after) >= least_dates)
    gain = (step**2).sum(0) * n_before * n_after / np.maximum(n, 1)
    place = np.where(possible, gain, -1).argmax(1)
    rows = np.arange(len(place))
    error = np.sqrt(1 / np.maximum(n_before, 1) + 1 / np.maximum(n_after, 1))[rows, place]
    least = _around_levels(values, sequence.present, place) * np.maximum(BREAK_STEP, SURE * error)
    real = possible[rows, place] & (np.abs(step[:, rows, place]) > least).any(0)
    begins: Days = np.where(real, days[sequence.date[rows, place]], days[0])
    return begins


def _around_levels(values: Float, present: Bool, place: npt.NDArray[np.intp]) -> Float:
    """Standard deviation around the medians before and after a place, shape (F, P)."""
    later = np.arange(values.shape[2]) >= place[:, None]
    levels = [masked_median(values, present & side)[:, :, None] for side in (~later, later)]
    around = np.abs(values - np.where(later, levels[1], levels[0]))
    return MAD_TO_SD * masked_median(np.nan_to_num(around), present)
