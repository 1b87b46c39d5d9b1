"""The domain values refuse nonsense, keep what they are given, and have ids that depend on content alone."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from imagery.domain import (
    Change,
    Drawing,
    Footprint,
    Limits,
    Period,
    Permit,
    PriorityPart,
    Scene,
    Settings,
    Site,
    defaults,
)
from imagery.errors import GeometryError, ParameterError

RD = "EPSG:28992"


def footprint(shape: Polygon | None = None, accuracy_m: float = 0.5) -> Footprint:
    return Footprint(
        geometry=shape or box(0, 0, 10, 20), crs=RD, drawing=Drawing.PARCEL, accuracy_m=accuracy_m
    )


def change(**changes: object) -> Change:
    values: dict[str, object] = {
        "geometry": box(0, 0, 30, 20),
        "crs": RD,
        "area_m2": 600.0,
        "area_error_m2": 50.0,
        "score": 8.0,
        "p_value": 0.01,
        "last_unchanged": date(2020, 5, 1),
        "first_changed": date(2020, 5, 11),
        "method": "series",
        "pixel_m": 10.0,
    }
    return Change(**{**values, **changes})  # type: ignore[arg-type]


def test_a_period_holds_its_first_moment_and_not_its_last() -> None:
    period = Period.parse("2020-01-01/2021-01-01")
    assert datetime(2020, 1, 1, tzinfo=UTC) in period
    assert datetime(2020, 12, 31, 23, 59, tzinfo=UTC) in period
    assert datetime(2021, 1, 1, tzinfo=UTC) not in period


@pytest.mark.parametrize(
    "text",
    ["2020-01-01", "2020-01-01/2020-13-01", "01-01-2020/01-01-2021", "a/b", "", "2020-01-01/2020-01-01/x"],
)
def test_a_period_that_is_not_two_iso_dates_is_refused_with_the_value(text: str) -> None:
    with pytest.raises(ParameterError, match="two dates") as caught:
        Period.parse(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["2021-01-01/2020-01-01", "2020-01-01/2020-01-01"])
def test_a_period_must_end_after_it_starts(text: str) -> None:
    with pytest.raises(ParameterError, match="end after it starts"):
        Period.parse(text)


@given(st.floats(0.01, 20))
def test_a_history_ends_where_the_period_starts_and_has_its_length(years: float) -> None:
    period = Period.parse("2020-01-01/2020-07-01")
    history = period.history(years)
    assert history.end == period.start
    assert history.years == pytest.approx(years, rel=1e-6)


def test_a_permit_is_in_force_on_its_first_and_on_its_last_day() -> None:
    permit = Permit(reference="Z-1", valid_from=date(2020, 3, 1), valid_to=date(2020, 3, 31))
    days = [date(2020, 2, 29), date(2020, 3, 1), date(2020, 3, 31), date(2020, 4, 1)]
    assert [permit.in_force(day) for day in days] == [False, True, True, False]
    assert [permit.not_yet(day) for day in days] == [True, False, False, False]
    assert [permit.expired(day) for day in days] == [False, False, False, True]


def test_a_permit_with_open_ends_is_always_in_force() -> None:
    assert Permit(reference="Z-1").in_force(date(1900, 1, 1))


def test_ids_depend_on_content_and_not_on_the_starting_vertex() -> None:
    turned = Polygon([(10, 0), (10, 20), (0, 20), (0, 0)])
    one, other = (
        Permit(reference="Z-1", footprint=footprint(shape)) for shape in (box(0, 0, 10, 20), turned)
    )
    assert one.permit_id == other.permit_id
    assert one.permit_id != replace(one, footprint=footprint(box(0, 0, 10, 21))).permit_id
    assert one.permit_id != replace(one, valid_to=date(2030, 1, 1)).permit_id
    assert len(one.permit_id) == 12


def test_a_site_keeps_its_id_when_a_permit_changes() -> None:
    ground = box(0, 0, 10, 20)
    site = Site(geometry=ground, crs=RD, permits=(Permit(reference="Z-1", footprint=footprint(ground)),))
    assert site.site_id == replace(site, permits=()).site_id
    assert site.site_id != replace(site, geometry=box(0, 0, 10, 21)).site_id


def test_permitted_ground_is_the_union_of_the_footprints() -> None:
    permits = (
        Permit(reference="a", footprint=footprint(box(0, 0, 10, 10))),
        Permit(reference="b", footprint=footprint(box(5, 0, 15, 10))),
        Permit(reference="c"),
    )
    site = Site(geometry=box(0, 0, 15, 10), crs=RD, permits=permits)
    assert site.permitted_ground.area == 150
    assert Site(geometry=box(0, 0, 1, 1), crs=RD).permitted_ground.is_empty


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (Point(0, 0), "polygon"),
        (Polygon(), "empty"),
        (Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), "valid"),
        (MultiPolygon(), "empty"),
    ],
)
def test_a_footprint_is_a_valid_polygon_with_an_area(shape: Polygon, message: str) -> None:
    with pytest.raises(GeometryError, match=message):
        Footprint(geometry=shape, crs=RD, drawing=Drawing.SKETCH, accuracy_m=5)


@pytest.mark.parametrize("accuracy_m", [0, -1, math.nan, math.inf])
def test_the_accuracy_of_a_footprint_is_a_positive_number(accuracy_m: float) -> None:
    with pytest.raises(ParameterError, match="accuracy_m"):
        footprint(accuracy_m=accuracy_m)


def test_footprints_of_a_site_share_its_reference_system() -> None:
    other = replace(footprint(), crs="EPSG:32631")
    with pytest.raises(GeometryError, match="EPSG:32631"):
        Site(geometry=box(0, 0, 1, 1), crs=RD, permits=(Permit(reference="Z-9", footprint=other),))


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_limits_are_quantities(value: float) -> None:
    with pytest.raises(ParameterError, match="area_m2"):
        Limits(area_m2=value)


def test_a_permit_needs_a_reference_and_dates_in_order() -> None:
    with pytest.raises(ParameterError, match="reference"):
        Permit(reference="  ")
    with pytest.raises(ParameterError, match="2020-01-02 to 2020-01-01"):
        Permit(reference="Z", valid_from=date(2020, 1, 2), valid_to=date(2020, 1, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"area_m2": 0.0},
        {"area_m2": math.nan},
        {"area_error_m2": -1.0},
        {"p_value": 0.0},
        {"p_value": 1.1},
        {"last_unchanged": date(2020, 6, 1)},
    ],
)
def test_a_change_refuses_what_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        change(**wrong)


def test_values_and_their_tables_cannot_be_changed() -> None:
    found = change(before={"red": 0.1})
    with pytest.raises(FrozenInstanceError):
        found.score = 1.0  # type: ignore[misc]
    with pytest.raises(TypeError):
        found.before["red"] = 0.2  # type: ignore[index]


def test_a_scene_has_aware_times_in_order() -> None:
    noon = datetime(2020, 1, 1, 12, tzinfo=UTC)
    with pytest.raises(ParameterError, match="aware"):
        Scene(scene_id="s", sensor="x", start=noon.replace(tzinfo=None), end=noon)
    with pytest.raises(ParameterError, match="cannot end before"):
        Scene(scene_id="s", sensor="x", start=noon, end=noon.replace(hour=11))


def test_parts_of_a_priority_lie_between_nothing_and_all() -> None:
    with pytest.raises(ParameterError):
        PriorityPart(name="size", value=1.2, weight=0.1)


def test_every_setting_is_a_row_of_the_table_of_defaults_with_unit_reason_and_source() -> None:
    settings = Settings.of().as_dict()
    assert list(settings) == list(defaults()) or set(settings) == set(defaults())
    for name, row in defaults().items():
        assert settings[name] == row.value
        assert row.unit
        assert len(row.reason) > 20
        assert row.source


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("margin_m", -1),
        ("margin_m", math.nan),
        ("history_years", 0),
        ("min_clear_dates", 2.5),
        ("min_region_m2", math.inf),
        ("false_signals_per_1000_site_years", 1000),
        ("no_such_setting", 1),
        ("margin_m", True),
        ("margin_m", "60"),
    ],
)
def test_settings_out_of_range_or_unknown_are_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ParameterError, match=name):
        Settings.of(**{name: value})
