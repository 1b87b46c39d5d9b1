"""List the benchmarks: each module of this package that has a ``main``."""

from __future__ import annotations

import ast
from pathlib import Path


def benchmarks() -> dict[str, str]:
    """Name of each benchmark with the first line of its docstring; nothing is imported."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        runs = any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)
        if runs and path.stem != "__main__":
            found[path.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def main() -> None:
    """Print one line per benchmark."""
    print("python -m benchmarks.NAME [--quick] [--seed N] [--json FILE]\n")
    for name, about in benchmarks().items():
        print(f"  {name:10} {about}")


if __name__ == "__main__":
    main()
