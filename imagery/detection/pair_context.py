"""Change against the surroundings: a pixel that changed otherwise than the ground around it.

Haze, sun height and the season of a whole neighbourhood leave no trace here; a new building does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter

FloatImage = npt.NDArray[np.float32]
BoolImage = npt.NDArray[np.bool_]

RADII_PX = (10, 30, 100)
"""Half sides of the surroundings, pixels: at 10 m a street block, a quarter and a district."""
INNER_PX = 2
"""Half side of the middle that does not count as surroundings, pixels: the change itself."""


def context_score(
    before: FloatImage, after: FloatImage, usable: BoolImage, sample: BoolImage
) -> npt.NDArray[np.float64]:
    """Root of the summed squares of what the surroundings do not explain, over bands and radii.

    Per band and radius the mean difference over a square ring is taken off the difference of the pixel; what is left
    is counted in standard deviations of unchanged ground.

    Parameters
    ----------
    before, after : float32 array, shape (B, M, N)
        Standardised bands (`pair_bands.standardised`), 0 where not usable.
    usable, sample : bool array, shape (M, N)
        Pixels that count, and those of them that stand for unchanged ground.

    Returns
    -------
    float64 array, shape (M, N)
        0 or more, larger is stronger; without meaning where not usable.

    Notes
    -----
    A ring without a usable pixel explains nothing: 0 is taken off. Source: the idea of comparing a pixel with its
    spatial context is Kondmann et al. (2021), arXiv:2110.02068; rings of box means instead of single neighbours.
    """
    total = np.zeros(usable.shape)
    inner_share = _box_sum(usable, INNER_PX)
    shares = [_box_sum(usable, radius) - inner_share for radius in RADII_PX]
    for difference in after - before:
        inner = _box_sum(difference, INNER_PX)
        for radius, share in zip(RADII_PX, shares, strict=True):
            ring = (_box_sum(difference, radius) - inner) / np.maximum(share, 1.0)
            total += _scaled_square(difference - ring, sample)
    return np.sqrt(total)


def _box_sum(image: npt.NDArray[np.float32] | BoolImage, radius: int) -> npt.NDArray[np.float64]:
    """Sum over a square of ``2 radius + 1`` pixels; nothing lies beyond the edge."""
    side = 2 * radius + 1
    box: npt.NDArray[np.float64] = uniform_filter(image.astype(np.float64), side, mode="constant") * side**2
    return box


def _scaled_square(residual: npt.NDArray[np.float64], sample: BoolImage) -> npt.NDArray[np.float64]:
    spread = float(residual[sample].std()) if sample.any() else 0.0
    return (residual / spread) ** 2 if spread > 0 else np.zeros_like(residual)
