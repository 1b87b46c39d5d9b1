"""A register as a plain table, whatever file it came from; the meaning of its columns comes later."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from imagery.registers.problems import ProblemLog

GeometryArray = npt.NDArray[Any]
"""One shapely geometry or None per row, dtype object."""

BLANK_WORDS = frozenset(
    {"", "null", "<null>", "(null)", "[null]", "none", "nan", "nat", "<na>", "#n/b", "n/a"}
)
"""What exports write for a cell without a value, in small letters."""
HEADER_ROWS = 15
"""Rows among which the header is looked for; exports may carry a title above it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Rows and columns of one register."""

    kind: str
    """What the file holds, in words: ``"CSV"``, ``"Excel workbook"``, ..."""
    header: tuple[str, ...]
    """Column names, in the order of the file, all different."""
    rows: tuple[int, ...]
    """Row numbers as a spreadsheet shows them; a file without visible rows counts from 2."""
    cells: Mapping[str, Sequence[object]]
    """Per column one value per row: str, int, float, bool, date or datetime; None where blank."""
    geometry: GeometryArray | None = None
    """Geometry per row, for files that have it."""
    broken_shapes: Mapping[int, str] = field(default_factory=dict)
    """Shapes that are there and cannot be read: position of the row in `rows`, and the start of the shape."""
    crs: str | None = None
    """Reference system that the file states."""
    crs_is_stated: bool = True
    """False when `crs` is only what the format takes for granted (GeoJSON)."""
    comma_locale: bool | None = None
    """True when the file is laid out as in a country with decimal commas (`;` between cells); None unknown."""

    def __len__(self) -> int:
        return len(self.rows)


def blank(value: object) -> bool:
    """True for a cell that says nothing."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, str) and value.strip("\ufeff\x00 \t\r\n").casefold() in BLANK_WORDS


def tidy(value: object) -> object:
    """A cell without white space around it; None when blank."""
    if blank(value):
        return None
    return value.strip() if isinstance(value, str) else value


def header_index(rows: Sequence[Sequence[object]], known: Callable[[str], bool]) -> int:
    """Which of the first rows is the header: the first one with the most names that are known.

    Parameters
    ----------
    rows : sequence of rows
        The first rows of the file.
    known : callable
        Tells whether a cell is a column name that means something.
    """
    filled = [i for i, row in enumerate(rows[:HEADER_ROWS]) if not all(blank(cell) for cell in row)]
    if not filled:
        return 0
    score = {i: len({str(c) for c in rows[i] if not blank(c) and known(str(c))}) for i in filled}
    best = max(score.values())
    first = filled[0]
    # A title above the table has at most one cell that looks like a name by chance.
    return first if score[first] >= 2 or best < 2 else next(i for i in filled if score[i] == best)


def column_names(header: Sequence[object], log: ProblemLog) -> list[str]:
    """Names of the columns up to the last one that is filled; a name that occurs twice is told."""
    end = len(header)
    while end > 1 and blank(header[end - 1]):
        end -= 1
    names, twice = unique_names(header[:end])
    for name in twice:
        log.note(
            None,
            "column_twice",
            "Two columns have the same name; the first one is used.",
            "Give each column a name of its own.",
            column=name,
        )
    return names


def unique_names(header: Iterable[object]) -> tuple[list[str], list[str]]:
    """Column names all different and none blank, and the names that occurred more than once."""
    names: list[str] = []
    twice: list[str] = []
    for i, cell in enumerate(header, start=1):
        name = " ".join(str(cell).split()) if not blank(cell) else f"column {i}"
        if name in names:
            twice.append(name)
            n = 2
            while f"{name} ({n})" in names:
                n += 1
            name = f"{name} ({n})"
        names.append(name)
    return names, twice


def object_array(values: Sequence[object]) -> GeometryArray:
    """A one-dimensional array of objects, also when there are none."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
