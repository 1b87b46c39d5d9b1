"""Whether the chunks of a Zarr store are whole, where its compressor does not notice.

Blosc decompresses a chunk that was cut short into numbers that mean nothing, without an error (numcodecs 0.16). Its
header says how long the chunk is; that is compared with the file. A chunk that is missing altogether is legal in
Zarr: it stands for the fill value.
"""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from imagery.errors import CorruptImageError

HEADER_BYTES = 16
LENGTH_AT = 12
"""Where the header of a Blosc chunk holds the length of the whole chunk, 4 bytes, little endian."""


def check_chunks(
    store: Path, name: str, variable: str, dims: Sequence[Any], selection: Mapping[str, slice]
) -> None:
    """Check the chunks of an array that a selection needs.

    Raises
    ------
    CorruptImageError
        If a chunk is shorter than it says.
    """
    layout = _blosc_layout(store / variable)
    if layout is None:
        return
    shape, chunks, prefix, separator = layout
    ranges = []
    for dim, size, chunk in zip(dims, shape, chunks, strict=True):
        part = selection.get(str(dim), slice(0, size))
        ranges.append(range(part.start // chunk, (part.stop - 1) // chunk + 1))
    for index in itertools.product(*ranges):
        key = prefix + separator.join(map(str, index))
        if not _is_whole(store / variable / key):
            raise CorruptImageError(
                f"{name} cannot be read whole: chunk {key} of {variable} is cut short.",
                hint="Copy or download it again.",
            )


def _blosc_layout(array: Path) -> tuple[list[int], list[int], str, str] | None:
    """Shape, chunk shape and how chunk names are built; None when the chunks are not Blosc's."""
    old, new = array / ".zarray", array / "zarr.json"
    meta: dict[str, Any]
    if old.is_file():
        meta = json.loads(old.read_text(encoding="utf-8"))
        if (meta.get("compressor") or {}).get("id") != "blosc":
            return None
        return meta["shape"], meta["chunks"], "", meta.get("dimension_separator", ".")
    if not new.is_file():
        return None
    meta = json.loads(new.read_text(encoding="utf-8"))
    if [c.get("name") for c in meta.get("codecs", [])][-1:] != ["blosc"]:
        return None
    keys = meta["chunk_key_encoding"]
    separator = keys.get("configuration", {}).get("separator", "/" if keys["name"] == "default" else ".")
    prefix = f"c{separator}" if keys["name"] == "default" else ""
    return meta["shape"], meta["chunk_grid"]["configuration"]["chunk_shape"], prefix, separator


def _is_whole(chunk: Path) -> bool:
    if not chunk.is_file():
        return True
    with chunk.open("rb") as file:
        header = file.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return False
    (length,) = struct.unpack_from("<I", header, LENGTH_AT)
    return int(length) == chunk.stat().st_size
