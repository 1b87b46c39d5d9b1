"""The written files: no page out of reach, no link to nothing, nothing that holds on one machine only."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)")


@pytest.fixture(scope="module")
def check_files(project: Path) -> dict[str, Any]:
    """What scripts/check_files.py defines."""
    return runpy.run_path(str(project / "scripts" / "check_files.py"))


def pages(project: Path) -> list[Path]:
    """Every page of Markdown that belongs to the project."""
    folders = ("docs", "notebooks", "benchmarks", "imagery", "scripts", "tests")
    return sorted(project.glob("*.md")) + [
        page for folder in folders for page in (project / folder).rglob("*.md")
    ]


def test_no_file_is_too_large_or_tied_to_one_machine(project: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "scripts/check_files.py"], cwd=project, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    "text",
    [
        "see " + "/work" + "/main/a.txt",
        "cd " + "/home" + "/someone/a",
        "from " + "https://" + "pypi.example/simple/numpy",
        "numpy\n-" + "-index-url https://example.org\n",
    ],
)
def test_a_file_tied_to_one_machine_is_noticed__planted(
    text: str, tmp_path: Path, check_files: dict[str, Any]
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    assert list(check_files["faults"](file, "a.txt"))


def test_a_file_that_is_too_large_is_noticed__planted(tmp_path: Path, check_files: dict[str, Any]) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"\xff" * 1_500_001)
    assert list(check_files["faults"](file, "a.bin"))


def test_links_lead_somewhere(project: Path) -> None:
    links = [
        (page, link) for page in pages(project) for link in LINK.findall(page.read_text(encoding="utf-8"))
    ]
    broken = [
        f"{page.relative_to(project)}: {link}" for page, link in links if not (page.parent / link).exists()
    ]
    assert links
    assert broken == []


def test_every_page_of_the_docs_is_reached_from_their_index(project: Path) -> None:
    linked = set(LINK.findall((project / "docs" / "index.md").read_text(encoding="utf-8")))
    there = {page.name for page in (project / "docs").glob("*.md")} - {"index.md"}
    assert there - linked == set()


def test_the_changelog_speaks_of_this_version(project: Path) -> None:
    version = runpy.run_path(str(project / "imagery" / "_version.py"))["__version__"]
    assert re.search(
        rf"^## {re.escape(version)}\b", (project / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )


def test_ci_runs_what_the_readme_says(project: Path) -> None:
    script = project / ".ci" / "run"
    commands = re.findall(r"^(make \w+)", script.read_text(encoding="utf-8"), re.MULTILINE)
    assert commands == ["make demo", "make test"]
    subprocess.run(["bash", "-n", str(script)], check=True)
    for shell_script in (project / "scripts").glob("*.sh"):
        subprocess.run(["bash", "-n", str(shell_script)], check=True)


def test_the_hooks_are_local(project: Path) -> None:
    import yaml

    hooks = yaml.safe_load((project / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]
    answer = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config"],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout + answer.stderr
