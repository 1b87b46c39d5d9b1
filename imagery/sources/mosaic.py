"""One image per acquisition: bands in reflectance, where there is data, where the scene classification sees cloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from imagery.pixels.grids import grid_place, map_place
from imagery.pixels.scl import SceneClass, is_clear, is_cloud
from imagery.sources.acquisitions import Acquisition, Member
from imagery.sources.calibration import Calibration, to_reflectance
from imagery.sources.planes import Plane
from imagery.sources.reading import Key, Piece, key_of, paste

BoolImage = npt.NDArray[np.bool_]
Calibrations = Mapping[Key, Calibration]
"""Calibration per plane."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DateImage:
    """One date on the work grid, M rows and N columns."""

    reflectance: npt.NDArray[np.float32]
    """Shape (B, M, N), NaN where there is no data."""
    cloud: BoolImage
    """Cloud or cloud shadow, before it grows; False where nothing is known."""
    unclear: BoolImage
    """Masked for whatever reason by the classification; False where there is none at all."""
    classified: BoolImage
    """Where there is a class; nowhere when there is no classification."""

    @property
    def usable(self) -> BoolImage:
        """Data in every band and clear, before cloud grows."""
        usable: BoolImage = np.isfinite(self.reflectance).all(axis=0) & ~self.unclear
        return usable


def date_image(
    acquisition: Acquisition,
    pieces: Mapping[Key, Piece],
    calibrations: Calibrations,
    bands: Sequence[str],
    work: GeoBox,
    *,
    snow_is_clear: bool = False,
) -> DateImage:
    """Make the image of one acquisition.

    Where several images show the same ground, the one with the most usable pixels goes first, and another one is
    taken only where it has no data: one datatake is one look, however often it was delivered.
    """
    images = [
        _member_image(member, pieces, calibrations, bands, work, snow_is_clear=snow_is_clear)
        for member in acquisition.members
    ]
    images.sort(key=lambda image: -int(image.usable.sum()))
    joined = images[0]
    for other in images[1:]:
        joined = _filled(joined, other)
    return joined


def _filled(first: DateImage, other: DateImage) -> DateImage:
    """The first image, with the other one where the first lacks a band that the other has."""
    has = np.isfinite(first.reflectance).sum(axis=0)
    take = np.isfinite(other.reflectance).sum(axis=0) > has
    return DateImage(
        reflectance=np.where(take, other.reflectance, first.reflectance),
        cloud=np.where(take, other.cloud, first.cloud),
        unclear=np.where(take, other.unclear, first.unclear),
        classified=np.where(take, other.classified, first.classified),
    )


def _member_image(
    member: Member,
    pieces: Mapping[Key, Piece],
    calibrations: Calibrations,
    bands: Sequence[str],
    work: GeoBox,
    *,
    snow_is_clear: bool,
) -> DateImage:
    reflectance = np.full((len(bands), *work.shape), np.nan, dtype=np.float32)
    for plane in member.planes:
        piece = pieces.get(key_of(plane))
        if piece is not None:
            values = to_reflectance(piece.stored, calibrations[key_of(plane)])
            if piece.present is not None:
                values[~piece.present] = np.nan
            paste(reflectance[bands.index(plane.band)], values, piece.geobox, work)
    cloud, clear, classified = (np.zeros(work.shape, dtype=np.bool_) for _ in range(3))
    for plane in member.scl:
        piece = pieces.get(key_of(plane))
        if piece is not None:
            _lay_classes(plane, piece, work, (cloud, clear, classified), snow_is_clear=snow_is_clear)
    unclear = ~clear if member.scl else clear
    return DateImage(reflectance=reflectance, cloud=cloud, unclear=unclear, classified=classified)


def _lay_classes(
    plane: Plane,
    piece: Piece,
    work: GeoBox,
    images: tuple[BoolImage, BoolImage, BoolImage],
    *,
    snow_is_clear: bool,
) -> None:
    """Lay a scene classification onto the images (cloud, clear, classified) where no other one was laid before."""
    cloud, clear, classified = images
    classes = piece.stored
    known = np.isin(classes, [c for c in SceneClass if c is not SceneClass.NO_DATA])
    new_known = onto_grid(known, piece.geobox, work, how="any") & ~classified
    cloud |= onto_grid(is_cloud(classes), piece.geobox, work, how="any") & new_known
    clear |= (
        onto_grid(is_clear(classes, snow_is_clear=snow_is_clear), piece.geobox, work, how="all") & new_known
    )
    classified |= new_known


def onto_grid(image: BoolImage, geobox: GeoBox, work: GeoBox, *, how: str) -> BoolImage:
    """Bring a yes/no image onto another grid of the same system, without interpolation.

    Parameters
    ----------
    image : ndarray of bool, shape (m, n)
        True or False per pixel of its own grid.
    geobox, work : GeoBox
        Its own grid, and the work grid of M rows and N columns.
    how : str
        What several small pixels in one work pixel give: ``"any"`` or ``"all"``. A large pixel gives what it holds to
        every work pixel whose centre lies in it.

    Returns
    -------
    ndarray of bool, shape (M, N)
        False where the image does not reach.
    """
    finer = geobox.affine.a < work.affine.a * 0.99
    if finer:
        return _blocks(image, geobox, work, how)
    r, c = _centres_on(work, geobox)
    inside_r, inside_c = (r >= 0) & (r < image.shape[0]), (c >= 0) & (c < image.shape[1])
    result = np.zeros(work.shape, dtype=np.bool_)
    result[np.ix_(inside_r, inside_c)] = image[np.ix_(r[inside_r], c[inside_c])]
    return result


def _centres_on(of: GeoBox, on: GeoBox) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """Row of each row, and column of each column, of a grid on another one: where the centres of its pixels fall."""
    (row, column), (next_row, next_column) = (
        grid_place(on, *map_place(of, i + 0.5, i + 0.5)) for i in (0, 1)
    )
    rows = np.floor(row + (next_row - row) * np.arange(of.shape[0])).astype(int)
    columns = np.floor(column + (next_column - column) * np.arange(of.shape[1])).astype(int)
    return rows, columns


def _blocks(image: BoolImage, geobox: GeoBox, work: GeoBox, how: str) -> BoolImage:
    """Small pixels counted into the work pixels that their centres lie in."""
    r, c = _centres_on(geobox, work)
    inside = np.ix_((r >= 0) & (r < work.shape[0]), (c >= 0) & (c < work.shape[1]))
    index = (r[:, None] * work.shape[1] + c[None, :])[inside]
    size = work.shape[0] * work.shape[1]
    hits = np.bincount(index.ravel(), weights=image[inside].ravel(), minlength=size)
    counts = np.bincount(index.ravel(), minlength=size)
    result: BoolImage = (hits > 0 if how == "any" else (hits == counts) & (counts > 0)).reshape(work.shape)
    return result
