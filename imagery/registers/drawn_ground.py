"""Ground that a register draws: shapes of the file, shapes as text, x and y, longitude and latitude."""

from __future__ import annotations

import re

import numpy as np
import shapely

from imagery.errors import RegisterError
from imagery.registers.grounds import Cells, Grounds
from imagery.registers.problems import ProblemLog
from imagery.registers.profile import squeezed
from imagery.registers.quantities import UNITS, decimal_mark, parse_number
from imagery.registers.reference_systems import (
    RD,
    RD_X,
    RD_Y,
    WGS84,
    contradiction,
    infer_crs,
    is_geographic,
    parse_crs,
)
from imagery.registers.shapes import finite, parse_shapes
from imagery.registers.table import Table

HOW_TO_STATE = 'State it, e.g. crs="EPSG:28992" (RD New) or crs="EPSG:4326" (longitude and latitude).'


def read_drawn_ground(cells: Cells, log: ProblemLog, *, crs: str | None) -> Grounds:
    """Read what each row draws; the first of shape, shape as text, x and y, longitude and latitude counts.

    Parameters
    ----------
    cells : Cells
        The register.
    log : ProblemLog
        What was assumed.
    crs : str or None
        Reference system stated by the user; goes before what the file says. That of the profile counts only where
        the file says nothing.

    Raises
    ------
    RegisterError
        If coordinates are there and their reference system is not known, or cannot be the stated one.
    """
    grounds = Grounds.none_yet(len(cells))
    stated = parse_crs(crs) if crs else None
    usual = parse_crs(cells.profile.crs) if cells.profile.crs else None
    _from_file(grounds, cells.table, stated, log)
    _from_text(grounds, cells, stated)
    _from_xy(grounds, cells, stated or usual)
    _from_lonlat(grounds, cells, stated or usual)
    for i, shape in enumerate(grounds.shapes):
        if shape is not None and grounds.crs[i] is None:
            grounds.crs[i] = usual
    _refuse_impossible_numbers(grounds)
    _settle_crs(grounds, cells.table, stated, log)
    return grounds


def _from_file(grounds: Grounds, table: Table, stated: str | None, log: ProblemLog) -> None:
    if table.geometry is None:
        return
    own = parse_crs(table.crs) if table.crs and table.crs_is_stated else None
    crs = stated or own
    if stated and own and stated != own:
        log.note(
            None,
            "crs_overruled",
            f"The file says that it is in another reference system; it was read as {stated[:40]}, as was stated.",
            "Leave crs out to follow the file.",
            column="geometry",
            value=own,
        )
    for i, shape in enumerate(table.geometry):
        if shape is not None and not shape.is_empty:
            grounds.put(i, shape, crs, "geometry")
    for i, text in table.broken_shapes.items():
        grounds.fail(
            i,
            "unreadable_shape",
            "The shape cannot be read.",
            "Draw it again; a ring has at least four positions and ends where it began.",
            "geometry",
            text,
        )


def _from_text(grounds: Grounds, cells: Cells, stated: str | None) -> None:
    if "geometry" not in cells:
        return
    texts, column = cells.get("geometry"), cells.column("geometry")
    shapes, told = parse_shapes(texts)
    for i in np.flatnonzero(grounds.missing).tolist():
        if shapes[i] is not None and not shapes[i].is_empty:
            grounds.put(i, shapes[i], stated or (parse_crs(told[i] or "") if told[i] else None), column)
        elif texts[i] is not None and shapes[i] is None:
            grounds.fail(
                i,
                "unreadable_shape",
                "The shape cannot be read.",
                "Write it as WKT with decimal points, e.g. POLYGON((155000 463000, 155100 463000, 155000 463100, "
                "155000 463000)).",
                column,
                texts[i],
            )


def _from_xy(grounds: Grounds, cells: Cells, stated: str | None) -> None:
    if "x" in cells and "y" in cells:
        called_rd = all(_called_rd(cells.column(name)) for name in ("x", "y"))
        crs = stated or (RD if called_rd else None)
        _points(grounds, cells, ("x", "y"), _coordinate_mark(cells), crs)


def _called_rd(column: str) -> bool:
    """True for a column called x_rd or the like; "coordinaat" and "noord" hold those letters by chance."""
    return "rd" in re.sub("coordinaat|coord|noord", "", squeezed(column))


def _from_lonlat(grounds: Grounds, cells: Cells, stated: str | None) -> None:
    if "lon" not in cells or "lat" not in cells:
        return
    crs = stated if stated and is_geographic(stated) else WGS84
    _points(grounds, cells, ("lon", "lat"), None, crs)


