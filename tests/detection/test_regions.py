"""Regions cut from scores: outlines, areas and their error, dates, p-values."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import Transformer

from imagery.detection.calibration import Threshold
from imagery.detection.regions import area_error_m2, find_changes
from imagery.detection.scores import EPOCH, NO_DAY, ControlStatistics, ScoreMap
from imagery.domain import Change
from imagery.errors import DetectionError, GeometryError, GridMismatchError

GRID = GeoBox((30, 40), Affine(10, 0, 120_000, 0, -10, 490_000), "EPSG:28992")
UTM = GeoBox((30, 40), Affine(10, 0, 640_000, 0, -10, 5_800_000), "EPSG:32631")
DAY = (date(2020, 6, 1) - EPOCH).days


def threshold(value: float) -> Threshold:
    return Threshold(
        value=value,
        asked_rate_per_1000=20.0,
        promised_rate_per_1000=20.0,
        kept=True,
        sentence_en="A sentence.",
        sentence_nl="Een zin.",
    )


def controls() -> ControlStatistics:
    return ControlStatistics(
        block_scores=np.arange(1.0, 10.0), n_pixels=900, n_trimmed=0, block_px=10, min_region_px=3
    )


def score_map(score: np.ndarray, **changes: object) -> ScoreMap:
    image = np.full(score.shape, 0.1, np.float32)
    values = {
        "score": score.astype(np.float32),
        "last_unchanged": np.full(score.shape, DAY - 10, np.int32),
        "first_changed": np.full(score.shape, DAY, np.int32),
        "before": {"red": image},
        "after": {"red": image + 0.2},
        "method": "series",
    }
    return ScoreMap(**{**values, **changes})  # type: ignore[arg-type]


def cut(
    score: np.ndarray, *, grid: GeoBox = GRID, crs: str = "EPSG:28992", **changes: object
) -> tuple[Change, ...]:
    arguments: dict[str, object] = {
        "geobox": grid,
        "watched": np.ones(score.shape, bool),
        "threshold": threshold(5.0),
        "min_region_px": 3,
        "crs": crs,
    }
    scores = changes.pop("scores", None) or score_map(score)
    return find_changes(scores, controls(), **{**arguments, **changes})  # type: ignore[arg-type]


def plateau(*boxes: tuple[int, int, int, int, float]) -> np.ndarray:
    score = np.ones(GRID.shape)
    for row, column, rows, columns, value in boxes:
        score[row : row + rows, column : column + columns] = value
    return score


def test_a_square_region_has_the_outline_of_its_pixels() -> None:
    (change,) = cut(plateau((4, 6, 3, 5, 8.0)))
    expected = shapely.box(120_060, 489_930, 120_110, 489_960)
    assert change.geometry.equals(expected)
    assert change.area_m2 == pytest.approx(1500)
    assert change.crs == "EPSG:28992"
    assert change.pixel_m == 10
    assert change.method == "series"
    assert change.score == 8
    assert change.p_value == pytest.approx((1 + 2) / 10)
    assert change.before["red"] == pytest.approx(0.1)
    assert change.after["red"] == pytest.approx(0.3)


def test_regions_come_strongest_first_and_small_ones_not_at_all() -> None:
    changes = cut(plateau((1, 1, 3, 3, 6.0), (10, 10, 2, 2, 9.0), (20, 20, 1, 2, 30.0)))
    assert [change.score for change in changes] == [9, 6]


def test_a_hole_stays_a_hole_and_pieces_that_touch_at_a_corner_are_one() -> None:
    score = plateau((2, 2, 5, 5, 8.0))
    score[4, 4] = 1
    (ring,) = cut(score)
    assert ring.area_m2 == pytest.approx(2400)
    assert len(shapely.get_parts(ring.geometry)) == 1
    assert len(ring.geometry.interiors) == 1
    (pair,) = cut(plateau((2, 2, 2, 2, 8.0), (4, 4, 2, 2, 8.0)))
    assert pair.area_m2 == pytest.approx(800)
    assert pair.geometry.geom_type == "MultiPolygon"
    assert pair.geometry.is_valid


def test_random_regions_are_valid_and_hold_exactly_their_pixels() -> None:
    rng = np.random.default_rng(1)
    for _ in range(10):
        score = np.where(rng.random(GRID.shape) < 0.4, 8.0, 1.0)
        changes = cut(score)
        assert all(change.geometry.is_valid for change in changes)
        rows, columns = np.indices(GRID.shape)
        centres = shapely.points(120_005 + 10 * columns, 489_995 - 10 * rows)
        inside = shapely.contains(shapely.union_all([c.geometry for c in changes]), centres)
        small = (score > 5) & ~inside
        assert not (inside & (score <= 5)).any()
        assert small.sum() == sum(1 for _ in np.argwhere(small)) <= 0.2 * (score > 5).sum()
        assert sum(change.area_m2 for change in changes) == pytest.approx(100 * inside.sum())


def test_a_region_over_the_border_keeps_its_watched_part() -> None:
    watched = np.zeros(GRID.shape, bool)
    watched[:, :10] = True
    (change,) = cut(plateau((5, 8, 3, 6, 8.0)), watched=watched)
    assert change.area_m2 == pytest.approx(600)
    assert cut(plateau((5, 9, 2, 6, 8.0)), watched=watched) == ()


def test_ground_that_cannot_be_judged_is_in_no_region() -> None:
    score = plateau((5, 5, 3, 3, 8.0))
    score[6, :] = np.nan
    assert {round(change.area_m2) for change in cut(score)} == {300}


def test_outlines_are_carried_to_the_system_of_the_site() -> None:
    (change,) = cut(plateau((4, 6, 3, 5, 8.0)), grid=UTM, crs="EPSG:28992")
    to_site = Transformer.from_crs("EPSG:32631", "EPSG:28992", always_xy=True)
    corner = to_site.transform(640_060, 5_799_960)
    assert change.geometry.exterior.distance(shapely.Point(corner)) < 1e-6
    assert change.area_m2 == pytest.approx(1500, rel=2e-3)
    assert change.area_m2 != 1500


def test_dates_are_those_of_the_middle_pixel_and_the_earliest_quarter() -> None:
    first, last = np.full(GRID.shape, DAY, np.int32), np.full(GRID.shape, DAY - 10, np.int32)
    first[4, 6], last[4, 6] = DAY - 300, DAY - 400
    first[4, 7], last[4, 7] = DAY + 50, DAY + 45
    score = plateau((4, 6, 3, 5, 8.0))
    (change,) = cut(score, scores=score_map(score, first_changed=first, last_unchanged=last))
    assert change.first_changed == date(2020, 6, 1)
    assert change.last_unchanged == date(2020, 6, 1) - timedelta(days=10)


def test_a_region_of_which_no_date_shows_the_old_state_says_so() -> None:
    score = plateau((4, 6, 3, 5, 8.0))
    last = np.full(GRID.shape, NO_DAY)
    last[4, 6] = DAY - 10
    (change,) = cut(score, scores=score_map(score, last_unchanged=last))
    assert change.last_unchanged is None


def test_dates_are_in_order_even_where_pixels_disagree() -> None:
    rng = np.random.default_rng(0)
    score = plateau((4, 6, 3, 5, 8.0))
    for _ in range(50):
        first = (DAY + rng.integers(-50, 50, GRID.shape)).astype(np.int32)
        last = (first - rng.integers(1, 80, GRID.shape)).astype(np.int32)
        last[rng.random(GRID.shape) < 0.3] = NO_DAY
        (change,) = cut(score, scores=score_map(score, first_changed=first, last_unchanged=last))
        assert change.last_unchanged is None or change.last_unchanged <= change.first_changed


def test_scores_without_dates_are_refused() -> None:
    score = plateau((4, 6, 3, 5, 8.0))
    with pytest.raises(DetectionError, match="no date"):
        cut(score, scores=score_map(score, first_changed=np.full(GRID.shape, NO_DAY)))


def test_other_shapes_and_systems_in_degrees_are_refused() -> None:
    score = plateau((4, 6, 3, 5, 8.0))
    with pytest.raises(GridMismatchError, match="share one shape"):
        cut(score, watched=np.ones((3, 3), bool))
    with pytest.raises(GeometryError, match="metric"):
        cut(score, crs="EPSG:4326")


def test_the_area_error_covers_discs_cut_at_any_share__planted() -> None:
    """Discs of known area, counted from pixel shares with a limit between a quarter and three quarters."""
    rng = np.random.default_rng(7)
    fine = 10
    y, x = (np.indices((40 * fine, 40 * fine)) + 0.5) / fine
    off = []
    for _ in range(150):
        radius = rng.uniform(2, 12)
        row, column = 20 + rng.uniform(-1, 1, 2)
        disc = (y - row) ** 2 + (x - column) ** 2 < radius**2
        share = disc.reshape(40, fine, 40, fine).mean((1, 3))
        counted = share > rng.uniform(0.25, 0.75)
        edges = sum(int((np.diff(np.pad(counted, 1).astype(int), axis=a) != 0).sum()) for a in (0, 1))
        off.append((counted.sum() - disc.mean() * 1600) * 100 / area_error_m2(10.0 * edges, 10.0))
    assert 0.6 < np.std(off) < 1.3
    assert np.mean(np.abs(off) < 2) > 0.93


def test_the_area_error_grows_with_the_outline_and_the_pixel() -> None:
    assert area_error_m2(400.0, 10.0) > area_error_m2(200.0, 10.0)
    assert area_error_m2(200.0, 20.0) > area_error_m2(200.0, 10.0)
