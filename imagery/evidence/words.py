"""The words of the report, by name, in one language; they stand in `words.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from imagery.plotting.wording import Language


@cache
def words(language: Language) -> Mapping[str, str]:
    """All words in one language, by name."""
    text = files("imagery.evidence").joinpath("words.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return MappingProxyType({name: row[language] for name, row in table.items()})


def term(family: str, value: str, language: Language) -> str:
    """The word for a value of a fixed list (a kind, a relation, ...); the value itself, readable, where there is none.

    Examples
    --------
    >>> term("relation", "outside", "nl")
    'buiten'
    >>> term("part", "something_else", "nl")
    'something else'
    """
    return words(language).get(f"{family}_{value}", value.replace("_", " "))
