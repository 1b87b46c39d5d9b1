"""The page on sources says what the code does: every key, and examples that can be read."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from imagery.pixels.scl import MASKED_CLASSES
from imagery.sources.bands import band_names
from imagery.sources.name_pattern import FIELDS
from imagery.sources.opening import SOURCE_OPTIONS
from imagery.sources.source_config import LAYOUTS, SourceConfig, config_from

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
ROWS = dict(re.findall(r"^\| `(\w+)` \|.*\| `(.+)` \|$", TEXT, re.MULTILINE))


def test_every_key_has_a_row_and_every_row_a_key() -> None:
    assert list(ROWS) == [f.name for f in fields(SourceConfig)]


@pytest.mark.parametrize("key", ROWS)
def test_the_example_of_a_key_can_be_used(key: str) -> None:
    config_from(tomllib.loads(f"{key} = {ROWS[key]}"))


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_can_be_read(example: str) -> None:
    assert config_from(tomllib.loads(example)).scale is not None


def test_every_option_field_layout_band_and_class_is_named() -> None:
    names = [
        *SOURCE_OPTIONS,
        *(f"{{{f}}}" for f in FIELDS),
        *(f'"{name}"' for name in LAYOUTS),
        *band_names(),
    ]
    assert [name for name in names if name not in TEXT] == []
    listed = re.search(r"none of the classes (.*?) \(`snow", TEXT, re.DOTALL)
    assert listed is not None
    assert {int(n) for n in re.findall(r"\b\d+\b", listed[1])} == {int(c) for c in MASKED_CLASSES}


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4
