"""What a file holds, held against what its name says."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from imagery.errors import RegisterError
from imagery.registers import read_register
from imagery.registers.sniffing import Kind, sniff

CSV = "Zaaknummer;x;y\nZ-1;155000;463000\n"


def zipped(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return path


def test_text_is_csv_whatever_its_suffix(tmp_path: Path) -> None:
    for name in ("a.csv", "a.txt", "a.tsv", "export", "a.dat"):
        path = tmp_path / name
        path.write_text(CSV)
        assert sniff(path) is Kind.CSV


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", CSV.encode(), "Excel workbook"),
        ("a.xls", CSV.encode(), "old Excel"),
        ("a.gpkg", CSV.encode(), "GeoPackage"),
        ("a.csv", b'{"type": "FeatureCollection", "features": []}', "GeoJSON"),
        ("a.csv", b"PAR1 and so on", "Parquet"),
        ("a.zip", b"PAR1 and so on", "Parquet"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RegisterError, match="holds something else") as caught:
        sniff(path)
    assert said in str(caught.value)
    assert "ends in" in caught.value.hint


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.csv", "a.html"])
@pytest.mark.parametrize("content", ["<html><body>log in</body></html>", "\n <!DOCTYPE html>", "<table><tr>"])
def test_a_web_page_under_any_name_is_called_a_web_page(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(RegisterError, match="web page"):
        sniff(path)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "is empty"),
        (b"\n \r\n\t", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        (b"\x00" * 500, "is empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "Office"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "picture"),
        (b"II*\x00" + b"\x00" * 100, "raster"),
        (b"<?xml version='1.0'?><gml/>", "XML"),
        (bytes(range(256)) * 4, "neither text"),
        (b"PK\x03\x04 cut short", "damaged"),
        (b"SQLite format 3\x00 cut short", "damaged"),
        (b"version https://git-lfs.github.com/spec/v1\n", "was not fetched"),
    ],
)
def test_what_is_no_register_is_named(tmp_path: Path, content: bytes, match: str) -> None:
    path = tmp_path / "register"
    path.write_bytes(content)
    with pytest.raises(RegisterError, match=match) as caught:
        sniff(path)
    assert caught.value.hint


def test_zips_are_told_apart_by_what_they_hold(tmp_path: Path) -> None:
    assert sniff(zipped(tmp_path / "a.xlsx", xl__workbook_dot_xml="<x/>")) is Kind.EXCEL
    assert sniff(zipped(tmp_path / "a.zip", map__a_dot_SHP="x")) is Kind.ZIPPED_SHAPEFILE
    with pytest.raises(RegisterError, match="OpenDocument"):
        sniff(zipped(tmp_path / "a.ods", mimetype="application/vnd.oasis.opendocument.spreadsheet"))
    with pytest.raises(RegisterError, match="binary Excel"):
        sniff(zipped(tmp_path / "b.xlsx", xl__workbook_dot_bin="x"))
    with pytest.raises(RegisterError, match=r"holds register\.csv"):
        sniff(zipped(tmp_path / "b.zip", register_dot_csv=CSV))
    with pytest.raises(RegisterError, match="holds something else"):
        sniff(zipped(tmp_path / "c.csv", xl__workbook_dot_xml="<x/>"))


def test_a_database_that_is_no_geopackage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE permits (id TEXT)")
        database.commit()
    with pytest.raises(RegisterError, match="not a GeoPackage"):
        sniff(path)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match=r"no register called nowhere\.csv"):
        read_register(tmp_path / "nowhere.csv")
    with pytest.raises(RegisterError, match="is a folder"):
        read_register(tmp_path)


def test_utf16_without_a_mark_is_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(CSV.encode("utf-16-le"))
    assert sniff(path) is Kind.CSV
    assert len(read_register(path).permits) == 1
