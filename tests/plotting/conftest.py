"""A small grid in the Netherlands, and a signal on it whose place is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
import xarray as xr
from affine import Affine
from odc.geo.geobox import GeoBox
from odc.geo.xr import xr_coords
from shapely.geometry import box

from imagery.domain import Change, Drawing, Footprint, Kind, Permit, Relation, Signal, Site, Standing

EAST, NORTH, PIXEL = 600_000.0, 5_700_000.0, 10.0
UTM = "EPSG:32631"


@pytest.fixture
def geobox() -> GeoBox:
    """40 rows, 50 columns of 10 m, north up."""
    return GeoBox((40, 50), Affine(PIXEL, 0, EAST, 0, -PIXEL, NORTH), UTM)


@pytest.fixture
def ground() -> Callable[..., Any]:
    """Rectangle on the map of whole pixels: rows and columns from, and up to but not including."""

    def make(row: int, row_end: int, col: int, col_end: int) -> Any:
        return box(EAST + col * PIXEL, NORTH - row_end * PIXEL, EAST + col_end * PIXEL, NORTH - row * PIXEL)

    return make


@pytest.fixture
def make_signal(ground: Callable[..., Any]) -> Callable[..., Signal]:
    """A signal on whole pixels."""

    def make(rows: tuple[int, int], cols: tuple[int, int], **changes: Any) -> Signal:
        region = ground(*rows, *cols)
        change = Change(
            geometry=region,
            crs=UTM,
            area_m2=region.area,
            area_error_m2=100.0,
            score=8.0,
            p_value=0.02,
            last_unchanged=changes.pop("last_unchanged", date(2020, 5, 1)),
            first_changed=changes.pop("first_changed", date(2020, 6, 10)),
            method="series",
            pixel_m=PIXEL,
        )
        values: dict[str, Any] = {
            "site_id": "0" * 12,
            "change": change,
            "kind": Kind.VEGETATION_CLEARED,
            "standing": Standing.SIGNAL,
            "relation": Relation.OUTSIDE,
            "share_outside": 0.4,
            "distance_outside_m": 30.0,
            "doubt_m": 8.0,
            "permits_in_force": ("P-1",),
        }
        return Signal(**(values | changes))

    return make


@pytest.fixture
def make_site(ground: Callable[..., Any]) -> Callable[..., Site]:
    """A site with one permit on whole pixels."""

    def make(rows: tuple[int, int], cols: tuple[int, int], reference: str = "P-1") -> Site:
        shape = ground(*rows, *cols)
        footprint = Footprint(geometry=shape, crs=UTM, drawing=Drawing.SKETCH, accuracy_m=5.0)
        return Site(geometry=shape, crs=UTM, permits=(Permit(reference=reference, footprint=footprint),))

    return make


@pytest.fixture
def make_cube(geobox: GeoBox) -> Callable[..., xr.Dataset]:
    """A cube of noise: every pixel, date and band differs, so that no flip or swap goes unseen."""

    def make(
        days: list[str], bands: tuple[str, ...] = ("blue", "green", "red", "nir"), seed: int = 7
    ) -> xr.Dataset:
        rng = np.random.default_rng(seed)
        shape = (len(days), *geobox.shape)
        data = {
            band: (("time", "y", "x"), (0.05 + 0.1 * i + 0.02 * rng.random(shape)).astype(np.float32))
            for i, band in enumerate(bands)
        }
        return xr.Dataset(
            data | {"valid": (("time", "y", "x"), np.ones(shape, dtype=bool))},
            coords={
                **xr_coords(geobox),
                "time": np.array(days, dtype="datetime64[ns]"),
                "scene_id": ("time", np.array([f"scene-{day}" for day in days])),
            },
        )

    return make
