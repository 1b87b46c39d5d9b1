"""The curve of a region through time, beside the unchanged ground around it.

Time runs in days since 1970-01-01, as plain numbers: the date machinery of matplotlib is global and has no Dutch.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from imagery.detection.scores import EPOCH
from imagery.domain import Period
from imagery.plotting.pen import FAINT, FONT, INK, frame, new_figure, text_style
from imagery.plotting.series import Curve
from imagery.plotting.wording import (
    SHORT_MONTHS,
    Language,
    checked_language,
    day_text,
    index_text,
    label,
    number_text,
)

REGION_COLOUR, AROUND_COLOUR, SPREAD_COLOUR, FLAG_COLOUR = "#a8320a", "#1f4e79", "#b9cfe4", "#7a5c00"
HISTORY_GROUND, MONITORED_GROUND = "#f1f1f1", "#fff6d6"
LONG_DAYS, SHORT_DAYS = 900, 220


def plot_curve(
    curve: Curve,
    *,
    period: Period | None = None,
    history: Period | None = None,
    flagged: tuple[date | None, date] | None = None,
    language: str = "nl",
) -> Figure:
    """Draw a region through time: clear dates as dots, the surroundings as a line with their spread.

    Parameters
    ----------
    curve : Curve
        From `site_curve`.
    period : Period, optional
        The monitored period: shaded, and the end of what is shown.
    history : Period, optional
        The history that says what is normal: shaded, and the start of what is shown.
    flagged : (last unchanged date or None, first changed date), optional
        Marked as the interval in which the change came.
    language : {"nl", "en"}
        Of the words in the picture.

    Returns
    -------
    matplotlib.figure.Figure
        Made without pyplot.
    """
    words = checked_language(language)
    figure = new_figure(8.0, 3.3)
    axes = figure.add_axes((0.085, 0.19, 0.895, 0.73))
    first, last = _limits(curve, history, period)
    shown = curve.between(first, last)
    axes.set_xlim(_number(first), _number(last))
    _shade(axes, history, period, words)
    _draw_around(axes, shown, words)
    _draw_inside(axes, shown, words)
    _set_height(axes, shown)
    if flagged is not None:
        _mark(axes, flagged, words)
    _dress(axes, curve.index, first, last, words)
    handles, names = axes.get_legend_handles_labels()
    if handles:
        figure.legend(
            handles, names, loc="lower center", ncols=3, frameon=False, labelcolor=INK,
            prop={"family": FONT, "size": 8.5}, columnspacing=1.5,
        )  # fmt: skip
    return figure


def _limits(curve: Curve, history: Period | None, period: Period | None) -> tuple[date, date]:
    """First and last day on the axis: of history and period where they are known, else of the curve."""
    days: list[date] = (
        [d.astype(object) for d in (curve.days.min(), curve.days.max())] if curve.days.size else []
    )
    starts = [period.start.date()] if period else []
    first = history.start.date() if history else min([*days, *starts], default=date(2000, 1, 1))
    last = period.end.date() if period else max(days, default=first)
    return (first, last) if last > first else (first, date.fromordinal(first.toordinal() + 30))


def _shade(axes: Axes, history: Period | None, period: Period | None, language: Language) -> None:
    low, high = axes.get_xlim()
    for name, stretch, colour in (
        ("history", history, HISTORY_GROUND),
        ("monitored", period, MONITORED_GROUND),
    ):
        if stretch is not None:
            start, end = _number(stretch.start.date()), _number(stretch.end.date())
            axes.axvspan(start, end, facecolor=colour, edgecolor="none", zorder=0)
            axes.axvline(start, color=FAINT, linewidth=0.8, zorder=0.5)
            style = text_style(color="#404040", fontsize=8.5, va="bottom", ha="left")
            left = max(start, low) + 0.004 * (high - low)
            axes.text(left, 1.02, label(name, language), transform=axes.get_xaxis_transform(), **style)


def _draw_around(axes: Axes, curve: Curve, language: Language) -> None:
    known = np.isfinite(curve.around)
    if known.any():
        x = _numbers(curve)[known]
        axes.fill_between(
            x, curve.around_low[known], curve.around_high[known],
            facecolor=SPREAD_COLOUR, edgecolor="none", alpha=0.8, label=label("spread", language), zorder=1,
        )  # fmt: skip
        axes.plot(
            x, curve.around[known],
            color=AROUND_COLOUR, linewidth=1.6, label=label("around", language), zorder=2,
        )  # fmt: skip


def _draw_inside(axes: Axes, curve: Curve, language: Language) -> None:
    known = curve.clear
    if known.any():
        axes.plot(
            _numbers(curve)[known], curve.inside[known], color=REGION_COLOUR, linewidth=0.7, marker="o",
            markersize=4.2, markeredgecolor="#ffffff", markeredgewidth=0.5, label=label("inside", language),
            zorder=3,
        )  # fmt: skip


def _set_height(axes: Axes, curve: Curve) -> None:
    values = np.concatenate([curve.inside, curve.around_low, curve.around_high])
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    room = max(0.12 * (high - low), 0.02)
    axes.set_ylim(low - room, high + 2 * room)


def _mark(axes: Axes, flagged: tuple[date | None, date], language: Language) -> None:
    """Two lines and a hatched strip where the change came, with the two dates in words."""
    last, first = flagged
    end = _number(first)
    start = end if last is None else _number(last)
    if last is not None:
        axes.axvspan(
            start,
            end,
            facecolor="none",
            edgecolor=FLAG_COLOUR,
            hatch="////",
            linewidth=0,
            alpha=0.55,
            zorder=1.5,
        )
        axes.axvline(start, color=FLAG_COLOUR, linewidth=1.2, linestyle=(0, (2, 2)), zorder=2.5)
    axes.axvline(end, color=FLAG_COLOUR, linewidth=1.8, zorder=2.5)
    low, high = axes.get_xlim()
    right = (start + end) / 2 > (low + high) / 2
    dates = " – ".join(day_text(day, language, short=True) for day in (last, first) if day is not None)
    axes.text(
        (start if right else end) + (-1 if right else 1) * 0.008 * (high - low), 0.97,
        f"{label('flagged', language)}: {dates}", transform=axes.get_xaxis_transform(),
        **text_style(
            fontsize=8.5, fontweight="bold", ha="right" if right else "left", va="top", zorder=6,
            bbox={"facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.85, "pad": 1.5},
        ),
    )  # fmt: skip


def _dress(axes: Axes, index: str, first: date, last: date, language: Language) -> None:
    length = (last - first).days
    step = 12 if length > LONG_DAYS else 3 if length > SHORT_DAYS else 1
    ticks = _month_starts(first, last, step)
    axes.xaxis.set_major_locator(FixedLocator([_number(day) for day in ticks]))
    axes.set_xticklabels([_tick_text(day, step, language) for day in ticks])
    quarters = [_number(day) for day in _month_starts(first, last, 3)]
    axes.xaxis.set_minor_locator(FixedLocator(quarters if step == 12 else []))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: number_text(y, language, digits=2)))
    axes.set_ylabel(index_text(index, language), **text_style())
    axes.tick_params(labelsize=8.5, labelcolor=INK, color=FAINT, labelfontfamily=FONT)
    axes.grid(visible=True, which="major", axis="y", color="#dcdcdc", linewidth=0.6)
    frame(axes)


def _month_starts(first: date, last: date, step: int) -> list[date]:
    """First days of every `step`-th month from January, within two days."""
    months = [
        date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13, step)
    ]
    return [day for day in months if first <= day <= last]


def _tick_text(day: date, step: int, language: Language) -> str:
    month = SHORT_MONTHS[language][day.month - 1]
    if step == 12:
        return str(day.year)
    return f"{month} {day.year}" if day.month == 1 else month


def _number(day: date) -> float:
    return float((day - EPOCH).days)


def _numbers(curve: Curve) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return curve.days.astype("datetime64[D]").astype(np.int64).astype(np.float64)
