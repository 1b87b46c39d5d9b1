"""The house: what a module may be called, how long it may be, what it may open and what it may say.

Imports between the floors are held by import-linter (`make floors`); here is what it cannot see. Each rule is a
function from a parsed module to its faults, and each is shown code that breaks it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Faults = Iterator[str]
Rule = Callable[[str, ast.Module], Faults]

NO_NAMES = {"utils", "util", "helpers", "common", "core", "base", "models", "manager", "engine", "misc"}
WORDS = re.compile(r"illegal|violat|offend|unlawful|illegaal|illegale|overtred", re.IGNORECASE)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def documented(node: ast.AST) -> str:
    """Docstring of a module, class or function; empty where there is none."""
    return ast.get_docstring(node, clean=False) or ""  # type: ignore[arg-type]


def says_what_it_knows(name: str, module: ast.Module) -> Faults:
    if not documented(module):
        yield "has no docstring"


def has_a_name_of_its_own(name: str, module: ast.Module) -> Faults:
    for part in Path(name).with_suffix("").parts:
        if part in NO_NAMES:
            yield f"{part!r} names nothing"


def is_short(name: str, module: ast.Module) -> Faults:
    lines = max((node.end_lineno or 0 for node in module.body), default=0)
    if lines > 400:
        yield f"{lines} lines, more than 400"


def has_short_functions(name: str, module: ast.Module) -> Faults:
    for node in ast.walk(module):
        if isinstance(node, Function):
            text = documented(node)
            lines = (node.end_lineno or 0) - node.lineno + 1 - (text.count("\n") + 1 if text else 0)
            if lines > 50:
                yield f"{node.name} (line {node.lineno}) has {lines} lines without its docstring, more than 50"


def documents_what_is_public(name: str, module: ast.Module) -> Faults:
    def walk(body: list[ast.stmt], owner: str) -> Faults:
        for node in body:
            if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
                if not documented(node):
                    yield f"{owner}{node.name} (line {node.lineno}) has no docstring"
                if isinstance(node, ast.ClassDef):
                    yield from walk(node.body, f"{node.name}.")

    yield from walk(module.body, "")


def opens_rasters_only_in_sources_and_stores(name: str, module: ast.Module) -> Faults:
    """The test kit may too: it writes the folders that sources are tried on."""
    if name.startswith(("imagery/sources/", "imagery/stores/", "imagery/testing/")):
        return
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"rasterio.open", "rasterio.shutil.copy"}:
            yield f"line {node.lineno} opens a raster"
        if isinstance(node, ast.ImportFrom) and node.module == "rasterio":
            names = {alias.name for alias in node.names}
            if names & {"open", "MemoryFile"}:
                yield f"line {node.lineno} takes {sorted(names)} from rasterio"


def keeps_the_client_behind_its_source(name: str, module: ast.Module) -> Faults:
    for node in ast.walk(module):
        imported = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
        clients = {package.split(".")[0] for package in imported}
        if "sentinelhub" in clients and name != "imagery/sources/sentinelhub.py":
            yield f"line {node.lineno} imports sentinelhub"
        if clients & {"pystac_client"} and name != "imagery/sources/stac.py":
            yield f"line {node.lineno} imports a STAC client"


def does_not_set_up_logging(name: str, module: ast.Module) -> Faults:
    if name.startswith("imagery/cli/"):
        return
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in {"basicConfig", "dictConfig", "addHandler"}:
            yield f"line {node.lineno} sets up logging"


def does_not_judge(name: str, module: ast.Module) -> Faults:
    """A signal is suspected; only a visit finds. Docstrings may say what must not be said."""
    texts = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        said = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts
        if said and WORDS.search(node.value):
            yield f"line {node.lineno} says {WORDS.search(node.value)[0]!r} on screen"


LONG_FUNCTION = "def long():\n" + "    x = 1\n" * 50

RULES: dict[Rule, str] = {
    says_what_it_knows: "x = 1",
    has_a_name_of_its_own: "",
    is_short: "x = 1\n" * 401,
    has_short_functions: LONG_FUNCTION,
    documents_what_is_public: 'class A:\n    """A."""\n    def f(self): ...',
    opens_rasters_only_in_sources_and_stores: "import rasterio\nwith rasterio.open('a') as r: ...",
    keeps_the_client_behind_its_source: "from sentinelhub import SHConfig",
    does_not_set_up_logging: "import logging\nlogging.basicConfig()",
    does_not_judge: "TITLE = 'Illegal dumping'",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module(rule: Rule, modules: dict[str, ast.Module]) -> None:
    faults = [f"{name}: {fault}" for name, module in modules.items() for fault in rule(name, module)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_code_that_breaks_the_rule_is_noticed__planted(rule: Rule) -> None:
    assert list(rule("imagery/utils.py", ast.parse(RULES[rule])))


def test_templates_and_tables_do_not_judge(project: Path) -> None:
    kinds = {".html", ".j2", ".js", ".toml", ".json", ".qml", ".css"}
    files = [path for path in (project / "imagery").rglob("*") if path.suffix in kinds]
    said = {path.name: re.sub(r"(?m)^\s*#.*$", "", path.read_text(encoding="utf-8")) for path in files}
    faults = [name for name, text in said.items() if WORDS.search(text)]
    assert files
    assert faults == []


def test_every_package_has_its_floor(project: Path, pyproject: dict[str, Any]) -> None:
    contract = next(c for c in pyproject["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    floors = [name for layer in contract["layers"] for name in re.findall(r"\w+", layer)]
    optional = {name for layer in contract["layers"] for name in re.findall(r"\((\w+)\)", layer)}
    there = {
        path.stem
        for path in (project / "imagery").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    there -= {"__init__", "_version", "__main__"}
    assert len(floors) == len(set(floors))
    assert there <= set(floors), f"on no floor: {sorted(there - set(floors))}"
    assert set(floors) - there <= optional, (
        f"floors without a package: {sorted(set(floors) - there - optional)}"
    )
