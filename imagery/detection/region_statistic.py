"""How strongly connected ground changed, as one number per pixel: the same for watched and for control ground."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imagery.errors import ParameterError

NEIGHBOURS = np.ones((3, 3), bool)
"""The eight neighbours of a pixel belong to its region."""


def region_statistic(score: npt.NDArray[np.floating], min_region_px: int) -> npt.NDArray[np.float32]:
    """Highest level at which the connected region around a pixel still has enough pixels (grey-level area opening).

    A pixel alone, however strong, gets the level of the neighbours that it needs to make a region.

    Parameters
    ----------
    score : (M, N)
        Scores; NaN belongs to no region.
    min_region_px : int
        Pixels that a region has at least.

    Returns
    -------
    (M, N) of float32
        Never above the score; NaN where the score is, and where fewer than `min_region_px` pixels hang together.

    Notes
    -----
    A pixel is at least t exactly when it lies in a connected region (eight neighbours) of at least
    `min_region_px` pixels that all score at least t. L. Vincent, "Grayscale area openings and closings", 1993.

    Examples
    --------
    >>> import numpy as np
    >>> region_statistic(np.array([[9.0, 5.0, 4.0, 1.0]]), 3).tolist()
    [[4.0, 4.0, 4.0, 1.0]]
    """
    if min_region_px < 1:
        raise ParameterError(f"A region has at least 1 pixel, got {min_region_px}.")
    # Imported here: it takes a while, and not every caller of detection comes this far.
    from skimage.morphology import area_opening

    known = np.isfinite(score)
    # The rim is for images under 3 pixels wide, which the opening cannot take.
    filled = np.pad(np.where(known, score, -np.inf).astype(np.float32), 1, constant_values=-np.inf)
    opened = area_opening(filled, min_region_px, connectivity=NEIGHBOURS.ndim)[1:-1, 1:-1]
    return np.where(known & np.isfinite(opened), opened, np.nan).astype(np.float32)
