"""Change of texture: edges that came or went. A yard that fills up may keep its mean colour, not its edges."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import distance_transform_edt, gaussian_filter

FloatImage = npt.NDArray[np.float32]
BoolImage = npt.NDArray[np.bool_]

EDGE_PX = 1.0
"""Standard deviation of the Gaussian whose derivative finds edges, pixels: the sharpest that a 20 m band still shows."""


def edge_strength(image: FloatImage) -> FloatImage:
    """Size of the gradient of one band at the scale `EDGE_PX`, shape (M, N), per pixel."""
    along_rows = gaussian_filter(image, EDGE_PX, order=(1, 0))
    along_columns = gaussian_filter(image, EDGE_PX, order=(0, 1))
    strength: FloatImage = np.hypot(along_rows, along_columns)
    return strength


def texture_score(
    before: FloatImage, after: FloatImage, usable: BoolImage, sample: BoolImage
) -> npt.NDArray[np.float64]:
    """Root of the summed squares of the change of edges, over bands.

    The root of the gradient is compared, so that an edge that doubles counts alike on dull and on bright ground; its
    change is counted in standard deviations of unchanged ground. Gaps are filled from their nearest usable pixel
    first: the rim of a cloud is no edge.

    Parameters
    ----------
    before, after : float32 array, shape (B, M, N)
        Standardised bands (`pair_bands.standardised`).
    usable, sample : bool array, shape (M, N)
        Pixels that count, and those of them that stand for unchanged ground.

    Returns
    -------
    float64 array, shape (M, N)
        0 or more, larger is stronger; without meaning where not usable.
    """
    total = np.zeros(usable.shape)
    before, after = fill_gaps(before, usable), fill_gaps(after, usable)
    for band_before, band_after in zip(before, after, strict=True):
        moved = np.sqrt(edge_strength(band_after)) - np.sqrt(edge_strength(band_before))
        spread = float(moved[sample].std()) if sample.any() else 0.0
        if spread > 0:
            total += (moved / spread) ** 2
    return np.sqrt(total)


def fill_gaps(image: FloatImage, usable: BoolImage) -> FloatImage:
    """Copy the nearest usable pixel into each pixel (B, M, N) that is not usable; as it is where none is."""
    if usable.all() or not usable.any():
        return image
    rows, columns = distance_transform_edt(~usable, return_distances=False, return_indices=True)
    return image[:, rows, columns]
