"""What lies in a folder: every image file, used or not and why, and the planes in those that are used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from imagery.errors import CorruptImageError, GridMismatchError, SourceError
from imagery.sources.cube_file import NETCDF_SUFFIXES, ZARR_SUFFIX, inspect_cube, read_cube_file
from imagery.sources.image_files import FileFacts, ImageReader
from imagery.sources.name_guess import guess_facts
from imagery.sources.name_pattern import NameFacts
from imagery.sources.planes import NotUsed, Plane, planes_of
from imagery.sources.raster_file import SUFFIXES, inspect_raster, read_raster
from imagery.sources.source_config import CONFIG_NAME, SourceConfig

READERS: dict[str, ImageReader] = {"raster": read_raster, "cube": read_cube_file}


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenFile:
    """A file that cannot be read."""

    file: str
    """Relative name."""
    error: CorruptImageError
    """What is wrong with it."""
    time: datetime | None
    """Its date, where its name says it; None: it may hold any date."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inventory:
    """Everything that lies in a folder, as far as its headers say."""

    planes: tuple[Plane, ...]
    """Usable planes, by time, file and place."""
    headers: dict[str, FileFacts]
    """Header of each file that is used, by relative name."""
    ignored: tuple[tuple[str, str], ...]
    """Image files, or parts of them, that are not used, each with the reason."""
    broken: tuple[BrokenFile, ...]
    """Image files that cannot be read."""
    other_files: int
    """Number of files that are no images."""


def take_inventory(root: Path, config: SourceConfig) -> Inventory:
    """Read names and headers of all image files.

    Parameters
    ----------
    root : Path
        A folder, or one image file or Zarr store.
    config : SourceConfig
        What was told.

    Raises
    ------
    SourceError
        If there is no usable image, or raster and cube files are mixed without a word about which are meant.
    """
    planes: list[Plane] = []
    headers: dict[str, FileFacts] = {}
    ignored: list[tuple[str, str]] = []
    broken: list[BrokenFile] = []
    other_files = 0
    for path in image_files(root):
        file = relative_name(root, path)
        if not is_image(path):
            other_files += file != CONFIG_NAME
            continue
        name, reason = _name_facts(PurePosixPath(file), config, alone=path == root)
        if name is None:
            ignored.append((file, reason))
            continue
        try:
            facts = inspect_cube(path, file) if is_cube(path) else inspect_raster(path, file)
            found, skipped = planes_of(file, name, facts, config)
        except CorruptImageError as error:
            broken.append(BrokenFile(file=file, error=error, time=name.time))
        except NotUsed as why:
            ignored.append((file, reason if reason and name.time is None else str(why)))
        except (SourceError, GridMismatchError):
            if path == root or is_cube(path) or config.pattern or name.time is not None:
                raise
            ignored.append((file, reason))  # a stray picture without a date: not ours to judge
        else:
            planes += found
            headers[file] = facts
            ignored += [(file, part) for part in skipped]
    _refuse_mixture(headers)
    planes.sort(key=lambda p: (p.time, p.file, p.place.index, p.place.variable))
    return Inventory(
        planes=tuple(planes),
        headers=headers,
        ignored=tuple(ignored),
        broken=tuple(broken),
        other_files=other_files,
    )


def image_files(root: Path) -> Iterator[Path]:
    """Every file and Zarr store of a folder and its subfolders, in order of name; hidden ones are passed over."""
    if is_one_file(root):
        yield root
        return
    for folder, subfolders, names in os.walk(root):
        stores = [s for s in subfolders if s.lower().endswith(ZARR_SUFFIX)]
        subfolders[:] = sorted(s for s in subfolders if s not in stores and not s.startswith("."))
        for name in sorted([*names, *stores]):
            if not name.startswith("."):
                yield Path(folder) / name


def relative_name(root: Path, path: Path) -> str:
    """Name of a file relative to the source, with ``/`` between folders."""
    return path.name if path == root else path.relative_to(root).as_posix()


def path_of(root: Path, file: str) -> Path:
    """Path of a file by its relative name."""
    return root if is_one_file(root) else root / file


def is_one_file(root: Path) -> bool:
    """True when the source is one file or Zarr store, not a folder of them."""
    return root.is_file() or root.suffix.lower() == ZARR_SUFFIX


def is_cube(path: Path) -> bool:
    """True for NetCDF files and Zarr stores, by name."""
    return path.suffix.lower() in (*NETCDF_SUFFIXES, ZARR_SUFFIX)


def is_image(path: Path) -> bool:
    """True for files that we read, by name."""
    return is_cube(path) or path.suffix.lower() in SUFFIXES


def _name_facts(file: PurePosixPath, config: SourceConfig, *, alone: bool) -> tuple[NameFacts | None, str]:
    """What a name says; None and the reason when the file is not wanted."""
    pattern = config.pattern
    if pattern is None:
        return guess_facts(file)
    found = pattern.match(file)
    if found is None and alone:  # asked for by name, so it is meant
        return guess_facts(file)
    return found, "" if found else f"its name does not fit {pattern.key} = {pattern.text!r}"


def _refuse_mixture(headers: dict[str, FileFacts]) -> None:
    first = {facts.kind: file for file, facts in reversed(headers.items())}
    if len(first) > 1:
        raise SourceError(
            f"The folder holds raster files ({first['raster']}, ...) and cubes ({first['cube']}, ...).",
            hint='Say which are meant: files = "*.nc" or layout = "cube", for example.',
        )
