"""Slow feature analysis: change between two dates, measured against how unchanged ground differs.

It knows two images on one grid and which pixels may serve as unchanged ground; it knows no dates and no thresholds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imagery.detection.pair_bands import moments, unchanged_sample, usable_pixels
from imagery.detection.pair_smoothing import smooth

FloatArray = npt.NDArray[np.float64]
FloatImage = npt.NDArray[np.float32]
BoolImage = npt.NDArray[np.bool_]

COLLINEAR = 1e-6
"""Share of the largest variance below which a direction holds no picture (constant or repeated bands)."""
FAST = 1.0
"""Slowness from which a feature is not slow: its difference varies as much as the picture (correlation .5 or less)."""
SLOWEST = 1e-4
"""Smallest slowness that is believed: 1 % of a band's spread is noise in any pair of images."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlowFeatures:
    """What unchanged ground taught: how to scale both dates, and along which directions it stays the same."""

    before_mean: FloatArray
    """Mean per band before, shape (B,)."""
    before_spread: FloatArray
    """Standard deviation per band before, shape (B,); infinite for a band without a picture."""
    after_mean: FloatArray
    """Mean per band after, shape (B,)."""
    after_spread: FloatArray
    """Standard deviation per band after, shape (B,)."""
    directions: FloatArray
    """Slow features as columns, slowest first, shape (B, K), K <= B."""
    slowness: FloatArray
    """Variance of the difference along each direction over that of the picture, shape (K,); small is slow."""

    def distance(self, before: npt.ArrayLike, after: npt.ArrayLike) -> FloatArray:
        """Length of the difference between two dates, in standard deviations of unchanged ground.

        Parameters
        ----------
        before, after : array, shape (B, P)
            Bands of the same P pixels.

        Returns
        -------
        float64 array, shape (P,)
            0 or more.
        """
        first = (np.asarray(before, np.float64) - self.before_mean[:, None]) / self.before_spread[:, None]
        second = (np.asarray(after, np.float64) - self.after_mean[:, None]) / self.after_spread[:, None]
        along = (self.directions / np.sqrt(self.slowness)).T @ (second - first)
        length: FloatArray = np.sqrt(np.einsum("kp,kp->p", along, along))
        return length


def fit_slow_features(before: npt.ArrayLike, after: npt.ArrayLike) -> SlowFeatures:
    """Learn from unchanged pixels which combinations of bands stay the same between two dates.

    Both dates are scaled per band; the mean of their covariances is whitened, the covariance of their difference is
    diagonalised there (two symmetric eigenproblems), and features with a slowness below `FAST` are kept.

    Parameters
    ----------
    before, after : array, shape (B, P)
        Bands of the same P pixels, any unit, no NaN, P > 0.

    Returns
    -------
    SlowFeatures
        At least the slowest feature; without any when no band holds a picture on both dates.

    Notes
    -----
    Slowness is 2 (1 - r) for a feature whose two dates correlate with r. A feature that is not slow on unchanged
    ground cannot tell change from weather, so it is left out (the original weighs it by 1 / slowness instead).
    Repeated bands drop out (`COLLINEAR`). Source: Wu, Du and Zhang (2014), doi:10.1109/TGRS.2013.2266673.
    """
    first, second = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    (first_mean, first_spread), (second_mean, second_spread) = moments(first), moments(second)
    empty = ~(np.isfinite(first_spread) & np.isfinite(second_spread))
    first_spread[empty] = second_spread[empty] = np.inf
    first = (first - first_mean[:, None]) / first_spread[:, None]
    second = (second - second_mean[:, None]) / second_spread[:, None]
    whitening = _whitening((_second_moment(first) + _second_moment(second)) / 2)
    slowness, turned = np.linalg.eigh(whitening.T @ _second_moment(second - first) @ whitening)
    slow = max(int(np.searchsorted(slowness, FAST)), min(1, slowness.size))
    return SlowFeatures(
        before_mean=first_mean,
        before_spread=first_spread,
        after_mean=second_mean,
        after_spread=second_spread,
        directions=(whitening @ turned)[:, :slow],
        slowness=np.maximum(slowness[:slow], SLOWEST),
    )


def slow_feature_score(
    before: FloatImage,
    after: FloatImage,
    valid: BoolImage,
    *,
    control: BoolImage | None = None,
    smoothing_px: float = 2.0,
) -> FloatImage:
    """Strength of change per pixel between two images on one grid.

    The length of the difference along the slow features, in standard deviations of unchanged ground, smoothed.

    Parameters
    ----------
    before, after : float32 array, shape (B, M, N)
        Bands in the same order, any unit.
    valid : bool array, shape (M, N)
        True where both dates may be used; a NaN in any band overrules it.
    control : bool array, shape (M, N), optional
        Ground believed unchanged. With fewer than ten valid pixels per band, or none given, all valid pixels serve.
    smoothing_px : float
        Standard deviation of the Gaussian smoothing, pixels.

    Returns
    -------
    float32 array, shape (M, N)
        0 or more, larger is stronger; NaN where not valid.

    Raises
    ------
    GridMismatchError
        If the shapes do not fit.

    Notes
    -----
    Laws: gain and offset of a band, the order of bands and which date comes first do not matter; a missing pixel
    never becomes change. Limits: the two dates must lie on each other; a change of season is change like any other;
    a band that is constant on one of the dates has no say.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> before = rng.normal(size=(2, 20, 30)).astype("float32")
    >>> after = before + rng.normal(scale=0.1, size=before.shape).astype("float32")
    >>> after[:, 3:6, 20:24] += 4
    >>> score = slow_feature_score(before, after, np.ones((20, 30), dtype=bool), smoothing_px=1.0)
    >>> [int(index) for index in np.unravel_index(score.argmax(), score.shape)]
    [4, 22]
    """
    usable = usable_pixels(before, after, valid)
    return smooth(
        slow_feature_distance(before, after, usable, unchanged_sample(usable, control, len(before))),
        usable,
        smoothing_px,
    )


def slow_feature_distance(
    before: FloatImage, after: FloatImage, usable: BoolImage, sample: BoolImage
) -> FloatImage:
    """The score before smoothing, shape (M, N); see `slow_feature_score` and `pair_bands`."""
    score = np.full(usable.shape, np.nan, dtype=np.float32)
    if sample.any():
        features = fit_slow_features(before[:, sample], after[:, sample])
        score[usable] = features.distance(before[:, usable], after[:, usable])
    return score


def _second_moment(bands: FloatArray) -> FloatArray:
    moment: FloatArray = bands @ bands.T / bands.shape[1]
    return moment


def _whitening(covariance: FloatArray) -> FloatArray:
    """Matrix (B, K) that turns a covariance into the identity over the K directions that hold a picture."""
    variance, turned = np.linalg.eigh(covariance)
    kept = variance > COLLINEAR * max(float(variance[-1]), float(np.finfo(np.float64).tiny))
    whitening: FloatArray = turned[:, kept] / np.sqrt(variance[kept])
    return whitening
