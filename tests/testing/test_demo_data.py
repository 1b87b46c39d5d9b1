"""The demo data: whole, small, self-describing, and of one mind with each other."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from shapely.geometry.base import BaseGeometry as Geometry

from imagery.domain import Drawing, Period
from imagery.registers.reading import read_register
from imagery.sources.opening import open_source
from imagery.sources.protocol import Area
from imagery.testing.demo import DEMO_PERIOD, ExpectedChange, demo_files, load_expected

FILES = demo_files()
FOLDER = FILES.register.parent
TIFS = sorted(FILES.imagery.glob("*.tif"))
PROJECT = Path(__file__).parents[2]
SERIES = "s2_series_romania/sentinel2_cube_subset_romania_10m.nc"
LIMIT_BYTES = 7_000_000
MARGIN_M = 60.0
PIXEL_M = 10.0


def day_of(path: Path) -> date:
    return date.fromisoformat(path.stem.removeprefix("sentinel2_"))


def rows() -> dict[int, dict[str, str]]:
    """Rows of the register by spreadsheet row number."""
    with FILES.register.open(encoding="utf-8-sig", newline="") as file:
        return dict(enumerate(csv.DictReader(file, delimiter=";"), start=2))


def good_rows() -> list[dict[str, str]]:
    return [row for number, row in rows().items() if number not in load_expected().rows_not_used]


def footprint(row: dict[str, str]) -> Geometry:
    shape = shapely.from_wkt(row["geometrie"])
    return shape.buffer(50.0) if shape.geom_type == "Point" else shape


def dutch_day(text: str) -> date | None:
    return datetime.strptime(text, "%d-%m-%Y").date() if text else None  # noqa: DTZ007


def changes() -> list[tuple[str, ExpectedChange]]:
    return [(site.reference, change) for site in load_expected().sites for change in site.changes]


def imagery_ground() -> Geometry:
    with rasterio.open(TIFS[0]) as file:
        return shapely.box(*file.bounds)


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, PROJECT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The files


def test_every_file_of_the_imagery_is_what_the_checksums_say() -> None:
    lines = (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {p.relative_to(FOLDER).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in TIFS}
    assert found == listed


def test_all_demo_files_together_are_at_most_7_mb() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= LIMIT_BYTES


def test_nothing_lies_beside_the_dates_but_their_description() -> None:
    assert {path.name for path in FILES.imagery.iterdir()} - {path.name for path in TIFS} == {"source.toml"}


def test_licence_origin_and_copernicus_notice_stand_beside_the_imagery() -> None:
    assert "European Union Public Licence" in (FOLDER / "LICENCE-EUPL-1.2.txt").read_text(
        encoding="utf-8-sig"
    )
    source = (FOLDER / "SOURCE.md").read_text(encoding="utf-8")
    for told in (
        "nrt",
        "0.1.0",
        "EC-JRC",
        "modified Copernicus Sentinel data 2015-2021",
        "permits are invented",
    ):
        assert told in source
    assert f"{len(TIFS)} dates" in source


# What each file says of itself


@pytest.fixture(scope="module")
def metadata() -> list[tuple[Path, dict[str, object], rasterio.DatasetReader]]:
    found = []
    for path in TIFS:
        with rasterio.open(path) as file:
            facts = {
                "bands": file.descriptions,
                "scales": file.scales,
                "offsets": file.offsets,
                "nodata": file.nodatavals,
                "types": file.dtypes,
                "crs": file.crs.to_epsg(),
                "transform": file.transform,
                "shape": file.shape,
            }
            found.append((path, facts, file.tags()))
    return found


def test_each_date_states_bands_scale_offset_nodata_and_grid(metadata: list) -> None:
    wanted = {
        "bands": ("blue", "green", "red", "nir", "SCL"),
        "scales": (0.0001, 0.0001, 0.0001, 0.0001, 1.0),
        "offsets": (0.0,) * 5,
        "nodata": (0.0,) * 5,
        "types": ("uint16",) * 5,
        "crs": 3035,
        "shape": (100, 100),
    }
    grids = set()
    for path, facts, _ in metadata:
        grids.add(facts.pop("transform"))
        assert facts == wanted, path.name
    (grid,) = grids
    assert grid.almost_equals(Affine(10, 0, 5271982.57655193, 0, -10, 2533004.21491519), precision=1e-6)


def test_each_date_carries_its_notice(metadata: list) -> None:
    for path, _, tags in metadata:
        assert f"Copernicus Sentinel data {day_of(path).year}" in tags["TIFFTAG_COPYRIGHT"]
        assert "EUPL-1.2" in tags["TIFFTAG_COPYRIGHT"]
        assert tags["TIFFTAG_IMAGEDESCRIPTION"].endswith(day_of(path).isoformat())


def test_reflectance_and_classes_lie_in_their_range__real() -> None:
    for path in TIFS[::10]:
        with rasterio.open(path) as file:
            counts = file.read()
        assert counts[:4].min() > 0
        assert counts[:4].max() < 20_000
        assert set(np.unique(counts[4])) <= set(range(2, 12))


def test_no_date_is_almost_wholly_under_cloud__real() -> None:
    for path in TIFS:
        with rasterio.open(path) as file:
            clouded = np.isin(file.read(5), (8, 9, 10)).mean()
        assert clouded < 0.95, path.name


def test_the_history_of_the_demo_holds_three_years_and_the_series_goes_on_after_it() -> None:
    period = Period.parse(DEMO_PERIOD)
    days = [day_of(path) for path in TIFS]
    assert period.start.year - 3 <= days[0].year < period.start.year - 1
    assert days[-1] == date(2021, 1, 1)
    assert sum(day < period.start.date() for day in days) >= 30
    assert sum(period.start.date() <= day < period.end.date() for day in days) >= 25


def test_the_folder_source_reads_the_dates_by_what_they_say_of_themselves__real() -> None:
    source = open_source(f"folder:{FILES.imagery}")
    told = source.describe()
    assert (told.crs, told.resolution_m) == ("EPSG:3035", 10.0)
    assert told.bands == ("blue", "green", "red", "nir")
    assert [when.date() for when in told.times] == [day_of(path) for path in TIFS]
    assert told.footprint.equals(imagery_ground())
    day = Period.parse("2018-05-22/2018-05-23")
    cube = source.load(Area(geometry=imagery_ground(), crs="EPSG:3035"), day)
    with rasterio.open(FILES.imagery / "sentinel2_2018-05-22.tif") as file:
        counts = file.read()
    assert np.allclose(cube["red"].values[0], counts[2] * 1e-4, atol=1e-6)
    assert cube["valid"].values[0].all()
    assert "EUPL-1.2" in cube.attrs["licence"]


# The cut is the series


@pytest.mark.real
def test_cutting_again_gives_the_same_numbers_and_metadata__real(data_folder: Path, tmp_path: Path) -> None:
    # Not the same bytes: the compressor of another GDAL may find another way to write the same.
    made = script("make_demo_data").cut(data_folder / SERIES, tmp_path)
    assert [path.name for path in made] == [path.name for path in TIFS]
    for path, shipped in zip(made, TIFS, strict=True):
        with rasterio.open(path) as new, rasterio.open(shipped) as old:
            assert np.array_equal(new.read(), old.read()), path.name
            assert (new.profile, new.scales, new.offsets, new.descriptions, new.tags()) == (
                old.profile,
                old.scales,
                old.offsets,
                old.descriptions,
                old.tags(),
            )


@pytest.mark.real
def test_cutting_twice_gives_the_same_bytes__real(data_folder: Path, tmp_path: Path) -> None:
    module = script("make_demo_data")
    for name in ("first", "second"):
        made = module.cut(data_folder / SERIES, tmp_path / name)
        module.write_checksums(made, tmp_path / name / "SHA256SUMS")
    first, second = ((tmp_path / name / "SHA256SUMS").read_bytes() for name in ("first", "second"))
    assert first == second
    assert len(first.splitlines()) == len(TIFS)


@pytest.mark.real
def test_the_numbers_are_those_of_the_series_and_nothing_was_resampled__real(data_folder: Path) -> None:
    netcdf4 = pytest.importorskip("netCDF4")
    with netcdf4.Dataset(data_folder / SERIES) as series:
        series.set_auto_maskandscale(False)
        time = series["time"]
        stored = netcdf4.num2date(time[:], time.units, only_use_cftime_datetimes=False)
        at = {when.date(): i for i, when in enumerate(stored)}
        for path in TIFS[::7]:
            with rasterio.open(path) as file:
                counts = file.read()
                x, y = file.xy(0, 0)
            for k, name in enumerate(("B2", "B3", "B4", "B8", "SCL")):
                assert np.array_equal(series[name][at[day_of(path)]], counts[k]), (path.name, name)
            assert (x, y) == pytest.approx((series["x"][0], series["y"][0]), abs=1e-6)


# The register


def test_the_register_is_written_as_dutch_office_software_writes_it() -> None:
    raw = FILES.register.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == len(rows()) + 1
    for row in rows().values():
        assert dutch_day(row["geldig_van"]) is not None
        assert "." not in row["vergunde_oppervlakte_m2"]
    assert any("," in row["vergunde_oppervlakte_m2"] for row in rows().values())


def test_references_are_unique() -> None:
    for column in ("kenmerk", "zaaknummer"):
        told = [row[column] for row in rows().values()]
        assert len(set(told)) == len(told)


def test_one_row_ends_before_it_begins_and_all_others_hold() -> None:
    for number, row in rows().items():
        start, end = dutch_day(row["geldig_van"]), dutch_day(row["geldig_tot"])
        assert start is not None
        backwards = end is not None and end < start
        assert backwards == (number in load_expected().rows_not_used), row["kenmerk"]
        assert shapely.from_wkt(row["geometrie"]).is_valid


def test_nobody_is_named_and_the_authority_is_plainly_invented() -> None:
    assert {row["bevoegd_gezag"] for row in rows().values()} == {"Omgevingsdienst Voorbeeld"}
    assert not {"naam", "bedrijf", "aanvrager"} & set(rows()[2])


def test_sites_stay_apart_when_near_ones_are_joined() -> None:
    shapes = [footprint(row) for row in good_rows()]
    gaps = [a.distance(b) for i, a in enumerate(shapes) for b in shapes[:i]]
    assert min(gaps) > 20.0


def test_the_watched_ground_lies_within_the_imagery() -> None:
    for row in good_rows():
        assert imagery_ground().contains(footprint(row).buffer(MARGIN_M)), row["kenmerk"]


def test_the_register_is_read_with_its_profile_and_one_row_is_reported() -> None:
    register = read_register(FILES.register, profile=FILES.profile)
    assert register.crs == "EPSG:3035"
    assert [site.references for site in register.sites] == [(row["kenmerk"],) for row in good_rows()]
    dropped = [(problem.row, problem.code) for problem in register.problems if problem.severity == "dropped"]
    assert dropped == [(7, "end_before_start")]
    assert tuple(row for row, _ in dropped) == load_expected().rows_not_used
    for site, row in zip(register.sites, good_rows(), strict=True):
        (permit,) = site.permits
        assert (permit.valid_from, permit.valid_to) == (
            dutch_day(row["geldig_van"]),
            dutch_day(row["geldig_tot"]),
        )
        assert permit.authority == "Omgevingsdienst Voorbeeld"
        assert permit.activities
    drawings = [site.permits[0].footprint.drawing for site in register.sites if site.permits[0].footprint]
    assert set(drawings) == {Drawing.PARCEL, Drawing.SKETCH, Drawing.SURVEYED, Drawing.ADDRESS_POINT}
    assert register.sites[1].permits[0].limits.area_m2 == 4500.5


# The answers


def test_each_permit_that_can_be_used_has_its_answer() -> None:
    assert [site.reference for site in load_expected().sites] == [row["kenmerk"] for row in good_rows()]


def test_the_answers_hold_each_case_of_the_demo() -> None:
    told = {reference: (change.standing, change.kind, change.relation) for reference, change in changes()}
    assert set(told.values()) == {
        ("permitted_change", "vegetation_cleared", "inside"),
        ("signal", "activity_after_expiry", "outside"),
        ("signal", "vegetation_cleared", "outside"),
    }
    quiet = [site for site in load_expected().sites if not site.changes]
    assert len(quiet) >= 5
    for site in load_expected().sites:
        assert site.signals == sum(change.standing == "signal" for change in site.changes)
        assert site.seen


def test_the_dates_of_the_answers_are_dates_of_the_imagery_and_of_the_period() -> None:
    days = {day_of(path) for path in TIFS}
    period = Period.parse(DEMO_PERIOD)
    for reference, change in changes():
        assert {change.unchanged_until, change.changed_from} <= days, reference
        assert change.unchanged_until < change.changed_from < change.noticed_by < period.end.date()
        assert change.changed_from >= period.start.date()


def test_felled_ground_lies_within_the_imagery_and_holds_its_area() -> None:
    for reference, change in changes():
        assert imagery_ground().contains(change.ground), reference
        least, most = change.area_m2
        assert 300 < least < most <= change.ground.area


def test_each_change_answers_to_its_permit() -> None:
    by_reference = {row["kenmerk"]: row for row in good_rows()}
    for reference, change in changes():
        row = by_reference[reference]
        shape, start, end = footprint(row), dutch_day(row["geldig_van"]), dutch_day(row["geldig_tot"])
        assert start is not None
        assert end is not None
        in_force = start <= change.unchanged_until and change.noticed_by <= end
        if change.standing == "permitted_change":
            assert in_force
            assert shape.buffer(-20.0).contains(change.ground)  # the box holds the mixed edge too
        elif change.kind == "activity_after_expiry":
            assert end < change.unchanged_until
            assert shape.intersection(change.ground).area > 0.9 * change.ground.area
        else:
            assert in_force
            beyond = change.ground.difference(shape)
            assert max(shape.distance(shapely.Point(xy)) for xy in beyond.exterior.coords) > 30.0
            assert shape.intersects(change.ground)


def test_nothing_was_felled_near_a_site_where_nothing_happened() -> None:
    grounds = [change.ground for _, change in changes()]
    quiet = {site.reference for site in load_expected().sites if not site.changes}
    for row in good_rows():
        if row["kenmerk"] in quiet:
            watched = footprint(row).buffer(MARGIN_M + 2 * PIXEL_M)
            assert not any(watched.intersects(ground) for ground in grounds), row["kenmerk"]


def test_each_site_is_nearer_to_its_own_felling_than_any_other_site() -> None:
    for reference, change in changes():
        distances = {row["kenmerk"]: footprint(row).distance(change.ground) for row in good_rows()}
        assert min(distances, key=distances.__getitem__) == reference
