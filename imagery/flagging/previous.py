"""How the signals of a run compare with those of the run before: new, still there, or grown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Change, Novelty, Reason, Signal, Standing
from imagery.flagging.place import SURE_Z
from imagery.flagging.wording import area

SAME_SHARE = 0.5
"""Overlap, as a share of the smaller of the two, from which two changes are one."""
_CODES = {Novelty.NEW: "new", Novelty.STILL_THERE: "still_there", Novelty.GROWN: "grown"}


def compare_with_previous(signals: Iterable[Signal], previous: Iterable[Signal]) -> tuple[Signal, ...]:
    """Mark each signal as new, still there or grown.

    Same kind, and an overlap of at least half of the smaller of the two: then it is the same. The ground decides, not
    the site id: a register may be redrawn between runs. Grown when its area exceeds that of all earlier ones it
    matches by more than the errors of both (95 %).

    Parameters
    ----------
    signals : iterable of Signal
        Of this run, of one site or many. Permitted changes are handed back as they are.
    previous : iterable of Signal
        Of the run before, in any reference system; permitted changes among them do not count.

    Returns
    -------
    tuple of Signal
        In the order of `signals`, with `novelty`, a reason, and the ids of the earlier signals in
        ``facts["previous_signals"]``.

    Notes
    -----
    Marking twice gives the same as marking once.
    """
    signals = tuple(signals)
    earlier = [s for s in previous if s.standing is Standing.SIGNAL]
    trees: dict[str, tuple[STRtree, list[Geometry]]] = {}
    marked = []
    for signal in signals:
        if signal.standing is not Standing.SIGNAL:
            marked.append(signal)
            continue
        crs = signal.change.crs
        if crs not in trees:
            shapes = [_shape_in(s.change, crs) for s in earlier]
            trees[crs] = (STRtree(shapes), shapes)
        marked.append(_marked(signal, _matches(signal, earlier, *trees[crs])))
    return tuple(marked)


def _matches(
    signal: Signal, earlier: Sequence[Signal], tree: STRtree, shapes: Sequence[Geometry]
) -> list[Signal]:
    shape = signal.change.geometry
    found = []
    for index in sorted(tree.query(shape, predicate="intersects")):
        other = shapes[index]
        smaller = min(shape.area, other.area)
        same_ground = smaller > 0 and shape.intersection(other).area >= SAME_SHARE * smaller
        if same_ground and earlier[index].kind is signal.kind:
            found.append(earlier[index])
    return found


def _marked(signal: Signal, matches: Sequence[Signal]) -> Signal:
    change = signal.change
    before_m2 = sum(match.change.area_m2 for match in matches)
    error_m2 = math.hypot(change.area_error_m2, *(match.change.area_error_m2 for match in matches))
    novelty = Novelty.STILL_THERE if matches else Novelty.NEW
    if matches and change.area_m2 - before_m2 > SURE_Z * error_m2:
        novelty = Novelty.GROWN
    reasons = tuple(reason for reason in signal.reasons if reason.code not in _CODES.values())
    facts: dict[str, Any] = {k: v for k, v in signal.facts.items() if not k.startswith("previous_")}
    if matches:
        facts["previous_signals"] = ", ".join(match.signal_id for match in matches)
        facts["previous_area_m2"] = before_m2
    return replace(
        signal, novelty=novelty, reasons=(*reasons, _reason(novelty, change, before_m2)), facts=facts
    )


def _reason(novelty: Novelty, change: Change, before_m2: float) -> Reason:
    now, before = area(change.area_m2), area(before_m2)
    nl, en = {
        Novelty.NEW: (
            "Dit signaal is nieuw: de vorige screening had hier geen signaal van deze soort.",
            "This signal is new: the previous screening had none of this kind here.",
        ),
        Novelty.STILL_THERE: (
            f"Dit signaal was er ook in de vorige screening (toen {before.nl}).",
            f"This signal was there in the previous screening as well ({before.en} then).",
        ),
        Novelty.GROWN: (
            f"De verandering is gegroeid sinds de vorige screening: van {before.nl} naar {now.nl}.",
            f"The change has grown since the previous screening: from {before.en} to {now.en}.",
        ),
    }[novelty]
    value = None if novelty is Novelty.NEW else before_m2
    return Reason(code=_CODES[novelty], nl=nl, en=en, value=value, unit="" if value is None else "m2")


def _shape_in(change: Change, crs: str) -> Geometry:
    """Outline of a change in a reference system."""
    shape = change.geometry
    if change.crs == crs:
        return shape
    project = _transformer(change.crs, crs).transform
    moved = shapely.transform(shape, lambda xy: np.column_stack(project(xy[:, 0], xy[:, 1])))
    return moved if moved.is_valid else moved.buffer(0)


@lru_cache(maxsize=16)
def _transformer(source: str, target: str) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)
