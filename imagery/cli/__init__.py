"""The command line: parse, call the library, print. An expected error is one line and exit code 2.

Heavy packages are imported inside the commands, so that `imagery --help` is there at once.
"""

from __future__ import annotations

import sys
import warnings

import typer

from imagery.cli import demo, info, register, screening, source
from imagery.errors import ImageryError, ImageryWarning

app = typer.Typer(
    name="imagery",
    help="Watch permitted ground from space and from drones: a permit register in, reviewable signals out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("screen")(screening.screen)
app.command("flag")(screening.flag)
app.command("demo")(demo.demo)
app.command("info")(info.info)
app.add_typer(register.app, name="register")
app.add_typer(source.app, name="source")

EXPECTED_ERROR = 2
INTERRUPTED = 130


def main() -> None:
    """Run the command `imagery`; the entry point of the distribution."""
    warnings.showwarning = _show_warning
    warnings.simplefilter("once", ImageryWarning)
    # Figures and names of a register may hold any sign; a console that cannot show one gets a stand-in.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app()
    except ImageryError as error:
        print(f"imagery: {one_line(str(error))}", file=sys.stderr)  # noqa: T201
        sys.exit(EXPECTED_ERROR)
    except KeyboardInterrupt:
        print("imagery: stopped; go on with --resume.", file=sys.stderr)  # noqa: T201
        sys.exit(INTERRUPTED)


def one_line(text: str) -> str:
    """Text on one line, without control signs that could redraw a terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: object = None,
) -> None:
    """Warnings of ours in one line; those of others say where they come from."""
    place = "" if issubclass(category, ImageryWarning) else f" ({category.__name__})"
    print(f"imagery: note: {one_line(str(message))}{place}", file=sys.stderr)  # noqa: T201
