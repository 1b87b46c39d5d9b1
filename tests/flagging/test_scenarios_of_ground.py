"""Planted scenes: several permits, holes, islands, permits without ground, and none.

Every scene is drawn in metres around an origin and its facts follow from how it is drawn; nothing of
`imagery.flagging` is used to derive them. Permits are P1, P2, ... in their order.
"""
# ruff: noqa: E501 - scenes are rows of a table

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from imagery.domain import Kind, Relation, Standing

IN, OUT, OPEN = Relation.INSIDE, Relation.OUTSIDE, Relation.UNDECIDED
SIGNAL, FINE = Standing.SIGNAL, Standing.PERMITTED_CHANGE
NAN = math.nan
SYSTEMS = {0: "RD New", 2: "ETRS89-LAEA"}
OVER = {"valid_to": date(2019, 12, 31)}
LATER = {"valid_from": date(2021, 1, 1)}
DOUBTFUL = {"valid_from": date(2020, 5, 15)}


def scene(**said: Any) -> dict[str, Any]:
    """One scene, by what is said of it."""
    return said


def on(ground: Any, **more: Any) -> dict[str, Any]:
    """A permit on a ground; surveyed, for felling, without dates unless said."""
    return {"ground": ground, **more}


def band(accuracy: float, residual: float = 0.0) -> float:
    """5 m geolocation, half of a 10 m pixel, and what the scene adds: root of squares."""
    return (5.0**2 + 5.0**2 + accuracy**2 + residual**2) ** 0.5


