"""The parts of the report that speak of the whole run: facts, promise, every site, the register, the method."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from imagery.domain import OutcomeKind, defaults
from imagery.evidence.phrases import last_day, measure, plain_number
from imagery.evidence.run_input import Contents
from imagery.evidence.sections import Fact
from imagery.evidence.words import term, words
from imagery.plotting.wording import Language, day_text, number_text
from imagery.stores.records import SiteRecord

MOST_PROBLEMS = 1_000
MOST_FILES = 400
MOST_CHARACTERS = 300
PROMISE_ROWS = (
    "asked_rate_per_1000",
    "promised_rate_per_1000",
    "sites_keeping_what_was_asked",
    "sites",
    "fewest_control_blocks",
    "control_pixels_trimmed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """How one site ended."""

    reference: str
    site_id: str
    authority: str
    outcome: str
    looked: bool
    seen: str
    basis: tuple[str, ...]
    """Sentences in the language of the report."""
    message: str
    """What the program says, in English; empty where the sentences say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """One remark on the register."""

    row: str
    column: str
    value: str
    reason: str
    hint: str
    severity: str


def key_figures(contents: Contents) -> list[Fact]:
    """The run in six numbers."""
    said, records = words(contents.language), contents.records
    looked = sum(record.outcome.looked for record in records)
    counts = {
        "n_signals": len(contents.signals),
        "n_permitted": len(contents.permitted),
        "n_sites": len(records),
        "n_looked": looked,
        "n_not_looked": len(records) - looked,
        "n_problems": len(_problems(contents)),
    }
    return [Fact(name=said[name], value=number_text(n, contents.language)) for name, n in counts.items()]


def run_facts(contents: Contents) -> list[Fact]:
    """Period, imagery, register and program."""
    language, summary = contents.language, contents.summary
    said, source, register = words(language), contents.part("source"), contents.part("register")
    facts = [
        Fact(name=said["period"], value=_period(contents)),
        Fact(name=said["history"], value=_history(contents)),
        Fact(name=said["source"], value=_text(source.get("name"), said)),
        Fact(name=said["source_dates"], value=_source_dates(source, language)),
        Fact(
            name=said["bands"], value=", ".join(map(str, source.get("bands") or ())) or said["not_recorded"]
        ),
        Fact(name=said["pixel"], value=measure(source.get("resolution_m"), "m", language, digits=1)),
        Fact(name=said["crs"], value=_text(source.get("crs"), said)),
        Fact(name=said["licence"], value=_text(source.get("licence"), said)),
        Fact(name=said["register"], value=_register(register, language)),
        Fact(name=said["sha256"], value=_text(register.get("sha256"), said)),
        Fact(name=said["code_version"], value=f"imagery {_text(summary.get('code_version'), said)}"),
        Fact(name=said["run_id"], value=_text(summary.get("run_id"), said)),
        Fact(name=said["previous_run"], value=str(summary.get("previous_run_id") or "")),
        Fact(name=said["created"], value=_created(summary.get("created"), language)),
    ]
    return [fact for fact in facts if fact.value]


def promise_facts(contents: Contents) -> list[Fact]:
    """What the run promises about false signals; empty when nothing could be promised."""
    language, promise = contents.language, contents.part("calibration")
    said = words(language)
    known = [
        Fact(name=said[name], value=plain_number(promise[name], language))
        for name in PROMISE_ROWS
        if promise.get(name) is not None
    ]
    other = [
        Fact(name=name.replace("_", " "), value=plain_number(value, language))
        for name, value in sorted(promise.items())
        if name not in (*PROMISE_ROWS, "unit", "note") and not isinstance(value, Mapping | list | None)
    ]
    note = [Fact(name=said["note"], value=str(promise["note"]))] if promise.get("note") else []
    return [*known, *other, *note]


def setting_rows(contents: Contents) -> list[tuple[str, str]]:
    """Every setting with its value and unit."""
    language, units = contents.language, {name: row.unit for name, row in defaults().items()}
    return [
        (name, f"{plain_number(value, language)} {_unit(units.get(name, ''), language)}".strip())
        for name, value in contents.settings.items()
    ]


def site_rows(contents: Contents) -> list[SiteRow]:
    """How every site ended, in the order of the register."""
    return [_site_row(record, contents.language) for record in contents.records]


def problem_rows(contents: Contents) -> list[ProblemRow]:
    """Remarks on the register, up to `MOST_PROBLEMS`."""
    said = words(contents.language)
    return [
        ProblemRow(
            row=said["whole_file"] if problem.get("row") is None else str(problem["row"]),
            column=_cut(problem.get("column")),
            value=_cut(problem.get("value")),
            reason=_cut(problem.get("reason")),
            hint=_cut(problem.get("hint")),
            severity=term("severity", str(problem.get("severity") or ""), contents.language),
        )
        for problem in _problems(contents)[:MOST_PROBLEMS]
    ]


def problems_cut(contents: Contents) -> str:
    """A sentence when not all remarks are shown."""
    return _cut_sentence("problems_cut", MOST_PROBLEMS, len(_problems(contents)), contents.language)


