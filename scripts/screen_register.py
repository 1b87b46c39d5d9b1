"""Screen a permit register: the same as `imagery screen`, as a script to copy and change.

python scripts/screen_register.py permits.csv folder:imagery 2020-01-01/2021-01-01 runs/2020
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import imagery


def main() -> int:
    """Parse the arguments, screen, say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("register", type=Path, help="permit register: CSV, Excel, GeoPackage, GeoJSON, ...")
    parser.add_argument("source", help="imagery, e.g. folder:PATH")
    parser.add_argument("period", help="monitored interval, e.g. 2020-01-01/2021-01-01")
    parser.add_argument("out", type=Path, help="run folder to write; new or empty")
    parser.add_argument("--profile", help="column profile of the register")
    parser.add_argument("--resume", action="store_true", help="go on with the stopped run in OUT")
    given = parser.parse_args()
    try:
        run = imagery.screen(
            given.register,
            source=given.source,
            period=given.period,
            out=given.out,
            profile=given.profile,
            resume=given.resume,
            progress=lambda done, total, line: print(f"{done}/{total} {line}", file=sys.stderr),
        )
    except imagery.ImageryError as error:
        print(error, file=sys.stderr)
        return 2
    print(run)
    print(run.report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
