"""The seam of detection: a method leaves scores and control statistics; regions are cut from those.

Any method, now or later, hands over a `ScoreMap` and `ControlStatistics`. `find_changes` needs nothing else, so a run
can be judged again with other thresholds without reading imagery.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from imagery.errors import GridMismatchError, ParameterError

FloatImage = npt.NDArray[np.float32]
DayImage = npt.NDArray[np.int32]

NO_DAY = np.int32(np.iinfo(np.int32).min)
"""Value of a day image where there is no such day."""
EPOCH = date(1970, 1, 1)
"""Day 0 of a day image."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreMap:
    """Scores on the imagery's own grid, shape (M, N) = (rows, columns) throughout."""

    score: FloatImage
    """Strength of change, 0 or more, larger is stronger; NaN where nothing can be said."""
    last_unchanged: DayImage
    """Days since 1970-01-01 of the last clear date that looked as before; `NO_DAY` where none."""
    first_changed: DayImage
    """Days since 1970-01-01 of the first clear date that looked changed; `NO_DAY` where none."""
    before: Mapping[str, FloatImage]
    """Reflectance 0-1 before the change (composite), per band."""
    after: Mapping[str, FloatImage]
    """Reflectance 0-1 after the change (composite), per band."""
    method: str
    """``"series"`` or ``"pair"``."""
    notes: tuple[str, ...] = ()
    """What had to be assumed or left out, one sentence each."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Values for the record (dates used, clear dates per pixel, ...), JSON types only."""

    def __post_init__(self) -> None:
        shape = self.score.shape
        if len(shape) != 2:
            raise GridMismatchError(f"A score map has rows and columns, got shape {shape}.")
        images = [self.last_unchanged, self.first_changed, *self.before.values(), *self.after.values()]
        for image in images:
            if image.shape != shape:
                raise GridMismatchError(f"Images of a score map share the shape {shape}, got {image.shape}.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ControlStatistics:
    """What unchanged ground scores, by the same code on the same dates."""

    block_scores: npt.NDArray[np.float64]
    """Statistic of each control block, shape (B,), sorted; the same statistic as a region has (see `find_changes`)."""
    n_pixels: int
    """Control pixels used."""
    n_trimmed: int
    """Control pixels left out because they had plainly changed."""
    block_px: int
    """Side of a block, pixels: a block holds about as much ground as the site."""
    min_region_px: int
    """Region size for which the block statistic was made."""
    cover_pixels: Mapping[str, int] = field(default_factory=dict)
    """Control pixels per cover class."""
    cell_scores: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """The same statistic of smaller blocks, cells, shape (C,), sorted: they tell how the highest scores thin out."""
    cells_per_site: float = 1.0
    """Cells that hold as much ground as the site."""

    def __post_init__(self) -> None:
        for name in ("block_scores", "cell_scores"):
            values = getattr(self, name)
            if values.ndim != 1 or np.isnan(values).any():
                raise ParameterError(f"{name} is one row of numbers without gaps.")

    @property
    def n_blocks(self) -> int:
        """Number of control blocks."""
        return int(self.block_scores.size)

    def p_value(self, score: float) -> float:
        """(1 + blocks that score at least as high) / (blocks + 1).

        Without any block as large as the site, the bound that cells give: that share of cells, times the cells per site.
        """
        if self.n_blocks:
            return _share(self.block_scores, score)
        return min(1.0, self.cells_per_site * _share(self.cell_scores, score))


def _share(sorted_scores: npt.NDArray[np.float64], score: float) -> float:
    """(1 + how many score at least as high) / (how many there are + 1)."""
    above = sorted_scores.size - int(np.searchsorted(sorted_scores, score, side="left"))
    return (1 + above) / (sorted_scores.size + 1)