def file_rows(contents: Contents) -> tuple[list[tuple[str, str]], str]:
    """Files of the imagery with their SHA-256, and a sentence when not all are shown."""
    files = [f for f in contents.part("source").get("files") or () if isinstance(f, Mapping)]
    rows = [(str(f.get("name", "")), str(f.get("sha256", ""))) for f in files[:MOST_FILES]]
    return rows, _cut_sentence("files_cut", MOST_FILES, len(files), contents.language)


def method_paragraphs(contents: Contents) -> list[tuple[str, str]]:
    """The method in words: heading and text."""
    said = words(contents.language)
    trailing = plain_number(
        contents.settings.get("trailing_clear", defaults()["trailing_clear"].value), contents.language
    )
    names = ("how_series", "how_pair", "how_threshold", "how_permits", "how_limits")
    return [(said[f"{name}_head"], said[name].format(trailing=trailing)) for name in names]


def _site_row(record: SiteRecord, language: Language) -> SiteRow:
    said, outcome = words(language), record.outcome
    message = " ".join(part for part in (outcome.note, outcome.hint) if part)
    return SiteRow(
        reference=", ".join(record.site.references) or said["not_stated"],
        site_id=record.site.site_id,
        authority=record.site.authority or said["not_stated"],
        outcome=term("outcome", outcome.kind.value, language),
        looked=outcome.looked,
        seen=_seen(record, language) if outcome.looked else said["seen_unknown"],
        basis=_basis(record, language),
        message=message,
    )


def _seen(record: SiteRecord, language: Language) -> str:
    said, parts = words(language), []
    for name, count in (
        ("seen_signals", len(record.signals)),
        ("seen_permitted", len(record.permitted_changes)),
    ):
        if count:
            parts.append(said[name if count == 1 else f"{name}_many"].format(n=count))
    return ", ".join(parts) or said["seen_nothing"]


def _basis(record: SiteRecord, language: Language) -> tuple[str, ...]:
    """On how many dates the answer rests and what limits it; or why there is none."""
    said, facts = words(language), record.facts
    if record.outcome.kind is not OutcomeKind.SCREENED:
        return (said[f"explain_{record.outcome.kind.value}"],)
    sentences = []
    first, last = _day(facts.get("first_date")), _day(facts.get("last_date"))
    if first and last:
        sentences.append(
            said["basis_dates"].format(
                n=facts.get("n_clear_dates", facts.get("n_dates", "?")),
                first=day_text(first, language, short=True),
                last=day_text(last, language, short=True),
                method=term("method", str(facts.get("method", "")), language),
            )
        )
    if isinstance(facts.get("smallest_region_m2"), int | float):
        area = number_text(float(facts["smallest_region_m2"]), language)
        sentences.append(said["basis_smallest"].format(area=area))
    share = facts.get("assessed_fraction")
    if isinstance(share, int | float) and share < 1:
        # Rounded down: 99.9 % is not all.
        sentences.append(said["basis_share"].format(share=number_text(int(100 * share), language)))
    return tuple(sentences)


def _period(contents: Contents) -> str:
    said, language, period = words(contents.language), contents.language, contents.period
    if period is None:
        return _text(contents.summary.get("period"), said)
    first, last = day_text(period.start.date(), language), day_text(last_day(period.end), language)
    return said["period_text"].format(first=first, last=last)


def _history(contents: Contents) -> str:
    if contents.history is None:
        return ""
    years = plain_number(contents.settings["history_years"], contents.language)
    first = day_text(contents.history.start.date(), contents.language)
    return words(contents.language)["history_text"].format(years=years, first=first)


def _source_dates(source: Mapping[str, Any], language: Language) -> str:
    first, last = _day(source.get("first_time")), _day(source.get("last_time"))
    if not (first and last):
        return ""
    return words(language)["source_dates_text"].format(
        n=source.get("n_times", "?"), first=day_text(first, language), last=day_text(last, language)
    )


def _register(register: Mapping[str, Any], language: Language) -> str:
    said = words(language)
    if not register.get("name"):
        return said["not_recorded"]
    values = {name: register.get(name, "?") for name in ("name", "rows", "permits", "sites")}
    whole = "permits" in register and "sites" in register
    return said["register_text" if whole else "register_short"].format(**values)


def _created(value: Any, language: Language) -> str:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return words(language)["not_recorded"]
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{day_text(moment.date(), language)} {moment:%H:%M} UTC"


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _problems(contents: Contents) -> Sequence[Mapping[str, Any]]:
    problems = contents.part("register").get("problems") or ()
    return [problem for problem in problems if isinstance(problem, Mapping)]


def _unit(unit: str, language: Language) -> str:
    """A unit in words; the sign of a unit is the same in both languages."""
    return words(language).get("unit_" + re.sub(r"\W+", "_", unit), unit)


def _text(value: Any, said: Mapping[str, str]) -> str:
    return _cut(value) or said["not_recorded"]


def _cut(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _cut_sentence(name: str, most: int, count: int, language: Language) -> str:
    if count <= most:
        return ""
    shown, all_ = number_text(most, language), number_text(count, language)
    return words(language)[name].format(shown=shown, all=all_)
