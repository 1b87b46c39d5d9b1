"""GeoJSON as a table, feature by feature, so that one broken shape does not cost the others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.errors import RegisterError
from imagery.registers.csv_table import decode
from imagery.registers.sniffing import Kind
from imagery.registers.table import Table, object_array, tidy

NOT_GEOJSON = "Export it as GeoJSON (a FeatureCollection) or as a GeoPackage."


def read_geojson(path: Path) -> Table:
    """Read a FeatureCollection.

    Raises
    ------
    RegisterError
        If it is not JSON, not GeoJSON, or holds no features.
    """
    content = _content(path)
    features = _features(content, path)
    rows = tuple(range(2, len(features) + 2))
    features = [feature if isinstance(feature, dict) else {} for feature in features]
    told = [feature.get("properties") for feature in features]
    properties: list[Mapping[str, Any]] = [found if isinstance(found, dict) else {} for found in told]
    drawn = [feature.get("geometry") for feature in features]
    shapes = [None if shape is None else _shape(shape) for shape in drawn]
    broken = {
        i: json.dumps(shape)[:200]
        for i, (shape, found) in enumerate(zip(drawn, shapes, strict=True))
        if shape is not None and found is None
    }
    names = list(dict.fromkeys(name for found in properties for name in found))
    if "id" not in names and any(feature.get("id") is not None for feature in features):
        # The identifier of a feature stands beside its properties.
        names.append("id")
        properties = [{**p, "id": f.get("id")} for p, f in zip(properties, features, strict=True)]
    crs = _stated_crs(content)
    return Table(
        kind=str(Kind.GEOJSON),
        header=tuple(names),
        rows=rows,
        cells={name: [tidy(_plain(found.get(name))) for found in properties] for name in names},
        geometry=object_array(shapes),
        broken_shapes=broken,
        crs=crs or "OGC:CRS84",
        crs_is_stated=crs is not None,
    )


def _content(path: Path) -> dict[str, Any]:
    text, _ = decode(path.read_bytes())
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise RegisterError(
            f"{path.name} is not whole JSON: {error.msg} in line {error.lineno}.", hint="Export it again."
        ) from error
    except RecursionError:
        raise RegisterError(f"{path.name} is nested too deeply.", hint=NOT_GEOJSON) from None
    if not isinstance(content, dict):
        raise RegisterError(f"{path.name} is JSON and not GeoJSON.", hint=NOT_GEOJSON)
    return content


def _features(content: dict[str, Any], path: Path) -> Sequence[Any]:
    kind = content.get("type")
    if kind == "Feature":
        return [content]
    features = content.get("features")
    if kind != "FeatureCollection" or not isinstance(features, list):
        raise RegisterError(f"{path.name} is JSON and not GeoJSON (type {kind!r:.40}).", hint=NOT_GEOJSON)
    if not features:
        raise RegisterError(f"{path.name} holds no features.", hint="Export the register again.")
    return features


def _shape(geometry: Any) -> Geometry | None:
    """The shape, or None when it is not valid GeoJSON."""
    try:
        found: Geometry | None = shapely.from_geojson(json.dumps(geometry), on_invalid="raise")
    except (shapely.errors.GEOSException, ValueError, TypeError, NotImplementedError, RecursionError):
        return None
    return found


def _stated_crs(content: dict[str, Any]) -> str | None:
    """The reference system that files from before RFC 7946 state, as a name."""
    stated = content.get("crs")
    told = stated.get("properties") if isinstance(stated, dict) else None
    name = told.get("name") if isinstance(told, dict) else None
    return name if isinstance(name, str) and name.strip() else None


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
