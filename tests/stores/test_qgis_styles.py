"""Styles in the GeoPackage: where QGIS looks for them, and fit for the layers as they are written."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pyogrio
import pytest

from imagery.domain import Drawing, OutcomeKind, Relation, Standing
from imagery.errors import CorruptRunError
from imagery.stores.geopackage import (
    COVERAGE_COLUMNS,
    PERMIT_COLUMNS,
    SIGNAL_COLUMNS,
    SITE_COLUMNS,
    write_geopackage,
)
from imagery.stores.qgis_styles import DESCRIPTIONS, LAYERS, store_styles, style_of
from imagery.stores.records import SiteRecord

COLUMNS = {
    "signals": SIGNAL_COLUMNS,
    "sites": SITE_COLUMNS,
    "permits": PERMIT_COLUMNS,
    "coverage": COVERAGE_COLUMNS,
}


@pytest.fixture
def package(tmp_path: Path, record: SiteRecord) -> Path:
    """The four layers, as a run writes them."""
    path = tmp_path / "signals.gpkg"
    write_geopackage(path, [record], "EPSG:28992")
    return path


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def test_every_layer_has_a_default_style_under_its_own_name_and_geometry_column(package: Path) -> None:
    geometry = dict(rows(package, "SELECT table_name, column_name FROM gpkg_geometry_columns"))
    assert set(geometry) == set(LAYERS) == set(DESCRIPTIONS)
    stored = rows(
        package,
        "SELECT f_table_name, f_geometry_column, useAsDefault, f_table_catalog, f_table_schema, styleQML FROM layer_styles",
    )
    assert {row[0] for row in stored} == set(LAYERS)
    for name, column, default, catalog, schema, qml in stored:
        assert (column, default, catalog, schema) == (geometry[name], 1, "", "")
        assert qml == style_of(str(name))


def test_the_table_is_listed_as_attributes_and_others_can_read_it(package: Path) -> None:
    listed = rows(
        package, "SELECT data_type, identifier FROM gpkg_contents WHERE table_name = 'layer_styles'"
    )
    assert listed == [("attributes", "layer_styles")]
    assert dict(pyogrio.list_layers(package))["layer_styles"] is None
    table = pyogrio.read_dataframe(package, layer="layer_styles")
    assert list(table["f_table_name"]) == list(LAYERS)
    times = dict(rows(package, "SELECT f_table_name, update_time FROM layer_styles"))
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(time)) for time in times.values())
    assert rows(package, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_style_speaks_of_fields_that_its_layer_has(layer: str) -> None:
    style = ElementTree.fromstring(style_of(layer))
    assert style.tag == "qgis"
    assert style.findtext("layerGeometryType") == "2"
    columns = set(COLUMNS[layer])
    assert [alias.attrib["field"] for alias in style.iter("alias")] == list(COLUMNS[layer])
    used = {attr for node in style.iter("renderer-v2") if (attr := node.get("attr"))}
    for node in style.iter():
        for text in [*node.attrib.values(), node.text or ""]:
            if node.tag in ("rule", "text-style", "Option", "orderByClause", "mapTip", "previewExpression"):
                used |= set(re.findall(r'"(\w+)"', text))
    assert used
    assert used <= columns


@pytest.mark.parametrize("layer", LAYERS)
def test_every_class_has_its_own_symbol_and_no_two_differ_by_colour_alone(layer: str) -> None:
    style = ElementTree.fromstring(style_of(layer))
    classes = [*style.iter("rule"), *style.iter("category")]
    symbols = {symbol.attrib["name"]: symbol for symbol in style.iter("symbol")}
    assert [node.attrib["symbol"] for node in classes] == list(symbols)
    assert all(node.attrib["label"].strip() for node in classes)
    looks = []
    for node in classes:
        options = {
            o.attrib["name"]: o.attrib.get("value")
            for o in symbols[node.attrib["symbol"]].iter("Option")
            if "name" in o.attrib
        }
        if node.get("value") != "":
            looks.append((options["style"], options["outline_style"]))
    assert len(set(looks)) == len(looks)


def test_the_classes_are_the_values_that_are_written() -> None:
    def categories(layer: str) -> set[str]:
        style = ElementTree.fromstring(style_of(layer))
        return {node.attrib["value"] for node in style.iter("category")} - {""}

    assert categories("sites") == {kind.value for kind in OutcomeKind}
    assert categories("permits") == {drawing.value for drawing in Drawing}
    assert categories("coverage") == {"series", "pair"}
    filters = [rule.attrib["filter"] for rule in ElementTree.fromstring(style_of("signals")).iter("rule")]
    assert filters == [
        *(f"\"standing\" = 'signal' AND \"relation\" = '{r}'" for r in ("outside", "undecided", "inside")),
        "\"standing\" = 'permitted_change'",
    ]
    assert {"outside", "undecided", "inside"} == {relation.value for relation in Relation}
    assert {"signal", "permitted_change"} == {standing.value for standing in Standing}


def test_symbols_use_names_that_qgis_knows() -> None:
    brushes = {"solid", "no", "horizontal", "vertical", "cross", "b_diagonal", "f_diagonal", "diagonal_x"}
    brushes |= {f"dense{i}" for i in range(1, 8)}
    pens = {"no", "solid", "dash", "dot", "dash dot", "dash dot dot"}
    for layer in LAYERS:
        for option in ElementTree.fromstring(style_of(layer)).iter("Option"):
            if option.get("name") == "style":
                assert option.attrib["value"] in brushes
            if option.get("name") == "outline_style":
                assert option.attrib["value"] in pens


def test_storing_again_changes_nothing_and_keeps_what_a_user_saved(package: Path) -> None:
    with closing(sqlite3.connect(package)) as database, database:
        database.execute(
            "INSERT INTO layer_styles (f_table_name, f_geometry_column, styleName, styleQML, useAsDefault)"
            " VALUES ('signals', 'geom', 'mine', '<qgis/>', 0)"
        )
    query = "SELECT f_table_name, styleName, styleQML, update_time FROM layer_styles ORDER BY 1, 2"
    before = rows(package, query)
    assert store_styles(package) == LAYERS
    assert rows(package, query) == before
    assert ("signals", "mine", "<qgis/>") in [row[:3] for row in before]


def test_only_layers_that_are_there_get_a_style(package: Path) -> None:
    with closing(sqlite3.connect(package)) as database, database:
        database.execute("DELETE FROM gpkg_geometry_columns WHERE table_name IN ('sites', 'coverage')")
        database.execute("DELETE FROM layer_styles")
    assert store_styles(str(package)) == ("signals", "permits")
    with closing(sqlite3.connect(package)) as database, database:
        database.execute("DELETE FROM gpkg_geometry_columns")
        database.execute("DROP TABLE layer_styles")
        database.execute("DELETE FROM gpkg_contents WHERE table_name = 'layer_styles'")
    assert store_styles(package) == ()
    assert rows(package, "SELECT name FROM sqlite_master WHERE name = 'layer_styles'") == []


def test_a_file_that_is_no_geopackage_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(CorruptRunError, match=r"There is no GeoPackage 'none\.gpkg'"):
        store_styles(tmp_path / "none.gpkg")
    for content in (b"", b"this is not a database, and it is longer than a header of one hundred bytes." * 3):
        path = tmp_path / "odd.gpkg"
        path.write_bytes(content)
        with pytest.raises(CorruptRunError, match=r"'odd\.gpkg' cannot be used"):
            store_styles(path)
        assert path.read_bytes() == content


def test_an_error_half_way_leaves_no_half_table(package: Path) -> None:
    with closing(sqlite3.connect(package)) as database, database:
        database.execute("DROP TABLE layer_styles")
        database.execute("DELETE FROM gpkg_contents WHERE table_name = 'layer_styles'")
        database.execute(
            "CREATE TRIGGER no BEFORE INSERT ON gpkg_contents BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    with pytest.raises(CorruptRunError, match="full"):
        store_styles(package)
    assert rows(package, "SELECT name FROM sqlite_master WHERE name = 'layer_styles'") == []
