"""What a screening gives back in Python: tables over the run folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imagery.stores.geopackage import coverage_table, permit_table, signal_table, site_table
from imagery.stores.records import SiteRecord
from imagery.stores.run_folder import REPORT, RunFolder

if TYPE_CHECKING:
    import geopandas as gpd
    import xarray as xr

    from imagery.stores.records import SitePixels


class Run:
    """A finished screening: its signals, the outcome of every site, and where it lies on disk."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        """The run folder, for everything that has no table here."""

    @classmethod
    def open(cls, path: Path | str) -> Run:
        """Open the folder of a finished run.

        Raises
        ------
        StoreError
            If there is no finished run in it.
        """
        return cls(RunFolder.open(path))

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    @property
    def report(self) -> Path:
        """The HTML report."""
        return self.path / REPORT

    @property
    def summary(self) -> Mapping[str, Any]:
        """Contents of `run.json`: parameters, code version, inputs, counts, calibration."""
        return self.folder.summary

    @cached_property
    def records(self) -> tuple[SiteRecord, ...]:
        """Every site as it ended, in the order of the register."""
        return self.folder.records()

    @cached_property
    def signals(self) -> gpd.GeoDataFrame:
        """Signals, highest priority first; columns as in the layer `signals` of the GeoPackage."""
        return self._judged("signal")

    @cached_property
    def permitted_changes(self) -> gpd.GeoDataFrame:
        """Changes that the permits allow; columns as `signals`."""
        return self._judged("permitted_change")

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        """One row per site with its outcome."""
        return site_table(self.records, self._crs)

    @cached_property
    def permits(self) -> gpd.GeoDataFrame:
        """One row per permit."""
        return permit_table(self.records, self._crs)

    @cached_property
    def coverage(self) -> gpd.GeoDataFrame:
        """One row per site that was looked at: dates and method."""
        return coverage_table(self.records, self._crs)

    @property
    def outcomes(self) -> Mapping[str, int]:
        """Number of sites per outcome."""
        return Counter(record.outcome.kind.value for record in self.records)

    def pixels(self, site_id: str) -> SitePixels | None:
        """Scores and controls of a site; None when it was not looked at."""
        return self.folder.pixels(site_id)

    def cube(self, site_id: str) -> xr.Dataset | None:
        """Clipped input pixels of all dates of a site; None when it was not looked at."""
        return self.folder.cube(site_id)

    def __repr__(self) -> str:
        outcomes = ", ".join(f"{count} {kind}" for kind, count in sorted(self.outcomes.items()))
        return f"<Run {self.summary['run_id']} of {len(self.records)} sites: {len(self.signals)} signals; {outcomes}>"

    @property
    def _crs(self) -> str:
        return str(self.summary["crs"])

    def _judged(self, standing: str) -> gpd.GeoDataFrame:
        table = signal_table(self.records, self._crs)
        return table[table["standing"] == standing].reset_index(drop=True)
