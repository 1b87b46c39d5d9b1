"""The versioned table: which change which activity permits."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from imagery.domain import Limits, Permit
from imagery.errors import ParameterError
from imagery.flagging.permission_table import load_table, permitted_changes
from imagery.flagging.physical import PhysicalChange


def shipped() -> str:
    return files("imagery.flagging").joinpath("permitted_changes.toml").read_text(encoding="utf-8")


def test_a_permit_brings_along_what_its_activities_do() -> None:
    table = permitted_changes()
    permit = Permit(reference="P1", activities=("felling", "earthworks"))
    assert table.permitted_by(permit) == {
        PhysicalChange.VEGETATION_CLEARED,
        PhysicalChange.SOIL_BARED,
        PhysicalChange.WATER_APPEARED,
        PhysicalChange.VEGETATION_GROWN,
    }


@pytest.mark.parametrize("activities", [(), ("no such activity",)])
def test_an_unknown_activity_permits_nothing(activities: tuple[str, ...]) -> None:
    assert permitted_changes().permitted_by(Permit(reference="P1", activities=activities)) == frozenset()


def test_nothing_permits_what_cannot_be_told() -> None:
    table = permitted_changes()
    for code in table.activities:
        permit = Permit(reference="P1", activities=(code,))
        assert PhysicalChange.UNCLASSIFIED not in table.permitted_by(permit)


def test_a_limit_applies_where_it_is_stated_and_speaks_of_the_activity() -> None:
    table = permitted_changes()
    stated = Limits(area_m2=10.0)
    assert table.limit_applies(Permit(reference="P1", activities=("storage",), limits=stated), "area_m2")
    assert table.limit_applies(Permit(reference="P1", limits=stated), "area_m2")
    assert not table.limit_applies(
        Permit(reference="P1", activities=("demolition",), limits=stated), "area_m2"
    )
    assert not table.limit_applies(Permit(reference="P1", activities=("storage",)), "area_m2")


def test_a_table_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(shipped().replace('version = "1"', 'version = "1-ours"'), encoding="utf-8")
    table = load_table(path)
    assert table.version == "1-ours"
    assert table.activities == permitted_changes().activities


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('permits = ["vegetation_cleared"]', 'permits = ["trees_gone"]', "trees_gone"),
        ('matters = "matters_clearing_m2"', 'matters = "matters_much"', "matters_much"),
        ('limits = ["area_m2"]', 'limits = ["acres"]', "acres"),
        ('version = "1"', "", "lacks 'version'"),
        ("date = 2026-11-24", 'date = "yesterday"', "date must be a day"),
        ('version = "1"', 'version = "1', "not valid TOML"),
    ],
)
def test_a_table_that_cannot_be_used_says_what_is_wrong(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    path = tmp_path / "ours.toml"
    assert before in shipped()
    path.write_text(shipped().replace(before, after), encoding="utf-8")
    with pytest.raises(ParameterError, match=message) as caught:
        load_table(path)
    assert caught.value.hint


def test_a_table_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="cannot be read"):
        load_table(tmp_path / "none.toml")
