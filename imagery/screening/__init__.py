"""The chain for one site and for a whole register."""

from imagery.screening.register import screen
from imagery.screening.rejudge import flag
from imagery.screening.results import Run

open_run = Run.open

__all__ = ["Run", "flag", "open_run", "screen"]