def grounds() -> list[dict[str, Any]]:
    """Several permits, holes, islands: which boundary counts, and which is none."""
    left, right = box(0, 0, 100, 100), box(100, 0, 200, 100)
    middle, b = box(80, 40, 120, 60), band(0.3)
    ring = Polygon(
        [(0, 0), (300, 0), (300, 300), (0, 300)], [[(100, 100), (200, 100), (200, 200), (100, 200)]]
    )
    islands = MultiPolygon([box(0, 0, 100, 100), box(160, 0, 260, 100)])
    both = ("P1", "P2")
    inside = {"relation": IN, "share": 0.0, "distance": 0.0}
    rows: list[tuple[str, list[dict[str, Any]], Any, dict[str, Any]]] = [
        ("across a shared boundary", [on(left), on(right)], middle,
         {**inside, "standing": FINE, "in_force": both}),
        ("across a shared boundary, one sketched", [on(left), on(right, drawing="sketch")], middle,
         {**inside, "standing": FINE, "in_force": both}),
        ("across a shared boundary, the other expired", [on(left), on(right, **OVER)], middle,
         {"relation": OUT, "share": 0.5, "distance": 20.0, "in_force": ("P1",), "expired": ("P2",), "standing": SIGNAL,
          "kind": Kind.ACTIVITY_AFTER_EXPIRY}),
        ("across a shared boundary, the other still to begin", [on(left), on(right, **LATER)], middle,
         {"relation": OUT, "share": 0.5, "distance": 20.0, "in_force": ("P1",), "not_yet": ("P2",), "standing": SIGNAL,
          "kind": Kind.VEGETATION_CLEARED}),
        ("across a shared boundary, the other in doubt", [on(left), on(right, **DOUBTFUL)], middle,
         {"relation": OPEN, "share": 0.0, "distance": 0.0, "in_force": ("P1",), "undecided": "date", "standing": SIGNAL}),
        ("beside a permit in doubt", [on(left), on(right, **DOUBTFUL)], box(40, 40, 60, 60),
         {**inside, "standing": FINE, "in_force": ("P1",)}),
        ("in a permit in doubt, beside one in force", [on(left), on(right, **DOUBTFUL)], box(140, 40, 160, 60),
         {"relation": OPEN, "share": 0.0, "undecided": "date", "standing": SIGNAL}),
        ("mostly on the permit in force", [on(left), on(right, **OVER)], box(60, 40, 115, 60),
         {"relation": OUT, "share": 15 / 55, "distance": 15.0, "expired": ("P2",), "kind": Kind.VEGETATION_CLEARED}),
        ("shared boundary with a hairline gap of 4 cm", [on(left), on(box(100.04, 0, 200, 100))], middle,
         {**inside, "standing": FINE}),
        ("a gap of 1 m between two permits", [on(left), on(box(101, 0, 200, 100))], middle,
         {"relation": OPEN, "share": 1 / 40, "undecided": "boundary", "standing": SIGNAL}),
        ("a gap of 30 m between two permits", [on(left), on(box(130, 0, 230, 100))], box(100, 40, 130, 60),
         {"relation": OUT, "share": 1.0, "distance": 15.0, "standing": SIGNAL}),
        ("beyond the outer end of two neighbours", [on(left), on(right)], box(190, 40, 230, 60),
         {"relation": OUT, "share": 0.75, "distance": 30.0, "in_force": both}),
        ("neighbours of different sort", [on(left), on(right, activities=("storage",))], middle,
         {**inside, "standing": SIGNAL, "kind": Kind.VEGETATION_CLEARED}),
        ("nested, the inner one expired", [on(box(0, 0, 300, 300)), on(box(100, 100, 200, 200), **OVER)], box(140, 140, 160, 160),
         {**inside, "standing": FINE, "in_force": ("P1",), "expired": ("P2",)}),
        ("nested, the outer one expired, in the inner one", [on(box(0, 0, 300, 300), **OVER), on(box(100, 100, 200, 200))], box(140, 140, 160, 160),
         {**inside, "standing": FINE, "in_force": ("P2",), "expired": ("P1",)}),
        ("nested, the outer one expired, beside the inner one", [on(box(0, 0, 300, 300), **OVER), on(box(100, 100, 200, 200))], box(230, 140, 250, 160),
         {"relation": OUT, "share": 1.0, "distance": 50.0, "in_force": ("P2",), "expired": ("P1",), "kind": Kind.ACTIVITY_AFTER_EXPIRY}),
        ("nested, both in force, across the inner boundary", [on(box(0, 0, 300, 300)), on(box(100, 100, 200, 200), drawing="sketch")], box(190, 140, 210, 160),
         {**inside, "standing": FINE, "doubt": b}),
        ("nested, the inner one still to begin", [on(box(0, 0, 300, 300)), on(box(100, 100, 200, 200), **LATER)], box(140, 140, 160, 160),
         {**inside, "standing": FINE, "not_yet": ("P2",)}),
        ("a sloppy drawing over a precise one takes nothing away", [on(left), on(left, drawing="address_point")], box(40, 40, 60, 60),
         {**inside, "standing": FINE, "in_force": both}),
        ("a sloppy drawing reaches further out", [on(left), on(left, drawing="address_point")], box(110, 40, 130, 60),
         {"relation": OPEN, "share": 1.0, "distance": 30.0, "doubt": band(50.0), "undecided": "boundary"}),
        ("beside the better drawn of two", [on(left), on(right, drawing="sketch")], box(-30, 40, -10, 60),
         {"relation": OUT, "share": 1.0, "distance": 30.0, "doubt": b}),
        ("beside the worse drawn of two", [on(left), on(right, drawing="address_point")], box(210, 40, 230, 60),
         {"relation": OPEN, "share": 1.0, "distance": 30.0, "doubt": band(50.0), "undecided": "boundary"}),
        ("in the middle of a hole", [on(ring)], box(140, 140, 160, 160),
         {"relation": OUT, "share": 1.0, "distance": 50.0, "standing": SIGNAL}),
        ("at the edge of a hole, in it", [on(ring)], box(100, 140, 105, 160),
         {"relation": OPEN, "share": 1.0, "distance": 5.0, "undecided": "boundary"}),
        ("around a hole, not touching it", [on(ring)], box(40, 40, 60, 260), {**inside, "standing": FINE}),
        ("over the whole hole", [on(ring)], box(50, 50, 250, 250),
         {"relation": OUT, "share": 0.25, "distance": 50.0, "standing": SIGNAL}),
        ("a hole that another permit fills", [on(ring), on(box(100, 100, 200, 200))], box(90, 140, 120, 160),
         {**inside, "standing": FINE, "in_force": both}),
        ("a hole that an expired permit fills", [on(ring), on(box(100, 100, 200, 200), **OVER)], box(140, 140, 160, 160),
         {"relation": OUT, "share": 1.0, "distance": 50.0, "expired": ("P2",), "kind": Kind.ACTIVITY_AFTER_EXPIRY}),
        ("on one island", [on(islands)], box(180, 40, 200, 60), {**inside, "standing": FINE}),
        ("between two islands", [on(islands)], box(120, 40, 140, 60),
         {"relation": OUT, "share": 1.0, "distance": 30.0, "standing": SIGNAL}),
        ("a change of two parts on two islands", [on(islands)], MultiPolygon([box(40, 40, 60, 60), box(200, 40, 220, 60)]),
         {**inside, "standing": FINE}),
        ("a change of two parts, one outside", [on(islands)], MultiPolygon([box(40, 40, 60, 60), box(300, 40, 320, 60)]),
         {"relation": OUT, "share": 0.5, "distance": 60.0, "standing": SIGNAL}),
        ("an expired permit that it does not lie on", [on(left, **OVER), on(box(500, 0, 600, 100))], box(540, 40, 560, 60),
         {**inside, "standing": FINE, "in_force": ("P2",), "expired": ()}),
        ("an L-shaped permit, in its notch", [on(Polygon([(0, 0), (200, 0), (200, 100), (100, 100), (100, 200), (0, 200)]))], box(130, 140, 150, 160),
         {"relation": OUT, "share": 1.0, "distance": 50.0, "standing": SIGNAL}),
        ("too narrow to be sure of", [on(box(0, 0, 1000, 14))], box(400, 2, 420, 12),
         {"relation": OPEN, "share": 0.0, "distance": 0.0, "undecided": "boundary", "standing": SIGNAL}),
    ]  # fmt: skip
    return [
        scene(
            name=f"{name} ({SYSTEMS[system]})",
            permits=permits,
            change=change,
            expected=expected,
            system=system,
        )
        for name, permits, change, expected in rows
        for system in (0, 2)
    ]


