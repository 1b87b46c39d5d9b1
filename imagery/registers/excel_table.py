"""One sheet of an Excel workbook as a table."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from imagery.errors import RegisterError
from imagery.registers.problems import ProblemLog
from imagery.registers.sniffing import Kind
from imagery.registers.table import HEADER_ROWS, Table, blank, column_names, header_index, tidy

_BROKEN = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    SyntaxError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the reader lets out of a workbook that is not well formed: it has no error of its own."""


def read_excel(path: Path, layer: str | None, known: Callable[[str], bool], log: ProblemLog) -> Table:
    """Read one sheet: the first visible one, or the one called `layer`.

    Parameters
    ----------
    path : Path
        The workbook (.xlsx).
    layer : str or None
        Name of the sheet.
    known : callable
        Tells whether a cell is a column name that means something; finds the header.
    log : ProblemLog
        What was assumed.
    """
    rows, sheet, others = _cells(path, layer, formulas=False)
    if others and layer is None:
        log.note(
            None,
            "other_sheets",
            "The workbook has more sheets; only one was read.",
            "Name another one as the layer to read that.",
            value=f"read {sheet}, not read {', '.join(others)}",
        )
    filled = [(number, row) for number, row in enumerate(rows, start=1) if not all(blank(c) for c in row)]
    if not filled:
        raise RegisterError(
            f"Sheet {sheet!r} of {path.name} is empty.",
            hint=f"Name another sheet: {', '.join(others)}." if others else "Export the register again.",
        )
    top = header_index([row for _, row in filled[:HEADER_ROWS]], known)
    names = column_names(filled[top][1], log)
    body = filled[top + 1 :]
    if not body:
        raise RegisterError(
            f"Sheet {sheet!r} of {path.name} has a header and no rows.",
            hint="Export the register again, with its rows.",
        )
    if _has_unstored_formulas(path):
        _note_formulas(path, sheet, names, {number for number, _ in body}, log)
    width = len(names)
    cells = [[tidy(c) for c in row[:width]] + [None] * (width - len(row)) for _, row in body]
    return Table(
        kind=str(Kind.EXCEL),
        header=tuple(names),
        rows=tuple(number for number, _ in body),
        cells={name: [row[i] for row in cells] for i, name in enumerate(names)},
    )


def _cells(
    path: Path, layer: str | None, *, formulas: bool
) -> tuple[list[tuple[Any, ...]], str, tuple[str, ...]]:
    """All rows of the sheet, its name, and the names of the other sheets."""
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # about styles and validation rules, which a register does not need
            book = openpyxl.load_workbook(path, read_only=True, data_only=not formulas)
            try:
                sheet = _sheet(book, layer, path)
                sheet.reset_dimensions()  # some exports state a size that is not theirs
                rows = [tuple(row) for row in sheet.iter_rows(values_only=True)]
                others = tuple(s.title for s in book.worksheets if s.title != sheet.title)
                return rows, str(sheet.title), others
            finally:
                book.close()
    except RegisterError:
        raise
    except _BROKEN as error:
        raise RegisterError(
            f"{path.name} is an Excel workbook that cannot be read ({type(error).__name__}).",
            hint="Open it in Excel, save it again as .xlsx, and try once more.",
        ) from error


def _sheet(book: Any, layer: str | None, path: Path) -> Any:
    titles = [sheet.title for sheet in book.worksheets]
    if layer is not None:
        if layer not in titles:
            raise RegisterError(
                f"{path.name} has no sheet called {layer!r}.", hint=f"It has: {', '.join(titles)}."
            )
        return book[layer]
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise RegisterError(f"{path.name} has no visible sheet.", hint="Name the sheet as the layer.")
    return visible[0]


def _has_unstored_formulas(path: Path) -> bool:
    """True when a formula was written without its result, as some export programs do; it would read as blank."""
    missing = re.compile(rb"</f>\s*(?:<v\s*/>|<v>\s*</v>|</c>)")
    try:
        with zipfile.ZipFile(path) as archive:
            sheets = [name for name in archive.namelist() if name.lower().startswith("xl/worksheets/")]
            return any(missing.search(archive.read(name)) for name in sheets)
    except _BROKEN:  # another sheet than the one that was read is damaged
        return False


def _note_formulas(path: Path, sheet: str, names: list[str], rows: set[int], log: ProblemLog) -> None:
    formulas, _, _ = _cells(path, sheet, formulas=True)
    values, _, _ = _cells(path, sheet, formulas=False)
    for number, (asked, stored) in enumerate(zip(formulas, values, strict=True), start=1):
        if number not in rows:
            continue
        for name, formula, value in zip(names, asked, stored, strict=False):
            if value is None and isinstance(formula, str) and formula.startswith("="):
                log.note(
                    number,
                    "formula_without_result",
                    "The cell holds a formula without a stored result, and was taken as blank.",
                    "Open the workbook in Excel and save it, so that results are stored.",
                    column=name,
                    value=formula,
                )
