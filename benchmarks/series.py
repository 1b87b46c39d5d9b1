"""Cost of the series method per pixel and core, beside the monitors of `nrt`, on a simulated Sentinel-2 cube in memory.

219 dates (5 days apart, about 36 % clear) x 6 bands x 100 x 100 pixels: two years of history, one monitored. Ours: fit,
double difference and score, with dates and before/after pictures; cloud screening apart. The peers run at their
defaults on one index (NDVI), on the dates on which anything is clear; beside them ours on the two bands of that index.
Each figure is the best of several runs; compiling (numba) is done before and not counted.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from benchmarks.arguments import Arguments, read_arguments
from benchmarks.rows import Row, finish
from imagery.detection.normal_ground import learn_normal, screened
from imagery.detection.pixel_series import pixel_series
from imagery.detection.series import score_series
from imagery.domain import Period, Settings
from imagery.testing.simulated import PlantedChange, simulate_cube

DATES, REVISIT_DAYS = 219, 5
START = date(2018, 1, 1)
PERIOD = Period.between(date(2020, 1, 1), date(2021, 1, 1))
TARGET_US = 15.0
"""First aim of the main job, microseconds per pixel."""
MONITORS = ("EWMA", "CuSum", "MoSum", "IQR", "CCDC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Microseconds per pixel of our steps."""

    reading: float
    """Dates, validity and finite values of the cube."""
    screening: float
    """Missed clouds and shadows."""
    scoring: float
    """Fit, double difference, score, dates and pictures."""


def simulated(side: int, seed: int) -> xr.Dataset:
    """The cube, with one change in the middle."""
    change = PlantedChange(
        kind="building", row=side // 2, column=side // 2, rows=4, columns=4, day=date(2020, 6, 1)
    )
    return simulate_cube(
        shape=(side, side),
        start=START,
        years=((DATES - 1) * REVISIT_DAYS + 1) / 365.25,
        revisit_days=REVISIT_DAYS,
        changes=[change],
        seed=seed,
    ).cube


def our_cost(cube: xr.Dataset, watched: npt.NDArray[np.bool_]) -> Cost:
    """One run of ours, step by step."""
    settings, control = Settings.of(), ~watched
    started = time.perf_counter()
    series = pixel_series(cube, PERIOD, 2.0)
    read = time.perf_counter()
    clear = screened(series)
    seen = time.perf_counter()
    normal = learn_normal(series, clear, control=control.ravel(), settings=settings)
    score_series(series, normal, control=control, watched=watched, settings=settings)
    done = time.perf_counter()
    per_pixel = 1e6 / watched.size
    return Cost(
        reading=(read - started) * per_pixel,
        screening=(seen - read) * per_pixel,
        scoring=(done - seen) * per_pixel,
    )


def best(cube: xr.Dataset, repeats: int) -> Cost:
    """Least cost of each step over several runs."""
    watched = np.zeros((cube.sizes["y"], cube.sizes["x"]), bool)
    middle = cube.sizes["y"] // 2
    watched[middle - 2 : middle + 8, middle - 2 : middle + 8] = True
    runs = [our_cost(cube, watched) for _ in range(repeats)]
    return Cost(
        reading=min(run.reading for run in runs),
        screening=min(run.screening for run in runs),
        scoring=min(run.scoring for run in runs),
    )


def peer_costs(cube: xr.Dataset, repeats: int) -> Mapping[str, float | str]:
    """Microseconds per pixel of fit and monitoring of each monitor, or why it did not run."""
    try:
        modules = {name: import_module(f"nrt.monitor.{name.lower()}") for name in MONITORS}
    except ImportError as error:
        return dict.fromkeys(MONITORS, f"not installed ({error})")
    classes = {name: getattr(module, name) for name, module in modules.items()}
    open_dates = cube.isel(time=np.flatnonzero(cube["valid"].values.any((1, 2))))
    found: dict[str, float | str] = {}
    for name, monitor_class in classes.items():
        try:
            _run_peer(monitor_class, open_dates.isel(x=slice(0, 6), y=slice(0, 6)))  # compiles
            times = [_run_peer(monitor_class, open_dates) for _ in range(repeats)]
            found[name] = min(times)
        except Exception as error:  # noqa: BLE001  a peer that fails is a row that says so
            found[name] = f"failed: {type(error).__name__}: {error}"
    return found


def _run_peer(monitor_class: Callable[..., Any], cube: xr.Dataset) -> float:
    red, nir = (cube[band].where(cube["valid"]) for band in ("red", "nir"))
    ndvi = ((nir - red) / (nir + red)).astype(np.float64)
    late = cube["time"].values >= np.datetime64(PERIOD.start.date())
    images = [(ndvi.values[t], _moment(cube["time"].values[t])) for t in np.flatnonzero(late)]
    history = ndvi.isel(time=np.flatnonzero(~late))
    extra = {}
    if monitor_class.__name__ == "CCDC":  # its default screening of outliers asks for these two
        extra = {
            name: cube[band].where(cube["valid"]).isel(time=np.flatnonzero(~late)).astype(np.float64)
            for name, band in (("green", "green"), ("swir", "swir16"))
        }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = time.perf_counter()
        running = monitor_class()
        running.fit(dataarray=history, **extra)
        for image, moment in images:
            running.monitor(array=image, date=moment)
        return (time.perf_counter() - started) * 1e6 / int(images[0][0].size)


def _moment(stamp: np.datetime64) -> datetime:
    seconds = int(stamp.astype("datetime64[s]").astype(np.int64))
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001  nrt takes times without a zone


def rows(arguments: Arguments) -> list[Row]:
    """Measure, and lay the figures side by side."""
    side, repeats = (40, 2) if arguments.quick else (100, 7)
    cube = simulated(side, arguments.seed)
    data = f"simulated Sentinel-2, {cube.sizes['time']} dates, {side} x {side} px"
    six, two = best(cube, repeats), best(cube[["red", "nir", "valid"]], repeats)
    shared: dict[str, Any] = {"better": "lower", "seed": arguments.seed, "data": data}
    found = [
        Row(
            case="6 bands: fit, double difference, score",
            metric="us/px",
            ours=six.scoring,
            target=TARGET_US,
            **shared,
        ),
        Row(case="6 bands: cloud screening", metric="us/px", ours=six.screening, **shared),
        Row(case="6 bands: dates and finite values", metric="us/px", ours=six.reading, **shared),
    ]
    for name, cost in peer_costs(cube, max(1, repeats // 2)).items():
        ran = not isinstance(cost, str)
        found.append(
            Row(
                case="one index: fit and monitoring",
                metric="us/px",
                ours=two.scoring,
                peer=cost if ran else None,  # type: ignore[arg-type]
                peer_name=f"nrt {version('nrt') if ran else ''} {name}".replace("  ", " "),
                peer_note="defaults, NDVI, fit + monitoring, compiled before" if ran else str(cost),
                **shared,
            )
        )
    return found


def main() -> int:
    """Run the benchmark."""
    arguments = read_arguments(__doc__ or "")
    return finish(rows(arguments), arguments)


if __name__ == "__main__":
    raise SystemExit(main())
