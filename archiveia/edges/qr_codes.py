"""QR codes as squares, for papers to print."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

QUIET = 4
"""Empty squares around a code (ISO/IEC 18004)."""


def dark_squares(text: str) -> tuple[int, Iterator[tuple[int, int]]]:
    """The number of squares on a side, quiet zone and all, and which (row, column) are dark."""
    from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(text))
    code.make()
    side = code.getModuleCount()
    dark = (
        (row + QUIET, column + QUIET)
        for row in range(side)
        for column in range(side)
        if code.isDark(row, column)
    )
    return side + 2 * QUIET, dark


def code_png(text: str, square_px: int = 6) -> bytes:
    """The code as PNG."""
    from PIL import Image

    side, dark = dark_squares(text)
    image = Image.new("L", (side, side), 255)
    for row, column in dark:
        image.putpixel((column, row), 0)
    out = io.BytesIO()
    image.resize((side * square_px, side * square_px), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()
