"""What a permit (vergunning, toestemming) says, as far as imagery can speak to it.

Names of people and companies have no place here: a permit is known by its reference and authority.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shapely import normalize, set_precision, to_wkt
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.errors import GeometryError, ParameterError


class Drawing(StrEnum):
    """How the ground of a permit was drawn; sets how far its boundary can be trusted."""

    SURVEYED = "surveyed"
    PARCEL = "parcel"
    SKETCH = "sketch"
    ADDRESS_POINT = "address_point"


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """The ground of a permit, in metres of one stated reference system."""

    geometry: Geometry
    """Polygon or MultiPolygon; for an address point the disc that was drawn around it."""
    crs: str
    """Metric reference system, e.g. ``"EPSG:28992"`` (RD New)."""
    drawing: Drawing
    """How it was drawn."""
    accuracy_m: float
    """Standard error of the boundary, in metres, larger is worse."""

    def __post_init__(self) -> None:
        if self.geometry.is_empty or self.geometry.geom_type not in ("Polygon", "MultiPolygon"):
            raise GeometryError(
                f"A footprint is a polygon with an area, got {self.geometry.geom_type}"
                f"{' (empty)' if self.geometry.is_empty else ''}."
            )
        if not self.geometry.is_valid:
            raise GeometryError("A footprint must be a valid polygon.", hint="Repair it before.")
        if not (math.isfinite(self.accuracy_m) and self.accuracy_m > 0):
            raise ParameterError(f"accuracy_m must be above 0, got {self.accuracy_m}.")

    @property
    def area_m2(self) -> float:
        """Area in square metres of the reference system."""
        return float(self.geometry.area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Quantities that a permit sets; None where it sets none."""

    area_m2: float | None = None
    """Largest area in use, square metres."""
    volume_m3: float | None = None
    """Largest volume in store, cubic metres."""
    height_m: float | None = None
    """Largest height, metres."""

    def __post_init__(self) -> None:
        for name in ("area_m2", "volume_m3", "height_m"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ParameterError(f"{name} must be 0 or more, got {value}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """One permit: what is allowed, where, from when and until when."""

    reference: str
    """Case or permit number (zaaknummer, kenmerk), as the service knows it."""
    activities: tuple[str, ...] = ()
    """Activity codes of the table in `flagging` (e.g. ``"storage"``); empty when none was recognised."""
    activity_text: str = ""
    """What the register says the activity is, word for word."""
    footprint: Footprint | None = None
    """The permitted ground; None when the register gives none for this permit."""
    limits: Limits = field(default_factory=Limits)
    """Quantities that the permit sets."""
    valid_from: date | None = None
    """First day it is in force; None: unknown, taken as always."""
    valid_to: date | None = None
    """Last day it is in force, included; None: no end stated."""
    authority: str = ""
    """Competent authority (bevoegd gezag)."""

    def __post_init__(self) -> None:
        if not self.reference.strip():
            raise ParameterError("A permit needs a reference, got an empty one.")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ParameterError(
                f"A permit must end on or after its first day, got {self.valid_from} to {self.valid_to}."
            )

    @property
    def permit_id(self) -> str:
        """Content hash (12 hex digits) of all that the permit says."""
        parts = [self.reference, self.authority, str(self.valid_from), str(self.valid_to)]
        parts += [self.activity_text, *self.activities, str(self.limits)]
        if self.footprint is not None:
            parts += [self.footprint.crs, geometry_key(self.footprint.geometry)]
        return content_id(*parts)

    def in_force(self, day: date) -> bool:
        """True when the permit holds on that day; unknown ends count as open."""
        return not self.not_yet(day) and not self.expired(day)

    def not_yet(self, day: date) -> bool:
        """True when the permit begins only after that day."""
        return self.valid_from is not None and day < self.valid_from

    def expired(self, day: date) -> bool:
        """True when the permit ended before that day."""
        return self.valid_to is not None and day > self.valid_to


def content_id(*parts: str) -> str:
    """First 12 hex digits of the SHA-256 over the parts, so that the same content has the same id."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:12]


def geometry_key(geometry: Geometry) -> str:
    """A text that is equal for equal shapes (to a millimetre), whatever their starting vertex."""
    return str(to_wkt(normalize(set_precision(geometry, 0.001)), rounding_precision=3))
