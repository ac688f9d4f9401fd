"""Images as pages of a PDF, without a loss: a JPEG or JPEG 2000 as it is, all others packed without one."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from archiveia.edges.scans_image import page_of
from archiveia.values import FileKind

if TYPE_CHECKING:
    from pathlib import Path

    import pikepdf
    from PIL import Image

    from archiveia.values import ScanLimits

_SPACES = {"1": "/DeviceGray", "L": "/DeviceGray", "RGB": "/DeviceRGB"}
_TURNS = {3: 180, 6: 90, 8: 270}
"""EXIF orientations that are turns; the others are mirrors."""
_PLAUSIBLE_DPI = (20, 2400)
_DEFAULT_DPI = 300
_ORIENTATION = 0x0112


def add_image(
    made: pikepdf.Pdf, path: Path, kind: FileKind, number: int, *, limits: ScanLimits
) -> pikepdf.Page:
    """The new last page of the PDF: one page of an image file, in its own size.

    Raises:
        PageFailedError: it cannot be decoded.
    """
    from pikepdf import Dictionary, Name
    from PIL import ImageOps

    with page_of(path, kind, number, limits=limits) as image:
        turn = image.getexif().get(_ORIENTATION, 1)
        is_kept = turn == 1 or turn in _TURNS
        dpi = image.info.get("dpi")
        if kind is FileKind.JP2:
            drawn, turn = _as_it_is(made, path, image, Name.JPXDecode), 1
        elif kind is FileKind.JPEG and number == 1 and is_kept and image.mode in _SPACES:
            drawn = _as_it_is(made, path, image, Name.DCTDecode)
        else:
            # Pillow turns a TIFF by itself when it loads it
            upright = image if kind is FileKind.TIFF else ImageOps.exif_transpose(image)
            drawn, turn = _packed(made, upright), 1
        size_pt = [
            side * 72 / resolution
            for side, resolution in zip((drawn.Width, drawn.Height), _plausible(dpi), strict=True)
        ]
    page = made.add_blank_page(page_size=(max(3.0, size_pt[0]), max(3.0, size_pt[1])))
    page.obj.Resources = Dictionary(XObject=Dictionary(Scan=drawn))
    page.obj.Contents = made.make_stream(
        b"q %.3f 0 0 %.3f 0 0 cm /Scan Do Q" % tuple(map(float, page.mediabox[2:]))
    )
    if turn in _TURNS:
        page.rotate(_TURNS[turn], relative=False)
    return page


def _plausible(dpi: tuple[float, float] | None) -> tuple[float, float]:
    least, most = _PLAUSIBLE_DPI
    across, down = (float(side) for side in dpi or (0, 0))
    if not (least <= across <= most and least <= down <= most):
        return _DEFAULT_DPI, _DEFAULT_DPI
    return across, down


def _as_it_is(made: pikepdf.Pdf, path: Path, image: Image.Image, packing: pikepdf.Name) -> pikepdf.Stream:
    drawn = made.make_stream(path.read_bytes())
    _describe(drawn, image)
    drawn.Filter = packing
    return drawn


def _describe(drawn: pikepdf.Stream, image: Image.Image) -> None:
    from pikepdf import Name

    drawn.Type, drawn.Subtype = Name.XObject, Name.Image
    drawn.Width, drawn.Height = image.size
    if image.mode in _SPACES:  # a JPEG 2000 brings its own
        drawn.ColorSpace = Name(_SPACES[image.mode])
        drawn.BitsPerComponent = 1 if image.mode == "1" else 8


def _packed(made: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    """The pixels packed as PNG packs them; its data is what PDF calls Flate with a PNG predictor."""
    from pikepdf import Dictionary, Name

    if image.mode not in _SPACES:
        image = image.convert("L" if image.mode in {"LA", "I", "I;16", "F"} else "RGB")
    png = io.BytesIO()
    image.save(png, "PNG", optimize=False)
    drawn = made.make_stream(_png_data(png.getvalue()))
    _describe(drawn, image)
    drawn.Filter = Name.FlateDecode
    drawn.DecodeParms = Dictionary(
        Predictor=15,
        Colors=3 if image.mode == "RGB" else 1,
        BitsPerComponent=drawn.BitsPerComponent,
        Columns=image.width,
    )
    return drawn


def _png_data(png: bytes) -> bytes:
    """The packed pixels of a PNG file: its ``IDAT`` chunks."""
    data, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    return data
