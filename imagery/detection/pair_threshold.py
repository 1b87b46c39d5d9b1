"""A threshold for scores of two dates that asks for no share of change."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imagery.errors import GridMismatchError, NotEnoughHistoryError

FENCE = 1.5
"""Lengths of the box beyond its upper end from where a value is far out (Tukey 1977)."""
FEWEST = 20
"""Control pixels below which quartiles say nothing."""


def automatic_threshold(score: npt.NDArray[np.floating], control: npt.NDArray[np.bool_]) -> float:
    """Score strictly above which a pixel is far out among control ground: Tukey's upper fence on the log of the scores.

    The box is taken as twice the distance from median to upper quartile, so that neither the lower tail of the scores
    nor change in up to a quarter of the control moves it much.

    Parameters
    ----------
    score : float array, shape (M, N)
        0 or more, larger is stronger; NaN where nothing can be said.
    control : bool array, shape (M, N)
        Ground to compare with; where no unchanged ground is known, all valid ground.

    Returns
    -------
    float
        In units of `score`. For log-normal scores of unchanged ground .35 % lies above it; real ground has heavier
        tails.

    Raises
    ------
    GridMismatchError
        If the shapes differ.
    NotEnoughHistoryError
        If fewer than `FEWEST` control pixels have a score.

    Notes
    -----
    Law: with scores times a constant the threshold is that many times higher. It is a fixed convention and fitted to
    no labels; signals of a screening are cut by the false-alarm rate against control blocks instead. Limit: where
    more than a quarter of the control changed it rises and less is found.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> score = np.exp(rng.normal(size=(100, 100)))
    >>> bool(abs(np.log(automatic_threshold(score, np.ones((100, 100), dtype=bool))) - 2.7) < 0.2)
    True
    """
    if score.shape != control.shape:
        raise GridMismatchError(f"Scores and control share a shape, got {score.shape} and {control.shape}.")
    known = score[control & np.isfinite(score)].astype(np.float64)
    if known.size < FEWEST:
        raise NotEnoughHistoryError(
            f"A threshold needs {FEWEST} control pixels with a score, got {known.size}.",
            have=known.size,
            need=FEWEST,
            hint="Read a wider surrounding (context_m) or choose dates with fewer clouds.",
        )
    middle, upper = np.quantile(known, (0.5, 0.75))
    if middle <= 0:
        return float(upper)
    return float(middle * (upper / middle) ** (1 + 2 * FENCE))
