"""Whether what changed on a permit's ground exceeds the area that it allows.

An image shows areas: volume and height are never judged here. It shows what is new: what lay there before does not count,
so a limit that is not exceeded by the new alone may still be exceeded by all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from imagery.domain import Permit
from imagery.flagging.dates import Force
from imagery.flagging.permission_table import PermittedChanges
from imagery.flagging.physical import PhysicalChange
from imagery.flagging.place import SURE_Z, TOLERANCE
from imagery.flagging.standing import Standpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLimit:
    """New area on the ground of one permit, beside what it allows."""

    permit: Permit
    """The permit."""
    limit_m2: float
    """What it allows, square metres."""
    seen_m2: float
    """What changed on its ground, square metres, over all changes that count."""
    error_m2: float
    """Standard error of that, square metres."""
    n_changes: int
    """Changes that count."""

    @property
    def least_m2(self) -> float:
        """Lower bound at 95 %, square metres."""
        return max(0.0, self.seen_m2 - SURE_Z * self.error_m2)

    @property
    def exceeded(self) -> bool:
        """True when even the lower bound is above the limit."""
        return self.least_m2 > self.limit_m2


def area_limits(standpoints: Sequence[Standpoint], table: PermittedChanges) -> dict[int, AreaLimit]:
    """Area limits of the permits that changes count under, by place of the permit in the site.

    A change counts under a permit that is in force over its whole interval and states its ground, with the area that
    lies on that ground, when the permit's activities bring it along or its sort is not known (of the change or of the
    permit). Areas add up over the changes of a site; their errors add up as root of squares.
    """
    parts: dict[int, list[tuple[float, float]]] = {}
    permits: dict[int, Permit] = {}
    for standpoint in standpoints:
        for place in limited_permits(standpoint, table):
            view, change = standpoint.permits[place], standpoint.change
            permits[place] = view.permit
            # The whole error also for a part: the lower bound stays on the safe side.
            parts.setdefault(place, []).append((view.share_on_ground * change.area_m2, change.area_error_m2))
    return {
        place: AreaLimit(
            permit=permit,
            limit_m2=permit.limits.area_m2 or 0.0,
            seen_m2=sum(area for area, _ in parts[place]),
            error_m2=math.hypot(*(error for _, error in parts[place])),
            n_changes=len(parts[place]),
        )
        for place, permit in permits.items()
    }


def limited_permits(standpoint: Standpoint, table: PermittedChanges) -> tuple[int, ...]:
    """Places, in the site, of the permits under whose area limit a change counts."""
    sort_unknown = standpoint.physical is PhysicalChange.UNCLASSIFIED
    return tuple(
        place
        for place, view in enumerate(standpoint.permits)
        if view.force is Force.IN_FORCE
        and view.share_on_ground > TOLERANCE
        and table.limit_applies(view.permit, "area_m2")
        and (view.of_sort or sort_unknown or not table.rows(view.permit))
    )
