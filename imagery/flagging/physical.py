"""What physically changed, as far as the bands can tell.

Knows the mean reflectance of a region before and after, and the thresholds of `physical_rules.toml`; knows no permits.
What the bands at hand cannot tell is *unclassified*; a band that is missing or not a number counts as absent.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from imagery.domain import Change


class PhysicalChange(StrEnum):
    """What happened on the ground, whoever did it and whatever was permitted."""

    VEGETATION_CLEARED = "vegetation_cleared"
    SOIL_BARED = "soil_bared"
    SURFACE_BUILT = "surface_built"
    MATERIAL_PILED = "material_piled"
    WATER_APPEARED = "water_appeared"
    VEGETATION_GROWN = "vegetation_grown"
    UNCLASSIFIED = "unclassified"


def physical_change(change: Change) -> PhysicalChange:
    """Say what physically changed, by stated rules over the reflectance before and after.

    The first rule that holds decides; a rule whose bands are absent does not hold:

    1. water appeared: NDWI rises from below 0 to .1 or more, near infrared dark (green, nir);
    2. surface built: colourless, brighter than before, .2-.6, and not green, not snow (blue, red; nir, swir16 if there);
    3. soil bared: not green any more, coloured as soil, as bright as mineral soil, and green lost or brightened
       (blue, red, nir; swir16 if there);
    4. material piled: not green any more, grey into the infrared, .08-.2, and green lost or brightness changed
       (blue, red, nir, swir16);
    5. vegetation cleared: NDVI was .4 or more and fell by .15 or more (red, nir);
    6. vegetation grown: NDVI rose by .2 or more to .4 or more (red, nir);
    7. otherwise unclassified.

    Parameters
    ----------
    change : Change
        `before` and `after` hold region means of surface reflectance, 0-1, by STAC common name.

    Returns
    -------
    PhysicalChange

    Notes
    -----
    Numbers are the thresholds as shipped; each stands with its reason in ``physical_rules.toml``. With blue, green, red
    and near infrared alone, lost green, bright surfaces, bare soil and water can be told, piled material cannot.
    """
    seen = spectral_values(change)
    for rule, kind in _RULES:
        if rule(seen):
            return kind
    return PhysicalChange.UNCLASSIFIED


def spectral_values(change: Change) -> Mapping[str, float]:
    """Indices before and after that the bands allow; what they do not allow is left out, so no value is ever NaN.

    Returns
    -------
    mapping of str to float
        ``ndvi_*``, ``ndwi_*``, ``brightness_*`` (mean visible reflectance), ``colour_*`` ((red - blue) / (red + blue)),
        ``ndbi_*`` ((swir16 - nir) / (swir16 + nir)), ``ndsi_*``, ``nir_*`` with ``before`` or ``after`` for the star.
    """
    values: dict[str, float] = {}
    for side, raw in (("before", change.before), ("after", change.after)):
        bands = {name: value for name, value in raw.items() if math.isfinite(value)}
        if "nir" not in bands and "nir08" in bands:
            bands["nir"] = bands["nir08"]
        for index, (high, low) in _INDICES.items():
            ratio = _ratio(bands.get(high), bands.get(low))
            if ratio is not None:
                values[f"{index}_{side}"] = ratio
        if "blue" in bands and "red" in bands:
            # Green only where both sides have it, so that before and after are the same mean.
            both = math.isfinite(change.before.get("green", math.nan) + change.after.get("green", math.nan))
            visible = [bands["blue"], bands["red"], *([bands["green"]] if both else [])]
            values[f"brightness_{side}"] = sum(visible) / len(visible)
        if "nir" in bands:
            values[f"nir_{side}"] = bands["nir"]
    return MappingProxyType(values)


@cache
def thresholds() -> Mapping[str, float]:
    """Thresholds of the rules, by name."""
    text = files("imagery.flagging").joinpath("physical_rules.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: float(row["value"]) for name, row in tomllib.loads(text).items()})


_INDICES = {
    "ndvi": ("nir", "red"),
    "ndwi": ("green", "nir"),
    "colour": ("red", "blue"),
    "ndbi": ("swir16", "nir"),
    "ndsi": ("green", "swir16"),
}


def _ratio(high: float | None, low: float | None) -> float | None:
    """Normalised difference; None where a band is absent or the sum says nothing (dark or negative)."""
    if high is None or low is None or high + low <= 0.005:
        return None
    return max(-1.0, min(1.0, (high - low) / (high + low)))


def _known(seen: Mapping[str, float], *names: str) -> bool:
    return all(f"{name}_{side}" in seen for name in names for side in ("before", "after"))


def _green_lost(seen: Mapping[str, float]) -> bool:
    t = thresholds()
    return (
        _known(seen, "ndvi")
        and seen["ndvi_before"] >= t["green_before"]
        and seen["ndvi_before"] - seen["ndvi_after"] >= t["green_loss"]
    )


def _green_grown(seen: Mapping[str, float]) -> bool:
    t = thresholds()
    return (
        _known(seen, "ndvi")
        and seen["ndvi_after"] >= t["green_before"]
        and seen["ndvi_after"] - seen["ndvi_before"] >= t["green_gain"]
    )


def _water_appeared(seen: Mapping[str, float]) -> bool:
    t = thresholds()
    return (
        _known(seen, "ndwi")
        and seen["ndwi_before"] < t["water_before"]
        and seen["ndwi_after"] >= t["water_after"]
        and seen["nir_after"] <= t["water_nir"]
    )


def _surface_built(seen: Mapping[str, float]) -> bool:
    t = thresholds()
    return (
        _known(seen, "brightness")
        and t["built_brightness"] <= seen["brightness_after"] <= t["built_brightness_most"]
        and seen["brightness_after"] - seen["brightness_before"] >= t["built_gain"]
        and "colour_after" in seen
        and abs(seen["colour_after"]) <= t["colourless"]
        and seen.get("ndvi_after", -1.0) < t["bare_after"]
        and seen.get("ndsi_after", -1.0) < t["snow"]
    )


def _soil_bared(seen: Mapping[str, float]) -> bool:
    t = thresholds()
    return (
        _known(seen, "ndvi", "brightness")
        and "colour_after" in seen
        and seen["ndvi_after"] < t["bare_after"]
        and seen["colour_after"] >= t["soil_colour"]
        and seen["brightness_after"] >= t["soil_brightness"]
        and (_green_lost(seen) or seen["brightness_after"] - seen["brightness_before"] >= t["soil_gain"])
        and seen.get("ndbi_after", 1.0) >= t["soil_swir"]
    )


def _material_piled(seen: Mapping[str, float]) -> bool:
    t = thresholds()
    return (
        _known(seen, "ndvi", "brightness")
        and "colour_after" in seen
        and "ndbi_after" in seen
        and seen["ndvi_after"] < t["bare_after"]
        and abs(seen["colour_after"]) <= t["colourless"]
        and t["piled_brightness_least"] <= seen["brightness_after"] < t["built_brightness"]
        and abs(seen["ndbi_after"]) <= t["piled_swir"]
        and (
            _green_lost(seen) or abs(seen["brightness_after"] - seen["brightness_before"]) >= t["piled_gain"]
        )
    )


_RULES = (
    (_water_appeared, PhysicalChange.WATER_APPEARED),
    (_surface_built, PhysicalChange.SURFACE_BUILT),
    (_soil_bared, PhysicalChange.SOIL_BARED),
    (_material_piled, PhysicalChange.MATERIAL_PILED),
    (_green_lost, PhysicalChange.VEGETATION_CLEARED),
    (_green_grown, PhysicalChange.VEGETATION_GROWN),
)
