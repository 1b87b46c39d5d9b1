"""The ground and the sky of a simulated scene: cover, growth, reflectance, cloud, noise.

What is simulated and what is left out is said in `imagery.testing.simulated`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
Names = npt.NDArray[np.str_]
Dates = npt.NDArray[np.datetime64]

BANDS = ("blue", "green", "red", "nir", "swir16", "swir22")
NOISE: Mapping[str, float] = MappingProxyType(
    {"blue": 0.006, "green": 0.006, "red": 0.007, "nir": 0.014, "swir16": 0.012, "swir22": 0.010}
)
"""Standard deviation of one pixel on one date, reflectance."""

SPECTRA: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "leaves": (0.030, 0.060, 0.040, 0.380, 0.180, 0.080),
        "needles": (0.022, 0.040, 0.028, 0.240, 0.110, 0.055),
        "soil": (0.090, 0.130, 0.180, 0.260, 0.320, 0.270),
        "sand": (0.160, 0.230, 0.290, 0.350, 0.420, 0.390),
        "built": (0.120, 0.150, 0.180, 0.210, 0.230, 0.220),
        "asphalt": (0.070, 0.080, 0.090, 0.110, 0.130, 0.125),
        "debris": (0.190, 0.210, 0.230, 0.250, 0.240, 0.230),
        "water": (0.045, 0.050, 0.035, 0.020, 0.010, 0.008),
        "cloud": (0.550, 0.530, 0.520, 0.560, 0.400, 0.320),
    }
)
"""Reflectance of pure material, in the order of `BANDS`; round values of our own, near published spectra."""

COVERS: Mapping[str, tuple[tuple[float, float, float], str, str]] = MappingProxyType(
    {
        "broadleaf": ((0.62, 0.30, 195.0), "leaves", "soil"),
        "conifer": ((0.88, 0.05, 190.0), "needles", "soil"),
        "grass": ((0.70, 0.15, 170.0), "leaves", "soil"),
        "crop": ((0.40, 0.35, 180.0), "leaves", "soil"),
        "bare": ((0.08, 0.05, 180.0), "leaves", "sand"),
        "built": ((0.10, 0.06, 185.0), "leaves", "built"),
        "water": ((0.01, 0.00, 180.0), "leaves", "water"),
    }
)
"""Share of vegetation through the year (mean, amplitude, day of the peak), then plant and ground below it."""
MATERIALS: Mapping[str, str] = MappingProxyType(
    {
        "clearing": "soil",
        "dumping": "debris",
        "paving": "asphalt",
        "building": "built",
        "sand": "sand",
        "flooding": "water",
    }
)
"""What each kind of planted change turns the ground into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How unlike one date, and one year, is from another."""

    clear_fraction: float = 0.36
    """Mean share of pixels that the mask calls clear."""
    season_shift_days: float = 8.0
    """Standard deviation of the shift of a year's growing season, whole scene."""
    season_level: float = 0.04
    """Standard deviation of a year's vegetation share, whole scene."""
    wetness: float = 0.10
    """Standard deviation of the darkening of bare ground per date, share of its reflectance."""
    gain: float = 0.02
    """Standard deviation of the gain per date."""
    haze: float = 0.004
    """Standard deviation of the offset per date in blue; less in longer waves."""
    missed_cloud: float = 0.02
    """Share of clear pixels at cloud rims that hold thin cloud after all."""
    missed_shadow: float = 0.02
    """Share of clear pixels that hold cloud shadow after all."""


