"""`imagery demo`: the whole chain on real imagery, with permits that were invented for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imagery.cli.progress import progress


def demo(
    out: Annotated[Path, typer.Option("--out", help="Run folder to write; new or empty.")] = Path("demo-run"),
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over an earlier demo run in that folder.")
    ] = False,
) -> None:
    """Screen the demo register on real Sentinel-2 imagery and compare with what was seen in it by eye."""
    import shutil

    from imagery.cli.screening import print_result
    from imagery.errors import ImageryError
    from imagery.screening import screen
    from imagery.stores.run_folder import RUN
    from imagery.testing.demo import (
        DEMO_NOTICES,
        DEMO_PERIOD,
        compare_with_expected,
        demo_files,
        load_expected,
    )

    if replace and (out / RUN).is_file():
        shutil.rmtree(out)
    files = demo_files()
    with progress("Sites") as tell:
        run = screen(
            files.register,
            source=f"folder:{files.imagery}",
            period=DEMO_PERIOD,
            out=out,
            profile=files.profile,
            notices=DEMO_NOTICES,
            progress=tell,
        )
    print_result(run)
    differences = compare_with_expected(run.records, load_expected())
    if differences:
        raise ImageryError("The demo differs from what was seen in the imagery: " + "; ".join(differences))
    typer.echo("Every site ended as it was seen in the imagery by eye.")
