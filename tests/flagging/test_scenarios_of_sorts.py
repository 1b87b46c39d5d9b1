"""Planted scenes: what the ground looks like, what is permitted there, and how much.

Every scene is drawn in metres around an origin and its facts follow from how it is drawn; nothing of
`imagery.flagging` is used to derive them. Permits are P1, P2, ... in their order.
"""
# ruff: noqa: E501 - scenes are rows of a table

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from shapely.geometry import box

from imagery.domain import Kind, Limits, Relation, Standing

IN, OUT, OPEN = Relation.INSIDE, Relation.OUTSIDE, Relation.UNDECIDED
SIGNAL, FINE = Standing.SIGNAL, Standing.PERMITTED_CHANGE
OVER = {"valid_to": date(2019, 12, 31)}
LATER = {"valid_from": date(2021, 1, 1)}
DOUBTFUL = {"valid_from": date(2020, 5, 15)}


def scene(**said: Any) -> dict[str, Any]:
    """One scene, by what is said of it."""
    return said


def on(ground: Any, **more: Any) -> dict[str, Any]:
    """A permit on a ground; surveyed, for felling, without dates unless said."""
    return {"ground": ground, **more}


def sorts() -> list[dict[str, Any]]:
    """Which look of the ground each activity brings along, deep inside its ground; written down by hand."""
    fine = {
        "storage": {"built", "piled", "greened"},
        "landfill": {"dug", "piled", "greened"},
        "building": {"dug", "built", "piled", "greened"},
        "demolition": {"dug", "piled", "greened"},
        "felling": {"felled", "greened"},
        "earthworks": {"dug", "flooded", "greened"},
        "paving": {"dug", "built", "greened"},
        "farming": {"felled", "dug", "greened"},
        "livestock": {"greened"},
        "nothing that was recognised": set(),
    }
    kinds = {
        "felled": Kind.VEGETATION_CLEARED,
        "dug": Kind.EARTHWORKS,
        "flooded": Kind.EARTHWORKS,
        "built": Kind.SUSPECTED_EXPANSION,
        "greened": Kind.UNCLASSIFIED_CHANGE,
        "dimmed": Kind.UNCLASSIFIED_CHANGE,
    }
    scenes = []
    for activity, looks in fine.items():
        for look in (*kinds, "piled"):
            piled = Kind.SUSPECTED_EXPANSION if "piled" in looks else Kind.SUSPECTED_DUMPING
            scenes.append(
                scene(
                    name=f"{look} ground, {activity} permitted",
                    permits=[on(box(0, 0, 100, 100), activities=() if " " in activity else (activity,))],
                    change=box(40, 40, 60, 60),
                    look=look,
                    expected={
                        "relation": IN,
                        "standing": FINE if look in looks else SIGNAL,
                        "kind": piled if look == "piled" else kinds[look],
                        "in_force": ("P1",),
                    },
                    system=len(scenes),
                )
            )
    return scenes


