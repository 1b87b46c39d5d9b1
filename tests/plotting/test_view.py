"""Where shapes, north and a metre lie on a picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox
from pyproj import Geod, Transformer
from shapely.geometry import MultiPolygon, Point, Polygon, box

from imagery.errors import GridMismatchError
from imagery.plotting.view import (
    crs_text,
    metres_per_column,
    north_on,
    on_grid,
    oriented,
    pixels_in,
    rings_on,
    view_of,
)

UTM = "EPSG:32631"


def test_corners_of_pixels_lie_on_whole_picture_coordinates(
    geobox: GeoBox, ground: Callable[..., Any]
) -> None:
    shape = on_grid(geobox, ground(3, 7, 11, 20), UTM)
    assert shape.bounds == pytest.approx((11, 3, 20, 7))


def test_a_shape_in_another_system_lands_where_its_corners_do(
    geobox: GeoBox, ground: Callable[..., Any]
) -> None:
    there = Transformer.from_crs(UTM, "EPSG:28992", always_xy=True)
    corners = [there.transform(x, y) for x, y in ground(3, 7, 11, 20).exterior.coords]
    (ring,) = rings_on(geobox, Polygon(corners), "EPSG:28992")
    # The grid shifts of RDNAPTRANS may be absent: then both ways agree to centimetres.
    assert ring.min(axis=0) == pytest.approx([11, 3], abs=0.05)
    assert ring.max(axis=0) == pytest.approx([20, 7], abs=0.05)


def test_holes_and_parts_keep_their_rings(geobox: GeoBox, ground: Callable[..., Any]) -> None:
    shape = MultiPolygon([ground(2, 12, 2, 12).difference(ground(5, 7, 5, 7)), ground(20, 22, 30, 33)])
    assert len(rings_on(geobox, shape, UTM)) == 3
    assert rings_on(geobox, Polygon(), UTM) == []


def test_pixels_in_a_shape_agree_with_a_plain_loop(geobox: GeoBox) -> None:
    shape = Polygon([(600_033, 5_699_970), (600_322, 5_699_900), (600_250, 5_699_690), (600_041, 5_699_801)])
    wanted = np.zeros(geobox.shape, dtype=bool)
    for row in range(40):
        for col in range(50):
            x, y = geobox.affine * (col + 0.5, row + 0.5)
            wanted[row, col] = shape.contains(Point(x, y))
    assert wanted.any()
    assert not np.array_equal(wanted, wanted[::-1])
    np.testing.assert_array_equal(pixels_in(geobox, shape, UTM), wanted)


def test_a_shape_smaller_than_a_pixel_has_the_pixel_it_lies_in(geobox: GeoBox) -> None:
    tiny = box(600_121, 5_699_932, 600_123, 5_699_933)
    assert np.argwhere(pixels_in(geobox, tiny, UTM)).tolist() == [[6, 12]]
    beyond = box(700_000, 5_699_932, 700_002, 5_699_933)
    assert not pixels_in(geobox, beyond, UTM).any()


@given(row=st.integers(0, 38), col=st.integers(0, 48), rows=st.integers(1, 40), cols=st.integers(1, 50))
def test_a_view_holds_its_shape_and_stays_on_the_grid(row: int, col: int, rows: int, cols: int) -> None:
    grid = GeoBox((40, 50), Affine(10, 0, 600_000, 0, -10, 5_700_000), UTM)
    row_end, col_end = min(row + rows, 40), min(col + cols, 50)
    shape = box(600_000 + 10 * col, 5_700_000 - 10 * row_end, 600_000 + 10 * col_end, 5_700_000 - 10 * row)
    view = view_of(grid, [(shape, UTM)])
    assert 0 <= view.rows.start <= row
    assert row_end <= view.rows.stop <= 40
    assert 0 <= view.cols.start <= col
    assert col_end <= view.cols.stop <= 50
    assert view.shape == (view.rows.stop - view.rows.start, view.cols.stop - view.cols.start)
    corner = view.geobox.affine * (0, 0)
    assert corner == pytest.approx(grid.affine * (view.cols.start, view.rows.start))


def test_without_shapes_the_whole_grid_is_shown(geobox: GeoBox) -> None:
    assert view_of(geobox, []).shape == (40, 50)


def test_north_is_up_on_the_central_meridian_and_turned_far_from_it() -> None:
    straight = GeoBox((10, 10), Affine(10, 0, 500_000, 0, -10, 5_700_000), UTM)
    assert north_on(straight) == pytest.approx((0, -1), abs=1e-4)
    # Meridian convergence of an equal-area azimuthal projection, by an azimuth on the ellipsoid instead.
    turned = GeoBox((10, 10), Affine(10, 0, 5_272_000, 0, -10, 2_533_000), "EPSG:3035")
    back = Transformer.from_crs("EPSG:3035", "EPSG:4326", always_xy=True)
    low, high = back.transform(5_272_050, 2_532_900), back.transform(5_272_050, 2_533_000)
    azimuth = math.radians(Geod(ellps="GRS80").inv(*low, *high)[0])
    assert abs(math.degrees(azimuth)) > 5
    assert north_on(turned) == pytest.approx((-math.sin(azimuth), -math.cos(azimuth)), abs=2e-3)


def test_a_grid_that_runs_south_up_is_drawn_the_other_way() -> None:
    south_up = GeoBox((10, 10), Affine(10, 0, 500_000, 0, 10, 5_600_000), UTM)
    assert oriented(south_up) == (True, False)
    assert north_on(south_up) == pytest.approx((0, 1), abs=1e-4)


def test_the_length_of_a_column_is_true_in_degrees_and_web_mercator(geobox: GeoBox) -> None:
    assert metres_per_column(geobox) == pytest.approx(10, rel=0.01)
    degrees = GeoBox((10, 10), Affine(0.001, 0, 5, 0, -0.001, 52), "EPSG:4326")
    assert metres_per_column(degrees) == pytest.approx(
        Geod(ellps="WGS84").inv(5, 51.995, 5.001, 51.995)[2], rel=1e-3
    )
    mercator = GeoBox((10, 10), Affine(10, 0, 556_600, 0, -10, 6_800_000), "EPSG:3857")
    assert metres_per_column(mercator) == pytest.approx(6.15, abs=0.1)


def test_a_grid_without_a_reference_system_is_refused() -> None:
    with pytest.raises(GridMismatchError, match="no reference system"):
        crs_text(GeoBox((4, 4), Affine(1, 0, 0, 0, -1, 0), None))
