"""A run in memory, on simulated pixels with a planted clearing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from odc.geo.geobox import GeoBox
from shapely.geometry import box

from imagery.detection.scores import NO_DAY, ControlStatistics, ScoreMap
from imagery.domain import (
    Alignment,
    AlignmentStatus,
    Change,
    Drawing,
    Footprint,
    Kind,
    Limits,
    Outcome,
    OutcomeKind,
    Permit,
    PriorityPart,
    Reason,
    Relation,
    Settings,
    Signal,
    Site,
    Standing,
)
from imagery.errors import CorruptRunError
from imagery.evidence.report import write_report
from imagery.stores.records import CONTROL, WATCHED, SitePixels, SiteRecord
from imagery.testing.simulated import PlantedChange, SimulatedScene, simulate_cube

SUMMARY: dict[str, Any] = {
    "run_id": "0123456789ab",
    "created": "2026-11-24T09:12:00+00:00",
    "code_version": "0.1.0",
    "period": "2020-01-01/2021-01-01",
    "crs": "EPSG:32631",
    "source": {
        "name": "folder:images",
        "licence": "simulated, not imagery",
        "crs": "EPSG:32631",
        "resolution_m": 10.0,
        "bands": ["blue", "green", "red", "nir"],
        "first_time": "2019-01-01T10:30:00+00:00",
        "last_time": "2020-12-30T10:30:00+00:00",
        "n_times": 49,
        "files": [{"name": "a.tif", "sha256": "ab" * 32}],
    },
    "register": {
        "name": "register.csv",
        "sha256": "cd" * 32,
        "rows": 3,
        "permits": 3,
        "sites": 3,
        "problems": [],
    },
    "settings": Settings.of(history_years=1.0).as_dict(),
    "notices": [],
    "calibration": {
        "unit": "false signals per 1,000 site-years",
        "asked_rate_per_1000": 20.0,
        "promised_rate_per_1000": 24.7,
        "sites": 2,
        "fewest_control_blocks": 40,
        "note": "The rate holds for unchanged ground.",
    },
}
FACTS: dict[str, Any] = {
    "n_dates": 25, "n_clear_dates": 14, "first_date": "2020-01-05", "last_date": "2020-12-20", "method": "series",
    "smallest_region_m2": 300.0, "assessed_fraction": 0.987, "geolocation_m": 5.0, "control_blocks": 40,
}  # fmt: skip


@dataclass
class MemoryRun:
    """A run that lives in memory; reading a site in `damaged` fails as a damaged file would."""

    sites: tuple[SiteRecord, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=lambda: dict(SUMMARY))
    all_pixels: dict[str, SitePixels] = field(default_factory=dict)
    all_cubes: dict[str, xr.Dataset] = field(default_factory=dict)
    damaged: frozenset[str] = frozenset()
    path: Path = Path("run")

    def records(self) -> tuple[SiteRecord, ...]:
        """Every site."""
        return self.sites

    def pixels(self, site_id: str) -> SitePixels | None:
        """Scores of a site."""
        if site_id in self.damaged:
            raise CorruptRunError("score.tif cannot be read.", hint="Restore it.")
        return self.all_pixels.get(site_id)

    def cube(self, site_id: str) -> xr.Dataset | None:
        """Input pixels of a site."""
        return self.all_cubes.get(site_id)


@pytest.fixture(scope="session")
def scene() -> SimulatedScene:
    """Two years of simulated dates, 48 x 40 pixels; 6 x 9 pixels of wood are cleared on 1 June 2020."""
    return simulate_cube(
        shape=(48, 40),
        start=date(2019, 1, 1),
        years=2.0,
        revisit_days=15,
        covers=("conifer", "grass"),
        changes=(PlantedChange(kind="clearing", row=14, column=22, rows=6, columns=9, day=date(2020, 6, 1)),),
        bands=("blue", "green", "red", "nir"),
        seed=3,
    )


@pytest.fixture(scope="session")
def pixels(scene: SimulatedScene) -> SitePixels:
    """Scores and composites as a detector would leave them; here simply the medians of both sides."""
    days = scene.cube["time"].values
    valid = scene.cube["valid"].values

    def middle(part: Any, band: str) -> Any:
        return np.nanmedian(np.where(valid[part], scene.cube[band].values[part], np.nan), axis=0).astype(
            np.float32
        )

    late = days >= np.datetime64("2020-06-01")
    bands = ("blue", "green", "red", "nir")
    before, after = ({band: middle(part, band) for band in bands} for part in (~late, late))
    none = np.full(scene.geobox.shape, NO_DAY)
    scores = ScoreMap(
        score=np.abs(after["red"] - before["red"]), last_unchanged=none, first_changed=none,
        before=before, after=after, method="series",
    )  # fmt: skip
    controls = ControlStatistics(
        block_scores=np.linspace(0, 1, 40), n_pixels=900, n_trimmed=3, block_px=6, min_region_px=3
    )
    ground = np.full(scene.geobox.shape, CONTROL)
    ground[8:26, 16:37] = WATCHED
    return SitePixels(geobox=scene.geobox, scores=scores, controls=controls, ground=ground)


def ground_of(geobox: GeoBox, rows: tuple[int, int], cols: tuple[int, int]) -> Any:
    """Rectangle of whole pixels on the map."""
    (left, top), (right, bottom) = geobox.affine * (cols[0], rows[0]), geobox.affine * (cols[1], rows[1])
    return box(left, bottom, right, top)


@pytest.fixture
def make_permit(scene: SimulatedScene) -> Callable[..., Permit]:
    """A permit on whole pixels."""

    def make(
        reference: str, rows: tuple[int, int] = (10, 18), cols: tuple[int, int] = (18, 28), **values: Any
    ) -> Permit:
        footprint = Footprint(
            geometry=ground_of(scene.geobox, rows, cols),
            crs="EPSG:32631",
            drawing=Drawing.SKETCH,
            accuracy_m=5.0,
        )
        given: dict[str, Any] = {
            "activities": ("felling",), "activity_text": "Kappen van houtopstand", "limits": Limits(area_m2=2500.0),
            "valid_from": date(2019, 1, 1), "valid_to": date(2020, 12, 31), "authority": "Gemeente Voorbeeld",
        }  # fmt: skip
        return Permit(reference=reference, footprint=footprint, **(given | values))

    return make


@pytest.fixture
def make_signal(scene: SimulatedScene) -> Callable[..., Signal]:
    """A signal about the planted clearing."""

    def make(site: Site, **values: Any) -> Signal:
        region = values.pop("region", ground_of(scene.geobox, (14, 20), (22, 31)))
        change = Change(
            geometry=region, crs="EPSG:32631", area_m2=region.area, area_error_m2=312.0, score=9.0,
            p_value=values.pop("p_value", 1 / 41), last_unchanged=values.pop("last_unchanged", date(2020, 5, 10)),
            first_changed=date(2020, 6, 9), method="series", pixel_m=10.0,
            before={"red": 0.03, "nir": 0.25}, after={"red": 0.17, "nir": 0.27},
        )  # fmt: skip
        given: dict[str, Any] = {
            "site_id": site.site_id, "change": change, "kind": Kind.VEGETATION_CLEARED, "standing": Standing.SIGNAL,
            "relation": Relation.OUTSIDE, "share_outside": 0.6, "distance_outside_m": 32.0, "doubt_m": 8.7,
            "permits_in_force": site.references[:1], "priority": 0.81,
            "priority_parts": (
                PriorityPart(name="relation", value=1.0, weight=0.5), PriorityPart(name="size", value=0.62, weight=0.5),
            ),
            "reasons": (
                Reason(code="outside_by", nl="Ligt tot 32 m buiten de vergunde grond.", en="Lies up to 32 m outside."),
            ),
        }  # fmt: skip
        return Signal(**(given | values))

    return make


@pytest.fixture
def make_run(
    pixels: SitePixels,
    scene: SimulatedScene,
    make_permit: Callable[..., Permit],
    make_signal: Callable[..., Signal],
) -> Callable[..., MemoryRun]:
    """A run of three sites: one with a signal and a permitted change, one quiet, one that failed."""

    def make(**changes: Any) -> MemoryRun:
        permits = changes.pop("permits", (make_permit("Z-2019-001"),))
        signal_values = changes.pop("signal", {})
        site = Site(
            geometry=ground_of(scene.geobox, (10, 18), (18, 28)),
            crs="EPSG:32631",
            permits=permits,
            name=changes.pop("name", ""),
        )
        permitted = make_signal(
            site, region=ground_of(scene.geobox, (11, 13), (19, 24)), standing=Standing.PERMITTED_CHANGE,
            relation=Relation.INSIDE, share_outside=0.0, distance_outside_m=0.0, priority=0.1,
            reasons=(Reason(code="permitted", nl="Kappen is hier vergund.", en="Felling is permitted here."),),
        )  # fmt: skip
        alignment = Alignment(status=AlignmentStatus.NOT_ATTEMPTED, reason="nothing to align on")
        seen = SiteRecord(
            site=site, outcome=Outcome(kind=OutcomeKind.SCREENED), facts=FACTS, alignment=alignment,
            judged=(make_signal(site, **signal_values), permitted),
        )  # fmt: skip
        quiet_site = Site(
            geometry=ground_of(scene.geobox, (30, 33), (4, 8)), crs="EPSG:32631",
            permits=(make_permit("STIL-7", (30, 33), (4, 8)),),
        )  # fmt: skip
        quiet = SiteRecord(site=quiet_site, outcome=Outcome(kind=OutcomeKind.SCREENED), facts=FACTS)
        bare_site = Site(geometry=ground_of(scene.geobox, (40, 43), (30, 34)), crs="EPSG:32631")
        failed = SiteRecord(
            site=bare_site,
            outcome=Outcome(
                kind=OutcomeKind.FAILED, note="The image b.tif cannot be read.", hint="Copy it again."
            ),
        )
        run = MemoryRun(
            sites=changes.pop("records", (seen, quiet, failed)),
            all_pixels={site.site_id: changes.pop("pixels", pixels)},
            all_cubes={site.site_id: changes.pop("cube", scene.cube)},
        )
        for name, value in changes.items():
            setattr(run, name, value)
        return run

    return make


VOID = {"meta", "img", "br", "link", "hr", "input"}


@dataclass
class Element:
    """One element with what is in it."""

    tag: str
    attrs: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        """Elements below this one, in order."""
        found = []
        for child in self.children:
            found += [child] if child.tag in tags or not tags else []
            found += child.all(*tags)
        return found

    @property
    def text(self) -> str:
        """All text below, in order of elements."""
        return " ".join([*self.texts, *(child.text for child in self.children)])


class Page(HTMLParser):
    """Reads a page strictly: an element that is not closed, or closed in the wrong order, is an error."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root", {})
        self._open = [self.root]
        self.feed(html)
        self.close()
        assert [element.tag for element in self._open] == ["root"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        assert len({name for name, _ in attrs}) == len(attrs), f"<{tag}> has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        """Keep its text."""
        self._open[-1].texts.append(data)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., tuple[str, Element]]:
    """Write a report and read it back, as text and as elements."""

    def make(run: Any, **options: Any) -> tuple[str, Element]:
        path = write_report(run, tmp_path / "report.html", **options)
        html = path.read_bytes().decode("utf-8")
        return html, Page(html).root

    return make
