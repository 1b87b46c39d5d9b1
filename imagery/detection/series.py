"""The series method: ground that departs from its own rhythm, more than its like does, and stays so.

What it knows: a cube with a history and a monitored period, watched and control ground. What it does not: permits,
regions or thresholds; it leaves scores.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from imagery.detection.cover import class_names
from imagery.detection.harmonic import design
from imagery.detection.history import enough_history
from imagery.detection.looks import Looks
from imagery.detection.newness import set_old_apart
from imagery.detection.normal_ground import NormalGround, learn_normal, parts, screened
from imagery.detection.pixel_series import PixelSeries, pixel_series
from imagery.detection.scores import NO_DAY, DayImage, ScoreMap
from imagery.detection.sequences import masked_median
from imagery.domain import Period, Settings
from imagery.errors import GridMismatchError, NotEnoughHistoryError, ParameterError, TooCloudyError

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]

STRAY = 3.0
"""Observations of quiet ground so many standard deviations off in brightness are left out of its picture."""
NEW_DATES = 5
"""Clear dates from the first changed one on that show how changed ground looks."""


def detect_series(
    cube: xr.Dataset, period: Period, *, control: Bool, watched: Bool, settings: Settings
) -> ScoreMap:
    """Score every pixel of a cube for change in the monitored period.

    Each pixel's features (see `imagery.pixels.indices.feature_names`) are compared with their own yearly rhythm in
    the history, in standard deviations; what control ground of the same cover did on that date is taken off (double
    difference). The score is the largest length, over the dates of the period, of the trailing median of the last
    clear observations, measured against the correlation of the features over control ground.

    Parameters
    ----------
    cube : xarray.Dataset
        As in `imagery.sources.protocol`; any bands. Dates outside history and period are left aside.
    period : Period
        Monitored interval; the history lies right before it.
    control : bool array, shape (M, N)
        Ground believed unchanged, watched by nobody.
    watched : bool array, shape (M, N)
        Ground of the site.
    settings : Settings
        `history_years`, `min_clear_dates`, `min_control_px` and `trailing_clear` are read.

    Returns
    -------
    ScoreMap
        NaN where a pixel has too little history, where its ground had already changed shortly before the period, or
        where it was seen too seldom in the period. `before` is what the rhythm of each band
        expects on the very dates of `after`, so that both share season and sun; `after` is the median of the first
        `NEW_DATES` clear observations since the change (where nothing plainly changed: of the whole period).

    Raises
    ------
    NotEnoughHistoryError
        If most watched pixels have too little history.
    NoSceneError
        If no image was taken in the period.
    TooCloudyError
        If no watched pixel was seen often enough in the period.
    DetectionError
        If there is no usable control ground.
    GridMismatchError
        If shapes differ.
    ParameterError
        If no pixel is watched.

    Notes
    -----
    Laws: the order of dates does not matter; a gain or offset that all ground shares on a date hardly matters; what is
    not valid never becomes change. Limits: a change shorter than half of `trailing_clear` clear observations is not
    seen; one that shows on the last `trailing_clear` // 2 clear dates before the period is kept, with its date; what
    most control ground of a cover does (harvest) is normal for that cover.
    """
    shape = (cube.sizes["y"], cube.sizes["x"])
    if not control.shape == watched.shape == shape:
        raise GridMismatchError(
            f"Cube, control and watched ground share one shape, got {shape}, {control.shape}, {watched.shape}."
        )
    if not watched.any():
        raise ParameterError("No pixel is watched.", hint="Does the site lie within the imagery?")
    series = pixel_series(cube, period, settings.history_years)
    _check_dates(series, period, settings)
    clear = screened(series)
    _check_history(series, clear[watched.ravel()], settings)
    normal = learn_normal(series, clear, control=(control & ~watched).ravel(), settings=settings)
    return score_series(series, normal, control=control, watched=watched, settings=settings)


def score_series(
    series: PixelSeries, normal: NormalGround, *, control: Bool, watched: Bool, settings: Settings
) -> ScoreMap:
    """Scores, dates and composites from what is normal; see `detect_series`."""
    ground, site = (control & ~watched).ravel(), watched.ravel()
    reference = np.flatnonzero(ground & normal.enough)
    looks = Looks.learn(normal, series.days, series.n_history, settings.trailing_clear, reference)
    seen = looks.see_all(normal)
    if np.isnan(seen.score[site]).all():
        raise TooCloudyError(
            f"No watched pixel was seen on {looks.least_monitored} clear dates of the period.",
            hint="Use a longer period, or radar.",
        )
    score, plain, old = set_old_apart(series, normal, looks, seen, settings)
    last, first = (np.where(old, NO_DAY, days) for days in (seen.last_unchanged, seen.first_changed))
    since = np.where(plain, first, NO_DAY)
    before, after = composites(series, normal, since)
    return ScoreMap(
        score=score.reshape(series.shape),
        last_unchanged=last.reshape(series.shape),
        first_changed=first.reshape(series.shape),
        before={name: image.reshape(series.shape) for name, image in before.items()},
        after={name: image.reshape(series.shape) for name, image in after.items()},
        method="series",
        notes=_notes(series, normal, old, site),
        facts=_facts(series, normal, old, site),
    )


def composites(
    series: PixelSeries, normal: NormalGround, since: DayImage
) -> tuple[dict[str, Float], dict[str, Float]]:
    """What each band was expected to be and was, over the same dates: before and after, shape (P,) each.

    Parameters
    ----------
    since : (P,)
        First day that counts, days since 1970-01-01; `NO_DAY` for the whole monitored period.

    Returns
    -------
    before, after : dict of (P,)
        After is the median of the first `NEW_DATES` clear observations from that day on; over the whole period it is the
        mean of those that are not `STRAY` from normal. Before is the mean of what the rhythm expects on the same dates.
    """
    days = series.days[series.monitored]
    basis = design(days)
    before, after = (np.full((len(series.bands), len(since)), np.nan, np.float32) for _ in range(2))
    for part in parts(len(since)):
        seen = np.stack([band[series.monitored, part].T for band in series.bands.values()])
        np.fmax(seen, np.float32(0), out=seen)
        used = normal.usable[part, series.monitored]
        ordinary = used & (np.abs(normal.differences[0, part, series.monitored]) < STRAY)
        weight = ordinary.astype(np.float32)
        new = np.flatnonzero(since[part] != NO_DAY)
        # A change is shown as it was when new: weeks later it may be grown over, or built on.
        fresh = used[new] & (days >= since[part][new, None])
        fresh &= np.cumsum(fresh, axis=1) <= NEW_DATES
        weight[new] = fresh
        count = weight.sum(1)
        shown = np.einsum("bpt,pt->bp", seen, weight) / np.maximum(count, 1)
        shown[:, new] = masked_median(seen[:, new], fresh)
        after[:, part] = np.where(count > 0, shown, np.float32(np.nan))
        mean_basis = weight @ basis / np.maximum(count, 1)[:, None]
        expected = np.einsum("bpc,pc->bp", normal.band_coefficients[:, part], mean_basis)
        known = (count > 0) & normal.enough[part]
        before[:, part] = np.where(known, np.maximum(expected, 0), np.float32(np.nan))
    return dict(zip(series.bands, before, strict=True)), dict(zip(series.bands, after, strict=True))


def _check_dates(series: PixelSeries, period: Period, settings: Settings) -> None:
    if len(series.days) == series.n_history:
        raise TooCloudyError(
            f"No image of {period} shows any ground without cloud.", hint="Use a longer period, or radar."
        )
    if series.n_history == 0:
        raise NotEnoughHistoryError(
            f"No image before {period} shows any ground without cloud: have 0, need {settings.min_clear_dates}.",
            have=0,
            need=settings.min_clear_dates,
            hint="Use a longer history (--history), or imagery with more dates.",
        )


def _check_history(series: PixelSeries, clear: Bool, settings: Settings) -> None:
    """Refuse when most of the watched pixels (p, T) have too little history."""
    past, need = series.past, settings.min_clear_dates
    enough, _ = enough_history(clear[:, past], series.days[past], need)
    if 2 * enough.sum() >= enough.size:
        return
    have = int(np.median(clear[:, past].sum(1)))
    why = "" if have < need else ", and they do not cover a full season"
    raise NotEnoughHistoryError(
        f"Most of the site has too little history: {have} clear dates of {need}{why}.",
        have=have,
        need=need,
        hint="Use a longer history (--history), or imagery with more dates.",
    )


def _notes(series: PixelSeries, normal: NormalGround, earlier: Bool, watched: Bool) -> tuple[str, ...]:
    notes = []
    lost = watched & earlier
    if lost.any():
        notes.append(
            f"{lost.sum() / watched.sum():.0%} of the watched ground had changed shortly before the period, so that"
            " nothing can be said about it."
        )
    short = watched & ~normal.enough
    if short.any():
        notes.append(f"{short.sum() / watched.sum():.0%} of the watched ground has too little history.")
    if any(normal.effects.pooled[k] for k in np.unique(normal.classes[watched])):
        notes.append(
            "Part of the watched ground has too little control ground of its own cover; all cover served."
        )
    withheld = int((~normal.effects.known[:, series.monitored]).all(0).sum())
    if withheld:
        notes.append(
            f"{withheld} of {len(series.days) - series.n_history} dates of the period show too little control ground."
        )
    return tuple(notes)


def _facts(series: PixelSeries, normal: NormalGround, earlier: Bool, watched: Bool) -> dict[str, Any]:
    names = class_names(normal.coefficients, normal.features, normal.classes)
    return {
        "features": list(normal.features),
        "history_dates": series.n_history,
        "monitored_dates": len(series.days) - series.n_history,
        "clear_history_dates": int(np.median(normal.clear_dates[watched])) if watched.any() else 0,
        "changed_in_history_px": int((normal.broken & watched).sum()),
        "changed_before_period_px": int((earlier & watched).sum()),
        "control_cover_pixels": dict(zip(names, normal.effects.control_px, strict=True)),
    }