def patches(rng: np.random.Generator, shape: tuple[int, int], covers: Sequence[str], field_px: int) -> Names:
    """Kind of cover per pixel, shape (M, N): each kind gets its share, the places are random."""
    grid = (-(-shape[0] // field_px), -(-shape[1] // field_px))
    drawn = np.resize(np.asarray(covers), grid[0] * grid[1])
    return _spread(rng.permutation(drawn).reshape(grid), field_px, shape)


def _spread(grid: npt.NDArray[Any], side: int, shape: tuple[int, int]) -> npt.NDArray[Any]:
    wide: npt.NDArray[Any] = np.repeat(np.repeat(grid, side, -2), side, -1)[..., : shape[0], : shape[1]]
    return wide


def _of_cover(cover: Names, values: Mapping[str, float]) -> npt.NDArray[np.float64]:
    """One number per pixel, looked up by its cover."""
    kinds, place = np.unique(cover, return_inverse=True)
    found: npt.NDArray[np.float64] = np.array([values[str(kind)] for kind in kinds])[place].reshape(
        cover.shape
    )
    return found


def vegetation(
    rng: np.random.Generator, cover: Names, dates: Dates, weather: Weather, field_px: int, work: float
) -> Float:
    """Share of vegetation 0-1, shape (T, M, N)."""
    shape = cover.shape
    year, of_year = _calendar(dates)
    shift = rng.normal(0, weather.season_shift_days, year.max() + 1)[year]
    level = rng.normal(0, weather.season_level, year.max() + 1)[year]
    mean, amplitude, peak = (
        _of_cover(cover, {kind: rhythm[i] for kind, (rhythm, _, _) in COVERS.items()}) for i in range(3)
    )
    # Neighbours are alike, and yet no two pixels are the same.
    smooth = 10.6 * gaussian_filter(rng.normal(size=shape), 3, mode="wrap")
    mean = mean + 0.05 * (0.7 * smooth + 0.5 * rng.normal(size=shape)) * np.sqrt(mean * (1 - mean))
    peak = peak + rng.normal(0, 6, shape)
    angle = 2 * np.pi * (of_year - shift)[:, None, None] / 365.25 - 2 * np.pi * peak / 365.25
    living = np.minimum(1.0, 4 * amplitude + 0.15)  # what grows little also feels the year little
    share = mean + amplitude * (np.cos(angle) + 0.1 * np.cos(2 * angle)) + level[:, None, None] * living
    if work > 0:
        share = share * _work_on_fields(rng, cover, year, of_year, field_px, work)
    clipped: Float = np.clip(share, 0, 1).astype(np.float32)
    return clipped


def _work_on_fields(
    rng: np.random.Generator,
    cover: Names,
    year: npt.NDArray[np.int64],
    of_year: npt.NDArray[np.float64],
    field_px: int,
    work: float,
) -> npt.NDArray[np.float64]:
    """Factor on the vegetation, shape (T, M, N): drops on one day per field and year, grows back in a line."""
    grid = (year.max() + 1, -(-cover.shape[0] // field_px), -(-cover.shape[1] // field_px))
    first = _spread(rng.uniform(150, 260, grid), field_px, cover.shape)[year]
    length = _spread(rng.uniform(30, 90, grid), field_px, cover.shape)[year]
    worked = _spread(rng.random(grid) < work, field_px, cover.shape)[year] & np.isin(cover, ["grass", "crop"])
    since = (of_year[:, None, None] - first) / length
    return np.where(worked & (since >= 0) & (since < 1), 0.25 + 0.75 * since, 1.0)


def _calendar(dates: Dates) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    years = dates.astype("datetime64[Y]")
    year = (years - years.min()).astype(np.int64)
    return year, (dates - years.astype("datetime64[D]")).astype(np.float64)


def reflectance(rng: np.random.Generator, cover: Names, share: Float, weather: Weather) -> Float:
    """Mixture of plant and ground, shape (B, T, M, N); wet dates darken the ground, more so in long waves."""
    plant = _spectra(cover, {kind: plant for kind, (_, plant, _) in COVERS.items()})
    ground = _spectra(cover, {kind: ground for kind, (_, _, ground) in COVERS.items()})
    ground = ground * (1 + 0.08 * rng.normal(size=cover.shape))
    waves = np.linspace(0.6, 1.2, len(BANDS))
    wet = 1 + weather.wetness * rng.normal(size=(1, share.shape[0])) * waves[:, None]
    mixed = share * plant[:, None] + (1 - share) * ground[:, None] * wet[:, :, None, None]
    cube: Float = mixed.astype(np.float32)
    return cube


def _spectra(cover: Names, material: Mapping[str, str]) -> npt.NDArray[np.float64]:
    """Reflectance of what each cover is made of, shape (B, M, N)."""
    bands = range(len(BANDS))
    return np.stack([_of_cover(cover, {k: SPECTRA[m][band] for k, m in material.items()}) for band in bands])


def clouds(
    rng: np.random.Generator, shape: tuple[int, int], n_dates: int, weather: Weather
) -> tuple[Bool, Bool]:
    """Cloud as the mask sees it, and the rim around it, both (T, M, N): closed sheets, patches, clear skies."""
    want = 1 - weather.clear_fraction
    kind = rng.random(n_dates)
    broken = rng.uniform(0.05, 0.9, n_dates)
    cover = np.where(kind < 0.75 * want, 1.0, np.where(kind < 0.75 * want + 0.35, broken, 0.0))
    mean = float(cover.mean())
    cover = np.clip(cover * want / mean, 0, 1) if mean > want else cover
    texture = gaussian_filter(rng.normal(size=(n_dates, *shape)).astype(np.float32), (0, 6, 6), mode="wrap")
    rank = texture.reshape(n_dates, -1).argsort(1).argsort(1).reshape(texture.shape) / texture[0].size
    cloud = rank < cover[:, None, None]
    edge = np.where(cover > 0, cover + 2 * weather.missed_cloud, 0)
    rim: Bool = ~cloud & (rank < edge[:, None, None])
    return cloud, rim


def disturb(rng: np.random.Generator, cube: Float, cloud: Bool, rim: Bool, weather: Weather) -> None:
    """Shadow, thin and thick cloud, gain, haze and noise, in place on (B, T, M, N)."""
    n_dates = cube.shape[1]
    white = np.asarray(SPECTRA["cloud"], np.float32)[:, None, None, None]
    depth = gaussian_filter(rng.normal(size=cloud.shape).astype(np.float32), (0, 4, 4), mode="wrap")
    deep = np.quantile(depth.reshape(n_dates, -1), 1 - weather.missed_shadow, axis=1)[:, None, None]
    shadow = (depth > deep) & (rng.random((n_dates, 1, 1)) < 0.6)
    cube *= np.where(shadow, rng.uniform(0.5, 0.85, (n_dates, 1, 1)), 1).astype(np.float32)
    thin = np.where(rim, rng.uniform(0.05, 0.5, (n_dates, 1, 1)), 0)
    opacity = np.where(cloud, 0.9, thin).astype(np.float32)
    cube *= 1 - opacity
    cube += opacity * white
    cube *= 1 + weather.gain * rng.normal(size=(1, n_dates, 1, 1)).astype(np.float32)
    waves = np.asarray([1.0, 0.7, 0.5, 0.25, 0.1, 0.05], np.float32)[:, None, None, None]
    cube += weather.haze * waves * rng.normal(size=(1, n_dates, 1, 1)).astype(np.float32)
    sd = np.asarray([NOISE[band] for band in BANDS], np.float32)[:, None, None, None]
    cube += sd * rng.standard_normal(cube.shape, dtype=np.float32)
    np.maximum(cube, 0.0005, out=cube)
