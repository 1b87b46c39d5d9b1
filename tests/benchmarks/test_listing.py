"""``python -m benchmarks`` lists what can be run."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.arguments import PROJECT


def test_the_list_names_each_benchmark_with_what_it_measures() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "benchmarks"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    lines = {line.split()[0]: line for line in found.stdout.splitlines()[2:]}
    assert "oscd" in lines
    assert "rows" not in lines
    assert "labelled cities" in lines["oscd"]
    assert all(len(line.split()) > 3 for line in lines.values())
