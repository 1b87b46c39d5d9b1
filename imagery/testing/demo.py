"""The demo: where its files lie, what can be seen in its imagery, and whether a run says the same.

It knows no detector: the expected answers (`demo_data/expected.toml`) were written down by looking at the pictures.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from shapely import box, transform
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Kind, OutcomeKind, Period, Relation, Signal, Standing
from imagery.stores.records import SiteRecord

DEMO_PERIOD = "2017-11-01/2018-11-01"
"""Period of the demo: one felling season whole and the summer after it (see `expected.toml`)."""
DEMO_NOTICES = (
    "Demonstration: the imagery is real (Sentinel-2, Romania); the permits and the authority are invented.",
    "Contains modified Copernicus Sentinel data 2015-2021, cut from the PyPI package nrt 0.1.0 (EC-JRC, EUPL-1.2).",
)
"""What every picture and report of the demo has to say."""
SHARE_IN_BOX = 0.5
"""Share of a change that must lie in the box of an expected one to be taken for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFiles:
    """Where the demo's files lie."""

    imagery: Path
    """Folder with the Sentinel-2 dates and their `source.toml`."""
    register: Path
    """Permit register, CSV."""
    profile: Path
    """Column profile of the register."""
    expected: Path
    """What was seen by eye, TOML."""


