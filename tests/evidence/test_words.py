"""The words of the report: both languages, the same blanks to fill, and the tone of the field."""

from __future__ import annotations

import re
import string
import tomllib
from importlib.resources import files

import pytest

from imagery.domain import AlignmentStatus, Drawing, Kind, Novelty, OutcomeKind, Relation, defaults
from imagery.evidence.words import term, words
from imagery.flagging.priority import WEIGHTS
from imagery.plotting.wording import LABELS

FORBIDDEN = re.compile(
    r"overtred|illega|dader|verdacht|misdrij|fraud|violat|offend|illegal|unlawful|crim|breach", re.IGNORECASE
)
TABLE = tomllib.loads(files("imagery.evidence").joinpath("words.toml").read_text(encoding="utf-8"))


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("name", sorted(TABLE))
def test_both_languages_say_it_with_the_same_blanks(name: str) -> None:
    assert set(TABLE[name]) == {"nl", "en"}
    assert all(text.strip() for text in TABLE[name].values())
    assert blanks(TABLE[name]["nl"]) == blanks(TABLE[name]["en"])


def test_no_word_calls_a_signal_more_than_it_is() -> None:
    said = [text for row in TABLE.values() for text in row.values()] + [
        w for pair in LABELS.values() for w in pair
    ]
    assert [text for text in said if FORBIDDEN.search(text)] == []
    assert FORBIDDEN.search("Een mogelijke overtreding")


@pytest.mark.parametrize(
    ("family", "values"),
    [
        ("kind", Kind), ("relation", Relation), ("position", Relation), ("novelty", Novelty), ("outcome", OutcomeKind),
        ("drawing", Drawing), ("alignment", AlignmentStatus),
    ],
)  # fmt: skip
def test_every_value_of_a_fixed_list_has_its_word(family: str, values: type) -> None:
    assert {f"{family}_{value.value}" for value in values} <= set(TABLE)


def test_every_part_of_the_priority_has_its_word() -> None:
    assert {f"part_{name}" for name in WEIGHTS} == {name for name in TABLE if name.startswith("part_")}


def test_every_unit_of_a_setting_has_its_word_or_is_a_sign() -> None:
    names = {"unit_" + re.sub(r"\W+", "_", row.unit) for row in defaults().values()}
    assert names - {"unit_m", "unit_px"} == {name for name in TABLE if name.startswith("unit_")}


def test_every_outcome_that_did_not_look_is_explained() -> None:
    assert {f"explain_{kind.value}" for kind in OutcomeKind if kind is not OutcomeKind.SCREENED} <= set(TABLE)


def test_every_word_is_used() -> None:
    """A name stands in the code or the template, or belongs to a fixed list that is looked up by its value."""
    folder = files("imagery.evidence")
    sources = [f.read_text(encoding="utf-8") for f in folder.iterdir() if f.name.endswith(".py")]
    text = "\n".join([*sources, folder.joinpath("templates", "report.html.j2").read_text(encoding="utf-8")])
    lists = ("kind_", "relation_", "position_", "novelty_", "outcome_", "explain_", "drawing_", "alignment_",
             "part_", "unit_", "severity_", "method_", "how_")  # fmt: skip
    unused = [
        name
        for name in TABLE
        if not name.startswith(lists) and not re.search(rf"\bt\.{name}\b|[\"']{name}[\"']", text)
    ]
    assert [name for name in unused if not name.endswith("_many")] == []
    assert all(name.removesuffix("_many") in TABLE for name in unused)


def test_a_value_without_a_word_is_shown_readable() -> None:
    assert term("part", "never_heard_of", "nl") == "never heard of"
    assert words("en")["winds"].count(",") == 7
