"""PDF/A-2b (ISO 19005-2): what a PDF must have to be kept for good, and whether it can be vouched for.

pikepdf's validator approves what it knows to conform, and nothing else. It follows the rules of veraPDF, but is
not veraPDF.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from archiveia.edges.jp2_header import jp2_colour
from archiveia.edges.pdf_images import is_profile

if TYPE_CHECKING:
    from typing import BinaryIO

    import pikepdf
    from pikepdf.pdfa import Finding

FLAVOUR = "2b"
_DEVICE_SPACES = ("/DeviceGray", "/DeviceRGB")
_LEFT_OUT = {"/Thumb", "/PieceInfo"}
"""Of a page: its small image, without the words, and what a program noted for itself; the validator knows neither."""
_KEYS = {"/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Filter", "/Length"}


def save_archival(made: pikepdf.Pdf, out: BinaryIO) -> None:
    """``out`` holds the PDF as PDF/A-2b: its colours said to be sRGB, its metadata in XMP, its conformance checked.

    Raises:
        PdfaError: it cannot be vouched for, and nothing is written.
    """
    from pikepdf import pdfa

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it says which dates of fonts are odd
    for page in made.pages:
        for key in _LEFT_OUT & set(page.obj.keys()):
            del page.obj[key]
    try:
        pdfa.save(made, out, FLAVOUR, deterministic_id=True)
    except pdfa.PdfaError as refusal:
        # the validator looks into no JPEG 2000; ours are as the standard wants them
        if not all(map(_is_about_jpeg_2000, refusal.report.findings)) or not _has_plain_jpeg_2000_only(made):
            raise
        made.save(out, **refusal.report.save_kwargs)


def reason(refusal: pikepdf.pdfa.PdfaError) -> str:
    """Why a PDF cannot be vouched for, in the words of the validator: what breaks a rule before what is unknown."""
    findings = [*refusal.report.violations, *refusal.report.unsupported]
    said = list(dict.fromkeys(str(finding.message) for finding in findings))
    return said[0] + (f" (and {len(said) - 1} more)" if len(said) > 1 else "")


def _is_about_jpeg_2000(finding: Finding) -> bool:
    return finding.kind == "unsupported" and "JPEG 2000" in finding.message


def _has_plain_jpeg_2000_only(made: pikepdf.Pdf) -> bool:
    """Whether all JPEG 2000 in the PDF keep the rules (ISO 19005-2, 6.2.8.3) that the validator leaves alone."""
    from pikepdf import Stream

    images = [o for o in made.objects if isinstance(o, Stream) and o.get("/Filter") == "/JPXDecode"]
    return all(
        set(image.keys()) <= _KEYS
        and jp2_colour(image.read_raw_bytes()) is not None
        and _is_plain_colour(image.ColorSpace)
        for image in images
    )


def _is_plain_colour(space: pikepdf.Object) -> bool:
    from pikepdf import Name

    if isinstance(space, Name):
        return str(space) in _DEVICE_SPACES
    return space[0] == Name.ICCBased and is_profile(space[1].read_bytes(), int(space[1].N))
