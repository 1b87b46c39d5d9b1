"""GeoPackage, shapefile and (Geo)Parquet as a table."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import shapely

from imagery.errors import RegisterError
from imagery.registers.problems import ProblemLog
from imagery.registers.sniffing import Kind
from imagery.registers.table import GeometryArray, Table, object_array, tidy, unique_names


def read_vector(path: Path, kind: Kind, layer: str | None, log: ProblemLog) -> Table:
    """Read one layer of a GeoPackage or shapefile.

    Raises
    ------
    RegisterError
        If it cannot be read, has several layers and none is named, or holds no rows.
    """
    import pyogrio

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if kind is Kind.ZIPPED_SHAPEFILE:
                source, name = _member(path, layer), None
            else:
                source = path.resolve().as_posix()
                name = _layer(pyogrio.list_layers(source), layer, path)
            frame = pyogrio.read_dataframe(source, layer=name, read_geometry=False)
            meta, _, wkb, _ = pyogrio.raw.read(source, layer=name, columns=[])
        except RegisterError:
            raise
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError, ValueError) as error:
            raise RegisterError(
                f"{path.name} is a {kind} that cannot be read.",
                hint="Check that it is whole (a shapefile needs .shp, .shx and .dbf together) and export it again.",
            ) from error
    for message in sorted({str(w.message).splitlines()[0] for w in caught if str(w.message).strip()}):
        log.note(
            None,
            "reader_message",
            "The reader of the file had something to say.",
            "Check the file if this is not expected.",
            value=message.replace(source, path.name),
        )
    if wkb is None:
        return _table(frame, kind, path)
    crs = meta["crs"] if isinstance(meta["crs"], str) else None
    return _table(frame, kind, path, geometry=wkb, crs=crs)


def _member(path: Path, wanted: str | None) -> str:
    """Where in the archive the shapefile is."""
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if name.lower().endswith(".shp")]
    members = [name for name in members if not name.startswith("__MACOSX/")]
    layers = [(PurePosixPath(name).stem, "shape") for name in members]
    chosen = _layer(layers, wanted, path)
    member = next(name for name in members if PurePosixPath(name).stem == chosen)
    return f"/vsizip/{{{path.resolve().as_posix()}}}/{member}"


def _layer(layers: Any, wanted: str | None, path: Path) -> str:
    """Name of the layer to read."""
    names = [str(name) for name, _ in layers]
    if wanted is not None:
        if wanted in names:
            return wanted
        raise RegisterError(
            f"{path.name} has no layer called {wanted!r}.", hint=f"It has: {', '.join(names) or 'none'}."
        )
    with_shape = [str(name) for name, shape in layers if shape is not None]
    candidates = with_shape or names
    if len(candidates) != 1:
        raise RegisterError(
            f"{path.name} has {len(candidates)} layers, and none was named.",
            hint=f"Name one of them as the layer: {', '.join(candidates) or 'it has none'}.",
        )
    return candidates[0]


def read_parquet(path: Path) -> Table:
    """Read a GeoParquet file, or a Parquet file without geometry.

    Raises
    ------
    RegisterError
        If it cannot be read or holds no rows.
    """
    import geopandas
    import pyarrow
    import pyarrow.parquet

    try:
        geo = (pyarrow.parquet.read_schema(path).metadata or {}).get(b"geo")
        if geo is None:
            return _table(pyarrow.parquet.read_table(path).to_pandas(), Kind.PARQUET, path)
        told = json.loads(geo)
        column = told["primary_column"]
        stated = told["columns"][column].get("crs", "OGC:CRS84")
        crs = json.dumps(stated) if isinstance(stated, dict) else stated
        if told["columns"][column].get("encoding") == "WKB":
            frame = pyarrow.parquet.read_table(path).to_pandas()
            shapes = frame.pop(column).to_numpy(dtype=object)
        else:
            whole = geopandas.read_parquet(path)
            shapes = whole.geometry.to_wkb().to_numpy(dtype=object)
            frame = whole.drop(columns=column)
        return _table(frame, Kind.PARQUET, path, geometry=shapes, crs=crs)
    except RegisterError:
        raise
    except (pyarrow.ArrowException, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RegisterError(
            f"{path.name} is a Parquet file that cannot be read ({type(error).__name__}).",
            hint="Check that it is whole and export it again.",
        ) from error


def _table(
    frame: Any, kind: Kind, path: Path, *, geometry: GeometryArray | None = None, crs: str | None = None
) -> Table:
    """A table from a frame of attributes and shapes as WKB, one by one."""
    if not len(frame):
        raise RegisterError(
            f"{path.name} holds no rows.", hint="Export the register again, or name another layer."
        )
    names, _ = unique_names(frame.columns)
    shapes, broken = None, {}
    if geometry is not None:
        wkb = [bytes(cell) if isinstance(cell, bytes | bytearray | memoryview) else None for cell in geometry]
        with np.errstate(invalid="ignore"):  # coordinates that are not numbers are looked for later
            shapes = np.asarray(shapely.from_wkb(object_array(wkb), on_invalid="ignore"), dtype=object)
        broken = {
            i: cell[:20].hex()
            for i, (cell, shape) in enumerate(zip(wkb, shapes, strict=True))
            if cell is not None and shape is None
        }
    return Table(
        kind=str(kind),
        header=tuple(names),
        rows=tuple(range(2, len(frame) + 2)),
        cells={name: _values(frame.iloc[:, i]) for i, name in enumerate(names)},
        geometry=shapes,
        broken_shapes=broken,
        crs=crs,
    )


def _values(series: Any) -> Sequence[object]:
    """Values of a column as plain Python; None where missing."""
    missing = series.isna().to_numpy()
    values = series.astype(object).tolist()
    return [None if gone else tidy(_plain(value)) for value, gone in zip(values, missing, strict=True)]


def _plain(value: object) -> object:
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, np.ndarray | list | tuple):
        return ", ".join(str(item) for item in value)
    return value
