"""`imagery screen` and `imagery flag`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imagery.cli.choices import SETTING_HELP, parse_settings
from imagery.cli.progress import progress
from imagery.errors import NoSceneError

if TYPE_CHECKING:
    from imagery.screening import Run

History = Annotated[float | None, typer.Option("--history", help="Years of history before the period.")]
Margin = Annotated[float | None, typer.Option("--margin", help="Metres watched beyond the boundary.")]
FalseSignals = Annotated[
    float | None, typer.Option("--false-signals", help="Accepted false signals per 1,000 site-years.")
]
MinRegion = Annotated[float | None, typer.Option("--min-region", help="Smallest region, square metres.")]
Setting = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help=SETTING_HELP)]
Profile = Annotated[
    str | None,
    typer.Option("--profile", help="Column profile: a name or a TOML file; guessed when left out."),
]
Crs = Annotated[str | None, typer.Option("--crs", help="Reference system of the register, e.g. EPSG:28992.")]
Layer = Annotated[str | None, typer.Option("--layer", help="Layer or sheet of the register.")]
GeometryFrom = Annotated[
    list[Path] | None,
    typer.Option("--geometry-from", help="BAG or BRK GeoPackage for rows without ground; may be repeated."),
]


def screen(
    register: Annotated[Path, typer.Argument(help="Permit register: CSV, Excel, GeoPackage, GeoJSON, ...")],
    source: Annotated[str, typer.Option("--source", help="Imagery, e.g. folder:PATH.")],
    period: Annotated[str, typer.Option("--period", help="Monitored interval, 2020-01-01/2021-01-01.")],
    out: Annotated[Path, typer.Option("--out", help="Run folder to write; new or empty.")],
    profile: Profile = None,
    crs: Crs = None,
    layer: Layer = None,
    geometry_from: GeometryFrom = None,
    previous: Annotated[
        Path | None, typer.Option("--previous", help="Earlier run: marks signals new, still there or grown.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the stopped run in --out.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Sites looked at side by side.")] = 1,
    history: History = None,
    margin: Margin = None,
    false_signals: FalseSignals = None,
    min_region: MinRegion = None,
    setting: Setting = None,
) -> None:
    """Look at every site of a register over a period and leave a run folder behind."""
    from imagery.domain import Settings
    from imagery.screening import screen as screen_register

    chosen = _settings(setting, history, margin, false_signals, min_region)
    with progress("Sites") as tell:
        run = screen_register(
            register,
            source=source,
            period=period,
            out=out,
            settings=Settings.of(**chosen),
            profile=profile,
            crs=crs,
            layer=layer,
            geometry_from=geometry_from,
            previous=previous,
            resume=resume,
            jobs=jobs,
            progress=tell,
        )
    print_result(run)


def flag(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    out: Annotated[Path, typer.Option("--out", help="Run folder to write; new or empty.")],
    register: Annotated[
        Path | None, typer.Option("--register", help="Other permits; those of the run when left out.")
    ] = None,
    profile: Profile = None,
    crs: Crs = None,
    layer: Layer = None,
    geometry_from: GeometryFrom = None,
    margin: Margin = None,
    false_signals: FalseSignals = None,
    min_region: MinRegion = None,
    setting: Setting = None,
) -> None:
    """Judge a run again with other thresholds or permits, without reading imagery."""
    from imagery.screening import flag as flag_run

    chosen = _settings(setting, None, margin, false_signals, min_region)
    with progress("Sites") as tell:
        judged = flag_run(
            run,
            out=out,
            register=register,
            profile=profile,
            crs=crs,
            layer=layer,
            geometry_from=geometry_from,
            settings=chosen,
            progress=tell,
        )
    print_result(judged)


def print_result(run: Run) -> None:
    """The run in a few lines: signals by priority, outcomes, where the report lies."""
    summary = run.summary
    for row in run.signals.itertuples():
        where = (
            f"{row.distance_m:.0f} m beyond the boundary"
            if row.distance_m == row.distance_m
            else "no permitted ground"
        )
        typer.echo(
            f"{row.priority:.2f}  {row.kind}  {row.reference}  {row.relation} ({where})"
            f"  {row.area_m2:.0f} +- {row.area_error_m2:.0f} m2  {row.first_changed:%Y-%m-%d}"
        )
    counts = ", ".join(f"{count} {kind}" for kind, count in summary["outcomes"].items())
    typer.echo(
        f"{summary['n_signals']} signals and {summary['n_permitted_changes']} permitted changes on "
        f"{summary['n_sites']} sites ({counts})."
    )
    unread = _unread(summary)
    if unread:
        typer.echo(f"{unread} register rows could not be used; see the report.")
    if summary["register"]["unplaced"]:
        typer.echo(f"{len(summary['register']['unplaced'])} permits have no ground and were not looked at.")
    promise = summary["calibration"]
    if promise:
        typer.echo(
            f"False signals: {promise['asked_rate_per_1000']:g} per 1,000 site-years asked, at most "
            f"{promise['promised_rate_per_1000']:.0f} promised from {promise['fewest_control_blocks']} or more "
            "control blocks per site."
        )
    typer.echo(f"Report: {run.report}")
    if not summary["outcomes"].get("screened"):
        raise NoSceneError(
            f"None of the {summary['n_sites']} sites could be looked at.",
            hint="The report says why for each; is it the right imagery, place and period?",
        )


def _unread(summary: Any) -> int:
    return len({p["row"] for p in summary["register"]["problems"] if p["severity"] == "dropped"})


def _settings(
    pairs: list[str] | None,
    history: float | None,
    margin: float | None,
    false_signals: float | None,
    min_region: float | None,
) -> dict[str, float]:
    return parse_settings(
        pairs or [],
        history_years=history,
        margin_m=margin,
        false_signals_per_1000_site_years=false_signals,
        min_region_m2=min_region,
    )
