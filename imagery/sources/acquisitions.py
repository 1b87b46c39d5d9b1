"""Which planes belong to one acquisition. The same overpass in two tiles, or twice in the archive, counts once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from imagery.domain import Period
from imagery.sources.planes import Plane

SAME_OVERPASS = timedelta(minutes=15)
"""Images of one sensor within this time are one acquisition: tiles of a datatake are sensed within minutes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Member:
    """One image of an acquisition: one tile, or one of two versions."""

    planes: tuple[Plane, ...]
    """Its bands, at most one plane each."""
    scl: tuple[Plane, ...]
    """Its scene classification, finest first; those of the whole acquisition when it has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Acquisition:
    """One date of the cube."""

    time: datetime
    """First sensing time, aware UTC."""
    members: tuple[Member, ...]
    """Its images; one, unless tiles or versions were joined."""

    @property
    def planes(self) -> tuple[Plane, ...]:
        """Planes of all its images."""
        return tuple(plane for member in self.members for plane in member.planes)

    @property
    def bands(self) -> frozenset[str]:
        """Bands that it has."""
        return frozenset(plane.band for plane in self.planes)

    @property
    def scene_id(self) -> str:
        """Names of its images, joined by ``+``."""
        names = (member.planes[0].scene for member in self.members)
        return "+".join(dict.fromkeys(names))

    @property
    def sensor(self) -> str:
        """Sensor; empty when not stated."""
        return "+".join(sorted({p.sensor for p in self.planes if p.sensor}))

    @property
    def baseline(self) -> str:
        """Processing baseline; several joined by ``+``; empty when not stated."""
        return "+".join(sorted({p.baseline for p in self.planes if p.baseline}))


def acquisitions_of(
    planes: Sequence[Plane], scl: Iterable[Plane], period: Period | None = None
) -> list[Acquisition]:
    """Group planes into acquisitions.

    Parameters
    ----------
    planes : sequence of Plane
        Bands on the work grid.
    scl : iterable of Plane
        Scene classifications, on any grid.
    period : Period, optional
        Only acquisitions that begin in it; all when left out.

    Returns
    -------
    list of Acquisition
        By time, strictly increasing.
    """
    groups: list[list[Plane]] = []
    for plane in sorted([*planes, *scl], key=lambda p: (p.time, p.sensor, p.file, p.place.index)):
        if not groups or not _same_overpass(groups[-1][0], plane):
            groups.append([])
        groups[-1].append(plane)
    found = []
    for group in groups:
        bands = [p for p in group if not p.is_scl]
        if bands and (period is None or group[0].time in period):
            finest_first = sorted((p for p in group if p.is_scl), key=lambda p: float(p.geobox.affine.a))
            members = _members(bands, finest_first)
            found.append(Acquisition(time=group[0].time, members=members))
    return found


def _same_overpass(first: Plane, plane: Plane) -> bool:
    if plane.time == first.time:
        return True
    return plane.time - first.time <= SAME_OVERPASS and plane.sensor == first.sensor


def _members(bands: list[Plane], scl: list[Plane]) -> tuple[Member, ...]:
    """Split an acquisition into images when it has a band more than once."""
    names = [p.band for p in bands]
    if len(set(names)) == len(names):
        return (Member(planes=tuple(bands), scl=tuple(scl)),)
    images: dict[tuple[object, ...], tuple[list[Plane], list[Plane]]] = {}
    copies: dict[tuple[object, ...], int] = {}
    for plane in [*bands, *scl]:
        key = (plane.scene, plane.tile, plane.baseline, _extent(plane), plane.place.step)
        nth = copies[(*key, plane.band)] = copies.get((*key, plane.band), 0) + 1
        images.setdefault((*key, nth), ([], []))[plane.is_scl].append(plane)
    return tuple(
        Member(planes=tuple(own), scl=tuple(own_scl or scl)) for own, own_scl in images.values() if own
    )


def _extent(plane: Plane) -> tuple[int, ...]:
    """Corners of a plane to a hundredth of its extent, so that 10 and 20 m bands of one tile are one image."""
    box = plane.geobox.boundingbox
    step = max(box.right - box.left, box.top - box.bottom) / 100
    return tuple(round(v / step) for v in (box.left, box.bottom, box.right, box.top))
