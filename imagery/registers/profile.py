"""Which column of a register means what: a value, and the data file in which a service keeps it."""

from __future__ import annotations

import json
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from imagery.domain import Drawing
from imagery.errors import RegisterError

STATUS_MEANINGS = ("refused", "withdrawn", "granted", "pending")
"""What a status word can mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that is looked for in a register, a row of `aliases.toml`."""

    name: str
    """Name in a profile, e.g. ``"valid_to"``."""
    meaning: str
    """What it is, in a few words."""
    names: tuple[str, ...]
    """Column names under which it is known, the best first."""
    doubtful: tuple[str, ...] = ()
    """Column names that often mean something else."""
    several: bool = False
    """True when several columns may hold it, and the first filled one counts."""
    ignored: bool = False
    """True when it is recognised in order to be left alone."""


@cache
def fields() -> Mapping[str, Field]:
    """Everything that is looked for, by name, in the order of `aliases.toml`."""
    text = files("imagery.registers").joinpath("aliases.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            name: Field(
                name=name,
                meaning=row["meaning"],
                names=tuple(row["names"]),
                doubtful=tuple(row.get("doubtful", ())),
                several=row.get("several", False),
                ignored=row.get("ignored", False),
            )
            for name, row in tomllib.loads(text).items()
        }
    )


def squeezed(name: str) -> str:
    """A column name without capitals, accents, spaces and signs, as names are compared.

    Examples
    --------
    >>> squeezed("X-coördinaat (RD)")
    'xcoordinaatrd'
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in plain if char.isalnum())


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """How to read the registers of one service.

    Raises
    ------
    RegisterError
        If a field, reference system, drawing or decimal mark is not one that is known.
    """

    name: str = "unnamed"
    """What the service calls it."""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Per field (`fields()`) the column or columns that hold it; of several the first filled one counts."""
    crs: str | None = None
    """Reference system of coordinates and shapes, for files that do not state it."""
    layer: str | None = None
    """Layer or sheet to read."""
    decimal: str | None = None
    """Decimal mark, ``","`` or ``"."``; None: told from the numbers."""
    month_first: bool | None = None
    """True for 12/31/2020, False for 31/12/2020; None: told from the dates, and day first where they do not tell."""
    last_day_included: bool = True
    """True when the end date is the last day in force; False when it is the first day no longer in force."""
    drawing: Drawing | None = None
    """How polygons were drawn where no column tells; None: sketch, and it is said."""
    drawing_words: Mapping[str, str] = field(default_factory=dict)
    """Own words of the drawing column, e.g. ``{"veldwerk": "surveyed"}``."""
    status_words: Mapping[str, str] = field(default_factory=dict)
    """Own words of the status column: ``"granted"``, ``"refused"``, ``"withdrawn"`` or ``"pending"``."""
    all_columns: bool = True
    """True when every column named here must be in the file, so that a renamed column is not missed."""
    guessed: bool = False
    """True when the columns were guessed."""
    explanation: tuple[str, ...] = ()
    """How the columns were found, one line each."""

    def __post_init__(self) -> None:
        unknown = [name for name in self.columns if name not in fields() or fields()[name].ignored]
        if unknown:
            raise RegisterError(
                f"A column profile knows no field called {unknown[0]!r}.",
                hint=f"The fields are: {', '.join(n for n, f in fields().items() if not f.ignored)}.",
            )
        if self.decimal not in (None, ",", "."):
            raise RegisterError(f"The decimal mark of a profile is ',' or '.', got {self.decimal!r}.")
        for word, meaning in self.drawing_words.items():
            if meaning not in set(Drawing):
                raise RegisterError(
                    f"The drawing word {word!r} must mean one of {', '.join(Drawing)}, got {meaning!r}."
                )
        for word, meaning in self.status_words.items():
            if meaning not in STATUS_MEANINGS:
                raise RegisterError(
                    f"The status word {word!r} must mean one of {', '.join(STATUS_MEANINGS)}, got {meaning!r}."
                )
        columns = {name: _names(told) for name, told in self.columns.items()}
        object.__setattr__(self, "columns", MappingProxyType(columns))
        object.__setattr__(self, "drawing_words", MappingProxyType(dict(self.drawing_words)))
        object.__setattr__(self, "status_words", MappingProxyType(dict(self.status_words)))

    def __str__(self) -> str:
        lines = [f"columns of {self.name}{' (guessed)' if self.guessed else ''}:"]
        lines += self.explanation or tuple(
            f"{name}: {' or '.join(told)}" for name, told in self.columns.items()
        )
        return "\n  ".join(lines)


