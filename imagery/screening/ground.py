"""Which pixels are watched, which serve as control: geometry of the register brought onto the imagery's grid.

The pixels stay where they are; their centres are carried into the register's metric system and measured there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from shapely import STRtree
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Site
from imagery.stores.records import CONTROL, OTHER, WATCHED

GroundImage = npt.NDArray[np.uint8]


class Grounds:
    """The ground of all sites of a register, to be asked for what lies near one of them."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self._geometries = [site.geometry for site in sites]
        self._tree = STRtree(self._geometries)

    def others(self, site: Site, reach_m: float) -> Geometry:
        """Union of the ground of other sites within reach of a site, in its reference system."""
        near = self._tree.query(site.geometry, predicate="dwithin", distance=reach_m)
        others = [self._geometries[i] for i in near if not self._geometries[i].equals(site.geometry)]
        return shapely.union_all(others)


def pixel_centres(geobox: GeoBox, crs: str) -> npt.NDArray[np.object_]:
    """Centres of the pixels of a grid, as shapely points of another reference system, shape (M, N)."""
    rows, columns = np.indices(geobox.shape) + 0.5
    a, b, c, d, e, f = geobox.affine[:6]
    x, y = a * columns + b * rows + c, d * columns + e * rows + f
    transformer = Transformer.from_crs(str(geobox.crs), crs, always_xy=True)
    points: npt.NDArray[np.object_] = shapely.points(*transformer.transform(x, y))
    return points


def ground_image(geobox: GeoBox, site: Site, others: Geometry, *, margin_m: float) -> GroundImage:
    """Say of each pixel what it serves as, by its centre.

    Parameters
    ----------
    geobox : GeoBox
        Grid of the imagery, M rows and N columns.
    site : Site
        The site that is watched.
    others : Geometry
        Ground of the other sites nearby, in the site's reference system; may be empty.
    margin_m : float
        Width of the margin that is watched around a site, metres.

    Returns
    -------
    ndarray of uint8, shape (M, N)
        `WATCHED`: within the margin of the site, and nearer to it than to any other site, so that one change
        is not reported twice. `CONTROL`: beyond the margin of every site. `OTHER`: the rest.
    """
    points = pixel_centres(geobox, site.crs)
    shapely.prepare(site.geometry)
    mine = shapely.dwithin(site.geometry, points, margin_m)
    ground = np.full(geobox.shape, CONTROL)
    ground[mine] = WATCHED
    if not others.is_empty:
        shapely.prepare(others)
        theirs = shapely.dwithin(others, points, margin_m)
        ground[theirs & ~mine] = OTHER
        both = theirs & mine
        if both.any():
            contested = points[both]
            nearer = shapely.distance(site.geometry, contested) <= shapely.distance(others, contested)
            ground[both] = np.where(nearer, WATCHED, OTHER)
    return ground
