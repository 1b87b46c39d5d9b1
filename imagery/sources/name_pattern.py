"""What the name of a file says: date, band, tile, baseline, sensor, scene. It opens no file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import PurePosixPath

from imagery.errors import ParameterError

FIELDS = ("date", "band", "tile", "baseline", "sensor", "scene")
"""Names that may stand between braces in a pattern."""

ISO_DATE = r"\d{4}-?\d{2}-?\d{2}(?:[T_ ]?\d{2}[:\-]?\d{2}(?:[:\-]?\d{2})?Z?)?"
DIRECTIVES = {
    "Y": r"\d{4}",
    "y": r"\d{2}",
    "m": r"\d{2}",
    "d": r"\d{2}",
    "j": r"\d{3}",
    "H": r"\d{2}",
    "M": r"\d{2}",
    "S": r"\d{2}",
    "b": r"[A-Za-z]{3}",
    "%": "%",
}
"""Parts of a date format (as `datetime.strptime` knows them) and the text they stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFacts:
    """What was read from one name; empty where it says nothing."""

    time: datetime | None = None
    """Acquisition, aware UTC; midnight where only a day is given."""
    band: str = ""
    """Band as the file calls it."""
    tile: str = ""
    """Tile of a tiling grid."""
    baseline: str = ""
    """Processing baseline, as ``"05.09"``."""
    sensor: str = ""
    """E.g. ``"sentinel-2"``."""
    scene: str = ""
    """Name of the acquisition: the name of the file without its band."""


@dataclass(frozen=True, kw_only=True)
class NamePattern:
    """A pattern for the names of files, e.g. ``"{tile}/{date}_{band}.tif"`` or a regular expression.

    ``*`` stands for any text within one name; a pattern without ``/`` is compared with the name alone, one with
    ``/`` with as many folders as it has. Fields: `FIELDS`. In a regular expression they are named groups.
    """

    text: str
    """The pattern as it was written."""
    is_regex: bool = False
    """Whether it is a regular expression."""
    date_format: str = ""
    """How dates are written (`datetime.strptime`); ISO dates when empty."""
    key: str = field(default="files", compare=False)
    """Key of source.toml that it came from, for messages."""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern as a regular expression over the end of the relative path.

        Raises
        ------
        ParameterError
            If it cannot be read, or names an unknown field.
        """
        source = self.text if self.is_regex else _as_regex(self.text, self.date_format, self.key)
        try:
            compiled = re.compile(source)
        except re.error as error:
            raise ParameterError(
                f"{self.key} = {self.text!r} is no pattern that can be read: {error}.",
                hint='Write a pattern such as files = "{date}_{band}.tif".',
            ) from None
        for name in compiled.groupindex:
            _check_field(name, self.text, self.key)
        return compiled

    def match(self, path: PurePosixPath) -> NameFacts | None:
        """Read a relative path; None when it does not fit the pattern.

        Raises
        ------
        ParameterError
            If a date fits the pattern and not the date format.
        """
        depth = self.text.count("/") + 1
        tail = path.as_posix() if self.is_regex else "/".join(path.parts[-depth:])
        found = self.regex.fullmatch(tail)
        if found is None:
            return None
        fields = {name: value or "" for name, value in found.groupdict().items()}
        if "scene" not in fields:
            fields["scene"] = scene_name(tail, fields.get("band", ""))
        written = fields.pop("date", "")
        time = parse_time(written, self.date_format) if written else None
        if written and time is None:
            raise ParameterError(
                f"{path.name!r} fits {self.key} = {self.text!r}, but {written!r} is no date"
                f" of the form {self.date_format or 'YYYYMMDD'}.",
                hint='Write how dates look, e.g. date_format = "%Y%m%d".',
            )
        fields["baseline"] = normal_baseline(fields.get("baseline", ""))
        return NameFacts(time=time, **fields)


def _check_field(name: str, text: str, key: str) -> None:
    if name not in FIELDS:
        raise ParameterError(
            f"{key} = {text!r} names a field {name!r} that there is not.",
            hint=f"Fields are {', '.join('{' + f + '}' for f in FIELDS)}; * stands for any other text.",
        )


def _as_regex(text: str, date_format: str, key: str) -> str:
    parts: list[str] = []
    seen: set[str] = set()
    for piece in re.split(r"(\{[^{}]*\}|\*)", text):
        if piece == "*":
            parts.append(r"[^/]*")
        elif piece.startswith("{"):
            name = piece[1:-1].strip()
            _check_field(name, text, key)
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{_field_regex(name, date_format)})")
            seen.add(name)
        else:
            parts.append(re.escape(piece))
    return "".join(parts)


def _field_regex(name: str, date_format: str) -> str:
    if name == "date":
        return format_regex(date_format) if date_format else ISO_DATE
    return r"[^/]+?" if name in ("scene", "band") else r"[^/_]+?"


def format_regex(date_format: str) -> str:
    """Regular expression for the dates of one format.

    Raises
    ------
    ParameterError
        If the format holds a part that is not supported.
    """
    parts: list[str] = []
    for piece in re.split(r"(%.)", date_format):
        if piece.startswith("%") and len(piece) == 2:
            if piece[1] not in DIRECTIVES:
                raise ParameterError(
                    f"date_format = {date_format!r} holds {piece!r}, which is not supported.",
                    hint=f"Use {', '.join('%' + d for d in DIRECTIVES if d != '%')}.",
                )
            parts.append(DIRECTIVES[piece[1]])
        else:
            parts.append(re.escape(piece))
    return "".join(parts)


def parse_time(text: str, date_format: str = "") -> datetime | None:
    """Read a date, with or without a time of day; None when it is none. Without a zone it is UTC.

    Examples
    --------
    >>> parse_time("20200131T105441").isoformat()
    '2020-01-31T10:54:41+00:00'
    >>> parse_time("31-01-2020", "%d-%m-%Y").date().isoformat()
    '2020-01-31'
    >>> parse_time("20201331") is None
    True
    """
    try:
        if date_format:
            return datetime.strptime(text, date_format).replace(tzinfo=UTC)
        digits = re.sub(r"\D", "", text)
        form = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits), "")
        return datetime.strptime(digits, form).replace(tzinfo=UTC) if form else None
    except ValueError:
        return None


def normal_baseline(text: str) -> str:
    """Write a processing baseline as ``"05.09"``, from N0509, 0509, 5.09 or 05.09; other text stays as it is.

    Examples
    --------
    >>> normal_baseline("N0509"), normal_baseline("5.09"), normal_baseline("collection 2")
    ('05.09', '05.09', 'collection 2')
    """
    found = re.fullmatch(r"[Nn]?(\d{1,2})\.?(\d{2})", text.strip())
    return f"{int(found[1]):02d}.{found[2]}" if found else text.strip()


def scene_name(path: str, band: str = "") -> str:
    """Name of an acquisition: the name of its file without suffix and band, or that of the folder if nothing is left.

    Examples
    --------
    >>> scene_name("T31UFT_20200101_B02_10m.jp2", "B02_10m"), scene_name("S2A_31UFT_20200101/B02.tif", "B02")
    ('T31UFT_20200101', 'S2A_31UFT_20200101')
    """
    pure = PurePosixPath(path)
    rest = pure.stem
    if band:
        rest = re.sub(rf"(?<![A-Za-z0-9]){re.escape(band)}(?![A-Za-z0-9])", "", rest)
        rest = re.sub(r"([_\-. ])[_\-. ]+", r"\1", rest).strip("_-. ")
    return rest or pure.parent.name
