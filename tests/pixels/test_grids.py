"""Grids: size of a pixel on the ground, shapes onto grids, windows of whole pixels."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox

from imagery.errors import GeometryError, GridMismatchError
from imagery.pixels.grids import (
    enclosing_window,
    grid_place,
    map_place,
    pixel_area_m2,
    pixel_sides_m,
    pixel_size_m,
    rasterise,
    to_crs,
    transformer,
    window_grid,
)

UTM = GeoBox((12, 17), Affine(10, 0, 644_550, 0, -10, 5_676_350), "EPSG:32631")


def grid(crs: str, x: float, y: float, step: float, shape: tuple[int, int] = (10, 10)) -> GeoBox:
    return GeoBox(shape, Affine(step, 0, x, 0, -step, y), crs)


@pytest.mark.parametrize(
    "geobox",
    [
        UTM,
        grid("EPSG:28992", 155_000, 463_000, 10.0),
        grid("EPSG:3035", 5_271_982, 2_533_004, 10.0),
    ],
    ids=["UTM", "RD New", "LAEA Europe"],
)
def test_a_metric_grid_keeps_the_size_that_it_states(geobox: GeoBox) -> None:
    assert pixel_size_m(geobox) == 10.0
    assert pixel_area_m2(geobox) == 100.0


def test_web_mercator_pixels_shrink_with_the_latitude() -> None:
    x, y = transformer("EPSG:4326", "EPSG:3857").transform(5.0, 52.0)
    width, height = pixel_sides_m(grid("EPSG:3857", x, y, 10.0))
    assert width == pytest.approx(10 * math.cos(math.radians(52)), rel=5e-3)
    assert height == pytest.approx(width, rel=1e-2)


def test_pixels_in_degrees_are_measured_on_the_ellipsoid() -> None:
    width, height = pixel_sides_m(grid("EPSG:4326", 5.0, 52.0, 1e-4))
    assert height == pytest.approx(11.13, abs=0.02)
    assert width == pytest.approx(11.13 * math.cos(math.radians(52)), rel=5e-3)
    assert pixel_size_m(grid("EPSG:4326", 5.0, 52.0, 1e-4)) == pytest.approx(math.sqrt(width * height))


def test_pixels_in_feet_are_given_in_metres() -> None:
    x, y = transformer("EPSG:4326", "EPSG:2263").transform(-74.0, 40.7)
    assert pixel_size_m(grid("EPSG:2263", x, y, 10.0)) == pytest.approx(3.048, rel=1e-3)


def test_a_grid_without_a_system_has_no_size() -> None:
    with pytest.raises(GridMismatchError, match="no reference system"):
        pixel_size_m(GeoBox((3, 3), Affine(10, 0, 0, 0, -10, 0), None))


def test_lon_comes_before_lat_and_x_before_y() -> None:
    amersfoort = to_crs(shapely.Point(155_000, 463_000), "EPSG:28992", "EPSG:4326")
    assert (round(amersfoort.x, 3), round(amersfoort.y, 3)) == (5.387, 52.155)


@given(st.floats(20_000, 270_000), st.floats(320_000, 610_000))
def test_there_and_back_is_the_same_place(x: float, y: float) -> None:
    point = shapely.Point(x, y)
    back = to_crs(to_crs(point, "EPSG:28992", "EPSG:32631"), "EPSG:32631", "EPSG:28992")
    assert back.distance(point) < 1e-3


def test_the_same_system_gives_the_same_shape() -> None:
    shape = shapely.Point(1, 2)
    assert to_crs(shape, "EPSG:28992", "EPSG:28992") is shape


def test_long_sides_may_bend_when_asked() -> None:
    box = shapely.box(0, 50, 12, 54)
    plain = to_crs(box, "EPSG:4326", "EPSG:32631")
    bent = to_crs(box, "EPSG:4326", "EPSG:32631", densify=True)
    assert bent.bounds[1] < plain.bounds[1] - 1000  # the southern side hangs through


def test_an_unknown_system_is_named() -> None:
    with pytest.raises(GeometryError, match="EPSG:999999"):
        to_crs(shapely.Point(0, 0), "EPSG:999999", "EPSG:4326")


def test_a_place_that_the_target_does_not_know_is_refused() -> None:
    with pytest.raises(GeometryError, match="no place in EPSG:28992"):
        to_crs(shapely.Point(5, 95), "EPSG:4326", "EPSG:28992")


triangles = st.lists(
    st.tuples(st.floats(-20, 190), st.floats(-20, 140)), min_size=3, max_size=3, unique=True
).filter(lambda corners: shapely.Polygon(corners).area > 1)


@given(triangles)
def test_a_shape_takes_the_pixels_whose_centre_lies_in_it(corners: list[tuple[float, float]]) -> None:
    shape = shapely.Polygon([(644_550 + x, 5_676_350 - y) for x, y in corners])
    inside = rasterise(shape, UTM)
    touched = rasterise(shape, UTM, all_touched=True)
    for row in range(UTM.shape[0]):
        for column in range(UTM.shape[1]):
            centre = shapely.Point(map_place(UTM, row + 0.5, column + 0.5))
            if shape.boundary.distance(centre) > 1e-6:  # on the edge either answer is right
                assert inside[row, column] == shape.contains(centre)
            left, top = map_place(UTM, row, column)
            if touched[row, column]:
                assert shape.distance(shapely.box(left, top - 10, left + 10, top)) < 1e-6
    assert (touched | ~inside).all()


def test_a_shape_of_another_system_comes_to_its_place() -> None:
    left, top = map_place(UTM, 3, 5)
    pixel = shapely.box(left + 1, top - 9, left + 9, top - 1)
    elsewhere = to_crs(pixel, "EPSG:32631", "EPSG:28992")
    assert np.argwhere(rasterise(elsewhere, UTM, crs="EPSG:28992")).tolist() == [[3, 5]]


def test_an_empty_shape_gives_an_empty_image() -> None:
    assert not rasterise(shapely.Polygon(), UTM).any()


def test_all_touched_takes_a_thin_shape_that_meets_no_centre() -> None:
    left, top = map_place(UTM, 2, 2)
    sliver = shapely.box(left + 1, top - 2, left + 3, top - 1)
    assert not rasterise(sliver, UTM).any()
    assert np.argwhere(rasterise(sliver, UTM, all_touched=True)).tolist() == [[2, 2]]


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_grid_place_undoes_map_place(row: float, column: float) -> None:
    assert grid_place(UTM, *map_place(UTM, row, column)) == pytest.approx((row, column), abs=1e-6)


@given(st.floats(-100, 300), st.floats(-100, 300), st.floats(0.01, 200), st.floats(0.01, 200))
def test_a_window_holds_its_box_and_no_pixel_too_much(
    x: float, y: float, width: float, height: float
) -> None:
    left, top = 644_550 + x, 5_676_350 - y
    row, column, rows, columns = enclosing_window(UTM, (left, top - height, left + width, top))
    outer_left, outer_top = map_place(UTM, row, column)
    outer_right, outer_bottom = map_place(UTM, row + rows, column + columns)
    small = 1e-4
    assert outer_left - small <= left < outer_left + 10 + small
    assert outer_top - 10 - small < top <= outer_top + small
    assert outer_right - 10 - small < left + width <= outer_right + small
    assert outer_bottom - small <= top - height < outer_bottom + 10 + small


def test_an_edge_on_a_pixel_boundary_adds_no_pixel() -> None:
    assert enclosing_window(UTM, (644_570, 5_676_300 - 1e-9, 644_600 + 1e-9, 5_676_330)) == (2, 2, 3, 3)


def test_a_point_on_a_crossing_still_has_a_pixel() -> None:
    assert enclosing_window(UTM, (644_570, 5_676_330, 644_570, 5_676_330)) == (2, 2, 1, 1)


def test_a_window_is_a_grid_that_may_reach_beyond() -> None:
    part = window_grid(UTM, (-1, 3, 4, 2))
    assert part.shape == (4, 2)
    assert map_place(part, 0, 0) == map_place(UTM, -1, 3)
    assert part.crs == UTM.crs
