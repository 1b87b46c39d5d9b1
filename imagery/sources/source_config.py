"""What a person says about their own imagery: `source.toml`, or the same from Python. It opens no image."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from imagery.errors import ParameterError
from imagery.sources.bands import SCL, band_names, canonical_band
from imagery.sources.name_pattern import NamePattern, format_regex, normal_baseline, parse_time

CONFIG_NAME = "source.toml"
"""Name of the file that describes a folder."""
LAYOUTS = ("per_band", "per_date", "dates_in_bands", "cube")
"""One file per date and band; one file per date with all bands; one file per band with all dates; NetCDF or Zarr."""
NONE = "none"
"""What `nodata` and `scl` say when there is none."""
SKIP = "-"
"""Stands in `bands` for a band of a stacked file that is not wanted."""

Nodata = float | str | Sequence[float]
Numbers = float | Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """Description of imagery in a folder; every field is a key of `source.toml`, and may be left out.

    What is said here goes before what the files say. See `docs/sources.md` for examples.
    """

    files: str = ""
    """Pattern of the names, e.g. ``"{date}_{band}.tif"`` (`NamePattern`); other files are ignored."""
    files_regex: str = ""
    """The same as a regular expression with named groups, over the whole relative path."""
    date_format: str = ""
    """How dates are written in names, e.g. ``"%Y%m%d"``; ISO dates when left out."""
    dates: Mapping[str, str] = field(default_factory=dict)
    """Date of single files whose names hold none: name of the file to ISO date."""
    layout: str = ""
    """One of `LAYOUTS`; each file is judged by itself when left out."""
    bands: Sequence[str] | Mapping[str, str] = ()
    """Names of the bands of a stacked file, in order; or a table from the name in the files to the name of the cube."""
    scl: str = ""
    """Name of the scene classification in the files; ``"none"``: there is none, or it is not to be used."""
    scale: Numbers | None = None
    """Reflectance of one count; one number, or a table by band."""
    offset: Numbers | None = None
    """Reflectance of count 0; one number, or a table by band."""
    offset_by_baseline: Mapping[str, float] = field(default_factory=dict)
    """The offset where it differs by processing baseline (from names or metadata), e.g. ``{"05.09": -0.1}``."""
    nodata: Nodata | Mapping[str, Nodata] | None = None
    """Stored number (or numbers) that mean no data; ``"none"``: every number is data; a table by band."""
    sensor: str = ""
    """E.g. ``"sentinel-2"``; decides what band numbers mean."""
    baseline: str = ""
    """Processing baseline of all files, e.g. ``"05.09"``."""
    licence: str = ""
    """Licence of the imagery."""
    crs: str = ""
    """Reference system of files that do not state theirs, e.g. ``"EPSG:28992"``."""
    geolocation_m: float | None = None
    """Standard error of the place of the images, metres."""

    def __post_init__(self) -> None:
        unsaid = {f.name: {} if f.default is MISSING else f.default for f in fields(self)}
        for key, (holds, wanted, example) in RULES.items():
            value = getattr(self, key)
            if value != unsaid[key] and not holds(value):
                raise _wrong(key, value, wanted, example)
        for name in ("dates", "offset_by_baseline", "bands", "scale", "offset", "nodata"):
            value = getattr(self, name)
            if isinstance(value, Mapping):
                object.__setattr__(self, name, MappingProxyType(dict(value)))
        object.__setattr__(self, "baseline", normal_baseline(self.baseline))
        self._check_bands()
        if self.files and self.files_regex:
            raise ParameterError("files and files_regex are both given.", hint="Keep one of the two.")
        if self.date_format:
            format_regex(self.date_format)
        pattern = self.pattern
        if pattern is not None:
            _ = pattern.regex

    def __reduce__(self) -> tuple[Any, ...]:
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return config_from, ({k: dict(v) if isinstance(v, Mapping) else v for k, v in plain.items()},)

    def _check_bands(self) -> None:
        named = self.bands.values() if isinstance(self.bands, Mapping) else self.bands
        for name in named:
            if name != SKIP and canonical_band(name, self.sensor) is None:
                near = difflib.get_close_matches(name.lower(), band_names(), n=1)
                meant = f" Did you mean {near[0]!r}?" if near else ""
                raise ParameterError(
                    f"bands names {name!r}, which is no band that is known"
                    f"{' for ' + self.sensor if self.sensor else ''}.{meant}",
                    hint=f"Known are {', '.join(band_names())}, scl, and the band numbers of the sensor.",
                )
        for key in ("scale", "offset", "nodata"):
            table = getattr(self, key)
            for name in table if isinstance(table, Mapping) else ():
                if self.band_of(name) is None:
                    raise ParameterError(
                        f"{key} names {name!r}, which is no band that is known.",
                        hint="Name bands as the files do, or as `bands` does.",
                    )

    @property
    def pattern(self) -> NamePattern | None:
        """The pattern of the names; None when nothing was said."""
        if self.files_regex:
            return NamePattern(
                text=self.files_regex, is_regex=True, date_format=self.date_format, key="files_regex"
            )
        return NamePattern(text=self.files, date_format=self.date_format) if self.files else None

    def band_of(self, name: str, sensor: str = "") -> str | None:
        """Name in the cube of a band as the files call it; `SCL` for the classification; None when unknown."""
        sensor = self.sensor or sensor
        if self.scl and name.lower() == self.scl.lower() != NONE:
            return SCL
        if isinstance(self.bands, Mapping):
            told = {key.lower(): value for key, value in self.bands.items()}.get(name.lower())
            if told is not None:
                return canonical_band(told, sensor)
        return canonical_band(name, sensor)

    @property
    def band_order(self) -> tuple[str, ...]:
        """Names of the bands of a stacked file, in order; empty when not said."""
        return () if isinstance(self.bands, Mapping) else tuple(self.bands)

    def told(self, key: str, *names: str) -> Any:
        """What `scale`, `offset` or `nodata` say for a band, by any of its names; None when nothing is said."""
        value = getattr(self, key)
        if not isinstance(value, Mapping):
            return value
        table = {str(k).lower(): v for k, v in value.items()}
        return next((table[n.lower()] for n in names if n.lower() in table), None)

    def with_options(self, **options: Any) -> SourceConfig:
        """The same description with some keys said anew.

        Raises
        ------
        ParameterError
            If a key is unknown or a value cannot be used.
        """
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return config_from({**given, **{k: v for k, v in options.items() if v is not None}})


def config_from(table: Mapping[str, Any]) -> SourceConfig:
    """Make a description from keys and values.

    Raises
    ------
    ParameterError
        If a key is unknown (the nearest known one is named) or a value cannot be used.
    """
    known = [f.name for f in fields(SourceConfig)]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            raise ParameterError(
                f"{CONFIG_NAME} has no key {key!r}.{f' Did you mean {near[0]!r}?' if near else ''}",
                hint=f"Keys are {', '.join(known)}.",
            )
    return SourceConfig(**table)


def read_source_config(path: Path) -> SourceConfig:
    """Read a `source.toml`.

    Raises
    ------
    ParameterError
        If it is no TOML, or a key or value cannot be used; the message names it and says what to write.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(
            f"{path.name} cannot be read: {error}.",
            hint='Lines look like scale = 0.0001 or files = "{date}_{band}.tif"; backslashes need single quotes.',
        ) from None
    except OSError as error:
        raise ParameterError(f"{path.name} cannot be opened: {error.strerror}.") from None
    return config_from(table)


