"""One score of change between two dates out of three that err differently.

Slow features tell how the colours changed, the context whether the surroundings changed alike, the texture whether
edges came or went. Each is put on the same footing by how it is distributed over unchanged ground.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from skimage.segmentation import felzenszwalb

from imagery.detection.pair_bands import standardised, unchanged_sample, usable_pixels
from imagery.detection.pair_context import context_score
from imagery.detection.pair_smoothing import smooth
from imagery.detection.pair_texture import fill_gaps, texture_score
from imagery.detection.slow_features import slow_feature_distance

FloatArray = npt.NDArray[np.float64]
FloatImage = npt.NDArray[np.float32]
BoolImage = npt.NDArray[np.bool_]

SEGMENT_WEIGHT = 0.5
"""Weight of the mean over the segment beside the pixel's own score: half, neither is trusted more."""
SEGMENT_LOWERS = 0.25
"""Most that a segment may lower a pixel, interquartile ranges: a change smaller than its segment stays visible."""
SEGMENT_SCALE = 50.0
"""Scale of the segmentation (Felzenszwalb and Huttenlocher 2004): larger joins more."""
SEGMENT_MIN_PX = 8
"""Smallest segment, pixels: less than the nine of a change of three by three pixels."""
SEGMENT_CLIP = 4.0
"""Standard deviations beyond which a band is cut before segmenting: one roof does not set the scale."""
LOWEST = 1e-3
"""Share of the median below which a score counts as equal: its logarithm would say nothing."""
NARROWEST = 0.1
"""Smallest believed interquartile range of a log score: unchanged ground without noise is simulated."""
HIGHEST = 20.0
"""Largest standardised log score, so that its exponential stays a number."""


def ensemble_score(
    before: FloatImage,
    after: FloatImage,
    valid: BoolImage,
    *,
    control: BoolImage | None = None,
    smoothing_px: float = 2.0,
) -> FloatImage:
    """Strength of change per pixel between two images on one grid, from three scores.

    Slow features, context and texture are smoothed; the log of each is put in interquartile ranges around the median
    of unchanged ground; their mean is smoothed by half as much, mixed with its mean over segments of the stacked
    dates, and turned back from the logarithm.

    Parameters
    ----------
    before, after : float32 array, shape (B, M, N)
        Bands in the same order, any unit.
    valid : bool array, shape (M, N)
        True where both dates may be used; a NaN in any band overrules it.
    control : bool array, shape (M, N), optional
        Ground believed unchanged. With fewer than ten valid pixels per band, or none given, all valid pixels serve.
    smoothing_px : float
        Standard deviation of the Gaussian smoothing of each score, pixels.

    Returns
    -------
    float32 array, shape (M, N)
        0 or more, about 1 on unchanged ground, larger is stronger; NaN where not valid.

    Raises
    ------
    GridMismatchError
        If the shapes do not fit.

    Notes
    -----
    Laws: gain and offset of a band, the order of bands and which date comes first do not matter; a missing pixel
    never becomes change. The three scores weigh the same: no weight is fitted to labels. Limits as in
    `slow_feature_score`.
    """
    usable = usable_pixels(before, after, valid)
    if not usable.any():
        return np.full(usable.shape, np.nan, dtype=np.float32)
    sample = unchanged_sample(usable, control, len(before))
    first, second = (standardised(image, usable, sample) for image in (before, after))
    parts = (
        slow_feature_distance(before, after, usable, sample),
        context_score(first, second, usable, sample),
        texture_score(first, second, usable, sample),
    )
    mean = np.mean([_log_score(smooth(part, usable, smoothing_px), usable, sample) for part in parts], axis=0)
    mean = np.asarray(smooth(mean, usable, smoothing_px / 2), dtype=np.float64)
    pull = SEGMENT_WEIGHT * (segment_mean(mean, segments(first, second, usable), usable) - mean)
    mixed = mean + np.maximum(pull, -SEGMENT_LOWERS)
    return np.where(usable, np.exp(mixed), np.nan).astype(np.float32)


def segments(before: FloatImage, after: FloatImage, usable: BoolImage) -> npt.NDArray[np.intp]:
    """Number the pieces of ground that look alike on both dates together, shape (M, N), from 0.

    The bands of both dates are brought down to their three main components, a colour picture of the pair, and that is
    cut by its edges.

    Parameters
    ----------
    before, after : float32 array, shape (B, M, N)
        Standardised bands (`pair_bands.standardised`).
    usable : bool array, shape (M, N)
        Pixels that count; gaps take the look of the nearest.
    """
    stacked = np.clip(np.concatenate([before, after]), -SEGMENT_CLIP, SEGMENT_CLIP)
    pixels = stacked[:, usable].astype(np.float64)
    _, axes = np.linalg.eigh(pixels @ pixels.T)
    picture = np.zeros((3, *usable.shape), dtype=np.float64)
    picture[: len(axes)] = np.einsum("bk,bmn->kmn", axes[:, :-4:-1], fill_gaps(stacked, usable))
    pieces: npt.NDArray[np.intp] = felzenszwalb(
        np.moveaxis(picture, 0, -1), scale=SEGMENT_SCALE, min_size=SEGMENT_MIN_PX, channel_axis=-1
    )
    return pieces


def segment_mean(score: FloatArray, pieces: npt.NDArray[np.intp], usable: BoolImage) -> FloatArray:
    """Mean of the usable pixels of each piece, given back to its pixels, shape (M, N); 0 where it has none."""
    flat, weight = pieces.ravel(), usable.ravel().astype(np.float64)
    total = np.bincount(flat, np.where(usable, score, 0.0).ravel())
    mean: FloatArray = (total / np.maximum(np.bincount(flat, weight), 1.0))[pieces]
    return mean


def _log_score(score: FloatImage, usable: BoolImage, sample: BoolImage) -> FloatArray:
    """Log of a score in interquartile ranges around the median of unchanged ground, shape (M, N)."""
    highest = float(score[usable].max())
    if highest <= 0:
        return np.zeros(usable.shape)
    floor = max(LOWEST * float(np.median(score[sample])), LOWEST**2 * highest)
    logs = np.log(np.maximum(np.where(usable, score, floor), floor)).astype(np.float64)
    lower, middle, upper = np.quantile(logs[sample], (0.25, 0.5, 0.75))
    levelled: FloatArray = np.clip((logs - middle) / max(upper - lower, NARROWEST), -HIGHEST, HIGHEST)
    return levelled
