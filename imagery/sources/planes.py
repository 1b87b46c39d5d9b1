"""Planes: one band on one date in one file, with everything that is needed to read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from odc.geo.geobox import GeoBox

from imagery.errors import SourceError
from imagery.sources.bands import SCL
from imagery.sources.image_files import FileFacts, Layer, Place, Stated
from imagery.sources.name_guess import guess_band
from imagery.sources.name_pattern import NameFacts, parse_time, scene_name
from imagery.sources.source_config import SKIP, SourceConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """One band on one date in one file."""

    file: str
    """File, relative to the source, with ``/`` between folders."""
    place: Place
    """Where it stands in the file."""
    time: datetime
    """Acquisition, aware UTC."""
    band: str
    """Name in the cube, or `SCL`."""
    written: str
    """What the file calls the band."""
    geobox: GeoBox
    """Grid of the file, north up, with its reference system."""
    stated: Stated
    """What the file says about the numbers."""
    scene: str = ""
    """Name of the acquisition."""
    tile: str = ""
    """Tile of a tiling grid."""
    sensor: str = ""
    """Sensor, empty when not stated."""
    baseline: str = ""
    """Processing baseline, empty when not stated."""

    @property
    def is_scl(self) -> bool:
        """Whether it is the scene classification."""
        return self.band == SCL


class NotUsed(Exception):  # noqa: N818 - it is not an error, it says why a file is left aside
    """A file is left aside; the text says why."""


def planes_of(
    file: str, name: NameFacts, facts: FileFacts, config: SourceConfig
) -> tuple[list[Plane], list[str]]:
    """Make the planes of a file from its name, its header and the description.

    Parameters
    ----------
    file : str
        Relative name.
    name : NameFacts
        What its name says.
    facts : FileFacts
        What its header says.
    config : SourceConfig
        What was told; goes before the others.

    Returns
    -------
    list of Plane
        One per band and date.
    list of str
        Layers that are not used, each with the reason.

    Raises
    ------
    NotUsed
        If nothing of the file can be used, with the reason.
    SourceError
        If the file cannot be understood although it was said how: no reference system, another number of bands,
        two layers that are the same band.
    """
    geobox = _placed(file, facts, config)
    skipped = [f"{part}: {reason}" for part, reason in facts.unread]
    planes: list[Plane] = []
    told_time = parse_time(str(config.dates.get(file) or config.dates.get(PurePosixPath(file).name) or ""))
    for layer, written, layer_time in _named_layers(file, name, facts, config):
        band = config.band_of(written, name.sensor) if written else None
        time = told_time or layer_time or (layer.time if facts.kind == "cube" else None) or name.time
        time = time or layer.time or facts.time
        if band is None or (band == SCL and config.scl == "none"):
            skipped.append(_why_no_band(written, layer, band))
        elif time is None:
            raise NotUsed("no date in its name, nor in its metadata")
        else:
            planes.append(
                Plane(
                    file=file,
                    place=layer.place,
                    time=time,
                    band=band,
                    written=written,
                    geobox=geobox,
                    stated=layer.stated,
                    scene=_scene(
                        file, name, time, dated=layer_time is not None or layer.place.step is not None
                    ),
                    tile=name.tile,
                    sensor=config.sensor or name.sensor,
                    baseline=config.baseline or name.baseline,
                )
            )
    if not planes:
        raise NotUsed(_why_nothing(skipped, facts))
    _refuse_twins(file, planes)
    return planes, list(dict.fromkeys(skipped))


def _scene(file: str, name: NameFacts, time: datetime, *, dated: bool) -> str:
    """Name of the acquisition; that of the file alone when the file holds one date."""
    scene = name.scene or scene_name(file, name.band)
    if not dated:
        return scene
    day_only = time.time() == datetime.min.time()
    return f"{scene}@{time:%Y-%m-%d}" if day_only else f"{scene}@{time:%Y-%m-%dT%H:%M:%S}"


def _why_nothing(skipped: list[str], facts: FileFacts) -> str:
    n = len(facts.layers)
    if facts.kind == "raster" and n > 1 and not any(layer.name for layer in facts.layers):
        return f'its {n} bands have no names; write them in order, bands = ["blue", "green", ...]'
    return "; ".join(dict.fromkeys(skipped)) or "it holds no image"


def _placed(file: str, facts: FileFacts, config: SourceConfig) -> GeoBox:
    crs = config.crs or facts.crs
    if not crs:
        raise SourceError(
            f"{file} does not state its reference system.",
            hint='Write it into source.toml, e.g. crs = "EPSG:32631".',
        )
    return facts.geobox(crs)


def _why_no_band(written: str, layer: Layer, band: str | None) -> str:
    if band == SCL:
        return f"{written}: the scene classification is not to be used"
    if written and written != SKIP:
        return f"{written}: no band that is known; name it in bands = {{...}} to use it"
    place = layer.place.variable or f"band {layer.place.index}"
    return f"{place}: not wanted" if written == SKIP else f"{place}: no band is named"


def _named_layers(
    file: str, name: NameFacts, facts: FileFacts, config: SourceConfig
) -> list[tuple[Layer, str, datetime | None]]:
    """Layers with the name of their band and, where the layers are dates, their date."""
    if facts.kind == "cube":
        if config.layout not in ("", "cube"):
            raise NotUsed(f"it is a cube, and layout = {config.layout!r}")
        return [(layer, layer.name, None) for layer in facts.layers]
    if config.layout == "cube":
        raise NotUsed("it is no cube, and layout = 'cube'")
    layers, order = facts.layers, config.band_order
    dates = [parse_time(layer.name, config.date_format) or parse_time(layer.name) for layer in layers]
    if config.layout == "dates_in_bands" or (not config.layout and len(layers) > 1 and all(dates)):
        return _dated_layers(file, name, layers, dates, order)
    if config.layout == "per_band" or (not config.layout and len(layers) == 1):
        if len(layers) > 1:
            raise NotUsed(f"it has {len(layers)} bands, and layout = 'per_band'")
        guessed, _ = guess_band(PurePosixPath(file).stem, name.sensor)
        only = order[0] if len(order) == 1 else ""
        return [(layers[0], name.band or layers[0].name or guessed or only, None)] if layers else []
    if order and len(order) != len(layers):
        raise SourceError(
            f"{file} has {len(layers)} bands, and bands names {len(order)}.",
            hint=f'Name each of them in order; "{SKIP}" stands for one that is not wanted.',
        )
    names = order or tuple(layer.name for layer in layers)
    return [(layer, written, None) for layer, written in zip(layers, names, strict=True)]


def _dated_layers(
    file: str,
    name: NameFacts,
    layers: tuple[Layer, ...],
    dates: list[datetime | None],
    order: tuple[str, ...],
) -> list[tuple[Layer, str, datetime | None]]:
    guessed, _ = guess_band(PurePosixPath(file).stem, name.sensor)
    band = name.band or guessed or (order[0] if len(order) == 1 else "")
    if None in dates:
        raise SourceError(
            f"The bands of {file} are to be dates, and band {dates.index(None) + 1} is described as"
            f" {layers[dates.index(None)].name!r}.",
            hint="Describe each band by its date, e.g. 2020-05-04, or write date_format.",
        )
    return [(layer, band, date) for layer, date in zip(layers, dates, strict=True)]


def _refuse_twins(file: str, planes: list[Plane]) -> None:
    seen: dict[tuple[str, int | None, datetime], Plane] = {}
    for plane in planes:
        twin = seen.setdefault((plane.band, plane.place.step, plane.time), plane)
        if twin is not plane and twin.written != plane.written:
            raise SourceError(
                f"{file} holds {plane.band} twice: as {twin.written!r} and as {plane.written!r}.",
                hint="Say which is meant, in bands = {...} with the other one left out, or take one out of the file.",
            )