def kinds() -> list[dict[str, Any]]:
    """What a change is called, by what it looks like and where it lies."""
    square, far, against = box(0, 0, 100, 100), box(300, 40, 320, 60), box(90, 40, 130, 60)
    store, fell, here = ("storage",), ("felling",), box(40, 40, 60, 60)
    rows = [
        ("piled far from a storage permit", [on(square, activities=store)], far, "piled", Kind.SUSPECTED_DUMPING),
        ("piled against a storage permit", [on(square, activities=store)], against, "piled", Kind.SUSPECTED_EXPANSION),
        ("piled against a felling permit", [on(square, activities=fell)], against, "piled", Kind.SUSPECTED_DUMPING),
        ("piled where nothing is permitted", [], here, "piled", Kind.SUSPECTED_DUMPING),
        ("built where nothing is permitted", [], here, "built", Kind.SUSPECTED_EXPANSION),
        ("dimmed where nothing is permitted", [], here, "dimmed", Kind.UNCLASSIFIED_CHANGE),
        ("piled after storage expired", [on(square, activities=store, **OVER)], here, "piled", Kind.ACTIVITY_AFTER_EXPIRY),
        ("felled after storage expired", [on(square, activities=store, **OVER)], here, "felled", Kind.VEGETATION_CLEARED),
        ("dimmed after storage expired", [on(square, activities=store, **OVER)], here, "dimmed", Kind.UNCLASSIFIED_CHANGE),
        ("greened after farming expired", [on(square, activities=("farming",), **OVER)], here, "greened", Kind.UNCLASSIFIED_CHANGE),
        ("built far from an expired permit", [on(square, activities=store, **OVER)], far, "built", Kind.SUSPECTED_EXPANSION),
        ("a third on expired ground", [on(square, activities=store, **OVER)], box(90, 40, 120, 60), "piled", Kind.SUSPECTED_DUMPING),
        ("two thirds on expired ground", [on(square, activities=store, **OVER)], box(80, 40, 110, 60), "piled", Kind.ACTIVITY_AFTER_EXPIRY),
    ]  # fmt: skip
    return [
        scene(
            name=name, permits=permits, change=change, look=look, expected={"kind": kind, "standing": SIGNAL}, system=system
        )
        for system, (name, permits, change, look, kind) in enumerate(rows)
    ]  # fmt: skip


def limits() -> list[dict[str, Any]]:
    """400 m2 felled inside; the lower bound is 400 - 1.645 x error."""
    square, here = box(0, 0, 100, 100), box(40, 40, 60, 60)
    rows = [
        # error, limit, is it exceeded
        (0.0, 399.0, True),
        (0.0, 400.0, False),
        (0.0, 401.0, False),
        (100.0, 235.0, True),  # 400 - 164.5 = 235.5
        (100.0, 236.0, False),
        (20.0, 367.0, True),  # 400 - 32.9 = 367.1
        (20.0, 367.2, False),
        (300.0, 0.0, False),  # lower bound below nothing
        (100.0, 0.0, True),
    ]
    scenes = [
        scene(
            name=f"limit {limit} m2, error {error} m2",
            permits=[on(square, limits=Limits(area_m2=limit))],
            change=here,
            area_error_m2=error,
            expected={
                "relation": IN,
                "limits": ("area_m2",) if over else (),
                "standing": SIGNAL if over else FINE,
            },
            system=system,
        )
        for system, (error, limit, over) in enumerate(rows)
    ]
    tight = Limits(area_m2=100.0)
    more: list[tuple[str, list[dict[str, Any]], Any, dict[str, Any]]] = [
        ("volume and height are not judged", [on(square, limits=Limits(volume_m3=1.0, height_m=0.1))], here,
         {"limits": (), "standing": FINE}),
        ("only the part on the permit's ground counts", [on(square, limits=Limits(area_m2=250.0))], box(90, 40, 110, 60),
         {"relation": OUT, "limits": (), "standing": SIGNAL}),
        ("another permit without limit covers it", [on(square, limits=tight), on(square)], here,
         {"limits": (), "standing": FINE}),
        ("another permit of another sort does not", [on(square, limits=tight), on(square, activities=("storage",))], here,
         {"limits": ("area_m2",), "standing": SIGNAL}),
        ("a limit of an expired permit says nothing", [on(square), on(square, limits=tight, **OVER)], here,
         {"limits": (), "standing": FINE}),
        ("a limit of a permit in doubt says nothing", [on(square), on(square, limits=tight, **DOUBTFUL)], here,
         {"limits": (), "standing": FINE}),
    ]  # fmt: skip
    return scenes + [
        scene(name=name, permits=permits, change=change, expected=expected)
        for name, permits, change, expected in more
    ]


SCENARIOS = [*sorts(), *kinds(), *limits()]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s["name"])
def test_sort_and_limit_decide_as_written_down__planted(
    scenario: dict[str, Any], wrong_facts: Callable[..., dict[str, Any]]
) -> None:
    assert not wrong_facts(**scenario)