def _points(
    grounds: Grounds, cells: Cells, names: tuple[str, str], mark: str | None, crs: str | None
) -> None:
    """Points from two columns; without a decimal mark the numbers are degrees."""
    first, second = cells.get(names[0]), cells.get(names[1])
    column = f"{cells.column(names[0])}, {cells.column(names[1])}"
    for i in np.flatnonzero(grounds.missing).tolist():
        if first[i] is None and second[i] is None:
            continue
        x, y = (_degrees(v) if mark is None else _metres(v, mark) for v in (first[i], second[i]))
        shown = f"{'' if first[i] is None else first[i]}, {'' if second[i] is None else second[i]}"
        if x is None or y is None:
            grounds.fail(
                i,
                "unreadable_coordinates",
                "The coordinates are not two numbers.",
                "Write them as plain numbers, e.g. 155000,25 and 463000,50.",
                column,
                shown,
            )
        elif x == 0 and y == 0:
            grounds.fail(i, *_ZERO, column, shown)
        else:
            grounds.put(i, shapely.Point(x, y), crs, column)


def _metres(value: object, mark: str) -> float | None:
    return parse_number(value, mark, UNITS["coordinate"])


def _degrees(value: object) -> float | None:
    """Degrees never reach a thousand, so their only mark is a decimal one, also in 5,123."""
    if isinstance(value, str) and value.count(",") == 1 and "." not in value:
        value = value.replace(",", ".")
    return parse_number(value, ".", UNITS["coordinate"])


_ZERO = (
    "zero_position",
    "The position is 0, 0: a blank that became a number.",
    "Give the row its real position.",
)


def _coordinate_mark(cells: Cells) -> str:
    """Decimal mark of x and y; where the numbers do not tell, the one that puts more rows into the Netherlands."""
    xs, ys = cells.get("x"), cells.get("y")
    told = decimal_mark([*xs, *ys], stated=cells.profile.decimal, comma_locale=cells.table.comma_locale)
    if told.certain:
        return told.mark

    def inside(mark: str) -> int:
        n = 0
        for x, y in zip(xs, ys, strict=True):
            a, b = _metres(x, mark), _metres(y, mark)
            if a is not None and b is not None:
                n += any(RD_X[0] < p < RD_X[1] and RD_Y[0] < q < RD_Y[1] for p, q in ((a, b), (b, a)))
        return n

    other = "." if told.mark == "," else ","
    return other if inside(other) > inside(told.mark) else told.mark


def _refuse_impossible_numbers(grounds: Grounds) -> None:
    good = finite(grounds.shapes)
    for i in np.flatnonzero(~grounds.missing).tolist():
        shape = grounds.shapes[i]
        if not good[i]:
            grounds.fail(
                i,
                "not_a_number",
                "The shape holds coordinates that are not numbers.",
                "Draw it again.",
                grounds.columns[i],
                shapely.to_wkt(shape),
            )
        elif not np.any(shapely.get_coordinates(shape)):
            grounds.fail(i, *_ZERO, grounds.columns[i], shapely.to_wkt(shape))
        else:
            continue
        grounds.put(i, None, None, "")


def _settle_crs(grounds: Grounds, table: Table, stated: str | None, log: ProblemLog) -> None:
    """Give every shape its reference system, and see that the coordinates can be in it."""
    _infer_missing_crs(grounds, table, log)
    for crs in sorted({c for c in grounds.crs if c}):
        rows = np.flatnonzero([c == crs for c in grounds.crs])
        real = contradiction(shapely.bounds(grounds.shapes[rows]), crs)
        if real is not None:
            who = "was stated" if stated else "is what the file says"
            raise RegisterError(
                f"{crs[:40]} {who}, and the coordinates cannot be in it, e.g. {grounds.shapes[rows[0]].wkt[:60]}.",
                hint=f'They look like {real}; state crs="{real}" if that is so.',
                column=grounds.columns[rows[0]],
            )


def _infer_missing_crs(grounds: Grounds, table: Table, log: ProblemLog) -> None:
    """Tell the reference system from the range of the coordinates where nothing states it."""
    without = np.flatnonzero(~grounds.missing & np.array([crs is None for crs in grounds.crs], dtype=bool))
    if not len(without):
        return
    found = infer_crs(shapely.bounds(grounds.shapes[without]))
    if found is None and table.crs and not table.crs_is_stated:
        found = parse_crs(table.crs)
    if found is None:
        shape = grounds.shapes[without[0]]
        raise RegisterError(
            f"The register does not say in which reference system its coordinates are, e.g. {shape.wkt[:60]}.",
            hint=HOW_TO_STATE,
            column=grounds.columns[without[0]],
        )
    for i in without:
        grounds.crs[i] = found
    if not (table.crs and found == parse_crs(table.crs)):
        log.note(
            None,
            "crs_inferred",
            "The register states no reference system that fits; it was told from the range of the coordinates.",
            HOW_TO_STATE,
            column=grounds.columns[without[0]],
            value=found,
        )
