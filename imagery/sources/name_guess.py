"""What can be read from a file's name when nobody described it. What is ambiguous is left open, with the reason."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath

from imagery.sources.bands import canonical_band
from imagery.sources.name_pattern import NameFacts, normal_baseline, parse_time, scene_name

DATE = re.compile(
    r"(?<!\d)(?:19|20)\d{2}(?P<sep>[-_]?)(?:0[1-9]|1[0-2])(?P=sep)(?:0[1-9]|[12]\d|3[01])"
    r"(?:T?(?:[01]\d|2[0-3])[:\-]?[0-5]\d(?:[:\-]?[0-5]\d)?Z?)?(?!\d)"
)
SENTINEL_2_PRODUCT = re.compile(
    r"S2[A-D]_MSI(?P<level>L1C|L2A)_(?P<time>\d{8}T\d{6})_N(?P<baseline>\d{4})_R\d{3}_T(?P<tile>\d{2}[A-Z]{3})_\d{8}T\d{6}"
)
"""Product name of ESA: the first time is the sensing time, the second one is when the product was made."""
LANDSAT_PRODUCT = re.compile(
    r"L[CETOM]0?(?P<number>\d)_L\d[A-Z0-9]{2}_(?P<tile>\d{6})_(?P<time>\d{8})_\d{8}_\d{2}_[A-Z0-9]{2}"
)
"""Product name of USGS: the first date is the acquisition, the second one is the processing."""
SENTINEL_2_TOKEN = re.compile(r"(?<![A-Za-z0-9])S2[A-D](?![A-Za-z0-9])")
TILE = re.compile(r"(?<![A-Za-z0-9])T?(\d{2}[C-HJ-NP-X][A-HJ-NP-Z]{2})(?![A-Za-z0-9])")
QUALITY_FOLDERS = ("QI_DATA", "AUX_DATA", "DATASTRIP")
"""Folders of a Sentinel-2 product that hold masks and metadata, with band names in their names."""
LONGEST_BAND_TOKENS = 3


def guess_facts(path: PurePosixPath) -> tuple[NameFacts, str]:
    """Read a relative path without a pattern.

    Returns
    -------
    NameFacts
        What was understood; `time` is None and `band` empty where the name leaves it open.
    str
        Why something was left open; empty when nothing was.
    """
    text = path.as_posix()
    if path.name.startswith("MSK_") or set(path.parts) & set(QUALITY_FOLDERS):
        return NameFacts(), "it is a quality mask of a product, not an image"
    sensor, tile, baseline = _sensor(text), _tile(text), ""
    product = SENTINEL_2_PRODUCT.search(text) or LANDSAT_PRODUCT.search(text)
    reason = ""
    time: datetime | None
    if product is not None:
        fields = product.groupdict()
        if (
            fields.get("level") == "L1C"
        ):  # beside L2A of the same overpass it would count as another copy of it
            return (
                NameFacts(),
                "it is Level-1C, with the light of the atmosphere; files = ... uses it all the same",
            )
        time, tile = parse_time(fields["time"]), fields["tile"]
        baseline = normal_baseline(fields.get("baseline") or "")
    else:
        time, reason = _date(path)
    band, band_reason = guess_band(path.stem, sensor)
    return (
        NameFacts(
            time=time,
            band=band,
            tile=tile,
            baseline=baseline,
            sensor=sensor,
            scene=scene_name(text, band),
        ),
        " ".join(r for r in (reason, band_reason) if r),
    )


def _sensor(text: str) -> str:
    landsat = LANDSAT_PRODUCT.search(text)
    if landsat:
        return f"landsat-{landsat['number']}"
    return "sentinel-2" if SENTINEL_2_TOKEN.search(text) else ""


def _tile(text: str) -> str:
    found = TILE.search(text)
    return found[1] if found else ""


def _date(path: PurePosixPath) -> tuple[datetime | None, str]:
    """Date in the name, else in the nearest folder that has one."""
    for part in (path.stem, *reversed(path.parts[:-1])):
        times = [t for t in (parse_time(m.group()) for m in DATE.finditer(part)) if t is not None]
        days = {t.date() for t in times}
        if len(days) == 1:
            return max(times), ""  # the same day twice: the one with a time of day says more
        if days:
            return None, f"{part!r} holds several dates; say which with a pattern (files = ...)."
    return None, "no date in its name"


def guess_band(stem: str, sensor: str = "") -> tuple[str, str]:
    """Find the one band that a name speaks of, as it is written; and why not, when there is no one band."""
    tokens = [t for t in re.split(r"([_\-. ])", stem) if t]
    words = [i for i, t in enumerate(tokens) if t not in "_-. "]
    found: dict[str, str] = {}
    taken: set[int] = set()
    for length in range(LONGEST_BAND_TOKENS, 0, -1):
        for k in range(len(words) - length + 1):
            first, last = words[k], words[k + length - 1]
            text = "".join(tokens[first : last + 1])
            name = canonical_band(text, sensor)
            if name and not taken & set(range(first, last + 1)):
                found.setdefault(name, text)
                taken |= set(range(first, last + 1))
    if len(found) > 1:
        return "", f"{stem!r} names several bands ({', '.join(found.values())})."
    return next(iter(found.values()), ""), ""
