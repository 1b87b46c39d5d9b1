"""Registers derived at test time from the real building register, addresses and parcels of one municipality."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from imagery.domain import Drawing
from imagery.registers import Register, Severity, read_register, register_report

pytestmark = pytest.mark.real

BAG = "nl_bag_bgt_brk/bagv2/etl/test/data"
SMALL = f"{BAG}/lv/BAGNLDL-15092020-small-expand"
PERMIT_STATUSES = {"Bouwvergunning verleend": 562, "Bouw gestart": 222, "Sloopvergunning verleend": 255}
"""Records of the register with a status of a permit, counted in its XML."""


@dataclass
class Building:
    """One period in the life of a building, as the register records it."""

    bag_id: str
    status: str
    document: str
    decided: date
    begins: date
    ends: date | None
    shape: shapely.Polygon
    area: float


def local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def text(element: ElementTree.Element, name: str) -> str | None:
    return next((e.text for e in element.iter() if local(e.tag) == name), None)


def ring(element: ElementTree.Element) -> np.ndarray:
    positions = next(e for e in element.iter() if local(e.tag) == "posList")
    numbers = np.array(str(positions.text).split(), dtype=float)
    return numbers.reshape(int(positions.get("count", 0)) or -1, 3 if positions.get("count") else 2)


def shoelace(xy: np.ndarray) -> float:
    x, y = xy[:, 0] - xy[0, 0], xy[:, 1] - xy[0, 1]
    return abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))) / 2


def day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def buildings(file: Any) -> Iterator[Building]:
    for _, element in ElementTree.iterparse(file):
        if local(element.tag) != "Pand":
            continue
        rings = {
            kind: [ring(e) for e in element.iter() if local(e.tag) == kind]
            for kind in ("exterior", "interior")
        }
        yield Building(
            bag_id=str(text(element, "identificatie")),
            status=str(text(element, "status")),
            document=str(text(element, "documentnummer")),
            decided=date.fromisoformat(str(text(element, "documentdatum"))),
            begins=date.fromisoformat(str(text(element, "beginGeldigheid"))),
            ends=day(text(element, "eindGeldigheid")),
            shape=shapely.Polygon(rings["exterior"][0], rings["interior"]),
            area=shoelace(rings["exterior"][0]) - sum(map(shoelace, rings["interior"])),
        )
        element.clear()


@pytest.fixture(scope="module")
def town(data_folder: Path) -> list[Building]:
    with zipfile.ZipFile(data_folder / BAG / "0221PND15092020.zip") as archive:
        return [b for name in archive.namelist() for b in buildings(archive.open(name))]


@pytest.fixture(scope="module")
def permits(town: list[Building]) -> list[Building]:
    return [b for b in town if b.status in PERMIT_STATUSES]


HEADER = (
    *("Kenmerk", "Zaaknummer", "Activiteit", "Status", "Pand-identificatie"),
    *("Besluitdatum", "Ingangsdatum", "Vervaldatum", "Geometrie"),
)


def as_csv(permits: list[Building], folder: Path) -> Path:
    path = folder / "doesburg.csv"
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        for i, b in enumerate(permits):
            days = [f"{d:%d-%m-%Y}" if d else "" for d in (b.decided, b.begins, b.ends)]
            wkt = shapely.to_wkt(b.shape, rounding_precision=3)
            writer.writerow([b.document, f"Z-{i}", "bouwen", b.status, b.bag_id, *days, wkt])
    return path


def as_frame(permits: list[Building]) -> geopandas.GeoDataFrame:
    rows = [
        (b.document, f"Z-{i}", "bouwen", b.status, b.bag_id, b.decided, b.begins, b.ends)
        for i, b in enumerate(permits)
    ]
    return geopandas.GeoDataFrame(
        pd.DataFrame(rows, columns=HEADER[:-1]), geometry=[b.shape for b in permits], crs="EPSG:7415"
    )


def as_geopackage(permits: list[Building], folder: Path) -> Path:
    as_frame(permits).to_file(folder / "doesburg.gpkg")
    return folder / "doesburg.gpkg"


def as_excel(permits: list[Building], folder: Path) -> Path:
    """As Excel leaves it: the ids have become numbers."""
    frame = pd.DataFrame(as_frame(permits).drop(columns="geometry"))
    frame["Pand-identificatie"] = frame["Pand-identificatie"].astype("int64")
    frame["Geometrie"] = [shapely.to_wkt(b.shape, rounding_precision=3) for b in permits]
    frame.to_excel(folder / "doesburg.xlsx", index=False)
    return folder / "doesburg.xlsx"


def expected_drops(permits: list[Building]) -> dict[int, str]:
    """Rows that cannot or need not be permits, found in the data and not by the reader."""
    drops: dict[int, str] = {}
    seen: set[tuple[object, ...]] = set()
    for row, b in enumerate(permits, start=2):
        key = (b.document, b.begins, b.ends, shapely.to_wkt(shapely.force_2d(b.shape), rounding_precision=3))
        if b.area < 0.01:
            drops[row] = "zero_area"
        elif b.ends is not None and b.ends < b.begins:
            drops[row] = "end_before_start"
        elif key in seen:
            drops[row] = "same_row_twice"
        else:
            seen.add(key)
    return drops


def check(register: Register, permits: list[Building]) -> None:
    """Every row of the source is a permit with its own facts, or accounted for."""
    drops = expected_drops(permits)
    dropped = {p.row: p.code for p in register.problems if p.severity is Severity.DROPPED}
    assert dropped == drops
    assert register.n_rows == len(permits) == len(register.permits) + register.n_watched + register.n_dropped
    assert register.n_watched == 0
    assert register.crs == "EPSG:28992"
    assert set(register.permit_rows) == set(range(2, len(permits) + 2)) - set(drops)
    for permit, row in zip(register.permits, register.permit_rows, strict=True):
        source = permits[row - 2]
        assert permit.reference == source.document
        assert (permit.valid_from, permit.valid_to) == (source.begins, source.ends)
        assert permit.footprint.drawing is Drawing.SKETCH
        assert permit.footprint.geometry.is_valid
    crossing = {p.row for p in register.problems if p.code == "crossing_ring"}
    areas = np.array([p.footprint.area_m2 for p in register.permits])
    truth = np.array([permits[row - 2].area for row in register.permit_rows])
    whole = np.array([row not in crossing for row in register.permit_rows])
    assert len(crossing) <= 3
    np.testing.assert_allclose(areas[whole], truth[whole], atol=0.2)
    assert sum(len(site.permits) for site in register.sites) == len(register.permits)
    assert register.unplaced == ()


def test_the_register_holds_the_permits_that_its_source_counts__real(town: list[Building]) -> None:
    assert len(town) == 13_098
    found = {status: sum(b.status == status for b in town) for status in PERMIT_STATUSES}
    assert found == PERMIT_STATUSES


@pytest.mark.parametrize("write", [as_csv, as_geopackage, as_excel], ids=lambda w: w.__name__)
def test_no_permit_of_a_municipality_is_lost__real(
    write: Any, permits: list[Building], tmp_path: Path
) -> None:
    register = read_register(write(permits, tmp_path))
    check(register, permits)
    codes = {p.code for p in register.problems}
    assert ("bag_id_was_a_number" in codes) == (write is as_excel)
    assert ("windows_1252" in codes) == (
        write is as_csv and any(ord(c) > 127 for b in permits for c in b.document)
    )
    assert "doesburg" in register_report(register)


def test_all_buildings_of_a_municipality_as_one_register__real(town: list[Building], tmp_path: Path) -> None:
    register = read_register(as_csv(town, tmp_path))
    check(register, town)
    # One building of this register was recorded three times with an outline without an area.
    assert [p.code for p in register.problems if p.severity is Severity.DROPPED] == ["zero_area"] * 3


def test_sites_are_those_of_a_plain_look_at_all_distances__real(
    permits: list[Building], tmp_path: Path
) -> None:
    granted = [b for b in permits if b.status == "Bouwvergunning verleend"]
    register = read_register(as_geopackage(granted, tmp_path))
    shapes = np.array([p.footprint.geometry for p in register.permits], dtype=object)
    near = shapely.distance(shapes[:, None], shapes[None, :]) <= 20.0
    place = np.arange(len(shapes))
    for _ in range(len(shapes)):
        smallest = np.where(near, place[None, :], len(shapes)).min(axis=1)
        if (smallest == place).all():
            break
        place = smallest
    assert len(register.sites) == len(np.unique(place))
    site_of = {id(p): n for n, site in enumerate(register.sites) for p in site.permits}
    numbers = np.array([site_of[id(p)] for p in register.permits])
    np.testing.assert_array_equal(numbers[:, None] == numbers[None, :], place[:, None] == place[None, :])


def test_buildings_are_found_by_ids_that_excel_made_numbers__real(
    town: list[Building], permits: list[Building], tmp_path: Path
) -> None:
    current = {b.bag_id: b for b in town if b.ends is None}
    layer = geopandas.GeoDataFrame(
        {"identificatie": list(current)}, geometry=[b.shape for b in current.values()], crs="EPSG:28992"
    )
    layer.to_file(tmp_path / "bag.gpkg", layer="pand")
    frame = pd.DataFrame(
        {
            "Zaaknummer": [f"Z-{i}" for i in range(len(permits))],
            "Activiteit": "bouwen",
            "pand_id": [int(b.bag_id) for b in permits],
        }
    )
    frame.to_excel(tmp_path / "ids.xlsx", index=False)
    register = read_register(tmp_path / "ids.xlsx", geometry_from=tmp_path / "bag.gpkg")
    assert len(register.permits) == len(permits)
    found = {row for p, row in zip(register.permits, register.permit_rows, strict=True) if p.footprint}
    assert found == {row for row, b in enumerate(permits, start=2) if b.bag_id in current}
    assert len(found) > 0.9 * len(permits)
    for permit, row in zip(register.permits, register.permit_rows, strict=True):
        if permit.footprint:
            assert permit.footprint.drawing is Drawing.SURVEYED
            assert permit.footprint.area_m2 == pytest.approx(current[permits[row - 2].bag_id].area, abs=0.2)
    missing = {p.row for p in register.problems if p.code == "place_not_found"}
    assert missing == set(register.permit_rows) - found


def test_parcels_are_found_by_their_designation__real(data_folder: Path, tmp_path: Path) -> None:
    file = data_folder / "nl_bag_bgt_brk/brk/etl/test/input-v4/files/dkk_perceel.gml"
    rows: list[dict[str, Any]] = []
    for element in ElementTree.parse(file).iter():
        if local(element.tag) != "Perceel":
            continue
        town = next(e for e in element.iter() if local(e.tag) == "KadastraleGemeente")
        code = next(e for e in element.iter() if local(e.tag) == "AKRKadastraleGemeenteCode")
        border = next(e for e in element.iter() if local(e.tag) == "begrenzingPerceel")
        exterior = next(e for e in border.iter() if local(e.tag) == "exterior")
        holes = [ring(e) for e in border.iter() if local(e.tag) == "interior"]
        rows.append(
            {
                "kadastrale_gemeente_waarde": text(town, "waarde"),
                "akr_kadastrale_gemeente_code_waarde": text(code, "waarde"),
                "sectie": text(element, "sectie"),
                "perceelnummer": int(str(text(element, "perceelnummer"))),
                "geometry": shapely.Polygon(ring(exterior), holes),
            }
        )
    assert len(rows) == 8
    geopandas.GeoDataFrame(rows, crs="EPSG:28992").to_file(tmp_path / "brk.gpkg", layer="perceel")
    path = tmp_path / "percelen.csv"
    lines = [
        f"Z-{i}-{j};{row[name]} {row['sectie']} {row['perceelnummer']}"
        for i, row in enumerate(rows)
        for j, name in enumerate(("kadastrale_gemeente_waarde", "akr_kadastrale_gemeente_code_waarde"))
    ]
    path.write_text("\n".join(["Zaaknummer;Kadastrale aanduiding", *lines, "Z-9;ASD30 AK 99999"]))
    register = read_register(path, geometry_from=tmp_path / "brk.gpkg")
    assert [p.reference for p in register.unplaced] == ["Z-9"]
    by_key: dict[str, list[Any]] = {}
    for row in rows:
        by_key.setdefault(
            f"{row['akr_kadastrale_gemeente_code_waarde']} {row['sectie']} {row['perceelnummer']}", []
        ).append(row)
    assert len(by_key) == len(rows), "designations in this file are unique, so every one must be found"
    for permit in register.permits[:-1]:
        row = rows[int(permit.reference.split("-")[1])]
        assert permit.footprint.geometry.equals(row["geometry"])
        assert permit.footprint.drawing is Drawing.PARCEL


def test_addresses_are_found_by_postcode_and_by_street__real(data_folder: Path, tmp_path: Path) -> None:
    def records(kind: str, tag: str) -> list[ElementTree.Element]:
        tree = ElementTree.parse(data_folder / SMALL / f"0221{kind}15092020-000001.xml")
        return [e for e in tree.iter() if local(e.tag) == tag]

    streets = {text(e, "identificatie"): text(e, "naam") for e in records("OPR", "OpenbareRuimte")}
    numbers = {text(e, "identificatie"): e for e in records("NUM", "Nummeraanduiding")}
    rows: dict[str, dict[str, Any]] = {}
    for element in records("VBO", "Verblijfsobject"):
        address = numbers.get(text(element, "NummeraanduidingRef"))
        position = text(element, "pos")
        if address is None or position is None:
            continue
        rows[str(text(element, "identificatie"))] = {
            "identificatie": text(element, "identificatie"),
            "nummeraanduiding_hoofdadres_identificatie": text(element, "NummeraanduidingRef"),
            "openbare_ruimte_naam": streets.get(text(address, "OpenbareRuimteRef")),
            "huisnummer": int(str(text(address, "huisnummer"))),
            "huisletter": text(address, "huisletter"),
            "toevoeging": text(address, "huisnummertoevoeging"),
            "postcode": text(address, "postcode"),
            "woonplaats_naam": "Doesburg",
            "geometry": shapely.Point([float(n) for n in position.split()[:2]]),
        }
    assert rows
    layer = geopandas.GeoDataFrame(list(rows.values()), crs="EPSG:28992")
    layer.to_file(tmp_path / "bag.gpkg", layer="verblijfsobject")
    path = tmp_path / "adressen.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(
            ["Zaaknummer", "BAG id", "Straat", "Huisnummer", "Huisletter", "Postcode", "Woonplaats"]
        )
        for i, row in enumerate(rows.values()):
            street, number, letter = row["openbare_ruimte_naam"], row["huisnummer"], row["huisletter"] or ""
            writer.writerow([f"{i}-id", row["identificatie"], "", "", "", "", ""])
            writer.writerow(
                [f"{i}-num", row["nummeraanduiding_hoofdadres_identificatie"], "", "", "", "", ""]
            )
            if row["postcode"]:
                writer.writerow([f"{i}-code", "", "", number, letter, row["postcode"], ""])
            if street:
                writer.writerow([f"{i}-street", "", street.upper(), number, letter, "", "DOESBURG"])
    register = read_register(path, geometry_from=tmp_path / "bag.gpkg")
    points = [row["geometry"] for row in rows.values()]
    assert len(register.permits) == register.n_rows
    assert {p.reference.split("-")[1] for p in register.permits} == {"id", "num", "code", "street"}
    for permit in register.permits:
        point = points[int(permit.reference.split("-")[0])]
        assert permit.footprint is not None, permit.reference
        assert permit.footprint.geometry.centroid.distance(point) < 1e-6
        assert permit.footprint.drawing is Drawing.ADDRESS_POINT
