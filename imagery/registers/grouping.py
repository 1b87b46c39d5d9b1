"""Which rows of a register speak about one place."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.registers.table import object_array


def group_rows(
    shapes: Sequence[Geometry | None], labels: Sequence[Hashable | None], distance_m: float
) -> npt.NDArray[np.int32]:
    """Number the places: rows belong together when their ground lies within a distance, or they carry one label.

    Both are transitive: a row between two others joins them.

    Parameters
    ----------
    shapes : sequence of N geometries or None
        Ground of each row, in metres.
    labels : sequence of N labels or None
        What the register calls the place of each row.
    distance_m : float
        Ground at most this far apart is one place; 0: only where it touches or overlaps.

    Returns
    -------
    (N,) int array
        Number of the place of each row. Rows without ground and without label are each a place of their own.

    Examples
    --------
    >>> a, b, c = shapely.Point(0, 0), shapely.Point(0, 9), shapely.Point(0, 30)
    >>> group_rows([a, b, c, None], [None, None, None, None], 10.0).tolist()
    [0, 0, 1, 2]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(shapes)
    if n == 0:
        return np.zeros(0, dtype=np.int32)
    there = np.flatnonzero([shape is not None for shape in shapes])
    ground = object_array(shapes)[there]
    tree = shapely.STRtree(ground)
    pairs = tree.query(ground, predicate="dwithin", distance=distance_m)
    first, second = there[pairs[0]], there[pairs[1]]
    seen: dict[Hashable, int] = {}
    same = [(i, seen.setdefault(label, i)) for i, label in enumerate(labels) if label is not None]
    if same:
        left, right = np.array(same).T
        first, second = np.concatenate([first, left]), np.concatenate([second, right])
    graph = coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=(n, n))
    _, numbers = connected_components(graph, directed=False)
    return np.asarray(numbers, dtype=np.int32)
