"""Scans opened: how many pages they have, each page as grey pixels, the text that a PDF brings along.

Files come from anywhere: call ``probe`` and ``render`` in a worker process (``edges.workers``) when
nobody vouches for them. What each format needs is in ``scans_pdf`` and ``scans_image``.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from archiveia.edges import scans_image, scans_pdf
from archiveia.errors import UnreadableScanError
from archiveia.values import FileKind, Probe, ProbedPage, SheetKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archiveia.values import GrayPixels, PageImage, ScanLimits, Word

_INK_SHARE_OF_PAPER = 0.72
"""Darker than this share of the paper's brightness is ink; foxing and show-through are lighter."""
_MARGIN_SHARE = 0.03
"""Left out on each side: scanners leave black edges there."""


def probe(
    path: Path,
    kind: FileKind,
    limits: ScanLimits,
    *,
    dpi: int = 300,
    read_sheet: Callable[[GrayPixels], SheetKind] | None = None,
) -> Probe:
    """What the file holds: its pages with the size that ``render`` gives them, and their share of ink.

    Args:
        path: a regular file.
        kind: what its first bytes say.
        limits: what not to open.
        dpi: as for ``render``.
        read_sheet: tells separator sheets; asked for each page of a PDF or TIFF, about 1,200 px high.

    Raises:
        EncryptedScanError: it needs a password.
        TooLargeScanError: it is over a limit.
        UnreadableScanError: nothing in it can be decoded.
    """
    if kind is FileKind.PDF:
        previews = scans_pdf.previews(path, dpi=dpi, limits=limits)
    else:
        previews = scans_image.previews(path, kind, limits=limits)
    ask = read_sheet if kind in {FileKind.PDF, FileKind.TIFF} else None
    pages: list[ProbedPage] = []
    for preview in previews:
        pixels = preview.pixels
        pages.append(
            ProbedPage(
                number=len(pages) + 1,
                width_px=preview.width_px,
                height_px=preview.height_px,
                ink_share=None if pixels is None else ink_share(pixels),
                sheet=SheetKind.PAGE if pixels is None or ask is None else ask(pixels),
                reason=preview.reason,
            )
        )
    if not pages:
        raise UnreadableScanError(f"the {kind.upper()} file has no page", "scan it again")
    if len(pages) == 1 and preview.error is not None:
        raise preview.error
    return Probe(kind, tuple(pages))


def listed(path: Path, kind: FileKind, limits: ScanLimits) -> Probe | None:
    """The pages of a PDF of several pages without a look at them; ``None`` where they must be looked at.

    Raises:
        EncryptedScanError: it needs a password.
        TooLargeScanError: it is over a limit.
        UnreadableScanError: it cannot be opened.
    """
    count = scans_pdf.page_count(path, limits=limits) if kind is FileKind.PDF else 1
    return Probe(kind, tuple(ProbedPage(n, 0, 0) for n in range(1, count + 1))) if count > 1 else None


def render(path: Path, kind: FileKind, number: int, *, dpi: int, limits: ScanLimits) -> PageImage:
    """One page as grey pixels, upright as the file says.

    A page of a PDF is drawn at ``dpi``; one that is a single image keeps its own resolution (150 to
    600 dpi); both are made smaller when over the limit. Images keep their pixels, but for those of
    faxes, which are made square.

    Raises:
        PageFailedError: there is no such page, or it cannot be decoded.
        UnreadableScanError: the file cannot be opened.
    """
    if kind is FileKind.PDF:
        return scans_pdf.render(path, number, dpi=dpi, limits=limits)
    return scans_image.render(path, kind, number, limits=limits)


def text_layer(path: Path, number: int, dpi: int, *, limits: ScanLimits) -> tuple[Word, ...]:
    """The words that a PDF page brings along, boxed in pixels of the page as ``render`` draws it.

    Empty when there are none. Whether they are right is not known: a scanner's OCR may have put them
    there; their score is 1.0 all the same.

    Raises:
        PageFailedError: there is no such page, or it cannot be decoded.
        UnreadableScanError: the file cannot be opened.
    """
    return scans_pdf.words(path, number, dpi=dpi, limits=limits)


def ink_share(pixels: GrayPixels) -> float:
    """The share of a page that is dark, 0-1, its margins left out."""
    height, width = pixels.shape
    top, left = int(height * _MARGIN_SHARE), int(width * _MARGIN_SHARE)
    inner = pixels[top : height - top, left : width - left]
    paper = float(np.percentile(inner[::4, ::4], 75))
    return float(np.mean(inner < paper * _INK_SHARE_OF_PAPER))


def display_jpeg(image: PageImage, max_width_px: int = 1600, turned_degrees: int = 0) -> bytes:
    """A JPEG to show on a screen, turned clockwise by 0, 90, 180 or 270 degrees."""
    from PIL import Image

    upright = Image.fromarray(np.rot90(image.pixels, k=-turned_degrees // 90))
    if upright.width > max_width_px:
        height = max(1, round(upright.height * max_width_px / upright.width))
        upright = upright.resize((max_width_px, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    buffer = io.BytesIO()
    upright.save(buffer, "JPEG", quality=80, optimize=True)
    return buffer.getvalue()
