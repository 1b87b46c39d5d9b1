"""Recognition of activities in register texts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagery.flagging.activities import recognise_activities
from imagery.flagging.permission_table import permitted_changes

TEXTS = {
    "Opslag": ("storage",),
    "buitenopslag van pallets": ("storage",),
    "op- en overslag van zand": ("storage",),
    "stallen van caravans": ("storage",),
    "inpandige opslag van verf": ("indoor_storage",),
    "Opslag van grond": ("soil_depot",),
    "Mest-opslag": ("manure_storage",),
    "mestopslag 500 m3": ("manure_storage",),
    "stortplaats": ("landfill",),
    "storten van beton": ("building",),
    "verwerken van niet gevaarlijk afval": ("waste_processing",),
    "KAPVERGUNNING verleend": ("felling",),
    "kap van 3 eiken bomen": ("felling",),
    "het vervangen van de kap": (),
    "Het kappen van bomen en het dempen van een sloot": ("felling", "earthworks"),
    "Ontgrónding": ("earthworks",),
    "aanleg verharding en parkeerplaats": ("paving",),
    "bouw- en sloopwerkzaamheden": ("building", "demolition"),
    "sloop/nieuwbouw woning": ("demolition", "building"),
    "uitbreiding stal": ("building",),
    "2 nieuwe stallen": ("building",),
    "uitbreiding van de opslag": ("storage",),
    "zonnepark 12 MW": ("solar",),
    "evenement": ("temporary_use",),
    "melkrundveehouderij": ("livestock",),
    "akkerbouw": ("farming",),
    "verbouwen van gewassen": ("farming",),
    "Overige": (),
    "": (),
    "  ;, ": (),
    # What is made counts only where it is not what something else is done to.
    "Slopen van een woning": ("demolition",),
    "stal slopen": ("demolition",),
    "sloop schuur en bouw woning": ("demolition", "building"),
    "Gebruik van het gebouw als woning": ("use",),
    "loods voor opslag": ("building", "storage"),
    # Whole words only.
    "bergen": (),
    "verstoring": (),
    "inkapseling": (),
}
NEGATED = {
    "geen opslag": (),
    "zonder buitenopslag": (),
    "kappen niet toegestaan": (),
    "exclusief sloop": (),
    "Geen opslag, stort of verbranding": (),
    "bouwen, geen opslag, kappen": ("building", "felling"),
    "wel opslag, geen bouw": ("storage",),
    "geen bouw maar wel opslag": ("storage",),
    "opslag m.u.v. gevaarlijke stoffen": ("storage",),
    "bouwen met uitzondering van kappen": ("building",),
    "opslag van niet gevaarlijk afval": ("storage",),
    "opslag van niet-gevaarlijke afvalstoffen": ("storage",),
    "Vergunning geweigerd voor opslag. Bouwen van schuur": ("building",),
    "no storage": (),
}


@pytest.mark.parametrize(("text", "codes"), (TEXTS | NEGATED).items())
def test_a_text_names_its_activities(text: str, codes: tuple[str, ...]) -> None:
    assert recognise_activities(text) == codes


def test_every_plain_word_of_the_table_names_its_own_activity() -> None:
    table = permitted_changes()
    for code, row in table.activities.items():
        for words in (*row.words, *row.objects):
            if "*" not in words:
                assert code in recognise_activities(words), words


@given(st.sampled_from(sorted(TEXTS | NEGATED)))
def test_capitals_and_accents_do_not_matter(text: str) -> None:
    accented = "".join(unicodedata.normalize("NFC", c + "\u0301") if c in "aeiou" else c for c in text)
    assert recognise_activities(text.upper()) == recognise_activities(text)
    assert recognise_activities(accented) == recognise_activities(text)


@given(st.text(max_size=80))
def test_any_text_gives_known_codes_without_repeats(text: str) -> None:
    codes = recognise_activities(text)
    assert len(set(codes)) == len(codes)
    assert set(codes) <= set(permitted_changes().activities)


@given(st.sampled_from(sorted(TEXTS)), st.sampled_from(["geen", "zonder", "niet"]))
def test_a_negation_before_a_single_clause_leaves_nothing(text: str, negator: str) -> None:
    if not set(",/+&.;:()-") & set(text):
        assert recognise_activities(f"{negator} {text.replace('niet gevaarlijk ', '')}") == ()
