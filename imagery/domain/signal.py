"""A signal (signaal): what the detector raises for a person to look at. Never a finding, never a violation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from imagery.domain.change import Change
from imagery.domain.permit import content_id
from imagery.errors import ParameterError


class Kind(StrEnum):
    """What the change is suspected to be."""

    SUSPECTED_DUMPING = "suspected_dumping"
    SUSPECTED_EXPANSION = "suspected_expansion"
    VEGETATION_CLEARED = "vegetation_cleared"
    EARTHWORKS = "earthworks"
    ACTIVITY_AFTER_EXPIRY = "activity_after_expiry"
    UNCLASSIFIED_CHANGE = "unclassified_change"


class Relation(StrEnum):
    """Where the change lies against the permitted ground, seen through the band of doubt."""

    INSIDE = "inside"
    UNDECIDED = "undecided"
    OUTSIDE = "outside"


class Standing(StrEnum):
    """What became of a change."""

    SIGNAL = "signal"
    PERMITTED_CHANGE = "permitted_change"


class Novelty(StrEnum):
    """How a signal compares with the previous run."""

    NEW = "new"
    STILL_THERE = "still_there"
    GROWN = "grown"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One plain sentence in two languages, with the value it rests on."""

    code: str
    """Stable name of the rule, e.g. ``"outside_by"``."""
    nl: str
    """Dutch sentence, value and unit included."""
    en: str
    """English sentence, value and unit included."""
    value: float | str | None = None
    """The value the sentence rests on."""
    unit: str = ""
    """Unit of the value: m, m2, m3, days, %, date or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityPart:
    """One part of the priority: value times weight is what it adds."""

    name: str
    """Stable name, e.g. ``"relation"``."""
    value: float
    """How strongly it applies, 0-1."""
    weight: float
    """Share of the whole, 0-1; the weights of a signal add up to 1."""

    def __post_init__(self) -> None:
        if not (0 <= self.value <= 1 and 0 <= self.weight <= 1):
            raise ParameterError(f"Parts and weights lie in 0-1, got {self.value} x {self.weight}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A change judged against the permits of its site."""

    site_id: str
    """The site it belongs to."""
    change: Change
    """What was found."""
    kind: Kind
    """What it is suspected to be."""
    standing: Standing
    """Signal, or a change that the permits allow."""
    relation: Relation
    """Against the ground permitted on the image dates."""
    share_outside: float
    """Share of the region beyond the boundary of the permitted ground, 0-1 (1 where there is none)."""
    distance_outside_m: float
    """Largest distance of the region beyond that boundary, metres; 0 when none is; NaN without permitted ground."""
    doubt_m: float
    """Half width of the band of doubt along the boundary, metres."""
    permits_in_force: tuple[str, ...] = ()
    """References of the permits in force over the whole interval in which the change came."""
    permits_not_yet: tuple[str, ...] = ()
    """References of permits on this ground that began after the change was seen."""
    permits_expired: tuple[str, ...] = ()
    """References of permits on this ground that had ended before the change came."""
    limits_exceeded: tuple[str, ...] = ()
    """``"area_m2"`` and the like, where the lower bound of what was seen exceeds a limit."""
    priority: float = 0.0
    """0-1, larger is sooner."""
    priority_parts: tuple[PriorityPart, ...] = ()
    """What the priority is made of."""
    reasons: tuple[Reason, ...] = ()
    """Why this is shown, most important first."""
    novelty: Novelty = Novelty.NOT_COMPARED
    """Against the previous run, when one was given."""
    facts: Mapping[str, float | str | bool] = field(default_factory=dict)
    """Further values behind the reasons, by stable name."""

    def __post_init__(self) -> None:
        if not 0 <= self.priority <= 1:
            raise ParameterError(f"priority lies in 0-1, got {self.priority}.")
        if not 0 <= self.share_outside <= 1:
            raise ParameterError(f"share_outside lies in 0-1, got {self.share_outside}.")
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    @property
    def signal_id(self) -> str:
        """Content hash of site and change (12 hex digits): judging again keeps it."""
        return content_id(self.site_id, self.change.change_id)
