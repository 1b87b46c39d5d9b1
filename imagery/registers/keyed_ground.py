"""Ground that a register only names: BAG id, cadastral designation or address, looked up in a local copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely

from imagery.domain import Drawing
from imagery.registers.grounds import Cells, Failure, Grounds
from imagery.registers.identifiers import (
    Address,
    Parcel,
    make_address,
    make_parcel,
    parse_address,
    parse_bag_id,
    parse_parcels,
    rounded_by_excel,
    split_bag_ids,
)
from imagery.registers.lookup import Found, Keys, Places, look_up, lookup_files
from imagery.registers.problems import ProblemLog
from imagery.registers.reference_systems import RD

PARCEL_CELLS = ("cadastral_municipality", "cadastral_section", "parcel_number")
ADDRESS_CELLS = {
    "postcode": "postcode",
    "street": "street",
    "town": "town",
    "house_number": "number",
    "house_letter": "letter",
    "house_suffix": "suffix",
}
"""Fields of an address and what `make_address` calls them."""


@dataclass(slots=True, kw_only=True)
class RowKeys:
    """What each row names, by position of the row."""

    bag_ids: dict[int, list[str]] = field(default_factory=dict)
    parcels: dict[int, list[Parcel]] = field(default_factory=dict)
    addresses: dict[int, Address] = field(default_factory=dict)


def look_up_ground(
    grounds: Grounds,
    cells: Cells,
    log: ProblemLog,
    geometry_from: str | Path | Iterable[str | Path] | None,
) -> None:
    """Give rows without a shape the place that they name.

    BAG id goes before cadastral designation, and that before address. A name that leads to several places gives none.

    Parameters
    ----------
    grounds : Grounds
        What was found so far; changed.
    cells : Cells
        The register.
    log : ProblemLog
        Ids that were repaired.
    geometry_from : path or paths or None
        Local copies of BAG and BRK.
    """
    copies = lookup_files(geometry_from) if geometry_from is not None else ()
    keys = RowKeys(
        bag_ids=_bag_ids(cells, grounds, log), parcels=_parcels(cells, grounds), addresses=addresses_of(cells)
    )
    missing = set(np.flatnonzero(grounds.missing).tolist())
    wanted = missing & {*keys.bag_ids, *keys.parcels, *keys.addresses}
    if not wanted:
        return
    places = Places()
    if not copies:
        log.note(
            None,
            "no_lookup_file",
            "Rows have no shape but a BAG id, parcel or address, and no local BAG or BRK file was given.",
            "Give a GeoPackage with BAG or BRK as geometry_from.",
            value=f"{len(wanted)} rows",
        )
    else:
        asked = Keys(
            bag_ids={b for i in wanted for b in keys.bag_ids.get(i, ())},
            parcels={p for i in wanted for p in keys.parcels.get(i, ())},
            addresses={keys.addresses[i] for i in wanted if i in keys.addresses},
        )
        places = look_up(asked, copies)
    for i in sorted(wanted):
        _place(grounds, i, _tried(i, keys, places, cells), asked=bool(copies))


Tried = tuple[str, str, Sequence[Found]]
"""Column, what stood there, and what was found for it."""


def _tried(i: int, keys: RowKeys, places: Places, cells: Cells) -> list[Tried]:
    tried: list[Tried] = []
    if i in keys.bag_ids:
        ids = keys.bag_ids[i]
        tried.append((cells.column("bag_id"), ", ".join(ids), [places.bag_ids.get(b, Found()) for b in ids]))
    if i in keys.parcels:
        parcels = keys.parcels[i]
        column = cells.column("parcel") or ", ".join(cells.column(name) for name in PARCEL_CELLS)
        text = ", ".join(f"{p.municipality.upper()} {p.section} {p.number}" for p in parcels)
        tried.append((column, text, [places.parcels.get(p, Found()) for p in parcels]))
    if i in keys.addresses:
        address = keys.addresses[i]
        column = next((c for c in map(cells.column, ("postcode", "street", "address")) if c), "")
        tried.append((column, address.text, [places.addresses.get(address, Found())]))
    return tried


def _place(grounds: Grounds, i: int, tried: Sequence[Tried], *, asked: bool) -> None:
    """Give a row the first place to which one of its keys leads, or say why there is none."""
    for column, _, found in tried:
        if all(one.shape is not None for one in found):
            drawing = found[0].drawing
            if any(one.drawing is Drawing.ADDRESS_POINT for one in found):
                drawing = Drawing.ADDRESS_POINT
            shape = (
                found[0].shape if len(found) == 1 else shapely.GeometryCollection([f.shape for f in found])
            )
            grounds.put(i, shape, RD, column, drawing)
            return
    column, text, found = max(tried, key=lambda one: max(f.candidates for f in one[2]))
    most = max(one.candidates for one in found)
    if not asked:
        code, reason = "not_looked_up", "The row has no shape, and its place was not looked up."
        hint = "Give a local BAG or BRK GeoPackage as geometry_from, or add a shape or coordinates."
    elif most > 1:
        code, reason = (
            "ambiguous_place",
            "The number or address leads to more than one place, so none was chosen.",
        )
        hint = "Complete it (letter, addition, parcel), or add a shape or coordinates."
    else:
        code, reason = "place_not_found", "The number or address was not found in the local BAG or BRK file."
        hint = "Correct it, give a newer or wider file, or add a shape or coordinates."
    value = f"{text} ({most} candidates)" if most > 1 else text
    grounds.unplaced[i] = Failure(code=code, reason=reason, hint=hint, column=column, value=value)


def _bag_ids(cells: Cells, grounds: Grounds, log: ProblemLog) -> dict[int, list[str]]:
    """BAG ids per row; what Excel did to them is repaired where it can be, and told."""
    column = cells.column("bag_id")
    parsed = {
        i: [(part, parse_bag_id(part)) for part in split_bag_ids(value)]
        for i, value in enumerate(cells.get("bag_id"))
        if value is not None
    }
    rounded = rounded_by_excel([bag.value for ids in parsed.values() for _, bag in ids if bag.value])
    usable: dict[int, list[str]] = {}
    for i, ids in parsed.items():
        good: list[str] = []
        for part, bag in ids:
            lost = bag.how == "bag_id_digits_lost" or (rounded and bag.value[:1] not in ("", "0"))
            if lost or not bag.value:
                grounds.unplaced[i] = _bad_bag_id(column, part, lost=lost)
                continue
            good.append(bag.value)
            if bag.how:
                log.repair(
                    cells.table.rows[i],
                    bag.how,
                    "A BAG id was turned into a number; its leading zeros were put back.",
                    "Format the column as text before the file is opened in Excel.",
                    column=column,
                    value=f"{part} -> {bag.value}",
                )
        if len(good) == len(ids):
            usable[i] = good
    return usable


def _bad_bag_id(column: str, part: object, *, lost: bool) -> Failure:
    return Failure(
        code="bag_id_digits_lost" if lost else "bag_id_not_understood",
        reason="A BAG id was turned into a number and its last digits are gone; it cannot be used."
        if lost
        else "The BAG id is not one: sixteen digits, of which the fifth and sixth say what it is.",
        hint="Export the column as text, or look the id up again.",
        column=column,
        value=str(part),
    )


def _parcels(cells: Cells, grounds: Grounds) -> dict[int, list[Parcel]]:
    found: dict[int, list[Parcel]] = {}
    in_parts = all(name in cells for name in PARCEL_CELLS)
    for i, value in enumerate(cells.get("parcel")):
        parcels = parse_parcels(value) if value is not None else None
        if parcels:
            found[i] = parcels
        elif value is not None and not in_parts:
            grounds.unplaced[i] = Failure(
                code="parcel_not_understood",
                reason="The cadastral designation is not understood.",
                hint="Write it as ASD04 F 7713: municipality, section, number.",
                column=cells.column("parcel"),
                value=str(value),
            )
    if in_parts:
        for i, parts in enumerate(zip(*(cells.get(name) for name in PARCEL_CELLS), strict=True)):
            if i not in found and None not in parts and (parcel := make_parcel(*parts)):
                found[i] = [parcel]
    return found


def addresses_of(cells: Cells) -> dict[int, Address]:
    """Addresses that are complete enough to be looked up, by position of the row."""
    there = {name: cells.get(name) for name in ADDRESS_CELLS if name in cells}
    lines = cells.get("address")
    found: dict[int, Address] = {}
    if not there and "address" not in cells:
        return found
    for i in range(len(cells)):
        address = make_address(**{ADDRESS_CELLS[name]: column[i] for name, column in there.items()})
        if not address.complete and lines[i] is not None:
            address = parse_address(lines[i])
        if address.complete:
            found[i] = address
    return found
