"""How many planted scenes there are."""

from __future__ import annotations

import runpy
from pathlib import Path


def test_there_are_at_least_two_hundred_different_scenarios() -> None:
    files = sorted(Path(__file__).parent.glob("test_scenarios_of_*.py"))
    names = [scenario["name"] for file in files for scenario in runpy.run_path(str(file))["SCENARIOS"]]
    assert len(set(names)) == len(names) >= 200
