"""Cover classes from the course of the year: ground that behaves alike, so that like is compared with like.

What it knows: level and yearly wave of each feature. What it does not: names of land cover; the classes are groups of
this scene, described by how green they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float32]
Classes = npt.NDArray[np.intp]

N_CLASSES = 5
"""Groups; a group with too few control pixels is compared with all ground."""
SAMPLE_PX = 1000
"""Pixels from which the groups are found."""
TURNS = 10
"""Turns of k-means."""
WAVE_WEIGHT = 0.7
"""Weight of the yearly wave beside the level."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoverClasses:
    """Groups of ground that behaves alike."""

    spread: Float
    """Standard deviation of the level of each feature over control ground, shape (F,)."""
    centres: Float
    """Traits of each class, shape (`N_CLASSES`, 3 F)."""

    def of(self, coefficients: Float) -> Classes:
        """Nearest class, 0 to `N_CLASSES` - 1, of each pixel with coefficients (F, P, C), shape (P,)."""
        return _nearest(_traits(coefficients, self.spread), self.centres)


def learn_cover(coefficients: Float, control: npt.NDArray[np.bool_]) -> CoverClasses:
    """Find the classes by k-means over control ground (Lloyd 1982).

    Deterministic: the first centre is the most usual pixel, each next one lies far from those before.

    Parameters
    ----------
    coefficients : (F, P, C)
        Of the yearly rhythm; level, cosine and sine are used.
    control : (P,)
        Pixels from which the classes are made; at least one.
    """
    picked = np.flatnonzero(control)
    sample = coefficients[:, picked[:: max(1, picked.size // SAMPLE_PX)]]
    spread = np.maximum(sample[:, :, 0].std(1), np.float32(1e-6))
    traits = _traits(sample, spread)
    centres = _first_centres(traits)
    for _ in range(TURNS):
        member = (_nearest(traits, centres)[:, None] == np.arange(N_CLASSES)).astype(np.float32)
        count = member.sum(0)[:, None]
        centres = np.where(count > 0, member.T @ traits / np.maximum(count, 1), centres)
    return CoverClasses(spread=spread, centres=centres)


def class_names(coefficients: Float, features: tuple[str, ...], classes: Classes) -> tuple[str, ...]:
    """A name for each class that says how green it is, where a vegetation index is there."""
    if "ndvi" not in features:
        return tuple(f"cover {k + 1}" for k in range(N_CLASSES))
    level, wave = coefficients[features.index("ndvi"), :, 0], coefficients[features.index("ndvi"), :, 1:3]
    swing = np.hypot(wave[:, 0], wave[:, 1])
    return tuple(
        f"cover {k + 1} ({_green(level[classes == k], swing[classes == k])})" for k in range(N_CLASSES)
    )


def _green(level: Float, swing: Float) -> str:
    if level.size == 0:
        return "none"
    middle = float(np.median(level))
    if middle < 0.3:
        return "bare, built or water"
    return "green in season" if float(np.median(swing)) > 0.1 else "green all year"


def _traits(coefficients: Float, spread: Float) -> Float:
    weight = np.array([1, WAVE_WEIGHT, WAVE_WEIGHT], np.float32) / spread[:, None, None]
    traits: Float = (coefficients[:, :, :3] * weight).transpose(1, 0, 2).reshape(coefficients.shape[1], -1)
    return traits


def _first_centres(sample: Float) -> Float:
    centres = [sample[_distance(sample, np.median(sample, axis=0)[None])[:, 0].argmin()]]
    for _ in range(N_CLASSES - 1):
        far = _distance(sample, np.stack(centres)).min(1)
        # Not the farthest: that would be a stray pixel.
        centres.append(sample[np.argsort(far, kind="stable")[int(0.98 * (len(far) - 1))]])
    return np.stack(centres)


def _distance(points: Float, centres: Float) -> Float:
    squares: Float = (points**2).sum(1)[:, None] - 2 * points @ centres.T + (centres**2).sum(1)
    return squares


def _nearest(points: Float, centres: Float) -> Classes:
    nearest: Classes = _distance(points, centres).argmin(1)
    return nearest
