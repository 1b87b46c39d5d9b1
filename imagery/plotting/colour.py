"""From bands to a picture for the eye: which bands are shown, and one stretch for all images of a set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from imagery.plotting.wording import Language, band_text

FloatImage = npt.NDArray[np.float32]
RgbaImage = npt.NDArray[np.float32]

COMPOSITIONS: tuple[tuple[str, str, str], ...] = (
    ("red", "green", "blue"),
    ("nir", "red", "green"),
    ("swir16", "nir", "red"),
)
"""Three bands for red, green and blue, the best first."""
SINGLE_BANDS = ("red", "green", "blue", "nir", "nir08", "swir16", "swir22")
"""What is shown in grey when three cannot be had, the best first."""
LOW_PERCENT, HIGH_PERCENT = 1.0, 99.0
GAMMA = 0.8
"""Below 1 lifts dark ground (forest, water), which is most of a picture."""


def shown_bands(available: Iterable[str]) -> tuple[str, ...]:
    """The bands to show: three where a composition is complete, else one, else none.

    Examples
    --------
    >>> shown_bands(["nir", "blue", "red", "green"])
    ('red', 'green', 'blue')
    >>> shown_bands(["nir"])
    ('nir',)
    """
    names = list(available)
    for composition in COMPOSITIONS:
        if set(composition) <= set(names):
            return composition
    ranked = [name for name in SINGLE_BANDS if name in names] + names
    return tuple(ranked[:1])


def bands_text(bands: Sequence[str], language: Language) -> str:
    """What the colours of a picture stand for, in words."""
    names = ", ".join(band_text(band, language) for band in bands)
    nl = language == "nl"
    if len(bands) == 1:
        return f"één band in grijs: {names}" if nl else f"one band in grey: {names}"
    if tuple(bands) == COMPOSITIONS[0]:
        return "ware kleuren" if nl else "true colour"
    return (
        f"valse kleuren: {names} als rood, groen, blauw"
        if nl
        else f"false colour: {names} as red, green, blue"
    )


def to_rgba(images: Sequence[Mapping[str, FloatImage]], bands: Sequence[str]) -> tuple[RgbaImage, ...]:
    """Stretch images of one place alike, so that the same ground has the same colour in each.

    A range runs from the first to the ninety-ninth percentile over all images together: one range for the three
    visible bands, so that grey ground stays grey; one per band otherwise, for near infrared is many times brighter.

    Parameters
    ----------
    images : sequence of mappings from band name to array (M, N)
        Reflectance, NaN where there is none.
    bands : sequence of str
        One band (grey) or three (red, green, blue).

    Returns
    -------
    tuple of arrays (M, N, 4)
        Colours 0-1; a pixel that lacks any of the bands is transparent.
    """
    groups = [tuple(bands)] * 3 if tuple(bands) == COMPOSITIONS[0] else [(band,) for band in bands]
    ranges = [_range(np.concatenate([i[band].ravel() for i in images for band in group])) for group in groups]
    return tuple(_stretched(image, bands, ranges) for image in images)


def _range(values: FloatImage) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return 0.0, 1.0
    low, high = np.percentile(finite, [LOW_PERCENT, HIGH_PERCENT])
    # A flat image has no contrast to show: it becomes dark grey instead of dividing by zero.
    return (float(low), float(high)) if high > low else (float(low) - 0.5, float(low) + 1.0)


def _stretched(
    image: Mapping[str, FloatImage], bands: Sequence[str], ranges: Sequence[tuple[float, float]]
) -> RgbaImage:
    planes = [(image[band] - low) / (high - low) for band, (low, high) in zip(bands, ranges, strict=True)]
    stack = np.stack(planes * 3 if len(planes) == 1 else planes, axis=-1)
    seen = np.isfinite(stack).all(axis=-1, keepdims=True)
    colours = np.clip(np.where(seen, stack, 0.0), 0.0, 1.0) ** GAMMA
    return np.concatenate([colours, seen], axis=-1).astype(np.float32)
