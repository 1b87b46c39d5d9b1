"""A report without pictures does not load the drawing package."""

from __future__ import annotations

import subprocess
import sys


def test_matplotlib_is_loaded_only_when_something_is_drawn() -> None:
    code = "import sys, imagery.evidence.report; assert 'matplotlib' not in sys.modules, 'loaded'"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
