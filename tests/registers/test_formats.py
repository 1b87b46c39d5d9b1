"""The same three permits in every format give the same permits; damaged and odd files are told."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from imagery.domain import Drawing
from imagery.errors import ParameterError, RegisterError
from imagery.registers import ColumnProfile, Register, Severity, read_register

Read = Callable[[Path], Register | None]
SHAPES = [
    shapely.box(155000, 463000, 155100, 463100),
    shapely.MultiPolygon(
        [shapely.box(156000, 463000, 156050, 463100), shapely.box(156060, 463000, 156090, 463050)]
    ),
    shapely.Point(158000, 464000),
]
COLUMNS = {
    "vergunning": ["V-1", "V-2", "V-3"],
    "activiteit": ["opslag van grond", "bouwen loods", "kappen"],
    "geldig_van": [date(2019, 1, 31), date(2020, 2, 1), None],
    "geldig_tot": [None, date(2030, 12, 31), date(2021, 6, 30)],
    "max_hoogte": [4.5, None, 12.0],
    "bg": ["Gemeente Één", "Provincie", None],
}
PROFILE_NAMES = {"vergunning": "kenmerk"}


def frame(crs: str = "EPSG:28992") -> geopandas.GeoDataFrame:
    columns = {PROFILE_NAMES.get(name, name): values for name, values in COLUMNS.items()}
    return geopandas.GeoDataFrame(columns, geometry=SHAPES, crs="EPSG:28992").to_crs(crs)


def dutch(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def as_csv(folder: Path) -> Path:
    path = folder / "register.csv"
    names = [PROFILE_NAMES.get(n, n) for n in COLUMNS]
    rows = [
        ";".join([*map(dutch, row), shape.wkt]) for *row, shape in zip(*COLUMNS.values(), SHAPES, strict=True)
    ]
    path.write_text("\n".join([";".join([*names, "wkt"]), *rows]), encoding="cp1252")
    return path


def as_excel(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Export vergunningen"])
    sheet.append([PROFILE_NAMES.get(n, n) for n in COLUMNS] + ["geometrie"])
    for *row, shape in zip(*COLUMNS.values(), SHAPES, strict=True):
        sheet.append([*row, shape.wkt])
    book.create_sheet("Toelichting")
    book.save(folder / "register.xlsx")
    return folder / "register.xlsx"


def as_geopackage(folder: Path) -> Path:
    frame().to_file(folder / "register.gpkg", layer="vergunningen")
    return folder / "register.gpkg"


def as_geojson(folder: Path) -> Path:
    path = folder / "register.geojson"
    path.write_text(frame("EPSG:4326").to_json(default=str), encoding="utf-8")
    return path


def as_old_geojson(folder: Path) -> Path:
    """In RD, with the crs member that RFC 7946 took out."""
    content = json.loads(frame().to_json(drop_id=True, default=str))
    content["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    path = folder / "old.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def as_geojson_in_rd_that_does_not_say_so(folder: Path) -> Path:
    content = json.loads(frame().to_json(drop_id=True, default=str))
    content.pop("crs", None)
    path = folder / "rd.geojson"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def as_zipped_shapefile(folder: Path) -> Path:
    inside = folder / "shape"
    inside.mkdir()
    polygons = frame()
    polygons.geometry = [s if s.geom_type != "Point" else s.buffer(50) for s in polygons.geometry]
    polygons.to_file(inside / "vergunningen.shp", encoding="utf-8")
    with zipfile.ZipFile(folder / "register.zip", "w") as archive:
        for file in inside.iterdir():
            archive.write(file, f"export/{file.name}")
    return folder / "register.zip"


def as_shapefile(folder: Path) -> Path:
    as_zipped_shapefile(folder)
    return folder / "shape" / "vergunningen.shp"


def as_geoparquet(folder: Path) -> Path:
    frame("EPSG:4258").to_parquet(folder / "register.parquet")
    return folder / "register.parquet"


def as_parquet(folder: Path) -> Path:
    table = pd.DataFrame(frame().drop(columns="geometry"))
    table["wkt"] = [shape.wkt for shape in SHAPES]
    table.to_parquet(folder / "register.parquet")
    return folder / "register.parquet"


WRITERS: list[Callable[[Path], Path]] = [
    as_csv, as_excel, as_geopackage, as_geojson, as_old_geojson, as_geojson_in_rd_that_does_not_say_so,
    as_zipped_shapefile, as_shapefile, as_geoparquet, as_parquet,
]  # fmt: skip


@pytest.mark.parametrize("write", WRITERS, ids=lambda w: w.__name__)
def test_every_format_gives_the_same_permits(write: Callable[[Path], Path], tmp_path: Path) -> None:
    register = read_register(write(tmp_path))
    assert register.crs == "EPSG:28992"
    assert len(register.permits) == register.n_rows == 3
    assert [p.reference for p in register.permits] == COLUMNS["vergunning"]
    assert [p.activity_text for p in register.permits] == COLUMNS["activiteit"]
    assert [p.valid_from for p in register.permits] == COLUMNS["geldig_van"]
    assert [p.valid_to for p in register.permits] == COLUMNS["geldig_tot"]
    assert [p.limits.height_m for p in register.permits] == COLUMNS["max_hoogte"]
    assert [p.authority for p in register.permits] == ["Gemeente Één", "Provincie", ""]
    expected = [SHAPES[0], SHAPES[1], SHAPES[2].buffer(50)]
    for permit, shape in zip(register.permits, expected, strict=True):
        assert permit.footprint.geometry.hausdorff_distance(shape) < 0.002
    assert len(register.sites) == 3
    assert not register.count(Severity.DROPPED)
    if "shape" not in write.__name__:
        assert [p.footprint.drawing for p in register.permits] == [
            Drawing.SKETCH,
            Drawing.SKETCH,
            Drawing.ADDRESS_POINT,
        ]
        assert [p.footprint.accuracy_m for p in register.permits] == [5.0, 5.0, 50.0]


def test_the_note_says_what_was_transformed(tmp_path: Path) -> None:
    assert "Nothing was transformed" in read_register(as_geopackage(tmp_path)).transform_note
    register = read_register(as_geojson(tmp_path))
    assert register.source_crs == ("EPSG:4326",)
    assert "RDNAPTRANS" in register.transform_note


def test_geojson_in_rd_that_does_not_say_so_is_read_as_rd_and_said(tmp_path: Path) -> None:
    register = read_register(as_geojson_in_rd_that_does_not_say_so(tmp_path))
    assert [p.value for p in register.problems if p.code == "crs_inferred"] == ["EPSG:28992"]


def test_a_stated_system_goes_before_that_of_the_file_and_it_is_said(tmp_path: Path) -> None:
    register = read_register(as_geopackage(tmp_path), crs="EPSG:28991", metric_crs="EPSG:28991")
    assert register.crs == "EPSG:28991"
    assert [p.value for p in register.problems if p.code == "crs_overruled"] == ["EPSG:28992"]
    usual = ColumnProfile(columns={"reference": ("kenmerk",)}, crs="EPSG:4326")
    assert read_register(tmp_path / "register.gpkg", profile=usual).source_crs == ("EPSG:28992",)


def test_a_second_sheet_or_layer_is_named_to_be_read(tmp_path: Path) -> None:
    path = as_excel(tmp_path)
    assert "other_sheets" in {p.code for p in read_register(path).problems}
    assert "other_sheets" not in {p.code for p in read_register(path, layer="Sheet").problems}
    with pytest.raises(RegisterError, match=r"'Toelichting' of register\.xlsx is empty"):
        read_register(path, layer="Toelichting")
    with pytest.raises(RegisterError, match="no sheet called 'Blad1'"):
        read_register(path, layer="Blad1")
    package = as_geopackage(tmp_path)
    frame().iloc[:1].to_file(package, layer="andere")
    with pytest.raises(RegisterError, match="2 layers, and none was named") as caught:
        read_register(package)
    assert "andere" in caught.value.hint
    assert read_register(package, layer="andere").n_rows == 1
    with pytest.raises(RegisterError, match="no layer called"):
        read_register(package, layer="derde")
    with pytest.raises(ParameterError, match="has no layers"):
        read_register(as_csv(tmp_path), layer="x")


def test_an_empty_layer_is_told(tmp_path: Path) -> None:
    frame().iloc[:0].to_file(tmp_path / "leeg.gpkg")
    with pytest.raises(RegisterError, match="holds no rows"):
        read_register(tmp_path / "leeg.gpkg")


def test_a_layer_without_shapes_is_a_table(tmp_path: Path) -> None:
    table = pd.DataFrame({"kenmerk": ["V-1"], "x_rd": [155000], "y_rd": [463000]})
    pyogrio.write_dataframe(table, tmp_path / "tabel.gpkg", layer="tabel")
    assert read_register(tmp_path / "tabel.gpkg").permits[0].footprint is not None


def test_a_geopackage_without_a_system_is_told_by_its_range(tmp_path: Path) -> None:
    without = geopandas.GeoDataFrame({"kenmerk": ["V-1"]}, geometry=[SHAPES[0]])
    with pytest.warns(UserWarning, match="crs"):
        without.to_file(tmp_path / "zonder.gpkg")
    register = read_register(tmp_path / "zonder.gpkg")
    assert register.permits[0].footprint.area_m2 == pytest.approx(10_000)
    assert "crs_inferred" in {p.code for p in register.problems}


def test_of_two_shapefiles_in_a_zip_one_is_named(tmp_path: Path) -> None:
    path = as_zipped_shapefile(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        for file in (tmp_path / "shape").iterdir():
            archive.write(file, f"export/tweede{file.suffix}")
    with pytest.raises(RegisterError, match="2 layers"):
        read_register(path)
    assert read_register(path, layer="tweede").n_rows == 3


def test_a_shapefile_without_its_parts_is_told(tmp_path: Path) -> None:
    path = as_shapefile(tmp_path)
    path.with_suffix(".shx").unlink()
    with pytest.raises(RegisterError, match="cannot be read"):
        read_register(path)


def test_cut_column_names_of_a_shapefile_are_known(tmp_path: Path) -> None:
    table = geopandas.GeoDataFrame(
        {"zaakidenti": ["V-1"], "inwerkingt": ["1-2-2020"], "bevoegd_ge": ["G"]},
        geometry=SHAPES[:1],
        crs="EPSG:28992",
    )
    table.to_file(tmp_path / "kort.shp")
    permit = read_register(tmp_path / "kort.shp").permits[0]
    assert (permit.reference, permit.valid_from, permit.authority) == ("V-1", date(2020, 2, 1), "G")


@pytest.mark.parametrize(
    "write", [as_excel, as_geopackage, as_zipped_shapefile, as_geoparquet], ids=lambda w: w.__name__
)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_that_was_cut_short_is_told(
    write: Callable[[Path], Path], share: float, tmp_path: Path, read_or_refuse: Read
) -> None:
    path = write(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    register = read_or_refuse(path)
    # SQLite may still hand over whole rows; then none of them may be missing.
    assert register is None or register.n_rows == 3


@pytest.mark.parametrize("write", WRITERS, ids=lambda w: w.__name__)
def test_a_damaged_file_is_read_or_refused_and_never_crashes(
    write: Callable[[Path], Path], tmp_path: Path, read_or_refuse: Read
) -> None:
    path = write(tmp_path)
    whole = path.read_bytes()
    rng = np.random.default_rng(len(whole))
    for _ in range(12):
        data = bytearray(whole)
        for place in rng.integers(0, len(data), rng.integers(1, 20)):
            data[place] = rng.integers(0, 256)
        path.write_bytes(data[: rng.integers(1, len(data) + 1)] if rng.random() < 0.3 else data)
        register = read_or_refuse(path)
        if register is not None:
            assert register.n_rows == len(register.permits) + register.n_watched + register.n_dropped


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ('{"type": "FeatureCollection", "features": [', "not whole JSON"),
        ("[1, 2]", "JSON and not GeoJSON"),
        ('{"type": "Topology"}', "JSON and not GeoJSON"),
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        ("[" * 100_000, "nested too deeply|not whole JSON"),
    ],
)
def test_json_that_is_no_register_is_told(content: str, match: str, tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(content)
    with pytest.raises(RegisterError, match=match):
        read_register(path)


def test_one_broken_feature_costs_only_itself(tmp_path: Path) -> None:
    shapes = [
        {"type": "Point", "coordinates": [5.1, 52.1]},
        {"type": "Polygon", "coordinates": [[[5.1, 52.1], [5.2, 52.2]]]},
        {"type": "Point", "coordinates": ["5.1", None]},
        None,
        "nonsense",
    ]
    features: list[object] = [
        {
            "type": "Feature",
            "geometry": shape,
            "properties": {"zaaknummer": f"Z-{i}", "activiteit": "opslag", "tags": ["a"]},
        }
        for i, shape in enumerate(shapes)
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [*features, 7]}))
    register = read_register(path)
    assert register.n_rows == 6
    assert [p.reference for p in register.permits] == ["Z-0", "Z-3"]
    assert {p.row: p.code for p in register.problems if p.severity is Severity.DROPPED} == {
        3: "unreadable_shape", 4: "unreadable_shape", 6: "unreadable_shape", 7: "no_permit",
    }  # fmt: skip


def test_a_formula_without_a_stored_result_is_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Zaaknummer", "x", "y", "Geldig tot"])
    sheet.append(["Z-1", 155000, 463000, "=TODAY()"])
    sheet.append(["Z-2", 155000, 464000, date(2020, 1, 1)])
    book.save(tmp_path / "a.xlsx")
    register = read_register(tmp_path / "a.xlsx")
    found = [p for p in register.problems if p.code == "formula_without_result"]
    assert [(p.row, p.column, p.value) for p in found] == [(2, "Geldig tot", "=TODAY()")]
    assert register.permits[1].valid_to == date(2020, 1, 1)


def test_excel_cells_keep_their_kind(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(
        ["Zaaknummer", "x", "y", "Ingangsdatum", "Geldig tot", "max_hoogte", "Bevoegd gezag", "Activiteit"]
    )
    sheet.append([2020001, 155000.25, 463000, 43831, "31-12-2025", "4,5", "#N/A", 12])
    sheet.append([None, None, None])
    sheet.append([2020002.0, "155.000", "464.000", 20200201, None, None, "g", "opslag"])
    book.save(tmp_path / "a.xlsx")
    register = read_register(tmp_path / "a.xlsx")
    first, second = register.permits
    assert (first.reference, first.valid_from, first.valid_to) == (
        "2020001",
        date(2020, 1, 1),
        date(2025, 12, 31),
    )
    assert (first.limits.height_m, first.authority, first.activity_text) == (4.5, "", "12")
    assert (second.reference, second.valid_from) == ("2020002", date(2020, 2, 1))
    assert second.footprint.geometry.centroid.distance(shapely.Point(155000, 464000)) < 0.01
    assert register.permit_rows == (2, 4)
    assert {"excel_day_number", "excel_error"} <= {p.code for p in register.problems}


def test_an_arc_as_text_cannot_be_read_and_costs_only_itself(tmp_path: Path) -> None:
    arc = (
        "CURVEPOLYGON(CIRCULARSTRING(155000 463000,155100 463100,155200 463000,155100 462900,155000 463000))"
    )
    source = tmp_path / "boog.csv"
    source.write_text(f"kenmerk;wkt\nV-1;{arc}\nV-2;{SHAPES[0].wkt}\n")
    register = read_register(source)
    assert {p.row: p.code for p in register.problems if p.severity is Severity.DROPPED} == {
        2: "unreadable_shape"
    }
    assert [p.reference for p in register.permits] == ["V-2"]
