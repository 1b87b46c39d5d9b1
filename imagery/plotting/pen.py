"""How things are drawn on every picture: line styles, scale bar, north arrow, legend.

Each thing has its own line style and not just its own colour, with a dark rim so that it stands out on bright and
on dark ground. Nothing here touches the global state of matplotlib.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import Normal, Stroke
from odc.geo.geobox import GeoBox

from imagery.plotting.view import Points, View, metres_per_column, north_on, oriented
from imagery.plotting.wording import Language, label, number_text

FONT = "DejaVu Sans"
INK, FAINT, PAPER = "#1a1a1a", "#595959", "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Look of one kind of outline."""

    name: str
    """Its word in the legend, a name of `wording.LABELS`."""
    colour: str
    width: float
    dashes: tuple[float, Sequence[float]]
    """Offset and lengths of dash and gap, points; none for a full line."""


REGION = Pen(name="region", colour="#ffd800", width=2.2, dashes=(0, ()))
IN_FORCE = Pen(name="in_force", colour="#4fe3ff", width=1.8, dashes=(0, (6, 2.5)))
PERMITTED = Pen(name="permitted", colour="#4fe3ff", width=1.8, dashes=(0, (6, 2.5)))
NOT_IN_FORCE = Pen(name="not_in_force", colour="#ffffff", width=1.5, dashes=(0, (6, 2, 1, 2)))
WATCHED = Pen(name="watched", colour="#ffffff", width=1.3, dashes=(0, (2.5, 2.5)))
DOUBT = Pen(name="doubt", colour="#ff8ad8", width=1.5, dashes=(0, (1.2, 1.6)))

PENS = (REGION, IN_FORCE, PERMITTED, NOT_IN_FORCE, WATCHED, DOUBT)
"""All of them."""

Outline = tuple[Pen, Sequence[Points]]
"""A pen with the rings it draws, in picture coordinates."""


class NotebookFigure(Figure):
    """A figure that a notebook shows by itself, without pyplot."""

    def _repr_png_(self) -> bytes:
        drawn = io.BytesIO()
        self.savefig(drawn, format="png", dpi=self.dpi)
        return drawn.getvalue()


def new_figure(width: float, height: float) -> Figure:
    """An empty figure, inches, that belongs to no window and to no global list."""
    return NotebookFigure(figsize=(width, height), dpi=110, facecolor=PAPER)


def text_style(**changes: Any) -> dict[str, Any]:
    """Keywords of a text, the same whatever the user's own settings."""
    return {"fontfamily": FONT, "fontsize": 9, "color": INK, **changes}


def show_image(axes: Axes, image: Any, view: View, **keywords: Any) -> Any:
    """Draw an array (M, N[, 4]) so that its pixel edges lie on whole picture coordinates, north up."""
    height, width = view.shape
    missing = Rectangle(
        (0, 0), width, height, facecolor="#c9c9c9", edgecolor="#8c8c8c", hatch="///", linewidth=0
    )
    axes.add_patch(missing)
    drawn = axes.imshow(
        image, extent=(0, width, height, 0), origin="upper", interpolation="nearest", zorder=1, **keywords
    )
    right, down = oriented(view.geobox)
    axes.set_xlim(*((0, width) if right else (width, 0)))
    axes.set_ylim(*((height, 0) if down else (0, height)))
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    return drawn


def draw_outlines(axes: Axes, outlines: Iterable[Outline]) -> None:
    """Draw rings in their pens, later ones on top."""
    for order, (pen, rings) in enumerate(outlines, start=2):
        if rings:
            lines = LineCollection(
                list(rings), colors=pen.colour, linewidths=pen.width, linestyles=[pen.dashes], zorder=order
            )
            lines.set_path_effects(
                [Stroke(linewidth=pen.width + 1.6, foreground="#000000", alpha=0.75), Normal()]
            )
            axes.add_collection(lines, autolim=False)


