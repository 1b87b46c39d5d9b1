"""A figure as the bytes of a PNG: the same figure gives the same bytes, and never more than a set number."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from imagery.errors import ParameterError
from imagery.plotting.pen import INK, PAPER, PENS

MOST_BYTES = 60_000
"""A report of a hundred signals stays a file that can be mailed."""
KEPT = tuple(
    (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
    for colour in (*(pen.colour for pen in PENS), INK, PAPER)
)
"""Colours that no reduction may lose, red, green, blue."""
STEPS = ((130, 256), (110, 256), (110, 64), (90, 64), (72, 64), (72, 32), (60, 24), (48, 16))
"""Dots per inch and number of colours, tried in this order."""


def png_bytes(figure: Figure, *, most: int = MOST_BYTES) -> bytes:
    """Draw a figure with the Agg renderer and write it as a PNG with a palette.

    Fewer colours, then fewer dots, until it fits. No date, program name or machine is written into the file.

    Parameters
    ----------
    figure : Figure
        From one of the plotting functions.
    most : int
        Largest number of bytes.

    Raises
    ------
    ParameterError
        If even the coarsest drawing is larger.
    """
    for dots, colours in STEPS:
        data = _palette_png(_drawn(figure, dots), colours)
        if len(data) <= most:
            return data
    raise ParameterError(
        f"The picture needs more than {most} bytes.", hint="Allow more, or show less ground."
    )


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG, pixels."""
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def _drawn(figure: Figure, dots: int) -> Image.Image:
    canvas: Any = FigureCanvasAgg(figure)  # its methods carry no types
    figure.set_dpi(dots)
    canvas.draw()
    return Image.frombytes("RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba())).convert("RGB")


def _palette_png(image: Image.Image, colours: int) -> bytes:
    """Write with a palette of the picture's own colours and those of lines and words, which are few and matter."""
    own = image.quantize(
        colors=max(colours - len(KEPT), 2), method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    shades = own.getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*shades, *(part for colour in KEPT for part in colour)])
    buffer = io.BytesIO()
    image.quantize(palette=palette, dither=Image.Dither.NONE).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
