"""The report as a browser and a screen reader take it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

Element = Any
Write = Callable[..., tuple[str, Element]]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_needs_nothing_from_outside(
    make_run: Callable[..., Any], write: Write, language: str
) -> None:
    html, page = write(make_run(), language=language)
    assert html.startswith("<!DOCTYPE html>")
    assert page.all("script", "link", "iframe", "object", "base", "form") == []
    for element in page.all():
        assert not [name for name in element.attrs if name.startswith("on") or name == "style"]
        for name in ("src", "href", "srcset", "data", "poster", "action"):
            target = element.attrs.get(name, "#")
            assert target.startswith(("#", "data:image/png;base64,")), target[:40]
    (style,) = page.all("style")
    assert "url(" not in style.text
    assert "@import" not in style.text
    (policy,) = [
        m.attrs["content"] for m in page.all("meta") if m.attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_can_be_read_without_seeing_it(
    make_run: Callable[..., Any], write: Write, language: str
) -> None:
    _, page = write(make_run(), language=language)
    assert page.all("html")[0].attrs["lang"] == language
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    levels = [int(h.tag[1]) for h in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(h.text.strip() for h in page.all("h1", "h2", "h3", "h4", "h5"))
    for table in page.all("table"):
        assert table.all("caption")[0].text.strip()
        assert all(th.attrs["scope"] in ("col", "row") for th in table.all("th"))
        widths = {sum(int(c.attrs.get("colspan", 1)) for c in row.all("th", "td")) for row in table.all("tr")}
        assert len(widths) == 1
    ids = [element.attrs["id"] for element in page.all() if "id" in element.attrs]
    assert len(ids) == len(set(ids))
    for element in page.all():
        for name in ("aria-labelledby", "href"):
            if name in element.attrs:
                assert element.attrs[name].lstrip("#") in ids
    assert page.all("a")[0].attrs["href"] == "#signals"


def test_pictures_say_what_is_to_be_seen(make_run: Callable[..., Any], write: Write) -> None:
    _, page = write(make_run())
    pictures = page.all("img")
    assert len(pictures) == 4
    pair, curve = (p.attrs["alt"] for p in pictures[:2])
    assert "Links vóór de verandering (" in pair
    assert "rechts erna (" in pair
    assert "5.400 ± 320 m²" in pair
    assert "in het zuidoosten van de vergunde grond" in pair
    assert "De reflectie van rood ging daarin van 0,03 naar 0,17" in pair
    assert re.search(r"NDVI \(groenheid\) van .* 2020, \d+ heldere opnamen", curve)
    for picture in pictures:
        data = base64.b64decode(picture.attrs["src"].partition(",")[2], validate=True)
        assert data.startswith(b"\x89PNG")
        assert len(data) < 60_000
        assert int(picture.attrs["width"]) > int(picture.attrs["height"]) > 100
        assert len(picture.attrs["alt"]) > 60


def test_text_stands_out_from_its_ground(make_run: Callable[..., Any], write: Write) -> None:
    """WCAG 2.1 AA: at least 4.5 to 1 for text, computed from the colours of the stylesheet."""
    css = write(make_run(), pictured=0)[1].all("style")[0].text
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", css))

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for ink in ("ink", "soft", "accent"):
        for paper in ("paper", "ground", "notice"):
            light, dark = luminance(colours[paper]), luminance(colours[ink])
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)
    assert "@media print" in css
