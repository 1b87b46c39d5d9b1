"""What is normal on this ground: the rhythm of each pixel, and what all ground of its cover shares on a date.

What it knows: the history, and which pixels are control ground. What it does not: which departures in the monitored
period are change (see `series`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from imagery.detection.cloud_screen import screen_clouds
from imagery.detection.cover import learn_cover
from imagery.detection.departures import depart, own_differences
from imagery.detection.double_difference import DateEffects, date_effects
from imagery.detection.harmonic import HARMONIC
from imagery.detection.history import break_days, enough_history, suspected_breaks
from imagery.detection.pixel_series import PixelSeries
from imagery.detection.seasonal_spread import seasonal_weight
from imagery.domain import Settings
from imagery.errors import DetectionError, NotEnoughHistoryError
from imagery.pixels.indices import brightness, feature_names

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.intp]
Pixels = slice | Numbers

SCREEN_BANDS = ("blue", "green", "red", "nir")
"""Bands by which missed clouds are found, where they are there."""
PART_PX = 1024
"""Pixels worked on at a time, so that their arrays stay in the processor's cache."""
BREAK_ROUNDS = 2
"""Steps in the history that are looked for one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NormalGround:
    """Departures from normal of P pixels in F features on T days, and what normal is."""

    features: tuple[str, ...]
    """Names of the features."""
    differences: Float
    """Double differences in standard deviations of the pixel's own history, shape (F, P, T)."""
    usable: Bool
    """Clear observations since `since` for which the date is known, shape (P, T)."""
    enough: Bool
    """Pixels with enough history, shape (P,)."""
    since: Days
    """Day since 1970-01-01 on which the history of the pixel begins: later where its ground changed, (P,)."""
    first_day: int
    """First day of the history of the ground that did not change in it."""
    clear_dates: npt.NDArray[np.int64]
    """Clear history dates, all years, shape (P,)."""
    coefficients: Float
    """Rhythm of the features, shape (F, P, C)."""
    band_coefficients: Float
    """Rhythm of the bands, shape (B, P, C)."""
    classes: npt.NDArray[np.intp]
    """Cover class, shape (P,)."""
    effects: DateEffects
    """What each class of control ground does on each date."""

    @property
    def broken(self) -> Bool:
        """Pixels whose ground changed in the history, shape (P,)."""
        return self.since > self.first_day


def parts(n_pixels: int) -> Iterator[slice]:
    """Slices of `PART_PX` pixels."""
    for start in range(0, n_pixels, PART_PX):
        yield slice(start, min(start + PART_PX, n_pixels))


def screened(series: PixelSeries) -> Bool:
    """Clear observations without those that look like missed cloud or shadow, shape (P, T)."""
    n_dates, n_pixels = series.valid.shape
    clear = np.empty((n_pixels, n_dates), bool)
    for part in parts(n_pixels):
        bands = series.band_rows(part, SCREEN_BANDS)
        bright = brightness(bands)
        clear[part] = screen_clouds(bright, bands.get("nir", bright), series.valid_rows(part))
    return clear


def learn_normal(series: PixelSeries, clear: Bool, *, control: Bool, settings: Settings) -> NormalGround:
    """Fit every pixel on its history, take off what its cover shares, start anew where the ground changed.

    Parameters
    ----------
    series : PixelSeries
        P pixels on T days.
    clear : (P, T)
        See `screened`.
    control : (P,)
        Control ground.
    settings : Settings
        `min_clear_dates` and `min_control_px` are read.

    Raises
    ------
    NotEnoughHistoryError
        If no ground at all has enough history.
    DetectionError
        If no control ground has.
    """
    fits = _Fits(series, clear, settings.min_clear_dates)
    for part in parts(len(clear)):
        fits.fit(part)
    if not fits.enough.any():
        have, need = int(clear[:, series.past].sum(1).max(initial=0)), settings.min_clear_dates
        raise NotEnoughHistoryError(
            f"No ground has a history of {need} clear dates over a full year: the best has {have}.",
            have=have,
            need=need,
            hint="Use a longer history (--history), or imagery with more dates.",
        )
    reference = control & fits.enough
    if not reference.any():
        raise DetectionError(
            "No unchanged ground around the site has enough history.",
            hint="Read more of the surroundings (context_m).",
        )
    cover = learn_cover(fits.coefficients, reference)
    fits.classes = cover.of(fits.coefficients)
    effects = date_effects(
        fits.values, clear, reference, fits.classes, min_control_px=settings.min_control_px
    )
    for part in parts(len(clear)):
        fits.difference(part, effects)
        broken = fits.restart(part)
        for _ in range(BREAK_ROUNDS):
            if broken.size == 0:
                break
            fits.fit(broken)
            fits.classes[broken] = cover.of(fits.coefficients[:, broken])
            fits.difference(broken, effects)
            broken = fits.restart(broken)
        fits.level_seasons(part)
    return NormalGround(
        features=feature_names(tuple(series.bands)),
        differences=fits.values,
        usable=fits.usable,
        enough=fits.enough,
        since=fits.since,
        first_day=int(series.days[0]),
        clear_dates=clear[:, series.past].sum(1),
        coefficients=fits.coefficients,
        band_coefficients=fits.band_coefficients,
        classes=fits.classes,
        effects=effects,
    )


