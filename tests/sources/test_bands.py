"""Names of bands: what files call them and what the cube calls them."""

from __future__ import annotations

import pytest

from imagery.sources.bands import SCL, band_family, band_names, canonical_band, in_spectral_order


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("B2", "blue"),
        ("B02", "blue"),
        ("b02", "blue"),
        ("B02_10m", "blue"),
        ("B8", "nir"),
        ("B8A", "nir08"),
        ("B08", "nir"),
        ("B11", "swir16"),
        ("nir", "nir"),
        ("NIR", "nir"),
        ("Red Edge 1", "rededge071"),
        ("SCL", SCL),
        ("scl_20m", SCL),
        ("NDVI", None),
        ("B13", None),
        ("", None),
    ],
)
def test_a_name_of_a_file_becomes_the_common_name(written: str, name: str | None) -> None:
    assert canonical_band(written) == name


def test_band_numbers_mean_what_the_sensor_says() -> None:
    assert canonical_band("B5", "sentinel-2b") == "rededge071"
    assert canonical_band("B5", "Landsat-8") == "nir08"
    assert canonical_band("B5", "landsat-5") == "swir16"
    assert canonical_band("SR_B4", "landsat-9") == "red"


def test_band_numbers_of_a_sensor_without_a_table_mean_nothing() -> None:
    assert band_family("drone") is None
    assert canonical_band("B2", "drone") is None
    assert canonical_band("red", "drone") == "red"


def test_every_name_of_the_cube_means_itself() -> None:
    for name in band_names():
        assert canonical_band(name) == name


def test_bands_come_in_the_order_of_the_spectrum() -> None:
    assert in_spectral_order({"nir", "blue", "own", "swir16", "red"}) == (
        "blue",
        "red",
        "nir",
        "swir16",
        "own",
    )
