"""From scores to regions: how strongly connected ground changed, and the outlines of what passes a threshold.

What it knows: scores, a grid, a threshold and what control ground scored. What it does not: how scores are made, or permits.
Neighbours are the eight around a pixel, so that a strip that runs aslant stays one region.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox
from shapely import union_all
from shapely.geometry import shape as as_geometry
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.detection.calibration import Threshold
from imagery.detection.region_statistic import NEIGHBOURS, region_statistic
from imagery.detection.scores import EPOCH, NO_DAY, ControlStatistics, DayImage, FloatImage, ScoreMap
from imagery.domain import Change
from imagery.errors import DetectionError, GeometryError, GridMismatchError
from imagery.pixels.grids import pixel_size_m, to_crs

Bool = npt.NDArray[np.bool_]

EDGE_ERROR_PX = 0.5 / 12**0.5
"""Standard error of where the outline of a region lies, in pixels: a pixel counts as changed from some share
between a quarter and three quarters on, and nobody knows which; the same all around the region."""
STAIRCASE = np.pi / 4
"""Length of a smooth outline over that of the staircase of pixel sides around it, all directions alike."""
EARLY = 0.25
"""Share of the pixels of a region whose last unchanged date may lie before that of the region."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Region:
    """Pixels of one region."""

    pixels: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
    outline: Geometry
    crs: str


def find_changes(
    scores: ScoreMap,
    controls: ControlStatistics,
    *,
    geobox: GeoBox,
    watched: Bool,
    threshold: Threshold,
    min_region_px: int,
    crs: str,
) -> tuple[Change, ...]:
    """Cut the regions of watched ground that score at least the threshold, strongest first.

    Pixels outside watched ground count for nothing: a region that runs over its border is kept with the part inside, if
    that part alone has `min_region_px` pixels at the threshold. Control blocks are judged in the same way.

    Parameters
    ----------
    scores : ScoreMap
        Scores, dates and composites, shape (M, N).
    controls : ControlStatistics
        What unchanged ground scored by the same code; gives each region its p-value.
    geobox : GeoBox
        Grid of the scores.
    watched : bool array, shape (M, N)
        Ground that is watched.
    threshold : Threshold
        From `choose_threshold`.
    min_region_px : int
        Smallest region, pixels.
    crs : str
        Metric reference system of the outlines, the one of the site.

    Returns
    -------
    tuple of Change
        Area in square metres of `crs`, its standard error as in `area_error_m2`. The first changed date is the
        median over the pixels, the last unchanged date that of the earliest quarter.

    Raises
    ------
    GridMismatchError
        If shapes differ.
    GeometryError
        If `crs` is not metric.
    """
    if not scores.score.shape == watched.shape == tuple(geobox.shape):
        raise GridMismatchError(
            "Scores, watched ground and grid share one shape, got"
            f" {scores.score.shape}, {watched.shape}, {tuple(geobox.shape)}."
        )
    _metric(crs)
    strength = region_statistic(np.where(watched, scores.score, np.nan), min_region_px)
    regions = _regions(strength >= threshold.value, geobox)
    pixel_m = pixel_size_m(geobox)
    found = [_change(region, scores, strength, controls, crs=crs, pixel_m=pixel_m) for region in regions]
    return tuple(sorted(found, key=lambda change: (-change.score, change.change_id)))


def _metric(crs: str) -> None:
    from pyproj import CRS

    if not CRS.from_user_input(crs).is_projected:
        raise GeometryError(
            f"Areas need a metric reference system, got {crs}.", hint="Use EPSG:28992 in the Netherlands."
        )


def _regions(hit: Bool, geobox: GeoBox) -> Iterator[_Region]:
    """Connected pixels with their outline in the system of the grid."""
    if not hit.any():
        return
    # Imported here: the rest of detection needs no raster library.
    from rasterio.features import shapes
    from scipy.ndimage import find_objects, label

    labels, _ = label(hit, structure=NEIGHBOURS)
    parts: dict[int, list[Geometry]] = {}
    # Outlines of four neighbours are valid rings; the pieces that touch at a corner are joined by their label.
    for outline, value in shapes(labels.astype(np.int32), mask=hit, connectivity=4, transform=geobox.affine):
        parts.setdefault(int(value), []).append(as_geometry(outline))
    for number, box in enumerate(find_objects(labels), start=1):
        rows, columns = np.nonzero(labels[box] == number)
        yield _Region(
            pixels=(rows + box[0].start, columns + box[1].start),
            outline=union_all(parts[number]),
            crs=str(geobox.crs),
        )


def _change(
    region: _Region,
    scores: ScoreMap,
    strength: npt.NDArray[np.float32],
    controls: ControlStatistics,
    *,
    crs: str,
    pixel_m: float,
) -> Change:
    outline = to_crs(region.outline, region.crs, crs)
    score = float(strength[region.pixels].max())
    last, first = _dates(scores.last_unchanged[region.pixels], scores.first_changed[region.pixels])
    return Change(
        geometry=outline,
        crs=crs,
        area_m2=float(outline.area),
        area_error_m2=area_error_m2(float(outline.length), pixel_m),
        score=score,
        p_value=controls.p_value(score),
        last_unchanged=last,
        first_changed=first,
        method=scores.method,
        pixel_m=pixel_m,
        before=_band_means(scores.before, region),
        after=_band_means(scores.after, region),
    )


def area_error_m2(staircase_m: float, pixel_m: float) -> float:
    """Standard error of the area of a region of pixels, square metres.

    A pixel on the outline holds a changed share, any between 0 and 1. Counted as 0 or 1, whichever is nearer,
    it is wrong with a variance of 1/12 pixel; n of them, as many as the outline is pixels long, give
    (n/12)**.5. That the limit may lie at another share than a half moves the whole outline by `EDGE_ERROR_PX`
    for every pixel of its length. The two are independent.

    Parameters
    ----------
    staircase_m : float
        Length of the outline along pixel sides, metres.
    pixel_m : float
        Side of a pixel, metres.
    """
    length_px = STAIRCASE * staircase_m / pixel_m
    return float(np.hypot((length_px / 12) ** 0.5, length_px * EDGE_ERROR_PX)) * pixel_m**2


def _dates(last: DayImage, first: DayImage) -> tuple[date | None, date]:
    dated = first != NO_DAY
    if not dated.any():
        raise DetectionError(
            "A region has a score and no date on which it looked changed.",
            hint="Give every scored pixel a date.",
        )
    first_day = int(np.quantile(first[dated], 0.5, method="lower"))
    known = last[dated & (last != NO_DAY)]
    if 2 * known.size < int(dated.sum()):
        return None, _day(first_day)
    return _day(min(int(np.quantile(known, EARLY, method="lower")), first_day)), _day(first_day)


def _day(days: int) -> date:
    return EPOCH + timedelta(days=days)


def _band_means(bands: Mapping[str, FloatImage], region: _Region) -> dict[str, float]:
    means = {name: image[region.pixels] for name, image in bands.items()}
    return {name: float(np.nanmean(v)) for name, v in means.items() if np.isfinite(v).any()}
