"""A simulated Sentinel-2 cube with planted changes whose truth is known.

What it knows: six kinds of cover as mixtures of vegetation and ground through the year; phenology that shifts and
levels that differ from year to year for the whole scene; wet and dry dates; gain and haze per date; sensor noise; cloud in
sheets and patches; cloud rims and shadows that the mask misses; fields that are mown or harvested each on its own day;
ground that changes on a given day.

What it leaves out: relief and sun angle, view angle (BRDF), light from neighbouring pixels, the blur of the optics,
misregistration between dates, snow, floods, smoke, tides, growth over several years, and the calibration drift of the sensor. Figures
made on it show whether a method keeps its own promises; they are not field accuracy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from affine import Affine
from odc.geo.geobox import GeoBox
from odc.geo.xr import xr_coords
from scipy.ndimage import gaussian_filter

from imagery.errors import ParameterError

FloatArray = npt.NDArray[np.float32]

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

# Share of vegetation through the year: mean, amplitude, day of the peak; plant and ground below it.
COVERS: Mapping[str, tuple[float, float, float, str, str]] = MappingProxyType(
    {
        "broadleaf": (0.62, 0.30, 195.0, "leaves", "soil"),
        "conifer": (0.88, 0.05, 190.0, "needles", "soil"),
        "grass": (0.70, 0.15, 170.0, "leaves", "soil"),
        "crop": (0.40, 0.35, 180.0, "leaves", "soil"),
        "bare": (0.08, 0.05, 180.0, "leaves", "sand"),
        "built": (0.10, 0.06, 185.0, "leaves", "built"),
        "water": (0.01, 0.00, 180.0, "leaves", "water"),
    }
)
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
class PlantedChange:
    """One change of a rectangle of pixels."""

    kind: str
    """One of `MATERIALS`."""
    row: int
    """First row."""
    column: int
    """First column."""
    rows: int
    """Height, pixels."""
    columns: int
    """Width, pixels."""
    day: date
    """First day on which the ground is changed."""
    fraction: float = 1.0
    """Share 0-1 of each pixel that changes."""
    until: date | None = None
    """First day on which it is gone again; None: it stays."""


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedScene:
    """A cube and what is true of it."""

    cube: xr.Dataset
    """As every source hands it over (`imagery.sources.protocol`)."""
    geobox: GeoBox
    """Its grid."""
    cover: npt.NDArray[np.str_]
    """Kind of cover per pixel, shape (M, N)."""
    changed: npt.NDArray[np.bool_]
    """Pixels with a planted change, shape (M, N)."""
    change_day: npt.NDArray[np.datetime64]
    """Day of the last planted change per pixel, shape (M, N); NaT where none."""
    changes: tuple[PlantedChange, ...] = field(default_factory=tuple)
    """What was planted."""


def simulate_cube(
    *,
    shape: tuple[int, int] = (60, 60),
    start: date = date(2017, 1, 1),
    years: float = 4.0,
    revisit_days: int = 5,
    covers: Sequence[str] = ("broadleaf", "conifer", "grass", "bare", "built"),
    field_px: int = 20,
    work_on_fields: float = 0.0,
    changes: Sequence[PlantedChange] = (),
    bands: Sequence[str] = BANDS,
    weather: Weather | None = None,
    pixel_m: float = 10.0,
    seed: int = 0,
) -> SimulatedScene:
    """Simulate a Sentinel-2 series of surface reflectance over patches of cover.

    Parameters
    ----------
    shape : (M, N)
        Rows and columns.
    start, years, revisit_days
        First date, length, and days between acquisitions.
    covers : sequence of str
        Kinds of cover (`COVERS`) handed out to square patches at random.
    field_px : int
        Side of a patch, pixels.
    work_on_fields : float
        Share 0-1 of grass and crop patches that lose their vegetation for a while each year (mowing, harvest).
    changes : sequence of PlantedChange
        What happens to the ground, in order.
    bands : sequence of str
        Bands to hand over, out of `BANDS`.
    weather : Weather, optional
        Spread of dates and years.
    pixel_m : float
        Side of a pixel, metres.
    seed : int
        The same seed gives the same cube.

    Returns
    -------
    SimulatedScene

    Raises
    ------
    ParameterError
        If a cover, a band or a kind of change is unknown, or a change lies outside the scene.

    Examples
    --------
    >>> scene = simulate_cube(shape=(8, 8), years=1.0)
    >>> scene.cube["red"].shape
    (73, 8, 8)
    """
    _check(shape, covers, bands, changes)
    weather = weather or Weather()
    rng = np.random.default_rng(seed)
    days = np.arange(0, round(years * 365.25), revisit_days)
    dates = np.datetime64(start, "D") + days
    cover = _patches(rng, shape, covers, field_px)
    share = _vegetation(rng, cover, dates, weather, field_px, work_on_fields)
    cube = _reflectance(rng, cover, share, weather)
    for change in changes:
        _plant(cube, change, dates)
    cloud, rim = _clouds(rng, shape, days.size, weather)
    _disturb(rng, cube, cloud, rim, weather)
    wanted = [BANDS.index(b) for b in bands]
    geobox = GeoBox(shape, Affine(pixel_m, 0, 600_000, 0, -pixel_m, 5_700_000), "EPSG:32631")
    changed, change_day = _truth(shape, changes)
    return SimulatedScene(
        cube=_dataset(cube[wanted], bands, ~cloud, dates, geobox, seed),
        geobox=geobox,
        cover=cover,
        changed=changed,
        change_day=change_day,
        changes=tuple(changes),
    )


def _check(
    shape: tuple[int, int], covers: Sequence[str], bands: Sequence[str], changes: Sequence[PlantedChange]
) -> None:
    for what, given, known in (
        ("cover", covers, COVERS),
        ("band", bands, BANDS),
        ("kind of change", [c.kind for c in changes], MATERIALS),
    ):
        for name in given:
            if name not in known:
                raise ParameterError(
                    f"There is no simulated {what} {name!r}.", hint=f"One of {', '.join(known)}."
                )
    for c in changes:
        if c.row < 0 or c.column < 0 or c.row + c.rows > shape[0] or c.column + c.columns > shape[1]:
            raise ParameterError(f"A planted change must lie inside the scene of {shape}, got {c}.")


def _patches(
    rng: np.random.Generator, shape: tuple[int, int], covers: Sequence[str], field_px: int
) -> npt.NDArray[np.str_]:
    grid = (-(-shape[0] // field_px), -(-shape[1] // field_px))
    drawn = np.resize(
        np.asarray(covers), grid[0] * grid[1]
    )  # each cover gets its share; the places are random
    return _spread(rng.permutation(drawn).reshape(grid), field_px, shape)


def _spread(patches: npt.NDArray[Any], side: int, shape: tuple[int, int]) -> npt.NDArray[Any]:
    return np.repeat(np.repeat(patches, side, -2), side, -1)[..., : shape[0], : shape[1]]


def _vegetation(
    rng: np.random.Generator,
    cover: npt.NDArray[np.str_],
    dates: npt.NDArray[np.datetime64],
    weather: Weather,
    field_px: int,
    work: float,
) -> FloatArray:
    """Share of vegetation 0-1, shape (T, M, N)."""
    shape = cover.shape
    year, of_year = _calendar(dates)
    shift = rng.normal(0, weather.season_shift_days, year.max() + 1)[year]
    level = rng.normal(0, weather.season_level, year.max() + 1)[year]
    mean, amplitude, peak = (
        np.vectorize(lambda c, i=i: COVERS[c][i], otypes=[float])(cover) for i in range(3)
    )
    unlike = 0.7 * gaussian_filter(rng.normal(size=shape), 3, mode="wrap") * 10.6 + 0.5 * rng.normal(
        size=shape
    )
    mean = mean + 0.05 * unlike * np.sqrt(mean * (1 - mean))
    peak = peak + rng.normal(0, 6, shape)
    angle = 2 * np.pi * (of_year - shift)[:, None, None] / 365.25 - 2 * np.pi * peak / 365.25
    living = np.minimum(1.0, 4 * amplitude + 0.15)  # what grows little also feels the year little
    share = mean + amplitude * (np.cos(angle) + 0.1 * np.cos(2 * angle)) + level[:, None, None] * living
    if work > 0:
        share = share * _work_on_fields(rng, cover, year, of_year, field_px, work)
    return np.clip(share, 0, 1).astype(np.float32)


def _work_on_fields(
    rng: np.random.Generator,
    cover: npt.NDArray[np.str_],
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


def _calendar(dates: npt.NDArray[np.datetime64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    years = dates.astype("datetime64[Y]")
    year = (years - years.min()).astype(np.int64)
    return year, (dates - years.astype("datetime64[D]")).astype(np.float64)


def _reflectance(
    rng: np.random.Generator, cover: npt.NDArray[np.str_], share: FloatArray, weather: Weather
) -> FloatArray:
    """Mixture of plant and ground, shape (B, T, M, N); wet dates darken the ground, more so in long waves."""
    plant, ground = (
        np.stack(
            [
                np.vectorize(lambda c, b=b, i=i: SPECTRA[COVERS[c][i]][b], otypes=[float])(cover)
                for b in range(6)
            ]
        )
        for i in (3, 4)
    )
    ground = ground * (1 + 0.08 * rng.normal(size=cover.shape))
    wet = 1 + weather.wetness * rng.normal(size=share.shape[0])[None, :] * np.linspace(0.6, 1.2, 6)[:, None]
    mixed = share * plant[:, None] + (1 - share) * ground[:, None] * wet[:, :, None, None]
    return mixed.astype(np.float32)


def _plant(cube: FloatArray, change: PlantedChange, dates: npt.NDArray[np.datetime64]) -> None:
    """Turn a share of each pixel into the new material from that day on, in place."""
    on = dates >= np.datetime64(change.day, "D")
    if change.until is not None:
        on &= dates < np.datetime64(change.until, "D")
    when = np.flatnonzero(on)
    if when.size == 0:
        return
    target = np.asarray(SPECTRA[MATERIALS[change.kind]], np.float32)[:, None, None, None]
    where = (
        slice(None),
        slice(when[0], when[-1] + 1),
        slice(change.row, change.row + change.rows),
        slice(change.column, change.column + change.columns),
    )
    cube[where] = (1 - change.fraction) * cube[where] + change.fraction * target


def _clouds(
    rng: np.random.Generator, shape: tuple[int, int], n_dates: int, weather: Weather
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Cloud as the mask sees it, and the rim around it, both (T, M, N): closed sheets, patches, clear skies."""
    want = 1 - weather.clear_fraction
    kind = rng.random(n_dates)
    cloudy = np.where(
        kind < 0.75 * want, 1.0, np.where(kind < 0.75 * want + 0.35, rng.uniform(0.05, 0.9, n_dates), 0.0)
    )
    cloudy = (
        np.clip(cloudy * want / max(float(cloudy.mean()), 1e-9), 0, 1) if cloudy.mean() > want else cloudy
    )
    texture = gaussian_filter(rng.normal(size=(n_dates, *shape)).astype(np.float32), (0, 6, 6), mode="wrap")
    rank = texture.reshape(n_dates, -1).argsort(1).argsort(1).reshape(texture.shape) / texture[0].size
    cloud = rank < cloudy[:, None, None]
    rim = ~cloud & (rank < cloudy[:, None, None] + 2 * weather.missed_cloud) & (cloudy > 0)[:, None, None]
    return cloud, rim


