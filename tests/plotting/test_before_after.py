"""What is on the picture lies where it lies on the ground: read back from the drawn pixels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from affine import Affine
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from odc.geo.geobox import GeoBox
from shapely.geometry import box

from imagery.domain import Change, Kind, Permit, Relation, Signal, Site, Standing
from imagery.errors import InputError
from imagery.plotting.before_after import plot_before_after
from imagery.plotting.pairs import Picture, PicturePair
from imagery.plotting.pen import DOUBT, IN_FORCE, NOT_IN_FORCE, REGION, WATCHED

UTM = "EPSG:32631"
Drawn = npt.NDArray[np.uint8]


def drawn(figure: Figure) -> Drawn:
    """The figure as an array (H, W, 4), upper row first."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def at(figure: Figure, image: Drawn, panel: int, across: float, down: float) -> tuple[int, int, int]:
    """Colour at a share of a panel's width from its left, and of its height from its top."""
    window = figure.axes[panel].get_window_extent()
    col = int(window.x0 + across * window.width)
    row = int(image.shape[0] - window.y1 + down * window.height)
    red, green, blue = (int(v) for v in image[row, col, :3])
    return red, green, blue


def pair_of(
    geobox: GeoBox, *images: dict[str, Any], taken: tuple[datetime | None, ...] = (None, None)
) -> PicturePair:
    before, after = (Picture(bands=i, taken=t) for i, t in zip(images, taken, strict=True))
    return PicturePair(before=before, after=after, geobox=geobox)


def dark(shape: tuple[int, int]) -> dict[str, Any]:
    rng = np.random.default_rng(2)
    return {band: (0.02 + 0.01 * rng.random(shape)).astype(np.float32) for band in ("red", "green", "blue")}


@pytest.mark.parametrize("south_up", [False, True])
def test_a_bright_corner_in_the_north_west_is_drawn_upper_left__planted(south_up: bool) -> None:
    """On a south-up grid the north-western pixels are in the last rows, and are drawn above all the same."""
    affine = Affine(10, 0, 500_000, 0, 10 if south_up else -10, 5_700_000)
    image = dark((30, 30))
    rows = slice(20, 30) if south_up else slice(0, 10)
    for band in image:
        image[band][rows, 0:10] = 0.5
    figure = plot_before_after(pair_of(GeoBox((30, 30), affine, UTM), dark((30, 30)), image))
    pixels = drawn(figure)
    assert min(at(figure, pixels, 1, 0.15, 0.15)) > 200
    for across, down in ((0.75, 0.5), (0.25, 0.5), (0.55, 0.9), (0.7, 0.7)):
        assert max(at(figure, pixels, 1, across, down)) < 120
    assert max(at(figure, pixels, 0, 0.15, 0.15)) < 120


@pytest.mark.parametrize("south_up", [False, True])
def test_outlines_coincide_with_the_pixels_they_stand_for__planted(south_up: bool) -> None:
    """A bright block, and a region drawn around exactly that ground: the line runs along its edge on all four sides."""
    step = 10 if south_up else -10
    geobox = GeoBox((36, 36), Affine(10, 0, 500_000, 0, step, 5_700_000), UTM)
    image = dark((36, 36))
    for band in image:
        image[band][12:18, 20:29] = 0.5
    (left, top), (right, bottom) = geobox.affine * (20, 12), geobox.affine * (29, 18)
    region = box(left, min(top, bottom), right, max(top, bottom))
    change = Change(
        geometry=region, crs=UTM, area_m2=region.area, area_error_m2=10.0, score=5.0, p_value=0.1,
        last_unchanged=None, first_changed=datetime(2020, 6, 1, tzinfo=UTC).date(), method="pair", pixel_m=10.0,
    )  # fmt: skip
    signal = Signal(
        site_id="0" * 12, change=change, kind=Kind.EARTHWORKS, standing=Standing.SIGNAL,
        relation=Relation.OUTSIDE, share_outside=1.0, distance_outside_m=float("nan"), doubt_m=8.0,
    )  # fmt: skip
    figure = plot_before_after(pair_of(geobox, dark((36, 36)), image), signal=signal)
    pixels = drawn(figure)
    axes = figure.axes[1]
    yellow = np.array([round(255 * part) for part in to_rgb(REGION.colour)])
    corners = axes.transData.transform(axes.collections[0].get_segments()[0])
    window = axes.get_window_extent()
    low, high = corners.min(axis=0), corners.max(axis=0)
    middle = (low + high) / 2
    for x, y in ((low[0], middle[1]), (high[0], middle[1]), (middle[0], low[1]), (middle[0], high[1])):
        assert np.abs(pixels[int(pixels.shape[0] - y), int(x), :3].astype(int) - yellow).max() < 40
    # Just within the line the block is bright, just outside it is dark.
    pixel = window.width / abs(axes.get_xlim()[1] - axes.get_xlim()[0])
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        edge = middle + np.array([dx, dy]) * (high - low) / 2
        inner, outer = edge - 0.7 * pixel * np.array([dx, dy]), edge + 0.7 * pixel * np.array([dx, dy])
        assert pixels[int(pixels.shape[0] - inner[1]), int(inner[0]), :3].min() > 200
        assert pixels[int(pixels.shape[0] - outer[1]), int(outer[0]), :3].max() < 120
    # The block lies in the north-eastern quarter of a north-up grid, the south-eastern of the other.
    assert middle[0] > (window.x0 + window.x1) / 2
    assert (middle[1] > (window.y0 + window.y1) / 2) != south_up


