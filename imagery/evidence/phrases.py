"""Values as the report prints them: dates, areas, places, permits, in one language."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Permit, Signal, Site
from imagery.errors import GeometryError
from imagery.evidence.words import term, words
from imagery.flagging.permission_table import permitted_changes
from imagery.pixels.grids import to_crs
from imagery.plotting.ground import ground_in_force
from imagery.plotting.wording import LANGUAGES, Language, day_text, number_text


def area_phrase(signal: Signal, language: Language) -> str:
    """Area with its standard error: what is not known is not printed as a digit."""
    change = signal.change
    step = _rounding(change.area_error_m2)
    return words(language)["area_text"].format(
        area=number_text(round(change.area_m2 / step) * step, language),
        error=number_text(math.ceil(change.area_error_m2 / step) * step, language),
    )


def interval_phrase(signal: Signal, language: Language) -> str:
    """Between which dates the change came."""
    change, said = signal.change, words(language)
    first = day_text(change.first_changed, language)
    if change.last_unchanged is None:
        return said["changed_before"].format(first=first)
    return said["changed_between"].format(last=day_text(change.last_unchanged, language), first=first)


def measure(value: Any, unit: str, language: Language, *, digits: int = 0) -> str:
    """A number with its unit; *not recorded* when there is none."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return words(language)["not_recorded"]
    return f"{number_text(float(value), language, digits=digits)} {unit}".strip()


def plain_number(value: Any, language: Language) -> str:
    """A number with as many digits as it has, up to four."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return number_text(float(value), language, digits=len(text.partition(".")[2]))


def probability(value: float, language: Language) -> str:
    """A probability with two digits that count."""
    digits = max(2, 1 - math.floor(math.log10(value))) if value > 0 else 2
    return number_text(value, language, digits=min(digits, 6))


def validity_phrase(permit: Permit, language: Language) -> str:
    """From when until when a permit holds."""
    said, parts = words(language), []
    if permit.valid_from is not None:
        parts.append(said["valid_from"].format(first=day_text(permit.valid_from, language)))
    if permit.valid_to is not None:
        parts.append(said["valid_to"].format(last=day_text(permit.valid_to, language)))
    return " ".join(parts) or said["valid_always"]


def limits_phrase(permit: Permit, signal: Signal, language: Language) -> str:
    """The quantities that a permit sets, with what the signal exceeds."""
    said, limits = words(language), permit.limits
    parts = [
        said[name].format(value=plain_number(value, language))
        + (f" ({said['exceeded']})" if field in signal.limits_exceeded and in_force(permit, signal) else "")
        for name, field, value in (
            ("limit_area", "area_m2", limits.area_m2),
            ("limit_volume", "volume_m3", limits.volume_m3),
            ("limit_height", "height_m", limits.height_m),
        )
        if value is not None
    ]
    return "; ".join(parts) or said["limits_none"]


def ground_phrase(permit: Permit, language: Language) -> str:
    """Size of the permitted ground, how it was drawn and how well."""
    said, footprint = words(language), permit.footprint
    if footprint is None:
        return said["ground_none"]
    return said["ground_text"].format(
        area=number_text(footprint.area_m2, language),
        drawing=term("drawing", footprint.drawing.value, language),
        accuracy=plain_number(footprint.accuracy_m, language),
    )


def state_phrase(permit: Permit, signal: Signal, language: Language) -> str:
    """Whether a permit was in force on the image dates."""
    said = words(language)
    if permit.reference in signal.permits_in_force:
        return said["state_in_force"]
    if permit.reference in signal.permits_not_yet:
        return said["state_not_yet"]
    if permit.reference in signal.permits_expired:
        return said["state_expired"]
    return said["state_partly"]


def in_force(permit: Permit, signal: Signal) -> bool:
    """Whether a permit held over the whole interval of the change."""
    return permit.reference in signal.permits_in_force


def activity_phrase(permit: Permit, language: Language) -> str:
    """What the program took the activities of a permit to be."""
    rows = permitted_changes().activities
    names = [
        (rows[code].nl, rows[code].en)[LANGUAGES.index(language)] if code in rows else code.replace("_", " ")
        for code in permit.activities
    ]
    return ", ".join(names)


def coordinates(signal: Signal) -> tuple[str, str]:
    """A point in the region, in its own reference system and in WGS84 (latitude, longitude)."""
    point = signal.change.geometry.representative_point()
    own = f"x {point.x:.0f}, y {point.y:.0f} ({signal.change.crs})"
    try:
        world = to_crs(point, signal.change.crs, "EPSG:4326").centroid
    except GeometryError:
        return own, ""
    return own, f"{world.y:.6f}, {world.x:.6f}"


def place_phrase(site: Site, signal: Signal, language: Language) -> str:
    """Where the region lies against the permitted ground, in words that a picture would show."""
    said = words(language)
    held, other = ground_in_force(site, signal)
    ground = held if not held.is_empty else other
    if ground.is_empty:
        return said["place_watched"]
    direction = _direction(ground, signal.change.geometry, language)
    if not signal.change.geometry.intersects(ground):
        return said["place_outside"].format(direction=direction or said["winds"].split(",")[0])
    return said["place_direction"].format(direction=direction) if direction else said["place_middle"]


def _direction(ground: Geometry, region: Geometry, language: Language) -> str:
    """Wind in which the region lies from the middle of the ground; empty when it lies about the middle."""
    dx, dy = region.centroid.x - ground.centroid.x, region.centroid.y - ground.centroid.y
    west, south, east, north = ground.bounds
    if math.hypot(dx, dy) < 0.1 * max(east - west, north - south):
        return ""
    winds = words(language)["winds"].split(",")
    return winds[round(math.degrees(math.atan2(dx, dy)) / 45) % 8]


def _rounding(error: float) -> int:
    """Step to which an area is rounded: about a tenth of its error, at least one square metre."""
    return 10 ** max(0, math.floor(math.log10(error)) - 1) if error > 0 else 1


def utc_phrase(moment: Any, language: Language) -> str:
    """An acquisition time, day and minute, UTC; the day alone where the source gives midnight, which is no overpass."""
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return day_text(moment.date(), language)
    return f"{day_text(moment.date(), language)} {moment:%H:%M} UTC"


def median_phrase(values: Any, language: Language) -> str:
    """Median of what is finite, two digits; a dash when nothing is."""
    finite = np.asarray(values)[np.isfinite(values)]
    return number_text(float(np.median(finite)), language, digits=2) if finite.size else "–"


def last_day(period_end: Any) -> date:
    """Last day that belongs to a period whose end does not."""
    return date.fromordinal(period_end.date().toordinal() - 1)