def _disturb(
    rng: np.random.Generator,
    cube: FloatArray,
    cloud: npt.NDArray[np.bool_],
    rim: npt.NDArray[np.bool_],
    weather: Weather,
) -> None:
    """Shadow, thin and thick cloud, gain, haze and noise, in place."""
    n_bands, n_dates = cube.shape[:2]
    white = np.asarray(SPECTRA["cloud"], np.float32)[:, None, None, None]
    depth = gaussian_filter(rng.normal(size=cloud.shape).astype(np.float32), (0, 4, 4), mode="wrap")
    shadow = (
        depth.reshape(n_dates, -1)
        > np.quantile(depth.reshape(n_dates, -1), 1 - weather.missed_shadow, axis=1)[:, None]
    )
    shadow = shadow.reshape(cloud.shape) & (rng.random(n_dates) < 0.6)[:, None, None]
    cube *= np.where(shadow, rng.uniform(0.5, 0.85, (n_dates, 1, 1)), 1).astype(np.float32)
    opacity = np.where(cloud, 0.9, np.where(rim, rng.uniform(0.05, 0.5, (n_dates, 1, 1)), 0)).astype(
        np.float32
    )
    cube *= 1 - opacity
    cube += opacity * white
    cube *= 1 + weather.gain * rng.normal(size=(1, n_dates, 1, 1)).astype(np.float32)
    waves = np.asarray([1.0, 0.7, 0.5, 0.25, 0.1, 0.05], np.float32)[:, None, None, None]
    cube += weather.haze * waves * rng.normal(size=(1, n_dates, 1, 1)).astype(np.float32)
    sd = np.asarray([NOISE[b] for b in BANDS], np.float32)[:, None, None, None]
    cube += sd * rng.standard_normal(cube.shape, dtype=np.float32)
    np.maximum(cube, 0.0005, out=cube)


