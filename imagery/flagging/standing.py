"""How one change stands against each permit of its site: dates, ground and activities, taken together.

Knows no sentences and no priority; `Standpoint` holds what those are made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Change, Permit, Relation, Site
from imagery.flagging.dates import Force, force
from imagery.flagging.ground import Ground, band_of_doubt_m, ground_of
from imagery.flagging.permission_table import PermittedChanges
from imagery.flagging.physical import PhysicalChange, physical_change
from imagery.flagging.place import Place, covered, meets, place_on, share_on

NEEDS_NO_SORT = (PhysicalChange.UNCLASSIFIED, PhysicalChange.VEGETATION_GROWN)
"""Changes of which no activity can be said to be the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitView:
    """One permit as it stands against one change."""

    permit: Permit
    """The permit."""
    force: Force
    """Against the interval in which the change came."""
    on_ground: bool
    """True when the change lies on ground that may be the permit's; also without a ground of its own."""
    share_on_ground: float
    """Share of the change on its ground as drawn, 0-1; 0 without a ground of its own."""
    of_sort: bool
    """True when the table says that its activities bring this physical change along."""

    @property
    def has_ground(self) -> bool:
        """True when the permit states its ground."""
        return self.permit.footprint is not None

    @property
    def may_hold(self) -> bool:
        """True when in force, or in doubt by its dates."""
        return self.force in (Force.IN_FORCE, Force.IN_DOUBT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standpoint:
    """Everything a change is judged from."""

    change: Change
    """The change."""
    physical: PhysicalChange
    """What physically changed."""
    permits: tuple[PermitView, ...]
    """Every permit of the site."""
    place: Place
    """Against ground that is permitted or, by its dates, may be."""
    relation: Relation
    """As told: undecided as well where dates or a permit without ground leave it open."""
    doubt_m: float
    """Half width of the band of doubt that counts here, metres."""
    undecided_by: tuple[str, ...]
    """``"boundary"``, ``"date"``, ``"no_ground"``; empty when decided."""


class Grounds:
    """Grounds of a site's permits, made once per set of permits and pixel size.

    Parameters
    ----------
    site : Site
        The site.
    geolocation_m, alignment_residual_m : float
        Standard errors of the place of the image, metres; None when nothing was aligned.
    """

    def __init__(self, site: Site, *, geolocation_m: float, alignment_residual_m: float | None) -> None:
        self._site = site
        self._geolocation_m = geolocation_m
        self._alignment_residual_m = alignment_residual_m
        self._made: dict[tuple[tuple[int, ...], float], Ground] = {}

    def band_m(self, accuracy_m: float, pixel_m: float) -> float:
        """Half width of the band along a boundary of that accuracy, metres."""
        return band_of_doubt_m(
            geolocation_m=self._geolocation_m,
            alignment_residual_m=self._alignment_residual_m,
            accuracy_m=accuracy_m,
            pixel_m=pixel_m,
        )

    def of(self, permits: Sequence[Permit], pixel_m: float) -> Ground:
        """Joint ground of permits; those without ground add nothing."""
        places = [i for i, p in enumerate(self._site.permits) if any(p is q for q in permits)]
        key = (tuple(places), pixel_m)
        if key not in self._made:
            footprints = [f for i in places if (f := self._site.permits[i].footprint) is not None]
            doubts = [self.band_m(f.accuracy_m, pixel_m) for f in footprints]
            self._made[key] = ground_of(footprints, doubts)
        return self._made[key]


def stand(change: Change, site: Site, grounds: Grounds, table: PermittedChanges) -> Standpoint:
    """Hold one change against every permit of its site.

    Ground that counts is that of permits in force over the whole interval, and of those in doubt by their dates: a
    change there cannot be said to lie outside. Inside is only what the permits in force make sure by themselves. A
    permit that may hold and states no ground leaves the place undecided, unless the change is inside without it.
    """
    physical, geometry = physical_change(change), change.geometry
    permits = tuple(_view(p, change, physical, grounds, table) for p in site.permits)
    in_force = grounds.of([v.permit for v in permits if v.force is Force.IN_FORCE], change.pixel_m)
    counting = grounds.of([v.permit for v in permits if v.may_hold], change.pixel_m)
    place = place_on(
        geometry,
        counting,
        area_m2=change.area_m2,
        area_error_m2=change.area_error_m2,
        pixel_m=change.pixel_m,
    )
    relation, undecided_by = _relation(geometry, permits, in_force, place)
    return Standpoint(
        change=change,
        physical=physical,
        permits=permits,
        place=place,
        relation=relation,
        doubt_m=grounds.band_m(0.0, change.pixel_m) if counting.is_empty else counting.doubt_at(geometry),
        undecided_by=undecided_by,
    )


def permitting(standpoint: Standpoint) -> tuple[Permit, ...]:
    """Permits in force, with ground, whose activities bring this physical change along."""
    return tuple(
        v.permit
        for v in standpoint.permits
        if v.force is Force.IN_FORCE and v.has_ground and v.of_sort and v.on_ground
    )


def _view(
    permit: Permit,
    change: Change,
    physical: PhysicalChange,
    grounds: Grounds,
    table: PermittedChanges,
) -> PermitView:
    own, geometry = grounds.of([permit], change.pixel_m), change.geometry
    return PermitView(
        permit=permit,
        force=force(permit, change),
        on_ground=own.is_empty or meets(geometry, own.possible),
        share_on_ground=0.0 if own.is_empty else share_on(geometry, own.plain),
        of_sort=physical in table.permitted_by(permit),
    )


def _relation(
    geometry: Geometry, permits: Sequence[PermitView], in_force: Ground, place: Place
) -> tuple[Relation, tuple[str, ...]]:
    """Relation as told, and what leaves it open."""
    if not in_force.is_empty and covered(geometry, in_force.sure):
        return Relation.INSIDE, ()
    no_ground = any(v.may_hold and not v.has_ground for v in permits)
    if place.relation is Relation.OUTSIDE and not no_ground:
        return Relation.OUTSIDE, ()
    by_date = any(v.force is Force.IN_DOUBT and v.has_ground and v.on_ground for v in permits)
    # The last case: only the band of a permit in force reaches the change, where a permit in doubt adjoins it.
    by_boundary = place.relation is Relation.UNDECIDED or not (by_date or no_ground)
    causes = {"boundary": by_boundary, "date": by_date, "no_ground": no_ground}
    return Relation.UNDECIDED, tuple(name for name, holds in causes.items() if holds)
