"""Two images made comparable: which pixels count, which stand for unchanged ground, and bands on a common scale."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imagery.errors import GridMismatchError

FloatArray = npt.NDArray[np.float64]
FloatImage = npt.NDArray[np.float32]
BoolImage = npt.NDArray[np.bool_]

PIXELS_PER_BAND = 10
"""Pixels per band that the unchanged statistics need: below it a covariance follows its own sample."""
FLAT = 1e-6
"""Spread of a band as share of its mean below which the band is constant, up to the rounding of float32."""


def usable_pixels(before: FloatImage, after: FloatImage, valid: BoolImage) -> BoolImage:
    """Pixels that are valid and finite in every band of both dates.

    Parameters
    ----------
    before, after : float32 array, shape (B, M, N)
        Bands in the same order.
    valid : bool array, shape (M, N)
        True where both dates may be used.

    Returns
    -------
    bool array, shape (M, N)

    Raises
    ------
    GridMismatchError
        If the two images are not (B, M, N) alike, hold no band, or `valid` is not (M, N).
    """
    fits = before.ndim == 3 and before.shape == after.shape and before.shape[1:] == valid.shape
    if not fits or len(before) == 0:
        raise GridMismatchError(
            f"Two images (B, M, N) and their validity (M, N) are needed, got {before.shape}, {after.shape} "
            f"and {valid.shape}."
        )
    usable: BoolImage = valid & np.isfinite(before).all(axis=0) & np.isfinite(after).all(axis=0)
    return usable


def unchanged_sample(usable: BoolImage, control: BoolImage | None, n_bands: int) -> BoolImage:
    """Pixels that stand for unchanged ground: the usable control, or all usable pixels when those are too few.

    Parameters
    ----------
    usable : bool array, shape (M, N)
        From `usable_pixels`.
    control : bool array, shape (M, N), or None
        Ground believed unchanged.
    n_bands : int
        Bands; the control needs `PIXELS_PER_BAND` times as many pixels.

    Raises
    ------
    GridMismatchError
        If `control` has another shape.
    """
    if control is None:
        return usable
    if control.shape != usable.shape:
        raise GridMismatchError(f"Control has shape {control.shape}, the images have {usable.shape}.")
    sample: BoolImage = usable & control
    return sample if np.count_nonzero(sample) >= PIXELS_PER_BAND * n_bands else usable


def moments(bands: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation per band of pixels (B, P); a constant band has an infinite spread, and so no say."""
    mean, spread = bands.mean(axis=1), bands.std(axis=1)
    flat = spread <= FLAT * np.abs(mean)
    return mean, np.where(flat | (spread == 0), np.inf, spread)


def standardised(image: FloatImage, usable: BoolImage, sample: BoolImage) -> FloatImage:
    """Bands in standard deviations of unchanged ground around its mean.

    Parameters
    ----------
    image : float32 array, shape (B, M, N)
        Bands of one date, any unit.
    usable, sample : bool array, shape (M, N)
        Pixels that count, and those of them that stand for unchanged ground.

    Returns
    -------
    float32 array, shape (B, M, N)
        0, the mean of unchanged ground, where not usable and in constant bands.
    """
    mean, spread = moments(image[:, sample].astype(np.float64))
    scaled = (image - mean[:, None, None]) / spread[:, None, None]
    return np.where(usable, scaled, 0.0).astype(np.float32)
