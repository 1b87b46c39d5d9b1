"""What a report is made from: a run, as far as it is read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import xarray as xr

from imagery.domain import Period, Signal
from imagery.errors import ParameterError
from imagery.plotting.wording import Language
from imagery.stores.records import SitePixels, SiteRecord


class ReportInput(Protocol):
    """A run to be read; `RunFolder` is one."""

    @property
    def path(self) -> Path:
        """Folder of the run."""
        ...

    @property
    def summary(self) -> Mapping[str, Any]:
        """Contents of `run.json`."""
        ...

    def records(self) -> tuple[SiteRecord, ...]:
        """Every site, in the order of the register."""
        ...

    def pixels(self, site_id: str) -> SitePixels | None:
        """Scores and composites of a site; None when it was not looked at."""
        ...

    def cube(self, site_id: str) -> xr.Dataset | None:
        """Clipped input pixels of a site; None when it was not looked at."""
        ...


@dataclass(frozen=True)
class Judged:
    """A change with the site it is on."""

    record: SiteRecord
    signal: Signal


@dataclass(frozen=True)
class Contents:
    """A run read once, in the order in which the report tells it."""

    run: ReportInput
    language: Language

    @cached_property
    def records(self) -> tuple[SiteRecord, ...]:
        """Every site."""
        return self.run.records()

    @cached_property
    def signals(self) -> tuple[Judged, ...]:
        """All signals, highest priority first; at equal priority the less likely by chance, then by id."""
        return _ranked([Judged(record, signal) for record in self.records for signal in record.signals])

    @cached_property
    def permitted(self) -> tuple[Judged, ...]:
        """All permitted changes, in the same order."""
        return _ranked([Judged(r, signal) for r in self.records for signal in r.permitted_changes])

    @property
    def summary(self) -> Mapping[str, Any]:
        """Contents of `run.json`."""
        return self.run.summary

    @property
    def settings(self) -> Mapping[str, Any]:
        """Settings of the run by name; empty when none were recorded."""
        return self.part("settings")

    def part(self, name: str) -> Mapping[str, Any]:
        """A part of the summary that holds names and values; empty where there is none."""
        value = self.summary.get(name)
        return value if isinstance(value, Mapping) else {}

    @cached_property
    def period(self) -> Period | None:
        """The monitored period; None when it was not recorded."""
        try:
            return Period.parse(str(self.summary["period"]))
        except (KeyError, ParameterError):
            return None

    @cached_property
    def history(self) -> Period | None:
        """The history before it; None when its length was not recorded."""
        years = self.settings.get("history_years")
        return self.period.history(float(years)) if self.period and years else None


def _ranked(judged: list[Judged]) -> tuple[Judged, ...]:
    return tuple(
        sorted(judged, key=lambda j: (-j.signal.priority, j.signal.change.p_value, j.signal.signal_id))
    )
