"""Imagery in: what every source answers to, and the sources themselves."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imagery.sources.folder import FolderSource
    from imagery.sources.opening import open_source
    from imagery.sources.protocol import Area, Source, SourceDescription
    from imagery.sources.report import source_report
    from imagery.sources.source_config import SourceConfig, read_source_config

_HOMES = {
    "Area": "protocol",
    "FolderSource": "folder",
    "Source": "protocol",
    "SourceConfig": "source_config",
    "SourceDescription": "protocol",
    "open_source": "opening",
    "read_source_config": "source_config",
    "source_report": "report",
}

__all__ = [
    "Area",
    "FolderSource",
    "Source",
    "SourceConfig",
    "SourceDescription",
    "open_source",
    "read_source_config",
    "source_report",
]


def __getattr__(name: str) -> Any:
    """Load a public name where it lives, so that reading imagery is paid for by who does it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"imagery.sources.{_HOMES[name]}"), name)