def groundless() -> list[dict[str, Any]]:
    """Permits without a ground of their own, and none at all."""
    here, nowhere = box(40, 40, 60, 60), {"share": 1.0, "distance": NAN, "doubt": band(0.0)}
    square = box(0, 0, 100, 100)
    rows: list[tuple[str, list[dict[str, Any]], Any, dict[str, Any]]] = [
        ("no permit at all", [], here, {**nowhere, "relation": OUT, "in_force": (), "standing": SIGNAL}),
        ("one without ground", [on(None)], here,
         {**nowhere, "relation": OPEN, "undecided": "no_ground", "in_force": ("P1",), "standing": SIGNAL}),
        ("one without ground, expired", [on(None, **OVER)], here,
         {**nowhere, "relation": OUT, "expired": ("P1",), "in_force": (), "kind": Kind.VEGETATION_CLEARED}),
        ("one without ground, still to begin", [on(None, **LATER)], here,
         {**nowhere, "relation": OUT, "not_yet": ("P1",), "in_force": ()}),
        ("one without ground, in doubt by date", [on(None, **DOUBTFUL)], here,
         {**nowhere, "relation": OPEN, "undecided": "no_ground", "in_force": ()}),
        ("inside another one", [on(square), on(None)], here,
         {"relation": IN, "share": 0.0, "distance": 0.0, "in_force": ("P1", "P2"), "standing": FINE}),
        ("beside another one", [on(square), on(None)], box(140, 40, 160, 60),
         {"relation": OPEN, "share": 1.0, "distance": 60.0, "undecided": "no_ground", "standing": SIGNAL}),
        ("beside another one, the groundless expired", [on(square), on(None, **OVER)], box(140, 40, 160, 60),
         {"relation": OUT, "share": 1.0, "distance": 60.0, "in_force": ("P1",), "expired": ("P2",)}),
        ("on the boundary of another one", [on(square), on(None)], box(80, 40, 100, 60),
         {"relation": OPEN, "share": 0.0, "undecided": "boundary, no_ground"}),
        ("on expired ground, a groundless one in force", [on(square, **OVER), on(None)], here,
         {**nowhere, "relation": OPEN, "undecided": "no_ground", "in_force": ("P2",), "expired": ("P1",), "kind": Kind.VEGETATION_CLEARED}),
    ]  # fmt: skip
    return [
        scene(name=name, permits=permits, change=change, expected=expected, system=system)
        for system, (name, permits, change, expected) in enumerate(rows)
    ]


SCENARIOS = [*grounds(), *groundless()]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s["name"])
def test_the_right_boundary_counts__planted(
    scenario: dict[str, Any], wrong_facts: Callable[..., dict[str, Any]]
) -> None:
    assert not wrong_facts(**scenario)
