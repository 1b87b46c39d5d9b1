"""The words of the project as frozen values: no files, no network, no clock."""

from imagery.domain.alignment import Alignment, AlignmentStatus
from imagery.domain.change import Change
from imagery.domain.period import Period, midnight
from imagery.domain.permit import Drawing, Footprint, Limits, Permit, content_id, geometry_key
from imagery.domain.run import Outcome, OutcomeKind
from imagery.domain.scene import UNKNOWN, Scene
from imagery.domain.settings import Default, Settings, default, defaults
from imagery.domain.signal import (
    Kind,
    Novelty,
    PriorityPart,
    Reason,
    Relation,
    Signal,
    Standing,
)
from imagery.domain.site import Site

__all__ = [
    "UNKNOWN",
    "Alignment",
    "AlignmentStatus",
    "Change",
    "Default",
    "Drawing",
    "Footprint",
    "Kind",
    "Limits",
    "Novelty",
    "Outcome",
    "OutcomeKind",
    "Period",
    "Permit",
    "PriorityPart",
    "Reason",
    "Relation",
    "Scene",
    "Settings",
    "Signal",
    "Site",
    "Standing",
    "content_id",
    "default",
    "defaults",
    "geometry_key",
    "midnight",
]
