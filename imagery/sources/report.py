"""What a source understood, as text for a person: `imagery source check FOLDER`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from imagery.errors import ImageryError
from imagery.sources.acquisitions import Acquisition
from imagery.sources.attributes import missing_bands
from imagery.sources.bands import SCL, band_family
from imagery.sources.calibration import calibration_of
from imagery.sources.cutting import size_m
from imagery.sources.folder import FolderSource
from imagery.sources.planes import Plane
from imagery.sources.protocol import Source, SourceDescription
from imagery.sources.source_config import CONFIG_NAME, SourceConfig
from imagery.sources.work_grid import WorkGrid

SHOWN = 12
"""Lines of a list that are shown; the rest is counted."""


def source_report(source: Source) -> str:
    """Say what was understood of a source: files, dates, bands, grid, scale and offset, cloud mask, what is missing.

    Parameters
    ----------
    source : Source
        For a `FolderSource` everything is told, also when it cannot be used; for another one its description.

    Returns
    -------
    str
        Plain lines. The last one says whether it can be used.

    Raises
    ------
    SourceError
        If a source that is no folder cannot be described.
    """
    if not isinstance(source, FolderSource):
        return "\n".join(_described(source.describe()))
    lines = [source.name]
    try:
        inventory = source.inventory
    except ImageryError as error:
        return "\n".join([*lines, *_verdict([error])])
    lines += _section("ignored", [f"{file}: {reason}" for file, reason in inventory.ignored])
    lines += _section("cannot be read", [b.error.message for b in inventory.broken])
    problems: list[ImageryError] = [b.error for b in inventory.broken]
    try:
        grid = source.grid()
    except ImageryError as error:
        return "\n".join([*lines, *_verdict([error, *problems])])
    lines[1:1] = _files_line(source, grid)
    complete, incomplete = source.acquisitions(grid)
    lines += _dates(complete, incomplete, grid)
    lines += _grid_lines(grid, source.config)
    lines += _number_lines(grid, source.config, problems)
    lines += _mask_lines(source, complete)
    lines += _facts(source.config, complete)
    if not complete:
        lines.append("missing: no date has all bands")
    _tried(source.describe, problems)
    return "\n".join([*lines, *_verdict(problems)])


def _described(description: SourceDescription) -> list[str]:
    dates = [f"{t.date()}" for t in description.times]
    return [
        description.name,
        f"dates: {len(dates)}" + (f", {dates[0]} to {dates[-1]}" if dates else ""),
        f"bands: {', '.join(description.bands)}",
        f"grid: {description.crs}, pixels of {description.resolution_m:g} m",
    ]


def _files_line(source: FolderSource, grid: WorkGrid) -> list[str]:
    used = {p.file for p in (*grid.planes, *source.scl_planes())}
    described = f"described by {CONFIG_NAME}" if source.config != SourceConfig() else f"no {CONFIG_NAME}"
    others = source.inventory.other_files
    beside = f", {others} other files beside them" if others else ""
    return [f"files: {len(used)} used{beside}; {described}", *_shown(sorted(used))]


def _dates(complete: Sequence[Acquisition], incomplete: Sequence[Acquisition], grid: WorkGrid) -> list[str]:
    lines = [f"dates: {len(complete)}"]
    if complete:
        lines[0] += f", {complete[0].time.date()} to {complete[-1].time.date()}"
    joined = [a for a in complete if len(a.members) > 1]
    lines += _section(
        "dates of several images, which count as one",
        [f"{a.time.date()}: {a.scene_id}" for a in joined],
    )
    return lines + _section("dates left out", [missing_bands(a, grid) for a in incomplete])


def _grid_lines(grid: WorkGrid, config: SourceConfig) -> list[str]:
    rows, columns = grid.geobox.shape
    box = grid.geobox.boundingbox
    told = " (as told)" if config.crs else ""
    lines = [
        f"grid: {_short(str(grid.geobox.crs))}{told}, pixels of {size_m(grid.geobox):g} m",
        f"size: {rows} rows by {columns} columns",
        f"extent: x {box.left:.10g} to {box.right:.10g}, y {box.bottom:.10g} to {box.top:.10g}",
    ]
    if grid.elsewhere:
        lines.append(
            f"bands on another grid, left out: {', '.join(grid.elsewhere)} (resolution_m gives them)"
        )
    if grid.rare:
        lines.append(f"bands that few dates have, left out: {', '.join(grid.rare)}")
    return lines


def _number_lines(grid: WorkGrid, config: SourceConfig, problems: list[ImageryError]) -> list[str]:
    """Scale, offset and nodata per band; a band whose files differ has a line for each kind, with their number."""
    lines = ["bands:"]
    for band in grid.bands:
        kinds: dict[str, set[str]] = {}
        for plane in grid.planes:
            if plane.band == band:
                kinds.setdefault(_numbers(plane, config, problems), set()).add(plane.file)
        lines += [
            f"  {kind}" + (f" ({len(files)} files)" if len(kinds) > 1 else "")
            for kind, files in kinds.items()
        ]
    return lines


def _numbers(plane: Plane, config: SourceConfig, problems: list[ImageryError]) -> str:
    name = plane.band if plane.written.lower() == plane.band else f"{plane.band} ({plane.written})"
    try:
        calibration = calibration_of(plane, config)
    except ImageryError as error:
        if error.hint not in [
            p.hint for p in problems
        ]:  # one word on each thing that is missing, not one per file
            problems.append(error)
        stated = plane.stated
        scale = "scale not stated" if stated.scale is None else f"scale {stated.scale:g}, offset not stated"
        return f"{name}: {scale}, stored as {stated.dtype}"
    notes = f" ({' '.join(calibration.notes)})" if calibration.notes else ""
    return f"{name}: {calibration}, stored as {plane.stated.dtype}{notes}"


def _mask_lines(source: FolderSource, complete: Iterable[Acquisition]) -> list[str]:
    dates = list(complete)
    masked = sum(any(m.scl for m in a.members) for a in dates)
    if not masked:
        return [f"clouds: no scene classification ({SCL.upper()}); only nodata is masked"]
    snow = "snow counts as ground" if source.snow_is_clear else "snow is masked"
    growth = f"cloud and shadow grown by {source.cloud_dilation_px} px, {snow}"
    return [f"clouds: scene classification ({SCL.upper()}) on {masked} of {len(dates)} dates, {growth}"]


def _facts(config: SourceConfig, complete: Sequence[Acquisition]) -> list[str]:
    sensors = sorted({a.sensor for a in complete if a.sensor})
    baselines = sorted({a.baseline for a in complete if a.baseline})
    assumed = "" if sensors or band_family("") is None else " (band numbers are read as those of Sentinel-2)"
    place = f"{config.geolocation_m:g} m" if config.geolocation_m is not None else "not stated"
    return [
        f"sensor: {', '.join(sensors) or 'not stated'}{assumed}",
        f"processing baseline: {', '.join(baselines) or 'not stated'}",
        f"licence: {config.licence or 'not stated'}",
        f"error of the place: {place}",
    ]


def _tried(describe: Callable[[], object], problems: list[ImageryError]) -> None:
    try:
        describe()
    except ImageryError as error:
        if error.hint not in [p.hint for p in problems]:
            problems.append(error)


def _verdict(problems: Sequence[ImageryError]) -> list[str]:
    if not problems:
        return ["It can be used."]
    return ["It cannot be used yet:", *_shown([str(p) for p in problems])]


def _section(title: str, items: Sequence[str]) -> list[str]:
    return [f"{title}: {len(items)}", *_shown(items)] if items else []


def _shown(items: Sequence[str]) -> list[str]:
    lines = [f"  {item}" for item in items[:SHOWN]]
    return [*lines, f"  and {len(items) - SHOWN} more"] if len(items) > SHOWN else lines


def _short(crs: str) -> str:
    return crs if len(crs) <= 60 else crs[:57] + "..."
