"""Places looked up in local copies of the building and address register (BAG) and the cadastral map (BRK).

A key that leads to one place gives it; one that leads to several gives none, and the number of candidates is told.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Drawing
from imagery.errors import RegisterError
from imagery.registers.identifiers import (
    BAG_KINDS,
    Address,
    Parcel,
    make_address,
    make_parcel,
    parse_bag_id,
    place_key,
)
from imagery.registers.profile import squeezed
from imagery.registers.reference_systems import RD, parse_crs, transform
from imagery.registers.table import blank

IN_ONE_QUESTION = 400
"""Keys in one filter; longer filters are refused by some readers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found for one key."""

    shape: Geometry | None = None
    """The place, in RD; None when there is none or more than one."""
    drawing: Drawing = Drawing.ADDRESS_POINT
    """How well its boundary is known."""
    candidates: int = 0
    """Different places that the key leads to."""


@dataclass(slots=True)
class Keys:
    """What a register wants to have looked up."""

    bag_ids: set[str] = field(default_factory=set)
    addresses: set[Address] = field(default_factory=set)
    parcels: set[Parcel] = field(default_factory=set)


@dataclass(slots=True)
class Places:
    """What was found, by key."""

    bag_ids: dict[str, Found] = field(default_factory=dict)
    addresses: dict[Address, Found] = field(default_factory=dict)
    parcels: dict[Parcel, Found] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """One layer of a local copy, with its columns by meaning."""

    path: Path
    name: str
    columns: Mapping[str, str]


@cache
def _column_names() -> Mapping[str, tuple[str, ...]]:
    text = files("imagery.registers").joinpath("lookup_columns.toml").read_text(encoding="utf-8")
    return {name: tuple(squeezed(n) for n in row["names"]) for name, row in tomllib.loads(text).items()}


def look_up(keys: Keys, geometry_from: str | Path | Iterable[str | Path]) -> Places:
    """Look keys up in local copies of BAG and BRK.

    Parameters
    ----------
    keys : Keys
        What is wanted.
    geometry_from : path or paths
        GeoPackages (or other vector files) with the layers pand, verblijfsobject, ligplaats, standplaats or perceel;
        which layer is which is told from its columns (`lookup_columns.toml`).

    Raises
    ------
    RegisterError
        If a file cannot be read, or holds no layer in which something can be looked up.
    """
    layers = [layer for path in lookup_files(geometry_from) for layer in _layers(path)]
    places = Places()
    places.bag_ids = _by_bag_id(keys.bag_ids, layers)
    places.addresses = _by_address(keys.addresses, layers)
    places.parcels = _by_parcel(keys.parcels, layers)
    return places


def lookup_files(geometry_from: str | Path | Iterable[str | Path]) -> tuple[Path, ...]:
    """The local copies that were named.

    Raises
    ------
    RegisterError
        If one of them is not there.
    """
    named = [geometry_from] if isinstance(geometry_from, str | Path) else list(geometry_from)
    for path in map(Path, named):
        if not path.is_file():
            raise RegisterError(
                f"There is no file {path.name}, in which places should be looked up.",
                hint="Give a GeoPackage with BAG or BRK layers as geometry_from.",
            )
    return tuple(map(Path, named))


def _layers(path: Path) -> Iterator[_Layer]:
    import pyogrio

    usable = 0
    try:
        for name, shape in pyogrio.list_layers(path):
            info = pyogrio.read_info(path, layer=name)
            by_key = {squeezed(str(column)): str(column) for column in info["fields"]}
            columns = {
                meaning: next(by_key[n] for n in names if n in by_key)
                for meaning, names in _column_names().items()
                if any(n in by_key for n in names)
            }
            if shape is not None and ("identification" in columns or _PARCEL_COLUMNS.issubset(columns)):
                usable += 1
                yield _Layer(path=path, name=str(name), columns=columns)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as error:
        raise RegisterError(
            f"{path.name}, in which places are looked up, cannot be read.",
            hint="Give a GeoPackage with BAG or BRK layers; see docs/registers.md.",
        ) from error
    if not usable:
        raise RegisterError(
            f"{path.name} has no layer in which a place can be looked up.",
            hint="A BAG layer has a column identificatie, a BRK layer has sectie and perceelnummer; see docs/registers.md.",
        )


_PARCEL_COLUMNS = {"section", "parcel_number"}


def _read(layer: _Layer, column: str, wanted: Iterable[str | int]) -> Iterator[Any]:
    """Rows of a layer whose column has one of the wanted values, as frames with their shapes in RD."""
    import pyogrio

    values = sorted(set(wanted), key=str)
    for start in range(0, len(values), IN_ONE_QUESTION):
        some = values[start : start + IN_ONE_QUESTION]
        quoted = ", ".join(str(v) if isinstance(v, int) else "'" + v.replace("'", "''") + "'" for v in some)
        with _searching(layer, column):
            frame = pyogrio.read_dataframe(
                layer.path,
                layer=layer.name,
                columns=sorted(set(layer.columns.values())),
                where=f"{_quoted(layer.columns[column])} IN ({quoted})",
            )
        if len(frame):
            crs = parse_crs(frame.crs.to_wkt()) if frame.crs is not None else RD
            shapes = np.asarray(frame.geometry.array, dtype=object)
            there = np.array([s is not None and not s.is_empty for s in shapes], dtype=bool)
            yield frame[there], transform(shapely.force_2d(shapes[there]), crs, RD)


def _spellings(layer: _Layer, column: str, keys: set[str]) -> set[str]:
    """Names in a layer that compare equal to one of the keys: capitals and signs differ between registers."""
    import pyogrio

    name = _quoted(layer.columns[column])
    with _searching(layer, column):
        frame = pyogrio.read_dataframe(
            layer.path,
            # Both names are those of the file itself, in quotation marks.
            sql=f"SELECT DISTINCT {name} FROM {_quoted(layer.name)}",  # noqa: S608
            read_geometry=False,
        )
    return {str(n) for n in frame.iloc[:, 0].tolist() if not blank(n) and place_key(str(n)) in keys}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _searching(layer: _Layer, column: str) -> Iterator[None]:
    import pyogrio

    try:
        yield
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError, ValueError) as error:
        raise RegisterError(
            f"Layer {layer.name!r} of {layer.path.name} cannot be searched by {layer.columns[column]}.",
            hint="Convert the file to a GeoPackage with the columns that the national geo-platform gives them.",
        ) from error


def _rows(
    layer: _Layer, found: Iterator[Any], columns: Sequence[str]
) -> Iterator[tuple[list[Any], Geometry]]:
    for frame, shapes in found:
        cells = [
            frame[layer.columns[c]].tolist() if c in layer.columns else [None] * len(frame) for c in columns
        ]
        for *values, shape in zip(*cells, shapes, strict=True):
            yield [None if blank(v) else v for v in values], shape


class _Hits:
    """Places per key; the same place found twice is one place."""

    def __init__(self) -> None:
        self._places: dict[Hashable, dict[str, tuple[Geometry, Drawing]]] = {}

    def add(self, key: Hashable, shape: Geometry, drawing: Drawing) -> None:
        where = shapely.to_wkb(shapely.normalize(shapely.set_precision(shape, 0.001)), hex=True)
        self._places.setdefault(key, {})[where] = (shape, drawing)

    def one(self, key: Hashable) -> Found:
        places = list(self._places.get(key, {}).values())
        if len(places) != 1:
            return Found(candidates=len(places))
        shape, drawing = places[0]
        return Found(shape=shape, drawing=drawing, candidates=1)


def _drawing(shape: Geometry, area: Drawing) -> Drawing:
    return area if shape.geom_type in ("Polygon", "MultiPolygon") else Drawing.ADDRESS_POINT


def _by_bag_id(ids: set[str], layers: Sequence[_Layer]) -> dict[str, Found]:
    hits = _Hits()
    for layer in layers if ids else ():
        for column in ("identification", "address_id"):
            if column not in layer.columns or _PARCEL_COLUMNS.issubset(layer.columns):
                continue
            # Some copies carry the id with its domain in front.
            forms = ids | {f"NL.IMBAG.{BAG_KINDS[i[4:6]].capitalize()}.{i}" for i in ids}
            for (value,), shape in _rows(layer, _read(layer, column, forms), (column,)):
                bag_id = parse_bag_id(value).value
                if bag_id in ids:
                    hits.add(bag_id, shape, _drawing(shape, Drawing.SURVEYED))
    return {bag_id: hits.one(bag_id) for bag_id in ids}


_ADDRESS_COLUMNS = ("postcode", "street", "town", "house_number", "house_letter", "house_suffix")


def _by_address(addresses: set[Address], layers: Sequence[_Layer]) -> dict[Address, Found]:
    """Addresses by postcode and number, or by street, number and town.

    An address without letter or addition is first taken at its word (12, not 12A). Only when there is no such address
    do the others with that number count as candidates.
    """
    exact, loose = _Hits(), _Hits()
    with_code = {a for a in addresses if a.postcode}
    without = {a for a in addresses if not a.postcode}
    for layer in layers if addresses else ():
        if "house_number" not in layer.columns:
            continue
        if with_code and "postcode" in layer.columns:
            codes = {a.postcode for a in with_code}
            found = _read(layer, "postcode", codes | {f"{code[:4]} {code[4:]}" for code in codes})
            _match(layer, found, with_code, lambda a: (a.postcode, a.number), exact, loose)
        if without and {"street", "town"}.issubset(layer.columns):
            found = _read(layer, "town", _spellings(layer, "town", {a.town for a in without}))
            _match(layer, found, without, lambda a: (a.street, a.town, a.number), exact, loose)
    return {a: exact.one(a) if exact.one(a).candidates else loose.one(a) for a in addresses}


def _match(
    layer: _Layer,
    found: Iterator[Any],
    wanted: set[Address],
    key: Callable[[Address], Hashable],
    exact: _Hits,
    loose: _Hits,
) -> None:
    by_key: dict[Hashable, list[Address]] = {}
    for address in wanted:
        by_key.setdefault(key(address), []).append(address)
    for values, shape in _rows(layer, found, _ADDRESS_COLUMNS):
        postcode, street, town, number, letter, suffix = values
        there = make_address(
            postcode=postcode, street=street, town=town, number=number, letter=letter, suffix=suffix
        )
        for address in by_key.get(key(there), ()):
            drawing = _drawing(shape, Drawing.SURVEYED)
            if _additions(there) == _additions(address):
                exact.add(address, shape, drawing)
            elif not address.letter and not address.suffix:
                loose.add(address, shape, drawing)


def _additions(address: Address) -> str:
    """Letter and addition run together: registers disagree about which is which."""
    return address.letter + address.suffix


def _by_parcel(parcels: set[Parcel], layers: Sequence[_Layer]) -> dict[Parcel, Found]:
    hits = _Hits()
    for layer in layers if parcels else ():
        if not _PARCEL_COLUMNS.issubset(layer.columns):
            continue
        columns = ("cadastral_code", "cadastral_name", "section", "parcel_number")
        found = _read(layer, "parcel_number", {p.number for p in parcels})
        for (code, name, section, number), shape in _rows(layer, found, columns):
            for place in {str(n) for n in (code, name) if n is not None}:
                parcel = make_parcel(place, section, number)
                if parcel in parcels:
                    hits.add(parcel, shape, _drawing(shape, Drawing.PARCEL))
    return {parcel: hits.one(parcel) for parcel in parcels}
