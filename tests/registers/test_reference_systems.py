"""Reference systems: told, inferred, swapped axes, transformed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from imagery.errors import ParameterError, RegisterError
from imagery.registers.reference_systems import (
    RD,
    WGS84,
    axis_errors,
    contradiction,
    in_the_netherlands,
    infer_crs,
    metric_crs_asked_for,
    parse_crs,
    transform,
    transformation,
    working_crs,
)
from imagery.registers.table import object_array

ESRI_RD = (
    'PROJCS["RD_New",GEOGCS["GCS_Amersfoort",DATUM["D_Amersfoort",SPHEROID["Bessel_1841",6377397.155,299.1528128]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Double_Stereographic"],'
    'PARAMETER["False_Easting",155000.0],PARAMETER["False_Northing",463000.0],'
    'PARAMETER["Central_Meridian",5.38763888888889],PARAMETER["Scale_Factor",0.9999079],'
    'PARAMETER["Latitude_Of_Origin",52.15616055555555],UNIT["Meter",1.0]]'
)


def bounds(*xy: tuple[float, float]) -> np.ndarray:
    return np.array([(x, y, x + 1e-3, y + 1e-3) for x, y in xy], dtype=float)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("EPSG:28992", RD),
        ("epsg:28992", RD),
        ("EPSG:7415", RD),
        ("urn:ogc:def:crs:EPSG::28992", RD),
        ("http://www.opengis.net/def/crs/EPSG/0/28992", RD),
        (ESRI_RD, RD),
        ("OGC:CRS84", WGS84),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", WGS84),
        ("EPSG:4979", WGS84),
        ("EPSG:4258", "EPSG:4258"),
        ("EPSG:3035", "EPSG:3035"),
    ],
)
def test_every_name_of_a_system_becomes_its_short_name(text: str, name: str) -> None:
    assert parse_crs(text) == name


def test_an_unknown_system_is_refused_with_an_example() -> None:
    with pytest.raises(RegisterError, match="not known") as caught:
        parse_crs("het stelsel van vroeger")
    assert "EPSG:28992" in caught.value.hint


def test_the_range_of_the_coordinates_tells_the_system() -> None:
    assert infer_crs(bounds((155000, 463000), (200000, 400000))) == RD
    assert infer_crs(bounds((463000, 155000), (400000, 200000))) == RD
    assert infer_crs(bounds((5.1, 52.1))) == WGS84
    assert infer_crs(bounds((52.1, 5.1))) == WGS84
    assert infer_crs(bounds((24.0, 45.0), (24.1, 45.1))) == WGS84
    assert infer_crs(bounds((500000, 5_000_000))) is None
    assert infer_crs(np.zeros((0, 4))) is None


def test_one_stray_row_does_not_hide_the_system() -> None:
    assert infer_crs(bounds((155000, 463000), (1e7, 1e7), (155100, 463000))) == RD


def test_a_system_that_the_coordinates_cannot_be_in_is_contradicted() -> None:
    assert contradiction(bounds((5.1, 52.1)), RD) == WGS84
    assert contradiction(bounds((155000, 463000)), WGS84) == RD
    assert contradiction(bounds((155000, 463000)), RD) is None
    assert contradiction(bounds((24.0, 45.0)), WGS84) is None
    assert contradiction(bounds((24.0, 45.0)), "EPSG:32635") == WGS84


def test_swapped_axes_are_certain_in_the_netherlands() -> None:
    rd = bounds((155000, 463000), (463000, 155000), (155000, 155000), (np.inf, 463000))
    swap, outside = axis_errors(rd, RD)
    assert swap.tolist() == [False, True, False, False]
    assert outside.tolist() == [False, False, True, True]
    degrees = bounds((5.1, 52.1), (52.1, 5.1), (5.2, 52.2), (200.0, 52.0))
    swap, outside = axis_errors(degrees, WGS84)
    assert swap.tolist() == [False, True, False, False]
    assert outside.tolist() == [False, False, False, True]


def test_swapped_axes_elsewhere_are_told_by_the_other_rows() -> None:
    swap, outside = axis_errors(bounds((24.0, 45.0), (24.1, 45.1), (45.0, 24.0), (24.2, 44.9)), WGS84)
    assert swap.tolist() == [False, False, True, False]
    assert not outside.any()
    utm = bounds((500000, 5_000_000), (501000, 5_001_000), (5_000_500, 500_500))
    assert axis_errors(utm, "EPSG:32635")[0].tolist() == [False, False, True]


rd_places = st.tuples(st.floats(0, 299_000), st.floats(300_001, 624_000))


@given(st.lists(st.tuples(rd_places, st.booleans()), min_size=1, max_size=20))
def test_no_place_in_rd_is_taken_for_its_mirror(rows: list[tuple[tuple[float, float], bool]]) -> None:
    given_ = bounds(*[(p[::-1] if turned else p) for p, turned in rows])
    swap, outside = axis_errors(given_, RD)
    assert swap.tolist() == [turned for _, turned in rows]
    assert not outside.any()


@pytest.mark.parametrize(
    ("place", "lon", "lat", "inside"),
    [
        ("Maastricht", 5.69, 50.85, True),
        ("Terneuzen", 3.83, 51.33, True),
        ("Enschede", 6.89, 52.22, True),
        ("Delfzijl", 6.92, 53.33, True),
        ("Texel", 4.80, 53.05, True),
        ("Antwerpen", 4.40, 51.22, False),
        ("Gent", 3.72, 51.05, False),
        ("Aken", 6.083, 50.775, False),
        ("Bremen", 8.8, 53.08, False),
    ],
)
def test_the_netherlands_is_told_from_its_neighbours(
    place: str, lon: float, lat: float, inside: bool
) -> None:
    assert in_the_netherlands(lon, lat) is inside, place


def test_the_working_system_is_rd_at_home_and_metric_abroad() -> None:
    assert working_crs(5.2, 52.1, [WGS84]) == RD
    assert working_crs(5.2, 52.1, ["EPSG:32631"]) == RD
    assert working_crs(25.0, 45.0, [WGS84]) == "EPSG:32635"
    assert working_crs(25.0, -45.0, [WGS84]) == "EPSG:32735"
    assert working_crs(25.0, 45.0, ["EPSG:3035"]) == "EPSG:3035"
    assert working_crs(25.0, 45.0, [WGS84, "EPSG:3035"]) == "EPSG:3035"
    assert working_crs(180.0, 45.0, [WGS84]) == "EPSG:32660"


def test_a_system_in_metres_that_is_not_true_to_scale_is_not_worked_in() -> None:
    assert working_crs(25.0, 45.0, ["EPSG:3857"]) == "EPSG:32635"
    assert working_crs(-100.0, 40.0, ["EPSG:2277"]) == "EPSG:32614"  # US survey feet


def test_a_working_system_in_degrees_is_refused() -> None:
    with pytest.raises(ParameterError, match="must be in metres"):
        metric_crs_asked_for("EPSG:4326")
    assert metric_crs_asked_for("EPSG:28992") == RD


def test_degrees_and_rd_meet_at_the_tower_of_amersfoort() -> None:
    # The origin of RD: published as 52.15517 N, 5.38721 E (ETRS89) = 155000, 463000.
    tower = object_array([shapely.Point(5.38720621, 52.15517440)])
    for source in (WGS84, "EPSG:4258"):
        found = transform(tower, source, RD)[0]
        assert found.distance(shapely.Point(155_000, 463_000)) < 0.3, source


def test_there_and_back_is_the_same_place() -> None:
    there = transform(object_array([shapely.box(155000, 463000, 155100, 463200)]), RD, WGS84)
    assert (
        transform(there, WGS84, RD)[0].hausdorff_distance(shapely.box(155000, 463000, 155100, 463200)) < 1e-3
    )


def test_the_note_says_how_well_a_transformation_is_known() -> None:
    note = transformation(WGS84, RD).note
    assert "accuracy" in note
    assert "RDNAPTRANS" in note
    assert "RDNAPTRANS" not in transformation(WGS84, "EPSG:32635").note


def test_no_transformation_is_an_error_with_a_hint() -> None:
    mars = 'GEOGCS["Mars",DATUM["Mars",SPHEROID["Mars",3396190,169.894]],PRIMEM["x",0],UNIT["degree",0.0174532925199433]]'
    with pytest.raises(RegisterError, match="no transformation"):
        transformation(parse_crs(mars), RD)
