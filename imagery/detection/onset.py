"""When it began: the clear dates between which a pixel went over from how it was to how it is.

What it knows: one pixel's standardised differences in order of time, and what they came to. What it does not: whether
that is a change at all (see `calibration`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

TAIL = 4.0
"""Degrees of freedom of the law of single observations: the fewer, the less a stray one says."""
CLEARLY = 0.5
"""Share of the full difference between the two states from which an observation belongs clearly to one of them."""


def onset(differences: Float, present: Bool, end: Places, state: Float) -> tuple[Places, Places, Bool]:
    """Find the places of the last clear date that looks as before and of the first that looks as after.

    Every observation says by how much it is likelier after than before: a Student law around no difference, and one
    around the state it came to. The beginning is where the sum from there to the end is largest, the likeliest
    moment of a single step. Observations beside it that do not belong clearly to one side are given to neither.

    Parameters
    ----------
    differences : (F, P, K)
        Whitened double differences of the clear dates.
    present : (P, K)
        Where there is an observation.
    end : (P,)
        Place of the observation at which the score is highest.
    state : (F, P)
        The difference that it came to.

    Returns
    -------
    last_unchanged : (P,)
        Place; -1 where no observation before looks as before.
    first_changed : (P,)
        Place, at most `end`.
    changed : (P, K)
        Observations from the beginning to the end that look clearly as after.
    """
    n_places = differences.shape[2]
    places = np.arange(n_places)
    says = np.log1p((differences**2).sum(0) / TAIL)
    says -= np.log1p(((differences - state[:, :, None]) ** 2).sum(0) / TAIL)
    full = np.log1p((state**2).sum(0) / TAIL)[:, None]
    until = present & (places <= end[:, None])
    # Sum from each place to the end.
    from_here = np.cumsum(np.where(until, says, 0)[:, ::-1], axis=1)[:, ::-1]
    begin = np.where(until, from_here, -np.inf).argmax(1)
    changed = until & (says > CLEARLY * full) & (places >= begin[:, None])
    as_before = present & (says < -CLEARLY * full) & (places < begin[:, None])
    first = np.where(changed.any(1), changed.argmax(1), end)
    last = np.where(as_before.any(1), n_places - 1 - as_before[:, ::-1].argmax(1), -1)
    return last, first, changed
