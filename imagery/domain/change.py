"""What a detector found on the ground: where, how much, between which dates. It knows no permits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain.permit import content_id, geometry_key
from imagery.errors import GeometryError, ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One connected region that changed."""

    geometry: Geometry
    """Outline of its pixels, Polygon or MultiPolygon, in `crs`."""
    crs: str
    """Metric reference system, the one of the site."""
    area_m2: float
    """Area of the outline, square metres."""
    area_error_m2: float
    """Standard error of the area, square metres."""
    score: float
    """Score of the region: the highest level at which it still has the minimum area; larger is stronger."""
    p_value: float
    """(1 + control blocks with at least this score) / (control blocks + 1)."""
    last_unchanged: date | None
    """Last clear date on which the ground still looked as before; None when no clear date shows it."""
    first_changed: date
    """First clear date on which it looked changed."""
    method: str
    """``"series"`` or ``"pair"``."""
    pixel_m: float
    """Side of a pixel, metres."""
    before: Mapping[str, float] = field(default_factory=dict)
    """Mean reflectance 0-1 before, per band (STAC common names: blue, green, red, nir, swir16, ...)."""
    after: Mapping[str, float] = field(default_factory=dict)
    """Mean reflectance 0-1 after, per band."""

    def __post_init__(self) -> None:
        if self.geometry.is_empty or self.geometry.geom_type not in ("Polygon", "MultiPolygon"):
            raise GeometryError(f"A change is a polygon with an area, got {self.geometry.geom_type}.")
        if not (math.isfinite(self.area_m2) and self.area_m2 > 0):
            raise ParameterError(f"area_m2 must be above 0, got {self.area_m2}.")
        if not (math.isfinite(self.area_error_m2) and self.area_error_m2 >= 0):
            raise ParameterError(f"area_error_m2 must be 0 or more, got {self.area_error_m2}.")
        if not 0 < self.p_value <= 1:
            raise ParameterError(f"p_value lies in (0, 1], got {self.p_value}.")
        if self.last_unchanged is not None and self.last_unchanged > self.first_changed:
            raise ParameterError(
                f"last_unchanged {self.last_unchanged} lies after first_changed {self.first_changed}."
            )
        object.__setattr__(self, "before", MappingProxyType(dict(self.before)))
        object.__setattr__(self, "after", MappingProxyType(dict(self.after)))

    @property
    def change_id(self) -> str:
        """Content hash of place and first date (12 hex digits)."""
        return content_id(self.crs, geometry_key(self.geometry), self.first_changed.isoformat())