def _wrong(key: str, value: Any, wanted: str, example: str) -> ParameterError:
    return ParameterError(f"{key} must be {wanted}, got {value!r}.", hint=f"Write {example}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_stored(value: Any) -> bool:
    """A number that a file can hold, NaN included."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_nodata(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_stored(v) for v in value)
    return _is_stored(value) or value == NONE


def _is_names(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(v, str) and v for v in value.values())
    return isinstance(value, list | tuple) and all(isinstance(v, str) and v for v in value)


def _each(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """One value, or a table of values by band."""
    return lambda value: all(map(holds, value.values())) if isinstance(value, Mapping) else holds(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_crs(value: Any) -> bool:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        CRS.from_user_input(value)
    except (CRSError, TypeError):
        return False
    return isinstance(value, str)


def _are_dates(value: Any) -> bool:
    return isinstance(value, Mapping) and all(parse_time(str(v)) for v in value.values())


def _are_offsets(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_number, value.values()))


RULES: Mapping[str, tuple[Callable[[Any], bool], str, str]] = MappingProxyType(
    {
        "files": (_is_text, "a pattern of names", 'files = "{date}_{band}.tif"'),
        "files_regex": (
            _is_text,
            "a regular expression",
            r"files_regex = '(?P<date>\d{8})_(?P<band>\w+)\.tif'",
        ),
        "date_format": (_is_text, "a format of dates", 'date_format = "%Y%m%d"'),
        "dates": (_are_dates, "a table of file name and ISO date", 'dates = {"ortho.tif" = "2020-05-04"}'),
        "layout": (LAYOUTS.__contains__, f"one of {', '.join(LAYOUTS)}", 'layout = "per_band"'),
        "bands": (
            _is_names,
            "a list of band names, or a table of them",
            'bands = ["B02", "B03"] or bands = {"ch1" = "blue"}',
        ),
        "scl": (_is_text, "the name of the scene classification", 'scl = "SCL", or scl = "none"'),
        "scale": (
            _each(lambda v: _is_number(v) and v > 0),
            "a number above 0, or a table of them by band",
            "scale = 0.0001",
        ),
        "offset": (_each(_is_number), "a number, or a table of them by band", "offset = 0.0"),
        "offset_by_baseline": (
            _are_offsets,
            "a table of baseline and offset",
            'offset_by_baseline = {"02.14" = 0.0, "05.09" = -0.1}',
        ),
        "nodata": (
            _each(_is_nodata),
            'a number, a list of numbers or "none", or a table of them by band',
            "nodata = 0",
        ),
        "sensor": (_is_text, "the name of the sensor", 'sensor = "sentinel-2"'),
        "baseline": (_is_text, "the processing baseline as text", 'baseline = "05.09"'),
        "licence": (_is_text, "the licence as text", 'licence = "CC BY 4.0"'),
        "crs": (_is_crs, "a reference system", 'crs = "EPSG:28992"'),
        "geolocation_m": (lambda v: _is_number(v) and v > 0, "metres above 0", "geolocation_m = 5.0"),
    }
)
"""Per key: what it must hold, in words, and an example of how to write it."""
