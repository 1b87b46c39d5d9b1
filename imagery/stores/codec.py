"""Domain values to plain JSON and back, exactly: what is read equals what was written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from imagery.domain import (
    Alignment,
    AlignmentStatus,
    Change,
    Drawing,
    Footprint,
    Kind,
    Limits,
    Novelty,
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

Json = dict[str, Any]


def encode(value: Any) -> Any:
    """A domain value as JSON types: dataclasses by field, shapes as GeoJSON, days as ISO text, NaN as null."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseGeometry):
        return mapping(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def decode_site(data: Json) -> Site:
    """The inverse of `encode` for a site."""
    return Site(
        geometry=shape(data["geometry"]),
        crs=data["crs"],
        permits=tuple(decode_permit(permit) for permit in data["permits"]),
        name=data["name"],
    )


def decode_permit(data: Json) -> Permit:
    """The inverse of `encode` for a permit."""
    return Permit(
        reference=data["reference"],
        activities=tuple(data["activities"]),
        activity_text=data["activity_text"],
        footprint=None if data["footprint"] is None else _footprint(data["footprint"]),
        limits=Limits(**data["limits"]),
        valid_from=_day(data["valid_from"]),
        valid_to=_day(data["valid_to"]),
        authority=data["authority"],
    )


def decode_outcome(data: Json) -> Outcome:
    """The inverse of `encode` for an outcome."""
    return Outcome(kind=OutcomeKind(data["kind"]), note=data["note"], hint=data["hint"])


def decode_alignment(data: Json) -> Alignment:
    """The inverse of `encode` for an alignment."""
    return Alignment(**{**data, "status": AlignmentStatus(data["status"])})


def decode_change(data: Json) -> Change:
    """The inverse of `encode` for a change."""
    first_changed = _day(data["first_changed"])
    assert first_changed is not None
    return Change(
        **{
            **data,
            "geometry": shape(data["geometry"]),
            "last_unchanged": _day(data["last_unchanged"]),
            "first_changed": first_changed,
        }
    )


def decode_signal(data: Json) -> Signal:
    """The inverse of `encode` for a signal."""
    distance = data["distance_outside_m"]
    return Signal(
        **{
            **data,
            "change": decode_change(data["change"]),
            "kind": Kind(data["kind"]),
            "standing": Standing(data["standing"]),
            "relation": Relation(data["relation"]),
            "novelty": Novelty(data["novelty"]),
            "distance_outside_m": math.nan if distance is None else distance,
            "permits_in_force": tuple(data["permits_in_force"]),
            "permits_not_yet": tuple(data["permits_not_yet"]),
            "permits_expired": tuple(data["permits_expired"]),
            "limits_exceeded": tuple(data["limits_exceeded"]),
            "priority_parts": tuple(PriorityPart(**part) for part in data["priority_parts"]),
            "reasons": tuple(Reason(**reason) for reason in data["reasons"]),
        }
    )


def _footprint(data: Json) -> Footprint:
    return Footprint(
        geometry=shape(data["geometry"]),
        crs=data["crs"],
        drawing=Drawing(data["drawing"]),
        accuracy_m=data["accuracy_m"],
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
