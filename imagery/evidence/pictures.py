"""The pictures of one signal, as data for the page, each with words that say what is to be seen.

Drawing goes through the door of `imagery.plotting`, which loads matplotlib only when something is drawn.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np
import xarray as xr

from imagery import plotting
from imagery.domain import Signal
from imagery.errors import ImageryError, InputError
from imagery.evidence.phrases import (
    area_phrase,
    last_day,
    median_phrase,
    place_phrase,
    utc_phrase,
)
from imagery.evidence.run_input import Contents, Judged
from imagery.evidence.words import words
from imagery.plotting.colour import bands_text, shown_bands
from imagery.plotting.pairs import PicturePair, composite_pair, scene_pair
from imagery.plotting.series import Curve, site_curve
from imagery.plotting.wording import Language, band_text, day_text, index_text, number_text
from imagery.stores.records import CONTROL, SitePixels


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureOnPage:
    """One picture with its words."""

    data_uri: str
    """The PNG itself."""
    width: int
    height: int
    alt: str
    """What is to be seen, for those who do not see it."""
    caption: tuple[str, ...]
    """What stands below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """All pictures of one signal, and what stands there when there are none."""

    pair: PictureOnPage | None = None
    curve: PictureOnPage | None = None
    curve_rows: tuple[tuple[str, str, str], ...] = ()
    """Acquisition, region, surroundings: the clear dates of the monitored period."""
    note: str = ""
    """Why something is missing."""


def pictures_of(contents: Contents, judged: Judged) -> Pictures:
    """Draw what was kept of a signal; files that cannot be read become a note and not an error."""
    said, site_id = words(contents.language), judged.record.site.site_id
    try:
        pixels, cube = contents.run.pixels(site_id), contents.run.cube(site_id)
        pair = _pair(contents, judged, pixels, cube)
        curve = _curve(contents, judged.signal, pixels, cube)
    except ImageryError as error:
        return Pictures(note=f"{said['pictures_failed']} {error}")
    drawn = None if pair is None else _pair_on_page(pair, judged, contents.language)
    note = "" if drawn else said["no_pictures"]
    if curve is None:
        return Pictures(pair=drawn, note=note)
    return Pictures(
        pair=drawn,
        curve=_curve_on_page(contents, judged.signal, curve),
        curve_rows=_curve_rows(contents, curve),
        note=note,
    )


def _pair(
    contents: Contents, judged: Judged, pixels: SitePixels | None, cube: xr.Dataset | None
) -> PicturePair | None:
    """Single acquisitions where they can be had: they have one date each. Composites otherwise."""
    pair = scene_pair(cube, judged.signal, period=contents.period) if cube is not None else None
    if pair is None and pixels is not None:
        pair = composite_pair(pixels)
    return pair if pair is not None and pair.bands else None


def _curve(
    contents: Contents, signal: Signal, pixels: SitePixels | None, cube: xr.Dataset | None
) -> Curve | None:
    if cube is None or cube.sizes["time"] == 0:
        return None
    around = None
    if pixels is not None and pixels.ground.shape == (cube.sizes["y"], cube.sizes["x"]):
        around = pixels.ground == CONTROL
    try:
        curve = site_curve(cube, signal.change.geometry, signal.change.crs, around=around)
    except InputError:
        return None
    first = contents.history.start.date() if contents.history else curve.days.min()
    last = last_day(contents.period.end) if contents.period else curve.days.max()
    curve = curve.between(first, last)
    return curve if curve.clear.any() else None


def _pair_on_page(pair: PicturePair, judged: Judged, language: Language) -> PictureOnPage:
    said, signal = words(language), judged.signal
    figure = plotting.plot_before_after(pair, site=judged.record.site, signal=signal, language=language)
    bands = bands_text(shown_bands(pair.bands), language)
    taken = [picture.taken for picture in (pair.before, pair.after)]
    before, after = (said["composite"] if t is None else utc_phrase(t, language) for t in taken)
    composite = None in taken
    caption = [
        said["caption_composites" if composite else "caption_scenes"].format(
            before=before, after=after, bands=bands
        )
    ]
    if pair.before.scene_id and pair.after.scene_id:
        caption.append(said["scenes"].format(before=pair.before.scene_id, after=pair.after.scene_id))
    alt = said["alt_pair"].format(
        bands=bands,
        before=before,
        after=after,
        area=area_phrase(signal, language).removesuffix(" m²"),
        place=place_phrase(judged.record.site, signal, language),
        bandchange=_band_change(signal, language),
    )
    return _on_page(plotting.png_bytes(figure), alt, (*caption, said["caption_lines"]))


def _band_change(signal: Signal, language: Language) -> str:
    """The band that changed most, in words: what makes the picture look different."""
    before, after = signal.change.before, signal.change.after
    steps = {
        band: abs(after[band] - before[band])
        for band in before
        if band in after and np.isfinite([before[band], after[band]]).all()
    }
    if not steps:
        return ""
    band = max(sorted(steps), key=lambda name: steps[name])
    return words(language)["alt_band"].format(
        band=band_text(band, language),
        before=number_text(before[band], language, digits=2),
        after=number_text(after[band], language, digits=2),
    )


def _curve_on_page(contents: Contents, signal: Signal, curve: Curve) -> PictureOnPage:
    language, change = contents.language, signal.change
    said, index = words(language), index_text(curve.index, language)
    figure = plotting.plot_curve(
        curve,
        period=contents.period,
        history=contents.history,
        flagged=(change.last_unchanged, change.first_changed),
        language=language,
    )
    after = curve.days >= np.datetime64(change.first_changed)
    before = curve.days <= np.datetime64(change.last_unchanged or change.first_changed)
    clear = (
        curve.days[curve.clear] if curve.clear.any() else np.array([change.first_changed], "datetime64[D]")
    )
    alt = said["alt_curve"].format(
        index=index,
        first=day_text(clear.min().astype(object), language),
        last=day_text(clear.max().astype(object), language),
        n=int(curve.clear.sum()),
        before=median_phrase(curve.inside[before], language),
        after=median_phrase(curve.inside[after], language),
        around_before=median_phrase(curve.around[before], language),
        around_after=median_phrase(curve.around[after], language),
    )
    return _on_page(plotting.png_bytes(figure), alt, (said["caption_curve"].format(index=index),))


def _curve_rows(contents: Contents, curve: Curve) -> tuple[tuple[str, str, str], ...]:
    language = contents.language
    start = np.datetime64(contents.period.start.date()) if contents.period else curve.days.min()
    kept = curve.clear & (curve.days >= start)
    return tuple(
        (
            day_text(day.astype(object), language),
            number_text(float(inside), language, digits=2),
            number_text(float(around), language, digits=2),
        )
        for day, inside, around in zip(curve.days[kept], curve.inside[kept], curve.around[kept], strict=True)
    )


def _on_page(png: bytes, alt: str, caption: tuple[str, ...]) -> PictureOnPage:
    width, height = plotting.png_size(png)
    uri = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    return PictureOnPage(data_uri=uri, width=width, height=height, alt=alt, caption=caption)
