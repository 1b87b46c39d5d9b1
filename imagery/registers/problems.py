"""What was wrong with a row of a register, as values, and the file in which a service finds them back."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from imagery.errors import RegisterError

if TYPE_CHECKING:
    from imagery.registers.register import Register

SHOWN_CHARACTERS = 80
"""Length at which an offending value is cut; a cell may hold a polygon of a megabyte."""
SPREADSHEET_CHARACTERS = 32_767
"""What one cell of a spreadsheet can hold."""


class Severity(StrEnum):
    """What became of the row."""

    DROPPED = "dropped"
    """The row is not used."""
    REPAIRED = "repaired"
    """Something was put right; the row is used."""
    NOTE = "note"
    """The row is used as it stands; somebody should know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One thing about one row (or about the whole file) that somebody should know."""

    row: int | None
    """Row number as a spreadsheet shows it (the header is row 1); None for the file as a whole."""
    column: str
    """Column as the file calls it; empty when it is about the whole row."""
    value: str
    """What stood there, cut at 80 characters, without control characters."""
    reason: str
    """What is wrong, one sentence, the same for every row that has it."""
    hint: str
    """What to do about it, one sentence."""
    severity: Severity
    """What became of the row."""
    code: str
    """Stable name of this kind of problem, e.g. ``"swapped_xy"``."""


class ProblemLog:
    """Collects problems while a register is read."""

    def __init__(self) -> None:
        self._problems: list[RowProblem] = []
        self.dropped: set[int] = set()
        """Row numbers that are not used."""

    def drop(
        self, row: int, code: str, reason: str, hint: str, *, column: str = "", value: object = ""
    ) -> None:
        """Say that a row is not used."""
        self.dropped.add(row)
        self._add(Severity.DROPPED, row, code, reason, hint, column, value)

    def repair(
        self, row: int | None, code: str, reason: str, hint: str, *, column: str = "", value: object = ""
    ) -> None:
        """Say that something was put right."""
        self._add(Severity.REPAIRED, row, code, reason, hint, column, value)

    def note(
        self, row: int | None, code: str, reason: str, hint: str, *, column: str = "", value: object = ""
    ) -> None:
        """Say what somebody should know."""
        self._add(Severity.NOTE, row, code, reason, hint, column, value)

    def _add(
        self,
        severity: Severity,
        row: int | None,
        code: str,
        reason: str,
        hint: str,
        column: str,
        value: object,
    ) -> None:
        self._problems.append(
            RowProblem(
                row=row,
                column=shown(column),
                value=shown(value),
                reason=reason,
                hint=hint,
                severity=severity,
                code=code,
            )
        )

    def problems(self) -> tuple[RowProblem, ...]:
        """All of them: the file as a whole first, then by row, in the order in which they were found."""
        return tuple(sorted(self._problems, key=lambda p: (p.row is not None, p.row or 0)))


def shown(value: object) -> str:
    """A value on one line, without control characters, cut at 80 characters."""
    text = plain_text("" if value is None else str(value)[: 4 * SHOWN_CHARACTERS])
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 3] + "..."


def plain_text(text: str) -> str:
    """Text without control and invisible formatting characters, runs of white space as one space."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    return " ".join(unicodedata.normalize("NFC", visible).split())


def write_problems(register: Register, path: str | Path) -> Path:
    """Write the problems of a register as a table for a spreadsheet.

    Semicolons and a byte-order mark, so that a Dutch Excel opens it with a double click; a cell that a spreadsheet
    could take for a formula gets an apostrophe in front.

    Parameters
    ----------
    register : Register
        What `read_register` returned.
    path : str or Path
        File to write; one that is there is replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    RegisterError
        If the file cannot be written.
    """
    target = Path(path)
    header = ("row", "column", "value", "what became of it", "reason", "what to do", "code")
    rows = [
        ("" if p.row is None else str(p.row), p.column, p.value, str(p.severity), p.reason, p.hint, p.code)
        for p in register.problems
    ]
    text = spreadsheet_csv(header, rows)
    temporary = target.with_name(f".{target.name}.{uuid4().hex[:8]}.part")
    try:
        temporary.write_text(text, encoding="utf-8-sig", newline="")
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RegisterError(
            f"The table of problems cannot be written to {target.name}: {error.strerror}.",
            hint="Give a file in a folder that exists and can be written to.",
        ) from error
    return target


def spreadsheet_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as `;`-separated text in which no cell can start a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in header])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not run."""
    text = plain_text(cell)[: SPREADSHEET_CHARACTERS - 1]
    # A spreadsheet takes these as the start of a formula, also behind a quotation mark or a delimiter of its own.
    return f"'{text}" if re.match(r"[\s'\"]*[=+\-@|%＝＋－＠]", text) else text
