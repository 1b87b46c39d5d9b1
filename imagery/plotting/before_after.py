"""Two images of one place side by side, stretched alike, with what is judged drawn on both."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from imagery.domain import Signal, Site
from imagery.errors import InputError
from imagery.plotting.colour import shown_bands, to_rgba
from imagery.plotting.outlines import outlines_for, view_for
from imagery.plotting.pairs import Picture, PicturePair
from imagery.plotting.pen import (
    draw_legend,
    draw_north,
    draw_outlines,
    draw_scale_bar,
    frame,
    has_gaps,
    new_figure,
    show_image,
    text_style,
)
from imagery.plotting.view import View
from imagery.plotting.wording import Language, checked_language, day_text, label


def plot_before_after(
    pair: PicturePair, *, site: Site | None = None, signal: Signal | None = None, language: str = "nl"
) -> Figure:
    """Draw before and after side by side, north up, with outlines, dates, scale bar and north arrow.

    Parameters
    ----------
    pair : PicturePair
        From `scene_pair` or `composite_pair`.
    site : Site, optional
        Draws the permitted ground; where it has none, the watched ground.
    signal : Signal, optional
        Draws the region and the band of doubt, and sets what part of the grid is shown.
    language : {"nl", "en"}
        Of the words in the picture.

    Returns
    -------
    matplotlib.figure.Figure
        Made without pyplot: safe in threads, and never shown unless asked for.

    Raises
    ------
    InputError
        If the two images share no band.

    Notes
    -----
    True colour where red, green and blue are there, else false colour, else one band in grey. Each band has one
    stretch for both images, so a change in colour is a change in reflectance. Pixels without data are hatched.
    """
    words = checked_language(language)
    bands = shown_bands(pair.bands)
    if not bands:
        raise InputError("Before and after share no band.", hint="Give images of the same bands.")
    view = view_for(pair.geobox, site, signal)
    images = to_rgba([_window(pair.before, view), _window(pair.after, view)], bands)
    outlines = outlines_for(view.geobox, site, signal)
    figure = new_figure(8.0, 4.7)
    for number, (name, picture, image) in enumerate(
        zip(("before", "after"), (pair.before, pair.after), images, strict=True)
    ):
        axes = figure.add_axes((0.01 + 0.5 * number, 0.12, 0.48, 0.81))
        show_image(axes, image, view)
        draw_outlines(axes, outlines)
        draw_scale_bar(axes, view.geobox, words)
        draw_north(axes, view.geobox, words)
        frame(axes)
        style = text_style(fontsize=11, fontweight="bold", pad=6, loc="left")
        axes.set_title(f"{label(name, words)}: {_when(picture, words)}", **style)
    draw_legend(figure, [pen for pen, _ in reversed(outlines)], words, no_data=has_gaps(*images))
    return figure


def _when(picture: Picture, language: Language) -> str:
    if picture.taken is None:
        return label("composite", language)
    return day_text(picture.taken.date(), language)


def _window(picture: Picture, view: View) -> dict[str, Any]:
    return {name: np.asarray(image)[view.rows, view.cols] for name, image in picture.bands.items()}
