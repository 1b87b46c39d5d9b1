"""How a site ended in a run. *Nothing seen* is not *could not look*."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OutcomeKind(StrEnum):
    """The ways in which a site can end."""

    SCREENED = "screened"
    NOT_ENOUGH_HISTORY = "not_enough_history"
    NO_SCENE = "no_scene"
    TOO_CLOUDY = "too_cloudy"
    MISALIGNED = "misaligned"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one site ended, in words that say what to do."""

    kind: OutcomeKind
    """Which of the ways."""
    note: str = ""
    """One sentence: why, or what limits the answer."""
    hint: str = ""
    """What to do about it."""

    @property
    def looked(self) -> bool:
        """True when the site was really looked at."""
        return self.kind is OutcomeKind.SCREENED
