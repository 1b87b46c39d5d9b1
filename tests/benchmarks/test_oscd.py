"""The OSCD benchmark: its counts beside scikit-learn's, its reading of the set, a run on one city."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra bench is not installed")

from sklearn.metrics import cohen_kappa_score, f1_score

from benchmarks import oscd
from benchmarks.oscd_cities import TUNED, UNTUNED, City, load_city
from benchmarks.oscd_peers import change_vectors, rank_ensemble, slow_features_plain, spatial_context


def invented(seed: int = 0) -> City:
    rng = np.random.default_rng(seed)
    before = rng.random((3, 40, 50)).astype(np.float32)
    after = before + rng.normal(scale=0.05, size=before.shape).astype(np.float32)
    changed = np.zeros((40, 50), dtype=bool)
    changed[5:12, 30:40] = True
    after[:, changed] += np.array([1.0, -0.5, 0.8], np.float32)[:, None]
    valid = np.ones((40, 50), dtype=bool)
    valid[-1] = False
    return City(name="invented", before=before, after=after, valid=valid, changed=changed)


def test_the_cities_are_eleven_and_neighbours_stand_on_one_side() -> None:
    assert len(TUNED) == 6
    assert len(set(TUNED) | set(UNTUNED)) == 11
    assert {"bercy", "paris"} <= set(TUNED)


def test_f1_and_kappa_equal_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    flagged, changed = rng.random(5000) < 0.1, rng.random(5000) < 0.07
    total = oscd.counts(flagged, changed)
    assert total.sum() == 5000
    assert oscd.f1(total) == pytest.approx(f1_score(changed, flagged))
    assert oscd.kappa(total) == pytest.approx(cohen_kappa_score(changed, flagged))


def test_counts_of_cities_are_added_before_they_are_judged() -> None:
    one, other = np.array([10, 0, 0, 90]), np.array([0, 5, 50, 45])
    assert oscd.f1(one + other) == pytest.approx(20 / (20 + 5 + 50))
    assert oscd.f1(np.array([0, 0, 0, 9])) == 0
    assert oscd.kappa(np.array([0, 0, 0, 9])) == 0


@pytest.mark.parametrize("share", [0.025, 0.5])
def test_the_budget_is_exact_even_among_ties(share: float) -> None:
    scores = np.repeat(np.array([3.0, 1.0, 2.0], np.float32), 400)
    flagged = oscd.top(scores, share)
    assert flagged.sum() == round(share * 1200)
    assert scores[flagged].min() >= scores[~flagged].max()


@pytest.mark.parametrize("peer", [change_vectors, slow_features_plain, spatial_context, rank_ensemble])
def test_each_peer_finds_a_plain_change__planted(peer: oscd.Method) -> None:
    city = invented()
    score = peer(city)
    assert np.isnan(score[~city.valid]).all()
    assert np.median(score[city.changed]) > np.quantile(score[city.valid & ~city.changed], 0.95)


def test_a_pixel_without_a_score_counts_as_the_lowest_and_is_never_left_out() -> None:
    city = invented()

    def half_blind(_: City) -> np.ndarray:
        score = np.random.default_rng(2).random(city.valid.shape)
        score[:, :25] = np.nan
        return score

    result = oscd.measure(half_blind, city)
    assert result.scores.size == city.valid.sum()
    assert result.at_budget.sum() == result.at_threshold.sum() == city.valid.sum()
    assert np.isfinite(result.scores).all()


def test_rows_compare_with_every_peer_over_all_cities_and_give_the_time() -> None:
    results = {
        method: {name: oscd.measure(score, invented(seed)) for seed, name in enumerate(("paris", "rennes"))}
        for method, score in oscd.METHODS.items()
    }
    found = oscd.rows(results, ("paris", "rennes"), oscd.Arguments())
    whole = [row for row in found if row.case == "2 cities in all"]
    assert {row.peer_name for row in whole} == set(oscd.PEERS)
    assert [row.metric for row in whole if row.target is not None] == ["F1 at the budget"]
    assert all(row.better == "lower" for row in found if row.metric == "us/px")
    missing = [row for row in found if row.peer is None]
    assert missing
    assert all(row.peer_note == oscd.NO_THRESHOLD for row in missing)
    assert {row.case for row in found} >= {"1 cities tuned on", "1 cities not tuned on"}


@pytest.fixture(scope="module")
def oscd_folder(data_folder: Path) -> Path:
    folder = data_folder / "oscd"
    if not folder.is_dir():
        pytest.skip("the OSCD set is missing from the data folder")
    return folder


@pytest.mark.real
def test_both_dates_and_the_label_lie_on_the_first_grid__real(oscd_folder: Path) -> None:
    city = load_city(oscd_folder, "hongkong")
    assert city.before.shape == city.after.shape == (10, 695, 540)
    assert city.valid.shape == city.changed.shape == (695, 540)
    assert city.changed.mean() == pytest.approx(0.0356, abs=1e-3)
    assert 0 < np.nanmedian(city.before) < 1
    together = np.corrcoef(city.before[0][city.valid], city.after[0][city.valid])[0, 1]
    assert together > 0.6


@pytest.mark.real
def test_a_quick_run_writes_rows_that_judge_nothing__real(
    oscd_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(oscd, "QUICK", ("bercy",))
    monkeypatch.setenv("IMAGERY_DATA", str(oscd_folder.parent))
    file = tmp_path / "rows.json"
    assert oscd.main(["--quick", "--json", str(file)]) == 0
    rows = json.loads(file.read_text())
    assert {row["met"] for row in rows} == {None}
    assert {row["case"] for row in rows} >= {"1 cities tuned on", "1 cities in all"}
    assert all(isinstance(row["ours"], float) for row in rows)
    assert "Quick run" in capsys.readouterr().out
