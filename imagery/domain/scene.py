"""One acquisition (opname): what was taken, when, by what, how well placed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from imagery.errors import ParameterError

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One acquisition. Times are an interval: a mosaic is flown over days."""

    scene_id: str
    """Item id of the catalogue, or the file it came from."""
    sensor: str
    """E.g. ``"sentinel-2"``; ``"unknown"`` where nothing says it."""
    start: datetime
    """First moment of acquisition, aware, UTC."""
    end: datetime
    """Last moment of acquisition; equal to `start` for a single overpass."""
    baseline: str = UNKNOWN
    """Processing baseline, ``"unknown"`` where the source does not give it."""
    cloud_fraction: float | None = None
    """Share of the tile under cloud, 0-1; None when unknown."""
    geolocation_accuracy_m: float | None = None
    """Standard error of its place on earth, metres; None when the source does not state it."""
    licence: str = UNKNOWN
    """Licence of the pixels."""

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ParameterError(f"Scene times must be aware UTC, got {self.start} to {self.end}.")
        if self.end < self.start:
            raise ParameterError(f"A scene cannot end before it starts, got {self.start} to {self.end}.")
        if self.cloud_fraction is not None and not 0 <= self.cloud_fraction <= 1:
            raise ParameterError(f"cloud_fraction lies in 0-1, got {self.cloud_fraction}.")
