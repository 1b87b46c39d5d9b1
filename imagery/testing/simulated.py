"""A simulated Sentinel-2 cube with planted changes whose truth is known.

What it knows: seven kinds of cover as mixtures of plant and ground through the year; seasons that shift and levels
that differ from year to year for the whole scene; wet and dry dates; gain and haze per date; sensor noise; cloud in
sheets and patches; cloud rims and shadows that the mask misses; fields that are mown or harvested each on its own day;
ground that changes on a given day.

What it leaves out: relief and sun angle, view angle (BRDF), light from neighbouring pixels, the blur of the optics,
misregistration between dates, snow, floods, smoke, tides, cloudier winters, growth over several years, and the drift
of the sensor. Figures made on it show whether a method keeps its own promises; they are not field accuracy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import xarray as xr
from affine import Affine
from odc.geo.geobox import GeoBox
from odc.geo.xr import xr_coords

from imagery.errors import ParameterError
from imagery.testing.simulated_ground import (
    BANDS,
    COVERS,
    MATERIALS,
    SPECTRA,
    Weather,
    clouds,
    disturb,
    patches,
    reflectance,
    vegetation,
)

__all__ = ["BANDS", "COVERS", "MATERIALS", "PlantedChange", "SimulatedScene", "Weather", "simulate_cube"]

FloatArray = npt.NDArray[np.float32]


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
    changes: tuple[PlantedChange, ...] = ()
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
    cover = patches(rng, shape, covers, field_px)
    share = vegetation(rng, cover, dates, weather, field_px, work_on_fields)
    cube = reflectance(rng, cover, share, weather)
    for change in changes:
        _plant(cube, change, dates)
    cloud, rim = clouds(rng, shape, days.size, weather)
    disturb(rng, cube, cloud, rim, weather)
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
