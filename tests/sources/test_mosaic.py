"""Yes/no images from one grid to another, without interpolation."""

from __future__ import annotations

import numpy as np
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox

from imagery.sources.mosaic import onto_grid


def grid(shape: tuple[int, int], step: float, left: float = 0.0, top: float = 0.0) -> GeoBox:
    return GeoBox(shape, Affine(step, 0, left, 0, -step, top), "EPSG:32631")


def by_loop(image: np.ndarray, source: GeoBox, work: GeoBox, how: str) -> np.ndarray:
    """Pixel by pixel: a large pixel is looked up under the centre, small ones are gathered by their centres."""
    result = np.zeros(work.shape, dtype=bool)
    a, b = source.affine, work.affine
    gathered: dict[tuple[int, int], list[bool]] = {}
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            x, y = a.c + (column + 0.5) * a.a, a.f + (row + 0.5) * a.e
            place = int(np.floor((y - b.f) / b.e)), int(np.floor((x - b.c) / b.a))
            gathered.setdefault(place, []).append(bool(image[row, column]))
    for row in range(work.shape[0]):
        for column in range(work.shape[1]):
            if a.a < b.a:
                found = gathered.get((row, column), [])
                result[row, column] = any(found) if how == "any" else bool(found) and all(found)
            else:
                x, y = b.c + (column + 0.5) * b.a, b.f + (row + 0.5) * b.e
                r, c = int(np.floor((y - a.f) / a.e)), int(np.floor((x - a.c) / a.a))
                if 0 <= r < image.shape[0] and 0 <= c < image.shape[1]:
                    result[row, column] = image[r, c]
    return result


@given(
    seed=st.integers(0, 1000),
    step=st.sampled_from([5.0, 10.0, 20.0, 30.0, 60.0]),
    left=st.integers(-6, 6),
    top=st.integers(-6, 6),
    how=st.sampled_from(["any", "all"]),
)
def test_every_pixel_is_where_a_plain_loop_puts_it(
    seed: int, step: float, left: int, top: int, how: str
) -> None:
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(1, 9)), int(rng.integers(1, 9)))
    image = rng.random(shape) < 0.5
    source, work = grid(shape, step, 10.0 * left, 10.0 * top), grid((7, 9), 10.0)
    np.testing.assert_array_equal(onto_grid(image, source, work, how=how), by_loop(image, source, work, how))


def test_a_large_pixel_covers_the_small_ones_below_it() -> None:
    image = np.array([[True, False]])
    got = onto_grid(image, grid((1, 2), 20.0), grid((2, 4), 10.0), how="any")
    assert got.tolist() == [[True, True, False, False]] * 2
