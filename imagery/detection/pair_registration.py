"""How far two images of one grid lie apart, by phase correlation of their edges, and whether that is believed.

It moves whole images by a part of a pixel so that scores do not see edges twice. It is no alignment of imagery to the
ground: that is a step of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import shift as shift_image
from skimage.registration import phase_cross_correlation

from imagery.detection.pair_texture import edge_strength, fill_gaps

FloatImage = npt.NDArray[np.float32]
BoolImage = npt.NDArray[np.bool_]

LARGEST_PX = 2.5
"""Largest shift that is believed, pixels: Sentinel-2 pairs lie within two pixels of each other."""
AGREEMENT_PX = 0.5
"""Largest difference between the whole and either half of the image, pixels."""
SMALLEST_PX = 0.1
"""Shift below which nothing is moved, pixels: resampling would blur more than it mends."""
SHORTEST_SIDE_PX = 64
"""Side below which no shift is believed, pixels: a half of it would hold too few edges."""
STEPS = 20
"""Steps per pixel of the estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairShift:
    """Shift that lays the after image onto the before image."""

    rows: float = 0.0
    """Pixels down."""
    columns: float = 0.0
    """Pixels to the right."""
    believed: bool = False
    """Whether it may be applied."""
    reason: str = ""
    """Why it is not believed, one sentence."""

    @property
    def applies(self) -> bool:
        """Whether it is believed and large enough to be worth a resampling."""
        return self.believed and max(abs(self.rows), abs(self.columns)) >= SMALLEST_PX


def measure_shift(before: FloatImage, after: FloatImage, usable: BoolImage) -> PairShift:
    """Measure the shift between two images and check it on both halves.

    Parameters
    ----------
    before, after : float32 array, shape (B, M, N)
        Standardised bands (`pair_bands.standardised`).
    usable : bool array, shape (M, N)
        Pixels that count.

    Returns
    -------
    PairShift
        Not believed when the image is small, half of it is missing, the shift is above `LARGEST_PX`, or the two
        halves along the longer side disagree with the whole by more than `AGREEMENT_PX`.
    """
    if min(usable.shape) < SHORTEST_SIDE_PX or usable.mean() < 0.5:
        return PairShift(reason="The images hold too little clear ground to measure a shift between them.")
    edges = [sum(edge_strength(band) for band in fill_gaps(image, usable)) for image in (before, after)]
    first, second = (np.asarray(image, dtype=np.float64) for image in edges)
    rows, columns = _phase_shift(first, second)
    if max(abs(rows), abs(columns)) > LARGEST_PX:
        return PairShift(
            reason=f"A shift of {rows:.1f} rows and {columns:.1f} columns is too large to be believed."
        )
    axis = int(np.argmax(usable.shape))
    halves = zip(np.array_split(first, 2, axis=axis), np.array_split(second, 2, axis=axis), strict=True)
    apart = max(np.abs(np.subtract(_phase_shift(*half), (rows, columns))).max() for half in halves)
    if apart > AGREEMENT_PX:
        return PairShift(reason=f"Parts of the images give shifts that differ by {apart:.1f} pixels.")
    return PairShift(rows=rows, columns=columns, believed=True)


def moved(image: FloatImage, usable: BoolImage, by: PairShift) -> FloatImage:
    """Move an image (B, M, N) by a shift, bilinear; a pixel whose new value would be missing keeps its old one."""
    if not by.applies:
        return image
    known = np.where(usable, image, np.nan)
    there = np.stack(
        [shift_image(band, (by.rows, by.columns), order=1, mode="constant", cval=np.nan) for band in known]
    )
    return np.where(np.isfinite(there), there, image).astype(np.float32)


def _phase_shift(reference: npt.NDArray[np.float64], moving: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Rows and columns by which `moving` must go to lie on `reference`; 0, 0 for images without edges."""
    taper = np.outer(*(np.hanning(side) for side in reference.shape))
    first, second = (taper * (image - image.mean()) for image in (reference, moving))
    if not first.any() or not second.any():
        return 0.0, 0.0
    found, _, _ = phase_cross_correlation(first, second, upsample_factor=STEPS)
    return float(found[0]), float(found[1])
