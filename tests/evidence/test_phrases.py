"""Values in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.affinity import translate
from shapely.geometry import box

from imagery.domain import Change, Kind, Limits, Permit, Relation, Signal, Site, Standing
from imagery.evidence.phrases import (
    area_phrase,
    coordinates,
    ground_phrase,
    interval_phrase,
    limits_phrase,
    measure,
    place_phrase,
    plain_number,
    probability,
    state_phrase,
    utc_phrase,
    validity_phrase,
)

RD = "EPSG:28992"


def signal_of(area: float, error: float, **changes: Any) -> Signal:
    side = math.sqrt(area)
    change = Change(
        geometry=changes.pop("region", box(155_000, 463_000, 155_000 + side, 463_000 + side)), crs=RD, area_m2=area,
        area_error_m2=error, score=1.0, p_value=0.5, last_unchanged=changes.pop("last_unchanged", None),
        first_changed=date(2020, 6, 9), method="series", pixel_m=10.0,
    )  # fmt: skip
    values: dict[str, Any] = {
        "site_id": "0" * 12, "change": change, "kind": Kind.EARTHWORKS, "standing": Standing.SIGNAL,
        "relation": Relation.OUTSIDE, "share_outside": 1.0, "distance_outside_m": 5.0, "doubt_m": 8.0,
    }  # fmt: skip
    return Signal(**(values | changes))


@pytest.mark.parametrize(
    ("area", "error", "said"),
    [
        (8437.0, 312.0, "8.440 ± 320 m²"),
        (305.0, 48.2, "305 ± 49 m²"),
        (123456.0, 4321.0, "123.500 ± 4.400 m²"),
        (40.0, 0.0, "40 ± 0 m²"),
    ],
)
def test_an_area_has_no_more_digits_than_its_error_allows(area: float, error: float, said: str) -> None:
    assert area_phrase(signal_of(area, error), "nl") == said


@given(st.floats(1, 1e7), st.floats(0, 1e6))
def test_the_printed_error_is_never_smaller_than_the_real_one(area: float, error: float) -> None:
    printed = area_phrase(signal_of(area, error), "en").removesuffix(" m²").split(" ± ")
    shown_area, shown_error = (float(part.replace(",", "")) for part in printed)
    assert shown_error >= error - 1e-6
    assert shown_error <= 1.2 * error + 1
    assert abs(shown_area - area) <= max(0.5, 0.05 * error) + 1e-6


def test_an_interval_names_both_dates_or_says_that_one_is_missing() -> None:
    assert (
        interval_phrase(signal_of(400, 1, last_unchanged=date(2020, 5, 1)), "nl")
        == "tussen 1 mei 2020 en 9 juni 2020"
    )
    assert interval_phrase(signal_of(400, 1), "en").startswith("before 9 June 2020; no clear image")


def test_limits_that_are_not_set_are_said_not_to_be() -> None:
    assert limits_phrase(Permit(reference="a"), signal_of(400, 1), "nl") == "geen gesteld"


def test_a_limit_that_is_exceeded_is_marked_on_the_permit_in_force_only() -> None:
    limits = Limits(area_m2=2500.0, height_m=4.5, volume_m3=0.0)
    signal = signal_of(400, 1, limits_exceeded=("area_m2",), permits_in_force=("a",))
    said = limits_phrase(Permit(reference="a", limits=limits), signal, "nl")
    assert said == (
        "oppervlakte hoogstens 2.500 m² (overschreden volgens het beeld); inhoud hoogstens 0 m³; hoogte hoogstens 4,5 m"
    )
    assert "overschreden" not in limits_phrase(Permit(reference="b", limits=limits), signal, "nl")


def test_the_state_of_a_permit_follows_the_signal() -> None:
    signal = signal_of(400, 1, permits_in_force=("a",), permits_not_yet=("b",), permits_expired=("c",))
    said = [state_phrase(Permit(reference=name), signal, "en") for name in "abcd"]
    assert said == ["in force", "not yet begun", "ended", "partly in force, or not for this ground"]


def test_the_validity_of_a_permit_is_said_as_far_as_it_is_known() -> None:
    first, last = date(2019, 3, 1), date(2021, 5, 31)
    assert validity_phrase(Permit(reference="a", valid_from=first, valid_to=last), "nl") == (
        "vanaf 1 maart 2019 tot en met 31 mei 2021"
    )
    assert validity_phrase(Permit(reference="a", valid_to=last), "en") == "up to and including 31 May 2021"
    assert validity_phrase(Permit(reference="a"), "nl") == "begin en einde staan niet in het register"


def test_permitted_ground_tells_size_drawing_and_accuracy(make_permit: Callable[..., Permit]) -> None:
    assert ground_phrase(make_permit("a"), "nl") == "8.000 m², getekend op een kaart, grens op 5 m nauwkeurig"
    assert ground_phrase(Permit(reference="a"), "en") == "the register gives no ground for this permit"


@pytest.mark.parametrize(
    ("dx", "dy", "wind"),
    [
        (0, 300, "noorden"), (300, 300, "noordoosten"), (300, 0, "oosten"), (300, -300, "zuidoosten"), (0, -300, "zuiden"),
        (-300, -300, "zuidwesten"), (-300, 0, "westen"), (-300, 300, "noordwesten"),
    ],
)  # fmt: skip
def test_the_wind_in_which_a_region_lies_is_named(
    dx: float, dy: float, wind: str, make_permit: Callable[..., Permit]
) -> None:
    permit = make_permit("a")
    assert permit.footprint is not None
    ground = permit.footprint.geometry
    site = Site(geometry=ground, crs="EPSG:32631", permits=(permit,))
    middle = ground.centroid.buffer(10).envelope

    def said(region: Any) -> str:
        signal = signal_of(400, 1, region=region, permits_in_force=("a",))
        return place_phrase(site, signal, "nl")

    assert said(translate(middle, dx, dy)) == f"ten {wind} van de vergunde grond"
    assert said(translate(middle, dx / 10, dy / 10)) == f"in het {wind} van de vergunde grond"
    assert said(middle) == "rond het midden van de vergunde grond"


def test_a_place_is_given_in_its_own_system_and_in_degrees() -> None:
    own, world = coordinates(signal_of(400, 1))
    assert own == "x 155010, y 463010 (EPSG:28992)"
    lon, lat = Transformer.from_crs(RD, "EPSG:4326", always_xy=True).transform(155_010, 463_010)
    assert [float(v) for v in world.split(", ")] == pytest.approx([lat, lon], abs=1e-5)


def test_what_was_not_recorded_is_said_not_to_be() -> None:
    assert (
        measure(None, "m", "nl")
        == measure(float("nan"), "m", "nl")
        == measure(True, "m", "nl")
        == "niet vastgelegd"
    )
    assert measure(10, "m", "nl", digits=1) == "10,0 m"


def test_numbers_keep_the_digits_they_have() -> None:
    assert [plain_number(v, "nl") for v in (20.0, 0.25, 1234.5, True, "x")] == [
        "20",
        "0,25",
        "1.234,5",
        "True",
        "x",
    ]


def test_probabilities_keep_two_digits_that_count() -> None:
    assert [probability(p, "nl") for p in (1.0, 1 / 41, 1 / 2001)] == ["1,00", "0,024", "0,00050"]


def test_midnight_is_a_day_without_a_time() -> None:
    assert utc_phrase(datetime(2020, 5, 1, tzinfo=UTC), "nl") == "1 mei 2020"
    assert utc_phrase(datetime(2020, 5, 1, 10, 56, 3, tzinfo=UTC), "nl") == "1 mei 2020 10:56 UTC"
