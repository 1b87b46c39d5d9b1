"""Which images are one look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox

from imagery.domain import Period
from imagery.sources.acquisitions import SAME_OVERPASS, acquisitions_of
from imagery.sources.image_files import Place, Stated
from imagery.sources.planes import Plane

START = datetime(2020, 1, 5, 10, 54, tzinfo=UTC)


def plane(
    band: str = "red",
    minutes: float = 0,
    *,
    scene: str = "",
    sensor: str = "",
    left: float = 0,
    file: str = "",
) -> Plane:
    time = START + timedelta(minutes=minutes)
    return Plane(
        file=file or f"{scene}{time:%Y%m%dT%H%M%S}_{left:g}_{band}.tif",
        place=Place(),
        time=time,
        band=band,
        written=band,
        geobox=GeoBox((10, 10), Affine(10, 0, left, 0, -10, 0), "EPSG:32631"),
        stated=Stated(),
        scene=scene,
        sensor=sensor,
    )


def test_bands_of_one_time_are_one_image() -> None:
    (found,) = acquisitions_of([plane("red"), plane("nir")], [plane("scl")])
    assert found.bands == {"red", "nir"}
    assert len(found.members) == 1
    assert [p.band for p in found.members[0].scl] == ["scl"]


def test_the_band_may_be_sensed_a_little_later() -> None:
    assert len(acquisitions_of([plane("red"), plane("nir", 1)], [])) == 1


def test_another_overpass_is_another_date() -> None:
    far = SAME_OVERPASS / timedelta(minutes=1) + 1
    assert len(acquisitions_of([plane(minutes=0), plane(minutes=far)], [])) == 2


def test_two_sensors_within_minutes_are_two_dates() -> None:
    planes = [plane(sensor="sentinel-2"), plane(minutes=5, sensor="landsat-8")]
    assert [a.sensor for a in acquisitions_of(planes, [])] == ["sentinel-2", "landsat-8"]


def test_tiles_become_images_each_with_its_own_classification() -> None:
    west = [plane(b, scene="west") for b in ("red", "nir", "scl")]
    east = [plane(b, scene="east", left=90, minutes=0.2) for b in ("red", "nir", "scl")]
    (found,) = acquisitions_of([*west[:2], *east[:2]], [west[2], east[2]])
    assert sorted((m.planes[0].scene, m.scl[0].scene, len(m.scl)) for m in found.members) == [
        ("east", "east", 1),
        ("west", "west", 1),
    ]
    assert found.scene_id in ("west+east", "east+west")


def test_a_copy_of_a_file_becomes_an_image_of_its_own() -> None:
    planes = [plane("red", file="a/x.tif"), plane("red", file="b/x.tif"), plane("nir", file="a/y.tif")]
    (found,) = acquisitions_of(planes, [])
    assert sorted(len(m.planes) for m in found.members) == [1, 2]


def test_a_classification_alone_is_no_date() -> None:
    assert acquisitions_of([], [plane("scl")]) == []


def test_only_dates_that_begin_in_the_period_are_kept() -> None:
    planes = [plane(minutes=m) for m in (0, 60, 120)]
    period = Period(start=START, end=START + timedelta(minutes=120))
    assert [a.time for a in acquisitions_of(planes, [], period)] == [START, START + timedelta(minutes=60)]


@given(st.permutations([plane(b, m) for b in ("red", "nir") for m in (0, 3, 40, 200)]))
def test_the_order_of_files_does_not_matter(planes: list[Plane]) -> None:
    found = acquisitions_of(planes, [])
    assert [a.time for a in found] == [START + timedelta(minutes=m) for m in (0, 40, 200)]
    assert [len(a.planes) for a in found] == [4, 2, 2]
