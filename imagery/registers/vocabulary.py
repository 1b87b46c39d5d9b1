"""Words that stand in the cells of registers, and what they mean."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def words() -> Mapping[str, Any]:
    """The tables of `words.toml`."""
    return tomllib.loads(files("imagery.registers").joinpath("words.toml").read_text(encoding="utf-8"))


class WordGroups:
    """Groups of words, each with a meaning, to be found in short texts.

    Parameters
    ----------
    groups : mapping of str to words
        Meaning and its words; of several meanings in one text the first counts.
    own : mapping of str to str
        Whole texts with their meaning, which go before the groups.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]], own: Mapping[str, str] | None = None) -> None:
        self._patterns = {
            meaning: re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, found))})(?!\w)")
            for meaning, found in groups.items()
        }
        self._known: dict[str, str | None] = {
            word.casefold().strip(): meaning for word, meaning in (own or {}).items()
        }

    def meaning(self, value: object) -> str | None:
        """Meaning of a cell; None when it is blank or no word is known.

        Examples
        --------
        >>> WordGroups({"yes": ["granted"]}).meaning("Granted, 2020")
        'yes'
        """
        text = str(value if value is not None else "").casefold().replace("ë", "e").strip()[:500]
        if text and text not in self._known:
            found = (meaning for meaning, pattern in self._patterns.items() if pattern.search(text))
            self._known[text] = next(found, None)
        return self._known.get(text)
