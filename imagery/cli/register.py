"""`imagery register`: what a register says, before anything is screened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imagery.errors import RegisterError

app = typer.Typer(help="Permit registers.", no_args_is_help=True)


@app.callback()
def _register() -> None:
    """Permit registers."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Register to read.")],
    profile: Annotated[
        str | None, typer.Option("--profile", help="Column profile: a name or a TOML file.")
    ] = None,
    crs: Annotated[str | None, typer.Option("--crs", help="Reference system, e.g. EPSG:28992.")] = None,
    layer: Annotated[str | None, typer.Option("--layer", help="Layer or sheet.")] = None,
    geometry_from: Annotated[
        list[Path] | None,
        typer.Option(
            "--geometry-from", help="BAG or BRK GeoPackage for rows without ground; may be repeated."
        ),
    ] = None,
    problems: Annotated[
        Path | None, typer.Option("--problems", help="Write the rows that need attention to this CSV.")
    ] = None,
    save_profile: Annotated[
        Path | None,
        typer.Option("--save-profile", help="Save the columns as understood, to be used as --profile."),
    ] = None,
) -> None:
    """Read a register and say what was understood, what was repaired and what cannot be used."""
    from imagery import registers

    read = registers.read_register(file, profile=profile, crs=crs, layer=layer, geometry_from=geometry_from)
    typer.echo(registers.register_report(read))
    if problems is not None:
        registers.write_problems(read, problems)
    if save_profile is not None:
        registers.save_profile(read.profile, save_profile)
    if not read.sites:
        raise RegisterError(
            f"None of the {read.n_rows} rows of {file.name!r} can be used.",
            hint="The lines above say why.",
        )
