"""What README, docs and CONTRIBUTING tell people to type exists: make targets, commands, options, scripts, names."""

from __future__ import annotations

import ast
import csv
import inspect
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from pyproj import Transformer
from typer.main import get_command

import imagery

SHELLS = {"sh", "bash", "console", "powershell", "shell", "bat"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = ["README.md", "CONTRIBUTING.md", "DESIGN.md", "notebooks/README.md"]


def written_by_us(project: Path) -> list[Path]:
    """Every page that tells people what to do."""
    return [path for name in PAGES if (path := project / name).exists()] + sorted(
        (project / "docs").glob("*.md")
    )


def blocks(page: Path, languages: set[str]) -> Iterator[str]:
    """Fenced blocks in one of the languages."""
    for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
        if match[1] in languages:
            yield match[2]


def typed_lines(page: Path) -> Iterator[list[str]]:
    """Every command in the shell blocks of a page, split into words; continued lines are one command."""
    for block in blocks(page, SHELLS):
        text = re.sub(r"[\\`]\n\s*", " ", block)
        for line in text.splitlines():
            for command in re.split(r"\s(?:&&|;)\s", re.sub(r"^\s*(?:\$|PS>|>)\s+", "", line)):
                words = shlex.split(command.replace("\\", "/"), comments=True)
                if words:
                    yield words


def children(command: Any) -> dict[str, Any]:
    """Commands under a command, by name; typer brings its own click, so no type of it is named here."""
    return getattr(command, "commands", {})


def fault_of_imagery(words: list[str], command: Any) -> str:
    """What is wrong with the words after `imagery`; empty if nothing is."""
    while words and children(command) and not words[0].startswith("-"):
        if words[0] not in children(command):
            return f"there is no command {words[0]!r}"
        command, words = children(command)[words[0]], words[1:]
    known = {name for parameter in command.params for name in parameter.opts + parameter.secondary_opts}
    unknown = [word.split("=")[0] for word in words if re.match(r"--?[a-zA-Z]", word)]
    unknown = [word for word in unknown if word not in known | {"-h", "--help"}]
    return f"{command.name} has no option {unknown}" if unknown else ""


def fault_of_make(words: list[str], project: Path) -> str:
    """What is wrong with the words after `make`."""
    targets = set(
        re.findall(r"^([a-z-]+):", (project / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    unknown = [word for word in words if "=" not in word and word not in targets]
    return f"make has no target {unknown}" if unknown else ""


def fault_of_python(words: list[str], project: Path) -> str:
    """What is wrong with the words after `python`: a script or a module of ours that is not there."""
    if words[:1] == ["-m"] and words[1].split(".")[0] in {"benchmarks", "imagery"}:
        path = project / words[1].replace(".", "/")
        there = path.with_suffix(".py").exists() or (path / "__main__.py").exists()
        return "" if there or "NAME" in words[1] else f"there is no module {words[1]}"
    if words and words[0].endswith(".py") and not (project / words[0]).exists():
        return f"there is no script {words[0]}"
    return ""


def fault_of(words: list[str], project: Path) -> str:
    """What is wrong with one command that a page tells people to type."""
    from imagery.cli import app

    program = Path(words[0]).name.removesuffix(".exe")
    if program == "imagery":
        return fault_of_imagery(words[1:], get_command(app))
    if program == "make":
        return fault_of_make(words[1:], project)
    if program in {"python", "python3", "python3.11", "py"}:
        return fault_of_python([word for word in words[1:] if not re.fullmatch(r"-3(\.\d+)?", word)], project)
    if program.endswith((".sh", ".py")) and not (project / words[0]).exists():
        return f"there is no script {words[0]}"
    return ""


def test_every_command_on_every_page_exists(project: Path) -> None:
    commands = [(page.name, words) for page in written_by_us(project) for words in typed_lines(page)]
    faults = [
        f"{page}: {shlex.join(words)}: {fault}"
        for page, words in commands
        if (fault := fault_of(words, project))
    ]
    assert {"make", "imagery", "python"} <= {words[0] for _, words in commands}
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "line", ["make nonsense", "imagery nonsense", "imagery screen --nonsense", "python scripts/nonsense.py"]
)
def test_a_command_that_does_not_exist_is_noticed__planted(line: str, project: Path) -> None:
    assert fault_of(line.split(), project)


def test_the_first_two_commands_of_the_readme_are_demo_and_test(project: Path) -> None:
    commands = list(typed_lines(project / "README.md"))
    ours = [words for words in commands if words[0] not in {"git", "cd"}]
    assert ours[:2] == [["make", "demo"], ["make", "test"]]


def test_python_on_the_pages_uses_names_and_arguments_that_exist(project: Path) -> None:
    seen = 0
    for page in written_by_us(project):
        for block in blocks(page, {"python", "py"}):
            for node in ast.walk(ast.parse(block)):
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "imagery":
                    seen += 1
                    assert node.attr in imagery.__all__, f"{page.name}: imagery.{node.attr}"
                if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("imagery."):
                    function = getattr(imagery, ast.unparse(node.func).split(".")[1])
                    names = {keyword.arg: None for keyword in node.keywords if keyword.arg}
                    inspect.signature(function).bind_partial(*node.args, **names)
    assert seen


def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """A command and all under it, with what is typed to reach them."""
    yield path, command
    for name, child in children(command).items():
        yield from walk(child, f"{path} {name}")


def test_every_command_and_option_says_what_it_does() -> None:
    from imagery.cli import app

    commands = dict(walk(get_command(app), "imagery"))
    silent = [path for path, command in commands.items() if not command.help]
    silent += [
        f"{path} {parameter.name}"
        for path, command in commands.items()
        for parameter in command.params
        if not parameter.help
    ]
    assert len(commands) > 5
    assert silent == []


def test_every_command_is_named_on_a_page(project: Path) -> None:
    from imagery.cli import app

    text = " ".join(page.read_text(encoding="utf-8") for page in written_by_us(project))
    leaves = [path for path, command in walk(get_command(app), "imagery") if not children(command)]
    assert [path for path in leaves if path not in text] == []


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder as the README supposes it: `permits.csv`, in longitude and latitude, and `sentinel-folder`."""
    demo = imagery.demo_files()
    with demo.register.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    degrees = Transformer.from_crs("EPSG:3035", "EPSG:4326", always_xy=True)
    for row in rows:
        shape = shapely.from_wkt(row["geometrie"])
        shape = shapely.transform(shape, degrees.transform, interleaved=False)
        row["geometrie"] = shapely.to_wkt(shape, rounding_precision=7)
    with (tmp_path / "permits.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    shutil.copytree(demo.imagery, tmp_path / "sentinel-folder")
    return tmp_path


def run_python(code: str, folder: Path) -> str:
    """What a fresh interpreter prints in a folder; fails with what it complained about."""
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.slow
def test_the_commands_of_the_readme_run__real(project: Path, workplace: Path) -> None:
    commands = [words for words in typed_lines(project / "README.md") if words[0] == "imagery"]
    commands = [words for words in commands if words[1] != "demo"]
    for words in commands:
        run_python(f"import sys; sys.argv = {words!r}; from imagery.cli import main; main()", workplace)
    assert [words[1] for words in commands if words[1] in {"screen", "flag"}] == ["screen", "flag"]
    for run in ("runs/2020", "runs/2020-larger"):
        for name in ("run.json", "report.html", "signals.gpkg", "ledger.sqlite", "checksums.sha256"):
            assert (workplace / run / name).is_file(), f"{run}/{name}"


@pytest.mark.slow
def test_the_python_of_the_readme_runs__real(project: Path, workplace: Path) -> None:
    (code,) = blocks(project / "README.md", {"python"})
    report = "print(type(run.signals).__name__, sum(run.outcomes.values()), run.report.is_file())"
    out = run_python(f"{code}\n{report}", workplace)
    assert out.split() == ["GeoDataFrame", "10", "True"]
