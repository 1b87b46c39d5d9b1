"""What a user waits for: `imagery --help`, and the screening of the demo register.

Both are whole processes, started anew each time, on the machine as it is. Reading the help must not load the packages that
read pixels; the demo is ten sites on 119 Sentinel-2 dates. There is no peer to compare with.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.arguments import read_arguments
from benchmarks.rows import Row, finish

COMMAND = (sys.executable, "-c", "from imagery.cli import main; main()")
HELP_S = 0.5
DEMO_S = 20.0


def seconds(arguments: list[str], times: int) -> float:
    """Median wall-clock time of a command, seconds; it must succeed."""
    taken = []
    # The other benchmarks run on one thread; users do not.
    free = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    for _ in range(times):
        started = time.perf_counter()
        subprocess.run([*COMMAND, *arguments], check=True, capture_output=True, env=free)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def main() -> int:
    """Measure and report."""
    given = read_arguments(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        demo = ["demo", "--out", str(Path(folder) / "run"), "--replace"]
        rows = [
            Row(
                case="imagery --help",
                metric="s, median",
                better="lower",
                ours=seconds(["--help"], 3 if given.quick else 9),
                target=HELP_S,
                seed=given.seed,
            ),
            Row(
                case="imagery demo",
                metric="s, median, start and comparison included",
                better="lower",
                ours=seconds(demo, 1 if given.quick else 3),
                target=DEMO_S,
                seed=given.seed,
                data="demo register, real Sentinel-2",
            ),
        ]
    return finish(rows, given)


if __name__ == "__main__":
    sys.exit(main())
