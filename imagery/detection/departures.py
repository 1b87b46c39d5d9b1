"""How far each day of a pixel lies from its own rhythm, fitted on the first of its days.

What it knows: features, the rhythm, sensor noise. What it does not: other pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imagery.detection.double_difference import DateEffects, double_difference
from imagery.detection.harmonic import coefficients_of, design, fit_rhythm, leverage, mean_scale, predict
from imagery.detection.history import enough_history
from imagery.detection.pixel_series import PixelSeries
from imagery.detection.sequences import MAD_TO_SD, masked_median
from imagery.pixels.indices import feature, feature_names, noise_floor

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.intp]
Pixels = slice | Numbers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Departures:
    """Departures of p pixels in F features on T days."""

    values: Float
    """In provisional standard deviations, shape (F, p, T)."""
    floors: Float
    """Least standard deviation, in those provisional ones, that sensor noise allows, shape (F, p)."""
    coefficients: Float
    """Rhythm of the features, shape (F, p, C)."""
    band_coefficients: Float
    """Rhythm of the bands, shape (B, p, C)."""
    enough: Bool
    """Pixels with enough days to fit on, shape (p,)."""


def depart(
    series: PixelSeries,
    usable: Bool,
    pixels: Pixels,
    *,
    n_train: int,
    min_clear_dates: int,
    out: Float | None = None,
) -> Departures:
    """Fit some pixels on the first days, and measure how far every day departs from that.

    Parameters
    ----------
    series : PixelSeries
        P pixels on T days.
    usable : (p, T)
        Observations of those pixels that may be used.
    pixels : slice or (p,)
        Which pixels of the series.
    n_train : int
        Days to fit on.
    min_clear_dates : int
        Clear days needed among them.
    out : (F, p, T), optional
        Where the departures are written.
    """
    past, basis = slice(0, n_train), design(series.days)
    enough, order = enough_history(usable[:, past], series.days[past], min_clear_dates)
    names, bands = feature_names(tuple(series.bands)), series.band_rows(pixels)
    values = np.empty((len(names), *usable.shape), np.float32) if out is None else out
    for name, place in zip(names, values, strict=True):
        place[...] = feature(name, bands)
    rhythm = fit_rhythm(values[:, :, past], usable[:, past].astype(np.float32), basis[past], order)
    values -= predict(rhythm.coefficients, basis)
    floors = np.array([noise_floor(name) for name in names], np.float32)[:, None]
    scale: Float = np.maximum(mean_scale(values[:, :, past], rhythm.weights), floors)
    # A new day departs by its own error and that of the fit; a fitted one is drawn towards the fit.
    side = np.ones(len(basis), np.float32)
    side[past] = -1
    values *= 1 / np.sqrt(np.maximum(1 + side * leverage(rhythm.spread, basis), np.float32(0.1)))
    values *= (1 / scale)[:, :, None]
    return Departures(
        values=values,
        floors=floors / scale,
        coefficients=rhythm.coefficients,
        band_coefficients=np.stack(
            [
                # A band that is a feature itself has its rhythm already.
                rhythm.coefficients[names.index(name)]
                if name in names
                else coefficients_of(band[None, :, past], rhythm, basis[past])[0]
                for name, band in bands.items()
            ]
        ),
        enough=enough,
    )


def own_differences(
    values: Float, floors: Float, usable: Bool, effects: DateEffects, classes: Numbers, n_train: int
) -> tuple[Float, Bool]:
    """Double differences (F, p, T) in standard deviations of the pixel's own history, and what is usable (p, T).

    The spread is the median absolute value over the first `n_train` days, never below the floors.
    """
    difference, known = double_difference(values, usable, effects, classes)
    past = slice(0, n_train)
    own = MAD_TO_SD * masked_median(np.abs(difference[:, :, past]), known[:, past])
    difference *= (1 / np.fmax(own, floors))[:, :, None]
    return difference, known
