"""The score of every pixel as a map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from imagery.domain import Signal, Site
from imagery.plotting.outlines import outlines_for, view_for
from imagery.plotting.pen import (
    FONT,
    INK,
    REGION,
    Outline,
    draw_legend,
    draw_north,
    draw_outlines,
    draw_scale_bar,
    frame,
    new_figure,
    show_image,
    text_style,
)
from imagery.plotting.view import rings_on
from imagery.plotting.wording import Language, checked_language, label, number_text
from imagery.stores.records import SitePixels

COLOURS = "cividis"
"""Readable without colour vision and in grey print: its lightness rises evenly."""


def plot_score(
    pixels: SitePixels,
    *,
    site: Site | None = None,
    signals: Sequence[Signal] = (),
    threshold: float | None = None,
    language: str = "nl",
) -> Figure:
    """Draw the score map of a site, light where the ground changed most.

    Parameters
    ----------
    pixels : SitePixels
        Scores on the imagery's own grid, (M, N).
    site : Site, optional
        Draws the permitted ground, and sets what part of the grid is shown.
    signals : sequence of Signal
        Their regions are outlined.
    threshold : float, optional
        Marked on the colour bar.
    language : {"nl", "en"}
        Of the words in the picture.

    Returns
    -------
    matplotlib.figure.Figure
        Pixels without a score are hatched.
    """
    words = checked_language(language)
    view = view_for(pixels.geobox, site, None)
    score = np.asarray(pixels.scores.score)[view.rows, view.cols]
    outlines: list[Outline] = outlines_for(view.geobox, site, None)
    rings = [ring for s in signals for ring in rings_on(view.geobox, s.change.geometry, s.change.crs)]
    if rings:
        outlines.append((REGION, rings))
    figure = new_figure(6.0, 5.2)
    axes = figure.add_axes((0.02, 0.12, 0.76, 0.84))
    finite = score[np.isfinite(score)]
    top = float(finite.max()) if finite.size else 1.0
    scale = Normalize(0.0, max(top, threshold or 0.0, 1e-6))
    show_image(axes, np.ma.masked_invalid(score), view, cmap=COLOURS, norm=scale)
    draw_outlines(axes, outlines)
    draw_scale_bar(axes, view.geobox, words)
    draw_north(axes, view.geobox, words)
    frame(axes)
    _draw_bar(figure, scale, threshold, words)
    draw_legend(figure, [pen for pen, _ in reversed(outlines)], words, no_data=bool(np.isnan(score).any()))
    return figure


def _draw_bar(figure: Figure, scale: Normalize, threshold: float | None, language: Language) -> None:
    axes = figure.add_axes((0.81, 0.2, 0.03, 0.68))
    bar = figure.colorbar(ScalarMappable(norm=scale, cmap=COLOURS), cax=axes)
    bar.set_label(label("score", language), **text_style())
    for text in axes.get_yticklabels():
        text.set_fontfamily(FONT)
    axes.tick_params(labelsize=8, labelcolor=INK)
    if threshold is not None:
        bar.ax.axhline(threshold, color="#d00000", linewidth=2)
        words = f"{label('threshold', language)} {number_text(threshold, language, digits=1)}"
        figure.text(0.81, 0.9, words, **text_style(fontsize=8.5, va="bottom"))
