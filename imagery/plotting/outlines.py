"""The outlines of a site and a signal: region, permitted ground in force or not, band of doubt."""

from __future__ import annotations

from odc.geo.geobox import GeoBox
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Signal, Site
from imagery.plotting.ground import ground_in_force
from imagery.plotting.pen import (
    DOUBT,
    IN_FORCE,
    NOT_IN_FORCE,
    PERMITTED,
    REGION,
    WATCHED,
    Outline,
)
from imagery.plotting.view import View, rings_on, view_of


def view_for(geobox: GeoBox, site: Site | None, signal: Signal | None) -> View:
    """The part of a grid that shows a signal and the ground it is judged against; the whole grid without both."""
    shapes: list[tuple[Geometry, str]] = []
    if signal is not None:
        shapes.append((signal.change.geometry, signal.change.crs))
    if site is not None and (signal is None or _near(site, signal)):
        shapes.append((site.geometry, site.crs))
    return view_of(geobox, shapes)


def outlines_for(geobox: GeoBox, site: Site | None, signal: Signal | None) -> list[Outline]:
    """What is drawn over a picture, lowest first, in picture coordinates of the grid.

    With a signal, ground is told apart by the permits in force over the change, and the band of doubt lies along
    the boundary of the ground in force. Without one, all permitted ground is drawn alike.
    """
    outlines: list[Outline] = []
    if site is not None:
        outlines += _ground(geobox, site, signal)
    if signal is not None:
        outlines.append((REGION, rings_on(geobox, signal.change.geometry, signal.change.crs)))
    return [(pen, rings) for pen, rings in outlines if rings]


def _ground(geobox: GeoBox, site: Site, signal: Signal | None) -> list[Outline]:
    watched: list[Outline] = [(WATCHED, rings_on(geobox, site.geometry, site.crs))]
    if site.permitted_ground.is_empty:
        return watched
    if signal is None:
        return [(PERMITTED, rings_on(geobox, site.permitted_ground, site.crs))]
    in_force, other = ground_in_force(site, signal)
    outlines: list[Outline] = [(NOT_IN_FORCE, rings_on(geobox, other, site.crs))]
    if not in_force.is_empty and signal.doubt_m > 0:
        band = in_force.boundary.buffer(signal.doubt_m)
        outlines.append((DOUBT, rings_on(geobox, band, site.crs)))
    outlines.append((IN_FORCE, rings_on(geobox, in_force, site.crs)))
    return outlines


def _near(site: Site, signal: Signal) -> bool:
    """A site many times larger than the region would make the region too small to be seen."""
    if site.crs != signal.change.crs:
        return True
    west, south, east, north = site.geometry.bounds
    left, bottom, right, top = signal.change.geometry.bounds
    region = max(right - left, top - bottom, 8 * signal.change.pixel_m)
    return bool(max(east - west, north - south) <= 8 * region)