def _names(told: object) -> tuple[str, ...]:
    """One column name, or several, as a tuple."""
    return (told,) if isinstance(told, str) else tuple(told)  # type: ignore[arg-type]


def shipped_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the program."""
    folder = files("imagery.registers").joinpath("profiles")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def load_profile(profile: str | Path) -> ColumnProfile:
    """Load a column profile.

    Parameters
    ----------
    profile : str or Path
        Name of a shipped profile, or a TOML file made by `save_profile` or by hand.

    Raises
    ------
    RegisterError
        If there is no such profile, or it is not one.
    """
    if str(profile) in shipped_profiles():
        source = files("imagery.registers").joinpath("profiles", f"{profile}.toml")
        return _profile(source.read_text(encoding="utf-8"), str(profile))
    path = Path(profile)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RegisterError(
            f"There is no column profile {path.name!r} that can be read.",
            hint=f"Give a TOML file, or one of: {', '.join(shipped_profiles())}.",
        ) from error
    return _profile(text, path.stem)


def _profile(text: str, name: str) -> ColumnProfile:
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegisterError(
            f"The column profile {name!r} is not valid TOML: {error}.",
            hint="See docs/registers.md for an example.",
        ) from error
    told.setdefault("name", name)
    types: dict[str, type | tuple[type, ...]] = {
        "name": str,
        "crs": str,
        "layer": str,
        "decimal": str,
        "month_first": bool,
        "last_day_included": bool,
        "drawing": str,
        "all_columns": bool,
        "columns": dict,
        "drawing_words": dict,
        "status_words": dict,
    }
    for key, value in told.items():
        if key not in types or not isinstance(value, types[key]):
            raise RegisterError(
                f"The column profile {name!r} has a line that is not understood: {key} = {value!r:.60}.",
                hint=f"The lines are: {', '.join(types)}.",
            )
    if "drawing" in told:
        if told["drawing"] not in set(Drawing):
            raise RegisterError(
                f"The drawing of a profile is one of {', '.join(Drawing)}, got {told['drawing']!r}."
            )
        told["drawing"] = Drawing(told["drawing"])
    for key, value in told.get("columns", {}).items():
        names = [value] if isinstance(value, str) else value
        if not (isinstance(names, list) and names and all(isinstance(n, str) for n in names)):
            raise RegisterError(f"The column profile {name!r} gives no column name for {key}: {value!r:.60}.")
    return ColumnProfile(**told)


def save_profile(profile: ColumnProfile, path: str | Path) -> Path:
    """Save a column profile, so that a guess is made once and then known.

    Parameters
    ----------
    profile : ColumnProfile
        For instance `Register.profile`.
    path : str or Path
        TOML file to write; one that is there is replaced.

    Raises
    ------
    RegisterError
        If it cannot be written.
    """
    target = Path(path)
    lines = ["# Column profile of a permit register; see docs/registers.md.", f"name = {_toml(profile.name)}"]
    for key in ("crs", "layer", "decimal", "month_first", "last_day_included", "drawing", "all_columns"):
        value = getattr(profile, key)
        if value is not None:
            lines.append(f"{key} = {_toml(value)}")
    for key in ("columns", "drawing_words", "status_words"):
        if table := getattr(profile, key):
            lines += ["", f"[{key}]"] + [f"{_toml(name)} = {_toml(value)}" for name, value in table.items()]
    temporary = target.with_name(f".{target.name}.part")
    try:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RegisterError(
            f"The column profile cannot be written to {target.name}: {error.strerror}.",
            hint="Give a file in a folder that exists and can be written to.",
        ) from error
    return target


def _toml(value: Any) -> str:
    """A value as TOML; a JSON string is a TOML string once DEL is escaped too."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return _toml(value[0]) if len(value) == 1 else f"[{', '.join(_toml(item) for item in value)}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
