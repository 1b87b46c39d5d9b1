"""Refuse files that are too large for the repository, or that only hold on one machine.

python scripts/check_files.py            looks at every file that git knows or would add
python scripts/check_files.py FILE...    looks at these
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]
LIMIT_BYTES = 1_500_000

# Written so that none of them matches itself.
RULES = {
    "a path of one machine": r"(?<![\w.\-:/])/(?:work|farm|root|Users|home/\w+)/\w|[A-Z]:\\Users\\",
    "an address of a package registry": r"https?://(?:registry|files|deb|pypi)\.|https?://\S+/(?:simple|packages)/",
    "an option that says where packages come from": r"^--?(?:index-url|extra-index-url|trusted-host|find-links|i|f)\b",
}
PATTERNS = {rule: re.compile(pattern, re.MULTILINE) for rule, pattern in RULES.items()}


def known_files() -> list[Path]:
    """Every file that git knows or would add, relative to the project; without git, every file there is."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        answer = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        found = (path for path in PROJECT.rglob("*") if path.is_file())
        names = [path.relative_to(PROJECT) for path in found]
        return sorted(name for name in names if not name.parts[0].startswith(".venv"))
    names = [Path(name) for name in answer.stdout.decode().split("\0") if name]
    return sorted(name for name in names if (PROJECT / name).is_file())


def faults(path: Path, name: str) -> Iterator[str]:
    """What is wrong with one file, one line each.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What it is called from the project's root, with forward slashes.
    """
    size = path.stat().st_size
    if size > LIMIT_BYTES:
        yield f"{name}: {size / 1e6:.1f} MB, more than {LIMIT_BYTES / 1e6:.1f} MB"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return  # pictures, spreadsheets, rasters
    for rule, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{name}:{line}: {rule}: {match[0].strip()!r}"


def main(arguments: Iterable[str]) -> int:
    """Print every fault; 1 if there is one."""
    files = [Path(argument).resolve().relative_to(PROJECT) for argument in arguments] or known_files()
    found = [fault for file in files for fault in faults(PROJECT / file, file.as_posix())]
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(files)} files looked at, {len(found)} faults.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
