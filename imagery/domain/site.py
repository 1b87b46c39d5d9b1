"""The ground that is watched (locatie), with the permits that speak about it."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import unary_union
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain.permit import Permit, content_id, geometry_key
from imagery.errors import GeometryError


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Watched ground and its permits; there may be none."""

    geometry: Geometry
    """Ground to watch, Polygon or MultiPolygon, in `crs`: the union of the footprints, or what was asked for."""
    crs: str
    """Metric reference system of `geometry` and of every footprint, e.g. ``"EPSG:28992"``."""
    permits: tuple[Permit, ...] = ()
    """Permits on this ground, also those without a footprint of their own."""
    name: str = ""
    """What the register calls the place, if it does; never a person's name."""

    def __post_init__(self) -> None:
        if self.geometry.is_empty or self.geometry.geom_type not in ("Polygon", "MultiPolygon"):
            raise GeometryError(
                f"The ground of a site is a polygon with an area, got {self.geometry.geom_type}."
            )
        for permit in self.permits:
            if permit.footprint is not None and permit.footprint.crs != self.crs:
                raise GeometryError(
                    f"Footprints of a site share its reference system {self.crs}, got {permit.footprint.crs}"
                    f" for permit {permit.reference}."
                )

    @property
    def site_id(self) -> str:
        """Content hash of the ground alone (12 hex digits): a changed permit leaves it as it is."""
        return content_id(self.crs, geometry_key(self.geometry))

    @property
    def authority(self) -> str:
        """Competent authorities of the permits, alphabetical, joined by a comma."""
        return ", ".join(sorted({p.authority for p in self.permits if p.authority}))

    @property
    def references(self) -> tuple[str, ...]:
        """Permit references, in order."""
        return tuple(p.reference for p in self.permits)

    @property
    def permitted_ground(self) -> Geometry:
        """Union of all footprints, whatever their dates; empty when no permit has one."""
        return unary_union([p.footprint.geometry for p in self.permits if p.footprint])
