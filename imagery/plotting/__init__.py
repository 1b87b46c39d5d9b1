"""Pictures: before and after, the curve through time, the score map. Used by notebooks, report and page alike.

Every function returns a `matplotlib.figure.Figure` made without pyplot, so pictures can be made in threads and on
machines without a screen. Loaded lazily: matplotlib is heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imagery.plotting.before_after import plot_before_after
    from imagery.plotting.curve import plot_curve
    from imagery.plotting.encoding import png_bytes, png_size
    from imagery.plotting.pairs import Picture, PicturePair, composite_pair, scene_pair
    from imagery.plotting.score_map import plot_score
    from imagery.plotting.series import Curve, site_curve

_HOMES = {
    "Curve": "series",
    "Picture": "pairs",
    "PicturePair": "pairs",
    "composite_pair": "pairs",
    "plot_before_after": "before_after",
    "plot_curve": "curve",
    "plot_score": "score_map",
    "png_bytes": "encoding",
    "png_size": "encoding",
    "scene_pair": "pairs",
    "site_curve": "series",
}

__all__ = [
    "Curve",
    "Picture",
    "PicturePair",
    "composite_pair",
    "plot_before_after",
    "plot_curve",
    "plot_score",
    "png_bytes",
    "png_size",
    "scene_pair",
    "site_curve",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"imagery.plotting.{_HOMES[name]}"), name)
