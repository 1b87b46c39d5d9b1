"""The monitored period, look by look: how far the last clear observations of a pixel lie from normal.

What it knows: double differences in order of time. What it does not: how they were made, or what score is a change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from imagery.detection.normal_ground import NormalGround, parts
from imagery.detection.onset import onset
from imagery.detection.scores import NO_DAY, DayImage
from imagery.detection.sequences import Sequence, sequence_around, trailing_median

Float = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.intp]
Pixels = slice | Numbers

SHRINK = 0.3
"""How far the correlation of the features is drawn towards none, so that no mixture of them is trusted too much."""
STRAY = 4.0
"""Control departures beyond this are cut before the correlation is taken."""
SAMPLE_PX = 800
"""Control pixels from which the correlation is taken."""
LOOK_BACK = 12
"""Clear dates before the period among which the beginning of a change is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What the looks of p pixels came to."""

    score: Float
    """Largest length of the trailing median, NaN where there was no complete look, shape (p,)."""
    last_unchanged: DayImage
    """Day since 1970-01-01; `NO_DAY` where none, or where the score is too low to be dated, (p,)."""
    first_changed: DayImage
    """Likewise."""
    earlier: Bool
    """True where more than half a trailing window looked changed before the period began, shape (p,)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Windows:
    """Clear observations of p pixels in order, and the looks that end on those in the period."""

    sequence: Sequence
    departures: Float
    """Double differences, shape (F, p, K); the last L of the K places lie in the period."""
    medians: Float
    """Their trailing medians, whitened, shape (F, p, L)."""
    squares: Float
    """Squared length of the medians, -1 where a look is not complete, shape (p, L)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Looks:
    """How the looks at pixels are measured."""

    days: Days
    """Days since 1970-01-01, shape (T,)."""
    n_history: int
    """Days of the history; those of the period follow."""
    trailing: int
    """Clear observations in a look; more than half of them lie in the period."""
    whitening: Float
    """Makes correlated features comparable, shape (F, F)."""
    level: float = np.nan
    """Middle score of control ground."""
    look_back: int = LOOK_BACK
    """Clear dates before the period among which the beginning of a change is looked for."""

    @classmethod
    def learn(
        cls, normal: NormalGround, days: Days, n_history: int, trailing: int, control: Numbers
    ) -> Looks:
        """Learn the correlation of the features, and the middle score, from control pixels (their numbers)."""
        looks = cls(
            days=days,
            n_history=n_history,
            trailing=trailing,
            whitening=np.eye(len(normal.features), dtype=np.float32),
        )
        sample = control[:: max(1, control.size // SAMPLE_PX)]
        windows = looks._windows(normal, sample)
        complete = windows.squares >= 0
        looks = replace(looks, whitening=whitening(windows.medians[:, complete]))
        squares = np.where(complete, (looks._whiten(windows.medians) ** 2).sum(0), -1).max(1, initial=-1)
        return replace(
            looks, level=float(np.sqrt(np.median(squares[squares >= 0]))) if complete.any() else np.nan
        )

    def over_a_year(self) -> Looks:
        """The same, with the beginning of a change looked for among all clear dates of the year before the period."""
        return replace(
            self, look_back=int((self.days[: self.n_history] >= self.days[self.n_history] - 366).sum())
        )

    @property
    def keep(self) -> int:
        """Places for clear dates before the period."""
        return max(self.look_back, 2 * self.trailing)

    @property
    def least_monitored(self) -> int:
        """Clear observations in the period without which there is no look."""
        return self.trailing // 2 + 1

    def see(self, normal: NormalGround, pixels: Pixels) -> Seen:
        """Score some pixels, and date those that score above the middle of control ground."""
        windows = self._windows(normal, pixels)
        squares = windows.squares
        known = (squares >= 0).any(1) & normal.enough[pixels]
        best = squares.argmax(1) if squares.shape[1] else np.zeros(len(squares), np.intp)
        score = np.full(len(squares), np.nan, np.float32)
        score[known] = np.sqrt(squares[known, best[known]])
        last, first = (np.full(len(squares), NO_DAY) for _ in range(2))
        earlier = np.zeros(len(squares), bool)
        rows = np.flatnonzero(score >= self.level)  # no threshold lies lower
        if rows.size:
            last[rows], first[rows], earlier[rows] = self._date(windows, rows, best[rows])
        return Seen(score=score, last_unchanged=last, first_changed=first, earlier=earlier)

    def see_all(self, normal: NormalGround) -> Seen:
        """The same for all pixels, part by part."""
        seen = [self.see(normal, part) for part in parts(len(normal.enough))]
        names = ("score", "last_unchanged", "first_changed", "earlier")
        return Seen(**{name: np.concatenate([getattr(part, name) for part in seen]) for name in names})

    def peak(self, normal: NormalGround, pixels: Numbers) -> tuple[Float, Days, Days]:
        """Whitened median of the highest look of some pixels, (F, p), and the first and last day that went in, (p,)."""
        windows = self._windows(normal, pixels)
        best, rows = windows.squares.argmax(1), np.arange(pixels.size)
        date = windows.sequence.date
        first, last = date[rows, best + self.keep - self.trailing + 1], date[rows, best + self.keep]
        return windows.medians[:, rows, best], self.days[first], self.days[last]

    def _date(self, windows: _Windows, rows: Numbers, best: Numbers) -> tuple[DayImage, DayImage, Bool]:
        date = windows.sequence.date[rows]
        was, became, changed = onset(
            self._whiten(windows.departures[:, rows]),
            windows.sequence.present[rows],
            best + self.keep,
            windows.medians[:, rows, best],
        )
        days, each = self.days.astype(np.int32)[date], np.arange(rows.size)
        last = np.where(was >= 0, days[each, was], NO_DAY)
        earlier = (changed & (date < self.n_history)).sum(1) > self.trailing // 2
        return last, days[each, became], earlier

    def _windows(self, normal: NormalGround, pixels: Pixels) -> _Windows:
        sequence = sequence_around(normal.usable[pixels], self.n_history, self.keep)
        departures = sequence.gather(normal.differences[:, pixels])
        reach = self.keep - self.trailing + 1  # where the first look that ends in the period begins
        medians = trailing_median(departures[:, :, reach:], self.trailing)
        n_looks = sequence.date.shape[1] - self.keep
        enough = np.arange(1, n_looks + 1) >= self.least_monitored
        begun, ended = sequence.present[:, reach : reach + n_looks], sequence.present[:, self.keep :]
        medians = self._whiten(medians)
        squares = np.einsum("fpk,fpk->pk", medians, medians)
        return _Windows(
            sequence=sequence,
            departures=departures,
            medians=medians,
            squares=np.where(begun & ended & enough, squares, np.float32(-1)),
        )

    def _whiten(self, values: Float) -> Float:
        return (self.whitening @ values.reshape(len(values), -1)).reshape(values.shape)


def whitening(looks: Float) -> Float:
    """Matrix (F, F) that makes correlated features comparable, from control looks (F, n).

    Lengths after it are those of Mahalanobis, with the correlation shrunk by `SHRINK`; the spread of each feature
    stays as it is.
    """
    n_features, n_looks = looks.shape
    if n_looks < 2 * n_features:
        return np.eye(n_features, dtype=np.float32)
    cut = np.clip(looks, -STRAY, STRAY).astype(np.float64)
    spread = np.maximum(np.sqrt((cut**2).mean(1)), 1e-6)
    correlation = (cut @ cut.T) / n_looks / np.outer(spread, spread)
    shrunk = (1 - SHRINK) * correlation + SHRINK * np.eye(n_features)
    matrix: Float = np.linalg.inv(np.linalg.cholesky(shrunk)).astype(np.float32)
    return matrix
