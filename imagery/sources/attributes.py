"""What a cube says of itself: where it comes from, what was left out, what was assumed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from imagery.sources.acquisitions import Acquisition
from imagery.sources.bands import in_spectral_order
from imagery.sources.calibration import Calibration
from imagery.sources.source_config import SourceConfig
from imagery.sources.work_grid import WorkGrid

NO_MASK = "There is no scene classification (SCL): valid says where there is data, cloud is not masked."


def cube_attributes(
    config: SourceConfig,
    grid: WorkGrid,
    acquisitions: Sequence[Acquisition],
    incomplete: Sequence[Acquisition],
    calibrations: Iterable[Calibration],
) -> dict[str, object]:
    """Attributes of a cube, all of types that a NetCDF file can hold; an empty list is left away.

    Parameters
    ----------
    config : SourceConfig
        What was told.
    grid : WorkGrid
        The grid, with the bands that do not live on it.
    acquisitions, incomplete : sequence of Acquisition
        Dates of the cube, and dates that lack a band.
    calibrations : iterable of Calibration
        What was applied.
    """
    masked = [a for a in acquisitions if any(m.scl for m in a.members)]
    notes = list(dict.fromkeys(note for c in calibrations for note in c.notes))
    notes += _mask_notes(len(masked), len(acquisitions))
    notes += [
        f"{a.time.date()}: {len(a.members)} images of one overpass count as one ({a.scene_id})."
        for a in acquisitions
        if len(a.members) > 1
    ]
    notes += [f"{missing_bands(a, grid)}; the date is left out." for a in incomplete]
    attributes: dict[str, object] = {"cloud_mask": "scl" if masked else "none"}
    if config.licence:
        attributes["licence"] = config.licence
    if config.geolocation_m is not None:
        attributes["geolocation_m"] = float(config.geolocation_m)
    lists = {
        "left_out": list(grid.left_out),
        "left_out_dates": [str(a.time.date()) for a in incomplete],
        "notes": notes,
    }
    return attributes | {key: values for key, values in lists.items() if values}


def _mask_notes(masked: int, total: int) -> list[str]:
    if not masked:
        return [NO_MASK]
    if masked < total:
        return [
            f"{total - masked} of {total} dates have no scene classification (SCL): cloud is not masked there."
        ]
    return []


def missing_bands(acquisition: Acquisition, grid: WorkGrid) -> str:
    """Say which bands of a cube a date lacks."""
    missing = in_spectral_order(set(grid.bands) - acquisition.bands)
    return f"{acquisition.time.date()} has no {', '.join(missing)}"


def left_out_message(grid: WorkGrid, incomplete: Sequence[Acquisition], *, told: bool) -> str:
    """One sentence on bands and dates that were left out; empty when none were.

    Bands are not spoken of when it was told which pixel size is wanted: then they are left out on purpose.
    """
    parts = []
    if grid.elsewhere and not told:
        parts.append(f"bands on another grid ({', '.join(grid.elsewhere)}; resolution_m gives them)")
    if grid.rare:
        parts.append(f"bands that few dates have ({', '.join(grid.rare)}; bands = gives them)")
    if incomplete:
        parts.append(
            "dates without all bands (" + "; ".join(missing_bands(a, grid) for a in incomplete) + ")"
        )
    return f"Left out: {' and '.join(parts)}." if parts else ""
