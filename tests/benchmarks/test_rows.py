"""Rows of measurements: judging, table and JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from benchmarks.arguments import Arguments, data_folder, read_arguments
from benchmarks.rows import Row, finish, table

KEYS = {"case", "metric", "ours", "peer", "peer_name", "peer_note", "target", "met", "seed", "data"}


def row(**changes: object) -> Row:
    return Row(**{"case": "a case", "metric": "F1", "ours": 0.4, "target": 0.36, **changes})


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({}, True),
        ({"ours": 0.36}, True),
        ({"ours": 0.3}, False),
        ({"ours": None}, False),
        ({"target": None}, None),
        ({"better": "lower"}, False),
        ({"better": "lower", "ours": 0.1}, True),
    ],
)
def test_met_compares_in_the_stated_direction(changes: dict[str, object], met: bool | None) -> None:
    assert row(**changes).met is met


def test_a_row_as_json_has_exactly_the_agreed_keys_and_names_its_direction() -> None:
    found = row(better="lower", metric="us/px", target=15).as_json()
    assert set(found) == KEYS
    assert found["metric"] == "us/px (lower is better)"
    assert found["met"] is True
    assert found["peer"] is None


def test_a_quick_row_is_not_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rows.json"
    assert finish([row(ours=0.1)], Arguments(quick=True, json=file)) == 0
    assert json.loads(file.read_text())[0]["met"] is None
    printed = capsys.readouterr().out
    assert "nothing is judged" in printed
    assert " NO " not in printed


def test_a_target_that_was_not_met_stands_in_the_table_and_is_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows.json"
    assert finish([row(ours=0.1, seed=3)], Arguments(json=file)) == 0
    (found,) = json.loads(file.read_text())
    assert (found["met"], found["seed"]) == (False, 3)
    assert "| >= 0.36 | NO  |" in capsys.readouterr().out


def test_the_table_is_aligned_markdown() -> None:
    lines = table([row(), row(case="another, longer case", peer=0.3881, peer_name="peer 1.0")]).split("\n")
    assert len({len(line) for line in lines}) == 1
    assert all(line.startswith("|") and line.endswith("|") for line in lines)
    assert "0.3881" in lines[3]


def test_a_peer_without_a_figure_needs_a_reason_and_numbers_are_finite() -> None:
    with pytest.raises(ValueError, match="no reason why"):
        row(peer_name="nrt 0.3")
    row(peer_name="nrt 0.3", peer_note="not installed")
    with pytest.raises(ValueError, match="finite"):
        row(ours=math.nan)


def test_arguments_are_read() -> None:
    assert read_arguments("what it measures", []) == Arguments()
    found = read_arguments("what it measures", ["--quick", "--seed", "7", "--json", "rows.json"])
    assert found == Arguments(quick=True, seed=7, json=Path("rows.json"))


def test_missing_data_end_the_run_with_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGERY_DATA", str(tmp_path))
    (tmp_path / "there").mkdir()
    assert data_folder("there") == tmp_path / "there"
    with pytest.raises(SystemExit, match=r"'oscd' is missing\. Set IMAGERY_DATA"):
        data_folder("oscd")
