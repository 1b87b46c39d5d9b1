"""Watch permitted ground from space and from drones: permit registers in, reviewable change signals out.

The door: the names below are loaded when they are first used, so that `import imagery` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from imagery._version import __version__

if TYPE_CHECKING:
    from imagery.domain import Change, Outcome, Period, Permit, Settings, Signal, Site
    from imagery.errors import ImageryError
    from imagery.plotting import plot_before_after, plot_curve, plot_score
    from imagery.registers import Register, read_register
    from imagery.screening import Run, flag, open_run, screen
    from imagery.sources import open_source
    from imagery.testing.demo import demo_files

__all__ = [
    "Change",
    "ImageryError",
    "Outcome",
    "Period",
    "Permit",
    "Register",
    "Run",
    "Settings",
    "Signal",
    "Site",
    "__version__",
    "demo_files",
    "flag",
    "open_run",
    "open_source",
    "plot_before_after",
    "plot_curve",
    "plot_score",
    "read_register",
    "screen",
]

_HOMES = {
    "domain": ("Change", "Outcome", "Period", "Permit", "Settings", "Signal", "Site"),
    "errors": ("ImageryError",),
    "plotting": ("plot_before_after", "plot_curve", "plot_score"),
    "registers": ("Register", "read_register"),
    "screening": ("Run", "flag", "open_run", "screen"),
    "sources": ("open_source",),
    "testing.demo": ("demo_files",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name from the package where it lives."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'imagery' has no attribute {name!r}")
    value = getattr(import_module(f"imagery.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
