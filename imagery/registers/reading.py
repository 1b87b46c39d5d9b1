"""From a file to a `Register`: every row becomes a permit, watched ground, or a line that says why not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from imagery.domain import Settings
from imagery.errors import ParameterError
from imagery.registers.csv_table import read_csv
from imagery.registers.drawn_ground import read_drawn_ground
from imagery.registers.excel_table import read_excel
from imagery.registers.geojson_table import read_geojson
from imagery.registers.grounds import Cells
from imagery.registers.guessing import fit_profile, guess_profile, header_test, resolve_profile
from imagery.registers.keyed_ground import look_up_ground
from imagery.registers.permit_rows import rows_to_permits
from imagery.registers.placing import Placed, place_ground
from imagery.registers.problems import ProblemLog
from imagery.registers.profile import ColumnProfile
from imagery.registers.register import Register
from imagery.registers.row_facts import read_facts
from imagery.registers.site_rows import rows_to_sites
from imagery.registers.sniffing import Kind, sniff
from imagery.registers.table import Table
from imagery.registers.vector_table import read_parquet, read_vector

EXCEL_ERRORS = frozenset(
    {
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#VERW!",
        "#WAARDE!",
        "#NAAM?",
        "#GETAL!",
        "#DEEL/0!",
    }
)


def read_register(
    path: str | Path,
    *,
    profile: str | Path | ColumnProfile | None = None,
    crs: str | None = None,
    layer: str | None = None,
    geometry_from: str | Path | Iterable[str | Path] | None = None,
    metric_crs: str | None = None,
    settings: Settings | None = None,
) -> Register:
    """Read a permit register.

    Parameters
    ----------
    path : str or Path
        CSV, Excel (.xlsx), GeoPackage, GeoJSON, zipped shapefile or GeoParquet.
    profile : str, Path or ColumnProfile, optional
        Name of a shipped profile, a TOML file, or a value. Left out, the columns are guessed; `Register.profile` says how.
    crs : str, optional
        Reference system of the coordinates, e.g. ``"EPSG:28992"``; goes before what file and profile say.
    layer : str, optional
        Layer or sheet to read, for files with several.
    geometry_from : path or paths, optional
        Local copies of BAG and BRK (GeoPackage), in which rows without a shape are looked up.
    metric_crs : str, optional
        Metric system to work in; RD New in the Netherlands, elsewhere that of the register or the UTM zone when left out.
    settings : Settings, optional
        Merge distance, point radius and accuracies; the defaults when left out.

    Returns
    -------
    Register
        Permits, sites, and what became of every row.

    Raises
    ------
    RegisterError
        If the file as a whole cannot be used: missing, empty, of another kind than its name says, no column that is
        known, or coordinates in an unknown reference system. What concerns one row only is in `Register.problems`.
    ParameterError
        If `layer` is given for a file without layers, or `metric_crs` is not in metres.
    """
    log = ProblemLog()
    cells = _read_cells(Path(path), profile, layer, log)
    grounds = read_drawn_ground(cells, log, crs=crs)
    look_up_ground(grounds, cells, log, geometry_from)
    source_crs = tuple(dict.fromkeys(c for c in grounds.crs if c))
    settings = settings or Settings.of()
    placed = place_ground(grounds, cells, log, settings=settings, metric_crs=metric_crs)
    return _register(Path(path), cells, placed, log, source_crs, settings)


def _read_cells(
    path: Path, profile: str | Path | ColumnProfile | None, layer: str | None, log: ProblemLog
) -> Cells:
    """The register by field, with the columns that the profile names or that were guessed."""
    asked = resolve_profile(profile)
    kind = sniff(path)
    if layer is not None and kind in (Kind.CSV, Kind.GEOJSON, Kind.PARQUET, Kind.SHAPEFILE):
        raise ParameterError(f"A {kind} has no layers, got layer {layer!r}.", hint="Leave the layer out.")
    table = _read_table(path, kind, layer or (asked.layer if asked else None), asked, log)
    columns = fit_profile(asked, table) if asked else guess_profile(table, log)
    return Cells(table=table, profile=columns, by_field=_by_field(table, columns, log))


def _register(
    path: Path, cells: Cells, placed: Placed, log: ProblemLog, source_crs: tuple[str, ...], settings: Settings
) -> Register:
    facts = read_facts(cells, log)
    permits, watched = rows_to_permits(cells, facts, placed, log)
    sites, unplaced = rows_to_sites(cells, facts, placed, permits, watched, log, settings)
    return Register(
        path=path,
        sha256=_sha256(path),
        kind=cells.table.kind,
        crs=placed.crs,
        source_crs=source_crs,
        transform_note=placed.transform_note,
        n_rows=len(cells),
        n_watched=len(watched),
        permits=tuple(permits.values()),
        permit_rows=tuple(cells.table.rows[i] for i in permits),
        sites=sites,
        unplaced=unplaced,
        problems=log.problems(),
        profile=cells.profile,
    )


def _read_table(
    path: Path, kind: Kind, layer: str | None, profile: ColumnProfile | None, log: ProblemLog
) -> Table:
    known = header_test(profile)
    if kind is Kind.CSV:
        return read_csv(path, known, log)
    if kind is Kind.EXCEL:
        return read_excel(path, layer, known, log)
    if kind is Kind.GEOJSON:
        return read_geojson(path)
    if kind is Kind.PARQUET:
        return read_parquet(path)
    return read_vector(path, kind, layer, log)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _by_field(table: Table, profile: ColumnProfile, log: ProblemLog) -> Mapping[str, Sequence[object]]:
    """Cells per field; of several columns the first filled one, row by row."""
    for name in sorted({name for names in profile.columns.values() for name in names}):
        for row, value in zip(table.rows, table.cells[name], strict=True):
            if value in EXCEL_ERRORS:
                log.note(
                    row,
                    "excel_error",
                    "The cell holds an error of Excel, and was taken as blank.",
                    "Mend the formula behind it.",
                    column=name,
                    value=value,
                )
    out: dict[str, list[object]] = {}
    for field, names in profile.columns.items():
        rows = zip(*(table.cells[name] for name in names), strict=True)
        out[field] = [next((v for v in row if v is not None and v not in EXCEL_ERRORS), None) for row in rows]
    return out
