"""Which activities a register text names.

Knows the words of the table `permitted_changes.toml`; knows nothing of places and dates. A text in which nothing is
recognised permits nothing by itself, and whoever judges says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from imagery.flagging.permission_table import Pattern, PermittedChanges, Recognition, permitted_changes


def recognise_activities(text: str, *, table: PermittedChanges | None = None) -> tuple[str, ...]:
    """Activity codes that a free text names, in the order of the text.

    Whole words are compared, without capitals and accents; the most specific pattern wins and takes its words. What
    stands in a negated clause ("geen opslag", "kappen niet toegestaan") is left out.

    Parameters
    ----------
    text : str
        What a register says the activity is, Dutch or English.
    table : PermittedChanges, optional
        The table; the one that comes with the package when left out.

    Returns
    -------
    tuple of str
        Codes without repeats; empty when nothing is recognised.

    Examples
    --------
    >>> recognise_activities("Bouwen van een stal, geen buitenopslag")
    ('building',)
    >>> recognise_activities("Mestopslag en kap van 12 bomen")
    ('manure_storage', 'felling')
    >>> recognise_activities("Overige activiteit")
    ()
    """
    table = table or permitted_changes()
    found: list[str] = []
    for words in _affirmed(text, table.recognition):
        found += _codes(words, table)
    return tuple(dict.fromkeys(found))


def _codes(words: list[str], table: PermittedChanges) -> list[str]:
    """Codes in one clause, in its order."""
    hits = _hits(words, table)
    named = [(start, pattern.code) for start, pattern in hits if not pattern.is_object]
    for start, pattern in hits:
        if pattern.is_object:
            away = table.activities[pattern.code].objects_not_with
            before = any(at < start and code != pattern.code for at, code in named)
            if not before and not any(code in away for _, code in named):
                named.append((start, pattern.code))
    return [code for _, code in sorted(named)]


def _hits(words: list[str], table: PermittedChanges) -> list[tuple[int, Pattern]]:
    """Patterns that fit, with the word where each begins; a word that one took is closed to the others."""
    fits = [table.parts_of(word) for word in words]
    begun = [
        (pattern.order, start, pattern)
        for start, parts in enumerate(fits)
        for part in parts
        for pattern in table.patterns.get(part, ())
    ]
    taken: dict[int, tuple[int, str]] = {}  # word position -> (start of the match, pattern that took it)
    hits: list[tuple[int, Pattern]] = []
    for _, start, pattern in sorted(begun, key=lambda row: row[:2]):
        span = range(start, start + len(pattern.parts))
        mine = (start, pattern.words)
        if span.stop > len(words) or any(taken.get(i, mine) != mine for i in span):
            continue  # The same pattern may stand under two activities: then both are meant.
        if all(part in fits[i] for part, i in zip(pattern.parts, span, strict=True)):
            hits.append((start, pattern))
            taken.update(dict.fromkeys(span, mine))
    return hits


def _plain(text: str) -> str:
    """Lower case without accents; abbreviation dots and hyphens within words are closed or opened."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    bare = re.sub(r"\bm\.?\s?u\.?\s?v\.?\b\.?", "muv ", bare)
    bare = bare.replace("met uitzondering van", "muv ").replace("in plaats van", "muv ")
    bare = re.sub(r"\b(niet|non)-(?=\w)", r"\1", bare)  # "niet-gevaarlijk" negates itself alone
    return re.sub(r"(?<=\w)- ?(?=\w)", " ", bare)


def _affirmed(text: str, said: Recognition) -> Iterator[list[str]]:
    """Clauses of a text as lists of words, without what is negated or refused."""
    for sentence in re.split(r"[.;:\n\r()|]+", _plain(text)):
        clauses = [re.findall(r"\w+", clause) for clause in re.split(r"[,/+&]", sentence)]
        carried = False
        for place, words in enumerate(clauses):
            joined = any(said.joins & set(later) for later in clauses[place + 1 :])
            if any(f" {refusal} " in f" {' '.join(words)} " for refusal in said.refusals):
                continue
            kept, carried = _until_negated(words, said, negated=carried)
            carried = carried and joined
            yield kept


def _until_negated(words: list[str], said: Recognition, *, negated: bool) -> tuple[list[str], bool]:
    """Words that are meant, with a gap (an empty word) for what is negated; and whether a negation is still open."""
    kept: list[str] = []
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if word in said.negators and following not in said.not_negated:
            negated = True
        elif word in said.turns:
            negated = False
        kept.append("" if negated else word)
    return kept, negated
