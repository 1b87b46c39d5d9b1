"""The score map: highest score lightest, gaps hatched, threshold marked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.collections import LineCollection
from odc.geo.geobox import GeoBox

from imagery.detection.scores import NO_DAY, ControlStatistics, ScoreMap
from imagery.domain import Signal, Site
from imagery.plotting.encoding import png_bytes
from imagery.plotting.score_map import plot_score
from imagery.stores.records import CONTROL, SitePixels


def pixels_of(geobox: GeoBox, score: np.ndarray) -> SitePixels:
    days = np.full(score.shape, NO_DAY)
    scores = ScoreMap(
        score=score.astype(np.float32),
        last_unchanged=days,
        first_changed=days,
        before={},
        after={},
        method="series",
    )
    controls = ControlStatistics(
        block_scores=np.array([1.0, 2.0]), n_pixels=200, n_trimmed=0, block_px=5, min_region_px=3
    )
    return SitePixels(geobox=geobox, scores=scores, controls=controls, ground=np.full(score.shape, CONTROL))


def test_scores_lie_where_they_belong_and_gaps_stay_gaps(
    geobox: GeoBox, make_signal: Callable[..., Signal], make_site: Callable[..., Site]
) -> None:
    score = np.random.default_rng(4).random(geobox.shape)
    score[10:16, 20:30] = 9.0
    score[12, 5] = np.nan
    signal = make_signal((10, 16), (20, 30))
    figure = plot_score(pixels_of(geobox, score), signals=[signal], threshold=4.5)
    axes, bar = figure.axes
    shown = axes.images[0].get_array()
    np.testing.assert_array_equal(np.argwhere(shown.mask), [[12, 5]])
    np.testing.assert_array_equal(shown[10:16, 20:30], 9.0)
    (region,) = [c for c in axes.collections if isinstance(c, LineCollection)]
    assert region.get_segments()[0].min(axis=0).tolist() == [20, 10]
    assert [t.get_text() for t in figure.texts] == ["drempel 4,5"]
    assert bar.get_ylabel().startswith("score")
    assert len(png_bytes(figure)) > 1000


def test_a_site_sets_the_part_that_is_shown(geobox: GeoBox, make_site: Callable[..., Site]) -> None:
    score = np.random.default_rng(4).random(geobox.shape)
    figure = plot_score(pixels_of(geobox, score), site=make_site((30, 34), (40, 45)), language="en")
    shown = figure.axes[0].images[0].get_array()
    np.testing.assert_array_equal(shown, score.astype(np.float32)[8:40, 18:50])


def test_a_map_without_any_score_is_drawn(geobox: GeoBox) -> None:
    assert len(png_bytes(plot_score(pixels_of(geobox, np.full(geobox.shape, np.nan)), threshold=3.0))) > 1000
