"""The command line: one line and exit code 2 for what is expected, and nothing heavy before it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.cli import one_line
from imagery.cli.choices import parse_settings
from imagery.domain import defaults
from imagery.errors import ParameterError

HEADER = "zaaknummer;activiteit;geometrie\n"
ROW = "Z-1;opslag;POLYGON ((155000 463000, 155100 463000, 155100 463100, 155000 463100, 155000 463000))\n"
PERIOD = "2020-01-01/2021-01-01"


def imagery(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as its users do, in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from imagery.cli import main; main()", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
    )


def assert_one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert lines[-1].startswith("imagery: ")
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in lines[-1], lines[-1]


@pytest.mark.parametrize(
    "command", [[], ["screen"], ["flag"], ["demo"], ["info"], ["register", "check"], ["source", "check"]]
)
def test_every_command_explains_itself(command: list[str], tmp_path: Path) -> None:
    done = imagery(*command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_the_defaults_are_printed_with_unit_reason_and_source(tmp_path: Path) -> None:
    printed = imagery("info", "--defaults", cwd=tmp_path).stdout
    for row in defaults().values():
        assert f"{row.name} = {row.value:g} {row.unit}" in printed
        assert row.reason in printed
        assert row.source in printed


def test_a_register_that_is_not_there(tmp_path: Path) -> None:
    done = imagery(
        "screen", "none.csv", "--source", "folder:x", "--period", PERIOD, "--out", "r", cwd=tmp_path
    )
    assert_one_line(done, "none.csv")
    assert not (tmp_path / "r").exists()


def test_imagery_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(HEADER + ROW)
    done = imagery(
        "screen", "register.csv", "--source", "folder:none", "--period", PERIOD, "--out", "r", cwd=tmp_path
    )
    assert_one_line(done, "none")
    assert not (tmp_path / "r").exists()


def test_a_source_of_an_unknown_kind(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(HEADER + ROW)
    done = imagery(
        "screen", "register.csv", "--source", "ftp:x", "--period", PERIOD, "--out", "r", cwd=tmp_path
    )
    assert_one_line(done, "ftp", "folder:")


@pytest.mark.parametrize("period", ["2020", "2021-01-01/2020-01-01"])
def test_a_period_that_is_none(tmp_path: Path, period: str) -> None:
    (tmp_path / "register.csv").write_text(HEADER + ROW)
    done = imagery(
        "screen", "register.csv", "--source", "folder:x", "--period", period, "--out", "r", cwd=tmp_path
    )
    assert_one_line(done, "period")


def test_a_register_without_a_usable_row(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(HEADER + "Z-1;opslag;POLYGON EMPTY\n")
    done = imagery(
        "screen", "register.csv", "--source", "folder:x", "--period", PERIOD, "--out", "r", cwd=tmp_path
    )
    assert_one_line(done, "register.csv", "register check")


def test_a_setting_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(HEADER + ROW)
    command = ["screen", "register.csv", "--source", "folder:x", "--period", PERIOD, "--out", "r"]
    assert_one_line(imagery(*command, "--set", "colour=3", cwd=tmp_path), "colour", "--defaults")
    assert_one_line(imagery(*command, "--set", "margin_m", cwd=tmp_path), "NAME=VALUE")


def test_a_run_that_is_none(tmp_path: Path) -> None:
    assert_one_line(imagery("flag", ".", "--out", "r", cwd=tmp_path), "run.json")


def test_register_check_says_what_was_understood_and_what_was_not(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(HEADER + ROW + "Z-2;opslag;POLYGON EMPTY\n")
    done = imagery("register", "check", "register.csv", "--problems", "problems.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "zaaknummer" in done.stdout
    assert "3" in (tmp_path / "problems.csv").read_text(encoding="utf-8-sig")


def test_pairs_become_settings_and_named_options_go_first() -> None:
    assert parse_settings(["margin_m=80", "min_clear_dates=10"], margin_m=None) == {
        "margin_m": 80,
        "min_clear_dates": 10,
    }
    assert parse_settings(["margin_m=80"], margin_m=90.0) == {"margin_m": 90.0}
    with pytest.raises(ParameterError, match="margin"):
        parse_settings(["margin_m=wide"])


@given(st.text())
def test_an_error_is_one_line_without_control_signs(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert all(sign.isprintable() for sign in line)
