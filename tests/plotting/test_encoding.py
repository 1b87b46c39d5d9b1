"""PNG bytes: small, the same every time, in threads too."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_rgb
from odc.geo.geobox import GeoBox
from PIL import Image

import imagery.plotting
from imagery.domain import Signal, Site
from imagery.errors import ParameterError
from imagery.plotting import PicturePair, plot_before_after, png_bytes, scene_pair
from imagery.plotting.encoding import MOST_BYTES, png_size
from imagery.plotting.pairs import Picture
from imagery.plotting.pen import DOUBT, IN_FORCE, REGION


def chunks(data: bytes) -> list[bytes]:
    """Names of the chunks of a PNG, in order."""
    names, place = [], 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        names.append(data[place + 4 : place + 8])
        place += 12 + length
    return names


@pytest.fixture
def picture(
    make_cube: Callable[..., xr.Dataset], make_signal: Callable[..., Signal], make_site: Callable[..., Site]
) -> Callable[[], bytes]:
    signal, site = make_signal((10, 16), (20, 30)), make_site((8, 15), (18, 26))
    pair = scene_pair(make_cube(["2019-06-01", "2020-06-12"]), signal)
    assert pair is not None
    return lambda: png_bytes(plot_before_after(pair, site=site, signal=signal))


def test_the_same_picture_has_the_same_bytes_in_threads_as_alone(picture: Callable[[], bytes]) -> None:
    alone = picture()
    with ThreadPoolExecutor(max_workers=4) as pool:
        together = list(pool.map(lambda _: picture(), range(6)))
    assert set(together) == {alone}


def test_nothing_of_time_or_machine_is_written(picture: Callable[[], bytes]) -> None:
    data = picture()
    assert set(chunks(data)) <= {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
    assert png_size(data) > (300, 200)


def test_the_colours_of_lines_survive_the_palette(picture: Callable[[], bytes]) -> None:
    with Image.open(io.BytesIO(picture())) as image:
        there = {colour for _, colour in image.convert("RGB").getcolors(1 << 24)}
    for pen in (REGION, IN_FORCE, DOUBT):
        assert tuple(round(255 * part) for part in to_rgb(pen.colour)) in there


def test_the_noisiest_picture_stays_small(geobox: GeoBox) -> None:
    rng = np.random.default_rng(0)
    wide = GeoBox((400, 400), geobox.affine, geobox.crs)
    images = [
        {b: rng.random((400, 400), dtype=np.float32) for b in ("red", "green", "blue")} for _ in range(2)
    ]
    pair = PicturePair(before=Picture(bands=images[0]), after=Picture(bands=images[1]), geobox=wide)
    assert len(png_bytes(plot_before_after(pair))) <= MOST_BYTES


def test_a_limit_that_cannot_be_met_is_refused(geobox: GeoBox) -> None:
    image = {"red": np.zeros((40, 50), dtype=np.float32)}
    pair = PicturePair(before=Picture(bands=image), after=Picture(bands=image), geobox=geobox)
    with pytest.raises(ParameterError, match="more than 100 bytes"):
        png_bytes(plot_before_after(pair), most=100)


def test_pyplot_is_not_touched(picture: Callable[[], bytes]) -> None:
    from matplotlib import _pylab_helpers

    picture()
    assert not _pylab_helpers.Gcf.figs


def test_every_name_at_the_door_is_there() -> None:
    for name in imagery.plotting.__all__:
        assert callable(getattr(imagery.plotting, name))
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = imagery.plotting.no_such_thing
