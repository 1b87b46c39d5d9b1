"""Imagery from a folder: GeoTIFF, COG or JPEG 2000 files, or NetCDF and Zarr cubes, as they lie on disk."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from imagery.domain import UNKNOWN, Period, default
from imagery.errors import CorruptImageError, ImageryWarning, NoSceneError, ParameterError, SourceError
from imagery.sources.acquisitions import Acquisition, acquisitions_of
from imagery.sources.attributes import cube_attributes, left_out_message, missing_bands
from imagery.sources.bands import SCL, canonical_band, in_spectral_order
from imagery.sources.calibration import Calibration, calibration_of
from imagery.sources.cutting import cut_to_area, footprint, size_m
from imagery.sources.hashing import file_hash
from imagery.sources.inventory import Inventory, is_one_file, path_of, take_inventory
from imagery.sources.planes import Plane
from imagery.sources.protocol import Area, SourceDescription
from imagery.sources.reading import Key, key_of, read_pieces, visible_window
from imagery.sources.source_config import CONFIG_NAME, SourceConfig, read_source_config
from imagery.sources.work_grid import WorkGrid, choose_grid

if TYPE_CHECKING:
    import xarray as xr
    from odc.geo.geobox import GeoBox


class FolderSource:
    """A folder of images, or one image file or cube, as a `Source`.

    Names and headers are read once, when they are first needed; pixels are read per call, in windows, with files opened
    and closed by the call. So one source may serve several threads, and may be sent to another process.

    Parameters
    ----------
    path : Path or str
        Folder, file or Zarr store.
    description : SourceConfig, optional
        What is to be known about it; read from `source.toml` in the folder (or beside the file) when left out.
    resolution_m : float, optional
        Use the bands with pixels of this size; the finest when left out.
    cloud_dilation_px : int, optional
        Growth of cloud and cloud shadow of the scene classification, pixels; the default setting when left out.
    snow_is_clear : bool
        Take snow and ice for ground.
    threads : int
        Files that are read at the same time.

    Raises
    ------
    SourceError
        If there is no such folder or file.
    ParameterError
        If `source.toml` or an option cannot be used.
    """

    def __init__(
        self,
        path: Path | str,
        description: SourceConfig | None = None,
        *,
        resolution_m: float | None = None,
        cloud_dilation_px: int | None = None,
        snow_is_clear: bool = False,
        threads: int = 1,
    ) -> None:
        self.path = Path(path)
        if not self.path.exists():
            raise SourceError(f"There is no folder or file {str(path)!r}.", hint="Check the path.")
        self.config = description if description is not None else _found_config(self.path)
        self.resolution_m = _positive("resolution_m", resolution_m)
        dilation = default("cloud_dilation_px") if cloud_dilation_px is None else cloud_dilation_px
        if dilation != int(dilation) or dilation < 0:
            raise ParameterError(
                f"cloud_dilation_px is a whole number, 0 or more, got {cloud_dilation_px!r}."
            )
        self.cloud_dilation_px = int(dilation)
        self.snow_is_clear = snow_is_clear
        if threads != int(threads) or threads < 1:
            raise ParameterError(f"threads is a whole number above 0, got {threads!r}.")
        self.threads = int(threads)

    @property
    def name(self) -> str:
        """How it goes by in records: without the way to it, which may name people."""
        return f"folder:{self.path.resolve().name}"

    @cached_property
    def inventory(self) -> Inventory:
        """What lies in the folder: files used, ignored and broken."""
        return take_inventory(self.path, self.config)

    def describe(self, *, hashes: bool = False) -> SourceDescription:
        """Say what is there, without reading pixels.

        Parameters
        ----------
        hashes : bool
            Add the SHA-256 of every file; reads them whole.

        Raises
        ------
        SourceError
            If it does not say what is needed (scale, reference system, dates).
        CorruptImageError
            If a file cannot be opened.
        GridMismatchError
            If the files do not share a grid.
        """
        self._refuse_broken(None)
        grid = self.grid()
        self.calibrations(grid.planes)
        acquisitions, incomplete = self.acquisitions(grid)
        if not acquisitions:
            raise self._no_scene(grid, None, incomplete)
        files = sorted({p.file for p in (*grid.planes, *self.scl_planes())})
        sums = self.file_hashes() if hashes else {}
        return SourceDescription(
            name=self.name,
            crs=str(grid.geobox.crs),
            resolution_m=size_m(grid.geobox),
            bands=grid.bands,
            times=tuple(a.time for a in acquisitions),
            footprint=footprint(grid.planes),
            licence=self.config.licence or UNKNOWN,
            files=tuple((file, sums.get(file, "")) for file in files),
        )

    def file_hashes(self) -> dict[str, str]:
        """SHA-256 of every file that is used, by relative name; of a Zarr store over its parts. Computed once."""
        return self._hashes

    @cached_property
    def _hashes(self) -> dict[str, str]:
        return {file: file_hash(path_of(self.path, file)) for file in sorted(self.inventory.headers)}

    def load(
        self,
        area: Area,
        period: Period | None = None,
        *,
        bands: tuple[str, ...] = (),
        cloud_dilation_px: int | None = None,
    ) -> xr.Dataset:
        """Read the cube over an area, on the imagery's own grid, nothing resampled.

        Parameters
        ----------
        area : Area
            Its bounding box in the imagery's system is read, grown to whole pixels, cut to the imagery.
        period : Period, optional
            Dates wanted; all when left out.
        bands : tuple of str
            Bands wanted, by any of their names; all on the finest grid when empty.
        cloud_dilation_px : int, optional
            Growth of cloud, in place of that of the source.

        Returns
        -------
        Dataset
            As `imagery.sources.protocol` says. `valid` is True where every band has data and the scene classification,
            if there is one, is clear. Attributes, beside those of the protocol: ``source``, ``covered_fraction``,
            ``cloud_mask`` (``"scl"`` or ``"none"``), and where there is something to say ``left_out`` (bands and
            dates) and ``notes``.

        Raises
        ------
        NoSceneError
            If the area lies outside the imagery, or nothing was acquired in the period.
        CorruptImageError
            If a file cannot be read whole.
        SourceError
            If it does not say what is needed, a band is not there, or its numbers cannot be reflectance.
        GridMismatchError
            If the files do not share a grid.

        Warns
        -----
        ImageryWarning
            If bands or dates are left out.
        """
        from imagery.sources.assembly import MaskOptions, assemble

        self._refuse_broken(period)
        dilation = self.cloud_dilation_px if cloud_dilation_px is None else cloud_dilation_px
        grid = self.grid(bands)
        cut = cut_to_area(area, grid.geobox, reach_px=dilation)
        acquisitions, incomplete = self.acquisitions(grid, period)
        acquisitions = [a for a in acquisitions if _meets(a, cut.geobox)]
        incomplete = [a for a in incomplete if _meets(a, cut.geobox)]
        if not acquisitions:
            raise self._no_scene(grid, period, incomplete)
        planes = [p for a in acquisitions for p in a.planes]
        calibrations = self.calibrations(planes)
        masks = [p for a in acquisitions for m in a.members for p in m.scl]
        pieces = read_pieces(
            self.path,
            self.inventory.headers,
            dict.fromkeys([*planes, *masks]),
            cut.work,
            threads=self.threads,
        )
        mask = MaskOptions(dilation_px=dilation, snow_is_clear=self.snow_is_clear)
        cube = assemble(acquisitions, pieces, calibrations, grid.bands, cut, mask)
        told = cube_attributes(self.config, grid, acquisitions, incomplete, calibrations.values())
        cube.attrs = {"source": self.name, "covered_fraction": cut.covered_fraction, **told}
        if message := left_out_message(grid, incomplete, told=self.resolution_m is not None):
            warnings.warn(message, ImageryWarning, stacklevel=2)
        return cube

    def grid(self, bands: tuple[str, ...] = ()) -> WorkGrid:
        """The grid that a cube of these bands is built on.

        Raises
        ------
        SourceError
            If there is no image at all, or a band is not there.
        GridMismatchError
            If the files do not share a grid.
        """
        if bands not in self._grids:
            self._grids[bands] = choose_grid(
                self._wanted(bands), resolution_m=self.resolution_m, keep_rare=bool(bands)
            )
        return self._grids[bands]

    @cached_property
    def _grids(self) -> dict[tuple[str, ...], WorkGrid]:
        return {}

    def calibrations(self, planes: Iterable[Plane]) -> dict[Key, Calibration]:
        """Scale, offset and nodata of planes.

        Raises
        ------
        SourceError
            If a scale or an offset is not stated.
        """
        return {key_of(plane): calibration_of(plane, self.config) for plane in planes}

    def _wanted(self, bands: tuple[str, ...]) -> list[Plane]:
        planes = [p for p in self.inventory.planes if not p.is_scl]
        if not planes:
            raise self._nothing_usable()
        if not bands:
            return planes
        there = {p.band for p in planes}
        names = {self.config.band_of(b) or canonical_band(b) or b for b in bands}
        missing = names - there - {SCL}
        if missing:
            raise SourceError(
                f"{self.name} has no band {', '.join(sorted(missing))}.",
                hint=f"It has {', '.join(in_spectral_order(there))}.",
            )
        return [p for p in planes if p.band in names]

    def _nothing_usable(self) -> SourceError:
        ignored = self.inventory.ignored
        if not ignored:
            return SourceError(
                f"{self.name} holds no image files.",
                hint="Images are .tif, .tiff, .jp2, .nc and .zarr, also in subfolders.",
            )
        file, reason = ignored[0]
        return SourceError(
            f"None of the {len({f for f, _ in ignored})} image files of {self.name} can be used; {file}: {reason}.",
            hint='Describe them in source.toml, e.g. files = "{date}_{band}.tif".',
        )

    def scl_planes(self) -> list[Plane]:
        """Planes of the scene classification, on any grid."""
        return [p for p in self.inventory.planes if p.is_scl]

    def acquisitions(
        self, grid: WorkGrid, period: Period | None = None
    ) -> tuple[list[Acquisition], list[Acquisition]]:
        """Dates with every band of a grid, and dates that lack one, each by time."""
        found = acquisitions_of(grid.planes, self.scl_planes(), period)
        wanted = set(grid.bands)
        return [a for a in found if wanted <= a.bands], [a for a in found if not wanted <= a.bands]

    def _no_scene(self, grid: WorkGrid, period: Period | None, incomplete: list[Acquisition]) -> NoSceneError:
        when = f" in {period}" if period else ""
        if incomplete:
            return NoSceneError(
                f"{self.name} has no image{when} with all bands: {missing_bands(incomplete[0], grid)}.",
                hint="Ask for the bands that it has.",
            )
        times = [p.time for p in grid.planes]
        return NoSceneError(
            f"{self.name} has no image of this area{when}.",
            hint=f"Its images are of {min(times).date()} to {max(times).date()}.",
        )

    def _refuse_broken(self, period: Period | None) -> None:
        for broken in self.inventory.broken:
            if period is None or broken.time is None or broken.time in period:
                raise CorruptImageError(broken.error.message, hint=broken.error.hint) from broken.error


def _meets(acquisition: Acquisition, geobox: GeoBox) -> bool:
    return any(visible_window(plane.geobox, geobox) for plane in acquisition.planes)


def _positive(name: str, value: float | None) -> float | None:
    if value is not None and not value > 0:
        raise ParameterError(f"{name} must be above 0, got {value!r}.")
    return value


def _found_config(path: Path) -> SourceConfig:
    """The description that lies in the folder, or beside the file; an empty one when there is none."""
    folder = path.parent if is_one_file(path) else path
    written = folder / CONFIG_NAME
    return read_source_config(written) if written.is_file() else SourceConfig()
