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

BEYOND_DOUBT = 6.0
"""Differences longer than this are shortened to it: ground that lies so far off has changed, whatever came later."""

FAR = 4.0
"""Two observations in a row so far from normal, in like directions, count as changed though they look unlike the state that
is reached later: felled ground is bright in spring and only less green in summer."""
LIKE = 0.7
"""Least cosine between like directions: 45 degrees."""


def onset(differences: Float, present: Bool, end: Places, state: Float) -> tuple[Places, Places, Bool]:
    """Find the places of the last clear date that looks as before and of the first that looks as after.

    Every observation says by how much it is likelier after than before: a Student law around no difference, and one
    around the state it came to (or, where the next one says so too, `FAR` from normal). The beginning is where the sum
    from there to the end is largest, the likeliest moment of a single step. Observations beside it that do not belong
    clearly to one side are given to neither.

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
    differences, state = _shortened(differences), _shortened(state)
    n_places = differences.shape[2]
    places = np.arange(n_places)
    until = present & (places <= end[:, None])
    square = _square(differences)
    unlike = np.log1p(_square(differences - state[:, :, None]) / TAIL)
    lasting = _far_twice(differences, square, until)
    unlike = np.where(lasting, np.minimum(unlike, np.log1p(FAR**2 / TAIL)), unlike)
    says = np.log1p(square / TAIL) - unlike
    full = np.log1p(_square(state) / TAIL)[:, None]
    # Sum from each place to the end.
    from_here = np.cumsum(np.where(until, says, 0)[:, ::-1], axis=1)[:, ::-1]
    begin = np.where(until, from_here, -np.inf).argmax(1)
    changed = until & ((says > CLEARLY * full) | lasting) & (places >= begin[:, None])
    as_before = present & (says < -CLEARLY * full) & (places < begin[:, None])
    first = np.where(changed.any(1), changed.argmax(1), end)
    last = np.where(as_before.any(1), n_places - 1 - as_before[:, ::-1].argmax(1), -1)
    return last, first, changed


def _far_twice(differences: Float, square: Float, until: Bool) -> Bool:
    """Observations (P, K) that lie `FAR` from normal, as does the next one, in a like direction."""
    twice = np.zeros(until.shape, bool)
    far = until & (square >= np.float32(FAR**2))
    rows = np.flatnonzero(far.sum(1) > 1)
    if rows.size == 0:
        return twice
    n_places = until.shape[1]
    later = np.where(until[rows], np.arange(n_places), n_places)[:, ::-1]
    at_or_after = np.minimum.accumulate(later, axis=1)[:, ::-1]
    following = np.concatenate([at_or_after[:, 1:], np.full((rows.size, 1), n_places)], axis=1)
    there = np.minimum(following, n_places - 1)
    here, length = differences[:, rows], np.sqrt(square[rows])
    product = (here * np.take_along_axis(here, there[None], axis=2)).sum(0)
    like = product >= LIKE * length * np.take_along_axis(length, there, axis=1)
    next_far = np.take_along_axis(far[rows], there, axis=1) & (following < n_places)
    twice[rows] = far[rows] & next_far & like
    return twice


def _shortened(vectors: Float) -> Float:
    """Vectors along the first axis, none longer than `BEYOND_DOUBT`, directions kept."""
    square = _square(vectors)
    most = np.float32(BEYOND_DOUBT**2)
    if not (square > most).any():
        return vectors
    shortened: Float = vectors * np.sqrt(most / np.maximum(square, most))
    return shortened


def _square(vectors: Float) -> Float:
    """Squared length along the first axis."""
    square: Float = np.einsum("f...,f...->...", vectors, vectors)
    return square
