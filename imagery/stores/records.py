"""What a run folder holds per site, as values; `run_folder` reads and writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from imagery.detection.scores import ControlStatistics, ScoreMap
from imagery.domain import Alignment, Outcome, Signal, Site, Standing

OTHER = np.uint8(0)
"""Ground that is neither watched nor control: other sites, and their margins."""
CONTROL = np.uint8(1)
"""Ground outside all footprints and their margins."""
WATCHED = np.uint8(2)
"""Ground of this site, with its margin."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SiteRecord:
    """One site of a run: how it ended and what was found. Pixels are read apart (`RunFolder.cube`, `.scores`)."""

    site: Site
    """The ground and its permits."""
    outcome: Outcome
    """How it ended."""
    judged: tuple[Signal, ...] = ()
    """Every change with its standing, highest priority first."""
    alignment: Alignment | None = None
    """Where the imagery lies against its reference; None when the site was not looked at."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Values for report and record, JSON types only: dates used, method, threshold, promised rate, controls, ..."""

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Changes that ask for a look."""
        return tuple(s for s in self.judged if s.standing is Standing.SIGNAL)

    @property
    def permitted_changes(self) -> tuple[Signal, ...]:
        """Changes that the permits allow."""
        return tuple(s for s in self.judged if s.standing is Standing.PERMITTED_CHANGE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SitePixels:
    """The pixels behind one screened site, all on one grid."""

    geobox: GeoBox
    """The grid, imagery's own."""
    scores: ScoreMap
    """Scores of the method that was used."""
    controls: ControlStatistics
    """What unchanged ground scored."""
    ground: npt.NDArray[np.uint8]
    """Shape (M, N): what each pixel served as, `WATCHED`, `CONTROL` or `OTHER`."""
