"""What the report says, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from shapely.geometry import box

from imagery.domain import Limits, Outcome, OutcomeKind, Permit, PriorityPart, Signal, Site
from imagery.evidence.report import write_report
from imagery.stores.records import SiteRecord
from imagery.testing.simulated import SimulatedScene

Element = Any
Write = Callable[..., tuple[str, Element]]


def test_the_planted_clearing_is_told_in_the_curve__planted(
    make_run: Callable[..., Any], write: Write
) -> None:
    _, page = write(make_run())
    alt = page.all("img")[1].attrs["alt"]
    before, after = (
        float(v.replace(",", ".")) for v in re.findall(r"mediaan van (\d,\d+) en daarna van (\d,\d+)", alt)[0]
    )
    assert before > after + 0.3
    rows = [
        r
        for t in page.all("table")
        if "waarden in de bewaakte periode" in t.all("caption")[0].text
        for r in t.all("tr")
    ]
    assert len(rows) > 5


def test_what_it_is_stands_first_and_what_was_invented_is_said(
    make_run: Callable[..., Any], write: Write
) -> None:
    run = make_run(summary={**make_run().summary, "notices": ["De vergunningen zijn verzonnen."]})
    html, page = write(run, pictured=0)
    header = page.all("header")[0].text
    assert "Een signaal is geen bevinding" in header
    assert "De vergunningen zijn verzonnen." in header
    assert html.index("Een signaal is geen bevinding") < html.index("Signaal 1")


def test_signals_stand_by_priority_over_all_sites(
    make_run: Callable[..., Any], write: Write, make_signal: Callable[..., Signal]
) -> None:
    run = make_run()
    first, quiet, failed = run.sites
    parts = (PriorityPart(name="relation", value=1.0, weight=1.0),)
    low = make_signal(first.site, priority=0.2, priority_parts=parts)
    tie = make_signal(quiet.site, priority=0.5, p_value=0.5, priority_parts=parts)
    high = make_signal(quiet.site, priority=0.5, p_value=0.1, priority_parts=parts, last_unchanged=None)
    run.sites = (replace(first, judged=(low,)), replace(quiet, judged=(tie, high)), failed)
    _, page = write(run, pictured=0)
    table = page.all("section")[1].all("tbody")[0]
    cells = [[c.text.strip() for c in row.all("th", "td")] for row in table.all("tr")]
    assert [row[0] for row in cells] == ["1", "2", "3"]
    assert [row[6].split()[0] for row in cells] == ["0,50", "0,50", "0,20"]
    assert [row[1] for row in cells] == ["STIL-7", "STIL-7", "Z-2019-001"]
    assert cells[0][5].startswith("vóór")
    assert [a.attrs["id"] for a in page.all("article")] == ["signal-1", "signal-2", "signal-3"]


def test_the_permit_is_told_in_full(
    make_run: Callable[..., Any], write: Write, make_permit: Callable[..., Permit]
) -> None:
    permits = (
        make_permit("Z-2019-001"),
        make_permit(
            "Z-2",
            limits=Limits(),
            valid_from=None,
            valid_to=None,
            activities=(),
            activity_text="Iets",
            authority="",
        ),
        Permit(reference="Z-3"),
    )
    _, page = write(make_run(permits=permits), pictured=0)
    cards = [d for d in page.all("article")[0].all("div") if d.attrs.get("class") == "card"]
    assert [c.all("h5")[0].text.strip() for c in cards] == ["Z-2019-001", "Z-2", "Z-3"]
    facts = [
        {dt.text: dd.text.strip() for dt, dd in zip(card.all("dt"), card.all("dd"), strict=True)}
        for card in cards
    ]
    assert facts[0] == {
        "Op de beelddatums": "van kracht",
        "Geldig": "vanaf 1 januari 2019 tot en met 31 december 2020",
        "Activiteiten": "Kappen van houtopstand",
        "Opgevat als": "houtkap",
        "Grenzen": "oppervlakte hoogstens 2.500 m²",
        "Bevoegd gezag": "Gemeente Voorbeeld",
        "Vergunde grond": "8.000 m², getekend op een kaart, grens op 5 m nauwkeurig",
    }
    assert facts[1]["Grenzen"] == facts[2]["Grenzen"] == "geen gesteld"
    assert facts[1]["Geldig"] == "begin en einde staan niet in het register"
    assert facts[1]["Bevoegd gezag"] == facts[2]["Activiteiten"] == "niet genoemd"
    assert facts[2]["Vergunde grond"] == "het register geeft geen grond voor deze vergunning"


def test_every_site_has_its_outcome_and_nothing_seen_is_not_could_not_look(
    make_run: Callable[..., Any], write: Write, scene: SimulatedScene
) -> None:
    run = make_run()
    more = tuple(
        SiteRecord(
            site=Site(geometry=box(600_000 + 50 * i, 0, 600_040 + 50 * i, 40), crs="EPSG:32631"),
            outcome=Outcome(kind=kind, note=f"note of {kind}.", hint="Do this."),
        )
        for i, kind in enumerate(OutcomeKind)
        if kind is not OutcomeKind.SCREENED
    )
    run.sites = (*run.sites, *more)
    _, page = write(run, pictured=0)
    (section,) = [s for s in page.all("section") if s.attrs["aria-labelledby"] == "sites"]
    rows = {
        r.all("code")[0].text: [c.text for c in r.all("th", "td")] for r in section.all("tbody")[0].all("tr")
    }
    assert list(rows) == [record.site.site_id for record in run.sites]
    seen, quiet, failed = (rows[record.site.site_id] for record in run.sites[:3])
    assert seen[3] == "1 signaal, 1 toegestane verandering"
    assert quiet[3] == "niets gezien"
    assert "14 heldere opnamen van 5 jan 2020 tot en met 20 dec 2020; methode reeks." in quiet[4]
    assert "Wat kleiner is dan 300 m² wordt niet gemeld." in quiet[4]
    assert "98 % van de bewaakte grond" in quiet[4]
    assert failed[3] == "onbekend: kon niet kijken"
    assert "The image b.tif cannot be read. Copy it again." in failed[4]
    for record in more:
        row = rows[record.site.site_id]
        assert row[3] == "onbekend: kon niet kijken"
        assert f"note of {record.outcome.kind}. Do this." in row[4]
    figures = {li.texts[-1].strip(): li.all("strong")[0].text for li in page.all("ul")[1].all("li")}
    assert figures["locaties bekeken"] == "2"
    assert figures["locaties waar niet gekeken kon worden"] == "6"


def test_a_run_without_signals_points_to_what_was_not_looked_at(
    make_run: Callable[..., Any], write: Write
) -> None:
    run = make_run()
    run.sites = run.sites[1:]
    html, page = write(run)
    assert "Er zijn geen signalen." in html
    assert "niets gezien is iets anders dan niet kunnen kijken" in html
    assert page.all("img") == []
    assert not [a for a in page.all("a") if a.attrs["href"] == "#details"]


def test_only_so_many_signals_have_pictures_and_the_others_say_where_theirs_are(
    make_run: Callable[..., Any], write: Write
) -> None:
    run = make_run()
    html, page = write(run, pictured=0)
    assert page.all("img") == []
    assert f"sites/{run.sites[0].site.site_id}" in html
    assert len(page.all("article")) == 2


def test_remarks_on_the_register_are_listed_with_what_became_of_the_row(
    make_run: Callable[..., Any], write: Write
) -> None:
    problems = [
        {"row": None, "column": "", "value": "", "reason": "Guessed.", "hint": "Save it.", "severity": "note"},
        {"row": 5, "column": "tot", "value": "31-02", "reason": "Not a date.", "hint": "So.", "severity": "dropped"},
    ]  # fmt: skip
    run = make_run()
    run.summary = {**run.summary, "register": {**run.summary["register"], "problems": problems}}
    _, page = write(run, pictured=0)
    (section,) = [s for s in page.all("section") if s.attrs["aria-labelledby"] == "register"]
    rows = [[c.text.strip() for c in r.all("th", "td")] for r in section.all("tbody")[0].all("tr")]
    assert rows[0][0] == "hele bestand"
    assert rows[1][0::4] == ["5", "rij niet gebruikt"]
    assert "Not a date." in rows[1][3]
    run.summary["register"]["problems"] = problems[:1] * 1500
    html, _ = write(run, pictured=0)
    assert "De eerste 1.000 van 1.500 opmerkingen" in html


def test_settings_stand_with_their_units_in_the_language_of_the_report(
    make_run: Callable[..., Any], write: Write
) -> None:
    for language, wanted in (
        ("nl", {"history_years": "1 jaar", "min_region_m2": "300 m²", "cloud_dilation_px": "2 px"}),
        ("en", {"history_years": "1 years", "season_days": "45 days"}),
    ):
        _, page = write(make_run(), language=language, pictured=0)
        rows = {
            r.all("code")[0].text: r.all("td")[0].text
            for r in page.all("tr")
            if r.all("code") and r.all("td")
        }
        assert {name: rows[name] for name in wanted} == wanted
        assert rows["false_signals_per_1000_site_years"].startswith("20 ")


def test_the_same_run_gives_the_same_bytes(make_run: Callable[..., Any], tmp_path: Path) -> None:
    first = write_report(make_run(), tmp_path / "a.html").read_bytes()
    second = write_report(make_run(), tmp_path / "b.html").read_bytes()
    assert first == second
    assert b"\r" not in first