def draw_scale_bar(axes: Axes, geobox: GeoBox, language: Language) -> float:
    """Draw a bar of a round length in the lower left corner; returns that length in metres."""
    width = int(geobox.shape[1])
    per_column = metres_per_column(geobox)
    length_m = round_length(width * per_column * 0.3)
    share = length_m / per_column / width
    axes.add_patch(
        Rectangle(
            (0.03, 0.03),
            share + 0.04,
            0.095,
            transform=axes.transAxes,
            facecolor="#000000",
            alpha=0.7,
            zorder=20,
        )
    )
    axes.plot(
        [0.05, 0.05 + share], [0.055, 0.055], transform=axes.transAxes, color=PAPER, linewidth=3,
        solid_capstyle="butt", zorder=21, scalex=False, scaley=False,
    )  # fmt: skip
    text = f"{number_text(length_m, language, digits=0 if length_m >= 1 else 2)} m"
    style = text_style(color=PAPER, fontsize=8.5, ha="left", va="bottom", zorder=21)
    axes.text(0.05, 0.065, text, transform=axes.transAxes, **style)
    return length_m


def draw_north(axes: Axes, geobox: GeoBox, language: Language) -> None:
    """Draw an arrow to true north in the upper right corner."""
    col, row = north_on(geobox)
    right, down = oriented(geobox)
    x, y = (col if right else -col) * 0.05, (-row if down else row) * 0.05
    axes.add_patch(
        Rectangle(
            (0.86, 0.83), 0.12, 0.15, transform=axes.transAxes, facecolor="#000000", alpha=0.7, zorder=20
        )
    )
    axes.annotate(
        "", xy=(0.92 + x, 0.89 + y), xytext=(0.92 - x, 0.89 - y), xycoords="axes fraction", zorder=21,
        arrowprops={"arrowstyle": "-|>", "color": PAPER, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    style = text_style(color=PAPER, fontsize=8, fontweight="bold", ha="right", va="top", zorder=21)
    axes.text(0.97, 0.97, label("north", language), transform=axes.transAxes, **style)


def draw_legend(figure: Figure, pens: Iterable[Pen], language: Language, *, no_data: bool = False) -> None:
    """Say below the pictures what each line is."""
    handles: list[Any] = []
    for pen in pens:
        line = Line2D(
            [],
            [],
            color=pen.colour,
            linewidth=pen.width,
            linestyle=pen.dashes,
            label=label(pen.name, language),
        )
        line.set_path_effects([Stroke(linewidth=pen.width + 1.6, foreground="#000000", alpha=0.75), Normal()])
        handles.append(line)
    if no_data:
        handles.append(
            Patch(
                facecolor="#c9c9c9",
                edgecolor="#8c8c8c",
                hatch="///",
                linewidth=0,
                label=label("no_data", language),
            )
        )
    if handles:
        columns = 2 if len(handles) == 4 else min(len(handles), 3)
        figure.legend(
            handles=handles, loc="lower center", ncols=columns, frameon=False, handlelength=3.2,
            columnspacing=1.6, prop={"family": FONT, "size": 8.5}, labelcolor=INK,
        )  # fmt: skip


def frame(axes: Axes) -> None:
    """A thin dark frame, whatever the user's own settings."""
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_edgecolor(FAINT)
        spine.set_linewidth(0.8)


def round_length(most: float) -> float:
    """The largest of 1, 2 or 5 times a power of ten that is at most `most`.

    Examples
    --------
    >>> round_length(337.0)
    200.0
    """
    if not (math.isfinite(most) and most > 0):
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return float(max(step * power for step in (1, 2, 5) if step * power <= most * (1 + 1e-9)))


def has_gaps(*images: Any) -> bool:
    """True when a pixel of any of the colour images (M, N, 4) is transparent."""
    return any(bool(np.any(image[..., 3] == 0)) for image in images)
