"""Judge a run again, with other thresholds or other permits, from the scores it kept. No imagery is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from imagery.domain import Outcome, OutcomeKind, Period, Settings, Site
from imagery.errors import ImageryError, ParameterError
from imagery.registers import Register, read_register
from imagery.screening.ground import Grounds, ground_image
from imagery.screening.judging import judge_scores
from imagery.screening.parameters import describe_register
from imagery.screening.register import Progress, finish, look_at_all
from imagery.screening.results import Run
from imagery.screening.site import outcome_of
from imagery.stores.records import CONTROL, OTHER, WATCHED, SitePixels, SiteRecord
from imagery.stores.run_folder import RunFolder

NEED_IMAGERY = (
    "context_m", "history_years", "min_clear_dates", "trailing_clear", "cloud_dilation_px", "min_control_px",
    "smoothing_px", "season_days",
)  # fmt: skip
"""Settings that are used while pixels are read and scored."""


def flag(
    run: str | Path | Run,
    *,
    out: str | Path,
    register: str | Path | Register | None = None,
    profile: Any = None,
    crs: str | None = None,
    layer: str | None = None,
    geometry_from: Any = None,
    settings: Mapping[str, float] | None = None,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Run:
    """Judge a run again into a new run folder; the first one stays as it is.

    Parameters
    ----------
    run : path or Run
        A finished run.
    out : path
        Run folder to write; must be new or empty.
    register : path or Register, optional
        Other permits; the run's own when left out. Each site is judged from the kept scores of the old site
        that covers most of it.
    profile, crs, layer, geometry_from
        How to read the register, see `read_register`.
    settings : mapping of str to float, optional
        Settings to change from those of the run (the history and the scores themselves cannot change).
    progress : callable, optional
        Told after each site.
    clock : callable
        Gives the time of the record, aware UTC.

    Raises
    ------
    InputError, StoreError
        If the run, the register or the output folder cannot be used.
    """
    source = (run if isinstance(run, Run) else Run.open(run)).folder
    _check_judged_again(settings or {}, source.summary["settings"])
    chosen = Settings.of(**{**source.summary["settings"], **(settings or {})})
    records = source.records()
    if register is not None and not isinstance(register, Register):
        register = read_register(
            register, profile=profile, crs=crs, layer=layer, geometry_from=geometry_from, settings=chosen
        )
    sites = [record.site for record in records] if register is None else list(register.sites)
    summary = {
        **source.summary,
        "created": clock().isoformat(timespec="seconds"),
        "settings": chosen.as_dict(),
        "judged_again_from": source.summary["run_id"],
        "site_ids": [site.site_id for site in sites],
    }
    if register is not None:
        summary |= {"register": describe_register(register), "crs": register.crs}
    folder = RunFolder.create(Path(out), summary, clock=clock)
    try:
        folder.ledger.enrol(site.site_id for site in sites)
        judge = _Judge(folder, source, records, sites, chosen)
        look_at_all(judge, sites, folder, jobs=1, progress=progress)
        return finish(folder)
    finally:
        folder.close()


def _check_judged_again(settings: Mapping[str, float], earlier: Mapping[str, float]) -> None:
    """Refuse settings that made the scores: another value would be recorded and not used."""
    for name in NEED_IMAGERY:
        if name in settings and settings[name] != earlier[name]:
            raise ParameterError(
                f"{name} shaped the scores of this run ({earlier[name]:g}) and cannot be {settings[name]:g} now.",
                hint="Screen again with it.",
            )


class _Judge:
    """Judges one site from the pixels of the old run and writes it."""

    def __init__(
        self,
        folder: RunFolder,
        source: RunFolder,
        records: tuple[SiteRecord, ...],
        sites: list[Site],
        settings: Settings,
    ) -> None:
        self._folder, self._source, self._settings = folder, source, settings
        self._records = records
        self._grounds = Grounds(sites)
        self._period = Period.parse(source.summary["period"])

    def __call__(self, site: Site) -> SiteRecord:
        self._folder.ledger.begin(site.site_id)
        old = self._best(site)
        if old is None:
            outcome = Outcome(
                kind=OutcomeKind.NO_SCENE,
                note="No site of the judged run covers this ground.",
                hint="Screen it.",
            )
            record = SiteRecord(site=site, outcome=outcome)
            self._folder.add(record)
            return record
        pixels = self._source.pixels(old.site.site_id)
        if pixels is None:
            record = SiteRecord(site=site, outcome=old.outcome)
            self._folder.add(record)
            return record
        return self._judged(site, old, pixels)

    def _best(self, site: Site) -> SiteRecord | None:
        """The old site with the same ground, else the one that shares most of it."""
        shared = [
            (old.site.site_id == site.site_id, old.site.geometry.intersection(site.geometry).area, old)
            for old in self._records
            if old.site.crs == site.crs
        ]
        best = max(shared, key=lambda row: row[:2], default=None)
        return best[2] if best is not None and best[1] > 0 else None

    def _judged(self, site: Site, old: SiteRecord, pixels: SitePixels) -> SiteRecord:
        reach_m = self._settings.margin_m + self._settings.context_m
        ground = ground_image(
            pixels.geobox, site, self._grounds.others(site, 2 * reach_m), margin_m=self._settings.margin_m
        )
        # The dates were compared with the old controls: only those, less what is watched now, are controls still.
        ground[(ground == CONTROL) & (pixels.ground != CONTROL)] = OTHER
        try:
            if not np.isfinite(pixels.scores.score[ground == WATCHED]).any():
                raise ImageryError("The judged run has no scores for this ground.", hint="Screen it again.")
            judgement = judge_scores(
                site,
                pixels.scores,
                pixels.geobox,
                ground,
                period=self._period,
                settings=self._settings,
                geolocation_m=float(old.facts["geolocation_m"]),
            )
        except ImageryError as error:
            record = SiteRecord(site=site, outcome=outcome_of(error))
            self._folder.add(record)
            return record
        record = SiteRecord(
            site=site,
            outcome=judgement.outcome,
            judged=judgement.judged,
            alignment=old.alignment,
            facts={**old.facts, **judgement.facts},
        )
        kept = SitePixels(
            geobox=pixels.geobox, scores=pixels.scores, controls=judgement.controls, ground=ground
        )
        self._folder.add(record, kept, self._source.cube(old.site.site_id))
        return record
