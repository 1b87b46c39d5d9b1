"""CSV as it comes: delimiters, encodings, titles above the header, quotation marks that do not close."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.errors import RegisterError
from imagery.registers import Severity, read_register
from imagery.registers.csv_table import decode, find_delimiter, split_records

HEADER = "Zaaknummer;Activiteit;x;y;Bevoegd gezag\n"
ROW = "Z-1;opslag;155000;463000;Gemeente Één\n"


def read(tmp_path: Path, content: bytes | str):  # type: ignore[no-untyped-def]
    path = tmp_path / "register.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_register(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_usual_encoding_gives_the_same_text(tmp_path: Path, encoding: str) -> None:
    permit = read(tmp_path, (HEADER + ROW).encode(encoding)).permits[0]
    assert permit.authority == "Gemeente Één"
    assert permit.reference == "Z-1"


def test_windows_1252_is_said(tmp_path: Path) -> None:
    assert "windows_1252" in {p.code for p in read(tmp_path, (HEADER + ROW).encode("cp1252")).problems}
    assert "windows_1252" not in {p.code for p in read(tmp_path, HEADER + ROW).problems}


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_usual_delimiter_and_line_end_is_found(tmp_path: Path, delimiter: str, newline: str) -> None:
    text = (HEADER + ROW).replace(";", delimiter).replace("\n", newline)
    register = read(tmp_path, text)
    assert [p.reference for p in register.permits] == ["Z-1"]
    assert register.permits[0].footprint is not None


def test_commas_inside_wkt_do_not_count_as_delimiters(tmp_path: Path) -> None:
    text = "Zaaknummer;Geometrie\n" + "".join(
        f"Z-{i};POLYGON((155000 463000,155100 463000,155100 463100,155000 463000))\n" for i in range(5)
    )
    assert len(read(tmp_path, text).permits[0].footprint.geometry.exterior.coords) == 4


def test_the_excel_hint_line_and_a_title_above_the_header_are_passed_over(tmp_path: Path) -> None:
    register = read(tmp_path, f"sep=;\nVergunningen per 1-1-2020;;;;\n\n{HEADER}{ROW}Z-2;opslag;;;\n")
    assert [p.reference for p in register.permits] == ["Z-1", "Z-2"]
    assert register.permit_rows == (5, 6)


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    text = HEADER + 'Z-1;"twee\nregels";155000;463000;\n' + "\n;;;;\n" + "Z-2;opslag;oost;noord;\n"
    register = read(tmp_path, text)
    assert register.n_rows == 2
    assert register.permit_rows == (2,)
    assert [(p.row, p.code) for p in register.problems if p.severity is Severity.DROPPED] == [
        (5, "unreadable_coordinates")
    ]


def test_an_open_quotation_mark_costs_its_own_row_only(tmp_path: Path) -> None:
    rows = [f"Z-{i};opslag;{155000 + 100 * i};463000;gezag" for i in range(300)]
    rows[3] = 'Z-3;"opslag;155300;463000;gezag'
    rows[40] = 'Z-40;"opslag;159000;463000;gezag'
    register = read(tmp_path, HEADER + "\n".join(rows) + "\n")
    assert {p.row for p in register.problems if p.code == "open_quote"} == {5, 42}
    assert len(register.permits) == 298
    assert register.n_rows == 300


def test_two_slips_that_make_a_pair_do_not_swallow_the_rows_between(tmp_path: Path) -> None:
    rows = [f"Z-{i};opslag;{155000 + 100 * i};463000;gezag" for i in range(30)]
    rows[3] = 'Z-3;"opslag;155300;463000;gezag'
    rows[9] = 'Z-9;opslag";155900;463000;gezag'
    register = read(tmp_path, HEADER + "\n".join(rows) + "\n")
    assert {p.row for p in register.problems if p.code == "open_quote"} == {5}
    assert len(register.permits) == 29


def test_a_cell_over_several_lines_may_be_the_first_or_the_last(tmp_path: Path) -> None:
    text = (
        "titel\n" + HEADER + '"Z-1\nb";opslag;155000;463000;g\nZ-2;opslag;155000;464000;"een\ntwee\n\ndrie"\n'
    )
    register = read(tmp_path, text)
    assert [p.reference for p in register.permits] == ["Z-1 b", "Z-2"]
    assert register.permits[1].authority == "een twee drie"
    assert not [p for p in register.problems if p.severity is Severity.DROPPED]


def test_an_inch_sign_inside_a_cell_is_a_sign(tmp_path: Path) -> None:
    register = read(tmp_path, HEADER + 'Z-1;pijp 3" opslag;155000;463000;a\nZ-2;opslag;155000;464000;b\n')
    assert register.permits[0].activity_text == 'pijp 3" opslag'
    assert len(register.permits) == 2


def test_rows_of_another_width_are_told(tmp_path: Path) -> None:
    text = (
        HEADER
        + ROW
        + "Z-2;opslag;zand;155000;463000;gezag\n"
        + "Z-3;opslag;155000;464000\n"
        + "Z-4;a;155000;465000;g;;;\n"
    )
    register = read(tmp_path, text)
    by_code = {p.code: p.row for p in register.problems}
    assert by_code["too_many_cells"] == 3
    assert by_code["too_few_cells"] == 4
    assert [p.reference for p in register.permits] == ["Z-1", "Z-3", "Z-4"]


def test_nul_bytes_are_taken_out_and_said(tmp_path: Path) -> None:
    register = read(tmp_path, HEADER + "Z-\x001;ops\x00lag;155000;463000;\n")
    assert register.permits[0].reference == "Z-1"
    assert "nul_bytes" in {p.code for p in register.problems}


@pytest.mark.parametrize("text", [HEADER, HEADER + ";;;;\n\n"])
def test_a_header_without_rows_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RegisterError, match="header and no rows"):
        read(tmp_path, text)


def test_two_columns_of_one_name_are_told(tmp_path: Path) -> None:
    register = read(tmp_path, "Zaaknummer;x;y;x\nZ-1;155000;463000;7\n")
    assert register.permits[0].footprint.geometry.centroid.x == pytest.approx(155000)
    assert "column_twice" in {p.code for p in register.problems}


def test_a_cell_longer_than_the_csv_module_allows_is_read(tmp_path: Path) -> None:
    ring = ", ".join(f"{155000 + i % 5000 * 0.01 + i // 5000} {463000 + i * 0.02:.2f}" for i in range(9000))
    text = f"Zaaknummer;Geometrie\nZ-1;POLYGON((155000 463000, {ring}, 154000 463100, 155000 463000))\n"
    assert len(text) > 150_000
    limit = csv.field_size_limit()
    assert read(tmp_path, text).permits[0].footprint is not None
    assert csv.field_size_limit() == limit


cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12) | st.sampled_from(
    ['a "b" c', "x;y", "een\ntwee", '"', '""', '3" pijp', ";", ""]
)


@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=8), st.sampled_from(";,\t|"))
def test_records_are_those_of_the_csv_module(rows: list[list[str]], delimiter: str) -> None:
    width = max(map(len, rows))
    rows = [[f"kop {i}" for i in range(width)], *[row + [""] * (width - len(row)) for row in rows]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    text = out.getvalue()
    oracle = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert oracle == rows
    found = list(split_records(text.split("\n")[:-1], delimiter))
    # A quoted cell that holds whole rows is taken for a slip and told; everything else is read as it was written.
    if all(readable for _, readable in found):
        assert [record for record, _ in found] == oracle
    else:
        assert any(delimiter in cell and "\n" in "".join(row) for row in rows for cell in row)


def test_the_delimiter_is_the_one_under_which_names_are_known() -> None:
    known = {"zaaknummer", "x", "y"}.__contains__
    lines = ["zaaknummer,x,y", "a;b;c;d,1,2", "e;f;g;h,3,4"]
    assert find_delimiter(lines, known) == ","


def test_bytes_that_windows_1252_does_not_have_are_not_fatal() -> None:
    assert decode(b"caf\xe9 \x81")[0].startswith("café")
