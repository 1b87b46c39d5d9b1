"""Spectral indices and the features that detection looks at: arrays in, arrays out, of any shape.

What it knows: which index needs which bands (STAC common names), and how much of it is sensor noise. What it does not:
clouds, dates, or what a change of an index means on the ground.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.floating]
Bands = Mapping[str, npt.NDArray[np.float32]]

VISIBLE = ("blue", "green", "red")
NOISE_REFLECTANCE = 0.005
"""Standard deviation of a surface reflectance that sensor and atmospheric correction bring along; our round value."""
NOISE_INDEX = 0.01
"""The same for a normalised difference over bright ground; dark ground is noisier, and its own history says so."""


def normalised_difference(first: Float, second: Float) -> Float:
    """(first - second) / (first + second), in [-1, 1] for reflectances; 0 where both are 0 or less.

    Examples
    --------
    >>> import numpy as np
    >>> normalised_difference(np.array([0.4, 0.0]), np.array([0.1, 0.0])).round(2).tolist()
    [0.6, 0.0]
    """
    total = first + second
    result: Float = (first - second) / np.where(total > 0, total, np.inf)
    return result


def ndvi(bands: Bands) -> Float:
    """Normalised difference vegetation index: nir against red; high over living plants (Rouse et al. 1974)."""
    return normalised_difference(bands["nir"], bands["red"])


def ndmi(bands: Bands) -> Float:
    """Normalised difference moisture index: nir against swir16; high over moist plants (Gao 1996)."""
    return normalised_difference(bands["nir"], bands["swir16"])


def nbr(bands: Bands) -> Float:
    """Normalised burn ratio: nir against swir22; falls when plants go or burn (Key and Benson 2006)."""
    return normalised_difference(bands["nir"], bands["swir22"])


def nbr2(bands: Bands) -> Float:
    """Second normalised burn ratio: swir16 against swir22; tells moist plants, soil and rubble apart."""
    return normalised_difference(bands["swir16"], bands["swir22"])


def ndwi(bands: Bands) -> Float:
    """Normalised difference water index: green against nir; above 0 over open water (McFeeters 1996)."""
    return normalised_difference(bands["green"], bands["nir"])


def bare_soil(bands: Bands) -> Float:
    """Bare soil index: swir16 and red against nir and blue; high over bare ground (Rikimaru et al. 2002)."""
    return normalised_difference(bands["swir16"] + bands["red"], bands["nir"] + bands["blue"])


def redness(bands: Bands) -> Float:
    """Red against blue: high over soil and brick, near 0 over grey stone, asphalt and cloud."""
    return normalised_difference(bands["red"], bands["blue"])


def greenness(bands: Bands) -> Float:
    """Green against red: what colour pictures have in place of a vegetation index."""
    return normalised_difference(bands["green"], bands["red"])


def brightness(bands: Bands) -> Float:
    """Mean of the visible bands that are there; of all bands where none is visible."""
    present = [bands[name] for name in VISIBLE if name in bands] or list(bands.values())
    total = present[0].copy()
    for band in present[1:]:
        total += band
    total /= total.dtype.type(len(present))
    return total


INDICES: Mapping[str, tuple[tuple[str, ...], Callable[[Bands], Float]]] = {
    "ndvi": (("red", "nir"), ndvi),
    "ndmi": (("nir", "swir16"), ndmi),
    "nbr": (("nir", "swir22"), nbr),
    "nbr2": (("swir16", "swir22"), nbr2),
    "ndwi": (("green", "nir"), ndwi),
    "bare_soil": (("blue", "red", "nir", "swir16"), bare_soil),
    "redness": (("blue", "red"), redness),
    "greenness": (("green", "red"), greenness),
}
"""Each index with the bands it needs."""


def available_indices(bands: Mapping[str, object] | tuple[str, ...]) -> tuple[str, ...]:
    """Names of the indices that can be made from these bands."""
    return tuple(name for name, (needs, _) in INDICES.items() if all(band in bands for band in needs))


def feature_names(bands: tuple[str, ...]) -> tuple[str, ...]:
    """Features for detection from these bands; any subset gives at least one.

    With the six usual bands: brightness, ndvi, nir, swir16; further indices of the same bands add cost and hardly any
    power. Without short-wave infrared, redness takes its place; without near infrared, greenness that of ndvi. Bands
    from which none of these can be made are used as they are.

    Examples
    --------
    >>> feature_names(("blue", "green", "red", "nir"))
    ('brightness', 'ndvi', 'nir', 'redness')
    >>> feature_names(("swir22",))
    ('swir22',)
    """
    can = available_indices(bands)
    chosen = [
        ("brightness", any(name in bands for name in VISIBLE)),
        ("ndvi", "ndvi" in can),
        ("greenness", "ndvi" not in can and "greenness" in can),
        ("nir", "nir" in bands),
        ("swir16", "swir16" in bands),
        ("swir22", "swir22" in bands and "swir16" not in bands),
        ("redness", "redness" in can and not {"swir16", "swir22"} & set(bands)),
    ]
    names = tuple(name for name, wanted in chosen if wanted)
    return names or tuple(bands)


def feature(name: str, bands: Bands) -> Float:
    """One feature by its name in `feature_names`."""
    if name == "brightness":
        return brightness(bands)
    if name in INDICES:
        return INDICES[name][1](bands)
    return bands[name]


def noise_floor(name: str) -> float:
    """Standard deviation of a feature that is sensor noise: no history may look quieter than this."""
    return NOISE_INDEX if name in INDICES else NOISE_REFLECTANCE
