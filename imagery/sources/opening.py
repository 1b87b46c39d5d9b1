"""From what a user writes to a source."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from imagery.errors import ParameterError
from imagery.sources.folder import FolderSource
from imagery.sources.protocol import Source
from imagery.sources.source_config import SourceConfig

SCHEMES = ("folder",)
"""Kinds of source that there are, as they stand before the colon."""
SOURCE_OPTIONS = ("resolution_m", "cloud_dilation_px", "snow_is_clear", "threads")
"""Options of `FolderSource`; every other option is a key of `source.toml`."""


def open_source(text_or_path: str | Path, **options: Any) -> Source:
    """Open imagery by name.

    Parameters
    ----------
    text_or_path : str or Path
        ``"folder:PATH"``, or just a path: a folder, an image file or a cube.
    **options
        Options of `FolderSource` (``resolution_m``, ``cloud_dilation_px``, ``snow_is_clear``, ``threads``), and keys of
        `source.toml` (``scale``, ``offset``, ``nodata``, ``files``, ...), which go before what the file says.

    Returns
    -------
    Source

    Raises
    ------
    ParameterError
        If the kind of source or an option is unknown, or a value cannot be used.
    SourceError
        If there is no such folder or file.
    """
    path = _path_of(text_or_path)
    known = {f.name for f in fields(SourceConfig)} | set(SOURCE_OPTIONS)
    for name in options:
        if name not in known:
            raise ParameterError(
                f"A source has no option {name!r}.", hint=f"Options are {', '.join(sorted(known))}."
            )
    own = {k: v for k, v in options.items() if k in SOURCE_OPTIONS and v is not None}
    told = {k: v for k, v in options.items() if k not in SOURCE_OPTIONS}
    source = FolderSource(path, **own)
    return FolderSource(path, source.config.with_options(**told), **own) if told else source


def _path_of(text_or_path: str | Path) -> Path:
    if isinstance(text_or_path, Path):
        return text_or_path
    text = text_or_path.strip()
    if not text:
        raise ParameterError("A source needs a name, got an empty text.", hint="Write folder:PATH.")
    # Two letters at least, so that a drive (C:) is no kind of source.
    found = re.match(r"([A-Za-z][A-Za-z0-9+.\-]+):(?!\\)", text)
    if found is None or Path(text).exists():
        return Path(text)
    scheme = found[1].lower()
    if scheme not in SCHEMES:
        raise ParameterError(
            f"There is no kind of source called {scheme!r}.",
            hint=f"Kinds are {', '.join(f'{s}:PATH' for s in SCHEMES)}; a path alone is a folder.",
        )
    return Path(text[found.end() :]).expanduser()
