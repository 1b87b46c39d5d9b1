"""The page about registers says everything, and its example is true."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from imagery import registers
from imagery.domain import Settings
from imagery.registers import Severity, read_register, shipped_profiles
from imagery.registers.profile import ColumnProfile, fields
from imagery.registers.sniffing import SUFFIXES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "registers.md").read_text(encoding="utf-8")


NO_CODES = {
    *fields(),
    *ColumnProfile.__slots__,
    *Settings.of().as_dict(),
    *registers.__all__,
    *tomllib.loads((ROOT / "imagery/registers/lookup_columns.toml").read_text(encoding="utf-8")),
    *("to_pydatetime", "primary_column", "gpkg_contents", "not_understood", "no_end", "no_area"),
}
"""Names with underscores in the source that are no codes of problems."""


def codes_in_the_source() -> set[str]:
    """Every name with an underscore that stands as a text in the package, but for those that are something else."""
    found: set[str] = set()
    for file in (ROOT / "imagery" / "registers").glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        found.update(t for t in texts if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", t))
    return found - NO_CODES


def test_every_problem_that_can_be_reported_is_on_the_page() -> None:
    codes = codes_in_the_source()
    assert len(codes) > 50
    assert {"swapped_xy", "zero_area", "bag_id_digits_lost", "sketch_assumed", "excel_day_number"} <= codes
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []
    table = PAGE[PAGE.index("## What is reported") :]
    on_the_page = {
        c for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for c in re.findall("`(.*?)`", row)
    }
    assert on_the_page - codes == set()


def test_every_field_key_profile_suffix_and_setting_is_on_the_page() -> None:
    names = [name for name, field in fields().items() if not field.ignored]
    keys = [key for key in ColumnProfile.__slots__ if key not in ("guessed", "explanation")]
    used = [s for s in Settings.of().as_dict() if s.startswith("accuracy_")] + [
        "merge_distance_m",
        "point_radius_m",
    ]
    for name in (*names, *keys, *shipped_profiles(), *used):
        assert f"`{name}`" in PAGE, name
    assert [
        suffix
        for suffix in (SUFFIXES)
        if not any(s in PAGE or s[1:] in PAGE.lower() for s in SUFFIXES[suffix])
    ] == []


def block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL).group(1)


def test_the_example_is_true(tmp_path: Path) -> None:
    (tmp_path / "onze-dienst.toml").write_text(block("toml"), encoding="utf-8")
    (tmp_path / "vergunningen.csv").write_text(block("csv"), encoding="utf-8")
    register = read_register(tmp_path / "vergunningen.csv", profile=tmp_path / "onze-dienst.toml")
    assert [p.reference for p in register.permits] == ["V-1", "Z-10"]
    assert register.permits[0].limits.area_m2 == 1500
    assert [str(p.footprint.drawing) for p in register.permits] == ["surveyed", "address_point"]
    assert [(p.row, p.code) for p in register.problems if p.severity is Severity.DROPPED] == [
        (4, "unreadable_shape")
    ]


@pytest.mark.parametrize("number", ["0.25 m", "1,000 km", "0.01 m2", "3 km", "20 m"])
def test_numbers_on_the_page_are_those_of_the_code(number: str) -> None:
    from imagery.registers import placing, shapes, site_rows

    truth = {
        "0.25 m": "0.25 m off"
        in (ROOT / "imagery/registers/reference_systems.py").read_text(encoding="utf-8"),
        "1,000 km": placing.TOO_FAR_M == 1e6,
        "0.01 m2": shapes.SMALLEST_AREA_M2 == 0.01,
        "3 km": site_rows.WIDE_SITE_M == 3e3,
        "20 m": Settings.of().merge_distance_m == 20,
    }
    assert number in PAGE
    assert truth[number]
