"""The whole chain on a simulated scene with planted changes, through real files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import xarray as xr
from shapely import box

import imagery
from imagery.domain import Kind, OutcomeKind, Relation, Settings, Standing
from imagery.errors import InputError, NoSceneError, ParameterError, RegisterError, StoreError
from imagery.pixels.grids import to_crs
from imagery.screening import Run
from imagery.stores.ledger import Ledger
from imagery.testing.folders import write_folder
from tests.screening.conftest import PERIOD, Planted


@pytest.fixture(scope="session")
def run(planted: Planted, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return imagery.screen(
        planted.register,
        source=f"folder:{planted.imagery}",
        period=PERIOD,
        out=tmp_path_factory.mktemp("run") / "run",
        crs=planted.crs,
    )


def test_each_planted_change_is_found_and_judged__planted(run: Run, planted: Planted) -> None:
    by_reference = {record.site.references: record for record in run.records}
    assert {r.outcome.kind for r in run.records} == {OutcomeKind.SCREENED}
    (crossed,) = by_reference[("CROSSED",)].judged
    assert (crossed.standing, crossed.relation, crossed.kind) == (
        Standing.SIGNAL,
        Relation.OUTSIDE,
        Kind.VEGETATION_CLEARED,
    )
    truth = to_crs(planted.pixels(20, 20, 9, 9), planted.crs, crossed.change.crs)
    assert crossed.change.geometry.intersection(truth).area > 0.8 * truth.area
    assert crossed.change.geometry.area < 1.3 * truth.area
    assert crossed.change.last_unchanged is not None
    assert crossed.change.last_unchanged <= date(2020, 5, 20) <= crossed.change.first_changed
    (allowed,) = by_reference[("ALLOWED",)].judged
    assert (allowed.standing, allowed.relation) == (Standing.PERMITTED_CHANGE, Relation.INSIDE)
    assert by_reference[("QUIET",)].judged == ()


def test_the_tables_of_a_run_say_the_same_as_its_records(run: Run) -> None:
    assert isinstance(run.signals, gpd.GeoDataFrame)
    assert len(run.signals) == 1
    assert len(run.permitted_changes) == 1
    assert run.outcomes == {"screened": 3}
    assert list(run.sites["n_signals"]) == [len(r.signals) for r in run.records]
    assert "1 signals" in repr(run)
    assert run.report.read_text(encoding="utf-8").count("CROSSED") > 1


def test_the_record_of_a_run_holds_what_is_needed_to_repeat_it(run: Run, planted: Planted) -> None:
    summary = json.loads((run.path / "run.json").read_text())
    assert summary["period"] == PERIOD
    assert summary["settings"] == Settings.of().as_dict()
    assert len(summary["register"]["sha256"]) == 64
    (file,) = summary["source"]["files"]
    assert len(file["sha256"]) == 64
    assert summary["code_version"] == imagery.__version__
    assert summary["calibration"]["promised_rate_per_1000"] > 0
    assert str(planted.imagery) not in (run.path / "run.json").read_text(), "no path of the machine"


def test_scores_come_out_the_same_from_the_kept_pixels(run: Run) -> None:
    from imagery.detection.series import detect_series
    from imagery.domain import Period
    from imagery.stores.records import CONTROL, WATCHED

    site_id = run.signals["site_id"][0]
    cube, pixels = run.cube(site_id), run.pixels(site_id)
    assert cube is not None
    assert pixels is not None
    again = detect_series(
        cube,
        Period.parse(PERIOD),
        control=pixels.ground == CONTROL,
        watched=pixels.ground == WATCHED,
        settings=Settings.of(),
    )
    np.testing.assert_allclose(again.score, pixels.scores.score, rtol=1e-5, equal_nan=True)


def test_a_second_screening_gives_the_same_signals(run: Run, planted: Planted, tmp_path: Path) -> None:
    again = imagery.screen(
        planted.register,
        source=f"folder:{planted.imagery}",
        period=PERIOD,
        out=tmp_path / "again",
        crs=planted.crs,
        jobs=2,
    )
    assert again.summary["run_id"] == run.summary["run_id"]
    assert list(again.signals["signal_id"]) == list(run.signals["signal_id"])
    assert list(again.sites["site_id"]) == list(run.sites["site_id"])


def test_against_an_earlier_run_a_signal_is_still_there(run: Run, planted: Planted, tmp_path: Path) -> None:
    later = imagery.screen(
        planted.register,
        source=f"folder:{planted.imagery}",
        period=PERIOD,
        out=tmp_path / "later",
        crs=planted.crs,
        previous=run.path,
    )
    assert list(later.signals["novelty"]) == ["still_there"]
    assert list(run.signals["novelty"]) == ["not_compared"]


def test_a_run_is_judged_again_with_other_permits_without_its_imagery(
    run: Run, planted: Planted, tmp_path: Path
) -> None:
    register = planted.write_register(
        tmp_path / "new.csv",
        [
            ("WIDER", "Kappen van bomen", "01-01-2019", "31-12-2025", planted.pixels(14, 12, 22, 26)),
            ("OVER", "Kappen van bomen", "01-01-2015", "31-12-2018", planted.pixels(54, 54, 19, 20)),
        ],
    )
    judged = imagery.flag(
        run, out=tmp_path / "judged", register=imagery.read_register(register, crs=planted.crs)
    )
    by_reference = {record.site.references: record for record in judged.records}
    assert [s.standing for s in by_reference[("WIDER",)].judged] == [Standing.PERMITTED_CHANGE]
    assert [s.kind for s in by_reference[("OVER",)].judged] == [Kind.ACTIVITY_AFTER_EXPIRY]


def test_a_run_judged_again_with_nothing_changed_says_the_same(run: Run, tmp_path: Path) -> None:
    judged = imagery.flag(run, out=tmp_path / "judged")
    assert list(judged.signals["signal_id"]) == list(run.signals["signal_id"])
    assert judged.summary["judged_again_from"] == run.summary["run_id"]


def test_a_run_judged_again_with_a_larger_least_region_has_no_smaller_ones(run: Run, tmp_path: Path) -> None:
    judged = imagery.flag(run, out=tmp_path / "judged", settings={"min_region_m2": 2000})
    assert (judged.signals["area_m2"] >= 1990).all()
    assert judged.summary["settings"]["min_region_m2"] == 2000


def test_a_larger_least_region_takes_the_smaller_change_away_and_adds_none(run: Run, tmp_path: Path) -> None:
    judged = imagery.flag(run, out=tmp_path / "judged", settings={"min_region_m2": 12000})
    assert [record.judged for record in judged.records] == [(), (), ()]


def test_a_setting_that_shaped_the_scores_cannot_be_changed_afterwards(run: Run, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="history_years"):
        imagery.flag(run, out=tmp_path / "judged", settings={"history_years": 1})
    assert not (tmp_path / "judged").exists()


def test_a_killed_run_goes_on_where_it_ended(planted: Planted, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [
        sys.executable, "-c", "from imagery.cli import main; main()", "screen", str(planted.register),
        "--source", f"folder:{planted.imagery}", "--period", PERIOD, "--out", str(out), "--crs", planted.crs,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=dict(os.environ)
    )
    ledger, deadline = Ledger(out / "ledger.sqlite", lambda: datetime.now(UTC)), time.monotonic() + 60

    def ended() -> list[str]:
        return [name for name, row in ledger.rows().items() if row.state == "done"]

    while not ((out / "ledger.sqlite").exists() and ended()) and time.monotonic() < deadline:
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    first = {name: (out / "sites" / name).stat().st_mtime_ns for name in ended()}
    assert first, "the run was killed before its first site"
    if (out / "checksums.sha256").exists():
        pytest.fail("the run was killed too late to show anything")
    with pytest.raises(StoreError, match="stopped before"):
        Run.open(out)
    done = subprocess.run([*command, "--resume"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    resumed = Run.open(out)
    assert list(resumed.signals["signal_id"]) == list(run.signals["signal_id"])
    for name, written in first.items():
        assert (out / "sites" / name).stat().st_mtime_ns == written, "a finished site was done again"


def test_an_output_folder_that_is_not_empty_is_refused(run: Run, planted: Planted) -> None:
    with pytest.raises(StoreError, match="not empty"):
        imagery.screen(
            planted.register, source=f"folder:{planted.imagery}", period=PERIOD, out=run.path, crs=planted.crs
        )


def test_a_run_does_not_resume_with_other_settings(run: Run, planted: Planted) -> None:
    with pytest.raises(StoreError, match="another register"):
        imagery.screen(
            planted.register,
            source=f"folder:{planted.imagery}",
            period=PERIOD,
            out=run.path,
            crs=planted.crs,
            resume=True,
            settings=Settings.of(margin_m=30),
        )


def outcome(planted: Planted, cube: xr.Dataset, tmp_path: Path, period: str = PERIOD) -> imagery.Outcome:
    """How the crossed site ends on another cube."""
    register = planted.write_register(
        tmp_path / "one.csv",
        [("CROSSED", "Kappen van bomen", "01-01-2019", "31-12-2025", planted.pixels(24, 16, 8, 16))],
    )
    folder = write_folder(cube, tmp_path / "imagery", "netcdf")
    run = imagery.screen(
        register, source=f"folder:{folder}", period=period, out=tmp_path / "out", crs=planted.crs
    )
    (record,) = run.records
    if not record.outcome.looked:
        assert record.judged == ()
        assert record.outcome.hint
    return record.outcome


def in_2020(cube: xr.Dataset) -> np.ndarray:
    return cube["time"].values >= np.datetime64("2020-01-01")


def test_a_year_under_cloud_is_too_cloudy_and_not_nothing_seen(planted: Planted, tmp_path: Path) -> None:
    cube = planted.scene.cube.copy(deep=True)
    cube["valid"].values[in_2020(cube)] = False
    assert outcome(planted, cube, tmp_path).kind is OutcomeKind.TOO_CLOUDY


def test_a_period_without_images_has_no_scene(planted: Planted, tmp_path: Path) -> None:
    cube = planted.scene.cube.isel(time=~in_2020(planted.scene.cube))
    assert outcome(planted, cube, tmp_path).kind is OutcomeKind.NO_SCENE


def test_one_date_only_is_not_enough_history(planted: Planted, tmp_path: Path) -> None:
    cube = planted.scene.cube
    clear = cube["valid"].values.mean(axis=(1, 2)) > 0.9
    index = np.flatnonzero(clear & in_2020(cube))[:1]
    assert outcome(planted, cube.isel(time=index), tmp_path).kind is OutcomeKind.NOT_ENOUGH_HISTORY


def test_few_dates_fall_back_to_the_pair_method(planted: Planted, tmp_path: Path) -> None:
    cube = planted.scene.cube
    clear = np.flatnonzero(cube["valid"].values.mean(axis=(1, 2)) > 0.9)
    months = cube["time"].values[clear].astype("datetime64[M]").astype(int) % 12
    years = cube["time"].values[clear].astype("datetime64[Y]").astype(int) + 1970
    summer = clear[(months >= 5) & (months <= 8) & (years >= 2019)]
    assert outcome(planted, cube.isel(time=summer), tmp_path).kind is OutcomeKind.SCREENED
    site = Run.open(tmp_path / "out").records[0]
    assert site.facts["method"] == "pair"


def test_a_cube_without_any_value_is_told_and_gives_no_score(planted: Planted, tmp_path: Path) -> None:
    cube = planted.scene.cube.copy(deep=True)
    for name in cube.data_vars:
        if name != "valid":
            cube[name].values[:] = np.nan
    cube["valid"].values[:] = False
    assert outcome(planted, cube, tmp_path).kind in (OutcomeKind.TOO_CLOUDY, OutcomeKind.FAILED)


def test_a_site_larger_than_the_imagery_says_how_much_was_seen(planted: Planted, tmp_path: Path) -> None:
    half = planted.scene.cube.isel(x=slice(0, 24))
    ended = outcome(planted, half, tmp_path)
    assert "within the imagery" in ended.note or not ended.looked


def test_a_register_elsewhere_ends_as_no_scene(planted: Planted, tmp_path: Path) -> None:
    far = box(155000, 463000, 155100, 463100)
    register = planted.write_register(tmp_path / "far.csv", [("FAR", "opslag", "", "", far)])
    run = imagery.screen(
        register, source=f"folder:{planted.imagery}", period=PERIOD, out=tmp_path / "out", crs="EPSG:28992"
    )
    assert run.outcomes == {"no_scene": 1}
    assert run.records[0].outcome.note


def test_an_empty_register_is_an_error_with_what_to_do(planted: Planted, tmp_path: Path) -> None:
    register = planted.write_register(tmp_path / "bad.csv", [("BAD", "opslag", "", "", "POLYGON EMPTY")])
    with pytest.raises(RegisterError, match="None of the 1 rows") as caught:
        imagery.screen(
            register, source=f"folder:{planted.imagery}", period=PERIOD, out=tmp_path / "out", crs=planted.crs
        )
    assert "register check" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_jobs_must_be_one_or_more(planted: Planted, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="jobs"):
        imagery.screen(planted.register, source="folder:x", period=PERIOD, out=tmp_path / "o", jobs=0)


def test_an_earlier_run_in_another_reference_system_is_refused(
    run: Run, planted: Planted, tmp_path: Path
) -> None:
    register = imagery.read_register(planted.register, crs=planted.crs, metric_crs="EPSG:32631")
    with pytest.raises(InputError, match="EPSG:32631"):
        imagery.screen(
            register, source=f"folder:{planted.imagery}", period=PERIOD, out=tmp_path / "o", previous=run.path
        )


def test_expected_errors_become_outcomes_and_others_are_raised() -> None:
    from imagery.screening.site import outcome_of

    error = NoSceneError("No image.", hint="Wait.")
    assert outcome_of(error).kind is OutcomeKind.NO_SCENE
    assert (outcome_of(error).note, outcome_of(error).hint) == ("No image.", "Wait.")
    assert outcome_of(InputError("Something else.")).kind is OutcomeKind.FAILED
