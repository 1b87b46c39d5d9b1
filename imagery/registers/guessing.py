"""Which column means what, told from the names of the columns and, for shapes, from what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from imagery.errors import RegisterError
from imagery.registers.problems import ProblemLog, shown
from imagery.registers.profile import ColumnProfile, Field, fields, load_profile, squeezed
from imagery.registers.sniffing import Kind
from imagery.registers.table import Table

SHAPE_TEXT = re.compile(
    r"^\s*(SRID=\d+;\s*)?(MULTI)?(POINT|POLYGON|SURFACE|CURVEPOLYGON|GEOMETRYCOLLECTION|LINESTRING)\s*(Z|M|ZM)?\s*(\(|EMPTY)",
    re.IGNORECASE,
)
TELLING = frozenset(
    {"reference", "activity", "site", "geometry", "x", "lon", "bag_id", "parcel", "parcel_number"}
    | {"address", "street", "postcode"}
)
"""Fields of which a register has at least one; a table with none of them is something else."""
DBASE_NAME = 10
"""Letters that a shapefile keeps of a column name."""


@cache
def _known_names() -> dict[str, tuple[Field, int]]:
    """Every alias, squeezed, with its field and its rank of preference."""
    found: dict[str, tuple[Field, int]] = {}
    for field in fields().values():
        for rank, alias in enumerate((*field.names, *field.doubtful, field.name)):
            found.setdefault(squeezed(alias), (field, rank))
    return found


@cache
def _cut_names() -> dict[str, tuple[Field, int]]:
    """Aliases as a shapefile cuts them, where the rest still tells which field is meant."""
    cut: dict[str, set[str]] = {}
    ranks: dict[str, tuple[Field, int]] = {}
    for field in fields().values():
        for rank, alias in enumerate((*field.names, *field.doubtful)):
            short = squeezed(alias[:DBASE_NAME])
            cut.setdefault(short, set()).add(field.name)
            ranks.setdefault(short, (field, rank))
    return {short: ranks[short] for short, meant in cut.items() if len(meant) == 1}


def header_test(profile: ColumnProfile | None) -> Callable[[str], bool]:
    """A test for cells that are column names, for finding the header."""
    own = {squeezed(name) for told in profile.columns.values() for name in told} if profile else set()

    def known(cell: str) -> bool:
        name = squeezed(cell[:200])
        return name in own or name in _known_names()

    return known


def resolve_profile(profile: str | Path | ColumnProfile | None) -> ColumnProfile | None:
    """The profile that was asked for; None when columns are to be guessed."""
    if profile is None or isinstance(profile, ColumnProfile):
        return profile
    return load_profile(profile)


def fit_profile(profile: ColumnProfile, table: Table) -> ColumnProfile:
    """The profile with its columns spelled as in the file.

    Raises
    ------
    RegisterError
        If a column is missing that must be there, or none of them is there.
    """
    spelled = {squeezed(name): name for name in reversed(table.header)}
    columns: dict[str, tuple[str, ...]] = {}
    for field, names in profile.columns.items():
        found = tuple(
            dict.fromkeys(
                name if name in table.header else spelled[squeezed(name)]
                for name in names
                if name in table.header or squeezed(name) in spelled
            )
        )
        if profile.all_columns and len(names) > len(found) and not found:
            raise RegisterError(
                f"The profile {profile.name!r} takes {field} from column {' or '.join(names)!r}, which is not there.",
                hint=f"The file has: {_list(table.header)}. Correct the profile, or leave it out to have columns guessed.",
                column=names[0],
            )
        if found:
            columns[field] = found
    if not columns and table.geometry is None:
        raise RegisterError(
            f"None of the columns of the profile {profile.name!r} is in the file.",
            hint=f"The file has: {_list(table.header)}. Name another profile, or leave it out.",
        )
    explanation = tuple(
        f"{field}: {' or '.join(map(repr, names))} (profile)" for field, names in columns.items()
    )
    return replace(profile, columns=columns, explanation=explanation)


def guess_profile(table: Table, log: ProblemLog) -> ColumnProfile:
    """Guess the columns, and say how.

    Raises
    ------
    RegisterError
        If nothing is recognised.
    """
    candidates: dict[str, list[tuple[int, str]]] = {}
    left: list[str] = []
    for column in table.header:
        match = _known_names().get(squeezed(column))
        if match is None and table.kind in (Kind.SHAPEFILE, Kind.ZIPPED_SHAPEFILE):
            match = _cut_names().get(squeezed(column))
        if match is None:
            left.append(column)
        else:
            candidates.setdefault(match[0].name, []).append((match[1], column))
    columns, lines = _choose(candidates, log)
    if "geometry" not in columns and table.geometry is None:
        for column in left:
            if _holds_shapes(table.cells[column]):
                columns["geometry"] = (column,)
                lines.append(f"geometry: {column!r} (by what stands in it)")
                left.remove(column)
                break
    if table.geometry is not None:
        columns.pop("geometry", None)
        lines = [line for line in lines if not line.startswith("geometry:")]
        lines.insert(0, "geometry: the shapes of the file")
    if not set(columns) & TELLING and table.geometry is None:
        raise RegisterError(
            f"No column of the register was recognised; it has: {_list(table.header)}.",
            hint='Name the columns once in a profile (see docs/registers.md), e.g. reference = "Zaaknummer".',
        )
    lines += [f"not recognised, not used: {shown(column)!r}" for column in left]
    return ColumnProfile(name="guess", columns=columns, guessed=True, explanation=tuple(lines))


def _choose(
    candidates: dict[str, list[tuple[int, str]]], log: ProblemLog
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Per field the columns to use, in the order of `fields()`, and a line about each."""
    columns: dict[str, tuple[str, ...]] = {}
    lines: list[str] = []
    for name, field in fields().items():
        found = [column for _, column in sorted(candidates.get(name, []))]
        if not found:
            continue
        if field.ignored:
            lines += [f"left alone ({field.meaning}): {shown(column)!r}" for column in found]
            continue
        used = found if field.several else found[:1]
        columns[name] = tuple(used)
        lines.append(f"{name}: {' or '.join(repr(shown(c)) for c in used)} (by name; {field.meaning})")
        lines += [f"also looks like {name}, not used: {shown(column)!r}" for column in found[len(used) :]]
        if squeezed(used[0]) in {squeezed(alias) for alias in field.doubtful}:
            log.note(
                None,
                "doubtful_column",
                f"The column was taken for the {field.meaning}, and its name often means a date of the case.",
                f"If it is something else, save the profile and correct {name}.",
                column=used[0],
            )
    return columns, lines


def _holds_shapes(values: Sequence[object]) -> bool:
    """True for a column in which most of the filled cells are shapes as text."""
    filled = [value for value in values if value is not None][:200]
    shapes = [value for value in filled if isinstance(value, str) and SHAPE_TEXT.match(value[:80])]
    return bool(filled) and len(shapes) >= 0.5 * len(filled)


def _list(names: Sequence[str]) -> str:
    some = ", ".join(shown(name) for name in names[:20])
    return some + (", ..." if len(names) > 20 else "")
