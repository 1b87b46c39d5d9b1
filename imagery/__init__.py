"""Watch permitted ground from space and from drones: permit registers in, reviewable change signals out."""

from imagery._version import __version__

__all__ = ["__version__"]
