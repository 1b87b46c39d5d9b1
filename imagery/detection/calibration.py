"""What unchanged ground scores, and the threshold that keeps a promised rate of false signals.

The unit of the promise is a site over a period, with all its looks: control ground is cut into blocks as large as the
watched ground, and each block gets the statistic that the site gets. No law of the scores is assumed (split conformal
p-values: Bates et al. 2023, Annals of Statistics 51(1)). It holds as far as control ground behaves like watched ground on
which nothing happened.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imagery.detection.region_statistic import region_statistic
from imagery.detection.scores import ControlStatistics, ScoreMap
from imagery.domain import Settings
from imagery.errors import DetectionError, GridMismatchError, ParameterError

Bool = npt.NDArray[np.bool_]
Float = npt.NDArray[np.float32]

PLAIN_SD = 4.0
"""Control pixels whose log score lies so many standard deviations above the median have plainly changed."""
RIM_SD = 2.5
"""Pixels around them, connected to them, go along from here on."""
MOST_TRIMMED = 0.2
"""If more than this share would go, changing is the nature of the ground, and nothing is trimmed."""
USABLE_SHARE = 0.9
"""Share of usable control pixels from which a block counts."""
LEAST_CELL_PX = 5
"""Side of the cells from which the tail of the scores is read, pixels; more for larger regions."""
TAIL_SHARE = 0.2
"""Share of the cells, the highest, that the tail is read from."""
LEAST_TAIL = 6
"""Fewest cells to read a tail from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The score from which a region is a change, and what that promises."""

    value: float
    """Lowest score that passes."""
    asked_rate_per_1000: float
    """False signals per 1,000 site-years that were asked for at most."""
    promised_rate_per_1000: float
    """False signals per 1,000 site-years that the controls can promise."""
    kept: bool
    """True when what is promised is not more than what was asked."""
    sentence_en: str
    """The promise in one sentence, English."""
    sentence_nl: str
    """The promise in one sentence, Dutch."""


def control_statistics(
    scores: ScoreMap, control: Bool, watched: Bool, *, min_region_px: int
) -> ControlStatistics:
    """Score the unchanged ground in blocks as large as the watched ground.

    Parameters
    ----------
    scores : ScoreMap
        Of any method, shape (M, N).
    control : bool array, shape (M, N)
        Ground believed unchanged, watched by nobody.
    watched : bool array, shape (M, N)
        Ground of the site; only its size counts here.
    min_region_px : int
        As in `find_changes`.

    Returns
    -------
    ControlStatistics
        Control pixels that plainly changed are left out and counted; where the surroundings hold few blocks, there
        are few.

    Raises
    ------
    GridMismatchError
        If shapes differ.
    ParameterError
        If nothing is watched.
    """
    if not scores.score.shape == control.shape == watched.shape:
        raise GridMismatchError(
            "Scores, control and watched ground share one shape, got"
            f" {scores.score.shape}, {control.shape}, {watched.shape}."
        )
    if not watched.any():
        raise ParameterError("No pixel is watched.", hint="Does the site lie within the imagery?")
    usable = control & ~watched & np.isfinite(scores.score)
    changed = plainly_changed(np.where(usable, scores.score, np.nan))
    kept = usable & ~changed
    known = np.where(kept, scores.score, np.nan)
    n_watched = int(watched.sum())
    cell = max(LEAST_CELL_PX, 2 * math.ceil(math.sqrt(min_region_px)))
    side = max(1, round(math.sqrt(n_watched)), math.ceil(math.sqrt(min_region_px)))
    blocks = block_statistics(known, side, min_region_px)
    cells = block_statistics(known, cell, min_region_px)
    return ControlStatistics(
        cell_scores=np.sort(cells.astype(np.float64)),
        cells_per_site=max(1.0, n_watched / cell**2),
        block_scores=np.sort(blocks.astype(np.float64)),
        n_pixels=int(kept.sum()),
        n_trimmed=int(changed.sum()),
        block_px=side,
        min_region_px=min_region_px,
        cover_pixels=dict(scores.facts.get("control_cover_pixels", {})),
    )


def plainly_changed(score: Float) -> Bool:
    """Control pixels that have changed beyond doubt, with their rims, shape (M, N).

    The spread is read from the lower half of the log scores, where change cannot be: the distance from the
    median down to the 16th percentile is one standard deviation. Nothing is trimmed when more than
    `MOST_TRIMMED` would go.

    Parameters
    ----------
    score : (M, N)
        Scores of control ground; NaN elsewhere.
    """
    # Imported here: it takes a while to load.
    from skimage.filters import apply_hysteresis_threshold

    level = np.log(np.maximum(score, np.finfo(np.float32).tiny))
    known = np.isfinite(level)
    none = np.zeros(score.shape, bool)
    if not known.any():
        return none
    low, middle = np.quantile(level[known], [0.16, 0.5])
    sd = middle - low
    if sd == 0:
        return none
    filled = np.where(known, level, -np.inf)
    changed: Bool = apply_hysteresis_threshold(filled, middle + RIM_SD * sd, middle + PLAIN_SD * sd)
    return changed if changed.sum() <= MOST_TRIMMED * known.sum() else none


def block_statistics(score: Float, side: int, min_region_px: int) -> npt.NDArray[np.float32]:
    """Largest region statistic of each square block, shape (B,); regions do not cross from block to block.

    Parameters
    ----------
    score : (M, N)
        Scores of control ground; NaN where not usable.
    side : int
        Side of a block, pixels.
    min_region_px : int
        As in `region_statistic`.
    """
    blocks = _cut(score, side)
    counted = np.isfinite(blocks).mean((1, 2)) >= USABLE_SHARE
    if not counted.any():
        return np.zeros(0, np.float32)
    # Blocks side by side, a gap between them, so that one opening serves all.
    strip = np.pad(blocks[counted], ((0, 0), (0, 1), (0, 0)), constant_values=np.nan).reshape(-1, side)
    opened = region_statistic(strip, min_region_px).reshape(-1, side + 1, side)[:, :side]
    best = np.where(np.isnan(opened), -np.inf, opened).max((1, 2))
    found: Float = best[np.isfinite(best)].astype(np.float32)
    return found


def _cut(score: Float, side: int) -> Float:
    """Square blocks (B, side, side), the raster of blocks laid where it holds most usable ones."""
    step = max(1, side // 4)
    choices = [
        _blocks(score, side, row, column) for row in range(0, side, step) for column in range(0, side, step)
    ]
    return max(choices, key=lambda blocks: int((np.isfinite(blocks).mean((1, 2)) >= USABLE_SHARE).sum()))


def _blocks(score: Float, side: int, row: int, column: int) -> Float:
    part = score[row:, column:]
    rows, columns = part.shape[0] // side, part.shape[1] // side
    part = part[: rows * side, : columns * side]
    if part.size == 0:
        return np.full((1, side, side), np.nan, np.float32)
    return part.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(-1, side, side)


def choose_threshold(controls: ControlStatistics, *, period_years: float, settings: Settings) -> Threshold:
    """The lowest score that keeps the asked rate of false signals, as far as the controls can promise it.

    With n blocks, a site on which nothing happened scores above the k-th highest block with probability k/(n + 1). Nothing
    smaller than 1/(n + 1) can be promised; when less is asked, that is what is promised, and said. The threshold is
    then raised to where the tail of the scores lets expect the asked rate (`tail_threshold`): prudence, not a promise.

    Parameters
    ----------
    controls : ControlStatistics
        What unchanged ground scored. Where the surroundings hold no block as large as the site, its cells serve, with
        the bound that a site is hardly likelier to score high than all of its cells together.
    period_years : float
        Length of the monitored period; the promise is per year.
    settings : Settings
        `false_signals_per_1000_site_years` is what is asked.

    Raises
    ------
    DetectionError
        If there is no control ground to speak of.
    ParameterError
        If the period has no length.
    """
    if not period_years > 0:
        raise ParameterError(f"A period must be longer than 0 years, got {period_years}.")
    asked = settings.false_signals_per_1000_site_years
    share = asked / 1000 * period_years
    if controls.n_blocks:
        scores, per_site = controls.block_scores, 1.0
    else:
        scores, per_site = controls.cell_scores, controls.cells_per_site
    n = scores.size
    if n == 0:
        raise DetectionError(
            f"There is no block of {controls.block_px} x {controls.block_px} pixels of unchanged ground around the site.",
            hint="Read more of the surroundings (context_m), or use imagery that covers them.",
        )
    # How many blocks may score above the threshold; a hair is added so that 2/100 of 100 is 2.
    above = min(max(math.floor(share / per_site * (n + 1) * (1 + 1e-12)) - 1, 0), n - 1)
    value = float(np.nextafter(scores[n - 1 - above], np.inf))
    promised = 1000 * min(1.0, per_site * (above + 1) / (n + 1)) / period_years
    kept = promised <= asked * (1 + 1e-9)
    if not kept:
        value = max(value, tail_threshold(controls, share))
    english, dutch = _sentences(asked, promised, n, kept=kept)
    return Threshold(
        value=value,
        asked_rate_per_1000=asked,
        promised_rate_per_1000=promised,
        kept=kept,
        sentence_en=english,
        sentence_nl=dutch,
    )


def tail_threshold(controls: ControlStatistics, share: float) -> float:
    """Score that a quiet site passes with a given probability, read from how cell scores thin out.

    The highest fifth of the cells is taken to thin out as a power law, as clouds and shadows that were missed do
    (B. M. Hill 1975, Annals of Statistics 3(5)), and a site to be as many cells as it holds.

    Parameters
    ----------
    controls : ControlStatistics
        Its `cell_scores` are read.
    share : float
        Probability that a site on which nothing happened passes, in the whole period.

    Returns
    -------
    float
        Minus infinity where there are too few cells to read a tail from.
    """
    cells = controls.cell_scores
    k = math.floor(TAIL_SHARE * cells.size)
    if k < LEAST_TAIL:
        return -math.inf
    start = max(float(cells[-k - 1]), float(np.finfo(np.float32).tiny))
    slope = float(np.log(np.maximum(cells[-k:], start) / start).mean())
    slope *= 1 + 1 / math.sqrt(k)  # one standard error on the safe side
    return float(
        start * math.exp(slope * max(0.0, math.log(controls.cells_per_site * k / cells.size / share)))
    )


def _sentences(asked: float, promised: float, n: int, *, kept: bool) -> tuple[str, str]:
    a, p = _number(asked), _number(promised)
    na, np_ = (text.translate(str.maketrans(".,", ",.")) for text in (a, p))  # Dutch swaps the two signs
    if kept:
        english = (
            f"With {n} blocks of unchanged ground, {p} false signals per 1,000 site-years are expected;"
            f" at most {a} were asked for."
        )
        dutch = (
            f"Met {n} vlakken onveranderde grond worden {np_} onterechte signalen per 1.000 locatiejaren"
            f" verwacht; gevraagd was hoogstens {na}."
        )
        return english, dutch
    english = (
        f"At most {a} false signals per 1,000 site-years were asked for; {n} blocks of unchanged ground"
        f" can promise no fewer than {p}. The threshold was raised by what their scores let expect."
    )
    dutch = (
        f"Gevraagd was hoogstens {na} onterechte signalen per 1.000 locatiejaren; {n} vlakken onveranderde"
        f" grond kunnen niet minder dan {np_} beloven. De drempel is verhoogd naar wat hun scores doen verwachten."
    )
    return english, dutch


def _number(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"
