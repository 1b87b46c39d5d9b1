"""CSV as it comes out of Dutch office software: any usual delimiter and encoding, quotes that do not close."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from imagery.errors import RegisterError
from imagery.registers.problems import ProblemLog
from imagery.registers.sniffing import Kind, looks_like_utf16
from imagery.registers.table import Table, blank, column_names, header_index, tidy

DELIMITERS = (";", ",", "\t", "|")
SAMPLE_RECORDS = 60
LONGEST_QUOTED_CELL = 200
"""Lines over which a quoted cell may run before its opening quotation mark is taken for a slip."""


def read_csv(path: Path, known: Callable[[str], bool], log: ProblemLog) -> Table:
    """Read a CSV file.

    Parameters
    ----------
    path : Path
        The file.
    known : callable
        Tells whether a cell is a column name that means something; finds the header.
    log : ProblemLog
        Rows that are broken, and what was assumed.
    """
    text, encoding = decode(path.read_bytes())
    if encoding == "cp1252":
        log.note(
            None,
            "windows_1252",
            "The file is not UTF-8 and was read as Windows-1252.",
            "Look at a name with an accent; if it is wrong, export as UTF-8.",
        )
    if "\x00" in text:
        text = text.replace("\x00", "")
        log.repair(
            None,
            "nul_bytes",
            "The file held NUL bytes, which were taken out.",
            "Check where the export comes from.",
        )
    lines = re.split(r"\r\n|\n|\r", text)
    stated = re.fullmatch(r"sep=(.)", lines[0].strip("\ufeff")) if lines else None
    first_row = 2 if stated else 1
    lines = lines[1:] if stated else lines
    with _any_cell_size():
        delimiter = stated.group(1) if stated else find_delimiter(lines, known)
        records = list(split_records(lines, delimiter))
    return _table(records, first_row, delimiter, known, log, path)


def decode(data: bytes) -> tuple[str, str]:
    """Text of a file and the encoding it was read with."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), encoding
    head = data[:65_536]
    if looks_like_utf16(head):
        encoding = "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
        return data.decode(encoding, errors="replace"), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "cp1252"


@contextmanager
def _any_cell_size() -> Iterator[None]:
    """A polygon can be longer than the csv module lets a cell be."""
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


def find_delimiter(lines: list[str], known: Callable[[str], bool]) -> str:
    """The delimiter under which the first lines make the best table.

    Best is: most column names that are known, then rows of one width, then most columns.
    """
    sample = [line for line in lines if line.strip()][:SAMPLE_RECORDS]

    def quality(delimiter: str) -> tuple[int, float, int]:
        rows = [cells for cells, _ in split_records(sample, delimiter) if cells]
        if not rows:
            return 0, 0.0, 0
        header = rows[header_index(rows, known)]
        names = len({cell for cell in header if known(cell)})
        width, count = Counter(len(row) for row in rows).most_common(1)[0]
        return names, count / len(rows) if width > 1 else 0.0, len(header)

    return max(DELIMITERS, key=quality)


def split_records(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], bool]]:
    """Records of a CSV text, each with whether it could be read.

    A quoted cell may run over several lines. A quotation mark that opens and never closes would swallow the rest
    of the file; here it costs its own line only.
    """
    sample = [line.count(delimiter) + 1 for line in lines[:SAMPLE_RECORDS] if line.strip()]
    width = Counter(sample).most_common(1)[0][0] if sample else 1
    i = 0
    while i < len(lines):
        size = 1
        if lines[i].count('"') % 2 and _ends_in_quotes(lines[i], delimiter):
            size = _closing_line(lines, i, delimiter, width) - i + 1
        if size < 1:
            yield next(csv.reader([lines[i]], delimiter=delimiter, quoting=csv.QUOTE_NONE), []), False
            i += 1
            continue
        yield next(csv.reader(["\n".join(lines[i : i + size])], delimiter=delimiter), []), True
        i += size


def _closing_line(lines: list[str], start: int, delimiter: str, width: int) -> int:
    """Line on which the quoted cell opened on line `start` closes; `start - 1` when it does not."""
    whole_rows = 0
    for end in range(start, min(start + LONGEST_QUOTED_CELL, len(lines))):
        whole_rows += lines[end].count(delimiter) + 1 >= max(width, 3)
        if end == start or lines[end].count('"') % 2 == 0:
            continue
        joined = "\n".join(lines[start : end + 1])
        if _ends_in_quotes(joined, delimiter):
            continue
        # Two slips make a pair of quotation marks too. Then rows that are whole by themselves lie between them.
        return end if whole_rows < 2 and _well_formed(joined, delimiter) else start - 1
    return start - 1


def _ends_in_quotes(text: str, delimiter: str) -> bool:
    return "unexpected end" in _complaint(text, delimiter)


def _well_formed(text: str, delimiter: str) -> bool:
    return not _complaint(text, delimiter)


def _complaint(text: str, delimiter: str) -> str:
    """What a strict reader says of a record; empty when nothing."""
    try:
        next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        return str(error)
    return ""


def _table(
    records: list[tuple[list[str], bool]],
    first_row: int,
    delimiter: str,
    known: Callable[[str], bool],
    log: ProblemLog,
    path: Path,
) -> Table:
    top = header_index([cells for cells, _ in records], known)
    names = column_names(records[top][0], log)
    rows: list[int] = []
    cells: list[list[object]] = []
    for number, (record, readable) in enumerate(records[top + 1 :], start=first_row + top + 1):
        if not any(not blank(cell) for cell in record):
            continue
        rows.append(number)
        cells.append(_fit(record, readable, len(names), number, log))
    if not rows:
        raise RegisterError(
            f"{path.name} has a header and no rows.", hint="Export the register again, with its rows."
        )
    columns = {name: [row[i] for row in cells] for i, name in enumerate(names)}
    return Table(
        kind=str(Kind.CSV),
        header=tuple(names),
        rows=tuple(rows),
        cells=columns,
        comma_locale={";": True, ",": False}.get(delimiter),
    )


def _fit(record: list[str], readable: bool, width: int, row: int, log: ProblemLog) -> list[object]:
    """One row of the right width; a row that does not fit is dropped and leaves blanks."""
    extra = [cell for cell in record[width:] if not blank(cell)]
    if not readable:
        log.drop(
            row,
            "open_quote",
            "A quotation mark opens a cell and is not closed.",
            'Close it, or write " inside a cell as "".',
        )
    elif extra:
        log.drop(
            row,
            "too_many_cells",
            "The row has more cells than the header, so it is unclear which is which.",
            "Put quotation marks around a cell that holds the delimiter.",
            value=f"{len(record)} cells, {width} columns",
        )
    else:
        if len(record) < width:
            log.note(
                row,
                "too_few_cells",
                "The row has fewer cells than the header; the last ones were taken as blank.",
                "Check whether the file was cut short.",
                value=f"{len(record)} cells, {width} columns",
            )
        return [tidy(cell) for cell in record] + [None] * (width - len(record))
    return [None] * width
