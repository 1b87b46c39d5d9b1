"""Sentences about a change and the permits: place, dates, sort, limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imagery.domain import Permit, Reason, Relation
from imagery.flagging.dates import Force
from imagery.flagging.limits import AreaLimit
from imagery.flagging.permission_table import PermittedChanges
from imagery.flagging.physical import PhysicalChange
from imagery.flagging.standing import PermitView, Standpoint
from imagery.flagging.wording import Words, area, day, days, listed, metres, percent, quantity

_SORT = {
    PhysicalChange.VEGETATION_CLEARED: Words("begroeiing verwijderen", "clearing vegetation"),
    PhysicalChange.SOIL_BARED: Words("grond blootleggen", "laying soil bare"),
    PhysicalChange.SURFACE_BUILT: Words("bouwen of verharden", "building or paving"),
    PhysicalChange.MATERIAL_PILED: Words("materiaal neerleggen", "putting down material"),
    PhysicalChange.WATER_APPEARED: Words("water aanleggen", "making open water"),
    PhysicalChange.VEGETATION_GROWN: Words("begroeiing laten groeien", "letting vegetation grow"),
}


def place_reason(standpoint: Standpoint) -> Iterator[Reason]:
    """Where the change lies against the permitted ground."""
    doubt = metres(standpoint.doubt_m)
    place = standpoint.place
    if standpoint.relation is Relation.INSIDE:
        yield Reason(
            code="inside",
            nl=f"De verandering ligt geheel binnen het vergunde terrein, meer dan {doubt.nl} van de grens.",
            en=f"The change lies wholly inside the permitted ground, more than {doubt.en} from its boundary.",
            value=standpoint.doubt_m,
            unit="m",
        )
    elif standpoint.relation is Relation.OUTSIDE and place.distance_outside_m >= 0:
        far, size = metres(place.distance_outside_m), area(place.share_outside * standpoint.change.area_m2)
        share = percent(place.share_outside)
        how = Words(f"voor {share.nl} ({size.nl})", f"for {share.en} ({size.en})")
        if place.share_outside == 1:
            how = Words(f"geheel ({size.nl})", f"wholly ({size.en})")
        yield Reason(
            code="outside_by",
            nl=f"De verandering ligt {how.nl} buiten het vergunde terrein, tot {far.nl} over de grens "
            f"(onzekerheid van de grens {doubt.nl}).",
            en=f"The change lies {how.en} outside the permitted ground, up to {far.en} beyond its boundary "
            f"(doubt about the boundary {doubt.en}).",
            value=place.distance_outside_m,
            unit="m",
        )
    elif "boundary" in standpoint.undecided_by:
        yield Reason(
            code="boundary_in_doubt",
            nl="Of de verandering binnen het vergunde terrein ligt, is niet vast te stellen: ten minste een deel ligt "
            f"binnen {doubt.nl} van de grens, en nauwkeuriger is die grens in dit beeld niet te plaatsen.",
            en="Whether the change lies inside the permitted ground cannot be told: at least part of it lies within "
            f"{doubt.en} of the boundary, and this image cannot place the boundary more precisely.",
            value=standpoint.doubt_m,
            unit="m",
        )


def date_reasons(standpoint: Standpoint) -> Iterator[Reason]:
    """Which permits on this ground were not in force, or only in doubt; and whether there was any."""
    for view in standpoint.permits:
        if view.on_ground and view.force is Force.EXPIRED:
            yield _expired(view.permit, standpoint)
        elif view.on_ground and view.force is Force.NOT_YET:
            yield _not_yet(view.permit, standpoint)
        elif view.on_ground and view.force is Force.IN_DOUBT:
            yield _date_in_doubt(view.permit, standpoint)
    if not standpoint.permits:
        yield Reason(
            code="no_permit",
            nl="Voor deze locatie is geen vergunning bekend.",
            en="No permit is known for this site.",
        )
    elif not any(view.may_hold for view in standpoint.permits):
        yield Reason(
            code="no_permit_in_force",
            nl="Toen de verandering ontstond, was op deze locatie geen bekende vergunning van kracht.",
            en="When the change came, no known permit was in force on this site.",
        )


def sort_reasons(standpoint: Standpoint, table: PermittedChanges) -> Iterator[Reason]:
    """What the permits that may hold here say about this sort of change."""
    for view in standpoint.permits:
        if not (view.on_ground and view.may_hold):
            continue
        if not view.has_ground:
            yield _about(
                view.permit,
                "no_ground",
                "{0} vermeldt geen terrein; of deze plek daarbij hoort, is niet vast te stellen.",
                "{0} states no ground; whether this place belongs to it cannot be told.",
            )
        if not table.rows(view.permit):
            yield _about(
                view.permit,
                "activity_unknown",
                "Van {1} is niet bekend welke activiteit is toegestaan; op zichzelf dekt die vergunning geen verandering.",
                "Which activity {1} allows is not known; by itself it covers no change.",
            )
        elif standpoint.physical is PhysicalChange.UNCLASSIFIED:
            yield _about(
                view.permit,
                "kind_unknown",
                "Doordat de aard van de verandering niet vaststaat, is niet te zeggen of {1} die toestaat.",
                "As it is not known what changed, it cannot be said whether {1} allows it.",
            )
        elif not view.of_sort:
            yield _not_of_sort(view, standpoint.physical, table)


def permitted_reason(permits: Sequence[Permit], physical: PhysicalChange, table: PermittedChanges) -> Reason:
    """Why a change counts as permitted."""
    names = listed([_named(permit, table) for permit in permits])
    one = len(permits) == 1
    sort = _SORT[physical]
    return Reason(
        code="permitted",
        nl=f"{_capital(names.nl)} {'staat' if one else 'staan'} deze soort verandering ({sort.nl}) toe en "
        f"{'was' if one else 'waren'} van kracht in de hele periode waarin zij ontstond.",
        en=f"{_capital(names.en)} {'allows' if one else 'allow'} this sort of change ({sort.en}) and "
        f"{'was' if one else 'were'} in force over the whole interval in which it came.",
        value=", ".join(permit.reference for permit in permits),
    )


def limit_reasons(limits: Sequence[AreaLimit]) -> Iterator[Reason]:
    """Area limits, exceeded or not."""
    for limit in limits:
        name = _named(limit.permit)
        least, most = area(limit.least_m2), quantity(limit.limit_m2, "m²")
        seen, error = area(limit.seen_m2), area(limit.error_m2)
        if limit.n_changes > 1:
            seen = Words(
                f"{seen.nl} over {limit.n_changes} veranderingen", f"{seen.en} over {limit.n_changes} changes"
            )
        if limit.exceeded:
            yield Reason(
                code="limit_exceeded",
                nl=f"Op het terrein van {name.nl} is ten minste {least.nl} nieuw veranderd (gemeten {seen.nl}, "
                f"standaardfout {error.nl}); vergund is ten hoogste {most.nl}.",
                en=f"On the ground of {name.en} at least {least.en} changed anew (measured {seen.en}, standard error "
                f"{error.en}); at most {most.en} is permitted.",
                value=limit.least_m2,
                unit="m2",
            )
        else:
            yield Reason(
                code="limit_not_exceeded",
                nl=f"Op het terrein van {name.nl} is {seen.nl} nieuw veranderd (standaardfout {error.nl}); een "
                f"overschrijding van de vergunde {most.nl} blijkt daaruit niet. Wat er al lag, is niet meegeteld.",
                en=f"On the ground of {name.en} {seen.en} changed anew (standard error {error.en}); that does not show "
                f"that the permitted {most.en} is exceeded. What lay there before is not counted.",
                value=limit.seen_m2,
                unit="m2",
            )


def unseen_limit_reasons(standpoint: Standpoint) -> Iterator[Reason]:
    """Limits of permits in force here that an image from above cannot judge."""
    for view in standpoint.permits:
        if not (view.on_ground and view.force is Force.IN_FORCE):
            continue
        limits = view.permit.limits
        for what, value, unit, code in (
            (Words("inhoud", "volume"), limits.volume_m3, "m³", "m3"),
            (Words("hoogte", "height"), limits.height_m, "m", "m"),
        ):
            if value is not None:
                most, name = quantity(value, unit), _named(view.permit)
                yield Reason(
                    code="limit_not_judged",
                    nl=f"De {what.nl} die {name.nl} toestaat (ten hoogste {most.nl}), is met dit beeld niet te beoordelen.",
                    en=f"The {what.en} that {name.en} allows (at most {most.en}) cannot be judged from this image.",
                    value=value,
                    unit=code,
                )


def _expired(permit: Permit, standpoint: Standpoint) -> Reason:
    end, first = permit.valid_to, standpoint.change.last_unchanged
    assert end is not None
    assert first is not None
    name, on = _named(permit), day(end)
    gap = (first - end).days
    ago = days(gap)
    return Reason(
        code="expired",
        nl=f"{_capital(name.nl)} gold tot en met {on.nl}; de verandering ontstond ten minste {ago.nl} later.",
        en=f"{_capital(name.en)} was in force up to and including {on.en}; the change came at least {ago.en} later.",
        value=float(gap),
        unit="days",
    )


def _not_yet(permit: Permit, standpoint: Standpoint) -> Reason:
    begin = permit.valid_from
    assert begin is not None
    name, on = _named(permit), day(begin)
    gap = (begin - standpoint.change.first_changed).days
    ahead = days(gap)
    return Reason(
        code="not_yet",
        nl=f"{_capital(name.nl)} geldt pas vanaf {on.nl}; de verandering was al {ahead.nl} eerder te zien.",
        en=f"{_capital(name.en)} is in force only from {on.en}; the change was seen {ahead.en} earlier.",
        value=float(gap),
        unit="days",
    )


def _date_in_doubt(permit: Permit, standpoint: Standpoint) -> Reason:
    """Which end of the permit lies where the day of the change may lie."""
    change = standpoint.change
    ends = permit.expired(change.first_changed)
    edge = permit.valid_to if ends else permit.valid_from
    assert edge is not None
    name, on = _named(permit), day(edge)
    verb = Words("liep af op", "ended on") if ends else Words("ging in op", "began on")
    held = Words("nog gold", "still held") if ends else Words("al gold", "held already")
    where = Words(
        "in de periode waarin de verandering ontstond", "within the interval in which the change came"
    )
    if change.last_unchanged is None:
        where = Words(
            "en de verandering kan van voor of na die dag zijn",
            "and the change may be from before or after it",
        )
    return Reason(
        code="date_in_doubt",
        nl=f"{_capital(name.nl)} {verb.nl} {on.nl}, {where.nl}; of die vergunning toen {held.nl}, is niet vast te stellen.",
        en=f"{_capital(name.en)} {verb.en} {on.en}, {where.en}; whether the permit {held.en} cannot be told.",
        value=edge.isoformat(),
        unit="date",
    )


def _not_of_sort(view: PermitView, physical: PhysicalChange, table: PermittedChanges) -> Reason:
    name, sort = _named(view.permit, table), _SORT[physical]
    return Reason(
        code="kind_not_permitted",
        nl=f"Volgens de tabel van toegestane veranderingen (versie {table.version}) hoort {sort.nl} niet bij {name.nl}.",
        en=f"By the table of permitted changes (version {table.version}) {sort.en} does not belong to {name.en}.",
        value=", ".join(view.permit.activities),
    )


def _about(permit: Permit, code: str, nl: str, en: str) -> Reason:
    name = _named(permit)
    return Reason(
        code=code,
        nl=nl.format(_capital(name.nl), name.nl),
        en=en.format(_capital(name.en), name.en),
        value=permit.reference,
    )


def _named(permit: Permit, table: PermittedChanges | None = None) -> Words:
    """A permit by its reference; with a table also by what it is for."""
    rows = table.rows(permit) if table else ()
    what = listed([Words(row.nl, row.en) for row in rows])
    if not rows:
        return Words(f"vergunning {permit.reference}", f"permit {permit.reference}")
    return Words(f"vergunning {permit.reference} ({what.nl})", f"permit {permit.reference} ({what.en})")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
