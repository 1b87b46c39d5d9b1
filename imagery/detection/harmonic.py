"""A yearly rhythm per pixel: what is normal on each day of the year, and how sure that is.

What it knows: a level and up to two harmonics of the year, fitted robustly to clear dates, without a trend. What it
does not: other pixels, cover, or whether the history itself changed (see `history`). All pixels are fitted at once by
matrix products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imagery.domain.period import DAYS_PER_YEAR

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]

TUKEY = 3.5
"""Residuals beyond so many standard deviations get no weight; tighter than usual, so that a change late in the history
cannot bend the fit."""
MEAN_TO_SD = 1.2533
"""Mean absolute deviation to standard deviation at the normal law."""
ROUNDS = 2
"""Rounds of reweighting."""
CLOUD_FEATURES = 2
"""The weights come from so many of the first features: brightness and greenness, in which cloud, shadow and snow show."""
HARMONIC = np.array([0, 1, 1, 2, 2])
"""Harmonic of each column of the design."""
RIDGE = np.array([0.0, 0.1, 0.1, 0.5, 0.5])
"""Pull of each coefficient towards 0, counted in observations: it fades as clear dates add up."""
LOCKED = 1e6
"""Ridge that holds a coefficient at 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rhythm:
    """The fit of F features at P pixels with C = 5 coefficients."""

    coefficients: Float
    """Level, cosine and sine of the year, cosine and sine of half a year; shape (F, P, C)."""
    spread: Float
    """Inverse of the weighted normal matrix: covariance of the coefficients per unit of variance, (P, C, C)."""
    weights: Float
    """Robust weight 0-1 of each observation, shape (P, T)."""


def design(days: npt.NDArray[np.integer | np.floating]) -> Float:
    """Columns 1, cos and sin of the year, cos and sin of half a year, shape (T, 5), from days since any fixed day."""
    angle = 2 * np.pi * np.asarray(days, np.float64) / DAYS_PER_YEAR
    columns = [np.ones_like(angle), np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)]
    return np.stack(columns, 1).astype(np.float32)


def fit_rhythm(values: Float, usable: Float, basis: Float, order: npt.NDArray[np.integer]) -> Rhythm:
    """Fit by ridge regression, with Tukey weights that all features share.

    One weight per pixel and date serves all features: a cloud spoils them together, and one normal matrix per pixel
    is enough.

    Parameters
    ----------
    values : (F, P, T)
        Features; finite everywhere, any number where not usable.
    usable : (P, T)
        1 where the observation may be used, 0 where not.
    basis : (T, C)
        See `design`.
    order : (P,)
        Harmonics of each pixel, 0 to 2.

    Notes
    -----
    Holland and Welsch 1977 for the weights. A pixel without observations gets coefficients of 0 and a huge spread.
    """
    products = (basis[:, :, None] * basis[:, None, :]).reshape(len(basis), -1)
    ridge = penalty(order)
    watched = values[:CLOUD_FEATURES]
    weights = usable
    for _ in range(ROUNDS):
        spread, coefficients = _solve(watched, weights, basis, products, ridge)
        residual = _residual(watched, coefficients, basis)
        weights = tukey_weights(residual, usable, mean_scale(residual, weights))
    spread, coefficients = _solve(values, weights, basis, products, ridge)
    return Rhythm(coefficients=coefficients, spread=spread, weights=weights)


def _residual(values: Float, coefficients: Float, basis: Float) -> Float:
    residual = predict(coefficients, basis)
    np.subtract(values, residual, out=residual)
    return residual


def predict(coefficients: Float, basis: Float) -> Float:
    """Expected values, shape (F, P, T), from coefficients (F, P, C) and basis (T, C)."""
    n_features, n_pixels, n_columns = coefficients.shape
    flat = coefficients.reshape(-1, n_columns) @ basis.T
    expected: Float = flat.reshape(n_features, n_pixels, -1)
    return expected


def coefficients_of(values: Float, rhythm: Rhythm, basis: Float) -> Float:
    """Coefficients (B, P, C) of other bands (B, P, T) with the weights of a fit."""
    moments = (values * rhythm.weights) @ basis
    coefficients: Float = np.matmul(moments[:, :, None], rhythm.spread)[:, :, 0]
    return coefficients


def leverage(spread: Float, basis: Float) -> Float:
    """Variance of the expected value per unit of variance, shape (P, T)."""
    products = (basis[:, :, None] * basis[:, None, :]).reshape(len(basis), -1)
    variance: Float = spread.reshape(len(spread), -1) @ products.T
    return variance


def penalty(order: npt.NDArray[np.integer]) -> Float:
    """Ridge on the diagonal, shape (P, C, C); harmonics above the order are held at 0."""
    diagonal = np.where(np.asarray(order)[:, None] < HARMONIC, LOCKED, RIDGE)
    return (diagonal[:, :, None] * np.eye(HARMONIC.size)).astype(np.float32)


def invert(matrices: Float) -> Float:
    """Inverse of symmetric positive matrices, shape (P, C, C), by the sweep operator, all pixels at once.

    A matrix of zeros gives a very large inverse rather than an error (Goodnight 1979 for the operator).
    """
    swept = np.moveaxis(matrices, 0, -1).copy()
    for k in range(swept.shape[0]):
        pivot = np.maximum(swept[k, k], np.float32(1e-9))
        row = swept[k] / pivot
        column = swept[:, k].copy()
        swept -= column[:, None] * row[None]
        swept[k] = row
        swept[:, k] = -column / pivot
        swept[k, k] = 1 / pivot
    return np.ascontiguousarray(np.moveaxis(swept, -1, 0))


def mean_scale(residual: Float, weights: Float) -> Float:
    """Standard deviation of residuals (F, P, T) from their weighted mean absolute value, shape (F, P)."""
    total = np.maximum(weights.sum(1), 1e-6)
    scale: Float = MEAN_TO_SD * np.einsum("fpt,pt->fp", np.abs(residual), weights) / total
    return np.maximum(scale, np.float32(1e-6))


def tukey_weights(residual: Float, usable: Float, scale: Float) -> Float:
    """Weights (P, T) for all features together, from residuals (F, P, T) and their scales (F, P).

    The distance of an observation is the root mean square over the features.
    """
    per_feature = 1 / (TUKEY * scale) ** 2 / len(residual)
    inside = np.maximum(1 - np.einsum("fpt,fpt,fp->pt", residual, residual, per_feature), 0)
    weights: Float = usable * inside * inside
    return weights


def _solve(values: Float, weights: Float, basis: Float, products: Float, ridge: Float) -> tuple[Float, Float]:
    n_columns = basis.shape[1]
    spread = invert((weights @ products).reshape(-1, n_columns, n_columns) + ridge)
    moments = (values * weights) @ basis
    return spread, np.matmul(moments[:, :, None], spread)[:, :, 0]
