"""Column profiles: guessed and shown, saved once, loaded, fitted to a file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.domain import Drawing
from imagery.errors import RegisterError
from imagery.registers import ColumnProfile, load_profile, read_register, save_profile, shipped_profiles
from imagery.registers.profile import fields, squeezed

ROW = ("Z-1", "opslag", "155000", "463000")
HEADER = ("Dossier A", "Wat mag er", "Oost", "West")
COLUMNS = {"reference": ("Dossier A",), "activity": ("Wat mag er",), "x": ("Oost",), "y": ("West",)}


def test_the_guess_is_shown_and_can_be_saved_and_used(write_csv, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = write_csv(
        ("Zaaknummer", "Activiteit", "X-coördinaat", "Y coordinaat (RD)", "Naam inrichting"), (*ROW, "X BV")
    )
    guess = read_register(path).profile
    assert guess.guessed
    assert dict(guess.columns) == {
        "reference": ("Zaaknummer",), "activity": ("Activiteit",), "x": ("X-coördinaat",), "y": ("Y coordinaat (RD)",),
    }  # fmt: skip
    assert "X-coördinaat" in str(guess)
    saved = save_profile(guess, tmp_path / "dienst.toml")
    again = read_register(path, profile=saved)
    assert not again.profile.guessed
    assert dict(again.profile.columns) == dict(guess.columns)
    assert again.permits == read_register(path).permits


def test_a_profile_is_a_name_a_file_or_a_value(write_csv, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = write_csv(HEADER, ROW)
    profile = ColumnProfile(name="dienst", columns=COLUMNS)
    expected = read_register(path, profile=profile).permits
    assert expected[0].reference == "Z-1"
    assert read_register(path, profile=str(save_profile(profile, tmp_path / "p.toml"))).permits == expected
    english = write_csv(("reference", "activity", "x", "y"), ROW, name="english.csv")
    assert read_register(english, profile="english").permits == expected


def test_every_shipped_profile_loads() -> None:
    assert set(shipped_profiles()) == {"cim-vth", "english"}
    for name in shipped_profiles():
        assert load_profile(name).columns


def test_a_column_that_is_gone_is_an_error_and_not_a_loss(write_csv) -> None:  # type: ignore[no-untyped-def]
    path = write_csv(HEADER, ROW)
    with pytest.raises(
        RegisterError, match="takes valid_to from column 'Einde', which is not there"
    ) as caught:
        read_register(path, profile=ColumnProfile(columns={**COLUMNS, "valid_to": ("Einde",)}))
    assert "Wat mag er" in caught.value.hint
    lenient = ColumnProfile(columns={**COLUMNS, "valid_to": ("Einde",)}, all_columns=False)
    assert len(read_register(path, profile=lenient).permits) == 1
    with pytest.raises(RegisterError, match="None of the columns"):
        read_register(path, profile="cim-vth")


def test_of_several_columns_the_first_filled_one_counts(write_csv) -> None:  # type: ignore[no-untyped-def]
    header = ("Kenmerk", "Zaaknummer", "Activiteit", "Omschrijving", "x", "y")
    rows = [("K-1", "Z-1", "opslag", "hal", "155000", "463000"), ("", "Z-2", "", "kap", "155000", "464000")]
    permits = read_register(write_csv(header, *rows)).permits
    assert [(p.reference, p.activity_text) for p in permits] == [("K-1", "opslag"), ("Z-2", "kap")]


def test_an_end_date_of_the_case_is_doubted(write_csv) -> None:  # type: ignore[no-untyped-def]
    header = ("Zaaknummer", "Einddatum", "x", "y")
    register = read_register(write_csv(header, ("Z-1", "1-1-2020", "155000", "463000")))
    assert [p.column for p in register.problems if p.code == "doubtful_column"] == ["Einddatum"]
    better = read_register(
        write_csv(("Vervaldatum", *header), ("1-1-2030", "Z-1", "1-1-2020", "155000", "463000"), name="b.csv")
    )
    assert better.permits[0].valid_to.year == 2030
    open_end = read_register(
        write_csv(("Vervaldatum", *header), ("", "Z-1", "1-1-2020", "155000", "463000"), name="c.csv")
    )
    assert open_end.permits[0].valid_to is None, "the end of the case is not the end of the permit"
    assert not [p for p in better.problems if p.code == "doubtful_column"]


def test_shapes_are_found_by_what_stands_in_a_column(write_csv) -> None:  # type: ignore[no-untyped-def]
    path = write_csv(
        ("Zaaknummer", "Begrenzing"),
        ("Z-1", "POLYGON((155000 463000,155100 463000,155100 463100,155000 463000))"),
    )
    register = read_register(path)
    assert register.profile.columns["geometry"] == ("Begrenzing",)
    assert register.permits[0].footprint is not None


def test_a_table_without_a_known_column_is_refused(write_csv) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(RegisterError, match="No column of the register was recognised; it has: Kleur, Maat"):
        read_register(write_csv(("Kleur", "Maat"), ("rood", "groot")))


def test_decimal_dates_and_last_day_follow_the_profile(write_csv) -> None:  # type: ignore[no-untyped-def]
    path = write_csv(
        ("Zaaknummer", "x", "y", "Geldig tot", "Max oppervlakte", "Herkomst geometrie", "Status"),
        ("Z-1", "155000", "463000", "2/1/2020", "1.500", "veldwerk", "klaar"),
    )
    plain = read_register(path).permits[0]
    assert (plain.valid_to.isoformat(), plain.limits.area_m2) == ("2020-01-02", 1500.0)
    guess = read_register(path).profile
    told = ColumnProfile(
        columns=guess.columns, decimal=".", month_first=True, last_day_included=False,
        drawing_words={"Veldwerk": "surveyed"}, status_words={"Klaar": "granted"},
    )  # fmt: skip
    register = read_register(path, profile=told)
    permit = register.permits[0]
    assert (permit.valid_to.isoformat(), permit.limits.area_m2) == ("2020-01-31", 1.5)
    assert not {"drawing_not_understood", "status_not_understood", "mark_not_certain"} & {
        p.code for p in register.problems
    }


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("columns = 5", "not understood"),
        ("[columns]\nreference = 5", "gives no column name"),
        ("[columns]\nreference = []", "gives no column name"),
        ('[columns]\nreferentie = "a"', "knows no field called 'referentie'"),
        ('[columns]\nnames_of_people = "a"', "knows no field"),
        ('decimal = ";"', "decimal mark"),
        ('drawing = "gps"', "one of surveyed"),
        ('[drawing_words]\nx = "y"', "must mean one of surveyed"),
        ('[status_words]\nx = "y"', "must mean one of refused"),
        ("this is not toml", "not valid TOML"),
        ('colour = "red"', "not understood"),
    ],
)
def test_a_profile_that_says_nonsense_is_refused(tmp_path: Path, text: str, match: str) -> None:
    path = tmp_path / "p.toml"
    path.write_text(text)
    with pytest.raises(RegisterError, match=match):
        load_profile(path)


def test_a_profile_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(RegisterError, match="no column profile 'squit'") as caught:
        load_profile("squit")
    assert "cim-vth" in caught.value.hint


def test_a_profile_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="cannot be written"):
        save_profile(ColumnProfile(columns=COLUMNS), tmp_path / "nowhere" / "p.toml")


names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=15)
usable = [name for name, field in fields().items() if not field.ignored]
profiles = st.builds(
    ColumnProfile,
    name=names,
    columns=st.dictionaries(
        st.sampled_from(usable), st.lists(names, min_size=1, max_size=3).map(tuple), max_size=6
    ),
    crs=st.none() | names,
    layer=st.none() | names,
    decimal=st.sampled_from([None, ",", "."]),
    month_first=st.sampled_from([None, True, False]),
    last_day_included=st.booleans(),
    drawing=st.sampled_from([None, *Drawing]),
    drawing_words=st.dictionaries(names, st.sampled_from(sorted(Drawing)), max_size=3),
    status_words=st.dictionaries(names, st.sampled_from(["granted", "refused"]), max_size=3),
    all_columns=st.booleans(),
)


@given(profiles)
def test_a_saved_profile_is_loaded_as_it_was(profile: ColumnProfile) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert load_profile(save_profile(profile, Path(folder) / "p.toml")) == profile


FIELD_RESEARCH = {
    "reference": "zaaknummer zaakid zaak_id Registratienummer kenmerk vergunningnummer dossiernummer olo_nummer "
    "dso_verzoeknummer",
    "activity": "activiteit mba activiteitnaam werkzaamheden omschrijving",
    "address": "adres", "street": "straat", "house_number": "huisnummer", "house_letter": "huisletter",
    "house_suffix": "toevoeging", "postcode": "postcode", "town": "woonplaats",
    "bag_id": "bag_id pand_id verblijfsobject_id nummeraanduiding_id",
    "parcel": "kadastraal kadastrale_aanduiding", "cadastral_section": "sectie", "parcel_number": "perceelnummer",
    "x": "x x_rd rd_x rdx X-coördinaat", "y": "y y_rd rd_y rdy Y-coördinaat", "geometry": "geometrie wkt",
    "decision_date": "datum_besluit besluitdatum verleend_op", "valid_to": "geldig_tot vervaldatum einddatum tijdelijk_tot",
    "authority": "bevoegd_gezag bevoegdgezag bg", "status": "status", "area_m2": "vergunde_oppervlakte_m2",
    "volume_m3": "vergund_opslag_m3", "height_m": "max_hoogte_m",
    "names_of_people": "bedrijf kvk kvknummer vestigingsnummer vestiging", "line_of_business": "sbi sbi_code",
}  # fmt: skip
"""Column names seen in registers of Dutch services, by what they mean."""


@pytest.mark.parametrize("field", sorted(FIELD_RESEARCH))
def test_every_name_from_the_field_is_known(field: str) -> None:
    known = {squeezed(name) for name in (*fields()[field].names, *fields()[field].doubtful)}
    assert {squeezed(name) for name in FIELD_RESEARCH[field].split()} <= known


def test_no_alias_means_two_things() -> None:
    seen: dict[str, str] = {}
    for field in fields().values():
        for alias in (*field.names, *field.doubtful):
            assert seen.setdefault(squeezed(alias), field.name) == field.name, alias
