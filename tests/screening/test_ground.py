"""What each pixel serves as: watched, control, or neither."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from rasterio.transform import Affine
from shapely import Point, Polygon, box

from imagery.domain import Site
from imagery.screening.ground import Grounds, ground_image, pixel_centres
from imagery.stores.records import CONTROL, OTHER, WATCHED

RD = "EPSG:28992"


def rd_grid(rows: int, columns: int) -> GeoBox:
    return GeoBox((rows, columns), Affine(10, 0, 155000, 0, -10, 463000), RD)


def test_pixel_centres_are_rows_down_and_columns_right() -> None:
    centres = pixel_centres(rd_grid(3, 5), RD)
    assert centres.shape == (3, 5)
    assert centres[0, 0].equals(Point(155005, 462995))
    assert centres[2, 4].equals(Point(155045, 462975))


def test_pixel_centres_are_carried_into_the_system_of_the_register() -> None:
    grid = GeoBox((4, 4), Affine(10, 0, 650000, 0, -10, 5780000), "EPSG:32631")
    centres = pixel_centres(grid, RD)
    x, y = Transformer.from_crs("EPSG:32631", RD, always_xy=True).transform(650025, 5779995)
    assert centres[0, 2].distance(Point(x, y)) < 1e-6


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(st.integers(0, 25), st.integers(0, 25), st.integers(1, 8), st.integers(1, 8)),
    st.tuples(st.integers(0, 25), st.integers(0, 25), st.integers(1, 8), st.integers(1, 8)),
    st.sampled_from([0.0, 15.0, 60.0]),
)
def test_the_ground_image_agrees_with_a_plain_loop(
    one: tuple[int, int, int, int], two: tuple[int, int, int, int], margin_m: float
) -> None:
    def ground(c: int, r: int, w: int, h: int) -> Polygon:
        return box(155000 + 10 * c, 463000 - 10 * (r + h), 155000 + 10 * (c + w), 463000 - 10 * r)

    site, other = Site(geometry=ground(*one), crs=RD), ground(*two)
    grid = rd_grid(30, 30)
    found = ground_image(grid, site, other, margin_m=margin_m)
    centres = pixel_centres(grid, RD)
    for row in range(30):
        for column in range(30):
            mine = shapely.distance(site.geometry, centres[row, column])
            theirs = shapely.distance(other, centres[row, column])
            expected = WATCHED if mine <= min(margin_m, theirs) else CONTROL
            if expected == CONTROL and min(mine, theirs) <= margin_m:
                expected = OTHER
            assert found[row, column] == expected, (row, column)


def test_each_pixel_between_two_sites_is_watched_for_one_of_them_only() -> None:
    grid = rd_grid(20, 40)
    left = Site(geometry=box(155050, 462850, 155150, 462950), crs=RD)
    right = Site(geometry=box(155203, 462850, 155303, 462950), crs=RD)
    grounds = Grounds([left, right])
    watched = [
        ground_image(grid, site, grounds.others(site, 200), margin_m=60) == WATCHED for site in (left, right)
    ]
    assert not (watched[0] & watched[1]).any()
    assert watched[0].sum() > 100
    assert watched[1].sum() > 100


def test_ground_of_sites_out_of_reach_plays_no_part() -> None:
    near, far = (Site(geometry=box(x, 0, x + 10, 10), crs=RD) for x in (30, 5000))
    site = Site(geometry=box(0, 0, 10, 10), crs=RD)
    others = Grounds([site, near, far]).others(site, 100)
    assert others.equals(near.geometry)
    assert Grounds([site]).others(site, 100).is_empty


@pytest.mark.parametrize("value", [WATCHED, CONTROL, OTHER])
def test_the_marks_are_small_whole_numbers(value: np.uint8) -> None:
    assert np.asarray(value).dtype == np.uint8
