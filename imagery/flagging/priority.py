"""How soon a signal deserves a look: five parts, each 0-1, with weights that add up to 1."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from imagery.domain import PriorityPart, Relation

WEIGHTS = {"relation": 0.35, "size": 0.25, "permits": 0.2, "strength": 0.1, "date": 0.1}
"""What each part adds at most: place and size first, as those an inspector can check; evidence and date sort the rest."""

PERMIT_FACTS = {
    "limit_exceeded": 1.0,
    "activity_after_expiry": 1.0,
    "not_yet": 0.9,
    "no_permit": 0.8,
    "no_permit_in_force": 0.8,
    "kind_not_permitted": 0.7,
    "outside_ground": 0.6,
    "date_in_doubt": 0.4,
    "kind_unknown": 0.3,
    "activity_unknown": 0.3,
    "no_ground": 0.2,
    "boundary_in_doubt": 0.1,
}
"""How much each permit fact weighs; the weightiest one counts. What is known weighs more than what is in doubt."""

_RELATION = {Relation.INSIDE: 0.1, Relation.UNDECIDED: 0.4, Relation.OUTSIDE: 0.6}
_SHARP_DAYS = 90.0


def priority_parts(
    *,
    relation: Relation,
    share_outside: float,
    area_m2: float,
    matters_m2: float,
    facts: Collection[str],
    p_value: float,
    last_unchanged: date | None,
    first_changed: date,
) -> tuple[PriorityPart, ...]:
    """Parts of the priority of a signal.

    ======== ====== ==========================================================================================
    part     weight value
    ======== ====== ==========================================================================================
    relation .35    inside .1, undecided .4, outside .6 + .4 x share outside
    size     .25    a / (a + area that matters): .5 where the area is just what matters
    permits  .20    the weightiest of `PERMIT_FACTS`
    strength .10    1 - p
    date     .10    90 / (90 + days between last unchanged and first changed); 0 when the first is not known
    ======== ====== ==========================================================================================

    Returns
    -------
    tuple of PriorityPart
        In the order of the table; the priority is the sum of value times weight.

    Notes
    -----
    Laws: a larger area, a larger share outside, a smaller p and a shorter interval never lower the priority; outside
    never ranks below undecided, nor undecided below inside, all else equal.
    """
    share = share_outside if relation is Relation.OUTSIDE else 0.0
    days = None if last_unchanged is None else (first_changed - last_unchanged).days
    values = {
        "relation": _RELATION[relation] + 0.4 * share,
        "size": area_m2 / (area_m2 + matters_m2),
        "permits": max((PERMIT_FACTS[fact] for fact in facts), default=0.0),
        "strength": 1 - p_value,
        "date": 0.0 if days is None else _SHARP_DAYS / (_SHARP_DAYS + days),
    }
    return tuple(
        PriorityPart(name=name, value=min(1.0, values[name]), weight=weight)
        for name, weight in WEIGHTS.items()
    )


def no_priority() -> tuple[PriorityPart, ...]:
    """Parts of a permitted change: nothing of it asks for a look."""
    return tuple(PriorityPart(name=name, value=0.0, weight=weight) for name, weight in WEIGHTS.items())


def total(parts: Collection[PriorityPart]) -> float:
    """Priority, 0-1."""
    return min(1.0, sum(part.value * part.weight for part in parts))
