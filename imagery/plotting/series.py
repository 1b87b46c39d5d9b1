"""One index of a region and of the unchanged ground around it, date by date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import xarray as xr
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.errors import InputError
from imagery.plotting.pairs import band_names
from imagery.plotting.view import BoolImage, pixels_in

Values = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.float32]
Days = npt.NDArray[np.datetime64]

ENOUGH = 0.5
"""Share of the pixels that must be clear for a date to have a value."""
ENOUGH_AROUND = 0.1
"""The same for the surroundings, which are many more pixels."""
VISIBLE = ("blue", "green", "red")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Values of one index through time; T acquisitions."""

    days: Days
    """Shape (T,): acquisition days."""
    inside: Values
    """Shape (T,): median over the region; NaN where less than half of it is clear."""
    around: Values
    """Shape (T,): median over the surroundings; NaN where they are not clear or not known."""
    around_low: Values
    """Shape (T,): first quartile of the surroundings."""
    around_high: Values
    """Shape (T,): third quartile of the surroundings."""
    index: str
    """``"ndvi"``, ``"brightness"`` or the name of a band."""

    @property
    def clear(self) -> BoolImage:
        """Shape (T,): True where the region has a value."""
        return np.isfinite(self.inside)

    def between(self, first: date, last: date) -> Curve:
        """The part from one day to another, both included."""
        kept = (self.days >= np.datetime64(first)) & (self.days <= np.datetime64(last))
        return Curve(
            days=self.days[kept],
            inside=self.inside[kept],
            around=self.around[kept],
            around_low=self.around_low[kept],
            around_high=self.around_high[kept],
            index=self.index,
        )


def site_curve(cube: xr.Dataset, region: Geometry, crs: str, *, around: BoolImage | None = None) -> Curve:
    """Follow a region through time.

    The index is NDVI where red and near infrared are there, else the mean of the visible bands (brightness), else
    the first band.

    Parameters
    ----------
    cube : xarray.Dataset
        Bands and ``valid`` with dims (time, y, x), shape (T, M, N).
    region : Geometry
        Polygon, in `crs`.
    around : ndarray of bool, shape (M, N), optional
        Unchanged ground to compare with, such as the control pixels; pixels of the region are left out.

    Returns
    -------
    Curve
        One value per acquisition.

    Raises
    ------
    InputError
        If the region has no pixel on the grid, or the cube has no band.
    """
    index, values = _index(cube)
    valid = np.asarray(cube["valid"].values, dtype=bool) & np.isfinite(values)
    inside = pixels_in(cube.odc.geobox, region, crs)
    if not inside.any():
        raise InputError("The region lies outside the imagery.", hint="Use the cube of its own site.")
    surroundings = np.zeros_like(inside) if around is None else around & ~inside
    _, middle, _ = _quartiles(values[:, inside], valid[:, inside], ENOUGH)
    low, median, high = _quartiles(values[:, surroundings], valid[:, surroundings], ENOUGH_AROUND)
    days = cube["time"].values.astype("datetime64[D]")
    return Curve(days=days, inside=middle, around=median, around_low=low, around_high=high, index=index)


def _index(cube: xr.Dataset) -> tuple[str, Pixels]:
    names = band_names(cube)
    if not names:
        raise InputError("The cube has no band.", hint="Give a cube with at least one band.")
    if {"red", "nir"} <= set(names):
        red, nir = cube["red"].values, cube["nir"].values
        total = nir + red
        # Below a thousandth of reflectance the ratio is noise: such pixels have no greenness.
        return "ndvi", np.divide(nir - red, total, out=np.full_like(total, np.nan), where=total > 1e-3)
    visible = [name for name in VISIBLE if name in names]
    if visible:
        return "brightness", np.mean([cube[name].values for name in visible], axis=0)
    return names[0], cube[names[0]].values


def _quartiles(values: Pixels, valid: BoolImage, enough: float) -> tuple[Values, Values, Values]:
    """Quartiles over the pixels (T, P) of each date; NaN for dates that are not clear enough."""
    n_dates, n_pixels = values.shape
    result = np.full((3, n_dates), np.nan)
    if n_pixels:
        kept = valid.mean(axis=1) >= enough
        if kept.any():
            masked = np.where(valid[kept], values[kept], np.nan)
            result[:, kept] = np.nanpercentile(masked, [25, 50, 75], axis=1)
    return result[0], result[1], result[2]