def demo_files() -> DemoFiles:
    """Find the demo's files in the installed package.

    Examples
    --------
    >>> demo_files().register.name
    'permits.csv'
    """
    folder = Path(str(files("imagery.testing").joinpath("demo_data")))
    return DemoFiles(
        imagery=folder / "sentinel2",
        register=folder / "permits.csv",
        profile=folder / "profile.toml",
        expected=folder / "expected.toml",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedChange:
    """A change that was seen by eye."""

    standing: Standing
    """Signal, or a change that the permits allow."""
    kind: Kind
    """What it was seen to be."""
    relation: Relation
    """Where it lies against the ground permitted on the image dates."""
    ground: Geometry
    """Box around the felled ground with its mixed edge."""
    area_m2: tuple[float, float]
    """Least and most area that agrees with the eye, square metres."""
    unchanged_until: date
    """Last clear date on which it surely looked as before."""
    changed_from: date
    """First clear date on which all of it surely looked changed."""
    noticed_by: date
    """Last day on which it must have been noticed."""
    seen: str
    """What was seen, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedSite:
    """What was seen by eye at the site of one permit."""

    reference: str
    """The permit."""
    outcome: OutcomeKind
    """How the site ends."""
    signals: int
    """Number of signals."""
    permitted_changes: int | None
    """Number of permitted changes; None where nothing depends on it."""
    changes: tuple[ExpectedChange, ...]
    """Changes that must be found, signals and permitted ones."""
    seen: str
    """What was seen, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The answers to a whole register."""

    period: Period
    """The period they are about."""
    crs: str
    """Reference system of the boxes."""
    sites: tuple[ExpectedSite, ...]
    """One for each permit that can be used."""
    rows_not_used: tuple[int, ...]
    """Rows of the register that cannot be used, as a spreadsheet numbers them."""


def load_expected(path: Path | None = None) -> Expected:
    """Read the answers of the demo, or of another file of the same form.

    Examples
    --------
    >>> str(load_expected().period) == DEMO_PERIOD
    True
    """
    path = path or demo_files().expected
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return Expected(
        period=Period.parse(told["period"]),
        crs=told["crs"],
        sites=tuple(_site(reference, row) for reference, row in told["permits"].items()),
        rows_not_used=tuple(told["rows_not_used"]),
    )


def _site(reference: str, row: Mapping[str, Any]) -> ExpectedSite:
    return ExpectedSite(
        reference=reference,
        outcome=OutcomeKind(row["outcome"]),
        signals=row["signals"],
        permitted_changes=row.get("permitted_changes"),
        changes=tuple(_change(change) for change in row.get("changes", ())),
        seen=row["seen"],
    )


def _change(row: Mapping[str, Any]) -> ExpectedChange:
    least, most = row["area_m2"]
    return ExpectedChange(
        standing=Standing(row["standing"]),
        kind=Kind(row["kind"]),
        relation=Relation(row["relation"]),
        ground=box(*row["box"]),
        area_m2=(least, most),
        unchanged_until=row["unchanged_until"],
        changed_from=row["changed_from"],
        noticed_by=row["noticed_by"],
        seen=row["seen"],
    )


def compare_with_expected(records: Sequence[SiteRecord], expected: Expected) -> list[str]:
    """Say in words where a run differs from what was seen by eye.

    Parameters
    ----------
    records : sequence of SiteRecord
        The sites of the run, in any reference system.
    expected : Expected
        What was seen.

    Returns
    -------
    list of str
        One sentence per difference, beginning with the permit's reference; empty when all is as it was seen.
    """
    found: dict[str, list[SiteRecord]] = {}
    for record in records:
        for reference in record.site.references:
            found.setdefault(reference, []).append(record)
    differences: list[str] = []
    for site in expected.sites:
        mine = found.pop(site.reference, [])
        if len(mine) == 1:
            differences += [
                f"{site.reference}: {words}" for words in _compare_site(mine[0], site, expected.crs)
            ]
        else:
            differences.append(f"{site.reference}: stands at {len(mine)} sites, expected 1.")
    return differences + [f"{reference}: is not among the expected permits." for reference in found]


def _compare_site(record: SiteRecord, site: ExpectedSite, crs: str) -> Iterator[str]:
    if record.outcome.kind is not site.outcome:
        note = f" ({record.outcome.note})" if record.outcome.note else ""
        yield f"ended as {record.outcome.kind}{note}, expected {site.outcome}."
    if len(record.signals) != site.signals:
        yield f"has {_listed(record.signals, 'signal')}, expected {site.signals}."
    if site.permitted_changes is not None and len(record.permitted_changes) != site.permitted_changes:
        listed = _listed(record.permitted_changes, "permitted change")
        yield f"has {listed}, expected {site.permitted_changes}."
    for change in site.changes:
        yield from _compare_change(record, change, crs)


def _compare_change(record: SiteRecord, change: ExpectedChange, crs: str) -> Iterator[str]:
    """Differences between an expected change and the found one that lies on its ground."""
    ground = _transformed(change.ground, crs, record.site.crs)
    shares = [(_share_in(s.change.geometry, ground), s) for s in record.judged]
    share, signal = max(shares, key=lambda pair: (pair[0], pair[1].change.area_m2), default=(0.0, None))
    west, south = change.ground.bounds[:2]
    place = f"the ground at {west:.0f}, {south:.0f}"
    if signal is None or share < SHARE_IN_BOX:
        yield f"no change was found on {place}, where this was seen: {change.seen}"
        return
    for what, got, wanted in (
        ("standing", signal.standing, change.standing),
        ("kind", signal.kind, change.kind),
        ("relation", signal.relation, change.relation),
    ):
        if got is not wanted:
            yield f"the {what} of the change on {place} is {got}, expected {wanted}."
    least, most = change.area_m2
    if not least <= signal.change.area_m2 <= most:
        yield (
            f"the area of the change on {place} is {signal.change.area_m2:.0f} m2, expected {least:.0f}-{most:.0f} m2."
        )
    yield from _compare_dates(signal, change, place)


def _compare_dates(signal: Signal, change: ExpectedChange, place: str) -> Iterator[str]:
    first, last = signal.change.first_changed, signal.change.last_unchanged
    if first <= change.unchanged_until:
        yield f"the change on {place} was seen on {first}, but until {change.unchanged_until} nothing had changed."
    if first > change.noticed_by:
        yield f"the change on {place} was seen on {first} only, expected by {change.noticed_by}."
    if last is not None and last >= change.changed_from:
        yield f"{place} counts as unchanged on {last}, but had changed by {change.changed_from}."


def _listed(signals: Sequence[Signal], what: str) -> str:
    """Number of changes, and which."""
    text = f"{len(signals)} {what}{'' if len(signals) == 1 else 's'}"
    which = [f"{s.kind}, {s.change.area_m2:.0f} m2, seen {s.change.first_changed}" for s in signals]
    return f"{text} ({'; '.join(which)})" if which else text


def _share_in(geometry: Geometry, ground: Geometry) -> float:
    return float(geometry.intersection(ground).area / geometry.area)


def _transformed(geometry: Geometry, crs: str, to_crs: str) -> Geometry:
    if crs == to_crs:
        return geometry
    from pyproj import Transformer

    transformer = Transformer.from_crs(crs, to_crs, always_xy=True)

    def move(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    moved: Geometry = transform(geometry, move)
    return moved
