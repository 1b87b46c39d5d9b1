"""A small run made of invented values, with pixels that no flip leaves as they are."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from odc.geo.geobox import GeoBox
from odc.geo.xr import xr_coords
from rasterio.transform import Affine
from shapely import Polygon, box

from imagery.detection.scores import NO_DAY, ControlStatistics, ScoreMap
from imagery.domain import (
    Alignment,
    AlignmentStatus,
    Change,
    Drawing,
    Footprint,
    Kind,
    Limits,
    Outcome,
    OutcomeKind,
    Permit,
    PriorityPart,
    Reason,
    Relation,
    Signal,
    Site,
    Standing,
)
from imagery.stores.records import CONTROL, OTHER, WATCHED, SitePixels, SiteRecord

RD = "EPSG:28992"
GEOBOX = GeoBox((5, 7), Affine(10, 0, 155000, 0, -10, 463050), "EPSG:32631")


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that moves on by a second each time it is read."""
    ticks = itertools.count()
    return lambda: datetime(2026, 11, 24, 8, tzinfo=UTC) + timedelta(seconds=next(ticks))


@pytest.fixture
def site() -> Site:
    ground = Polygon([(155000, 463000), (155030, 463000), (155030, 463020), (155010, 463031.123456789)])
    drawn = Footprint(geometry=ground, crs=RD, drawing=Drawing.SKETCH, accuracy_m=5)
    permit = Permit(
        reference='Z-1 "<b>é\u202e',
        activities=("storage",),
        activity_text="opslag; =1+1",
        footprint=drawn,
        limits=Limits(area_m2=400),
        valid_from=date(2019, 1, 1),
        valid_to=date(2024, 2, 29),
        authority="Omgevingsdienst Voorbeeld",
    )
    return Site(geometry=ground, crs=RD, permits=(permit, Permit(reference="Z-2")), name="terrein")


@pytest.fixture
def record(site: Site) -> SiteRecord:
    found = Change(
        geometry=box(155000, 463000, 155020, 463020).difference(box(155005, 463005, 155010, 463010)),
        crs=RD,
        area_m2=375.0,
        area_error_m2=42.0,
        score=9.5,
        p_value=1 / 60,
        last_unchanged=None,
        first_changed=date(2020, 5, 11),
        method="series",
        pixel_m=10.0,
        before={"red": 0.031, "nir": 0.4},
        after={"red": 0.12, "nir": 0.2},
    )
    signal = Signal(
        site_id=site.site_id,
        change=found,
        kind=Kind.SUSPECTED_DUMPING,
        standing=Standing.SIGNAL,
        relation=Relation.UNDECIDED,
        share_outside=0.25,
        distance_outside_m=float("nan"),
        doubt_m=8.7,
        permits_in_force=("Z-1",),
        priority=0.5,
        priority_parts=(PriorityPart(name="relation", value=0.5, weight=1.0),),
        reasons=(
            Reason(code="outside_by", nl="Ligt 3,5 m buiten.", en="Lies 3.5 m outside.", value=3.5, unit="m"),
        ),
        facts={"undecided_by_date": True},
    )
    return SiteRecord(
        site=site,
        outcome=Outcome(kind=OutcomeKind.SCREENED, note="All good."),
        judged=(signal,),
        alignment=Alignment(status=AlignmentStatus.NOT_ATTEMPTED, reason="Nothing to align with."),
        facts={
            "method": "series",
            "resolution_m": 10.0,
            "n_dates": 2,
            "first_date": "2020-01-05",
            "last_date": "2020-05-11",
        },
    )


@pytest.fixture
def pixels() -> SitePixels:
    rng = np.random.default_rng(5)
    score = rng.random((5, 7), dtype=np.float32) * 9
    score[0, 1] = np.nan
    first = rng.integers(18000, 18400, (5, 7)).astype(np.int32)
    first[2, 3] = NO_DAY
    ground = np.full((5, 7), CONTROL)
    ground[1:3, 2:6] = WATCHED
    ground[4, 0] = OTHER
    scores = ScoreMap(
        score=score,
        last_unchanged=first - np.int32(0),
        first_changed=first,
        before={"red": rng.random((5, 7), dtype=np.float32)},
        after={"red": rng.random((5, 7), dtype=np.float32)},
        method="series",
        notes=("Cover grass had few controls.",),
        facts={"n_clear": 14},
    )
    controls = ControlStatistics(
        block_scores=np.array([1.25, 2.5, 3.1]), n_pixels=26, n_trimmed=1, block_px=2, min_region_px=3,
        cover_pixels={"grass": 26},
    )  # fmt: skip
    return SitePixels(geobox=GEOBOX, scores=scores, controls=controls, ground=ground)


@pytest.fixture
def cube() -> xr.Dataset:
    rng = np.random.default_rng(6)
    red = rng.random((2, 5, 7), dtype=np.float32)
    red[0, 0, 0] = np.nan
    return xr.Dataset(
        {"red": (("time", "y", "x"), red), "valid": (("time", "y", "x"), np.isfinite(red))},
        coords={
            **xr_coords(GEOBOX),
            "time": pd.to_datetime(["2020-01-05T10:50:31.024", "2020-05-11T10:50:30.459"]),
            "scene_id": ("time", ["S2A_one", "S2B_é"]),
            "cloud_fraction": ("time", [0.1, np.nan]),
        },
        attrs={"licence": "Copernicus", "geolocation_m": 5.0},
    )
