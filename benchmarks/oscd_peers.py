"""Two-date peers of the OSCD benchmark, written again from their descriptions; none registers the images."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter, uniform_filter
from scipy.stats import rankdata

from benchmarks.oscd_cities import City

Image = npt.NDArray[np.float64]

CONTEXT_RADII_PX = (8, 25, 75, 200)
"""Half sides of the neighbourhoods of the context peer; the largest is that of its authors."""
SMOOTHING_PX = 2.0
"""Smoothing of the parts of the rank ensemble."""


def change_vectors(city: City) -> Image:
    """Change vector analysis: length of the difference of z-scored bands."""
    moved = _z_scores(city.after, city.valid) - _z_scores(city.before, city.valid)
    return _masked(np.sqrt((moved**2).sum(axis=0)), city)


def slow_features_plain(city: City) -> Image:
    """Slow feature analysis as published: all features, weighted by their slowness, no smoothing.

    Wu, Du and Zhang (2014), doi:10.1109/TGRS.2013.2266673; solved by Cholesky whitening.
    """
    first = _z_scores(city.before, city.valid)[:, city.valid]
    second = _z_scores(city.after, city.valid)[:, city.valid]
    picture = (first @ first.T + second @ second.T) / (2 * first.shape[1])
    moved = second - first
    inverse = np.linalg.inv(np.linalg.cholesky(picture))
    slowness, turned = np.linalg.eigh(inverse @ (moved @ moved.T / moved.shape[1]) @ inverse.T)
    along = turned.T @ inverse @ moved
    score = np.full(city.valid.shape, np.nan)
    score[city.valid] = np.sqrt((along**2 / slowness[:, None]).sum(axis=0))
    return score


def spatial_context(city: City) -> Image:
    """Core of SiROC: how badly the surroundings of a pixel predict its second date from its first.

    The ratio of box means over growing neighbourhoods stands for the loop over single neighbours.
    Kondmann et al. (2021), arXiv:2110.02068.
    """
    before, after = (np.where(city.valid, image, 0.0) for image in (city.before, city.after))
    total = np.zeros(city.valid.shape)
    for first, second in zip(before, after, strict=True):
        for radius in CONTEXT_RADII_PX:
            ratio = _box(second, radius) / np.maximum(_box(first, radius), 1e-6)
            missed = second - first * ratio
            total += (missed / missed[city.valid].std()) ** 2
    return _masked(np.sqrt(total), city)


def rank_ensemble(city: City) -> Image:
    """Mean rank of smoothed spatial context, slow features and change vectors."""
    parts = (spatial_context(city), slow_features_plain(city), change_vectors(city))
    ranks = [rankdata(_smoothed(part, city)[city.valid]) / city.valid.sum() for part in parts]
    score = np.full(city.valid.shape, np.nan)
    score[city.valid] = np.mean(ranks, axis=0)
    return score


def slow_features_smoothed(city: City) -> Image:
    """`slow_features_plain` with a Gaussian of 2 pixels."""
    return _masked(_smoothed(slow_features_plain(city), city), city)


def _z_scores(image: npt.NDArray[np.float32], valid: npt.NDArray[np.bool_]) -> Image:
    pixels = image[:, valid].astype(np.float64)
    mean, spread = pixels.mean(axis=1), pixels.std(axis=1)
    scaled: Image = (image - mean[:, None, None]) / spread[:, None, None]
    return scaled


def _box(image: npt.NDArray[np.floating], radius: int) -> Image:
    mean: Image = uniform_filter(image.astype(np.float64), 2 * radius + 1, mode="reflect")
    return mean


def _smoothed(score: Image, city: City) -> Image:
    filled = np.where(city.valid, score, np.median(score[city.valid]))
    smoothed: Image = gaussian_filter(filled, SMOOTHING_PX)
    return smoothed


def _masked(score: Image, city: City) -> Image:
    return np.where(city.valid, score, np.nan)
