"""Small invented registers, written by the tests that need them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from imagery.errors import RegisterError
from imagery.registers import Register, read_register

WriteCsv = Callable[..., Path]


@pytest.fixture
def read_or_refuse() -> Callable[..., Register | None]:
    """Read a register, or None when it is refused in words: any other exception is a crash."""

    def read(path: Path, **options: str) -> Register | None:
        try:
            return read_register(path, **options)
        except RegisterError as error:
            if not (error.message and error.hint):
                pytest.fail(f"refused without a word: {error!r}")
            return None

    return read


@pytest.fixture
def write_csv(tmp_path: Path) -> WriteCsv:
    """Write rows as a CSV file: `write_csv(header, *rows, delimiter=";", encoding="utf-8", name="register.csv")`."""

    def write(
        header: Sequence[str],
        *rows: Sequence[str],
        delimiter: str = ";",
        encoding: str = "utf-8",
        name: str = "register.csv",
    ) -> Path:
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter).writerows([header, *rows])
        path = tmp_path / name
        path.write_bytes(out.getvalue().encode(encoding))
        return path

    return write
