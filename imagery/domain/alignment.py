"""How far a moving image lies from its reference, and whether that is believed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AlignmentStatus(StrEnum):
    """What became of an attempt to align."""

    NOT_ATTEMPTED = "not_attempted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FORCED = "forced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Translation of moving onto reference: ``x_ref = x_moving + dx_m``, ``y_ref = y_moving + dy_m``."""

    status: AlignmentStatus
    """Whether it may be used."""
    dx_m: float = 0.0
    """Shift along map x (east), metres."""
    dy_m: float = 0.0
    """Shift along map y (north), metres."""
    residual_m: float | None = None
    """Root-mean-square residual on held-out points, metres; None when nothing was measured."""
    reason: str = ""
    """Why it was refused or not attempted, one sentence."""
