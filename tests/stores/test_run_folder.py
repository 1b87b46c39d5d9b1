"""A run folder is whole or says that it is not; what is read equals what was written."""

from __future__ import annotations

import json
import math
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import xarray as xr

from imagery.domain import Outcome, OutcomeKind
from imagery.errors import CorruptRunError, StoreError, VersionError
from imagery.stores.geopackage import write_geopackage
from imagery.stores.records import SitePixels, SiteRecord
from imagery.stores.run_folder import RunFolder
from imagery.stores.site_folder import geobox_of

Clock = Callable[[], datetime]
SUMMARY = {"run_id": "abc", "parameters_sha256": "p1", "crs": "EPSG:28992"}


def finished(
    path: Path, clock: Clock, record: SiteRecord, pixels: SitePixels | None, cube: xr.Dataset | None
) -> RunFolder:
    folder = RunFolder.create(path, SUMMARY, clock=clock)
    folder.ledger.enrol([record.site.site_id])
    folder.ledger.begin(record.site.site_id)
    folder.add(record, pixels, cube)
    records = folder.records()
    folder.finish({"n": 1}, [lambda run: write_geopackage(run.path / "signals.gpkg", records, "EPSG:28992")])
    return RunFolder.open(path)


def test_a_site_reads_back_as_it_was_written(
    tmp_path: Path, clock: Clock, record: SiteRecord, pixels: SitePixels, cube: xr.Dataset
) -> None:
    folder = finished(tmp_path / "run", clock, record, pixels, cube)
    (read,) = folder.records()
    assert read.site == record.site
    assert read.site.site_id == record.site.site_id
    assert (read.outcome, read.alignment, dict(read.facts)) == (
        record.outcome,
        record.alignment,
        dict(record.facts),
    )
    (old,), (new,) = record.judged, read.judged
    assert math.isnan(new.distance_outside_m)
    assert replace(new, distance_outside_m=0) == replace(old, distance_outside_m=0)
    assert new.signal_id == old.signal_id


def test_pixels_and_cube_read_back_bit_for_bit_on_their_own_grid(
    tmp_path: Path, clock: Clock, record: SiteRecord, pixels: SitePixels, cube: xr.Dataset
) -> None:
    folder = finished(tmp_path / "run", clock, record, pixels, cube)
    read, series = folder.pixels(record.site.site_id), folder.cube(record.site.site_id)
    assert read is not None
    assert series is not None
    assert read.geobox == pixels.geobox
    for name in ("score", "last_unchanged", "first_changed"):
        np.testing.assert_array_equal(getattr(read.scores, name), getattr(pixels.scores, name))
    np.testing.assert_array_equal(read.scores.before["red"], pixels.scores.before["red"])
    np.testing.assert_array_equal(read.ground, pixels.ground)
    np.testing.assert_array_equal(read.controls.block_scores, pixels.controls.block_scores)
    assert (read.scores.notes, dict(read.scores.facts)) == (pixels.scores.notes, dict(pixels.scores.facts))
    assert geobox_of(series) == geobox_of(cube)
    for name in ("red", "valid", "time", "scene_id", "cloud_fraction"):
        np.testing.assert_array_equal(series[name].values, cube[name].values)
    assert series["valid"].dtype == np.bool_
    assert series.attrs == cube.attrs


def test_the_checksums_hold_and_tell_a_changed_file(
    tmp_path: Path, clock: Clock, record: SiteRecord, pixels: SitePixels, cube: xr.Dataset
) -> None:
    folder = finished(tmp_path / "run", clock, record, pixels, cube)
    command = ["sha256sum", "--check", "--quiet", "--strict", "checksums.sha256"]
    assert subprocess.run(command, cwd=folder.path, check=False).returncode == 0
    listed = {line.split("  ")[1] for line in (folder.path / "checksums.sha256").read_text().splitlines()}
    there = {f.relative_to(folder.path).as_posix() for f in folder.path.rglob("*") if f.is_file()}
    assert there - listed == {"checksums.sha256", "ledger.sqlite"}
    with (folder.path / "run.json").open("a") as file:
        file.write(" ")
    changed = subprocess.run(command, cwd=folder.path, check=False, capture_output=True)
    assert changed.returncode == 1


def test_the_geopackage_has_its_layers_with_relative_paths_that_exist(
    tmp_path: Path, clock: Clock, record: SiteRecord, pixels: SitePixels, cube: xr.Dataset
) -> None:
    folder = finished(tmp_path / "run", clock, record, pixels, cube)
    path = folder.path / "signals.gpkg"
    layers = {name for name, _ in pyogrio.list_layers(path)}
    assert {"signals", "sites", "permits", "coverage"} <= layers
    signals = pyogrio.read_dataframe(path, layer="signals")
    assert len(signals) == 1
    assert (folder.path / signals["before_tif"][0]).is_file()
    assert signals.geometry.area[0] == pytest.approx(375)
    assert signals["priority"][0] == 0.5
    with closing(sqlite3.connect(path)) as connection:
        stored = connection.execute("SELECT first_changed, last_unchanged FROM signals").fetchall()
    assert stored == [("2020-05-11", None)]
    permits = pyogrio.read_dataframe(path, layer="permits")
    assert list(permits["reference"]) == [p.reference for p in record.site.permits]
    assert permits.geometry.isna().tolist() == [False, True]


