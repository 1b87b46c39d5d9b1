"""Scale bar and line styles."""

from __future__ import annotations

import math

import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox

from imagery.plotting.pen import (
    DOUBT,
    IN_FORCE,
    NOT_IN_FORCE,
    REGION,
    WATCHED,
    draw_north,
    draw_scale_bar,
    new_figure,
    round_length,
)
from imagery.plotting.view import metres_per_column


@given(st.floats(1e-3, 1e7))
def test_a_round_length_is_one_two_or_five_and_more_than_two_fifths_of_what_fits(most: float) -> None:
    length = round_length(most)
    assert length <= most * (1 + 1e-6)
    assert length > most * 0.399
    assert round(length / 10 ** math.floor(math.log10(length) + 1e-9)) in (1, 2, 5)


def test_a_length_of_nothing_is_one_metre() -> None:
    assert round_length(0.0) == round_length(float("nan")) == 1.0


@pytest.mark.parametrize(
    ("crs", "pixel", "corner"),
    [
        ("EPSG:32631", 10.0, (600_000, 5_700_000)),
        ("EPSG:4326", 0.0002, (5, 52)),
        ("EPSG:28992", 0.25, (155_000, 463_000)),
    ],
)
def test_the_bar_is_as_long_as_it_says(crs: str, pixel: float, corner: tuple[float, float]) -> None:
    geobox = GeoBox((40, 60), Affine(pixel, 0, corner[0], 0, -pixel, corner[1]), crs)
    figure = new_figure(4, 4)
    axes = figure.add_subplot()
    length_m = draw_scale_bar(axes, geobox, "nl")
    start, end = axes.lines[0].get_xdata()
    assert (end - start) * 60 * metres_per_column(geobox) == pytest.approx(length_m)
    assert axes.texts[0].get_text().removesuffix(" m").replace(".", "").replace(",", ".") == f"{length_m:g}"


@pytest.mark.parametrize("step", [-10, 10])
def test_the_north_arrow_points_up_on_any_grid_that_is_not_turned(step: int) -> None:
    geobox = GeoBox((40, 40), Affine(10, 0, 500_000, 0, step, 5_700_000), "EPSG:32631")
    figure = new_figure(4, 4)
    axes = figure.add_subplot()
    draw_north(axes, geobox, "nl")
    arrow = axes.texts[0]
    assert arrow.xy[1] - arrow.xyann[1] == pytest.approx(0.1, abs=1e-3)
    assert arrow.xy[0] - arrow.xyann[0] == pytest.approx(0, abs=1e-3)


def test_no_two_lines_differ_by_colour_alone() -> None:
    pens = (REGION, IN_FORCE, NOT_IN_FORCE, WATCHED, DOUBT)
    assert len({str(pen.dashes) for pen in pens}) == len(pens)
