"""`imagery info`: versions and defaults."""

from __future__ import annotations

from typing import Annotated

import typer


def info(
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Print every default with its unit, reason and source.")
    ] = False,
) -> None:
    """Print the version, and on request the table of defaults."""
    from imagery._version import __version__
    from imagery.domain.settings import defaults as default_table

    if not defaults:
        typer.echo(f"imagery {__version__}")
        return
    for row in default_table().values():
        typer.echo(f"{row.name} = {row.value:g} {row.unit}")
        typer.echo(f"    {row.reason}")
        typer.echo(f"    Source: {row.source}")
