"""The run folder: what a screening leaves behind, in plain files (layout in DESIGN.md).

`run.json` says ``"state": "running"`` until everything else is in place, so nothing half-written looks finished.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xarray as xr

from imagery.domain import Outcome
from imagery.errors import CorruptRunError, StoreError, VersionError
from imagery.stores.files import TEMPORARY, read_json, sha256_of, whole_file, write_json
from imagery.stores.ledger import Ledger
from imagery.stores.records import SitePixels, SiteRecord
from imagery.stores.run_lock import LOCK, RunLock
from imagery.stores.site_folder import read_pixels, read_record, read_series, write_site

FORMAT = 1
"""Version of the layout; a newer one is refused, not guessed."""
RUN, LEDGER, CHECKSUMS, SIGNALS, REPORT = (
    "run.json",
    "ledger.sqlite",
    "checksums.sha256",
    "signals.gpkg",
    "report.html",
)
RUNNING, FINISHED = "running", "finished"


class RunFolder:
    """One run on disk. Build it with `create`, `resume` or `open`."""

    def __init__(self, path: Path, summary: Mapping[str, Any], clock: Callable[[], datetime] | None = None):
        self.path = path
        """The folder."""
        self.summary: Mapping[str, Any] = summary
        """Contents of `run.json`."""
        self._clock = clock or _no_clock
        self._lock = RunLock(path)

    @classmethod
    def create(
        cls, path: Path, summary: Mapping[str, Any], *, clock: Callable[[], datetime], resume: bool = False
    ) -> RunFolder:
        """Start a run in an empty folder, or take up one that was stopped.

        Parameters
        ----------
        path : Path
            Made when missing.
        summary : mapping
            What `run.json` says; ``parameters_sha256`` in it must be that of the stopped run to resume it.
        clock : callable
            Gives the time, aware UTC.
        resume : bool
            Go on where a stopped run in the folder ended.

        Raises
        ------
        StoreError
            If the folder is not empty and is not to be resumed, or holds a run with other parameters.
        """
        if path.exists() and not path.is_dir():
            raise StoreError(f"The output {path.name!r} is a file.", hint="Name a folder.")
        present = path.exists() and any(path.iterdir())
        if present and not resume:
            raise StoreError(
                f"The output folder {path.name!r} is not empty.",
                hint="Name a new folder, or add --resume to go on with the run in it.",
            )
        if present:
            _check_same(path, summary)
        else:
            try:
                (path / "sites").mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    f"The output folder {path.name!r} cannot be made: {error.strerror}.",
                    hint="Name a folder that you may write to.",
                ) from error
        folder = cls(path, {**summary, "format": FORMAT, "state": RUNNING}, clock)
        folder._lock.take()
        write_json(path / RUN, folder.summary)
        for left_over in path.rglob(f"{TEMPORARY}*"):
            _remove(left_over)
        return folder

    @classmethod
    def open(cls, path: Path | str) -> RunFolder:
        """Open a run to read it.

        Raises
        ------
        StoreError
            If there is no run there, it was written by a newer version, or it was stopped before it ended.
        """
        path = Path(path)
        if not (path / RUN).is_file():
            raise StoreError(
                f"There is no run in {path.name!r}: run.json is missing.",
                hint="Name the folder that a screening wrote.",
            )
        summary = read_json(path / RUN)
        if not isinstance(summary, dict) or not isinstance(summary.get("format"), int):
            raise CorruptRunError(f"run.json of {path.name!r} is not that of a run.", hint="Screen again.")
        if summary["format"] > FORMAT:
            raise VersionError(
                f"The run in {path.name!r} has format {summary['format']}, this version reads {FORMAT}.",
                hint="Update imagery.",
            )
        if summary.get("state") != FINISHED:
            raise StoreError(
                f"The run in {path.name!r} was stopped before it ended.", hint="Go on with --resume."
            )
        return cls(path, summary)

    @property
    def ledger(self) -> Ledger:
        """How each site ended."""
        return Ledger(self.path / LEDGER, self._clock)

    def add(
        self, record: SiteRecord, pixels: SitePixels | None = None, cube: xr.Dataset | None = None
    ) -> None:
        """Write one site, whole, and note in the ledger how it ended."""
        write_site(self._site(record.site.site_id), record, pixels, cube)
        self.ledger.end(record.site.site_id, record.outcome)

    def done(self) -> Mapping[str, Outcome]:
        """Sites that have ended and whose folder is there, with their outcome."""
        return {
            site_id: row.outcome
            for site_id, row in self.ledger.rows().items()
            if row.state == "done" and row.outcome is not None and self._site(site_id).is_dir()
        }

    def finish(self, summary: Mapping[str, Any], writers: Sequence[Callable[[RunFolder], object]]) -> None:
        """Write what speaks of the whole run, then the checksums, and only then call it finished.

        Parameters
        ----------
        summary : mapping
            Values to add to `run.json`.
        writers : sequence of callable
            Each writes one file from the finished sites (GeoPackage, report).
        """
        self.summary = {**self.summary, **summary}
        for write in writers:
            write(self)
        self.summary = {**self.summary, "state": FINISHED}
        write_json(self.path / RUN, self.summary)
        self.write_checksums()
        self.close()

    def close(self) -> None:
        """Stop writing, finished or not; another process may then go on with the run."""
        self._lock.release()

    def write_checksums(self) -> None:
        """Write the SHA-256 of every file but the ledger, which a resumed run may still touch."""
        files = sorted(
            file
            for file in self.path.rglob("*")
            if file.is_file()
            and file.name not in (CHECKSUMS, LEDGER, f"{LEDGER}-journal", LOCK, f"{LOCK}-journal")
            and not file.name.startswith(TEMPORARY)
        )
        lines = [f"{sha256_of(file)}  {file.relative_to(self.path).as_posix()}" for file in files]
        with whole_file(self.path / CHECKSUMS) as temporary:
            temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def records(self) -> tuple[SiteRecord, ...]:
        """Every site of the run, in the order of the register."""
        return tuple(self.record(site_id) for site_id in self.ledger.rows())

    def record(self, site_id: str) -> SiteRecord:
        """One site: how it ended and what was found."""
        return read_record(self._known(site_id))

    def pixels(self, site_id: str) -> SitePixels | None:
        """Scores and controls of a site; None when it was not looked at."""
        return read_pixels(self._known(site_id))

    def cube(self, site_id: str) -> xr.Dataset | None:
        """Clipped input pixels of all dates; None when the site was not looked at."""
        return read_series(self._known(site_id))

    def _site(self, site_id: str) -> Path:
        return self.path / "sites" / site_id

    def _known(self, site_id: str) -> Path:
        folder = self._site(site_id)
        # An id is twelve hex digits: anything else could lead out of the folder.
        if not (site_id.isalnum() and folder.is_dir()):
            raise CorruptRunError(
                f"Site {site_id!r} has no folder in this run.", hint="Restore it, or screen again."
            )
        return folder


def _check_same(path: Path, summary: Mapping[str, Any]) -> None:
    if not (path / RUN).is_file():
        raise StoreError(
            f"The output folder {path.name!r} is not empty and holds no run to resume.",
            hint="Name a new folder.",
        )
    earlier = read_json(path / RUN)
    if earlier.get("parameters_sha256") != summary.get("parameters_sha256"):
        raise StoreError(
            f"The run in {path.name!r} was made with another register, source, period or setting.",
            hint="Resume it with the same ones, or name a new folder.",
        )


def _remove(path: Path) -> None:
    if path.is_dir():
        for inner in path.iterdir():
            _remove(inner)
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _no_clock() -> datetime:
    raise StoreError("This run was opened to read; it cannot be written to.")
