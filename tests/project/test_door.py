"""The door of the package: its public names, loaded when asked for, and documented whole."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import imagery

EVERY_SUBMODULE_THEN_EVERY_NAME_TWICE = """
import importlib, pkgutil, types
import imagery
for module in pkgutil.walk_packages(imagery.__path__, "imagery."):
    importlib.import_module(module.name)
for name in imagery.__all__:
    first, second = getattr(imagery, name), getattr(imagery, name)
    assert first is second, name
    assert not isinstance(first, types.ModuleType), f"{name} is hidden by a package of that name"
"""


def test_the_names_are_sorted_and_listed_by_dir() -> None:
    capitals_first = sorted(imagery.__all__, key=lambda name: (name[0] != "_", not name[0].isupper(), name))
    assert imagery.__all__ in (sorted(imagery.__all__), capitals_first)
    assert set(imagery.__all__) <= set(dir(imagery))
    assert len(imagery.__all__) > 5


def test_every_name_holds_after_every_submodule_was_imported(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", EVERY_SUBMODULE_THEN_EVERY_NAME_TWICE],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr


def test_every_parameter_of_a_public_function_is_documented() -> None:
    missing = []
    for name in imagery.__all__:
        value = getattr(imagery, name)
        if inspect.isfunction(value):
            text = inspect.getdoc(value) or ""
            parameters = [p for p in inspect.signature(value).parameters if p not in text]
            missing += [f"{name}({parameter})" for parameter in parameters]
    assert missing == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(imagery, "no_such_name")
