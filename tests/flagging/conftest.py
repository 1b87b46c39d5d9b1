"""Builds the planted scenes, compares what is said of them, and prints how many there were."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import settings
from shapely import affinity
from shapely.geometry import box

from imagery.domain import Change, Drawing, Footprint, Permit, Settings, Signal, Site
from imagery.flagging.judging import judge_changes

# How long one example takes depends on who else uses the machine.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")

ACCURACY = {"surveyed": 0.3, "parcel": 0.5, "sketch": 5.0, "address_point": 50.0}
ORIGINS = [
    ("EPSG:28992", 155_000.0, 463_000.0),
    ("EPSG:32631", 640_000.0, 5_770_000.0),
    ("EPSG:3035", 5_400_000.0, 2_600_000.0),
]
# Region means as they look from above: before and after, in the order of BANDS. Invented, near what is measured.
BANDS = ("blue", "green", "red", "nir", "swir16")
LOOKS = {
    "felled": ((0.02, 0.04, 0.03, 0.36, 0.16), (0.05, 0.075, 0.08, 0.31, 0.27)),
    "dug": ((0.03, 0.06, 0.04, 0.32, 0.20), (0.10, 0.14, 0.19, 0.25, 0.32)),
    "built": ((0.03, 0.06, 0.04, 0.32, 0.20), (0.28, 0.30, 0.31, 0.34, 0.33)),
    "piled": ((0.03, 0.06, 0.04, 0.32, 0.20), (0.13, 0.14, 0.15, 0.18, 0.19)),
    "flooded": ((0.03, 0.06, 0.04, 0.32, 0.20), (0.05, 0.06, 0.04, 0.03, 0.02)),
    "greened": ((0.10, 0.14, 0.19, 0.25, 0.32), (0.03, 0.06, 0.04, 0.32, 0.20)),
    "dimmed": ((0.08, 0.09, 0.10, 0.12, 0.13), (0.05, 0.06, 0.06, 0.07, 0.07)),
}
READ: dict[str, Callable[[Signal], Any]] = {
    "relation": lambda s: s.relation,
    "share": lambda s: s.share_outside,
    "distance": lambda s: s.distance_outside_m,
    "doubt": lambda s: s.doubt_m,
    "in_force": lambda s: s.permits_in_force,
    "not_yet": lambda s: s.permits_not_yet,
    "expired": lambda s: s.permits_expired,
    "limits": lambda s: s.limits_exceeded,
    "standing": lambda s: s.standing,
    "kind": lambda s: s.kind,
    "undecided": lambda s: s.facts["undecided_by"],
}
EXACT_TO = {"share": 1e-6, "distance": 0.01, "doubt": 1e-9}
_SEEN: dict[str, tuple[int, bool]] = {}


@pytest.fixture
def make_change() -> Callable[..., Change]:
    """A change of one shape, felled in May 2020 on a 10 m grid in RD New; any field can be said otherwise."""

    def make(geometry: Any, *, look: str = "felled", **fields: Any) -> Change:
        before, after = LOOKS[look]
        said: dict[str, Any] = {
            "geometry": geometry,
            "crs": "EPSG:28992",
            "area_m2": geometry.area,
            "area_error_m2": 0.0,
            "score": 9.0,
            "p_value": 0.01,
            "last_unchanged": date(2020, 5, 1),
            "first_changed": date(2020, 5, 31),
            "method": "series",
            "pixel_m": 10.0,
            "before": dict(zip(BANDS, before, strict=True)),
            "after": dict(zip(BANDS, after, strict=True)),
        }
        return Change(**(said | fields))

    return make


@pytest.fixture
def make_permit() -> Callable[..., Permit]:
    """A permit on a ground (or none): surveyed, for felling, in RD New; any field can be said otherwise."""

    def make(ground: Any, *, drawing: str = "surveyed", crs: str = "EPSG:28992", **fields: Any) -> Permit:
        footprint = None
        if ground is not None:
            footprint = Footprint(
                geometry=ground, crs=crs, drawing=Drawing(drawing), accuracy_m=ACCURACY[drawing]
            )
        return Permit(**({"reference": "P1", "activities": ("felling",), "footprint": footprint} | fields))

    return make


@pytest.fixture
def wrong_facts(
    make_change: Callable[..., Change], make_permit: Callable[..., Permit]
) -> Callable[..., dict[str, Any]]:
    """Build a scene on its origin, let it be judged, and hand back the facts that are not as expected."""

    def wrong(
        *,
        name: str,
        permits: list[dict[str, Any]],
        change: Any,
        expected: dict[str, Any],
        system: int = 0,
        residual_m: float | None = None,
        **fields: Any,
    ) -> dict[str, Any]:
        crs, x, y = ORIGINS[system % 3]

        def at(shape: Any) -> Any:
            return None if shape is None else affinity.translate(shape, x, y)

        made = tuple(
            make_permit(at(row["ground"]), **({"reference": f"P{i}", "crs": crs} | _without_ground(row)))
            for i, row in enumerate(permits, start=1)
        )
        (signal,) = judge_changes(
            [make_change(at(change), crs=crs, area_m2=change.area, **fields)],
            Site(geometry=at(box(-2000, -2000, 3000, 3000)), crs=crs, permits=made),
            geolocation_m=5.0,
            alignment_residual_m=residual_m,
            settings=Settings.of(),
        )
        told = {fact: READ[fact](signal) for fact in expected}
        off = {
            fact: (told[fact], value)
            for fact, value in expected.items()
            if not _same(fact, told[fact], value)
        }
        _SEEN[name] = (len(expected), bool(off))
        return off

    return wrong


def _without_ground(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "ground"}


def _same(fact: str, told: Any, expected: Any) -> bool:
    if fact not in EXACT_TO:
        return bool(told == expected)
    if math.isnan(expected):
        return math.isnan(told)
    return abs(told - expected) <= EXACT_TO[fact]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many scenes were judged and how many wrongly."""
    if _SEEN:
        wrong = sum(bad for _, bad in _SEEN.values())
        facts = sum(number for number, _ in _SEEN.values())
        terminalreporter.write_line(
            f"planted permit x change scenarios: {len(_SEEN)} with {facts} expected facts, {wrong} wrong"
        )
