"""A permit register that was read: permits, sites, and what became of every row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from imagery.domain import Permit, Site
from imagery.registers.problems import RowProblem, Severity
from imagery.registers.profile import ColumnProfile

ROWS_SHOWN = 5
"""Rows named per kind of problem; the table of problems has them all."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Register:
    """A permit register as it was understood.

    Every row is a permit, or watched ground without a permit, or dropped:
    ``n_rows == len(permits) + n_watched + n_dropped``.
    """

    path: Path
    """The file."""
    sha256: str
    """SHA-256 of the file, hexadecimal (of the .shp alone for an unzipped shapefile)."""
    kind: str
    """What the file holds, in words."""
    crs: str
    """Metric reference system of all ground: RD New in the Netherlands."""
    source_crs: tuple[str, ...]
    """Reference systems that the register was in, the most used first."""
    transform_note: str
    """What was transformed, by which operation, and how accurate that is."""
    n_rows: int
    """Rows of the register, blank ones not counted."""
    n_watched: int
    """Rows that are ground to watch without a permit in force: no reference and activity, or not granted."""
    permits: tuple[Permit, ...]
    """One permit per row that is one, in the order of the register."""
    permit_rows: tuple[int, ...]
    """Row number of each permit."""
    sites: tuple[Site, ...]
    """Places to watch, in the order of their first row."""
    unplaced: tuple[Permit, ...]
    """Permits that are in no site, because nothing says where they are; they are not watched."""
    problems: tuple[RowProblem, ...]
    """What somebody should know, by row."""
    profile: ColumnProfile
    """Which column was taken for what; `guessed` when nobody said so."""

    @property
    def n_dropped(self) -> int:
        """Rows that are not used."""
        return len({p.row for p in self.problems if p.severity is Severity.DROPPED})

    def count(self, severity: Severity | str) -> int:
        """How many problems of a severity there are."""
        return sum(problem.severity == severity for problem in self.problems)

    def summary(self) -> str:
        """What was read, in a few lines."""
        without = sum(not site.permits for site in self.sites)
        lines = [
            f"{self.path.name}: {self.kind}, {self.n_rows} rows",
            f"  {len(self.permits)} permits, {self.n_watched} rows of ground without one, {self.n_dropped} rows not used",
            f"  {len(self.sites)} sites, {without} of them without a permit",
        ]
        if self.unplaced:
            lines.append(
                f"  {len(self.unplaced)} permits are in no site and are not watched: nothing says where they are"
            )
        if not self.sites:
            lines.append("  there is no site, so nothing can be screened")
        lines.append(
            f"  ground in {_short(self.crs)}, from {', '.join(map(_short, self.source_crs)) or 'nothing'}"
        )
        lines.append(
            f"  {self.count(Severity.REPAIRED)} repairs, {self.count(Severity.NOTE)} notes"
            f"{', columns guessed' if self.profile.guessed else ''}"
        )
        return "\n".join(lines)


def register_report(register: Register) -> str:
    """What was understood of a register, and every kind of problem, as plain text.

    Parameters
    ----------
    register : Register
        What `read_register` returned.

    Returns
    -------
    str
        Lines of text, without a line end after the last one.
    """
    lines = [register.summary(), "", str(register.profile), "", register.transform_note]
    if register.profile.guessed:
        lines += [
            "",
            "Save the columns as a profile once they are right, so that they are not guessed again.",
        ]
    kinds: dict[tuple[Severity, str, str, str], list[RowProblem]] = {}
    for problem in register.problems:
        kinds.setdefault((problem.severity, problem.column, problem.reason, problem.hint), []).append(problem)
    order = list(Severity)
    titles = {
        Severity.DROPPED: "rows not used",
        Severity.REPAIRED: "put right",
        Severity.NOTE: "to know",
    }
    for severity in order:
        found = [(key, problems) for key, problems in kinds.items() if key[0] is severity]
        if found:
            lines += ["", f"{titles[severity]}:"]
        for (_, column, reason, hint), problems in sorted(found, key=lambda item: -len(item[1])):
            lines.append(f"  {reason}{f' [{column}]' if column else ''}")
            lines.append(f"    {_examples(problems)}")
            lines.append(f"    {hint}")
    return "\n".join(lines)


def _examples(problems: list[RowProblem]) -> str:
    """Rows and values of one kind of problem; the first few, and how many more."""
    shown = [
        f"{'file' if p.row is None else f'row {p.row}'}{f': {p.value}' if p.value else ''}"
        for p in problems[:ROWS_SHOWN]
    ]
    more = len(problems) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _short(crs: str) -> str:
    return crs if len(crs) <= 40 else f"{crs.splitlines()[0][:40]}..."
