"""What all ground of one cover shares on a date, taken off: a wet day, haze, an early spring are no change.

What it knows: standardised residuals and which pixels are control ground of which class. What it does not: why a date
is unlike others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imagery.detection.cover import N_CLASSES
from imagery.detection.sequences import MAD_TO_SD, masked_median
from imagery.errors import DetectionError

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
Classes = npt.NDArray[np.intp]

SAMPLE_PX = 300
"""Control pixels per class that the median of a date is taken of: its error is then an eighth of their spread."""
LEAST_CLEAR_PX = 20
"""Clear control pixels without which a date is withheld."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DateEffects:
    """What a class of control ground does on each date."""

    shift: Float
    """Median of the standardised residuals, 0 where withheld, shape (F, K, T)."""
    spread: Float
    """Their standard deviation (robust), 1 or more: dates that are unlike from place to place count less; (F, K, T)."""
    known: Bool
    """False where too few control pixels were clear, shape (K, T)."""
    control_px: tuple[int, ...]
    """Control pixels of each class."""
    pooled: tuple[bool, ...]
    """True for a class with too few of its own, which is compared with all control ground."""


def date_effects(
    residuals: Float, usable: Bool, control: Bool, classes: Classes, *, min_control_px: int
) -> DateEffects:
    """Median and spread of control ground per class and date.

    Parameters
    ----------
    residuals : (F, P, T)
        Standardised, finite.
    usable : (P, T)
        Observations that count.
    control : (P,)
        Control pixels with a fit.
    classes : (P,)
        Cover class.
    min_control_px : int
        Below it a class is compared with all control ground.

    Raises
    ------
    DetectionError
        If there are too few control pixels on any date.
    """
    n_features, _, n_dates = residuals.shape
    shift = np.zeros((n_features, N_CLASSES, n_dates), np.float32)
    spread = np.ones_like(shift)
    known = np.zeros((N_CLASSES, n_dates), bool)
    sizes = np.bincount(classes[control], minlength=N_CLASSES)
    for k in range(N_CLASSES):
        members = np.flatnonzero(control & (classes == k) if sizes[k] >= min_control_px else control)
        members = members[:: max(1, members.size // SAMPLE_PX)]
        clear = usable[members].T
        known[k] = clear.sum(1) >= LEAST_CLEAR_PX
        sample = np.ascontiguousarray(residuals[:, members].transpose(0, 2, 1))
        shift[:, k] = np.where(known[k], masked_median(sample, clear), 0)
        off = np.abs(sample - shift[:, k, :, None])
        spread[:, k] = np.where(known[k], np.maximum(MAD_TO_SD * masked_median(off, clear), 1), 1)
    if not known.any():
        raise DetectionError(
            f"On no date are {LEAST_CLEAR_PX} pixels of unchanged ground clear.",
            hint="Read more of the surroundings (context_m).",
        )
    return DateEffects(
        shift=shift,
        spread=spread,
        known=known,
        control_px=tuple(int(n) for n in sizes),
        pooled=tuple(bool(n < min_control_px) for n in sizes),
    )


def double_difference(
    residuals: Float, usable: Bool, effects: DateEffects, classes: Classes
) -> tuple[Float, Bool]:
    """Residuals (F, p, T) less what their class did, and the observations (p, T) for which that is known.

    Law: a number added to a feature of all pixels of a class on one date changes nothing.
    """
    member = (classes[:, None] == np.arange(N_CLASSES)).astype(np.float32)
    # A product with 0 and 1 picks the row of the class several times faster than indexing does.
    difference = residuals - member @ effects.shift
    difference *= member @ (1 / effects.spread)
    return difference, usable & effects.known[classes]
