"""`imagery source`: what a source of imagery says, before anything is screened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Sources of imagery.", no_args_is_help=True)


@app.callback()
def _source() -> None:
    """Sources of imagery."""


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder with imagery.")],
) -> None:
    """Say what was understood of a folder: dates, bands, grid, scale, nodata, clouds, and what is missing."""
    from imagery.sources import open_source, source_report

    source = open_source(f"folder:{folder}")
    typer.echo(source_report(source))
    # What keeps it from being used is an error here too, so that a script can tell.
    source.describe()