def _truth(
    shape: tuple[int, int], changes: Sequence[PlantedChange]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.datetime64]]:
    day = np.full(shape, np.datetime64("NaT"), "datetime64[D]")
    for c in changes:
        day[c.row : c.row + c.rows, c.column : c.column + c.columns] = np.datetime64(c.day, "D")
    return ~np.isnat(day), day


def _dataset(
    cube: FloatArray,
    bands: Sequence[str],
    valid: npt.NDArray[np.bool_],
    dates: npt.NDArray[np.datetime64],
    geobox: GeoBox,
    seed: int,
) -> xr.Dataset:
    dims = ("time", "y", "x")
    stamps = (dates + np.timedelta64(0, "D")).astype("datetime64[ns]") + np.timedelta64(10 * 3600 + 1800, "s")
    names = [f"simulated-{seed}-{d}" for d in dates.astype(str)]
    return xr.Dataset(
        {name: (dims, band) for name, band in zip(bands, cube, strict=True)} | {"valid": (dims, valid)},
        coords={
            **xr_coords(geobox),
            "time": stamps,
            "scene_id": ("time", np.asarray(names)),
            "sensor": ("time", np.full(dates.size, "simulated")),
            "baseline": ("time", np.full(dates.size, "unknown")),
            "cloud_fraction": ("time", 1 - valid.mean((1, 2))),
        },
        attrs={"licence": "simulated, not imagery", "geolocation_m": 0.0},
    )
