"""Bands to colours: one stretch for all images, gaps stay gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.plotting.colour import COMPOSITIONS, GAMMA, bands_text, shown_bands, to_rgba


def test_the_best_complete_composition_is_shown() -> None:
    assert shown_bands(["swir16", "nir", "blue", "green", "red"]) == ("red", "green", "blue")
    assert shown_bands(["nir", "green", "red"]) == ("nir", "red", "green")
    assert shown_bands(["swir16", "nir", "red"]) == ("swir16", "nir", "red")
    assert shown_bands(["swir22", "nir"]) == ("nir",)
    assert shown_bands(["panchromatic"]) == ("panchromatic",)
    assert shown_bands([]) == ()


def test_colours_are_named_in_words() -> None:
    assert bands_text(COMPOSITIONS[0], "nl") == "ware kleuren"
    assert bands_text(("nir",), "nl") == "één band in grijs: nabij-infrarood"
    assert "near infrared, red, green" in bands_text(COMPOSITIONS[1], "en")


@pytest.mark.parametrize("bands", [("red", "green", "blue"), ("nir", "red", "green"), ("nir",)])
def test_the_stretch_agrees_with_a_plain_loop(bands: tuple[str, ...]) -> None:
    rng = np.random.default_rng(3)
    images = [
        {
            name: (rng.random((7, 5)) * (i + 1) + i).astype(np.float32)
            for i, name in enumerate(("red", "green", "blue", "nir"))
        }
        for _ in range(2)
    ]
    images[0]["red"][2, 3] = images[0]["nir"][2, 3] = np.nan
    shown = to_rgba(images, bands)
    for image, rgba in zip(images, shown, strict=True):
        for row in range(7):
            for col in range(5):
                values = [image[band][row, col] for band in bands]
                if any(np.isnan(values)):
                    assert rgba[row, col].tolist() == [0, 0, 0, 0]
                    continue
                for plane, band in enumerate(bands):
                    together = bands if bands == ("red", "green", "blue") else (band,)
                    pool = np.concatenate([i[b].ravel() for i in images for b in together])
                    low, high = np.nanpercentile(pool, [1, 99])
                    wanted = min(max((values[plane] - low) / (high - low), 0), 1) ** GAMMA
                    assert rgba[row, col, plane] == pytest.approx(wanted, abs=1e-5)
                assert rgba[row, col, 3] == 1


def test_the_same_reflectance_has_the_same_colour_in_both_images() -> None:
    first = {"nir": np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)}
    second = {"nir": first["nir"][::-1] * 0.5}
    before, after = to_rgba([first, second], ("nir",))
    value = second["nir"][1, 3]
    nearest = np.interp(value, first["nir"].ravel(), before[..., 0].ravel())
    assert after[1, 3, 0] == pytest.approx(nearest, abs=0.02)


@given(st.floats(0, 1), st.booleans())
def test_flat_and_empty_images_give_colours_and_no_warning(value: float, empty: bool) -> None:
    image = {"red": np.full((4, 3), np.nan if empty else value, dtype=np.float32)}
    (rgba,) = to_rgba([image], ("red",))
    assert np.isfinite(rgba).all()
    assert (rgba[..., 3] == (0 if empty else 1)).all()
    assert ((rgba >= 0) & (rgba <= 1)).all()
