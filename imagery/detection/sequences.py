"""Each pixel's clear observations, one after the other, and medians over them: no loop over pixels or dates.

Clear dates differ from pixel to pixel. Here they are moved together, so that "the last four clear observations" is a
matter of neighbouring places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]

MAD_TO_SD = 1.4826
"""Median absolute deviation to standard deviation at the normal law."""
USUAL = 4
"""Length of a trailing window for which there is a shorter way."""
FAR = np.float32(1e30)
"""Beyond every value, so that it is sorted to the end."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sequence:
    """Places of the clear dates of P pixels, K the largest number of them."""

    date: npt.NDArray[np.intp]
    """Which of the T dates stands at each place, in order of time, shape (P, K)."""
    present: Bool
    """True where there is an observation: one stretch without gaps in each row, shape (P, K)."""

    def gather(self, values: Float) -> Float:
        """Values (F, P, T) at the places, shape (F, P, K); anything where nothing is present."""
        n_features, n_pixels, n_dates = values.shape
        flat = np.arange(n_pixels)[:, None] * n_dates + self.date
        gathered = np.empty((n_features, *flat.shape), np.float32)
        for source, target in zip(values, gathered, strict=True):
            np.take(source.reshape(-1), flat, out=target, mode="clip")  # "clip" spares a check
        return gathered


def clear_sequence(clear: Bool) -> Sequence:
    """Move the clear dates of each pixel together.

    Parameters
    ----------
    clear : (P, T)
        True where an observation may be used; dates in order of time.
    """
    count = clear.sum(1)
    longest = int(count.max(initial=0))
    order = np.argsort(~clear, axis=1, kind="stable")[:, :longest]
    return Sequence(date=order, present=np.arange(longest) < count[:, None])


def sequence_around(clear: Bool, first: int, keep: int) -> Sequence:
    """The last few clear dates before a date, and all clear dates from it on.

    Parameters
    ----------
    clear : (P, T)
        True where an observation may be used; dates in order of time.
    first : int
        Number of the date.
    keep : int
        Places for the dates before it. Those from it on begin at this place in every row.
    """
    later = clear_sequence(clear[:, first:])
    order = np.argsort(clear[:, :first], axis=1, kind="stable")[
        :, -keep:
    ]  # the clear ones last, in order of time
    lacking = keep - order.shape[1]
    order = np.pad(order, ((0, 0), (lacking, 0)))
    before = np.arange(keep) >= keep - np.minimum(clear[:, :first].sum(1), keep)[:, None]
    return Sequence(
        date=np.concatenate([order, later.date + first], axis=1),
        present=np.concatenate([before, later.present], axis=1),
    )


def trailing_median(sequence: Float, length: int) -> Float:
    """Median of each so many observations in a row; of an even number the middle one that is nearer to 0.

    With that choice a change must show in more than half of the observations, whether their number is odd or even:
    of four, two that were spoilt alike cannot raise the median.

    Parameters
    ----------
    sequence : (..., K)
        Values in order of time.
    length : int
        Observations in a window.

    Returns
    -------
    (..., K - length + 1)
        One for each window, in order; none where there are fewer observations than a window has.
    """
    size = max(0, sequence.shape[-1] - length + 1)
    if length == USUAL:
        low, high = _middle_two_of_four(sequence)
    else:
        ordered = sort_stack([sequence[..., i : i + size] for i in range(length)])
        low, high = ordered[(length - 1) // 2], ordered[length // 2]
    # The one nearer to 0, and 0 when they lie on both sides of it.
    return np.maximum(low, 0) + np.minimum(high, 0)


def _middle_two_of_four(sequence: Float) -> tuple[Float, Float]:
    """Middle two of each four in a row, smaller first; neighbours are compared once for both windows they are in."""
    smaller = np.minimum(sequence[..., :-1], sequence[..., 1:])
    larger = np.maximum(sequence[..., :-1], sequence[..., 1:])
    one = np.maximum(smaller[..., :-2], smaller[..., 2:])
    other = np.minimum(larger[..., :-2], larger[..., 2:])
    return np.minimum(one, other), np.maximum(one, other)


def sort_stack(stack: list[Float]) -> list[Float]:
    """Sort arrays of one shape against each other, place by place (odd-even transposition network)."""
    ordered = list(stack)
    for turn in range(len(ordered)):
        for i in range(turn % 2, len(ordered) - 1, 2):
            ordered[i], ordered[i + 1] = (
                np.minimum(ordered[i], ordered[i + 1]),
                np.maximum(ordered[i], ordered[i + 1]),
            )
    return ordered


def masked_median(values: Float, used: Bool) -> Float:
    """Median along the last axis of what is used; NaN where nothing is.

    Parameters
    ----------
    values : (..., T)
        Finite numbers.
    used : (..., T)
        Broadcast against values.
    """
    size = values.shape[-1]
    if size == 0:
        return np.full(values.shape[:-1], np.nan, np.float32)
    weight = used.astype(np.float32)
    # What is not used goes to the far end; adding costs a fraction of choosing.
    ordered = values + FAR * (1 - weight)
    ordered.sort(axis=-1)
    count = np.broadcast_to((weight @ np.ones(size, np.float32)).astype(np.intp), values.shape[:-1]).ravel()
    flat, start = ordered.reshape(-1), np.arange(count.size) * size
    low, high = (flat[start + np.clip(place, 0, size - 1)] for place in ((count - 1) // 2, count // 2))
    middle: Float = np.where(count > 0, (low + high) / 2, np.float32(np.nan))
    return middle.reshape(values.shape[:-1])
