"""The drawn curve holds the dates, values and words it should."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
import xarray as xr

from imagery.detection.scores import EPOCH
from imagery.domain import Period
from imagery.plotting.curve import plot_curve
from imagery.plotting.encoding import png_bytes
from imagery.plotting.series import Curve, site_curve
from imagery.plotting.wording import index_text

UTM = "EPSG:32631"
PERIOD = Period.between(date(2020, 1, 1), date(2021, 1, 1))


def curve_of(n: int, *, seed: int = 1, clear: float = 0.7, around: bool = True) -> Curve:
    rng = np.random.default_rng(seed)
    days = np.datetime64("2017-01-03") + np.cumsum(rng.integers(3, 12, n))
    inside = np.where(rng.random(n) < clear, 0.6 + 0.1 * rng.random(n), np.nan)
    middle = 0.6 + 0.1 * rng.random(n) if around else np.full(n, np.nan)
    return Curve(
        days=days.astype("datetime64[D]"), inside=inside, around=middle,
        around_low=middle - 0.05, around_high=middle + 0.05, index="ndvi",
    )  # fmt: skip


def number(day: date) -> int:
    return (day - EPOCH).days


def test_every_clear_date_in_view_is_a_dot_with_its_value() -> None:
    curve = curve_of(180)
    history = PERIOD.history(2)
    axes = plot_curve(curve, period=PERIOD, history=history).axes[0]
    (dots,) = [line for line in axes.lines if line.get_marker() == "o"]
    kept = (
        (curve.days >= np.datetime64(history.start.date()))
        & (curve.days <= np.datetime64("2021-01-01"))
        & curve.clear
    )
    assert 10 < kept.sum() < curve.clear.sum()
    np.testing.assert_array_equal(dots.get_xdata(), [number(day) for day in curve.days[kept].astype(object)])
    np.testing.assert_array_equal(dots.get_ydata(), curve.inside[kept])


def test_the_flagged_interval_lies_between_its_two_dates_and_says_them() -> None:
    flagged = (date(2020, 4, 3), date(2020, 5, 13))
    axes = plot_curve(curve_of(180), period=PERIOD, history=PERIOD.history(3), flagged=flagged).axes[0]
    strips = [
        p.get_extents()
        for p in (patch.get_path().transformed(patch.get_patch_transform()) for patch in axes.patches)
    ]
    assert any((s.x0, s.x1) == (number(flagged[0]), number(flagged[1])) for s in strips)
    assert "hier veranderd: 3 apr 2020 – 13 mei 2020" in [t.get_text() for t in axes.texts]


def test_without_a_last_unchanged_date_only_the_first_changed_is_marked() -> None:
    axes = plot_curve(curve_of(50), flagged=(None, date(2017, 6, 1)), language="en").axes[0]
    assert "changed here: 1 Jun 2017" in [t.get_text() for t in axes.texts]
    assert [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 2] == [
        number(date(2017, 6, 1))
    ]


def test_history_and_monitored_period_are_named() -> None:
    axes = plot_curve(curve_of(180), period=PERIOD, history=PERIOD.history(3)).axes[0]
    assert {"voorgeschiedenis", "bewaakte periode"} <= {t.get_text() for t in axes.texts}
    assert [t.get_text() for t in axes.get_xticklabels()] == ["2017", "2018", "2019", "2020", "2021"]


@pytest.mark.parametrize(
    ("n", "clear", "around"),
    [(0, 0.5, True), (1, 1.0, True), (40, 0.0, True), (40, 1.0, False), (2, 1.0, False)],
)
def test_a_poor_series_is_drawn_all_the_same(n: int, clear: float, around: bool) -> None:
    figure = plot_curve(curve_of(n, clear=clear, around=around), flagged=(date(2017, 2, 1), date(2017, 2, 9)))
    assert len(png_bytes(figure)) > 1000
    assert sum(line.get_marker() == "o" for line in figure.axes[0].lines) == (1 if n and clear else 0)


@pytest.mark.parametrize("days", [40, 300, 1500])
def test_months_and_years_are_ticked_in_dutch(days: int) -> None:
    stretch = Period.between(date(2020, 3, 1), date.fromordinal(date(2020, 3, 1).toordinal() + days))
    labels = [t.get_text() for t in plot_curve(curve_of(0), period=stretch).axes[0].get_xticklabels()]
    assert (
        labels
        == {40: ["mrt", "apr"], 300: ["apr", "jul", "okt"], 1500: ["2021", "2022", "2023", "2024"]}[days]
    )


def test_indices_have_names_in_words() -> None:
    assert index_text("brightness", "en") == "brightness (reflectance 0-1)"
    assert index_text("nir", "nl") == "nabij-infrarood, reflectie 0-1"


def test_a_planted_drop_shows_in_the_curve__planted(
    make_cube: Callable[..., xr.Dataset], ground: Callable[..., Any]
) -> None:
    cube = make_cube(["2019-05-01", "2019-06-01", "2020-05-01", "2020-06-01"])
    cube["nir"].values[2:, 10:16, 20:30] = cube["red"].values[2:, 10:16, 20:30]
    around = np.ones(cube["nir"].shape[1:], dtype=bool)
    curve = site_curve(cube, ground(10, 16, 20, 30), UTM, around=around)
    assert curve.inside[2:] == pytest.approx([0, 0], abs=1e-6)
    assert (np.abs(curve.around - curve.inside)[:2] < 0.02).all()
    assert (curve.around[2:] > 0.1).all()
