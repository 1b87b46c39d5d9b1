"""Everything the program imports carries a licence that goes with EUPL-1.2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PERMISSIVE = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT",
    "MIT-CMU", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
}  # fmt: skip
"""May be used by any work, with attribution."""
SHARED = {"EUPL-1.2", "MPL-2.0"}
"""Copyleft that stays with its own files (MPL) or is our own licence."""

OLD_NAMES = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""Licences by the classifiers of packages that do not say an SPDX expression yet."""
LOOSE_NAMES = {
    "Apache 2.0": "Apache-2.0", "Apache-2.0": "Apache-2.0", "BSD": "BSD-3-Clause", "BSD-3-Clause": "BSD-3-Clause",
    "MIT": "MIT", "MPL-2.0 AND MIT": "MPL-2.0 AND MIT",
}  # fmt: skip
"""Licences by the free text of packages that say neither."""


def licence(name: str) -> str:
    """SPDX expression of an installed package; its own words where they are not understood."""
    metadata = distribution(name).metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [
        line.split(" :: ")[-1] for line in metadata.get_all("Classifier") or [] if "License ::" in line
    ]
    if classifiers:
        return " AND ".join(OLD_NAMES.get(text, text) for text in classifiers)
    text = str(metadata.get("License") or "no licence stated").strip()
    return LOOSE_NAMES.get(text, text)


def fits(expression: str) -> bool:
    """Whether every licence that applies is one we may build on; of alternatives one is enough."""
    parts = re.split(r"\s+AND\s+", expression.replace("(", "").replace(")", ""))
    return all(any(choice in PERMISSIVE | SHARED for choice in re.split(r"\s+OR\s+", part)) for part in parts)


def needed(names: list[str]) -> Iterator[str]:
    """Canonical names of all packages that these need, directly or not, in this environment."""
    seen: set[str] = set()
    queue = [Requirement(name) for name in names]
    while queue:
        entry = queue.pop()
        name = canonicalize_name(entry.name)
        if name in seen or (entry.marker and not entry.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        try:
            requires = distribution(name).requires or []
        except PackageNotFoundError:
            continue  # asked for on another platform or Python only
        yield name
        queue += map(Requirement, requires)


def test_the_program_builds_on_nothing_it_may_not_ship_with(pyproject: dict[str, Any]) -> None:
    names = list(needed(pyproject["project"]["dependencies"]))
    assert len(names) > len(pyproject["project"]["dependencies"])
    wrong = {name: licence(name)[:60] for name in names if not fits(licence(name))}
    assert wrong == {}


def test_so_do_the_extras(pyproject: dict[str, Any]) -> None:
    entries = [entry for extra in pyproject["project"]["optional-dependencies"].values() for entry in extra]
    wrong = {name: licence(name)[:60] for name in needed(entries) if not fits(licence(name))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("expression", "good"),
    [("MIT", True), ("GPL-3.0-only", False), ("MIT AND GPL-2.0-only", False), ("GPL-3.0-only OR MIT", True),
     ("AGPL-3.0-or-later", False), ("no licence stated", False)],
)  # fmt: skip
def test_a_licence_that_does_not_go_with_ours_is_noticed__planted(expression: str, good: bool) -> None:
    assert fits(expression) is good
