"""The settings of a screening; their defaults, units, reasons and sources stand in `defaults.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from imagery.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """One row of the table of defaults."""

    name: str
    """Name of the setting."""
    value: float
    """Its default."""
    unit: str
    """Its unit."""
    reason: str
    """Why there is such a setting."""
    source: str
    """Where the value comes from."""


@cache
def defaults() -> Mapping[str, Default]:
    """The table of defaults, by name, in the order of the file."""
    text = files("imagery.domain").joinpath("defaults.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return MappingProxyType({name: Default(name=name, **row) for name, row in table.items()})


def default(name: str) -> float:
    """Default value of one setting."""
    return defaults()[name].value


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a screening can be told; every field is a row of `defaults.toml`, with its unit and reason.

    All are numbers of 0 or more; `Settings.of(margin_m=100)` changes what is named and keeps the rest.
    """

    margin_m: float
    context_m: float
    point_radius_m: float
    merge_distance_m: float
    history_years: float
    min_clear_dates: int
    false_signals_per_1000_site_years: float
    min_region_m2: float
    trailing_clear: int
    cloud_dilation_px: int
    min_control_px: int
    smoothing_px: float
    geolocation_m: float
    season_days: int
    accuracy_surveyed_m: float
    accuracy_parcel_m: float
    accuracy_sketch_m: float
    accuracy_address_point_m: float
    matters_dumping_m2: float
    matters_building_m2: float
    matters_clearing_m2: float
    matters_earthworks_m2: float

    def __post_init__(self) -> None:
        zero_allowed = {"margin_m", "merge_distance_m", "cloud_dilation_px", "smoothing_px"}
        for field in fields(self):
            value = getattr(self, field.name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value < float("inf") or (value == 0 and field.name not in zero_allowed):
                raise ParameterError(
                    f"{field.name} must be a number above 0, got {value!r}.",
                    hint="See `imagery info --defaults`.",
                )
            if field.type == "int" and value != int(value):
                raise ParameterError(f"{field.name} must be a whole number, got {value!r}.")
        if self.false_signals_per_1000_site_years >= 1000:
            raise ParameterError(
                "false_signals_per_1000_site_years must be below 1000, got "
                f"{self.false_signals_per_1000_site_years}."
            )

    @classmethod
    def of(cls, **changes: Any) -> Settings:
        """The defaults, with the named ones changed.

        Raises
        ------
        ParameterError
            If a name is unknown or a value is out of its range.

        Examples
        --------
        >>> Settings.of(margin_m=100.0).margin_m
        100.0
        """
        values: dict[str, Any] = {name: row.value for name, row in defaults().items()}
        for name, value in changes.items():
            if name not in values:
                raise ParameterError(
                    f"There is no setting called {name!r}.", hint="See `imagery info --defaults`."
                )
            if value is not None:
                values[name] = value
        return cls(**values)

    def as_dict(self) -> dict[str, float]:
        """All values by name, for the record of a run."""
        return asdict(self)
