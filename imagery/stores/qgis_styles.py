"""Styles that QGIS applies by itself, stored in the table `layer_styles` of a GeoPackage.

QGIS looks for a row with the name of the layer and of its geometry column and `useAsDefault`; it finds the table only
when `gpkg_contents` lists it. The styles tell things apart by line and hatching, not by colour alone.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from imagery.errors import CorruptRunError

LAYERS = ("signals", "sites", "permits", "coverage")
"""Layers that have a style, in `styles/<layer>.qml`."""
TABLE = "layer_styles"
DESCRIPTIONS = {
    "signals": "Signalen naar ligging, dikker naarmate de prioriteit hoger is",
    "sites": "Locaties naar uitkomst",
    "permits": "Vergunde grond naar wijze van tekenen",
    "coverage": "Bekeken locaties naar methode",
}

_CREATE = f"""
CREATE TABLE {TABLE} (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT,
    f_table_schema TEXT,
    f_table_name TEXT,
    f_geometry_column TEXT,
    styleName TEXT,
    styleQML TEXT,
    styleSLD TEXT,
    useAsDefault BOOLEAN,
    description TEXT,
    owner TEXT,
    ui TEXT,
    update_time DATETIME
)
"""


def store_styles(path: Path | str) -> tuple[str, ...]:
    """Store a default style for each layer of `signals.gpkg` that is there, in place of an earlier one.

    Styles of other layers and other names, such as those a user saved, are left. The time of a style is the time
    at which its layer was written, so the same layers give the same table.

    Parameters
    ----------
    path : path
        A GeoPackage; changed in place, in one transaction.

    Returns
    -------
    tuple of str
        Layers that have got a style.

    Raises
    ------
    CorruptRunError
        If the file is missing or is not a GeoPackage.
    """
    path = Path(path)
    if not path.is_file():
        raise CorruptRunError(f"There is no GeoPackage {path.name!r}.", hint="Write its layers first.")
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database, database:
            database.execute("BEGIN IMMEDIATE")
            return _store(database)
    except sqlite3.DatabaseError as error:
        raise CorruptRunError(
            f"{path.name!r} cannot be used as a GeoPackage: {error}.", hint="Write it again."
        ) from error


def style_of(layer: str) -> str:
    """The style of a layer as QML."""
    return files("imagery.stores").joinpath("styles", f"{layer}.qml").read_text(encoding="utf-8")


def _store(database: sqlite3.Connection) -> tuple[str, ...]:
    columns = dict(database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    written = dict(database.execute("SELECT table_name, last_change FROM gpkg_contents"))
    layers = tuple(layer for layer in LAYERS if layer in columns)
    if not layers:
        return ()
    if TABLE not in written:
        latest = max(written[layer] for layer in layers)
        database.execute(_CREATE)
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
            " VALUES (?, 'attributes', ?, 'QGIS styles of the layers', ?, 0)",
            (TABLE, TABLE, latest),
        )
    for layer in layers:
        database.execute(
            f"DELETE FROM {TABLE} WHERE f_table_name = ? AND styleName = ?",  # noqa: S608 - a constant name
            (layer, _style_name(layer)),
        )
        database.execute(
            f"INSERT INTO {TABLE} (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"  # noqa: S608
            " styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)"
            " VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', NULL, ?)",
            (layer, columns[layer], _style_name(layer), style_of(layer), DESCRIPTIONS[layer], written[layer]),
        )
    return layers


def _style_name(layer: str) -> str:
    return f"imagery {layer}"
