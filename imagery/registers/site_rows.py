"""Rows to sites: what lies together, or carries the number of one place, is watched as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Permit, Settings, Site
from imagery.registers.grounds import Cells
from imagery.registers.grouping import group_rows
from imagery.registers.keyed_ground import addresses_of
from imagery.registers.placing import Placed
from imagery.registers.problems import ProblemLog
from imagery.registers.row_facts import RowFacts

WIDE_SITE_M = 3_000.0
"""A site wider than this was probably chained together from neighbours."""


def rows_to_sites(
    cells: Cells,
    facts: RowFacts,
    placed: Placed,
    permits: Mapping[int, Permit],
    watched: Sequence[int],
    log: ProblemLog,
    settings: Settings,
) -> tuple[tuple[Site, ...], tuple[Permit, ...]]:
    """Rows joined into sites, and the permits that are in none."""
    rows = sorted([*permits, *watched])
    shapes: list[Geometry | None] = [
        None if (footprint := placed.footprints[i]) is None else footprint.geometry for i in rows
    ]
    numbers = group_rows(shapes, [facts.sites[i] for i in rows], settings.merge_distance_m)
    members: dict[int, list[int]] = {}
    for k, number in enumerate(numbers.tolist()):
        members.setdefault(number, []).append(k)
    addresses = addresses_of(cells)
    sites: list[Site] = []
    unplaced: list[Permit] = []
    for group in members.values():
        ground = [shape for k in group if (shape := shapes[k]) is not None]
        inside = [rows[k] for k in group]
        if not ground:
            unplaced += [permits[i] for i in inside]
            continue
        name = _site_name(inside, facts, [addresses[i].text for i in inside if i in addresses])
        site = Site(
            geometry=ground[0] if len(ground) == 1 else shapely.union_all(ground),
            crs=placed.crs,
            permits=tuple(permits[i] for i in inside if i in permits),
            name=name,
        )
        _tell_wide_site(site, cells.table.rows[inside[0]], len(inside), log)
        sites.append(site)
    if unplaced:
        log.note(
            None,
            "permit_in_no_site",
            "Permits are in no site, because nothing says where they are; they are not watched.",
            "Give them a shape, coordinates, a place that can be looked up, or the site number of a row that has ground.",
            value=f"{len(unplaced)} permits",
        )
    return tuple(sites), tuple(unplaced)


def _site_name(rows: Sequence[int], facts: RowFacts, addresses: Sequence[str]) -> str:
    """Address, or else the number of the place; names of people and companies are never taken."""
    labels = [label for i in rows if (label := facts.sites[i])]
    names = list(dict.fromkeys(addresses)) or list(dict.fromkeys(labels))
    return f"{names[0]}{f' (+{len(names) - 1})' if len(names) > 1 else ''}" if names else ""


def _tell_wide_site(site: Site, row: int, n: int, log: ProblemLog) -> None:
    west, south, east, north = site.geometry.bounds
    width = float(np.hypot(east - west, north - south))
    if n > 1 and width > WIDE_SITE_M:
        log.note(
            row,
            "wide_site",
            "Neighbouring rows chain into a very wide site.",
            "Lower merge_distance_m, or the radius around points, to keep them apart.",
            value=f"{n} rows over {width / 1000:.1f} km",
        )
