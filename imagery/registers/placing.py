"""From the ground as the register gives it to footprints in one metric system."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from imagery.domain import Drawing, Footprint, Settings
from imagery.registers.grounds import Cells, Grounds
from imagery.registers.problems import ProblemLog
from imagery.registers.quantities import UNITS, decimal_mark, parse_number
from imagery.registers.reference_systems import (
    RD,
    RD_X,
    RD_Y,
    WGS84,
    axis_errors,
    in_range,
    is_geographic,
    metric_crs_asked_for,
    swap_axes,
    transform,
    transform_notes,
    working_crs,
)
from imagery.registers.shapes import Fate, finite, put_in_order
from imagery.registers.vocabulary import WordGroups, words

LARGE_M2 = 25e6
"""Ground larger than this is told: a permit for a whole municipality is rarely meant."""
SMALL_M2 = 1.0
FAR_M = 100_000.0
"""Ground farther than this from the middle of the register, and ten times as far as most, is told."""
TOO_FAR_M = 1_000_000.0
"""Beyond this no metric system holds."""

NO_GROUND = {
    Fate.LINE: (
        "line_has_no_ground",
        "A line has no ground.",
        "Draw the area, or a strip around the line.",
    ),
    Fate.NO_AREA: (
        "zero_area",
        "The polygon has no area.",
        "Draw it again with at least three corners that are not on one line.",
    ),
    Fate.EMPTY: ("zero_area", "The shape has no area.", "Draw it again."),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """Footprints per row."""

    footprints: list[Footprint | None]
    """Ground of each row; None where it has none."""
    crs: str
    """The metric system of all of them."""
    transform_note: str
    """What was transformed and how well."""


def place_ground(
    grounds: Grounds, cells: Cells, log: ProblemLog, *, settings: Settings, metric_crs: str | None
) -> Placed:
    """Bring all ground into one metric system, put shapes in order, and say how well their boundaries are known.

    Rows whose ground was given and cannot be used are dropped; where a second source of the row gave ground, the
    first one is reported as repaired.
    """
    asked = metric_crs_asked_for(metric_crs) if metric_crs else None
    _set_axes_right(grounds, cells, log)
    systems = Counter(crs for crs in grounds.crs if crs)
    target = asked or _target(grounds, systems)
    for crs in systems:
        rows = _rows_in(grounds, crs)
        grounds.shapes[rows] = transform(grounds.shapes[rows], crs, target)
    _refuse_what_has_no_place(grounds, target)
    points = _order(grounds, cells, log, settings)
    _tell_odd_places(grounds, cells, log)
    _report(grounds, cells, log)
    return Placed(
        footprints=_footprints(grounds, cells, log, points, target, settings),
        crs=target,
        transform_note=transform_notes(systems, target),
    )


def _rows_in(grounds: Grounds, crs: str) -> npt.NDArray[np.intp]:
    return np.flatnonzero([c == crs for c in grounds.crs])


def _set_axes_right(grounds: Grounds, cells: Cells, log: ProblemLog) -> None:
    for crs in sorted({c for c in grounds.crs if c}):
        rows = _rows_in(grounds, crs)
        swap, outside = axis_errors(shapely.bounds(grounds.shapes[rows]), crs)
        degrees = is_geographic(crs)
        for i in rows[swap]:
            log.repair(
                cells.table.rows[i],
                "swapped_lonlat" if degrees else "swapped_xy",
                "Longitude and latitude were swapped; they were put right."
                if degrees
                else "x and y were swapped; they were put right.",
                "Correct the row in the register.",
                column=grounds.columns[i],
                value=_where(grounds, int(i)),
            )
        grounds.shapes[rows[swap]] = swap_axes(grounds.shapes[rows[swap]])
        for i in rows[outside]:
            _fail_place(
                grounds,
                int(i),
                "outside_range",
                f"The ground lies outside the range of {crs[:20]}"
                f"{' (x 0-300000, y 300000-625000)' if crs == RD else ''}.",
                "Correct the coordinates, or state their reference system.",
            )


def _where(grounds: Grounds, i: int) -> str:
    xy = shapely.get_coordinates(grounds.shapes[i])
    return f"{xy[0, 0]:.10g}, {xy[0, 1]:.10g}"


def _fail_place(grounds: Grounds, i: int, code: str, reason: str, hint: str) -> None:
    grounds.fail(i, code, reason, hint, grounds.columns[i], _where(grounds, i))
    grounds.put(i, None, None, grounds.columns[i])


def _target(grounds: Grounds, systems: Counter[str]) -> str:
    """The metric system in which the middle of the register is at home."""
    if not systems:
        return RD
    middles = []
    for crs in systems:
        west, south, east, north = shapely.bounds(grounds.shapes[_rows_in(grounds, crs)]).T
        points = shapely.points((west + east) / 2, (south + north) / 2)
        middles.append(shapely.get_coordinates(transform(points, crs, WGS84)))
    lonlat = np.concatenate(middles)
    lonlat = lonlat[np.isfinite(lonlat).all(axis=1)]
    if not len(lonlat):
        return RD
    lon, lat = np.median(lonlat, axis=0)
    return working_crs(float(lon), float(lat), [crs for crs, _ in systems.most_common()])


def _refuse_what_has_no_place(grounds: Grounds, target: str) -> None:
    """Refuse ground that the metric system cannot hold, or that lies a world away from the rest."""
    good = finite(grounds.shapes)
    for i in np.flatnonzero(~good):
        grounds.fail(
            int(i),
            "cannot_be_transformed",
            "The ground has no place in the working reference system.",
            "Correct the coordinates, or state their reference system.",
            grounds.columns[i],
            "",
        )
        grounds.put(int(i), None, None, grounds.columns[i])
    rows = np.flatnonzero(~grounds.missing)
    if not len(rows):
        return
    bounds = shapely.bounds(grounds.shapes[rows])
    away = _away(bounds) > TOO_FAR_M
    if target == RD:
        margin = 50_000.0
        near = in_range(bounds, (RD_X[0] - margin, RD_X[1] + margin), (RD_Y[0] - margin, RD_Y[1] + margin))
        away |= ~near
    for i, distance in zip(rows[away], _away(bounds)[away], strict=True):
        grounds.fail(
            int(i),
            "far_away",
            "The ground lies too far from the rest of the register to be measured with it.",
            "Correct the coordinates, or put it in a register of its own.",
            grounds.columns[i],
            f"{distance / 1000:.0f} km away",
        )
        grounds.put(int(i), None, None, grounds.columns[i])


def _away(bounds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Distance of each row from the middle of all, metres."""
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    return np.asarray(np.hypot(*(middles - np.median(middles, axis=0)).T))


