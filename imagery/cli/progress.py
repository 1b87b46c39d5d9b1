"""How a long command tells how it goes: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[int, int, str], None]


@contextmanager
def progress(title: str) -> Iterator[Tell]:
    """Give a function to be told (done, total, line) after each step."""
    if not sys.stderr.isatty():
        yield _print_line
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[line]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None, line="")
        yield lambda done, total, line: bar.update(task, completed=done, total=total, line=escape(line[:80]))


def _print_line(done: int, total: int, line: str) -> None:
    stamp = time.strftime("%H:%M:%S")
    print(f"{stamp} {done}/{total} {line}", file=sys.stderr, flush=True)  # noqa: T201
