"""Separator sheets by zxing-cpp: read on a scanned page, and made to be printed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from archiveia.errors import BadRequestError
from archiveia.values import SheetKind

if TYPE_CHECKING:
    from PIL import Image

    from archiveia.values import GrayPixels

CODES = {"ARCHIVEIA:PIECE": SheetKind.NEW_PIECE, "ARCHIVEIA:DOSSIER": SheetKind.NEW_DOSSIER}
"""What the QR code of a separator sheet says."""
_READ_PX = (1200, 600)
"""Longest sides of the page as it is searched; the smaller one has less noise."""
_SHEETS = {
    SheetKind.NEW_PIECE: ("NOUVELLE PIECE", "devant chaque document"),
    SheetKind.NEW_DOSSIER: ("NOUVEAU DOSSIER", "devant chaque dossier"),
}
_A4_INCHES = (210 / 25.4, 297 / 25.4)


def read_sheet(pixels: GrayPixels) -> SheetKind:
    """What a page says about the cutting of its scan: ``PAGE`` unless it bears a separator's code."""
    import zxingcpp
    from PIL import Image

    page = Image.fromarray(pixels)
    for longest_px in _READ_PX:
        small = page.reduce(max(1, -(-max(page.size) // longest_px)))
        found = zxingcpp.read_barcodes(
            small, formats=zxingcpp.BarcodeFormat.QRCode, try_downscale=False, try_invert=False
        )
        for code in found:
            if code.text in CODES:
                return CODES[code.text]
    return SheetKind.PAGE


def read_codes(pixels: GrayPixels) -> list[str]:
    """What the QR codes of a page say."""
    import zxingcpp
    from PIL import Image

    found = zxingcpp.read_barcodes(Image.fromarray(pixels), formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found]


def separator_sheet(kind: SheetKind, dpi: int = 150) -> Image.Image:
    """An A4 sheet to print and slip before a piece or a dossier.

    Raises:
        BadRequestError: ``kind`` is that of an ordinary page.
    """
    import zxingcpp
    from PIL import Image, ImageDraw, ImageFont

    if kind not in _SHEETS:
        raise BadRequestError(
            f"there is no separator sheet {kind.value!r}", "ask for new_piece or new_dossier"
        )
    title, where = _SHEETS[kind]
    width, height = (round(side * dpi) for side in _A4_INCHES)
    sheet = Image.new("L", (width, height), 255)
    text = next(code for code, meaning in CODES.items() if meaning is kind)
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
    square = Image.fromarray(np.asarray(code.to_image(scale=1, add_quiet_zones=True), dtype=np.uint8))
    side = width // 2 // square.width * square.width
    sheet.paste(square.resize((side, side), Image.Resampling.NEAREST), ((width - side) // 2, height // 6))
    draw = ImageDraw.Draw(sheet)
    big, small = (ImageFont.load_default(size=dpi * points / 72) for points in (48, 13))
    draw.text((width / 2, height * 0.66), title, fill=0, font=big, anchor="mm")
    if "PIECE" in title:  # Pillow's own font has no accents
        before, letter = big.getlength("NOUVELLE PI"), big.getlength("E")
        accent = (width - big.getlength(title)) / 2 + before + letter / 2, height * 0.63
        draw.line(
            [accent[0] - letter / 5, accent[1], accent[0] + letter / 12, accent[1] + letter / 4], 0, dpi // 20
        )
    use = f"Placez cette feuille {where} de la pile, puis scannez toute la pile."
    draw.text((width / 2, height * 0.74), use, fill=0, font=small, anchor="mm")
    return sheet


def separators_pdf(kind: SheetKind, count: int) -> bytes:
    """A PDF of ``count`` separator sheets, A4.

    Raises:
        BadRequestError: ``count`` is not 1 to 500, or ``kind`` is that of an ordinary page.
    """
    if not 1 <= count <= 500:
        raise BadRequestError(f"{count} sheets cannot be made", "ask for 1 to 500")
    sheet = separator_sheet(kind)
    buffer = io.BytesIO()
    sheet.save(buffer, "PDF", resolution=150.0, save_all=True, append_images=[sheet] * (count - 1))
    return buffer.getvalue()
