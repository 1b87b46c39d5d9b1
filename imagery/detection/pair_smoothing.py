"""Gaussian smoothing that honours missing data (normalised convolution)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from imagery.errors import GridMismatchError, ParameterError

FloatImage = npt.NDArray[np.float32]
BoolImage = npt.NDArray[np.bool_]


def smooth(image: npt.NDArray[Any], valid: BoolImage, sigma_px: float) -> FloatImage:
    """Average each pixel with its surroundings; what is missing has no weight.

    The image times its validity and the validity itself are filtered alike; their ratio is the weighted mean of
    the valid pixels. What lies beyond the edge is missing too.

    Parameters
    ----------
    image : array, shape (M, N)
        Any unit; values where `valid` is False are not read.
    valid : bool array, shape (M, N)
        True where usable.
    sigma_px : float
        Standard deviation of the Gaussian, pixels; 0 leaves the values as they are.

    Returns
    -------
    float32 array, shape (M, N)
        NaN where `valid` is False: smoothing fills nothing in.

    Raises
    ------
    GridMismatchError
        If the shapes differ.
    ParameterError
        If `sigma_px` is below 0.

    Notes
    -----
    Laws: a constant stays that constant next to gaps and edges; the result lies between the smallest and the
    largest valid value. Source: Knutsson and Westin (1993), normalised convolution.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.full((3, 4), 2.0, dtype="float32")
    >>> image[1, 1] = np.nan
    >>> smooth(image, np.isfinite(image), 1.0)[1]
    array([ 2., nan,  2.,  2.], dtype=float32)
    """
    if image.shape != valid.shape:
        raise GridMismatchError(f"Image and validity share a shape, got {image.shape} and {valid.shape}.")
    if not sigma_px >= 0:
        raise ParameterError(f"A smoothing must be 0 px or more, got {sigma_px}.")
    values = np.where(valid, image, 0.0)
    if sigma_px > 0:
        weight = gaussian_filter(valid.astype(np.float64), sigma_px, mode="constant")
        total = gaussian_filter(values.astype(np.float64), sigma_px, mode="constant")
        values = total / np.where(valid, weight, 1.0)
    return np.where(valid, values, np.nan).astype(np.float32)
