"""What each part of the report shows, as text in one language; the template only lays it out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from imagery.domain import Alignment, AlignmentStatus, Permit, Signal
from imagery.evidence.phrases import (
    activity_phrase,
    area_phrase,
    coordinates,
    ground_phrase,
    interval_phrase,
    limits_phrase,
    measure,
    probability,
    state_phrase,
    validity_phrase,
)
from imagery.evidence.pictures import Pictures, pictures_of
from imagery.evidence.run_input import Contents, Judged
from imagery.evidence.words import term, words
from imagery.plotting.wording import Language, number_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A name with its value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRow:
    """One row of the ranked list."""

    number: int
    anchor: str
    reference: str
    kind: str
    relation: str
    position: str
    """The relation as a phrase."""
    area: str
    interval: str
    priority: str
    parts: str
    reason: str
    novelty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitCard:
    """What the register says of one permit."""

    reference: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSection:
    """Everything about one signal or permitted change."""

    row: SignalRow
    heading: str
    reasons: tuple[str, ...]
    pictures: Pictures
    facts: tuple[Fact, ...]
    accuracy: tuple[Fact, ...]
    parts: tuple[tuple[str, str, str, str], ...]
    """Part, strength, weight, what it adds."""
    permits: tuple[PermitCard, ...] = field(default_factory=tuple)


def signal_rows(judged: tuple[Judged, ...], prefix: str, language: Language) -> list[SignalRow]:
    """The ranked list; `prefix` starts the anchors."""
    return [_row(number, one, prefix, language) for number, one in enumerate(judged, start=1)]


def signal_sections(
    contents: Contents, judged: tuple[Judged, ...], prefix: str, *, pictures: int
) -> Iterator[SignalSection]:
    """One section after another, so that only one site's pixels are in memory at a time."""
    said = words(contents.language)
    for number, one in enumerate(judged, start=1):
        row = _row(number, one, prefix, contents.language)
        head = said["signal_head" if prefix == "signal" else "permitted_head"]
        if number <= pictures:
            drawn = pictures_of(contents, one)
        else:
            folder = f"sites/{one.record.site.site_id}"
            drawn = Pictures(note=said["pictures_left_out"].format(most=pictures, folder=folder))
        yield SignalSection(
            row=row,
            heading=head.format(n=number, kind=row.kind),
            reasons=reasons_of(one.signal, contents.language),
            pictures=drawn,
            facts=_facts(contents, one),
            accuracy=_accuracy(one, contents.language),
            parts=_parts(one.signal, contents.language),
            permits=tuple(_card(p, one.signal, contents.language) for p in one.record.site.permits),
        )


def reasons_of(signal: Signal, language: Language) -> tuple[str, ...]:
    """The reasons in one language, most important first."""
    return tuple(reason.nl if language == "nl" else reason.en for reason in signal.reasons)


def _row(number: int, judged: Judged, prefix: str, language: Language) -> SignalRow:
    signal, site = judged.signal, judged.record.site
    reasons = reasons_of(signal, language)
    return SignalRow(
        number=number,
        anchor=f"{prefix}-{number}",
        reference=", ".join(site.references) or words(language)["not_stated"],
        kind=term("kind", signal.kind.value, language),
        relation=term("relation", signal.relation.value, language),
        position=term("position", signal.relation.value, language),
        area=area_phrase(signal, language),
        interval=interval_phrase(signal, language),
        priority=number_text(signal.priority, language, digits=2),
        parts=" + ".join(
            f"{term('part', part.name, language)} {number_text(part.value * part.weight, language, digits=2)}"
            for part in signal.priority_parts
        ),
        reason=reasons[0] if reasons else "",
        novelty=term("novelty", signal.novelty.value, language),
    )


def _facts(contents: Contents, judged: Judged) -> tuple[Fact, ...]:
    language, signal, site = contents.language, judged.signal, judged.record.site
    said = words(language)
    own, world = coordinates(signal)
    distance = signal.distance_outside_m
    share = f"{number_text(100 * signal.share_outside, language)} %"
    beyond = said["no_permitted_ground"] if math.isnan(distance) else f"{number_text(distance, language)} m"
    facts = [
        Fact(name=said["kind"], value=term("kind", signal.kind.value, language)),
        Fact(name=said["area"], value=area_phrase(signal, language)),
        Fact(name=said["changed"], value=interval_phrase(signal, language)),
        Fact(name=said["relation"], value=term("position", signal.relation.value, language)),
        Fact(name=said["share_outside"], value=share),
        Fact(name=said["distance_outside"], value=beyond),
        Fact(name=said["novelty"], value=term("novelty", signal.novelty.value, language)),
        Fact(name=said["site"], value=site.site_id),
        Fact(name=said["centre"], value=own),
        Fact(name=said["centre_wgs84"], value=world),
        Fact(name=said["site_name"], value=site.name),
    ]
    return tuple(fact for fact in facts if fact.value)


def _accuracy(judged: Judged, language: Language) -> tuple[Fact, ...]:
    signal, facts, said = judged.signal, judged.record.facts, words(language)
    blocks = facts.get("control_blocks")
    p = probability(signal.change.p_value, language)
    chance = said["p_value_short"] if blocks is None else said["p_value_text"]
    geolocation = facts.get("geolocation_m", signal.facts.get("geolocation_m"))
    rows = [
        Fact(name=said["method"], value=term("method", signal.change.method, language)),
        Fact(name=said["pixel"], value=measure(signal.change.pixel_m, "m", language, digits=1)),
        Fact(name=said["geolocation"], value=measure(geolocation, "m", language, digits=1)),
        *_alignment(judged.record.alignment, language),
        Fact(name=said["doubt"], value=measure(signal.doubt_m, "m", language, digits=1)),
        Fact(name=said["p_value"], value=chance.format(p=p, blocks=blocks)),
    ]
    if "smallest_region_m2" in facts:
        rows.append(Fact(name=said["smallest"], value=measure(facts["smallest_region_m2"], "m²", language)))
    return tuple(rows)


def _alignment(alignment: Alignment | None, language: Language) -> list[Fact]:
    said = words(language)
    if alignment is None:
        return []
    rows = [Fact(name=said["alignment"], value=said[f"alignment_{alignment.status.value}"])]
    if alignment.residual_m is not None and alignment.status is not AlignmentStatus.NOT_ATTEMPTED:
        residual = measure(alignment.residual_m, "m", language, digits=1)
        rows.append(Fact(name=said["alignment_residual"], value=residual))
    return rows


def _parts(signal: Signal, language: Language) -> tuple[tuple[str, str, str, str], ...]:
    def two(value: float) -> str:
        return number_text(value, language, digits=2)

    return tuple(
        (term("part", part.name, language), two(part.value), two(part.weight), two(part.value * part.weight))
        for part in signal.priority_parts
    )


def _card(permit: Permit, signal: Signal, language: Language) -> PermitCard:
    said = words(language)
    recognised = activity_phrase(permit, language)
    rows = (
        ("state", state_phrase(permit, signal, language)),
        ("valid", validity_phrase(permit, language)),
        ("activities", permit.activity_text or recognised or said["not_stated"]),
        ("recognised", recognised if permit.activity_text else ""),
        ("limits", limits_phrase(permit, signal, language)),
        ("authority", permit.authority or said["not_stated"]),
        ("ground", ground_phrase(permit, language)),
    )
    return PermitCard(
        reference=permit.reference,
        facts=tuple(Fact(name=said[name], value=value) for name, value in rows if value),
    )
