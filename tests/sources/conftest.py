"""What the tests of sources share: a planted cube."""

from __future__ import annotations

import pytest
import xarray as xr

from imagery.testing.folders import planted_cube


@pytest.fixture
def planted() -> xr.Dataset:
    """A small cube in which no two pixels are alike."""
    return planted_cube()
