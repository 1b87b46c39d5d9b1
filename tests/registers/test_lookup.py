"""Places looked up in small invented copies of BAG and BRK, with the column names of the national geo-platform."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pandas as pd
import pytest
import shapely

from imagery.domain import Drawing
from imagery.errors import RegisterError
from imagery.registers import Register, Severity, read_register

PAND, PAND_2 = "0221100000000001", "0221100000000002"
VBO, NUM = "0221010000000001", "0221200000000001"
HOUSE = shapely.box(206000, 447000, 206012, 447010)
POINT = shapely.Point(206006, 447005)


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    path = tmp_path / "bag.gpkg"
    houses = {"identificatie": [PAND, PAND_2], "bouwjaar": [1970, 1980], "status": ["Pand in gebruik"] * 2}
    geopandas.GeoDataFrame(
        houses, geometry=[HOUSE, shapely.box(206020, 447000, 206032, 447010)], crs="EPSG:28992"
    ).to_file(path, layer="pand")
    rows = [
        ("Havenstraat", 12, None, None, "6981AB", "Doesburg", POINT),
        ("Havenstraat", 14, "A", None, "6981AB", "Doesburg", shapely.Point(206030, 447005)),
        ("Havenstraat", 14, "B", None, "6981AB", "Doesburg", shapely.Point(206034, 447005)),
        ("'t Veld", 7, None, "bis", "6981CD", "'s-Heerenberg", shapely.Point(206100, 447100)),
        ("Kade", 1, None, None, "6981EF", "Doesburg", shapely.Point(206200, 447200)),
        ("Kade", 1, None, None, "6981EG", "Doesburg", shapely.Point(206300, 447300)),
    ]
    names = (
        "openbare_ruimte_naam",
        "huisnummer",
        "huisletter",
        "toevoeging",
        "postcode",
        "woonplaats_naam",
        "geometry",
    )
    addresses = pd.DataFrame(rows, columns=names)
    addresses["identificatie"] = [f"0221010{i:09d}" for i in range(1, 7)]
    addresses["nummeraanduiding_hoofdadres_identificatie"] = [f"0221200{i:09d}" for i in range(1, 7)]
    geopandas.GeoDataFrame(addresses, crs="EPSG:28992").to_file(path, layer="verblijfsobject")
    return path


@pytest.fixture
def brk(tmp_path: Path) -> Path:
    path = tmp_path / "brk.gpkg"
    parcels = {
        "identificatie_lokaal_id": ["1", "2", "3", "4"],
        "kadastrale_gemeente_waarde": ["Doesburg", "Doesburg", "Doesburg", "Amsterdam"],
        "akr_kadastrale_gemeente_code_waarde": ["DSB00", "DSB00", "DSB00", "ASD04"],
        "sectie": ["B", "B", "C", "F"],
        "perceelnummer": [1234, 1235, 1234, 7713],
    }
    shapes = [shapely.box(x, 447000, x + 40, 447060) for x in (206000, 206040, 206500)]
    geopandas.GeoDataFrame(
        parcels, geometry=[*shapes, shapely.box(118900, 481700, 118950, 481800)], crs="EPSG:28992"
    ).to_file(path, layer="perceel")
    return path


def codes(register: Register) -> dict[int | None, str]:
    return {p.row: p.code for p in register.problems if p.row is not None}


def test_a_building_id_gives_its_surveyed_outline(write_csv, bag: Path) -> None:  # type: ignore[no-untyped-def]
    register = read_register(write_csv(("Zaaknummer", "pand_id"), ("Z-1", PAND)), geometry_from=bag)
    footprint = register.permits[0].footprint
    assert footprint.geometry.equals(HOUSE)
    assert (footprint.drawing, footprint.accuracy_m) == (Drawing.SURVEYED, 0.3)
    assert register.crs == "EPSG:28992"


def test_the_place_that_was_found_tells_how_it_was_drawn_and_not_the_column(write_csv, bag: Path) -> None:  # type: ignore[no-untyped-def]
    path = write_csv(
        ("Zaaknummer", "pand_id", "inwinning"), ("Z-1", PAND, "schets"), ("Z-2", VBO, "ingemeten")
    )
    drawings = [p.footprint.drawing for p in read_register(path, geometry_from=bag).permits]
    assert drawings == [Drawing.SURVEYED, Drawing.ADDRESS_POINT]


def test_ids_that_excel_rounded_together_are_not_used(write_csv, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    ids = ["1655100000012340", "1655100000012350", "1655100000012360"]
    geopandas.GeoDataFrame({"identificatie": ids}, geometry=[HOUSE] * 3, crs="EPSG:28992").to_file(
        tmp_path / "bag.gpkg", layer="pand"
    )
    path = write_csv(("Zaaknummer", "pand_id"), *[(f"Z-{i}", bag_id) for i, bag_id in enumerate(ids)])
    register = read_register(path, geometry_from=tmp_path / "bag.gpkg")
    assert codes(register) == {2: "bag_id_digits_lost", 3: "bag_id_digits_lost", 4: "bag_id_digits_lost"}
    assert [p.footprint for p in register.permits] == [None] * 3


@pytest.mark.parametrize("bag_id", [VBO, NUM])
def test_an_address_id_gives_a_disc_around_its_point(bag_id: str, write_csv, bag: Path) -> None:  # type: ignore[no-untyped-def]
    register = read_register(write_csv(("Zaaknummer", "BAG id"), ("Z-1", bag_id)), geometry_from=bag)
    footprint = register.permits[0].footprint
    assert footprint.geometry.equals(POINT.buffer(50))
    assert (footprint.drawing, footprint.accuracy_m) == (Drawing.ADDRESS_POINT, 50.0)


def test_several_buildings_in_a_cell_are_all_ground(write_csv, bag: Path) -> None:  # type: ignore[no-untyped-def]
    register = read_register(
        write_csv(("Zaaknummer", "pand_id"), ("Z-1", f"{PAND}; {PAND_2}")), geometry_from=bag
    )
    assert register.permits[0].footprint.area_m2 == pytest.approx(240)
    assert register.permits[0].footprint.drawing is Drawing.SURVEYED
    assert "mixed_collection" not in {p.code for p in register.problems}


def test_an_id_that_lost_its_zero_is_repaired_said_and_found(write_csv, bag: Path) -> None:  # type: ignore[no-untyped-def]
    rows = [("Z-1", PAND[1:]), ("Z-2", "2,21100000000002E+14"), ("Z-3", "2,211E+14")]
    register = read_register(write_csv(("Zaaknummer", "pand_id"), *rows), geometry_from=bag)
    assert codes(register) == {2: "bag_id_zeros_lost", 3: "bag_id_was_a_number", 4: "bag_id_digits_lost"}
    assert [p.footprint is not None for p in register.permits] == [True, True, False]
    assert [p.reference for p in register.unplaced] == ["Z-3"]


def test_numbers_in_excel_are_repaired_too(bag: Path, tmp_path: Path) -> None:
    pd.DataFrame({"Zaaknummer": ["Z-1", "Z-2"], "pand_id": [int(PAND), 1655100000012340]}).to_excel(
        tmp_path / "a.xlsx", index=False
    )
    register = read_register(tmp_path / "a.xlsx", geometry_from=bag)
    assert codes(register) == {2: "bag_id_was_a_number", 3: "bag_id_digits_lost"}
    assert register.permits[0].footprint.geometry.equals(HOUSE)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (("postcode", "huisnummer"), ("6981 ab", "12")),
        (("postcode", "huisnummer"), ("6981AB", "12,0")),
        (("straat", "huisnummer", "woonplaats"), ("HAVENSTRAAT", "12", "doesburg")),
        (("adres",), ("Havenstraat 12, 6981 AB Doesburg",)),
        (("adres",), ("Havenstraat 12, Doesburg",)),
        (("huisnummer", "toevoeging"), ("12", "6981AB")),
    ],
)
def test_an_address_is_found_by_postcode_or_by_street_and_town(header, row, write_csv, bag: Path) -> None:  # type: ignore[no-untyped-def]
    register = read_register(write_csv(("Zaaknummer", *header), ("Z-1", *row)), geometry_from=bag)
    assert register.permits[0].footprint.geometry.equals(POINT.buffer(50))
    assert "Havenstraat 12" in register.sites[0].name or "6981AB" in register.sites[0].name


def test_signs_and_additions_in_names_do_not_matter(write_csv, bag: Path) -> None:  # type: ignore[no-untyped-def]
    header = ("Zaaknummer", "straat", "huisnummer", "woonplaats")
    rows = [("Z-1", "'t veld", "7 bis", "'S-HEERENBERG"), ("Z-2", "Havenstraat", "14a", "Doesburg")]
    register = read_register(write_csv(header, *rows), geometry_from=bag)
    centres = [p.footprint.geometry.centroid for p in register.permits]
    assert centres[0].distance(shapely.Point(206100, 447100)) < 1e-6
    assert centres[1].distance(shapely.Point(206030, 447005)) < 1e-6


def test_what_leads_to_several_places_is_reported_and_not_guessed(write_csv, bag: Path) -> None:  # type: ignore[no-untyped-def]
    header = ("Zaaknummer", "postcode", "straat", "huisnummer", "woonplaats")
    rows = [
        ("Z-1", "6981AB", "", "14", ""),
        ("Z-2", "", "Kade", "1", "Doesburg"),
        ("Z-3", "6981EF", "Kade", "1", "Doesburg"),
    ]
    register = read_register(write_csv(header, *rows), geometry_from=bag)
    assert codes(register) == {2: "ambiguous_place", 3: "ambiguous_place"}
    assert [p.value for p in register.problems if p.code == "ambiguous_place"] == [
        "14 6981AB (2 candidates)", "Kade 1 Doesburg (2 candidates)",
    ]  # fmt: skip
    assert [p.reference for p in register.unplaced] == ["Z-1", "Z-2"]
    assert register.permits[2].footprint is not None


def test_what_is_not_found_is_reported(write_csv, bag: Path) -> None:  # type: ignore[no-untyped-def]
    header = ("Zaaknummer", "postcode", "huisnummer")
    register = read_register(
        write_csv(header, ("Z-1", "6981AB", "99"), ("Z-2", "6981AB", "12-C")), geometry_from=bag
    )
    assert codes(register) == {2: "place_not_found", 3: "place_not_found"}
    assert "permit_in_no_site" in {p.code for p in register.problems}
    assert register.sites == ()


@pytest.mark.parametrize(
    "text", ["DSB00 B 1234", "Doesburg B 1234", "gemeente Doesburg, sectie B, nummer 1234"]
)
def test_a_parcel_is_found_by_code_or_name(text: str, write_csv, brk: Path) -> None:  # type: ignore[no-untyped-def]
    register = read_register(
        write_csv(("Zaaknummer", "kadastrale aanduiding"), ("Z-1", text)), geometry_from=brk
    )
    footprint = register.permits[0].footprint
    assert footprint.geometry.equals(shapely.box(206000, 447000, 206040, 447060))
    assert (footprint.drawing, footprint.accuracy_m) == (Drawing.PARCEL, 0.5)


def test_a_parcel_in_three_columns_and_several_parcels_in_one(write_csv, brk: Path) -> None:  # type: ignore[no-untyped-def]
    three = write_csv(("Zaaknummer", "gemeente", "sectie", "perceelnummer"), ("Z-1", "Doesburg", "b", "1235"))
    assert read_register(three, geometry_from=brk).permits[0].footprint.area_m2 == pytest.approx(2400)
    several = write_csv(("Zaaknummer", "perceel"), ("Z-1", "DSB00 B 1234, DSB00 B 1235"), ("Z-2", "onzin"))
    register = read_register(several, geometry_from=brk)
    assert register.permits[0].footprint.area_m2 == pytest.approx(4800)
    assert codes(register)[3] == "parcel_not_understood"


def test_a_shape_of_its_own_goes_before_a_number(write_csv, bag: Path, brk: Path) -> None:  # type: ignore[no-untyped-def]
    header = ("Zaaknummer", "wkt", "pand_id", "perceel", "postcode", "huisnummer")
    own = "POLYGON((206900 447000,206950 447000,206950 447050,206900 447000))"
    rows = [
        ("Z-1", own, PAND, "DSB00 B 1234", "6981AB", "12"),
        ("Z-2", "", PAND, "DSB00 B 1234", "6981AB", "12"),
        ("Z-3", "", "", "DSB00 C 1234", "6981AB", "12"),
        ("Z-4", "", "onbekend", "", "6981EF", "1"),
        ("Z-5", "oops", "", "", "6981EG", "1"),
    ]
    register = read_register(write_csv(header, *rows), geometry_from=[bag, brk])
    drawings = [p.footprint.drawing for p in register.permits]
    point = Drawing.ADDRESS_POINT
    assert drawings == [Drawing.SKETCH, Drawing.SURVEYED, Drawing.PARCEL, point, point]
    fifth = [p for p in register.problems if p.row == 6]
    assert [(p.code, p.severity) for p in fifth] == [("unreadable_shape", Severity.REPAIRED)]
    assert "postcode" in fifth[0].hint


def test_without_a_local_file_the_rows_stay_and_it_is_said(write_csv) -> None:  # type: ignore[no-untyped-def]
    register = read_register(write_csv(("Zaaknummer", "postcode", "huisnummer"), ("Z-1", "6981AB", "12")))
    assert [p.reference for p in register.unplaced] == ["Z-1"]
    assert {"no_lookup_file", "not_looked_up", "permit_in_no_site"} <= {p.code for p in register.problems}
    assert "not watched" in register.summary()


def test_a_local_file_in_degrees_is_transformed(write_csv, bag: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    other = tmp_path / "bag.geojson"
    geopandas.read_file(bag, layer="pand").to_crs("EPSG:4326").to_file(other)
    register = read_register(write_csv(("Zaaknummer", "pand_id"), ("Z-1", PAND)), geometry_from=other)
    assert register.permits[0].footprint.geometry.hausdorff_distance(HOUSE) < 0.01


def test_many_keys_are_asked_for_in_several_questions(write_csv, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    ids = [f"02211000{i:08d}" for i in range(1000)]
    shapes = [shapely.box(200000 + 30 * i, 447000, 200010 + 30 * i, 447010) for i in range(1000)]
    geopandas.GeoDataFrame({"identificatie": ids}, geometry=shapes, crs="EPSG:28992").to_file(
        tmp_path / "bag.gpkg", layer="pand"
    )
    rows = [(f"Z-{i}", bag_id) for i, bag_id in enumerate(reversed(ids))]
    register = read_register(write_csv(("Zaaknummer", "pand_id"), *rows), geometry_from=tmp_path / "bag.gpkg")
    found = [p.footprint.geometry for p in register.permits]
    assert all(shape.equals(expected) for shape, expected in zip(found, reversed(shapes), strict=True))


def test_a_local_file_that_is_no_copy_is_refused(write_csv, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = write_csv(("Zaaknummer", "pand_id"), ("Z-1", PAND))
    geopandas.GeoDataFrame({"kleur": ["rood"]}, geometry=[HOUSE], crs="EPSG:28992").to_file(
        tmp_path / "x.gpkg"
    )
    with pytest.raises(RegisterError, match="no layer in which a place can be looked up"):
        read_register(path, geometry_from=tmp_path / "x.gpkg")
    with pytest.raises(RegisterError, match=r"There is no file nowhere\.gpkg"):
        read_register(path, geometry_from=tmp_path / "nowhere.gpkg")
    (tmp_path / "kapot.gpkg").write_bytes(b"SQLite format 3\x00 cut short")
    with pytest.raises(RegisterError, match="cannot be read"):
        read_register(path, geometry_from=tmp_path / "kapot.gpkg")


def test_a_hostile_name_is_only_a_name(write_csv, bag: Path) -> None:  # type: ignore[no-untyped-def]
    header = ("Zaaknummer", "straat", "huisnummer", "woonplaats", "pand_id")
    rows = [
        ("Z-1", "x'); DROP TABLE pand;--", "1", "Doesburg' OR '1'='1", ""),
        ("Z-2", "", "", "", "' OR 1=1 --"),
    ]
    register = read_register(write_csv(header, *rows), geometry_from=bag)
    assert [p.footprint for p in register.permits] == [None, None]
    assert len(geopandas.read_file(bag, layer="pand")) == 2