def _order(grounds: Grounds, cells: Cells, log: ProblemLog, settings: Settings) -> set[int]:
    """Make valid polygons of all shapes; returns the rows that were points."""
    rows = np.flatnonzero(~grounds.missing)
    if not len(rows):
        return set()
    heights = shapely.has_z(grounds.shapes[rows])
    ordered = put_in_order(grounds.shapes[rows], settings.point_radius_m)
    if heights.any():
        log.note(
            None,
            "heights_left_out",
            "Shapes have heights, which were left out.",
            "Nothing to do; limits of height are read from their own column.",
            value=f"{int(heights.sum())} rows",
        )
    for k, (i, fate) in enumerate(zip(rows, ordered.fates, strict=True)):
        if fate in NO_GROUND:
            _fail_place(grounds, int(i), *NO_GROUND[fate])
            continue
        if k in ordered.crossed:
            log.repair(
                cells.table.rows[i],
                "crossing_ring",
                "The boundary crosses or touches itself; it was repaired.",
                f"Look at the result ({shapely.area(ordered.shapes[k]):.0f} m2) and draw it again if it is not meant so.",
                column=grounds.columns[i],
                value=ordered.crossed[k],
            )
        if k in ordered.mixed:
            log.repair(
                cells.table.rows[i],
                "mixed_collection",
                "The shape is a collection; only its polygons (or points) were kept.",
                "Give polygons only.",
                column=grounds.columns[i],
            )
        grounds.shapes[i] = ordered.shapes[k]
    return {int(i) for i, fate in zip(rows, ordered.fates, strict=True) if fate is Fate.POINT}


