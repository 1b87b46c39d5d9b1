"""Rows to permits: which row is one, which is ground to watch without one, and which say the same twice."""

from __future__ import annotations

from collections.abc import Mapping

from imagery.domain import Footprint, Permit
from imagery.flagging.activities import recognise_activities
from imagery.registers.grounds import Cells
from imagery.registers.placing import Placed
from imagery.registers.problems import ProblemLog
from imagery.registers.row_facts import RowFacts, Status


def rows_to_permits(
    cells: Cells, facts: RowFacts, placed: Placed, log: ProblemLog
) -> tuple[dict[int, Permit], list[int]]:
    """Permits and watched ground, by position of the row; every other row is dropped and told."""
    activities: dict[str, tuple[str, ...]] = {text: recognise_activities(text) for text in set(facts.texts)}
    permits: dict[int, Permit] = {}
    watched: list[int] = []
    for i, row in enumerate(cells.table.rows):
        if row in log.dropped:
            continue
        reference, text, ground = facts.references[i], facts.texts[i], placed.footprints[i]
        if _no_permit(i, row, cells, facts, ground, log):
            if row not in log.dropped:
                watched.append(i)
            continue
        first, last = facts.first_days[i], facts.last_days[i]
        if first and last and last < first:
            log.drop(
                row,
                "end_before_start",
                "The permit ends before it begins.",
                "Correct one of the two dates.",
                column=cells.column("valid_to"),
                value=f"{first} to {last}",
            )
            continue
        permits[i] = Permit(
            reference=reference or _invent_reference(row, cells, log),
            activities=activities[text],
            activity_text=text,
            footprint=ground,
            limits=facts.limits[i],
            valid_from=first,
            valid_to=last,
            authority=facts.authorities[i],
        )
    _tell_unknown_activities(permits, cells, log)
    return _without_copies(permits, facts, cells, log), watched


def _no_permit(
    i: int, row: int, cells: Cells, facts: RowFacts, ground: Footprint | None, log: ProblemLog
) -> bool:
    """True when a row is no permit in force: then it is watched ground, or dropped when it has none."""
    ended = facts.statuses[i] is Status.WITHDRAWN and facts.last_days[i] is None
    if facts.statuses[i] is Status.NOT_GRANTED or ended:
        code, reason = "not_in_force", "The permit was not granted, or is withdrawn without a last day."
        hint = "If it was in force, give its last day; if it is, correct the status."
        column, value = cells.column("status"), cells.get("status")[i]
    elif not facts.references[i] and not facts.texts[i]:
        code, reason = "no_permit", "The row has no reference and no activity."
        hint = "Give the permit number if there is a permit."
        column, value = "", ""
    else:
        return False
    if ground is None:
        log.drop(row, code, f"{reason} It has no ground either.", hint, column=column, value=value)
    else:
        log.note(
            row, code, f"{reason} Its ground is watched without a permit.", hint, column=column, value=value
        )
    return True


def _invent_reference(row: int, cells: Cells, log: ProblemLog) -> str:
    name = f"row {row}"
    log.repair(
        row,
        "no_reference",
        "The permit has no reference; its row number was taken.",
        "Give it its case or permit number.",
        column=cells.column("reference"),
        value=name,
    )
    return name


def _tell_unknown_activities(permits: Mapping[int, Permit], cells: Cells, log: ProblemLog) -> None:
    unknown = [i for i, permit in permits.items() if permit.activity_text and not permit.activities]
    blank = [i for i, permit in permits.items() if not permit.activity_text]
    for i in unknown:
        log.note(
            cells.table.rows[i],
            "activity_not_recognised",
            "No activity was recognised in the text, so the permit permits no change by itself.",
            "See which activities are known, and name one of them.",
            column=cells.column("activity"),
            value=permits[i].activity_text,
        )
    if blank:
        log.note(
            None,
            "no_activity",
            "Permits have no activity, so they permit no change by themselves.",
            "Name the column with the activity in the profile, if there is one.",
            column=cells.column("activity"),
            value=f"{len(blank)} rows, first row {cells.table.rows[blank[0]]}",
        )


def _without_copies(
    permits: dict[int, Permit], facts: RowFacts, cells: Cells, log: ProblemLog
) -> dict[int, Permit]:
    """Permits without rows that say exactly what an earlier row says; parts of one permit are told and kept."""
    first_row: dict[tuple[Permit, str | None], int] = {}
    parts: dict[str, int] = {}
    kept: dict[int, Permit] = {}
    column = cells.column("reference")
    for i, permit in permits.items():
        row = cells.table.rows[i]
        earlier = first_row.setdefault((permit, facts.sites[i]), row)
        if earlier != row:
            log.drop(
                row,
                "same_row_twice",
                "The row says the same as an earlier one, which is kept.",
                "Take one of them out.",
                column=column,
                value=f"{permit.reference}, as row {earlier}",
            )
            continue
        other = parts.setdefault(permit.reference, row)
        if other != row:
            log.note(
                row,
                "reference_twice",
                "The reference occurs before with other ground, activity or dates; both rows are kept as parts.",
                "Nothing to do if the permit has several parts; limits count per row.",
                column=column,
                value=f"{permit.reference}, as row {other}",
            )
        kept[i] = permit
    return kept
