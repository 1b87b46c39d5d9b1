"""The scene classification layer (SCL) of Sentinel-2 L2A: which pixels may be used.

It knows the twelve classes and how masked cloud grows at its edges. It does not know how good the classification is:
SCL misses thin cloud, and takes some bright roofs for cloud.

Source: Sentinel-2 Products Specification Document and L2A Algorithm Theoretical Basis Document (ESA, Sen2Cor), table
of scene classes.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from imagery.errors import ParameterError

BoolArray = npt.NDArray[np.bool_]


class SceneClass(IntEnum):
    """Classes of the scene classification layer, with the numbers of the product specification."""

    NO_DATA = 0
    SATURATED_OR_DEFECTIVE = 1
    DARK_OR_RELIEF_SHADOW = 2
    CLOUD_SHADOW = 3
    VEGETATION = 4
    NOT_VEGETATED = 5
    WATER = 6
    UNCLASSIFIED = 7
    CLOUD_MEDIUM_PROBABILITY = 8
    CLOUD_HIGH_PROBABILITY = 9
    THIN_CIRRUS = 10
    SNOW_OR_ICE = 11


CLOUD_CLASSES = frozenset(
    {
        SceneClass.CLOUD_SHADOW,
        SceneClass.CLOUD_MEDIUM_PROBABILITY,
        SceneClass.CLOUD_HIGH_PROBABILITY,
        SceneClass.THIN_CIRRUS,
    }
)
"""Cloud and its shadow; these grow by the dilation, because their edges are not in the mask."""

MASKED_CLASSES = CLOUD_CLASSES | {
    SceneClass.NO_DATA,
    SceneClass.SATURATED_OR_DEFECTIVE,
    SceneClass.SNOW_OR_ICE,
}
"""Classes that are not used: {0, 1, 3, 8, 9, 10, 11}."""


def is_clear(scl: npt.NDArray[Any], *, snow_is_clear: bool = False) -> BoolArray:
    """Tell which pixels show the ground.

    Parameters
    ----------
    scl : ndarray, any shape
        Class numbers, of any number type. Whatever is not a class (255, NaN) is not clear.
    snow_is_clear : bool
        Take snow and ice (class 11) for ground.

    Returns
    -------
    ndarray of bool, same shape
        True where the class is none of `MASKED_CLASSES`.

    Examples
    --------
    >>> is_clear(np.array([0, 4, 9, 11, 255])).tolist()
    [False, True, False, False, False]
    """
    clear = set(SceneClass) - MASKED_CLASSES
    if snow_is_clear:
        clear.add(SceneClass.SNOW_OR_ICE)
    return np.isin(scl, sorted(clear))


def is_cloud(scl: npt.NDArray[Any]) -> BoolArray:
    """Tell which pixels are cloud or cloud shadow (`CLOUD_CLASSES`), True where they are."""
    return np.isin(scl, sorted(CLOUD_CLASSES))


def dilate(region: npt.NDArray[Any], pixels: int) -> BoolArray:
    """Grow the True part of each image by a disc.

    Parameters
    ----------
    region : ndarray of bool, shape (..., M, N)
        One image, or a stack; images do not grow into each other.
    pixels : int
        Radius of the disc, 0 or more; 0 changes nothing.

    Returns
    -------
    ndarray of bool, same shape
        True where a True pixel lies within the radius, centre to centre.

    Raises
    ------
    ParameterError
        If the radius is negative or no whole number.

    Examples
    --------
    >>> dilate(np.array([[False, False, True, False]]), 1).tolist()
    [[False, True, True, True]]
    """
    if pixels != int(pixels) or pixels < 0:
        raise ParameterError(f"A dilation is a whole number of pixels, 0 or more, got {pixels!r}.")
    grown = np.asarray(region, dtype=np.bool_)
    if pixels == 0 or not grown.any():
        return grown.copy()
    from scipy.ndimage import binary_dilation

    reach = np.arange(-int(pixels), int(pixels) + 1)
    disc = reach[:, None] ** 2 + reach[None, :] ** 2 <= pixels**2
    structure = disc.reshape((1,) * (grown.ndim - 2) + disc.shape)
    result: BoolArray = binary_dilation(grown, structure)
    return result


def valid_from_scl(scl: npt.NDArray[Any], *, dilation_px: int = 0, snow_is_clear: bool = False) -> BoolArray:
    """Make the valid image of a classification: clear, and not within reach of cloud.

    Parameters
    ----------
    scl : ndarray, shape (..., M, N)
        Class numbers.
    dilation_px : int
        Growth of cloud and cloud shadow, pixels. Other masked classes do not grow.
    snow_is_clear : bool
        Take snow and ice for ground.

    Returns
    -------
    ndarray of bool, same shape
        True where usable.
    """
    clear = is_clear(scl, snow_is_clear=snow_is_clear)
    valid: BoolArray = clear & ~dilate(is_cloud(scl), dilation_px)
    return valid
