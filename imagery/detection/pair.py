"""The pair method: change between two composites of one season, one before and one in the monitored period.

It serves where the history is too short for `series`. It knows no permits and sets no threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from imagery.detection.composites import (
    Windows,
    band_names,
    choose_windows,
    clear_observations,
    composite_of,
    days_of,
)
from imagery.detection.pair_bands import PIXELS_PER_BAND, standardised, unchanged_sample, usable_pixels
from imagery.detection.pair_ensemble import ensemble_score
from imagery.detection.pair_registration import PairShift, measure_shift, moved
from imagery.detection.scores import FloatImage, ScoreMap
from imagery.domain import Period, Settings
from imagery.errors import GridMismatchError, NotEnoughHistoryError, ParameterError

BoolImage = npt.NDArray[np.bool_]


def detect_pair(
    cube: xr.Dataset, period: Period, *, control: BoolImage, watched: BoolImage, settings: Settings
) -> ScoreMap:
    """Score how much each pixel changed between the season before the period and the same season in it.

    Two composites of clear observations are laid on each other, and `ensemble_score` compares them with how
    control ground differs between the same two.

    Parameters
    ----------
    cube : xarray.Dataset
        As in `imagery.sources.protocol`, with one band or more; dates of the period and of the history before it.
    period : Period
        Monitored interval.
    control : bool array, shape (M, N)
        Ground believed unchanged. With fewer than `settings.min_control_px` of its pixels usable all ground serves,
        and a note says so.
    watched : bool array, shape (M, N)
        Ground that matters: the dates are chosen by how well they show it. All ground when none is marked.
    settings : Settings
        `season_days`, `history_years`, `smoothing_px` and `min_control_px` are read.

    Returns
    -------
    ScoreMap
        Method ``"pair"``. `last_unchanged` is the earlier middle of the clear dates before, `first_changed` the later
        middle of those in the period: a composite that looks changed proves no earlier date. Facts hold the dates, the
        gap in season, the shift and the control pixels.

    Raises
    ------
    NoSceneError
        If no date lies in the period.
    TooCloudyError
        If no date of the period shows the watched ground.
    NotEnoughHistoryError
        If no date before it does, or no pixel is clear on both sides.
    GridMismatchError
        If `control` or `watched` is not on the grid of the cube.
    ParameterError
        If the cube holds no band.

    Notes
    -----
    Laws: gain and offset of a band and the order of bands do not matter; nodata never becomes change. Limits: what
    changed and changed back within the period is not seen; with dates of different seasons crops and leaves change
    too, and a note says so.
    """
    _check(cube, control, watched)
    cube = cube.sortby("time")
    clear = clear_observations(cube)
    matters = clear[:, watched] if watched.any() else clear.reshape(len(clear), -1)
    windows = choose_windows(
        days_of(cube),
        matters,
        period,
        season_days=settings.season_days,
        history_years=settings.history_years,
    )
    before, after = (
        composite_of(cube, clear, dates, level_on=control if control.any() else None)
        for dates in (windows.before, windows.after)
    )
    first, second = (np.stack(list(composite.bands.values())) for composite in (before, after))
    usable = usable_pixels(first, second, (before.clear > 0) & (after.clear > 0))
    _require_common(usable)
    believed = _believed(usable, control, len(first), settings)
    found = pair_score(first, second, usable, control=believed, smoothing_px=settings.smoothing_px)
    n_control = int(np.count_nonzero(usable & control))
    return ScoreMap(
        score=found.score,
        last_unchanged=before.earlier_day,
        first_changed=after.later_day,
        before=before.bands,
        after=after.bands,
        method="pair",
        notes=_notes(windows, found.shift, None if believed is not None else n_control, settings),
        facts=_facts(cube, windows, found.shift, n_control),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairScore:
    """What two images tell."""

    score: FloatImage
    """As `ensemble_score`, shape (M, N)."""
    shift: PairShift
    """Shift of the after image onto the before image, and whether it was believed."""


def pair_score(
    before: FloatImage,
    after: FloatImage,
    valid: BoolImage,
    *,
    control: BoolImage | None = None,
    smoothing_px: float = 2.0,
) -> PairScore:
    """Lay two images on each other and score their change.

    Parameters
    ----------
    before, after : float32 array, shape (B, M, N)
        Bands in the same order, any unit.
    valid : bool array, shape (M, N)
        True where both dates may be used; a NaN in any band overrules it.
    control : bool array, shape (M, N), optional
        Ground believed unchanged; all valid ground when left out or too small.
    smoothing_px : float
        Standard deviation of the Gaussian smoothing, pixels.

    Raises
    ------
    GridMismatchError
        If the shapes do not fit.
    """
    usable = usable_pixels(before, after, valid)
    sample = unchanged_sample(usable, control, len(before))
    shift = measure_shift(standardised(before, usable, sample), standardised(after, usable, sample), usable)
    score = ensemble_score(
        before, moved(after, usable, shift), usable, control=control, smoothing_px=smoothing_px
    )
    return PairScore(score=score, shift=shift)


def _believed(usable: BoolImage, control: BoolImage, n_bands: int, settings: Settings) -> BoolImage | None:
    """The control where enough of it is usable, else None: all ground."""
    enough = max(settings.min_control_px, PIXELS_PER_BAND * n_bands)
    return control if np.count_nonzero(usable & control) >= enough else None


def _check(cube: xr.Dataset, control: BoolImage, watched: BoolImage) -> None:
    if not band_names(cube):
        raise ParameterError("The cube holds no band.", hint="Name at least one band to be read.")
    shape = cube["valid"].shape[1:]
    for name, image in (("control", control), ("watched", watched)):
        if image.shape != shape:
            raise GridMismatchError(f"The cube has {shape} rows and columns, {name} has {image.shape}.")


def _require_common(usable: BoolImage) -> None:
    if not usable.any():
        raise NotEnoughHistoryError(
            "No pixel is clear both before and in the period: have 0, need 1.",
            have=0,
            need=1,
            hint="Add imagery, or choose a longer period.",
        )


def _facts(cube: xr.Dataset, windows: Windows, shift: PairShift, n_control: int) -> dict[str, Any]:
    days = np.datetime_as_string(cube["time"].values.astype("datetime64[D]"))
    return {
        "before_dates": [str(day) for day in days[windows.before]],
        "after_dates": [str(day) for day in days[windows.after]],
        "years_back": windows.years_back,
        "season_gap_days": round(windows.season_gap_days, 1),
        "shift_px": [shift.rows, shift.columns] if shift.believed else None,
        "shift_applied": shift.applies,
        "control_px": n_control,
    }


def _notes(
    windows: Windows, shift: PairShift, few_control: int | None, settings: Settings
) -> tuple[str, ...]:
    notes = []
    for name, dates in (("before", windows.before), ("in", windows.after)):
        if len(dates) == 1:
            notes.append(
                f"Only one date {name} the period was used: a cloud that was not masked shows as change."
            )
    if windows.season_gap_days > settings.season_days:
        notes.append(
            f"The dates lie {windows.season_gap_days:.0f} days apart in the season: leaves and crops show as change."
        )
    if few_control is not None:
        notes.append(
            f"Only {few_control} control pixels were clear: all clear ground stands for unchanged ground."
        )
    if not shift.believed:
        notes.append(f"The images were compared as they lie. {shift.reason}")
    return tuple(notes)
