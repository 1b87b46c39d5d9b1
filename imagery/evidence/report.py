"""The report of a run: one HTML file that needs no network, no script and no other file."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from imagery.errors import ParameterError
from imagery.evidence import overview
from imagery.evidence.run_input import Contents, ReportInput
from imagery.evidence.sections import signal_rows, signal_sections
from imagery.evidence.words import words
from imagery.plotting.wording import checked_language
from imagery.stores.files import whole_file

MOST_PICTURED = 60
"""Signals shown with pictures, and as many permitted changes: about 200 kB each."""

# Control characters have no place in HTML, and a lone surrogate cannot be written as UTF-8.
_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(55296, 57344)), "�")


def write_report(
    run: ReportInput, path: Path | str, *, language: str = "nl", pictured: int = MOST_PICTURED
) -> Path:
    """Write the report of a run as one self-contained HTML file.

    The same run gives the same bytes. Everything that comes from the register or the source is escaped. The file
    holds no script and forbids the browser to fetch anything.

    Parameters
    ----------
    run : ReportInput
        A run that is read, e.g. `RunFolder.open(path)`.
    path : path
        File to write; written under a temporary name and renamed.
    language : {"nl", "en"}
        Of the report.
    pictured : int
        Signals, by priority, that get pictures; of the others the report says where their pictures lie.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ParameterError
        If the language is another, or `pictured` is below 0.

    Notes
    -----
    A signal is told as an observation, never as a finding. *Nothing seen* and *could not look* are told apart for
    every site. Pictures that cannot be read become a sentence; the report is written all the same.
    """
    chosen = checked_language(language)
    if pictured < 0:
        raise ParameterError(f"pictured must be 0 or more, got {pictured}.")
    contents = Contents(run, chosen)
    path = Path(path)
    page = _environment().get_template("report.html.j2").stream(**_page(contents, pictured))
    page.enable_buffering(50)
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        for piece in page:
            file.write(piece)
    return path


def _page(contents: Contents, pictured: int) -> dict[str, Any]:
    language, style = contents.language, _style()
    source_files, files_cut = overview.file_rows(contents)
    return {
        "language": language,
        "t": words(language),
        "style": style,
        "style_hash": base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii"),
        "run_id": str(contents.summary.get("run_id") or ""),
        "code_version": str(contents.summary.get("code_version") or ""),
        "licence": str(contents.part("source").get("licence") or words(language)["not_recorded"]),
        "notices": [str(notice) for notice in contents.summary.get("notices") or ()],
        "figures": overview.key_figures(contents),
        "run_facts": overview.run_facts(contents),
        "promise": overview.promise_facts(contents),
        "settings": overview.setting_rows(contents),
        "rows": signal_rows(contents.signals, "signal", language),
        "sections": signal_sections(contents, contents.signals, "signal", pictures=pictured),
        "permitted_count": len(contents.permitted),
        "permitted": signal_sections(contents, contents.permitted, "permitted", pictures=pictured),
        "sites": overview.site_rows(contents),
        "problems": overview.problem_rows(contents),
        "problems_cut": overview.problems_cut(contents),
        "method": overview.method_paragraphs(contents),
        "files": source_files,
        "files_cut": files_cut,
    }


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("imagery.evidence", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )


@cache
def _style() -> str:
    return files("imagery.evidence").joinpath("templates", "report.css").read_text(encoding="utf-8")


def _printable(value: Any) -> Any:
    """Take out of a text what HTML cannot hold; what is already safe is left."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return value.translate(_UNPRINTABLE)
    return value
