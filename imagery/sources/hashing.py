"""SHA-256 of what was read."""

from __future__ import annotations

import hashlib
from pathlib import Path


def file_hash(path: Path) -> str:
    """SHA-256 of a file, hexadecimal; of a folder (a Zarr store) over the names and hashes of its files, in order."""
    if path.is_dir():
        parts = sorted(p for p in path.rglob("*") if p.is_file())
        digest = hashlib.sha256()
        for part in parts:
            digest.update(f"{part.relative_to(path).as_posix()}\0{file_hash(part)}\n".encode())
        return digest.hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
