"""Pages drawn for the tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import archiveia
from archiveia.values import PageImage

_FONT = Path(archiveia.__file__).parent / "demo" / "fonts" / "LiberationSerif.ttf"


def printed(*blocks: str, size=(1200, 700), left_px=80, dpi=300) -> PageImage:
    """A white page with blocks of text beside each other, as they come from a printer at 300 dpi."""
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(_FONT, 46)
    for place, block in enumerate(blocks):
        draw.multiline_text(
            (left_px + place * size[0] // len(blocks), 80), block, fill=10, font=font, spacing=24
        )
    return PageImage(1, np.asarray(image), dpi)
