"""Rows of measurements: what was measured, beside whom, against which target.

A benchmark makes `Row` values and ends with `finish(rows, arguments)`, which prints a table and writes the JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.arguments import Arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement, ours and perhaps a peer's, in the same run on the same data."""

    case: str
    """What was run on what, e.g. ``"six cities, budget 2.5 %"``."""
    metric: str
    """What was measured, with its unit, e.g. ``"F1"`` or ``"us/px"``."""
    ours: float | None
    """Our figure; None where it could not be measured."""
    better: Literal["higher", "lower"] = "higher"
    """Which way is better, and so which way the target counts: at least (higher) or at most (lower)."""
    peer: float | None = None
    """The peer's figure; None where there is no peer or it could not run (`peer_note` says why)."""
    peer_name: str = ""
    """The peer, with its version."""
    peer_note: str = ""
    """How the peer was run, or why its figure is missing."""
    target: float | None = None
    """What we aim at; None when the row only informs."""
    seed: int = 0
    """Seed of the run."""
    data: str = ""
    """Name of the data set, or how it was simulated."""

    def __post_init__(self) -> None:
        for name in ("ours", "peer", "target"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ValueError(f"{name} of {self.case!r} must be a finite number or None, got {value}.")
        if self.peer is None and self.peer_name and not self.peer_note:
            raise ValueError(f"The peer {self.peer_name!r} of {self.case!r} has no figure and no reason why.")

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without a target, False when ours could not be measured."""
        if self.target is None:
            return None
        if self.ours is None:
            return False
        return self.ours >= self.target if self.better == "higher" else self.ours <= self.target

    @property
    def aim(self) -> str:
        """The target with its direction, e.g. ``">= 0.36"``; empty without one."""
        sign = ">=" if self.better == "higher" else "<="
        return "" if self.target is None else f"{sign} {self.target:g}"

    def as_json(self, *, quick: bool = False) -> dict[str, Any]:
        """The row as JSON types; ``met`` is null in a quick run. The metric names its better direction."""
        return {
            "case": self.case,
            "metric": f"{self.metric} ({self.better} is better)",
            "ours": self.ours,
            "peer": self.peer,
            "peer_name": self.peer_name,
            "peer_note": self.peer_note,
            "target": self.target,
            "met": None if quick else self.met,
            "seed": self.seed,
            "data": self.data,
        }


HEADER = ("case", "metric", "ours", "peer", "peer name", "target", "met", "note")


def table(rows: Sequence[Row], *, quick: bool = False) -> str:
    """The rows as a table in Markdown, columns aligned, ready for `docs/benchmarks.md`."""
    lines = [HEADER, *(_cells(row, quick=quick) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    texts = [_line(line, widths) for line in lines]
    return "\n".join([texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]])


def finish(rows: Sequence[Row], arguments: Arguments) -> int:
    """Print the table, write the JSON where asked, and give the exit status.

    Parameters
    ----------
    rows : sequence of Row
        What was measured, in the order to be shown.
    arguments : Arguments
        Of this run; ``--quick`` leaves every judgement out.

    Returns
    -------
    int
        0: the benchmark ran. A target that was not met stands in the table, it is not a failure of the run.
    """
    print(table(rows, quick=arguments.quick))
    if arguments.quick:
        print("\nQuick run: a part of the data, nothing is judged.")
    if arguments.json is not None:
        found = [row.as_json(quick=arguments.quick) for row in rows]
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


def _cells(row: Row, *, quick: bool) -> tuple[str, ...]:
    met = None if quick else row.met
    judged = "" if met is None else ("yes" if met else "NO")
    figures = (_number(row.ours), _number(row.peer))
    return (row.case, row.metric, *figures, row.peer_name, row.aim, judged, row.peer_note)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