def test_a_run_without_signals_or_ground_still_has_every_layer_and_column(
    tmp_path: Path, clock: Clock, record: SiteRecord
) -> None:
    failed = SiteRecord(site=record.site, outcome=Outcome(kind=OutcomeKind.NO_SCENE, note="No image."))
    folder = finished(tmp_path / "run", clock, failed, None, None)
    signals = pyogrio.read_dataframe(folder.path / "signals.gpkg", layer="signals")
    assert len(signals) == 0
    assert "reason_nl" in signals.columns
    assert folder.pixels(record.site.site_id) is None
    assert folder.cube(record.site.site_id) is None


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(StoreError, match="not empty"):
        RunFolder.create(tmp_path, SUMMARY, clock=clock)
    with pytest.raises(StoreError, match="no run to resume"):
        RunFolder.create(tmp_path, SUMMARY, clock=clock, resume=True)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_stopped_run_does_not_open_and_resumes_only_with_the_same_parameters(
    tmp_path: Path, clock: Clock, record: SiteRecord
) -> None:
    folder = RunFolder.create(tmp_path / "run", SUMMARY, clock=clock)
    folder.ledger.enrol([record.site.site_id, "bbbbbbbbbbbb"])
    folder.ledger.begin(record.site.site_id)
    folder.add(record)
    folder.ledger.begin("bbbbbbbbbbbb")
    folder.close()
    with pytest.raises(StoreError, match="stopped before"):
        RunFolder.open(folder.path)
    with pytest.raises(StoreError, match="another register"):
        RunFolder.create(folder.path, {**SUMMARY, "parameters_sha256": "p2"}, clock=clock, resume=True)
    resumed = RunFolder.create(folder.path, SUMMARY, clock=clock, resume=True)
    assert set(resumed.done()) == {record.site.site_id}
    assert resumed.ledger.rows()["bbbbbbbbbbbb"].state == "running"


def test_two_cannot_write_to_one_run_at_once(tmp_path: Path, clock: Clock) -> None:
    folder = RunFolder.create(tmp_path / "run", SUMMARY, clock=clock)
    with pytest.raises(StoreError, match="Another process"):
        RunFolder.create(folder.path, SUMMARY, clock=clock, resume=True)
    folder.close()
    RunFolder.create(folder.path, SUMMARY, clock=clock, resume=True).close()


def test_left_overs_of_a_killed_process_are_swept_up_on_resume(tmp_path: Path, clock: Clock) -> None:
    folder = RunFolder.create(tmp_path / "run", SUMMARY, clock=clock)
    half = folder.path / "sites" / ".part-99-abcdefabcdef"
    half.mkdir()
    (half / "score.tif").write_bytes(b"half")
    folder.close()
    RunFolder.create(folder.path, SUMMARY, clock=clock, resume=True)
    assert not half.exists()


def test_a_site_whose_folder_is_gone_is_looked_at_again(
    tmp_path: Path, clock: Clock, record: SiteRecord
) -> None:
    folder = RunFolder.create(tmp_path / "run", SUMMARY, clock=clock)
    folder.ledger.enrol([record.site.site_id])
    folder.ledger.end(record.site.site_id, record.outcome)
    assert folder.done() == {}


def test_runs_of_a_newer_version_and_other_folders_are_refused(
    tmp_path: Path, clock: Clock, record: SiteRecord
) -> None:
    with pytest.raises(StoreError, match="no run"):
        RunFolder.open(tmp_path)
    folder = finished(tmp_path / "run", clock, record, None, None)
    run_json = folder.path / "run.json"
    run_json.write_text(json.dumps({**folder.summary, "format": 99}))
    with pytest.raises(VersionError, match="99"):
        RunFolder.open(folder.path)
    run_json.write_text("{")
    with pytest.raises(CorruptRunError, match=r"run\.json"):
        RunFolder.open(folder.path)


@pytest.mark.parametrize("site_id", ["../run", "/etc", "..", "", "nothere"])
def test_a_site_id_cannot_lead_out_of_the_run(
    tmp_path: Path, clock: Clock, record: SiteRecord, site_id: str
) -> None:
    folder = finished(tmp_path / "run", clock, record, None, None)
    with pytest.raises(CorruptRunError):
        folder.record(site_id)


@pytest.mark.parametrize("name", ["site.json", "signals.json", "score.tif", "series.nc", "before.tif"])
def test_a_damaged_file_is_told_by_name(
    tmp_path: Path, clock: Clock, record: SiteRecord, pixels: SitePixels, cube: xr.Dataset, name: str
) -> None:
    folder = finished(tmp_path / "run", clock, record, pixels, cube)
    path = folder.path / "sites" / record.site.site_id / name
    path.write_bytes(path.read_bytes()[:20])
    read = {
        "site.json": folder.record,
        "signals.json": folder.record,
        "score.tif": folder.pixels,
        "before.tif": folder.pixels,
        "series.nc": folder.cube,
    }
    with pytest.raises(CorruptRunError, match=name.split(".")[0]):
        read[name](record.site.site_id)


def test_writing_the_same_site_twice_leaves_the_second(
    tmp_path: Path, clock: Clock, record: SiteRecord
) -> None:
    folder = RunFolder.create(tmp_path / "run", SUMMARY, clock=clock)
    folder.ledger.enrol([record.site.site_id])
    folder.add(record)
    folder.add(replace(record, judged=()))
    assert folder.record(record.site.site_id).judged == ()


def test_two_writes_of_the_same_pixels_are_the_same_bytes(
    tmp_path: Path, clock: Clock, record: SiteRecord, pixels: SitePixels, cube: xr.Dataset
) -> None:
    one = finished(tmp_path / "one", clock, record, pixels, cube)
    two = finished(tmp_path / "two", clock, record, pixels, cube)
    folder = Path("sites") / record.site.site_id
    for name in ("site.json", "signals.json", "score.tif", "before.tif", "alignment.json"):
        assert (one.path / folder / name).read_bytes() == (two.path / folder / name).read_bytes(), name
