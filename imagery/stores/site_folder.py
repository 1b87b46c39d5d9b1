"""The folder of one site in a run: `site.json`, `signals.json`, `alignment.json`, and the pixels behind them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from odc.geo.geobox import GeoBox

from imagery.detection.scores import NO_DAY, ControlStatistics, DayImage, FloatImage, ScoreMap
from imagery.errors import CorruptRunError
from imagery.stores.codec import (
    decode_alignment,
    decode_outcome,
    decode_signal,
    decode_site,
    encode,
)
from imagery.stores.cubes import read_cube, write_cube
from imagery.stores.files import TEMPORARY, read_json, write_json
from imagery.stores.rasters import read_cog, write_cog
from imagery.stores.records import SitePixels, SiteRecord

SCORE, LAST_UNCHANGED, FIRST_CHANGED, GROUND = "score", "last_unchanged", "first_changed", "ground"


def write_site(folder: Path, record: SiteRecord, pixels: SitePixels | None, cube: xr.Dataset | None) -> None:
    """Write a site's folder under a temporary name, then rename it, replacing an earlier one.

    Parameters
    ----------
    folder : Path
        Where it is to stand, ``<run>/sites/<site_id>``.
    record, pixels, cube
        What is known; pixels and cube are None for a site that could not be looked at.
    """
    temporary = folder.with_name(f"{TEMPORARY}{os.getpid()}-{folder.name}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        _write_record(temporary, record)
        if pixels is not None:
            _write_pixels(temporary, pixels, record.site.site_id)
        if cube is not None:
            write_cube(temporary / "series.nc", cube)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def read_record(folder: Path) -> SiteRecord:
    """Read how a site ended and what was found.

    Raises
    ------
    CorruptRunError
        If a file is missing or does not hold what it should.
    """
    site, judged = read_json(folder / "site.json"), read_json(folder / "signals.json")
    alignment = folder / "alignment.json"
    try:
        return SiteRecord(
            site=decode_site(site["site"]),
            outcome=decode_outcome(site["outcome"]),
            judged=tuple(decode_signal(signal) for signal in judged["judged"]),
            alignment=decode_alignment(read_json(alignment)) if alignment.exists() else None,
            facts=site["facts"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptRunError(
            f"The files of site {folder.name!r} do not hold what they should: {error}.",
            hint="Restore them, or screen again.",
        ) from error


def read_pixels(folder: Path) -> SitePixels | None:
    """Read the scores and controls of a site; None for a site that was not looked at."""
    if not (folder / "score.tif").exists():
        return None
    images, geobox = read_cog(folder / "score.tif")
    described = read_json(folder / "controls.json")
    scores = ScoreMap(
        score=images[SCORE],
        last_unchanged=_days(images[LAST_UNCHANGED]),
        first_changed=_days(images[FIRST_CHANGED]),
        before=read_cog(folder / "before.tif")[0],
        after=read_cog(folder / "after.tif")[0],
        method=described["method"],
        notes=tuple(described["notes"]),
        facts=described["facts"],
    )
    rows = {name: np.array(described["controls"][name], float) for name in ("block_scores", "cell_scores")}
    controls = ControlStatistics(**{**described["controls"], **rows})
    ground = images[GROUND].astype(np.uint8)
    return SitePixels(geobox=geobox, scores=scores, controls=controls, ground=ground)


def read_series(folder: Path) -> xr.Dataset | None:
    """Read the clipped input pixels of all dates; None for a site that was not looked at."""
    path = folder / "series.nc"
    return read_cube(path) if path.exists() else None


def _write_record(folder: Path, record: SiteRecord) -> None:
    write_json(
        folder / "site.json",
        {
            "site_id": record.site.site_id,
            "site": encode(record.site),
            "outcome": encode(record.outcome),
            "facts": encode(record.facts),
        },
    )
    write_json(
        folder / "signals.json",
        {"signal_ids": [s.signal_id for s in record.judged], "judged": [encode(s) for s in record.judged]},
    )
    if record.alignment is not None:
        write_json(folder / "alignment.json", encode(record.alignment))


def _write_pixels(folder: Path, pixels: SitePixels, site_id: str) -> None:
    scores, geobox = pixels.scores, pixels.geobox
    tags = {"site_id": site_id, "method": scores.method}
    write_cog(folder / "before.tif", scores.before, geobox, tags)
    write_cog(folder / "after.tif", scores.after, geobox, tags)
    images = {
        SCORE: scores.score,
        LAST_UNCHANGED: _day_image(scores.last_unchanged),
        FIRST_CHANGED: _day_image(scores.first_changed),
        GROUND: pixels.ground.astype(np.float32),
    }
    days = "days since 1970-01-01"
    write_cog(folder / "score.tif", images, geobox, {**tags, "unit_of_days": days})
    write_json(folder / "controls.json", _described(scores, pixels.controls))


def _described(scores: ScoreMap, controls: ControlStatistics) -> dict[str, Any]:
    return {
        "method": scores.method,
        "notes": list(scores.notes),
        "facts": encode(scores.facts),
        "controls": {
            "block_scores": controls.block_scores.tolist(),
            "n_pixels": controls.n_pixels,
            "n_trimmed": controls.n_trimmed,
            "block_px": controls.block_px,
            "min_region_px": controls.min_region_px,
            "cover_pixels": dict(controls.cover_pixels),
            "cell_scores": controls.cell_scores.tolist(),
            "cells_per_site": controls.cells_per_site,
        },
    }


def _day_image(days: DayImage) -> FloatImage:
    """Days as float32, exact up to day 16,777,216; NaN where there is no day."""
    return np.where(days == NO_DAY, np.nan, days).astype(np.float32)


def _days(image: FloatImage) -> DayImage:
    return np.where(np.isnan(image), NO_DAY, np.nan_to_num(image)).astype(np.int32)


def geobox_of(cube: xr.Dataset) -> GeoBox:
    """Grid of a cube."""
    geobox = cube.odc.geobox
    assert isinstance(geobox, GeoBox), "a cube has a regular grid"
    return geobox
