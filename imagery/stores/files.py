"""Files that are either whole or not there: written under a temporary name, then renamed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from imagery.errors import CorruptRunError

TEMPORARY = ".part-"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`; rename it to `path` when the block ends well, remove it when not."""
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)  # noqa: PTH105 - Path.replace on the same file system, said plainly
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, data: Any) -> None:
    """Write JSON, whole, in UTF-8, with a stable layout."""
    text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)
    with whole_file(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read JSON written by `write_json`.

    Raises
    ------
    CorruptRunError
        If the file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CorruptRunError(
            f"{path.name} is missing from {path.parent.name!r}.", hint="Restore it, or screen again."
        ) from None
    except ValueError:
        raise CorruptRunError(
            f"{path.name} in {path.parent.name!r} is not readable JSON.",
            hint="Restore it, or screen again.",
        ) from None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