def test_the_same_image_looks_the_same_in_both_panels(geobox: GeoBox) -> None:
    image = dark((40, 50))
    figure = plot_before_after(pair_of(geobox, image, {k: v.copy() for k, v in image.items()}))
    pixels = drawn(figure)
    for across, down in ((0.3, 0.3), (0.5, 0.6), (0.7, 0.8)):
        assert at(figure, pixels, 0, across, down) == at(figure, pixels, 1, across, down)


def test_ground_is_told_apart_by_permits_in_force(
    geobox: GeoBox, make_signal: Callable[..., Signal], make_site: Callable[..., Site]
) -> None:
    held, ended = make_site((10, 18), (10, 22), "P-1"), make_site((16, 24), (20, 30), "P-2")
    permits = (held.permits[0], ended.permits[0], Permit(reference="P-3"))
    site = Site(geometry=held.geometry.union(ended.geometry), crs=UTM, permits=permits)
    signal = make_signal((12, 20), (15, 25), permits_in_force=("P-1",), permits_expired=("P-2",))
    figure = plot_before_after(pair_of(geobox, dark((40, 50)), dark((40, 50))), site=site, signal=signal)
    pens = {c.get_colors()[0][:3].tolist().__str__(): len(c.get_segments()) for c in lines(figure)}
    colours = [str([*map(float, to_rgb(pen.colour))]) for pen in (NOT_IN_FORCE, DOUBT, IN_FORCE, REGION)]
    assert list(pens) == colours
    rows_of_ended = np.ptp(lines(figure)[0].get_segments()[0][:, 1])
    assert rows_of_ended == pytest.approx(24 - 16)
    # The band of doubt has an outer and an inner edge, 8 m to each side of the boundary.
    assert pens[colours[1]] == 2
    edges = [segment for c in lines(figure) for segment in c.get_segments() if len(c.get_segments()) == 2]
    spans = sorted(float(np.ptp(edge[:, 0])) for edge in edges)
    assert spans == pytest.approx([12 - 1.6, 12 + 1.6], abs=0.01)


def test_a_site_without_permitted_ground_shows_the_watched_ground(
    geobox: GeoBox, make_signal: Callable[..., Signal], ground: Callable[..., Any]
) -> None:
    site = Site(geometry=ground(10, 18, 10, 22), crs=UTM)
    signal = make_signal((12, 15), (15, 18), permits_in_force=(), distance_outside_m=float("nan"))
    figure = plot_before_after(pair_of(geobox, dark((40, 50)), dark((40, 50))), site=site, signal=signal)
    assert [tuple(c.get_colors()[0][:3]) for c in lines(figure)] == [
        to_rgb(WATCHED.colour),
        to_rgb(REGION.colour),
    ]


def test_dates_are_printed_on_both_and_composites_are_called_so(geobox: GeoBox) -> None:
    when = (datetime(2019, 8, 5, 10, tzinfo=UTC), datetime(2020, 3, 9, 10, tzinfo=UTC))
    figure = plot_before_after(pair_of(geobox, dark((40, 50)), dark((40, 50)), taken=when))
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "Vóór: 5 augustus 2019",
        "Na: 9 maart 2020",
    ]
    figure = plot_before_after(pair_of(geobox, dark((40, 50)), dark((40, 50))), language="en")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Before: composite", "After: composite"]


@pytest.mark.parametrize("kind", ["nir only", "no data", "partly no data", "one pixel"])
def test_poor_images_are_drawn_all_the_same(kind: str) -> None:
    shape = (1, 1) if kind == "one pixel" else (12, 9)
    image = dark(shape)
    if kind == "nir only":
        image = {"nir": image["red"]}
    elif kind != "one pixel":
        for band in image:
            image[band][: 12 if kind == "no data" else 4] = np.nan
    geobox = GeoBox(shape, Affine(10, 0, 500_000, 0, -10, 5_700_000), UTM)
    figure = plot_before_after(pair_of(geobox, image, image))
    assert drawn(figure).std() > 1
    words = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    assert ("geen gegevens" in words) == ("no data" in kind)


def test_images_without_a_shared_band_are_refused(geobox: GeoBox) -> None:
    red = {"red": dark((40, 50))["red"]}
    with pytest.raises(InputError, match="no band"):
        plot_before_after(pair_of(geobox, red, {"nir": red["red"]}))


def lines(figure: Figure) -> list[LineCollection]:
    """Outlines of the first panel, lowest first."""
    return [c for c in figure.axes[0].collections if isinstance(c, LineCollection)]
