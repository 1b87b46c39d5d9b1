"""The ledger of a run: how each site ended, in SQLite. It is the truth when a killed run resumes.

The standard library is enough here: one small table, one writer at a time, no server.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imagery.domain import Outcome, OutcomeKind
from imagery.errors import CorruptRunError

Clock = Callable[[], datetime]

SCHEMA = """
CREATE TABLE IF NOT EXISTS sites (
    site_id     TEXT PRIMARY KEY,
    position    INTEGER NOT NULL,              -- order in the register
    state       TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done')),
    tries       INTEGER NOT NULL DEFAULT 0,
    outcome     TEXT,                          -- one of the outcome kinds, once done
    note        TEXT NOT NULL DEFAULT '',
    hint        TEXT NOT NULL DEFAULT '',
    started_at  TEXT,                          -- ISO 8601, UTC
    ended_at    TEXT
) STRICT
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One site in the ledger."""

    site_id: str
    """The site."""
    state: str
    """``"pending"``, ``"running"`` or ``"done"``."""
    tries: int
    """How often it was begun."""
    outcome: Outcome | None
    """How it ended; None until it is done."""


class Ledger:
    """Ledger of one run, in one file; every call is its own transaction."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def enrol(self, site_ids: Iterable[str]) -> None:
        """Add sites that are not there yet, as pending; those already known keep their state."""
        with self._connection() as connection:
            connection.executemany(
                "INSERT INTO sites (site_id, position, state) VALUES (?, ?, 'pending') ON CONFLICT DO NOTHING",
                [(site_id, position) for position, site_id in enumerate(site_ids)],
            )

    def begin(self, site_id: str) -> None:
        """Note that work on a site starts."""
        with self._connection() as connection:
            connection.execute(
                "UPDATE sites SET state = 'running', tries = tries + 1, started_at = ? WHERE site_id = ?",
                (self._clock().isoformat(), site_id),
            )

    def end(self, site_id: str, outcome: Outcome) -> None:
        """Note how a site ended."""
        with self._connection() as connection:
            connection.execute(
                "UPDATE sites SET state = 'done', outcome = ?, note = ?, hint = ?, ended_at = ? "
                "WHERE site_id = ?",
                (outcome.kind.value, outcome.note, outcome.hint, self._clock().isoformat(), site_id),
            )

    def rows(self) -> Mapping[str, LedgerRow]:
        """All sites, in the order of the register."""
        with self._connection() as connection:
            found = connection.execute(
                "SELECT site_id, state, tries, outcome, note, hint FROM sites ORDER BY position, site_id"
            ).fetchall()
        return {row[0]: _ledger_row(*row) for row in found}

    def _connection(self) -> _Transaction:
        return _Transaction(self._path)


class _Transaction:
    """Opens, commits or rolls back, and closes: a connection of its own per call, so threads never share one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._connection = sqlite3.connect(self._path, timeout=30)
            self._connection.execute(SCHEMA)
        except sqlite3.DatabaseError as error:
            raise CorruptRunError(
                f"The ledger {self._path.name} cannot be read: {error}.",
                hint="Screen again into a new folder.",
            ) from error
        return self._connection

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        with closing(self._connection):
            if kind is None:
                self._connection.commit()
            else:
                self._connection.rollback()


def _ledger_row(site_id: str, state: str, tries: int, outcome: str | None, note: str, hint: str) -> LedgerRow:
    ended = None if outcome is None else Outcome(kind=OutcomeKind(outcome), note=note, hint=hint)
    return LedgerRow(site_id=site_id, state=state, tries=tries, outcome=ended)
