"""The table of problems: safe in a spreadsheet, whole or not there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.errors import RegisterError
from imagery.registers import read_register, register_report, write_problems
from imagery.registers.problems import harmless, plain_text, shown

HOSTILE = [
    '=HYPERLINK("http://example.invalid","klik")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "'=1+1",
    "%0A=1+1",
    "|calc",
    "＝1+1",
    "\u202e=1+1",
    "\x00=1+1",
]


@pytest.mark.parametrize("cell", HOSTILE)
def test_no_cell_can_start_a_formula(cell: str) -> None:
    assert harmless(cell).startswith("'")


@given(st.text(max_size=50))
def test_a_harmless_cell_stays_on_its_line_and_never_starts_a_formula(text: str) -> None:
    found = harmless(text)
    assert found.startswith("'") or not found.lstrip("' \"").startswith(("=", "+", "-", "@"))
    assert not {"\n", "\r", "\t", "\x00", "\x85", "\u2028"} & set(found)
    assert harmless("gewone tekst, 5-2") == "gewone tekst, 5-2"


def test_invisible_characters_are_taken_out() -> None:
    assert plain_text("a\u202eb\u200bc\ufeffd\x07e\n\tf  g") == "abcde f g"
    assert plain_text("Coo\u0308peratie") == "Coöperatie"


def test_long_values_are_cut() -> None:
    assert len(shown("x" * 10**6)) == 80
    assert shown(None) == ""


def test_the_table_opens_in_a_spreadsheet_and_holds_every_problem(write_csv, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = [(f"Z-{i}", "opslag", cell) for i, cell in enumerate(HOSTILE)]
    register = read_register(write_csv(("Zaaknummer", "Activiteit", "Geometrie"), *rows))
    path = write_problems(register, tmp_path / "problems.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file, delimiter=";"))
    assert len(table) == len(register.problems) + 1
    assert table[0][0] == "row"
    assert {len(row) for row in table} == {7}
    assert not [cell for row in table for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


def test_a_table_that_cannot_be_written_is_told(write_csv, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    register = read_register(write_csv(("Zaaknummer", "x", "y"), ("Z-1", "155000", "463000")))
    with pytest.raises(RegisterError, match="cannot be written"):
        write_problems(register, tmp_path / "nowhere" / "problems.csv")


def test_the_report_names_rows_columns_and_what_to_do(write_csv) -> None:  # type: ignore[no-untyped-def]
    header = ("Zaaknummer", "Activiteit", "x", "y", "Bedrijf", "Kleur")
    rows = [(f"Z-{i}", "opslag", "155000", "9", "Jansen BV", "rood") for i in range(9)]
    text = register_report(
        read_register(
            write_csv(header, *rows, ("Z-9", "opslag", "155000", "463000", "", "")), crs="EPSG:28992"
        )
    )
    assert "10 rows" in text
    assert "1 permits, 0 rows of ground without one, 9 rows not used" in text
    assert "reference: 'Zaaknummer'" in text
    assert "left alone (names of people and companies, which are not kept): 'Bedrijf'" in text
    assert "not recognised, not used: 'Kleur'" in text
    assert "row 2: 155000, 9; " in text
    assert "and 4 more" in text
    assert "Correct the coordinates" in text
    assert "EPSG:28992" in text
    assert "Jansen" not in text
