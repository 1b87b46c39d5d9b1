"""What a file holds, by its content; its name is only held against it."""

from __future__ import annotations

import re
import sqlite3
import zipfile
import zlib
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from imagery.errors import RegisterError

LARGEST_UNPACKED = 4 * 1024**3
"""Bytes that a zipped register may hold; more is a mistake or a trap."""
HEAD = 65_536


class Kind(StrEnum):
    """Files that can be read as a register."""

    CSV = "CSV text"
    EXCEL = "Excel workbook"
    GEOPACKAGE = "GeoPackage"
    GEOJSON = "GeoJSON"
    SHAPEFILE = "shapefile"
    ZIPPED_SHAPEFILE = "zipped shapefile"
    PARQUET = "Parquet file"


SUFFIXES = {
    Kind.CSV: (".csv", ".txt", ".tsv", ".tab"),
    Kind.EXCEL: (".xlsx", ".xlsm"),
    Kind.GEOPACKAGE: (".gpkg",),
    Kind.GEOJSON: (".geojson", ".json"),
    Kind.SHAPEFILE: (".shp",),
    Kind.ZIPPED_SHAPEFILE: (".zip",),
    Kind.PARQUET: (".parquet", ".geoparquet", ".pq"),
}
OTHER_SUFFIXES = {
    ".xls": "an old Excel workbook",
    ".xlsb": "a binary Excel workbook",
    ".ods": "an OpenDocument table",
    ".gml": "GML",
    ".kml": "KML",
    ".xml": "XML",
    ".pdf": "a PDF",
    ".dbf": "a dBASE table",
    ".html": "HTML",
    ".htm": "HTML",
}
CAN_BE_READ = (
    "Registers are read from CSV, Excel (.xlsx), GeoPackage, GeoJSON, zipped shapefile and GeoParquet."
)


def sniff(path: Path) -> Kind:
    """Tell what a register file holds.

    Raises
    ------
    RegisterError
        If it is missing, empty, not a register format, or not what its name says.
    """
    head = _head(path)
    kind = _kind(path, head)
    suffix = path.suffix.lower()
    promised = next((k for k, names in SUFFIXES.items() if suffix in names), None)
    said = str(promised) if promised else OTHER_SUFFIXES.get(suffix)
    if said is not None and promised is not kind:
        raise RegisterError(
            f"{path.name} is called {suffix} ({said}) and holds something else: {kind}.",
            hint=f"Is it the right file? If so, give it a name that ends in {SUFFIXES[kind][0]}.",
        )
    return kind


def _head(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise RegisterError(f"{path.name} is a folder, not a register.", hint="Give the file inside it.")
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError:
        raise RegisterError(
            f"There is no register called {path.name} there.", hint="Check the name and the folder."
        ) from None
    except OSError as error:
        raise RegisterError(
            f"{path.name} cannot be opened: {error.strerror or error}.",
            hint="Close it in other programs and check that you may read it.",
        ) from error
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise RegisterError(f"{path.name} is empty.", hint="Export the register again.")
    return head


def _kind(path: Path, head: bytes) -> Kind:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path)
    if head.startswith(b"SQLite format 3\x00"):
        return _sqlite_kind(path)
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    if head.startswith(b"\x00\x00\x27\x0a"):
        return Kind.SHAPEFILE
    _refuse_binary(path, head)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] == b"<":
        _refuse_markup(path, text)
    if text[:1] in (b"{", b"["):
        return Kind.GEOJSON
    return Kind.CSV


def _refuse_binary(path: Path, head: bytes) -> None:
    signatures = {
        b"\xd0\xcf\x11\xe0": (
            "an old or protected Office file",
            "Open it, take the password off, and save it as .xlsx.",
        ),
        b"%PDF": ("a PDF", "A PDF cannot be read as a table; ask for the export behind it."),
        b"\x89PNG": ("a picture", CAN_BE_READ),
        b"\xff\xd8\xff": ("a picture", CAN_BE_READ),
        b"II*\x00": ("a raster image", "Imagery goes to --source; the register is a table."),
        b"MM\x00*": ("a raster image", "Imagery goes to --source; the register is a table."),
        b"\x1f\x8b": ("a gzip archive", "Unpack it first."),
        b"7z\xbc\xaf": ("a 7-zip archive", "Unpack it first."),
        b"Rar!": ("a RAR archive", "Unpack it first."),
        b"version https://git-lfs": (
            "a pointer to a file that was not fetched",
            "Fetch it with git lfs pull.",
        ),
    }
    for signature, (what, hint) in signatures.items():
        if head.startswith(signature):
            raise RegisterError(f"{path.name} holds {what}, which is not a register.", hint=hint)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or looks_like_utf16(head):
        return
    odd = sum(head.count(bytes([code])) for code in range(32) if code not in (0, 9, 10, 12, 13))
    if odd > max(16, len(head) // 20) or head.count(0) > max(16, len(head) // 10):
        raise RegisterError(f"{path.name} holds neither text nor a known register format.", hint=CAN_BE_READ)


def looks_like_utf16(head: bytes) -> bool:
    """True for UTF-16 text without a mark: every other byte of Western text is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    return max(even, odd) > 0.4 * half and min(even, odd) < 0.05 * half


def _refuse_markup(path: Path, text: bytes) -> None:
    start = text[:2000].lower()
    if b"<html" in start or b"<!doctype html" in start or b"<table" in start:
        raise RegisterError(
            f"{path.name} holds a web page (HTML), not a register.",
            hint="A web export or a login page was saved under this name; open it and save it as .xlsx or .csv.",
        )
    raise RegisterError(
        f"{path.name} holds XML (GML, KML or another kind), which is not read as a register.",
        hint="Save it as a GeoPackage, for instance with QGIS.",
    )


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            mimetype = archive.read("mimetype")[:100] if "mimetype" in archive.namelist() else b""
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        raise RegisterError(
            f"{path.name} is a zip or Excel file that is damaged or cut short.",
            hint="Download or export it again.",
        ) from error
    if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
        raise RegisterError(
            f"{path.name} unpacks to more than {LARGEST_UNPACKED // 1024**3} GB.",
            hint="A register is smaller than that; check the file, or cut it up.",
        )
    names = [info.filename for info in infos if not info.filename.startswith("__MACOSX/")]
    lower = [name.lower() for name in names]
    if "xl/workbook.xml" in lower:
        return Kind.EXCEL
    if "xl/workbook.bin" in lower:
        raise RegisterError(f"{path.name} is a binary Excel workbook.", hint="Save it as .xlsx.")
    if b"opendocument" in mimetype:
        raise RegisterError(f"{path.name} is an OpenDocument file.", hint="Save it as .xlsx or .csv.")
    if any(name.endswith(".shp") for name in lower):
        return Kind.ZIPPED_SHAPEFILE
    inside = ", ".join(re.sub(r"[^\w. /-]", "_", name) for name in names[:3])
    raise RegisterError(
        f"{path.name} is a zip without a shapefile; it holds {inside or 'nothing'}.",
        hint="Unpack it and give the register inside it.",
    )


def _sqlite_kind(path: Path) -> Kind:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise RegisterError(
            f"{path.name} is a damaged database.", hint="Export or download it again."
        ) from error
    if "gpkg_contents" not in tables:
        raise RegisterError(
            f"{path.name} is an SQLite database and not a GeoPackage.", hint="Save it as a GeoPackage."
        )
    return Kind.GEOPACKAGE
