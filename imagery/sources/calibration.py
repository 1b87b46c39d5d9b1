"""From stored numbers to reflectance: scale, offset and nodata, from what was told or what the file states.

Nothing is guessed. A scale that nobody states is refused. The offset of Sentinel-2 is never decided by the sensing
date: old scenes are processed again with the new offset, and archives differ in whether they have applied it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from imagery.errors import SourceError
from imagery.sources.bands import SENTINEL_2, band_family
from imagery.sources.name_pattern import normal_baseline
from imagery.sources.planes import Plane
from imagery.sources.source_config import NONE, SourceConfig

OFFSET_SINCE = (4, 0)
"""First processing baseline of Sentinel-2 L2A whose own numbers carry an offset (product specification, 2022)."""
LOWEST, HIGHEST = -0.2, 2.0
"""Reflectance beyond these is no reflectance; single pixels (glint, saturated cloud) may be."""
FAINTEST = 0.001
"""Images of which no band has one pixel in twenty this bright were scaled twice, or were never in counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How the stored numbers of a plane become reflectance: ``scale * number + offset``."""

    scale: float
    """Reflectance of one count."""
    offset: float
    """Reflectance of count 0."""
    nodata: tuple[float, ...]
    """Stored numbers that mean no data; NaN always does."""
    notes: tuple[str, ...] = ()
    """What was assumed, one sentence each."""

    def __str__(self) -> str:
        nodata = ", ".join(f"{v:g}" for v in self.nodata) or "none stated"
        return f"scale {self.scale:g}, offset {self.offset:g}, nodata {nodata}"


def calibration_of(plane: Plane, config: SourceConfig) -> Calibration:
    """Find scale, offset and nodata of a plane; what was told goes before what the file states.

    Raises
    ------
    SourceError
        If the scale is not stated, or the offset may be either of two.
    """
    names = (plane.written, plane.band)
    told = config.told("scale", *names)
    scale = told if told is not None else plane.stated.scale
    if scale is None:
        raise SourceError(
            f"{plane.file} does not state the scale of {plane.written or plane.band}, and it is never guessed.",
            hint=_scale_hint(plane),
        )
    offset, note = _offset(plane, config, scale_told=told is not None)
    return Calibration(
        scale=float(scale),
        offset=float(offset),
        nodata=_nodata(plane, config),
        notes=(note,) if note else (),
    )


def _scale_hint(plane: Plane) -> str:
    if plane.stated.dtype.startswith("float"):
        return (
            "Write scale = 1 into source.toml if the numbers are reflectance 0-1, scale = 0.0001 if 0-10,000."
        )
    return "Write scale = 0.0001 (and offset = ...) into source.toml if 10,000 counts are a reflectance of 1."


def _offset(plane: Plane, config: SourceConfig, *, scale_told: bool) -> tuple[float, str]:
    told = config.told("offset", plane.written, plane.band)
    if told is not None:
        return told, ""
    if config.offset_by_baseline:
        return _offset_by_baseline(plane, config), ""
    if plane.stated.offset is not None:
        return plane.stated.offset, ""
    if not scale_told:
        return 0.0, ""  # by the conventions of CF and GDAL a stated scale without an offset means 0
    if _carries_offset(plane.baseline) and band_family(plane.sensor) == SENTINEL_2:
        raise SourceError(
            f"{plane.file} is of processing baseline {plane.baseline}, whose numbers carry an offset unless it"
            " was taken out, and nobody states it.",
            hint="Write offset = -0.1 into source.toml for ESA's own numbers, offset = 0 for harmonised ones.",
        )
    return 0.0, "No offset is stated, 0 is used; say otherwise with offset = ... in source.toml."


def _offset_by_baseline(plane: Plane, config: SourceConfig) -> float:
    table = {normal_baseline(key): value for key, value in config.offset_by_baseline.items()}
    if plane.baseline not in table:
        raise SourceError(
            f"{plane.file} is of processing baseline {plane.baseline or 'unknown'}, for which offset_by_baseline"
            f" says nothing ({', '.join(table)}).",
            hint="Add it to offset_by_baseline, and let the pattern of names hold {baseline}.",
        )
    return table[plane.baseline]


def _carries_offset(baseline: str) -> bool:
    parts = baseline.split(".")
    return (
        len(parts) == 2 and all(p.isdigit() for p in parts) and (int(parts[0]), int(parts[1])) >= OFFSET_SINCE
    )


def _nodata(plane: Plane, config: SourceConfig) -> tuple[float, ...]:
    told = config.told("nodata", plane.written, plane.band)
    if told == NONE:
        return ()
    if told is not None:
        values = told if isinstance(told, list | tuple) else (told,)
        return tuple(float(v) for v in values)
    stated = plane.stated.nodata
    counts = plane.stated.dtype.startswith(("uint", "int"))
    if counts and _is_sentinel_2(plane) and 0.0 not in stated:
        return (
            *stated,
            0.0,
        )  # count 0 is the NODATA of every Sentinel-2 product, also where a copy forgot to say it
    return stated


def _is_sentinel_2(plane: Plane) -> bool:
    """True when the sensor is said to be Sentinel-2, or nothing is said and bands go by its numbers."""
    if plane.sensor:
        return band_family(plane.sensor) == SENTINEL_2
    return re.match(r"[Bb]\d", plane.written) is not None


def has_data(stored: npt.NDArray[Any], nodata: tuple[float, ...]) -> npt.NDArray[np.bool_]:
    """Tell which stored numbers are data: none of the nodata numbers, and finite. Judged before scale and offset.

    Parameters
    ----------
    stored : ndarray, any shape
        Numbers as the file holds them.
    nodata : tuple of float
        Numbers that mean no data; those that the number type cannot hold are passed over.

    Returns
    -------
    ndarray of bool, same shape
        True where there is data.
    """
    present: npt.NDArray[np.bool_] = np.isfinite(stored)
    for value in nodata:
        if np.isnan(value):
            continue
        if stored.dtype.kind == "f":
            present &= stored != stored.dtype.type(value)
        elif value == int(value) and np.iinfo(stored.dtype).min <= value <= np.iinfo(stored.dtype).max:
            present &= stored != stored.dtype.type(int(value))
    return present


def to_reflectance(stored: npt.NDArray[Any], calibration: Calibration) -> npt.NDArray[np.float32]:
    """Turn stored numbers into reflectance, NaN where there is no data.

    Computed in 64 bits and rounded once, so that the same counts give the same reflectance from any kind of file.
    """
    values = (stored.astype(np.float64) * calibration.scale + calibration.offset).astype(np.float32)
    return np.where(has_data(stored, calibration.nodata), values, np.float32(np.nan))


def check_plausible(
    images: Mapping[str, npt.NDArray[np.float32]], calibrations: Mapping[str, Calibration]
) -> None:
    """Refuse what cannot be reflectance: sanity, not a guess of what the scale would be.

    Parameters
    ----------
    images : mapping of band to ndarray, any shape
        All pixels that were read; NaN where there is no data.
    calibrations : mapping of band to Calibration
        What was applied, for the message.

    Raises
    ------
    SourceError
        If most pixels of a band lie below -0.2 or above 2, or nearly all pixels of all bands below 0.001.
    """
    faint: list[str] = []
    for band, image in images.items():
        n = int(np.isfinite(image).sum())
        if n and np.count_nonzero((image < LOWEST) | (image > HIGHEST)) > 0.5 * n:
            raise _implausible(band, image, calibrations[band])
        if n and np.count_nonzero(np.abs(image) >= FAINTEST) < 0.05 * n:
            faint.append(band)
    seen = [band for band, image in images.items() if np.isfinite(image).any()]
    if seen and faint == seen:
        raise _implausible(seen[0], images[seen[0]], calibrations[seen[0]])


def _implausible(band: str, image: npt.NDArray[np.float32], calibration: Calibration) -> SourceError:
    return SourceError(
        f"The reflectance of {band} cannot be right: its median is {float(np.nanmedian(image)):.4g} with {calibration}.",
        hint="Check scale and offset in source.toml: reflectance lies between 0 and 1.",
    )
