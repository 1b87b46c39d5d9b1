"""Planted scenes: where a change lies against one permitted square, for every way of drawing.

Every scene is drawn in metres around an origin and its facts follow from how it is drawn; nothing of
`imagery.flagging` is used to derive them. Permits are P1, P2, ... in their order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from shapely.geometry import box

from imagery.domain import Kind, Relation, Standing

IN, OUT, OPEN = Relation.INSIDE, Relation.OUTSIDE, Relation.UNDECIDED
SIGNAL, FINE = Standing.SIGNAL, Standing.PERMITTED_CHANGE
ACCURACY = {"surveyed": 0.3, "parcel": 0.5, "sketch": 5.0, "address_point": 50.0}


def scene(**said: Any) -> dict[str, Any]:
    """One scene, by what is said of it."""
    return said


def on(ground: Any, **more: Any) -> dict[str, Any]:
    """A permit on a ground; surveyed, for felling, without dates unless said."""
    return {"ground": ground, **more}


def band(accuracy: float, residual: float = 0.0) -> float:
    """5 m geolocation, half of a 10 m pixel, and what the scene adds: root of squares."""
    return (5.0**2 + 5.0**2 + accuracy**2 + residual**2) ** 0.5


def places() -> list[dict[str, Any]]:
    """A square of 1000 m; a change of 20 x 20 m whose left edge lies `d` metres right of the right-hand boundary."""
    scenes, system = [], count()
    for drawing, accuracy in ACCURACY.items():
        for residual in (None, 3.0):
            b = band(accuracy, residual or 0.0)

            def add(name: str, d: float, relation: Relation, **facts: Any) -> None:
                share = min(20.0, max(0.0, d + 20)) / 20
                scenes.append(
                    scene(
                        name=f"{drawing}, residual {residual}: {name}",  # noqa: B023
                        permits=[on(box(0, 0, 1000, 1000), drawing=drawing)],  # noqa: B023
                        change=box(1000 + d, 400, 1020 + d, 420),
                        expected={
                            "relation": relation,
                            "share": share,
                            "distance": max(0.0, d + 20),
                            "doubt": b,  # noqa: B023
                            "in_force": ("P1",),
                            "standing": FINE if relation is IN else SIGNAL,
                            "undecided": "boundary" if relation is OPEN else "",
                            **facts,
                        },
                        residual_m=residual,  # noqa: B023
                        system=next(system),
                    )
                )

            # Half a pixel is 50 m2: of a change 20 m wide a strip of 2.5 m.
            add("deep inside", -500.0, IN)
            add("just inside the band of doubt's inner edge", -20 - b - 0.1, IN)
            add("a corner of the pixel within the band", -20 - b + 0.5, OPEN)
            add("against the boundary from within", -20.0, OPEN)
            add("half across", -10.0, OUT if (10 - b) * 20 >= 50 else OPEN)
            add("as far as the band reaches", b - 20 - 0.2, OPEN)
            add("a strip of 2.4 m beyond the band", b - 20 + 2.4, OPEN)
            add("a strip of 2.6 m beyond the band", b - 20 + 2.6, OUT)
            add("wholly beyond the band", b + 0.1, OUT)
            add("200 m off", 200.0, OUT)
    return scenes


def corners() -> list[dict[str, Any]]:
    """Off the corner of a square, 30 m right and 40 m up: the near corner is 50 m away, the far one hypot(50, 60)."""
    return [
        scene(
            name=f"off the corner of {square:.0f} m, {drawing}",
            permits=[on(box(0, 0, square, square), drawing=drawing)],
            change=box(square + 30, square + 40, square + 50, square + 60),
            expected={
                "relation": OUT,
                "share": 1.0,
                "distance": math.hypot(50, 60),
                "doubt": band(accuracy),
                "standing": SIGNAL,
                "kind": Kind.VEGETATION_CLEARED,
            },
            system=system,
        )
        for system, (drawing, accuracy) in enumerate(ACCURACY.items())
        for square in (100.0, 400.0)
    ]


SCENARIOS = [*places(), *corners()]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s["name"])
def test_the_place_is_told_as_it_was_drawn__planted(
    scenario: dict[str, Any], wrong_facts: Callable[..., dict[str, Any]]
) -> None:
    assert not wrong_facts(**scenario)
