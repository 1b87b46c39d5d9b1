"""What kind of signal a change is, and which area matters for it."""

from __future__ import annotations

from shapely import unary_union

from imagery.domain import Kind, Permit, Relation, Settings
from imagery.flagging.dates import Force
from imagery.flagging.permission_table import PermittedChanges
from imagery.flagging.physical import PhysicalChange
from imagery.flagging.place import share_on
from imagery.flagging.standing import NEEDS_NO_SORT, Standpoint

ON_EXPIRED_SHARE = 0.5
"""Share of a change that must lie on the ground of an expired permit to be told as activity after its expiry."""

_BY_PHYSICAL = {
    PhysicalChange.VEGETATION_CLEARED: Kind.VEGETATION_CLEARED,
    PhysicalChange.SOIL_BARED: Kind.EARTHWORKS,
    PhysicalChange.WATER_APPEARED: Kind.EARTHWORKS,
    PhysicalChange.SURFACE_BUILT: Kind.SUSPECTED_EXPANSION,
    PhysicalChange.MATERIAL_PILED: Kind.SUSPECTED_DUMPING,
    PhysicalChange.VEGETATION_GROWN: Kind.UNCLASSIFIED_CHANGE,
    PhysicalChange.UNCLASSIFIED: Kind.UNCLASSIFIED_CHANGE,
}
_MATTERS = {
    PhysicalChange.VEGETATION_CLEARED: "matters_clearing_m2",
    PhysicalChange.SOIL_BARED: "matters_earthworks_m2",
    PhysicalChange.WATER_APPEARED: "matters_earthworks_m2",
    PhysicalChange.SURFACE_BUILT: "matters_building_m2",
    PhysicalChange.MATERIAL_PILED: "matters_dumping_m2",
    PhysicalChange.VEGETATION_GROWN: "matters_clearing_m2",
    PhysicalChange.UNCLASSIFIED: "matters_dumping_m2",
}


def kind_of(standpoint: Standpoint) -> Kind:
    """Kind of a change; the first rule that holds decides.

    1. Activity after expiry: outside the permitted ground, at least half of it on the ground of expired permits whose
       activities bring this physical change along. Not claimed where the relation is undecided.
    2. Cleared vegetation, and earthworks for bared soil or new water: by the physical change alone.
    3. Suspected expansion: a built or paved surface; or piled material on or against ground of a permit that brings it
       along and is in force, or may be (its dates in doubt, or without a ground of its own).
    4. Suspected dumping: piled material elsewhere.
    5. Unclassified: what the bands cannot tell, and green that grew.
    """
    if expired_of_sort(standpoint):
        return Kind.ACTIVITY_AFTER_EXPIRY
    if standpoint.physical is PhysicalChange.MATERIAL_PILED and any(
        v.may_hold and v.of_sort and v.on_ground for v in standpoint.permits
    ):
        return Kind.SUSPECTED_EXPANSION
    return _BY_PHYSICAL[standpoint.physical]


def expired_of_sort(standpoint: Standpoint) -> tuple[Permit, ...]:
    """Expired permits of the sort on whose ground a change outside the permitted ground lies; empty when none."""
    if standpoint.relation is not Relation.OUTSIDE or standpoint.physical in NEEDS_NO_SORT:
        return ()
    found = tuple(
        v.permit
        for v in standpoint.permits
        if v.force is Force.EXPIRED and v.of_sort and v.on_ground and v.has_ground
    )
    ground = unary_union([permit.footprint.geometry for permit in found if permit.footprint])
    return found if share_on(standpoint.change.geometry, ground) >= ON_EXPIRED_SHARE else ()


def area_that_matters(standpoint: Standpoint, settings: Settings, table: PermittedChanges) -> float:
    """Smallest area worth a visit for this change, square metres.

    By the physical change; for activity after expiry the smallest among the activities of the expired permits.
    """
    names = {row.matters for permit in expired_of_sort(standpoint) for row in table.rows(permit)}
    names = names or {_MATTERS[standpoint.physical]}
    return min(float(getattr(settings, name)) for name in names)
