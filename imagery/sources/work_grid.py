"""The one grid of a cube: which files share a grid, which bands live on it, which are left out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from affine import Affine
from odc.geo.geobox import GeoBox

from imagery.errors import GridMismatchError, SourceError
from imagery.pixels.grids import grid_place, map_place, pixel_size_m
from imagery.sources.bands import in_spectral_order
from imagery.sources.planes import Plane

NEAR_SIZE = 0.01
"""Pixel sizes that differ by less than this share are meant to be the same."""
SAME_PHASE_PX = 0.01
"""Grids whose lines lie within this part of a pixel of each other are the same."""
ASKED_SIZE = 0.01
"""A pixel size that was asked for fits within this share."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkGrid:
    """The grid of a cube and the planes on it."""

    geobox: GeoBox
    """Smallest grid that holds every plane, north up."""
    planes: tuple[Plane, ...]
    """Planes of the bands on this grid, the scene classification apart."""
    bands: tuple[str, ...]
    """Their bands, in the order of the spectrum."""
    elsewhere: tuple[str, ...] = ()
    """Bands that live on another grid, and are left out."""
    rare: tuple[str, ...] = ()
    """Bands that fewer than half of the dates have, and are left out so that those dates need not be."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """All bands that are left out, in the order of the spectrum."""
        return in_spectral_order({*self.elsewhere, *self.rare})


def choose_grid(
    planes: Sequence[Plane], *, resolution_m: float | None = None, keep_rare: bool = False
) -> WorkGrid:
    """Choose the finest grid, or the one with the pixel size that was asked for.

    Parameters
    ----------
    planes : sequence of Plane
        Planes of the wanted bands, without the scene classification; at least one.
    resolution_m : float, optional
        Side of a pixel, metres.
    keep_rare : bool
        Keep bands that few dates have: they were asked for by name.

    Raises
    ------
    GridMismatchError
        If the reference systems differ, or grids of one pixel size do not share their lines; names the file.
    SourceError
        If no band has the pixel size that was asked for.
    """
    _require_one_crs(planes)
    families = _by_size(planes)
    sizes = {size: pixel_size_m(family[0].geobox) for size, family in families.items()}
    if resolution_m is None:
        chosen = min(sizes, key=lambda size: sizes[size])
    else:
        chosen = min(sizes, key=lambda size: abs(sizes[size] - resolution_m))
        if abs(sizes[chosen] - resolution_m) > ASKED_SIZE * resolution_m:
            there = ", ".join(f"{m:g} m" for m in sorted(sizes.values()))
            raise SourceError(f"There are no pixels of {resolution_m:g} m.", hint=f"Pixels are of {there}.")
    mine = families[chosen]
    _require_no_change_of_size(mine, planes)
    rare = set() if keep_rare else _rare_bands(mine)
    kept = [p for p in mine if p.band not in rare]
    return WorkGrid(
        geobox=_union_grid(kept),
        planes=tuple(kept),
        bands=in_spectral_order({p.band for p in kept}),
        elsewhere=in_spectral_order({p.band for p in planes} - {p.band for p in mine}),
        rare=in_spectral_order(rare),
    )


def _rare_bands(planes: Iterable[Plane]) -> set[str]:
    """Bands with fewer than half as many dates as the band with most."""
    dates: dict[str, set[datetime]] = {}
    for plane in planes:
        dates.setdefault(plane.band, set()).add(plane.time)
    most = max(len(times) for times in dates.values())
    return {band for band, times in dates.items() if 2 * len(times) < most}


def _require_one_crs(planes: Sequence[Plane]) -> None:
    systems = Counter(str(p.geobox.crs) for p in planes)
    if len(systems) == 1:
        return
    usual = systems.most_common(1)[0][0]
    odd = next(p for p in planes if str(p.geobox.crs) != usual)
    raise GridMismatchError(
        f"{odd.file} is in {_short(str(odd.geobox.crs))}, other files are in {_short(usual)}.",
        hint="Nothing is resampled: keep one zone per source, e.g. by a pattern of names that holds its tile.",
    )


def _require_no_change_of_size(mine: Sequence[Plane], planes: Iterable[Plane]) -> None:
    """A band may come in two pixel sizes on one date; it may not change its size from date to date."""
    there = {(p.band, p.time) for p in mine}
    bands = {band for band, _ in there}
    odd = next((p for p in planes if p.band in bands and (p.band, p.time) not in there), None)
    if odd is not None:
        raise GridMismatchError(
            f"{odd.file} holds {odd.band} with pixels of {pixel_size_m(odd.geobox):g} m, other dates have pixels"
            f" of {pixel_size_m(mine[0].geobox):g} m.",
            hint="Nothing is resampled: keep one pixel size per band, e.g. by a pattern of names.",
        )


def _short(crs: str) -> str:
    return crs if len(crs) <= 40 else crs[:37] + "..."


def _by_size(planes: Iterable[Plane]) -> dict[tuple[float, float], list[Plane]]:
    """Planes by pixel size; the keys are sizes in the units of the system."""
    families: dict[tuple[float, float], list[Plane]] = {}
    for plane in planes:
        size = (plane.geobox.affine.a, -plane.geobox.affine.e)
        key = next((k for k in families if _near(k, size)), size)
        families.setdefault(key, []).append(plane)
    return families


def _near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(math.isclose(a, b, rel_tol=NEAR_SIZE) for a, b in zip(one, other, strict=True))


def _union_grid(planes: Sequence[Plane]) -> GeoBox:
    """Grid around all planes, which must share their lines; a plane that does not is named."""
    grids = Counter(p.geobox for p in planes)
    usual = grids.most_common(1)[0][0]
    dx, dy = usual.affine.a, usual.affine.e
    corners = []
    for grid in grids:
        row, column = grid_place(usual, grid.affine.c, grid.affine.f)
        if not _shares_lines(usual, grid):
            odd = next(p for p in planes if p.geobox == grid)
            raise GridMismatchError(
                f"The grid of {odd.file} does not share the lines of that of other files: its pixels are"
                f" {grid.affine.a:.9g} by {-grid.affine.e:.9g}, its corner lies"
                f" {column - round(column):+.2f} columns and {row - round(row):+.2f} rows off.",
                hint="Nothing is resampled: align the files to one grid first, or keep them in folders of their own.",
            )
        corners.append((round(column), round(row), round(column) + grid.shape[1], round(row) + grid.shape[0]))
    left, top, right, bottom = (
        f(c) for f, c in zip((min, min, max, max), zip(*corners, strict=True), strict=True)
    )
    affine = Affine(dx, 0.0, usual.affine.c + left * dx, 0.0, dy, usual.affine.f + top * dy)
    return GeoBox((bottom - top, right - left), affine, usual.crs)


def _shares_lines(one: GeoBox, other: GeoBox) -> bool:
    """True when every corner of one grid lies on a crossing of the lines of the other."""
    rows, columns = other.shape
    for corner in ((0, 0), (rows, columns)):
        place = np.array(grid_place(one, *map_place(other, *corner)))
        if np.abs(place - np.round(place)).max() > SAME_PHASE_PX:
            return False
    return True


def offset_px(of: GeoBox, on: GeoBox) -> tuple[int, int]:
    """Row and column, on one grid, of the first pixel of another one that shares its lines."""
    row, column = grid_place(on, of.affine.c, of.affine.f)
    return round(row), round(column)
