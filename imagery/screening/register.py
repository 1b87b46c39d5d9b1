"""A whole register, site by site, into a run folder. Killed at any moment, the next call goes on where it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imagery.domain import Period, Settings, Site
from imagery.errors import InputError, ParameterError, RegisterError
from imagery.evidence.report import write_report
from imagery.flagging.previous import compare_with_previous
from imagery.registers import Register, read_register
from imagery.screening.ground import Grounds
from imagery.screening.parameters import run_results, run_summary
from imagery.screening.results import Run
from imagery.screening.site import ScreenedSite, screen_site
from imagery.sources import open_source
from imagery.sources.protocol import Source
from imagery.stores.geopackage import write_geopackage
from imagery.stores.records import SiteRecord
from imagery.stores.run_folder import REPORT, SIGNALS, RunFolder

Progress = Callable[[int, int, str], None]
"""Told after each site: how many are done, how many there are, and one line about the last one."""


def screen(
    register: str | Path | Register,
    *,
    source: str | Path | Source,
    period: str | Period,
    out: str | Path,
    settings: Settings | None = None,
    profile: Any = None,
    crs: str | None = None,
    layer: str | None = None,
    geometry_from: Any = None,
    previous: str | Path | None = None,
    resume: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
    notices: Sequence[str] = (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Run:
    """Screen a register: look at every site over a period and leave a run folder behind.

    Parameters
    ----------
    register : path or Register
        Permit register (CSV, Excel, GeoPackage, GeoJSON, shapefile, GeoParquet), or one already read.
    source : str, path or Source
        Imagery, e.g. ``"folder:images"``.
    period : str or Period
        Monitored interval, ``"2020-01-01/2021-01-01"``: the second date is not part of it.
    out : path
        Run folder to write; must be new or empty, unless `resume`.
    settings : Settings, optional
        What to change from the defaults.
    profile, crs, layer, geometry_from
        How to read the register, see `read_register`.
    previous : path, optional
        An earlier run: signals are marked new, still there or grown.
    resume : bool
        Go on with the stopped run in `out`; it must have the same parameters.
    jobs : int
        Sites looked at side by side.
    progress : callable, optional
        Told after each site.
    notices : sequence of str
        Sentences to print in the report, e.g. that a register is invented.
    clock : callable
        Gives the time of the record, aware UTC.

    Returns
    -------
    Run
        Its `signals` is a GeoDataFrame.

    Raises
    ------
    InputError, SourceError, StoreError
        If register, imagery or output folder cannot be used at all. What concerns one site alone becomes
        that site's outcome.
    """
    settings = settings or Settings.of()
    if jobs < 1:
        raise ParameterError(f"jobs must be 1 or more, got {jobs}.")
    period = Period.parse(period) if isinstance(period, str) else period
    register = _read(register, profile, crs, layer, geometry_from, settings)
    if isinstance(source, str | Path):
        source = open_source(source, cloud_dilation_px=int(settings.cloud_dilation_px))
    earlier = RunFolder.open(previous) if previous is not None else None
    if earlier is not None and earlier.summary["crs"] != register.crs:
        raise InputError(
            f"The previous run is in {earlier.summary['crs']}, this register in {register.crs}.",
            hint="Compare with a run of the same register.",
        )
    summary = run_summary(
        register=register,
        source=source.describe(hashes=True),
        period=period,
        settings=settings,
        previous_run_id=None if earlier is None else earlier.summary["run_id"],
        notices=notices,
        created=clock(),
    )
    folder = RunFolder.create(Path(out), summary, clock=clock, resume=resume)
    try:
        folder.ledger.enrol(site.site_id for site in register.sites)
        look = _Looker(folder, source, register, period, settings, earlier)
        look_at_all(look, register.sites, folder, jobs=jobs, progress=progress)
        return finish(folder)
    finally:
        folder.close()


def finish(folder: RunFolder) -> Run:
    """Write what speaks of the whole run and call it finished."""
    records = folder.records()
    folder.finish(
        run_results(records),
        [
            lambda run: write_geopackage(run.path / SIGNALS, records, run.summary["crs"]),
            lambda run: write_report(run, run.path / REPORT),
        ],
    )
    return Run.open(folder.path)


class _Looker:
    """Looks at one site and writes it; holds what all sites share. Safe to call from several threads."""

    def __init__(
        self,
        folder: RunFolder,
        source: Source,
        register: Register,
        period: Period,
        settings: Settings,
        earlier: RunFolder | None,
    ) -> None:
        self._folder, self._source = folder, source
        self._period, self._settings = period, settings
        self._grounds = Grounds(register.sites)
        self._earlier = None if earlier is None else previous_signals(earlier)

    def __call__(self, site: Site) -> SiteRecord:
        self._folder.ledger.begin(site.site_id)
        screened = screen_site(
            site,
            source=self._source,
            grounds=self._grounds,
            period=self._period,
            settings=self._settings,
        )
        if self._earlier is not None:
            screened = _compared(screened, self._earlier)
        self._folder.add(screened.record, screened.pixels, screened.cube)
        return screened.record


def look_at_all(
    look: Callable[[Site], SiteRecord],
    sites: Sequence[Site],
    folder: RunFolder,
    *,
    jobs: int,
    progress: Progress | None,
) -> None:
    """Look at every site that has not ended yet, and tell how it goes."""
    done = folder.done()
    waiting = [site for site in sites if site.site_id not in done]
    tell = progress or (lambda number, total, line: None)
    for number, record in enumerate(_looked(look, waiting, jobs), start=len(sites) - len(waiting) + 1):
        tell(number, len(sites), site_line(record))


def site_line(record: SiteRecord) -> str:
    """One line about a site: its permits, how it ended, how many signals."""
    references = ", ".join(record.site.references) or record.site.site_id
    found = f"{len(record.signals)} signals" if record.outcome.looked else record.outcome.note
    return f"{references}: {record.outcome.kind.value}, {found}"


def previous_signals(run: RunFolder) -> tuple[Any, ...]:
    """All signals of an earlier run."""
    return tuple(signal for record in run.records() for signal in record.signals)


def _looked(look: Callable[[Site], SiteRecord], sites: Sequence[Site], jobs: int) -> Iterator[SiteRecord]:
    if jobs == 1:
        yield from map(look, sites)
        return
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        try:
            yield from pool.map(look, sites)
        except BaseException:
            # What has not begun need not begin: the ledger knows it as pending.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _compared(screened: ScreenedSite, earlier: tuple[Any, ...]) -> ScreenedSite:
    from dataclasses import replace

    record = screened.record
    judged = compare_with_previous(record.judged, earlier)
    return replace(screened, record=replace(record, judged=judged))


def _read(
    register: str | Path | Register,
    profile: Any,
    crs: str | None,
    layer: str | None,
    geometry_from: Any,
    settings: Settings,
) -> Register:
    if not isinstance(register, Register):
        register = read_register(
            register, profile=profile, crs=crs, layer=layer, geometry_from=geometry_from, settings=settings
        )
    if not register.sites:
        raise RegisterError(
            f"None of the {register.n_rows} rows of {register.path.name!r} can be used.",
            hint="See why with `imagery register check`.",
        )
    return register
