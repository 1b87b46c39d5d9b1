"""One site, from pixels to judged changes. Whatever goes wrong in an expected way becomes its outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import xarray as xr

from imagery.detection.pair import detect_pair
from imagery.detection.scores import ScoreMap
from imagery.detection.series import detect_series
from imagery.domain import Alignment, AlignmentStatus, Outcome, OutcomeKind, Period, Settings, Site
from imagery.errors import (
    AlignmentError,
    ImageryError,
    NoSceneError,
    NotEnoughHistoryError,
    TooCloudyError,
)
from imagery.screening.coverage import covered_fraction, dates_seen, in_period
from imagery.screening.ground import Grounds, ground_image
from imagery.screening.judging import judge_scores
from imagery.sources.protocol import Area, Source
from imagery.stores.records import CONTROL, WATCHED, SitePixels, SiteRecord
from imagery.stores.site_folder import geobox_of

Mask = npt.NDArray[np.bool_]
NEARLY_ALL = 0.995
"""Share of the watched ground above which it counts as covered: grids cut corners."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScreenedSite:
    """A site as it ended, with the pixels behind it when it was looked at."""

    record: SiteRecord
    """How it ended and what was found."""
    pixels: SitePixels | None = None
    """Scores and controls."""
    cube: xr.Dataset | None = None
    """Clipped input pixels of all dates."""


def screen_site(
    site: Site, *, source: Source, grounds: Grounds, period: Period, settings: Settings
) -> ScreenedSite:
    """Look at one site over a period.

    Parameters
    ----------
    site : Site
        What to watch.
    source : Source
        Where the imagery comes from.
    grounds : Grounds
        The ground of all sites of the register: none of it may serve as control.
    period : Period
        Monitored interval; the history is read from before it.

    Returns
    -------
    ScreenedSite
        An expected error has become its outcome; a programming error is raised.
    """
    try:
        return _look(site, source=source, grounds=grounds, period=period, settings=settings)
    except ImageryError as error:
        return ScreenedSite(record=SiteRecord(site=site, outcome=outcome_of(error)))


def outcome_of(error: ImageryError) -> Outcome:
    """The outcome that an expected error stands for."""
    kinds = {
        NotEnoughHistoryError: OutcomeKind.NOT_ENOUGH_HISTORY,
        NoSceneError: OutcomeKind.NO_SCENE,
        TooCloudyError: OutcomeKind.TOO_CLOUDY,
        AlignmentError: OutcomeKind.MISALIGNED,
    }
    kind = next((kind for cls, kind in kinds.items() if isinstance(error, cls)), OutcomeKind.FAILED)
    return Outcome(kind=kind, note=error.message, hint=error.hint)


def _look(
    site: Site, *, source: Source, grounds: Grounds, period: Period, settings: Settings
) -> ScreenedSite:
    reach_m = settings.margin_m + settings.context_m
    area = Area(geometry=site.geometry.buffer(reach_m), crs=site.crs)
    history = period.history(settings.history_years)
    cube = source.load(area, Period(start=history.start, end=period.end))
    geobox = geobox_of(cube)
    others = grounds.others(site, 2 * reach_m)
    ground = ground_image(geobox, site, others, margin_m=settings.margin_m)
    watched = ground == WATCHED
    _check_sight(cube, watched, period)
    scores = _scores(cube, period, ground == CONTROL, watched, settings)
    geolocation_m = float(cube.attrs.get("geolocation_m", settings.geolocation_m))
    judgement = judge_scores(
        site, scores, geobox, ground, period=period, settings=settings, geolocation_m=geolocation_m
    )
    covered = covered_fraction(site, geobox, settings.margin_m)
    alignment = Alignment(
        status=AlignmentStatus.NOT_ATTEMPTED,
        reason=f"Nothing to align with; the place is trusted to {geolocation_m:g} m.",
    )
    record = SiteRecord(
        site=site,
        outcome=_with_cautions(judgement.outcome, covered, cube.attrs.get("cloud_mask")),
        judged=judgement.judged,
        alignment=alignment,
        facts={**judgement.facts, **dates_seen(cube, watched, period), "covered_fraction": covered},
    )
    pixels = SitePixels(geobox=geobox, scores=scores, controls=judgement.controls, ground=ground)
    return ScreenedSite(record=record, pixels=pixels, cube=cube)


def _check_sight(cube: xr.Dataset, watched: Mask, period: Period) -> None:
    """Tell a site without imagery from one that was always under cloud."""
    if not watched.any():
        raise NoSceneError("The site lies outside the imagery.", hint="Use imagery that covers it.")
    monitored = in_period(cube, period)
    if not monitored.any():
        raise NoSceneError(
            f"No image was taken in {period}.", hint="Use imagery of that period, or another period."
        )
    clear = cube["valid"].values[monitored][:, watched]
    if not clear.any():
        raise TooCloudyError(
            f"None of the {int(monitored.sum())} images of {period} shows the site without cloud.",
            hint="Use a longer period, or radar.",
        )


def _scores(
    cube: xr.Dataset,
    period: Period,
    control: Mask,
    watched: Mask,
    settings: Settings,
) -> ScoreMap:
    """Series where there is history enough, otherwise a pair of composites."""
    try:
        return detect_series(cube, period, control=control, watched=watched, settings=settings)
    except NotEnoughHistoryError as too_short:
        try:
            return detect_pair(cube, period, control=control, watched=watched, settings=settings)
        except NotEnoughHistoryError as no_pair:
            raise no_pair from too_short


def _with_cautions(outcome: Outcome, covered: float, cloud_mask: object) -> Outcome:
    """Say where the watched ground reaches beyond the imagery, and where nothing told cloud from ground."""
    cautions, hint = [], outcome.hint
    if covered <= NEARLY_ALL:
        cautions.append(f"Only {covered:.0%} of the watched ground lies within the imagery.")
        hint = hint or "Use imagery that covers the site."
    if cloud_mask == "none":
        cautions.append("The imagery has no cloud mask: cloud and shadow may pass for change, or hide it.")
    return replace(outcome, note=" ".join([*cautions, outcome.note]).strip(), hint=hint)
