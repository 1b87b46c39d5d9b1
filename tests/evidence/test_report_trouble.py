"""The report of runs that are poor, damaged or hostile."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imagery.domain import Permit, Reason
from imagery.errors import ParameterError
from imagery.evidence.report import write_report
from imagery.stores.records import SitePixels
from imagery.testing.simulated import SimulatedScene

Element = Any
Write = Callable[..., tuple[str, Element]]


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "</style><style>*{display:none}</style>",
    "\u202eexe.gnp\u2066 שלום مرحبا",
    "A" * 5000,
    "nul\x00 bell\x07 esc\x1b lone\ud800 next\x85",
    "<!-- --> ]]> &lt; &amp;",
    "$\\frac{1}{2}$ %s {0} {name}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(
    text: str, make_run: Callable[..., Any], write: Write, make_permit: Callable[..., Permit]
) -> None:
    plain = make_run()
    usual = write(plain, pictured=0)[1].all()
    problem = {"row": 3, "column": text, "value": text, "reason": text, "hint": text, "severity": text}
    source = {
        **plain.summary["source"],
        "name": text,
        "licence": text,
        "crs": text,
        "bands": [text],
        "files": [{"name": text, "sha256": text}],
    }
    register = {**plain.summary["register"], "name": text, "sha256": text, "problems": [problem]}
    run = make_run(
        permits=(make_permit(text, activity_text=text, activities=(text,), authority=text),),
        name=text,
        signal={"reasons": (Reason(code="x", nl=text, en=text),), "permits_in_force": (text,)},
        summary={
            **plain.summary, "notices": [text], "source": source, "register": register, "run_id": text,
            "code_version": text, "created": text, "previous_run_id": text,
            "calibration": {**plain.summary["calibration"], "note": text, text: text},
            "settings": {**plain.summary["settings"], text: text},
        },
    )  # fmt: skip
    html, page = write(run, pictured=0)
    # Nothing in the text became an element: only rows that the summary really adds are there.
    extra = page.all("script", "iframe", "style", "img")
    assert [e.tag for e in extra] == ["style"]
    assert not [e for e in page.all() if any(name.startswith("on") for name in e.attrs)]
    assert {e.tag for e in page.all()} <= {e.tag for e in usual}
    assert len(page.all()) < len(usual) + 60
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", html)
    cleaned = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", text)
    authority = [
        dd.text for card in page.all("div") if card.attrs.get("class") == "card" for dd in card.all("dd")
    ]
    assert cleaned in authority
    # What turns the direction of writing ends where the text of the register ends.
    turned = {e.tag for e in page.all() if "\u202e" in "".join(e.texts)}
    assert turned <= {"bdi", "title", "code", "dt"}


def test_a_run_without_sites_is_a_report_too(make_run: Callable[..., Any], write: Write) -> None:
    run = make_run(records=())
    run.summary = {"run_id": "x", "period": "2020-01-01/2021-01-01"}
    html, page = write(run)
    assert "Er zijn geen locaties in deze screening." in html
    assert "Er is geen locatie bekeken, dus er is niets beloofd." in html
    assert page.all("article") == []
    assert "niet vastgelegd" in html


def test_a_run_without_a_summary_is_a_report_too(make_run: Callable[..., Any], write: Write) -> None:
    run = make_run()
    run.summary = {}
    _, page = write(run, language="en")
    assert len(page.all("article")) == 2
    assert len(page.all("img")) == 4


def test_a_site_without_permits_is_told_so(make_run: Callable[..., Any], write: Write) -> None:
    html, page = write(make_run(permits=(), signal={"distance_outside_m": math.nan, "share_outside": 1.0}))
    assert "Het register noemt geen vergunning op deze locatie." in html
    assert "er is geen vergunde grond om mee te vergelijken" in html
    assert "op bewaakte grond zonder vergunde grond" in page.all("img")[0].attrs["alt"]


@pytest.mark.parametrize("bands", [("nir",), ("red",), ("red", "nir")])
def test_any_subset_of_bands_has_pictures(
    bands: tuple[str, ...],
    make_run: Callable[..., Any],
    write: Write,
    scene: SimulatedScene,
    pixels: SitePixels,
) -> None:
    keep = [*bands, "valid"]
    scores = replace(
        pixels.scores,
        before={b: pixels.scores.before[b] for b in bands},
        after={b: pixels.scores.after[b] for b in bands},
    )
    _, page = write(make_run(cube=scene.cube[keep], pixels=replace(pixels, scores=scores)))
    assert len(page.all("img")) == 4
    assert "één band in grijs" in page.all("figcaption")[0].text
    assert ("NDVI" in page.all("img")[1].attrs["alt"]) == (len(bands) == 2)


def test_composites_are_shown_when_no_single_acquisition_can_be(
    make_run: Callable[..., Any], write: Write, scene: SimulatedScene
) -> None:
    cloudy = scene.cube.copy()
    cloudy["valid"] = cloudy["valid"] & False
    html, page = write(make_run(cube=cloudy))
    assert "Twee samengestelde beelden" in page.all("figcaption")[0].text
    assert len(page.all("img")) == 2
    assert "Verloop in de tijd" not in html


def test_pictures_of_nothing_but_gaps_are_drawn_as_gaps(
    make_run: Callable[..., Any], write: Write, scene: SimulatedScene, pixels: SitePixels
) -> None:
    empty = {b: np.full(scene.geobox.shape, np.nan, dtype=np.float32) for b in pixels.scores.before}
    scores = replace(pixels.scores, before=empty, after=empty)
    cube = scene.cube.isel(time=slice(0, 0))
    _, page = write(make_run(cube=cube, pixels=replace(pixels, scores=scores)))
    assert len(page.all("img")) == 2


def test_a_site_whose_pixels_were_not_kept_says_so(make_run: Callable[..., Any], write: Write) -> None:
    html, page = write(make_run(all_pixels={}, all_cubes={}))
    assert page.all("img") == []
    assert "Er zijn geen beelden bewaard" in html


def test_damaged_pixels_become_a_sentence_and_not_an_error(
    make_run: Callable[..., Any], write: Write
) -> None:
    run = make_run()
    run.damaged = frozenset({run.sites[0].site.site_id})
    html, page = write(run)
    assert page.all("img") == []
    assert "De bewaarde beelden zijn niet te lezen. score.tif cannot be read. Restore it." in html


def test_a_report_that_fails_half_way_leaves_the_old_one(
    make_run: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    run = make_run()
    run.all_cubes = None  # reading pixels now breaks, after the first part of the page was written
    with pytest.raises(AttributeError):
        write_report(run, path)
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
    assert path.read_text(encoding="utf-8") == "old"


def test_a_wrong_language_or_number_is_refused(make_run: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="'de'"):
        write_report(make_run(), tmp_path / "a.html", language="de")
    with pytest.raises(ParameterError, match="-1"):
        write_report(make_run(), tmp_path / "a.html", pictured=-1)
    assert list(tmp_path.iterdir()) == []
