"""Which permitted ground was in force when the ground changed."""

from __future__ import annotations

from shapely import unary_union
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Signal, Site


def ground_in_force(site: Site, signal: Signal) -> tuple[Geometry, Geometry]:
    """Union of the footprints of the permits in force over the change, and union of the others."""
    names = set(signal.permits_in_force)
    footprints = [(permit.reference in names, permit.footprint) for permit in site.permits]
    return (
        unary_union([footprint.geometry for held, footprint in footprints if footprint and held]),
        unary_union([footprint.geometry for held, footprint in footprints if footprint and not held]),
    )
