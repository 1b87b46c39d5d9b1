"""The tree drawn in imagery/errors.py is the tree of its classes."""

from __future__ import annotations

import inspect
import re

from imagery import errors


def drawn(docstring: str) -> dict[str, str | None]:
    """Parent of each name in an indented tree, by name."""
    parents: dict[str, str | None] = {}
    open_branches: list[tuple[int, str]] = []
    for match in re.finditer(r"^( {4,})([A-Z]\w+)\b", docstring, re.MULTILINE):
        depth, name = len(match[1]), match[2]
        open_branches = [branch for branch in open_branches if branch[0] < depth]
        parents[name] = open_branches[-1][1] if open_branches else None
        open_branches.append((depth, name))
    return parents


def test_every_error_and_warning_hangs_where_it_is_drawn() -> None:
    classes = {
        name: cls
        for name, cls in inspect.getmembers(errors, inspect.isclass)
        if cls.__module__ == errors.__name__
    }
    actual = {
        name: next((base.__name__ for base in cls.__bases__ if base.__module__ == errors.__name__), None)
        for name, cls in classes.items()
    }
    assert errors.__doc__
    assert drawn(errors.__doc__) == actual


def test_other_parents_are_drawn_in_brackets() -> None:
    assert errors.__doc__
    for name, parent in re.findall(r"^ {4,}(\w+) \((\w+)\)", errors.__doc__, re.MULTILINE):
        cls = getattr(errors, name)
        assert parent in {ancestor.__name__ for ancestor in cls.__mro__}, name


def test_a_missing_branch_would_be_noticed() -> None:
    tree = "Errors.\n\n    Top      said\n      Left   said\n        Leaf said\n      Right  said\n"
    assert drawn(tree) == {"Top": None, "Left": "Top", "Leaf": "Left", "Right": "Top"}
