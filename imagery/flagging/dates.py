"""Whether a permit was in force when a change came, where the day itself is only known to lie in an interval."""

from __future__ import annotations

from enum import StrEnum

from imagery.domain import Change, Permit


class Force(StrEnum):
    """How a permit stands against the interval in which a change came."""

    IN_FORCE = "in_force"
    """Over the whole interval."""
    NOT_YET = "not_yet"
    """It began after the change was seen."""
    EXPIRED = "expired"
    """It had ended before the interval."""
    IN_DOUBT = "in_doubt"
    """It began or ended within the interval."""


def force(permit: Permit, change: Change) -> Force:
    """How a permit stands against the interval ``[last_unchanged, first_changed]``, both days included.

    The change came on some day of that interval. A permit covers it when in force on all of them; it is not yet there
    when it begins after the last, expired when it ended before the first; anything else is in doubt, and a doubt
    is never told as an expiry or an early start. Without a last unchanged day the interval has no beginning: a stated
    first day is in doubt however long ago it was, and no permit can be said to have ended before.
    An unknown first day of a permit means always, an unknown last day no end.
    """
    first, last = change.last_unchanged, change.first_changed
    if permit.not_yet(last):
        return Force.NOT_YET
    if first is None:
        known = permit.valid_from is None and not permit.expired(last)
        return Force.IN_FORCE if known else Force.IN_DOUBT
    if permit.expired(first):
        return Force.EXPIRED
    return Force.IN_FORCE if permit.in_force(first) and permit.in_force(last) else Force.IN_DOUBT
