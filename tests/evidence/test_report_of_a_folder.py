"""The report of a run on disk is the report of the same run in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imagery.evidence.report import write_report
from imagery.stores.run_folder import RunFolder


def test_a_run_folder_gives_the_same_bytes_as_the_values_it_was_made_from(
    make_run: Callable[..., Any], tmp_path: Path
) -> None:
    run = make_run()
    folder = RunFolder.create(tmp_path / "run", run.summary, clock=lambda: datetime(2026, 11, 24, tzinfo=UTC))
    folder.ledger.enrol(record.site.site_id for record in run.sites)
    for record in run.sites:
        site_id = record.site.site_id
        folder.add(record, run.all_pixels.get(site_id), run.all_cubes.get(site_id))
    written = write_report(folder, folder.path / "report.html").read_bytes()
    assert written == write_report(run, tmp_path / "memory.html").read_bytes()
    assert written.count(b"<img ") == 4
