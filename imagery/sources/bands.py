"""Names of bands: what files call them, what the cube calls them (`bands.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

SCL = "scl"
"""Name that the scene classification goes by here; it is no band of the cube."""
SENTINEL_2 = "sentinel-2"
FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "sentinel-2": "sentinel-2",
        "sentinel2": "sentinel-2",
        "landsat-4": "landsat-tm",
        "landsat-5": "landsat-tm",
        "landsat-7": "landsat-tm",
        "landsat-8": "landsat-oli",
        "landsat-9": "landsat-oli",
    }
)
"""Sensor name (its beginning) and the table of `bands.toml` that its band numbers stand in."""


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    """Per table: plain alias to canonical name."""
    text = files("imagery.sources").joinpath("bands.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            table: MappingProxyType({_plain(alias): name for name, row in rows.items() for alias in row})
            for table, rows in tomllib.loads(text).items()
        }
    )


def _plain(name: str) -> str:
    """Lower case, one kind of separator, no leading zero, no resolution at the end."""
    plain = re.sub(r"[\s\-]+", "_", name.strip().lower())
    plain = re.sub(r"_\d{2}m$", "", plain)
    return re.sub(r"(?<=b)0+(?=\d)", "", plain)


@cache
def band_names() -> tuple[str, ...]:
    """Every name that a band of a cube can have, in the order of the spectrum."""
    return tuple(dict.fromkeys(_tables()["common"].values()))


def band_family(sensor: str) -> str | None:
    """Table in which the band numbers of a sensor stand; None when there is none.

    A sensor that is not stated is read as Sentinel-2: B2, B3 and B4 mean the same there and on Landsat 8 and 9, and
    the report says that it was assumed.
    """
    plain = sensor.strip().lower()
    if plain in ("", "unknown"):
        return SENTINEL_2
    return next((table for start, table in FAMILIES.items() if plain.startswith(start)), None)


def canonical_band(name: str, sensor: str = "") -> str | None:
    """Name of the cube for a name of a file; `SCL` for the scene classification; None when unknown.

    Parameters
    ----------
    name : str
        E.g. ``"B02"``, ``"B8A"``, ``"B02_10m"``, ``"nir"``, ``"SCL"``.
    sensor : str
        Decides what band numbers mean; see `band_family`.

    Examples
    --------
    >>> canonical_band("B02_10m"), canonical_band("B5", "landsat-8"), canonical_band("NDVI")
    ('blue', 'nir08', None)
    """
    tables, plain = _tables(), _plain(name)
    if plain in tables["scene_classification"]:
        return SCL
    if plain in tables["common"]:
        return tables["common"][plain]
    family = band_family(sensor)
    return tables[family].get(plain) if family else None


def in_spectral_order(bands: set[str]) -> tuple[str, ...]:
    """Bands in the order of the spectrum, those without a place in it at the end by name."""
    place = {name: i for i, name in enumerate(band_names())}
    return tuple(sorted(bands, key=lambda b: (place.get(b, len(place)), b)))
