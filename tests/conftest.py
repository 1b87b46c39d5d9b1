"""What every test shares: where the real data lie, and what a missing part means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder with the real imagery and registers; skips where it is missing, fails where it is required."""
    folder = Path(os.environ.get("IMAGERY_DATA", PROJECT.parent / "shared" / "data"))
    if not folder.is_dir():
        message = (
            f"the real data folder is missing (IMAGERY_DATA, looked in {folder.name!r} beside the project)"
        )
        if os.environ.get("IMAGERY_REQUIRE_DATA") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return folder
