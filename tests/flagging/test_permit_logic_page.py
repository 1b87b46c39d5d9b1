"""The page that tells the rules says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagery.flagging.judging import REASON_ORDER
from imagery.flagging.permission_table import permitted_changes
from imagery.flagging.priority import PERMIT_FACTS, WEIGHTS

PAGE = (Path(__file__).parents[2] / "docs" / "permit_logic.md").read_text(encoding="utf-8")
CHANGES = ("vegetation_cleared", "soil_bared", "surface_built", "material_piled", "water_appeared")
ALIASES = {
    "solar_park": "solar",
    "crop_farming": "farming",
}


def rows_of_permissions() -> dict[str, set[str]]:
    """The table of section 5: activity code to what it brings along."""
    section = PAGE.split("## 5.")[1].split("## 6.")[0]
    told: dict[str, set[str]] = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 6 or cells[0] in ("", "---"):
            continue
        brought = {change for change, cell in zip(CHANGES, cells[1:], strict=True) if cell == "yes"}
        for name in cells[0].split(", "):
            code = name.replace(" ", "_")
            told[ALIASES.get(code, code)] = brought
    return told


def test_the_table_of_activities_is_the_table_that_is_used() -> None:
    table = permitted_changes()
    used = {code: {str(p) for p in row.permits} for code, row in table.activities.items()}
    assert rows_of_permissions() == used


@pytest.mark.parametrize("code", [*REASON_ORDER, "new", "still_there", "grown"])
def test_every_reason_is_named(code: str) -> None:
    assert f"`{code}`" in PAGE


def test_the_weights_are_told() -> None:
    for name, weight in WEIGHTS.items():
        assert f"| {name} | {f'{weight:.2f}'.removeprefix('0')} |" in PAGE
    assert len(PERMIT_FACTS) == 12
