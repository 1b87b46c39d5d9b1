"""Sentences about the change itself: what, when, how large, how strong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imagery.domain import Reason
from imagery.flagging.physical import PhysicalChange, spectral_values
from imagery.flagging.standing import Standpoint
from imagery.flagging.wording import Words, area, day, listed, number, percent

_BANDS = {
    "blue": Words("blauw", "blue"),
    "green": Words("groen", "green"),
    "red": Words("rood", "red"),
    "nir": Words("nabij-infrarood", "near infrared"),
    "nir08": Words("nabij-infrarood (smal)", "near infrared (narrow)"),
    "swir16": Words("kortgolvig infrarood 1,6 µm", "short-wave infrared 1.6 µm"),
    "swir22": Words("kortgolvig infrarood 2,2 µm", "short-wave infrared 2.2 µm"),
}
_PHYSICAL = {
    PhysicalChange.VEGETATION_CLEARED: (
        "ndvi",
        Words("Er is vermoedelijk begroeiing verdwenen: de groenindex (NDVI) daalde van {0} naar {1}.",
              "Vegetation appears to have gone: the greenness index (NDVI) fell from {0} to {1}."),
    ),
    PhysicalChange.SOIL_BARED: (
        "brightness",
        Words("Er is vermoedelijk grond bloot komen te liggen: de helderheid (zichtbare reflectie) ging van {0} naar {1} "
              "en de kleur is die van kale grond.",
              "Soil appears to have been laid bare: the brightness (visible reflectance) went from {0} to {1} "
              "and the colour is that of bare soil."),
    ),
    PhysicalChange.SURFACE_BUILT: (
        "brightness",
        Words("Er is vermoedelijk een licht, kleurloos oppervlak bijgekomen (dak, verharding of licht materiaal): "
              "de helderheid (zichtbare reflectie) steeg van {0} naar {1}.",
              "A light, colourless surface appears to have come (roof, paving or light material): "
              "the brightness (visible reflectance) rose from {0} to {1}."),
    ),
    PhysicalChange.MATERIAL_PILED: (
        "brightness",
        Words("Er is vermoedelijk grijs materiaal neergelegd: de helderheid (zichtbare reflectie) ging van {0} naar {1}, "
              "zonder de kleur van grond of begroeiing.",
              "Grey material appears to have been put down: the brightness (visible reflectance) went from {0} to {1}, "
              "without the colour of soil or vegetation."),
    ),
    PhysicalChange.WATER_APPEARED: (
        "ndwi",
        Words("Er staat vermoedelijk water waar dat eerder niet stond (gegraven of ondergelopen): "
              "de waterindex (NDWI) steeg van {0} naar {1}.",
              "Water appears to stand where there was none (dug or flooded): "
              "the water index (NDWI) rose from {0} to {1}."),
    ),
    PhysicalChange.VEGETATION_GROWN: (
        "ndvi",
        Words("De begroeiing is vermoedelijk toegenomen: de groenindex (NDVI) steeg van {0} naar {1}.",
              "Vegetation appears to have grown: the greenness index (NDVI) rose from {0} to {1}."),
    ),
}  # fmt: skip


def change_reasons(standpoint: Standpoint, *, matters_m2: float) -> Iterator[Reason]:
    """Sentences about the change, most important first: what, when, how large, how strong."""
    yield physical_reason(standpoint)
    yield _interval(standpoint)
    yield from _size(standpoint, matters_m2)
    yield _strength(standpoint)


def physical_reason(standpoint: Standpoint) -> Reason:
    """What physically changed, with the index it rests on."""
    physical = standpoint.physical
    if physical is PhysicalChange.UNCLASSIFIED:
        words = _unclassified(standpoint.change.after)
    else:
        index, pattern = _PHYSICAL[physical]
        seen = spectral_values(standpoint.change)
        before, after = (number(seen[f"{index}_{side}"], 2) for side in ("before", "after"))
        words = Words(pattern.nl.format(before.nl, after.nl), pattern.en.format(before.en, after.en))
    return Reason(code="physical_change", nl=words.nl, en=words.en, value=str(physical))


def _unclassified(after: Mapping[str, float]) -> Words:
    bands = [_BANDS.get(name, Words(name, name)) for name in after]
    if not bands:
        return Words(
            "De aard van de verandering is niet vast te stellen: er zijn geen bandwaarden.",
            "What physically changed cannot be told: there are no band values.",
        )
    row = listed(bands)
    return Words(
        f"De aard van de verandering is uit de beschikbare banden ({row.nl}) niet vast te stellen.",
        f"What physically changed cannot be told from the bands at hand ({row.en}).",
    )


def _interval(standpoint: Standpoint) -> Reason:
    first, last = standpoint.change.last_unchanged, day(standpoint.change.first_changed)
    if first is None:
        nl = f"De verandering was voor het eerst te zien op {last.nl}; een beeld van daarvoor ontbreekt."
        en = f"The change was first seen on {last.en}; there is no image from before it."
    else:
        begin = day(first)
        nl = f"De verandering ontstond tussen {begin.nl} (nog onveranderd) en {last.nl} (voor het eerst veranderd)."
        en = f"The change came between {begin.en} (still unchanged) and {last.en} (first seen changed)."
    return Reason(
        code="came_between",
        nl=nl,
        en=en,
        value=standpoint.change.first_changed.isoformat(),
        unit="date",
    )


def _size(standpoint: Standpoint, matters_m2: float) -> Iterator[Reason]:
    seen, error = area(standpoint.change.area_m2), area(standpoint.change.area_error_m2)
    yield Reason(
        code="area",
        nl=f"De verandering beslaat {seen.nl} (standaardfout {error.nl}).",
        en=f"The change covers {seen.en} (standard error {error.en}).",
        value=standpoint.change.area_m2,
        unit="m2",
    )
    if standpoint.change.area_m2 < matters_m2:
        least = area(matters_m2)
        yield Reason(
            code="smaller_than_matters",
            nl=f"De oppervlakte is kleiner dan de {least.nl} waarbij zo'n verandering een bezoek waard is.",
            en=f"The area is below the {least.en} at which such a change is worth a visit.",
            value=matters_m2,
            unit="m2",
        )


def _strength(standpoint: Standpoint) -> Reason:
    share = percent(standpoint.change.p_value)
    return Reason(
        code="strength",
        nl=f"Onveranderde grond in de omgeving wijkt naar schatting in {share.nl} van de gevallen minstens zo sterk af.",
        en=f"Unchanged ground nearby is estimated to deviate at least as strongly in {share.en} of cases.",
        value=standpoint.change.p_value * 100,
        unit="%",
    )
