"""Changes x permits -> signals: the whole judgement of one site.

Knows the order of the steps; each step has a file of its own. ``docs/permit_logic.md`` tells the rules to the reader.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from shapely import is_valid_reason

from imagery.domain import Change, Permit, Reason, Relation, Settings, Signal, Site, Standing
from imagery.errors import GeometryError, ParameterError
from imagery.flagging.dates import Force
from imagery.flagging.kinds import area_that_matters, expired_of_sort, kind_of
from imagery.flagging.limits import AreaLimit, area_limits, limited_permits
from imagery.flagging.permission_table import PermittedChanges, permitted_changes
from imagery.flagging.physical import PhysicalChange, spectral_values
from imagery.flagging.place import covered
from imagery.flagging.priority import no_priority, priority_parts, total
from imagery.flagging.reasons_of_change import change_reasons
from imagery.flagging.reasons_of_permits import (
    date_reasons,
    limit_reasons,
    permitted_reason,
    place_reason,
    sort_reasons,
    unseen_limit_reasons,
)
from imagery.flagging.standing import Grounds, Standpoint, permitting, stand

REASON_ORDER = (
    "permitted",
    "limit_exceeded",
    "outside_by",
    "no_permit",
    "no_permit_in_force",
    "expired",
    "not_yet",
    "kind_not_permitted",
    "date_in_doubt",
    "boundary_in_doubt",
    "no_ground",
    "activity_unknown",
    "kind_unknown",
    "physical_change",
    "inside",
    "came_between",
    "area",
    "smaller_than_matters",
    "limit_not_exceeded",
    "limit_not_judged",
    "strength",
)
"""Codes of reasons, most important first; what is known about the permit stands before what is in doubt."""


def judge_changes(
    changes: Iterable[Change],
    site: Site,
    *,
    geolocation_m: float,
    alignment_residual_m: float | None = None,
    settings: Settings,
    table: PermittedChanges | None = None,
) -> tuple[Signal, ...]:
    """Judge the changes of a site against its permits, on the dates of the images.

    Parameters
    ----------
    changes : iterable of Change
        Regions of the site, in its reference system; may be empty.
    site : Site
        Ground and permits, in metres.
    geolocation_m : float
        Standard error of the place of the imagery, metres, 0 or more.
    alignment_residual_m : float, optional
        Standard error that an accepted alignment left, metres; None when nothing was aligned.
    settings : Settings
        For the areas that matter.
    table : PermittedChanges, optional
        Which activity permits which change; the one that comes with the package when left out.

    Returns
    -------
    tuple of Signal
        One per change: signals first, highest priority first, then the permitted changes.

    Raises
    ------
    GeometryError
        If a change is not in the reference system of the site, that is not in metres, or an outline is not valid.
    ParameterError
        If an error in metres is negative or not a number.

    Notes
    -----
    A change is permitted when it lies on ground that permits in force over its whole interval make sure, these bring
    its sort along by the table, and no area limit of theirs is exceeded by the lower bound of what is new. Anything
    else is a signal. See ``docs/permit_logic.md``.
    """
    table = table or permitted_changes()
    changes = tuple(changes)
    _check(changes, site, geolocation_m, alignment_residual_m)
    grounds = Grounds(site, geolocation_m=geolocation_m, alignment_residual_m=alignment_residual_m)
    standpoints = [stand(c, site, grounds, table) for c in changes]
    limits = area_limits(standpoints, table)
    errors = {
        "geolocation_m": float(geolocation_m),
        "alignment_residual_m": float(alignment_residual_m or 0.0),
    }
    judged = [_signal(s, site, grounds, limits, settings, table, errors) for s in standpoints]
    return tuple(
        sorted(judged, key=lambda s: (s.standing is Standing.PERMITTED_CHANGE, -s.priority, s.signal_id))
    )


def _signal(
    standpoint: Standpoint,
    site: Site,
    grounds: Grounds,
    limits: Mapping[int, AreaLimit],
    settings: Settings,
    table: PermittedChanges,
    errors: Mapping[str, float],
) -> Signal:
    change, views = standpoint.change, standpoint.permits
    mine = [limits[i] for i in limited_permits(standpoint, table)]
    over = [limit.permit for limit in mine if limit.exceeded]
    allowing = _allowing(standpoint, over, grounds)
    matters = area_that_matters(standpoint, settings, table)
    parts = no_priority()
    if not allowing:
        parts = priority_parts(
            relation=standpoint.relation,
            share_outside=standpoint.place.share_outside,
            area_m2=change.area_m2,
            matters_m2=matters,
            facts=_permit_facts(standpoint, table, exceeded=bool(over)),
            p_value=change.p_value,
            last_unchanged=change.last_unchanged,
            first_changed=change.first_changed,
        )
    return Signal(
        site_id=site.site_id,
        change=change,
        kind=kind_of(standpoint),
        standing=Standing.PERMITTED_CHANGE if allowing else Standing.SIGNAL,
        relation=standpoint.relation,
        share_outside=standpoint.place.share_outside,
        distance_outside_m=standpoint.place.distance_outside_m,
        doubt_m=standpoint.doubt_m,
        permits_in_force=tuple(v.permit.reference for v in views if v.force is Force.IN_FORCE),
        permits_not_yet=tuple(v.permit.reference for v in views if v.force is Force.NOT_YET and v.on_ground),
        permits_expired=tuple(v.permit.reference for v in views if v.force is Force.EXPIRED and v.on_ground),
        limits_exceeded=("area_m2",) if over and not allowing else (),
        priority=total(parts),
        priority_parts=parts,
        reasons=_reasons(standpoint, allowing, mine, table, matters),
        facts={**_facts(standpoint, table, matters, mine), **errors},
    )


def _allowing(standpoint: Standpoint, over: Sequence[Permit], grounds: Grounds) -> tuple[Permit, ...]:
    """Permits that together allow the change; empty when it is not wholly allowed.

    A permit whose area limit is exceeded allows nothing more; another one on the same ground still may.
    """
    if standpoint.relation is not Relation.INSIDE or standpoint.physical is PhysicalChange.UNCLASSIFIED:
        return ()
    permits = [p for p in permitting(standpoint) if not any(p is q for q in over)]
    ground = grounds.of(permits, standpoint.change.pixel_m)
    return tuple(permits) if permits and covered(standpoint.change.geometry, ground.sure) else ()


def _permit_facts(standpoint: Standpoint, table: PermittedChanges, *, exceeded: bool) -> set[str]:
    """Names of `PERMIT_FACTS` that hold for a signal."""
    here = [v for v in standpoint.permits if v.may_hold and v.on_ground]
    outside = standpoint.relation is Relation.OUTSIDE
    known = standpoint.physical is not PhysicalChange.UNCLASSIFIED
    facts = {
        "limit_exceeded": exceeded,
        "activity_after_expiry": bool(expired_of_sort(standpoint)),
        "not_yet": outside and any(v.force is Force.NOT_YET and v.on_ground for v in standpoint.permits),
        "no_permit": not standpoint.permits,
        "no_permit_in_force": outside and not any(v.may_hold for v in standpoint.permits),
        "kind_not_permitted": known
        and bool(here)
        and not any(v.of_sort or not table.rows(v.permit) for v in here),
        "outside_ground": outside,
        "date_in_doubt": any(v.force is Force.IN_DOUBT for v in here),
        "kind_unknown": not known,
        "activity_unknown": any(not table.rows(v.permit) for v in here),
        "no_ground": any(not v.has_ground for v in here),
        "boundary_in_doubt": "boundary" in standpoint.undecided_by,
    }
    return {name for name, holds in facts.items() if holds}


def _reasons(
    standpoint: Standpoint,
    allowing: Sequence[Permit],
    limits: Sequence[AreaLimit],
    table: PermittedChanges,
    matters_m2: float,
) -> tuple[Reason, ...]:
    def said() -> Iterator[Reason]:
        yield from place_reason(standpoint)
        yield from change_reasons(standpoint, matters_m2=matters_m2)
        yield from unseen_limit_reasons(standpoint)
        if allowing:
            yield permitted_reason(allowing, standpoint.physical, table)
            yield from limit_reasons([limit for limit in limits if any(limit.permit is p for p in allowing)])
        else:
            yield from date_reasons(standpoint)
            yield from sort_reasons(standpoint, table)
            yield from limit_reasons(limits)

    return tuple(sorted(said(), key=lambda reason: REASON_ORDER.index(reason.code)))


def _facts(
    standpoint: Standpoint, table: PermittedChanges, matters_m2: float, limits: Sequence[AreaLimit]
) -> dict[str, float | str | bool]:
    change, place = standpoint.change, standpoint.place
    facts: dict[str, float | str | bool] = {
        "physical_change": str(standpoint.physical),
        "area_outside_m2": place.share_outside * change.area_m2,
        "area_beyond_doubt_m2": place.share_beyond * change.area_m2,
        "matters_m2": matters_m2,
        "undecided_by": ", ".join(standpoint.undecided_by),
        "permits_in_doubt": ", ".join(
            v.permit.reference for v in standpoint.permits if v.force is Force.IN_DOUBT and v.on_ground
        ),
        "permits_without_ground": ", ".join(
            v.permit.reference for v in standpoint.permits if v.may_hold and not v.has_ground
        ),
        "table_version": table.version,
        "table_date": table.date.isoformat(),
    }
    for limit in limits:
        facts[f"limit_area_m2:{limit.permit.reference}"] = limit.limit_m2
        facts[f"least_area_m2:{limit.permit.reference}"] = limit.least_m2
    return facts | dict(spectral_values(change))


def _check(
    changes: Sequence[Change], site: Site, geolocation_m: float, alignment_residual_m: float | None
) -> None:
    for name, value in (("geolocation_m", geolocation_m), ("alignment_residual_m", alignment_residual_m)):
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise ParameterError(f"{name} must be 0 or more, got {value}.")
    if not _is_metric(site.crs):
        raise GeometryError(
            f"Permits are judged in metres, and {site.crs} is not a metric reference system.",
            hint="Use RD New (EPSG:28992), a UTM zone, or another projected system.",
        )
    for change in changes:
        if not _same_crs(change.crs, site.crs):
            raise GeometryError(
                f"A change in {change.crs} cannot be judged on a site in {site.crs}.",
                hint="Bring site and permits to the reference system of the imagery first.",
            )
        if not change.geometry.is_valid:
            x, y = change.geometry.bounds[:2]
            raise GeometryError(
                f"The outline of the change at {x:.0f}, {y:.0f} is not valid ({is_valid_reason(change.geometry)}).",
                hint="Cut regions with connectivity 4, or repair their outlines before.",
            )


@lru_cache(maxsize=64)
def _is_metric(crs: str) -> bool:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        axes = CRS.from_user_input(crs).axis_info
    except CRSError as error:
        raise GeometryError(f"{crs!r} is not a known reference system.") from error
    return bool(axes) and all(axis.unit_name == "metre" for axis in axes)


@lru_cache(maxsize=256)
def _same_crs(one: str, other: str) -> bool:
    if one.strip().casefold() == other.strip().casefold():
        return True
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return bool(CRS.from_user_input(one) == CRS.from_user_input(other))
    except CRSError:
        return False
