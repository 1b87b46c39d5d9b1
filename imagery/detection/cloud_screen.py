"""Clouds and shadows that the mask of the image missed, found because they are gone on the next clear date.

What it knows: what turns bright (cloud) or dark (shadow) for one observation and returns was not the ground. What it
does not: cloud that stays over a pixel on most of its clear dates, and the last clear date of all, which nothing
follows. Lasting change must pass, so an observation goes only when it stands out on both sides.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imagery.detection.sequences import MAD_TO_SD, clear_sequence, masked_median

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]

BRIGHT_STEP = 0.015
"""Least rise of the visible brightness that can be thin cloud, reflectance."""
DARK_STEP = 0.02
"""Least fall of the near infrared that can be shadow, reflectance."""
SPREADS = 3.0
"""Rise or fall in standard deviations of the pixel's own steps."""
SIDE = 3
"""Clear observations looked at on each side."""
ROUNDS = 2
"""The second round finds what stood beside another cloud."""


def screen_clouds(bright: Float, dark: Float, clear: Bool) -> Bool:
    """Clear observations that are left after spikes are taken out, shape (P, T).

    Parameters
    ----------
    bright : (P, T)
        What cloud raises: visible brightness.
    dark : (P, T)
        What shadow lowers: near infrared; where there is none, brightness again.
    clear : (P, T)
        Observations that the mask lets pass, in order of time.

    Notes
    -----
    Law: a step of level ground, up or down, that lasts for two clear observations or more is kept whole. Limit: the
    first observation after a step goes when the ground moves back from it at once.
    """
    for _ in range(ROUNDS):
        sequence = clear_sequence(clear)
        spike = np.zeros(sequence.present.shape, bool)
        rising = sequence.gather(np.stack([bright, -dark]))
        for values, step in zip(rising, (BRIGHT_STEP, DARK_STEP), strict=True):
            spike |= _spikes(values, sequence.present, step)
        if not spike.any():
            break
        clear = clear.copy()
        rows, places = np.nonzero(spike)
        clear[rows, sequence.date[rows, places]] = False
    return clear


def _spikes(values: Float, present: Bool, step: float) -> Bool:
    """Observations that rise above both sides by more than the step, shape (P, K)."""
    size = values.shape[1]
    missing = np.float32(-np.inf)
    padded = np.pad(np.where(present, values, missing), ((0, 0), (SIDE, SIDE)), constant_values=missing)
    before, after = (
        _typical([padded[:, SIDE + sign * i : SIDE + sign * i + size] for i in range(1, SIDE + 1)])
        for sign in (-1, 1)
    )
    between = present & np.isfinite(before) & np.isfinite(after)
    rise = np.where(between, values - np.maximum(before, after), missing)
    aside = np.abs(np.where(between, values - (before + after) / 2, 0))
    own = MAD_TO_SD * np.nan_to_num(masked_median(aside, between), nan=np.inf)
    return (rise > step) & (rise > SPREADS * own[:, None])


def _typical(near: list[Float]) -> Float:
    """Median of the three nearest; of two or one that are there, the largest; -inf where none is."""
    a, b, c = near
    largest = np.maximum(a, b)
    return np.where(np.isfinite(c), np.maximum(np.minimum(a, b), np.minimum(largest, c)), largest)
