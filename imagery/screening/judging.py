"""From scores to signals for one site: controls, threshold, regions, permits. Used by `screen` and by `flag` alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from odc.geo.geobox import GeoBox

from imagery.detection.calibration import Threshold, choose_threshold, control_statistics
from imagery.detection.regions import find_changes
from imagery.detection.scores import ControlStatistics, ScoreMap
from imagery.domain import Outcome, OutcomeKind, Period, Settings, Signal, Site
from imagery.flagging.judging import judge_changes
from imagery.pixels.grids import pixel_size_m
from imagery.screening.ground import GroundImage
from imagery.stores.records import CONTROL, WATCHED

NEARLY_ALL = 0.995
"""Share of the watched ground above which it counts as all judged."""
LARGEST_CALIBRATED_PX = 9
"""Largest region, pixels, that control blocks are scored for. Large regions hardly occur by chance, so the threshold
would sink among ordinary scores, and regions swell. Larger ones must pass the same threshold, so asking for them only takes
some away."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judgement:
    """What the scores of a site come to."""

    judged: tuple[Signal, ...]
    """Every change with its standing."""
    controls: ControlStatistics
    """What unchanged ground scored."""
    outcome: Outcome
    """Always screened; the note says what limits it."""
    facts: Mapping[str, Any]
    """Values for the record."""


def judge_scores(
    site: Site,
    scores: ScoreMap,
    geobox: GeoBox,
    ground: GroundImage,
    *,
    period: Period,
    settings: Settings,
    geolocation_m: float,
    alignment_residual_m: float | None = None,
) -> Judgement:
    """Cut regions from scores with a threshold from control ground, and judge them against the permits.

    Parameters
    ----------
    site : Site
        The ground and its permits.
    scores : ScoreMap
        Of any method, on `geobox`, shape (M, N).
    ground : ndarray of uint8, shape (M, N)
        What each pixel serves as (see `ground_image`).
    period : Period
        The monitored period; sets how many site-years the promise is about.
    geolocation_m, alignment_residual_m : float
        Standard errors of the place of the image, metres.

    Raises
    ------
    DetectionError
        If there is no usable control ground.
    """
    pixel_m = pixel_size_m(geobox)
    min_region_px = max(1, math.ceil(settings.min_region_m2 / pixel_m**2))
    watched = ground == WATCHED
    controls = control_statistics(
        scores, ground == CONTROL, watched, min_region_px=min(min_region_px, LARGEST_CALIBRATED_PX)
    )
    threshold = choose_threshold(controls, period_years=period.years, settings=settings)
    changes = find_changes(
        scores,
        controls,
        geobox=geobox,
        watched=watched,
        threshold=threshold,
        min_region_px=min_region_px,
        crs=site.crs,
    )
    judged = judge_changes(
        changes,
        site,
        geolocation_m=geolocation_m,
        alignment_residual_m=alignment_residual_m,
        settings=settings,
    )
    assessed, smallest_m2 = float(np.isfinite(scores.score[watched]).mean()), min_region_px * pixel_m**2
    return Judgement(
        judged=judged,
        controls=controls,
        outcome=_outcome(assessed, smallest_m2, settings, scores, threshold),
        facts={
            **scores.facts,
            "method": scores.method,
            "notes": list(scores.notes),
            "resolution_m": pixel_m,
            "smallest_region_m2": smallest_m2,
            "assessed_fraction": assessed,
            "geolocation_m": geolocation_m,
            **_promise(threshold, controls),
        },
    )


def _promise(threshold: Threshold, controls: ControlStatistics) -> dict[str, Any]:
    return {
        "threshold": threshold.value,
        "asked_rate_per_1000": threshold.asked_rate_per_1000,
        "promised_rate_per_1000": threshold.promised_rate_per_1000,
        "promise_kept": threshold.kept,
        "promise_nl": threshold.sentence_nl,
        "promise_en": threshold.sentence_en,
        "control_pixels": controls.n_pixels,
        "control_pixels_trimmed": controls.n_trimmed,
        "control_blocks": controls.n_blocks,
        "control_cover_pixels": dict(controls.cover_pixels),
    }


def _outcome(
    assessed: float, smallest_m2: float, settings: Settings, scores: ScoreMap, threshold: Threshold
) -> Outcome:
    notes = []
    if assessed < NEARLY_ALL:
        notes.append(f"{assessed:.0%} of the watched ground could be judged.")
    if smallest_m2 > settings.matters_dumping_m2:
        notes.append(
            f"Too coarse for part of what matters: changes under {smallest_m2:.0f} m2 are not reported,"
            f" dumping matters from {settings.matters_dumping_m2:.0f} m2."
        )
    notes.extend(scores.notes)
    if not threshold.kept:
        notes.append(threshold.sentence_en)
    hint = (
        "Use an aerial photo or a drone for smaller changes."
        if smallest_m2 > settings.matters_dumping_m2
        else ""
    )
    return Outcome(kind=OutcomeKind.SCREENED, note=" ".join(notes), hint=hint)
