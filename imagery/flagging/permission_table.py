"""Which physical changes an activity permits: the versioned table `permitted_changes.toml` as a value.

Knows nothing of places and dates.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from imagery.domain import Limits, Permit, Settings
from imagery.errors import ParameterError
from imagery.flagging.physical import PhysicalChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One row of the table: what is done, and what of it shows from above."""

    code: str
    """Stable name, as in `Permit.activities`."""
    nl: str
    """What it is called in Dutch."""
    en: str
    """What it is called in English."""
    words: tuple[str, ...]
    """Patterns by which it is known in a register text; see the head of the table."""
    objects: tuple[str, ...]
    """Patterns for what it makes; they count where their clause names no other activity before them."""
    objects_not_with: tuple[str, ...]
    """Activities whose mention in the clause takes the objects away from this one."""
    permits: frozenset[PhysicalChange]
    """Physical changes that it brings along on its own ground."""
    matters: str
    """Name of the setting with the smallest area worth a visit, m2."""
    limits: tuple[str, ...]
    """Fields of `Limits` that speak of it."""
    reason: str
    """Why it permits what it permits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One pattern of the table."""

    words: str
    """As it stands in the table."""
    code: str
    """Activity that it names."""
    is_object: bool
    """True for what is made, False for the making."""

    @property
    def parts(self) -> list[str]:
        """One expression per word."""
        return self.words.split()

    @property
    def order(self) -> tuple[int, int, str]:
        """Sort key: the most specific (most words, most letters) first."""
        return (-len(self.parts), -len(self.words.replace("*", "")), self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Words that turn the sense of a register text; all without capitals and accents."""

    negators: frozenset[str]
    """From here to the end of the clause nothing is recognised."""
    not_negated: frozenset[str]
    """Words that take a negation to themselves ("niet gevaarlijk afval")."""
    refusals: tuple[str, ...]
    """A clause with one of these permits nothing."""
    turns: frozenset[str]
    """End of a negation."""
    joins: frozenset[str]
    """A list that ends with one of these shares its negation."""


@dataclass(frozen=True, kw_only=True)
class PermittedChanges:
    """The table: activities by code, with the version and date under which it is cited."""

    version: str
    """Version, changed whenever a row changes."""
    date: date
    """Day of this version."""
    always: frozenset[PhysicalChange]
    """Changes that need no permission on permitted ground."""
    activities: Mapping[str, Activity]
    """Rows by code."""
    recognition: Recognition
    """Words that turn the sense of a text."""

    def permitted_by(self, permit: Permit) -> frozenset[PhysicalChange]:
        """Physical changes that a permit brings along; empty when none of its activities is in the table."""
        rows = self.rows(permit)
        if not rows:
            return frozenset()
        return frozenset(self.always.union(*(row.permits for row in rows)))

    def rows(self, permit: Permit) -> tuple[Activity, ...]:
        """Rows of the activities of a permit that are in the table, in its order."""
        return tuple(self.activities[code] for code in permit.activities if code in self.activities)

    def limit_applies(self, permit: Permit, name: str) -> bool:
        """True when the permit states that limit and it speaks of its activities (or of none we know)."""
        rows = self.rows(permit)
        return getattr(permit.limits, name) is not None and (
            not rows or any(name in row.limits for row in rows)
        )

    @cached_property
    def patterns(self) -> Mapping[str, tuple[Pattern, ...]]:
        """Every pattern, by its first part."""
        rows: dict[str, list[Pattern]] = {}
        for code, row in self.activities.items():
            for is_object, column in ((False, row.words), (True, row.objects)):
                for words in column:
                    pattern = Pattern(words=words, code=code, is_object=is_object)
                    rows.setdefault(pattern.parts[0], []).append(pattern)
        return MappingProxyType({part: tuple(found) for part, found in rows.items()})

    @cached_property
    def parts_of(self) -> Callable[[str], frozenset[str]]:
        """Says which parts of patterns a word fits; remembers words, as a register repeats them."""
        parts = {part for row in self.patterns.values() for pattern in row for part in pattern.parts}
        tests = {part: re.compile(".*".join(map(re.escape, part.split("*")))) for part in sorted(parts)}

        @lru_cache(maxsize=20_000)
        def fits(word: str) -> frozenset[str]:
            # An empty word stands for one that was negated: it fits nothing.
            return frozenset(part for part, test in tests.items() if word and test.fullmatch(word))

        return fits


@cache
def permitted_changes() -> PermittedChanges:
    """The table that comes with the package."""
    text = files("imagery.flagging").joinpath("permitted_changes.toml").read_text(encoding="utf-8")
    return _parse(text, "permitted_changes.toml")


def load_table(path: Path) -> PermittedChanges:
    """Read a table that a service made for itself.

    Raises
    ------
    ParameterError
        If the file cannot be read or a row names a change, setting or limit that does not exist.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(
            f"The table {path.name} cannot be read ({error.__class__.__name__}).",
            hint="Start from a copy of imagery/flagging/permitted_changes.toml.",
        ) from error
    return _parse(text, path.name)


def _parse(text: str, name: str) -> PermittedChanges:
    hint = "Start from a copy of imagery/flagging/permitted_changes.toml."
    try:
        raw = tomllib.loads(text)
        said = raw["recognition"]
        return PermittedChanges(
            version=str(raw["version"]),
            date=_day(raw["date"]),
            always=frozenset(PhysicalChange(value) for value in raw["always"]),
            activities=MappingProxyType(
                {code: _activity(code, row) for code, row in raw["activities"].items()}
            ),
            recognition=Recognition(
                negators=frozenset(said["negators"]),
                not_negated=frozenset(said["not_negated"]),
                refusals=tuple(said["refusals"]),
                turns=frozenset(said["turns"]),
                joins=frozenset(said["joins"]),
            ),
        )
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"The table {name} is not valid TOML: {error}.", hint=hint) from error
    except KeyError as error:
        raise ParameterError(f"The table {name} lacks {error.args[0]!r}.", hint=hint) from error
    except ValueError as error:
        raise ParameterError(f"The table {name} cannot be used: {error}", hint=hint) from error


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise ValueError(f"date must be a day such as 2026-11-24, got {value!r}.")
    return value


def _activity(code: str, row: Mapping[str, Any]) -> Activity:
    settings = {field.name for field in fields(Settings)}
    if row["matters"] not in settings:
        raise ValueError(f"{code}: there is no setting {row['matters']!r}.")
    unknown = set(row["limits"]) - {field.name for field in fields(Limits)}
    if unknown:
        raise ValueError(f"{code}: there is no limit {min(unknown)!r}.")
    return Activity(
        code=code,
        nl=row["nl"],
        en=row["en"],
        words=tuple(row["words"]),
        objects=tuple(row.get("objects", ())),
        objects_not_with=tuple(row.get("objects_not_with", ())),
        permits=frozenset(PhysicalChange(value) for value in row["permits"]),
        matters=row["matters"],
        limits=tuple(row["limits"]),
        reason=row["reason"],
    )
