"""The ground of each row while it is being found: what there is so far, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from imagery.domain import Drawing
from imagery.registers.profile import ColumnProfile
from imagery.registers.table import GeometryArray, Table, object_array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """A register by field instead of by column."""

    table: Table
    """The register."""
    profile: ColumnProfile
    """Which column is which, as in the file."""
    by_field: Mapping[str, Sequence[object]]
    """Cells per field, one per row; None where blank. Of several columns the first filled one."""

    def __len__(self) -> int:
        return len(self.table)

    def __contains__(self, name: str) -> bool:
        return name in self.by_field

    def get(self, name: str) -> Sequence[object]:
        """Cells of a field; all blank when the register does not have it."""
        return self.by_field[name] if name in self.by_field else [None] * len(self)

    def column(self, name: str) -> str:
        """First column of a field, as the file calls it; empty when there is none."""
        return self.profile.columns[name][0] if name in self.profile.columns else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why one source of ground gave none for a row, although something stood there."""

    code: str
    reason: str
    hint: str
    column: str
    value: str


@dataclass(slots=True, kw_only=True, eq=False)
class Grounds:
    """Ground per row, still in its own reference system."""

    shapes: GeometryArray
    """Shape per row, or None."""
    crs: list[str | None]
    """Its reference system; None: not known yet."""
    columns: list[str]
    """Column it came from."""
    drawings: list[Drawing | None]
    """How it was drawn, where its source tells."""
    failures: dict[int, list[Failure]] = field(default_factory=dict)
    """Sources that gave nothing usable, by position of the row."""
    unplaced: dict[int, Failure] = field(default_factory=dict)
    """Numbers and addresses that led to no place, or to several, by position of the row."""

    @classmethod
    def none_yet(cls, n: int) -> Grounds:
        """Nothing found so far for `n` rows."""
        return cls(shapes=object_array([None] * n), crs=[None] * n, columns=[""] * n, drawings=[None] * n)

    @property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Rows without ground so far."""
        return np.array([shape is None for shape in self.shapes], dtype=bool)

    def put(
        self, i: int, shape: object, crs: str | None, column: str, drawing: Drawing | None = None
    ) -> None:
        """Give a row its ground."""
        self.shapes[i], self.crs[i], self.columns[i], self.drawings[i] = shape, crs, column, drawing

    def fail(self, i: int, code: str, reason: str, hint: str, column: str, value: object) -> None:
        """Say that something stood there and cannot be used."""
        self.failures.setdefault(i, []).append(
            Failure(code=code, reason=reason, hint=hint, column=column, value=str(value))
        )
