"""One writer per run folder: a lock that ends with its process, however that ends.

An exclusive transaction on an empty SQLite file is such a lock on every system; a file with a process number in it is not,
because a killed process leaves it behind.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from imagery.errors import StoreError

LOCK = ".lock.sqlite"


class RunLock:
    """The lock of one run folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._connection: sqlite3.Connection | None = None

    def take(self) -> None:
        """Take the lock.

        Raises
        ------
        StoreError
            If another process holds it.
        """
        connection = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            connection.close()
            raise StoreError(
                f"Another process is writing to {self._path.parent.name!r}.",
                hint="Wait until it has ended, or name another folder.",
            ) from error
        self._connection = connection

    def release(self) -> None:
        """Give the lock back and remove its file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._path.unlink(missing_ok=True)

    def __del__(self) -> None:
        if self._connection is not None:
            self._connection.close()