def refit_until(
    series: PixelSeries, normal: NormalGround, pixels: Numbers, n_train: int, settings: Settings
) -> NormalGround:
    """Fit some pixels on the first days alone, and measure all days against that.

    Parameters
    ----------
    series, normal
        All pixels and what is normal for them.
    pixels : (p,)
        Numbers of the pixels.
    n_train : int
        Days to fit on.
    settings : Settings
        `min_clear_dates` is read.

    Returns
    -------
    NormalGround
        Of those p pixels, with the date effects and classes that they had.
    """
    usable = normal.usable[pixels]
    fit = depart(series, usable, pixels, n_train=n_train, min_clear_dates=settings.min_clear_dates)
    classes = normal.classes[pixels]
    differences, usable = own_differences(fit.values, fit.floors, usable, normal.effects, classes, n_train)
    differences *= seasonal_weight(differences, usable, series.days, n_train)
    return replace(
        normal,
        differences=differences,
        usable=usable,
        enough=fit.enough,
        since=normal.since[pixels],
        clear_dates=normal.clear_dates[pixels],
        coefficients=fit.coefficients,
        band_coefficients=fit.band_coefficients,
        classes=classes,
    )


class _Fits:
    """The arrays that `learn_normal` fills, part by part; meanings as in `NormalGround`."""

    def __init__(self, series: PixelSeries, clear: Bool, min_clear_dates: int) -> None:
        n_pixels, n_dates = clear.shape
        self.series = series
        self.clear = clear
        self.min_clear_dates = min_clear_dates
        n_features, n_columns = len(feature_names(tuple(series.bands))), HARMONIC.size
        self.values = np.empty((n_features, n_pixels, n_dates), np.float32)
        self.floors = np.empty((n_features, n_pixels), np.float32)
        self.coefficients = np.empty((n_features, n_pixels, n_columns), np.float32)
        self.band_coefficients = np.empty((len(series.bands), n_pixels, n_columns), np.float32)
        self.enough = np.empty(n_pixels, bool)
        self.usable = clear.copy()
        self.since = np.full(n_pixels, series.days[0])
        self.classes = np.zeros(n_pixels, np.intp)

    def fit(self, pixels: Pixels) -> None:
        """Fit some pixels on what is usable of their history."""
        fit = depart(
            self.series,
            self.usable[pixels],
            pixels,
            n_train=self.series.n_history,
            min_clear_dates=self.min_clear_dates,
            out=self.values[:, pixels] if isinstance(pixels, slice) else None,  # a slice is written in place
        )
        if not isinstance(pixels, slice):
            self.values[:, pixels] = fit.values
        self.floors[:, pixels] = fit.floors
        self.coefficients[:, pixels] = fit.coefficients
        self.band_coefficients[:, pixels] = fit.band_coefficients
        self.enough[pixels] = fit.enough

    def difference(self, pixels: Pixels, effects: DateEffects) -> None:
        """Take off what the class did, and measure in deviations of the pixel's own history."""
        self.values[:, pixels], self.usable[pixels] = own_differences(
            self.values[:, pixels],
            self.floors[:, pixels],
            self.usable[pixels],
            effects,
            self.classes[pixels],
            self.series.n_history,
        )

    def level_seasons(self, pixels: slice) -> None:
        """Let differences count less at times of the year at which the pixel has always been unlike its class."""
        self.values[:, pixels] *= seasonal_weight(
            self.values[:, pixels], self.usable[pixels], self.series.days, self.series.n_history
        )

    def restart(self, pixels: Pixels) -> Numbers:
        """Begin the history of those pixels anew in which it holds a step; gives their numbers."""
        past, least = self.series.past, self.min_clear_dates
        days = self.series.days[past]
        values, usable = self.values[:, pixels, past], self.usable[pixels, past]
        suspects = suspected_breaks(values, usable, days, least)
        if suspects.size == 0:
            return suspects
        since = break_days(values[:, suspects], usable[suspects], days, least)
        # What is left must be a history of its own; otherwise the whole one stays, wide as its spread then is.
        enough, _ = enough_history(usable[suspects] & (days >= since[:, None]), days, least)
        changed = (since > days[0]) & enough
        broken: Numbers = np.arange(len(self.clear))[pixels][suspects[changed]]
        self.since[broken] = since[changed]
        self.usable[broken] = self.clear[broken] & (self.series.days >= self.since[broken, None])
        return broken
