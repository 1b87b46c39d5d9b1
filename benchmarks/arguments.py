"""The command line that every benchmark shares, and where the data lie."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What a benchmark was asked."""

    quick: bool = False
    """A short run that only shows that it works; its rows judge nothing."""
    seed: int = 0
    """Seed of everything random."""
    json: Path | None = None
    """Where the rows go as JSON; None for the screen alone."""


def read_arguments(about: str, argv: Sequence[str] | None = None) -> Arguments:
    """Read ``[--quick] [--seed N] [--json FILE]``.

    Parameters
    ----------
    about : str
        What the benchmark measures, for ``--help``: usually the module's docstring.
    argv : sequence of str, optional
        Arguments; those of the process when left out.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a short run that judges nothing")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of everything random (0)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")
    given = parser.parse_args(argv)
    return Arguments(quick=given.quick, seed=given.seed, json=given.json)


def data_folder(name: str) -> Path:
    """Folder of one set of real data, below ``IMAGERY_DATA`` (default ``../shared/data``).

    Raises
    ------
    SystemExit
        If it is not there: one line says what is missing and how to say where it is.
    """
    folder = Path(os.environ.get("IMAGERY_DATA", PROJECT.parent / "shared" / "data")) / name
    if not folder.is_dir():
        raise SystemExit(f"The data set {name!r} is missing. Set IMAGERY_DATA to the folder that holds it.")
    return folder
