"""`signals.gpkg`: the run for a GIS, four layers with stored styles and relative paths to the pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imagery.domain import Permit, Signal
from imagery.stores.files import whole_file
from imagery.stores.qgis_styles import store_styles
from imagery.stores.records import SiteRecord

if TYPE_CHECKING:
    import geopandas as gpd

SIGNAL_COLUMNS = (
    "signal_id", "site_id", "reference", "kind", "standing", "relation", "priority", "area_m2",
    "area_error_m2", "share_outside", "distance_m", "doubt_m", "last_unchanged", "first_changed", "novelty",
    "reason_nl", "reason_en", "method", "p_value", "score", "before_tif", "after_tif", "score_tif",
)  # fmt: skip
SITE_COLUMNS = ("site_id", "outcome", "note", "hint", "n_signals", "references", "authority")
PERMIT_COLUMNS = (
    "permit_id", "reference", "activities", "valid_from", "valid_to", "area_limit_m2", "authority",
    "drawing", "accuracy_m", "site_id",
)  # fmt: skip
COVERAGE_COLUMNS = ("site_id", "first_date", "last_date", "n_dates", "method", "resolution_m")

DAY_COLUMNS = ("last_unchanged", "first_changed", "valid_from", "valid_to", "first_date", "last_date")


def signal_table(records: Sequence[SiteRecord], crs: str) -> gpd.GeoDataFrame:
    """Signals and permitted changes of all sites, highest priority first, columns as in `SIGNAL_COLUMNS`."""
    rows = [_signal_row(record, signal) for record in records for signal in record.judged]
    rows.sort(key=lambda row: (row[0]["standing"] != "signal", -row[0]["priority"], row[0]["signal_id"]))
    return _table(rows, SIGNAL_COLUMNS, crs)


def site_table(records: Sequence[SiteRecord], crs: str) -> gpd.GeoDataFrame:
    """One row per site, with how it ended."""
    rows = [
        (
            {
                "site_id": record.site.site_id,
                "outcome": record.outcome.kind.value,
                "note": record.outcome.note,
                "hint": record.outcome.hint,
                "n_signals": len(record.signals),
                "references": ", ".join(record.site.references),
                "authority": record.site.authority,
            },
            record.site.geometry,
        )
        for record in records
    ]
    return _table(rows, SITE_COLUMNS, crs)


def permit_table(records: Sequence[SiteRecord], crs: str) -> gpd.GeoDataFrame:
    """One row per permit; the shape is empty where the register gives no ground."""
    rows = [
        (_permit_row(permit, record.site.site_id), permit.footprint.geometry if permit.footprint else None)
        for record in records
        for permit in record.site.permits
    ]
    return _table(rows, PERMIT_COLUMNS, crs)


def coverage_table(records: Sequence[SiteRecord], crs: str) -> gpd.GeoDataFrame:
    """Per site that was looked at: the dates and the method."""
    rows = [
        (
            {"site_id": record.site.site_id, **{k: record.facts.get(k) for k in COVERAGE_COLUMNS[1:]}},
            record.site.geometry,
        )
        for record in records
        if record.outcome.looked
    ]
    return _table(rows, COVERAGE_COLUMNS, crs)


def write_geopackage(path: Path, records: Sequence[SiteRecord], crs: str) -> None:
    """Write the four layers and their styles as one file, whole or not at all."""
    layers = {
        "signals": signal_table(records, crs),
        "sites": site_table(records, crs),
        "permits": permit_table(records, crs),
        "coverage": coverage_table(records, crs),
    }
    with whole_file(path) as temporary:
        # GDAL looks at the suffix of the name.
        draft = temporary.with_suffix(".gpkg")
        for name, table in layers.items():
            # A layer without rows has no geometry type of its own, so each layer states it.
            _for_writing(table).to_file(
                draft,
                layer=name,
                driver="GPKG",
                engine="pyogrio",
                use_arrow=True,
                geometry_type="MultiPolygon",
                promote_to_multi=True,
            )
        store_styles(draft)
        if draft != temporary:
            draft.rename(temporary)


def _signal_row(record: SiteRecord, signal: Signal) -> tuple[dict[str, Any], Any]:
    change, site_id = signal.change, record.site.site_id
    distance = signal.distance_outside_m
    row = {
        "signal_id": signal.signal_id,
        "site_id": site_id,
        "reference": ", ".join(record.site.references),
        "kind": signal.kind.value,
        "standing": signal.standing.value,
        "relation": signal.relation.value,
        "priority": round(signal.priority, 4),
        "area_m2": round(change.area_m2, 1),
        "area_error_m2": round(change.area_error_m2, 1),
        "share_outside": round(signal.share_outside, 4),
        "distance_m": None if math.isnan(distance) else round(distance, 1),
        "doubt_m": round(signal.doubt_m, 1),
        "last_unchanged": change.last_unchanged,
        "first_changed": change.first_changed,
        "novelty": signal.novelty.value,
        "reason_nl": " ".join(reason.nl for reason in signal.reasons),
        "reason_en": " ".join(reason.en for reason in signal.reasons),
        "method": change.method,
        "p_value": change.p_value,
        "score": round(change.score, 3),
        "before_tif": f"sites/{site_id}/before.tif",
        "after_tif": f"sites/{site_id}/after.tif",
        "score_tif": f"sites/{site_id}/score.tif",
    }
    return row, change.geometry


def _permit_row(permit: Permit, site_id: str) -> dict[str, Any]:
    return {
        "permit_id": permit.permit_id,
        "reference": permit.reference,
        "activities": ", ".join(permit.activities),
        "valid_from": permit.valid_from,
        "valid_to": permit.valid_to,
        "area_limit_m2": permit.limits.area_m2,
        "authority": permit.authority,
        "drawing": permit.footprint.drawing.value if permit.footprint else None,
        "accuracy_m": permit.footprint.accuracy_m if permit.footprint else None,
        "site_id": site_id,
    }


def _table(rows: Sequence[tuple[dict[str, Any], Any]], columns: Sequence[str], crs: str) -> gpd.GeoDataFrame:
    import geopandas as gpd

    data = {column: [row[column] for row, _ in rows] for column in columns}
    table = gpd.GeoDataFrame(data, geometry=[shape for _, shape in rows], crs=crs)
    for column in columns:
        table[column] = table[column].astype(_dtype(column))
    return table


def _for_writing(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The table with Arrow types, so that days are written as days and empty text columns as text."""
    import pandas as pd
    import pyarrow as pa

    written = table.copy()
    for column in table.columns.drop("geometry"):
        if column in DAY_COLUMNS:
            days = [None if pd.isna(day) else day.date() for day in table[column]]
            written[column] = pd.Series(days, index=table.index, dtype=pd.ArrowDtype(pa.date32()))
        elif table[column].dtype == object:
            written[column] = table[column].astype(pd.ArrowDtype(pa.string()))
    return written


def _dtype(column: str) -> str:
    """Types are stated, so that a layer without rows has the same columns as one with."""
    if column in DAY_COLUMNS:
        return "datetime64[ms]"
    if column in ("n_signals", "n_dates"):
        return "Int64"
    number = ("_m2", "_m", "_outside", "_value")
    return "float64" if column.endswith(number) or column in ("priority", "score") else "object"
