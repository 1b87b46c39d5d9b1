"""Shapes put in order: text read, rings repaired, collections taken apart, points made discs."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from imagery.registers.shapes import Fate, finite, only_polygons, parse_shapes, put_in_order
from imagery.registers.table import object_array

SQUARE = "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))"


def order(*wkt: str, radius: float = 5.0):  # type: ignore[no-untyped-def]
    return put_in_order(object_array([shapely.from_wkt(text) for text in wkt]), radius)


def test_shapes_are_read_from_every_kind_of_text() -> None:
    square = shapely.from_wkt(SQUARE)
    texts = [
        SQUARE,
        SQUARE.lower(),
        f"SRID=28992;{SQUARE}",
        json.dumps(shapely.geometry.mapping(square)),
        shapely.to_wkb(square, hex=True),
        shapely.to_wkb(shapely.set_srid(square, 28992), hex=True, include_srid=True),
    ]
    shapes, crs = parse_shapes(texts)
    assert all(shape.equals(square) for shape in shapes)
    assert crs == [None, None, "EPSG:28992", None, None, "EPSG:28992"]


@pytest.mark.parametrize(
    "text",
    [
        "oops",
        "POLYGON((0 0, 1 1",
        "POLYGON((155000,5 463000,5, 155100 463000, 155100 463100, 155000,5 463000,5))",
        "POLYGON((0 0, 1 0, 1 1))",
        "CURVEPOLYGON(CIRCULARSTRING(0 0, 1 1, 2 0, 1 -1, 0 0))",
        '{"type": "Polygon", "coordinates": [[[1, 2]]]}',
        '{"type": "Nonsense"}',
        "{",
        "0101ZZ",
        "01" * 30,
        "GEOMETRYCOLLECTION(" * 100_000,
        "((((((((((((((((((((((((",
        '{"type":"GeometryCollection","geometries":[' * 1_000,
        5,
        None,
    ],
)
def test_what_cannot_be_read_is_none_and_costs_only_itself(text: object) -> None:
    shapes, _ = parse_shapes([SQUARE, text, "POINT(1 2)"])
    assert shapes[1] is None
    assert shapes[0] is not None
    assert shapes[2] is not None


def test_a_crossing_ring_is_repaired_and_said_where() -> None:
    found = order("POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))", SQUARE)
    assert found.fates == [Fate.POLYGON, Fate.POLYGON]
    assert found.shapes[0].is_valid
    assert found.shapes[0].area == pytest.approx(50)
    assert list(found.crossed) == [0]
    assert "5 5" in found.crossed[0]


def test_ground_that_two_parts_share_counts_once_and_is_not_lost() -> None:
    found = order("MULTIPOLYGON(((0 0,20 0,20 20,0 20,0 0)),((10 10,30 10,30 30,10 30,10 10)))")
    assert found.shapes[0].area == pytest.approx(700)
    assert list(found.crossed) == [0]


def test_a_hole_stays_a_hole() -> None:
    found = order("POLYGON((0 0,10 0,10 10,0 10,0 0),(2 2,4 2,4 4,2 4,2 2))")
    assert found.shapes[0].area == pytest.approx(96)
    assert not found.crossed


@pytest.mark.parametrize(
    "wkt", ["POINT(3 4)", "POINT Z(3 4 5)", "MULTIPOINT(3 4)", "GEOMETRYCOLLECTION(POINT(3 4))"]
)
def test_a_point_becomes_a_disc(wkt: str) -> None:
    found = order(wkt, radius=50.0)
    assert found.fates == [Fate.POINT]
    assert found.shapes[0].area == pytest.approx(np.pi * 2500, rel=0.01)
    assert found.shapes[0].centroid.distance(shapely.Point(3, 4)) < 1e-9


@pytest.mark.parametrize(
    ("wkt", "fate"),
    [
        ("LINESTRING(0 0, 10 0)", Fate.LINE),
        ("MULTILINESTRING((0 0, 10 0), (1 1, 2 2))", Fate.LINE),
        ("GEOMETRYCOLLECTION(LINESTRING(0 0, 10 0))", Fate.LINE),
        ("POLYGON((0 0, 10 10, 20 20, 0 0))", Fate.NO_AREA),
        ("POLYGON((0 0, 0 0, 0 0, 0 0))", Fate.NO_AREA),
        ("POLYGON EMPTY", Fate.EMPTY),
        ("GEOMETRYCOLLECTION EMPTY", Fate.EMPTY),
    ],
)
def test_what_has_no_ground_is_told(wkt: str, fate: Fate) -> None:
    found = order(SQUARE, wkt)
    assert found.fates == [Fate.POLYGON, fate]
    assert found.shapes[1] is None
    assert not found.crossed


def test_of_a_collection_the_polygons_are_kept_and_the_rest_is_said() -> None:
    found = order(
        f"GEOMETRYCOLLECTION(POINT(50 50), {SQUARE}, LINESTRING(0 0, 90 90))",
        f"GEOMETRYCOLLECTION(GEOMETRYCOLLECTION({SQUARE}), POLYGON((20 0,30 0,30 10,20 0)))",
    )
    assert [shape.area for shape in found.shapes] == pytest.approx([100, 150])
    assert found.mixed == [0]


def test_heights_are_left_out() -> None:
    assert not order("POLYGON Z((0 0 1, 10 0 2, 10 10 3, 0 0 1))").shapes[0].has_z


def test_spikes_and_touching_parts_become_plain_polygons() -> None:
    found = order(
        "POLYGON((0 0,2 0,2 2,5 5,2 2,0 2,0 0))",
        "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 0,3 0,3 2,2 2,2 0)))",
    )
    assert [shape.area for shape in found.shapes] == pytest.approx([4, 6])
    assert all(shape.geom_type in ("Polygon", "MultiPolygon") and shape.is_valid for shape in found.shapes)


def test_numbers_that_are_not_numbers_are_found() -> None:
    shapes = object_array(
        [shapely.from_wkt("POINT(nan 1)"), None, shapely.from_wkt("POINT(1 inf)"), shapely.from_wkt(SQUARE)]
    )
    assert finite(shapes).tolist() == [False, True, False, True]


def test_only_polygons_of_nothing_is_empty() -> None:
    assert only_polygons(shapely.from_wkt("LINESTRING(0 0, 1 1)")).is_empty