def _tell_odd_places(grounds: Grounds, cells: Cells, log: ProblemLog) -> None:
    rows = np.flatnonzero(~grounds.missing)
    if not len(rows):
        return
    away, area = _away(shapely.bounds(grounds.shapes[rows])), shapely.area(grounds.shapes[rows])
    far = away > max(FAR_M, 10 * float(np.median(away)))
    for i, distance in zip(rows[far], away[far], strict=True):
        log.note(
            cells.table.rows[i],
            "far_from_the_rest",
            "The ground lies far from the rest of the register.",
            "Check its coordinates.",
            column=grounds.columns[i],
            value=f"{distance / 1000:.0f} km",
        )
    for i, size in zip(rows, area, strict=True):
        if size > LARGE_M2 or size < SMALL_M2:
            log.note(
                cells.table.rows[i],
                "odd_area",
                "The ground is very large." if size > LARGE_M2 else "The ground is very small.",
                "Check its shape.",
                column=grounds.columns[i],
                value=f"{size:.3g} m2",
            )


def _report(grounds: Grounds, cells: Cells, log: ProblemLog) -> None:
    """Drop the rows whose ground was given and cannot be used; tell the others what was passed over."""
    for i, failures in grounds.failures.items():
        row, used = cells.table.rows[i], grounds.shapes[i] is not None
        for one in failures:
            if used:
                hint = f"{one.hint} The ground was taken from {grounds.columns[i] or 'the shape'} instead."
                log.repair(row, one.code, one.reason, hint, column=one.column, value=one.value)
            else:
                log.drop(row, one.code, one.reason, one.hint, column=one.column, value=one.value)
    for i, one in grounds.unplaced.items():
        if i not in grounds.failures:
            log.note(cells.table.rows[i], one.code, one.reason, one.hint, column=one.column, value=one.value)


def _footprints(
    grounds: Grounds, cells: Cells, log: ProblemLog, points: set[int], crs: str, settings: Settings
) -> list[Footprint | None]:
    told = _told_drawings(cells, log)
    accuracies = _told_accuracies(cells, log)
    out: list[Footprint | None] = []
    assumed = 0
    for i, shape in enumerate(grounds.shapes):
        if shape is None:
            out.append(None)
            continue
        drawing = grounds.drawings[i] or told[i] or cells.profile.drawing
        if i in points:
            drawing = Drawing.ADDRESS_POINT
        elif drawing is None:
            drawing, assumed = Drawing.SKETCH, assumed + 1
        standard = float(getattr(settings, f"accuracy_{drawing}_m"))
        accuracy = standard if i in points else accuracies[i] or standard
        out.append(Footprint(geometry=shape, crs=crs, drawing=drawing, accuracy_m=accuracy))
    if assumed:
        log.note(
            None,
            "sketch_assumed",
            f"Nothing says how polygons were drawn; they count as sketched ({settings.accuracy_sketch_m:g} m).",
            'State it in the profile, e.g. drawing = "surveyed", or in a column.',
            value=f"{assumed} rows",
        )
    return out


def _told_drawings(cells: Cells, log: ProblemLog) -> list[Drawing | None]:
    """How the ground was drawn, as the column for it tells."""
    known = WordGroups(words()["drawing"], cells.profile.drawing_words)
    out: list[Drawing | None] = []
    for row, value in zip(cells.table.rows, cells.get("drawing"), strict=True):
        meaning = known.meaning(value)
        if value is not None and meaning is None:
            log.note(
                row,
                "drawing_not_understood",
                "The way in which the ground was drawn is not a word that is known.",
                "Add it to drawing_words in the profile.",
                column=cells.column("drawing"),
                value=value,
            )
        out.append(Drawing(meaning) if meaning else None)
    return out


def _told_accuracies(cells: Cells, log: ProblemLog) -> list[float | None]:
    values = cells.get("accuracy_m")
    mark = decimal_mark(values, stated=cells.profile.decimal, comma_locale=cells.table.comma_locale).mark
    out: list[float | None] = []
    for row, value in zip(cells.table.rows, values, strict=True):
        number = None if value is None else parse_number(value, mark, UNITS["accuracy_m"])
        if value is not None and (number is None or number <= 0):
            log.note(
                row,
                "accuracy_not_understood",
                "The accuracy is not a number of metres above 0; the standard one was taken.",
                "Write it in metres, e.g. 0,5.",
                column=cells.column("accuracy_m"),
                value=value,
            )
            number = None
        out.append(number)
    return out
