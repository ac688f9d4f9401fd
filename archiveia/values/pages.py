"""Files and pages: what comes in, and what was read of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GrayPixels: TypeAlias = "NDArray[np.uint8]"
"""The pixels of a page: height x width, 255 is white. (A text: numpy is not loaded for the name of a type.)"""


class FileKind(StrEnum):
    """The kinds of scan that intake accepts, told by content and never by extension."""

    PDF = "pdf"
    TIFF = "tiff"
    JPEG = "jpeg"
    PNG = "png"
    JP2 = "jp2"


class Outcome(StrEnum):
    """What became of one input file; exactly one of these when a run ends."""

    INDEXED = "indexed"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    FAILED = "failed"


class PageState(StrEnum):
    """What became of one page. ``BLANK`` includes separator sheets.

    The text of an ``ILLEGIBLE`` or ``HANDWRITTEN`` page is kept and is never used as if it were sure.
    """

    TEXT = "text"
    BLANK = "blank"
    ILLEGIBLE = "illegible"
    HANDWRITTEN = "handwritten"
    FAILED = "failed"


class SheetKind(StrEnum):
    """What a page says about the cutting of a scan into pieces (read from its barcode)."""

    PAGE = "page"
    NEW_PIECE = "new_piece"
    NEW_DOSSIER = "new_dossier"


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """Above these a file is refused before it can hurt (decompression bombs, endless PDFs)."""

    max_file_bytes: int
    max_page_pixels: int
    max_pages: int


@dataclass(frozen=True, slots=True)
class ProbedPage:
    """What is known of a page before it is read. ``ink_share`` is the dark part of the page, 0-1.

    ``reason`` says why the page cannot be decoded; it is ``None`` for a page that can.
    """

    number: int
    width_px: int
    height_px: int
    ink_share: float | None = None
    sheet: SheetKind = SheetKind.PAGE
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file turned out to be."""

    kind: FileKind
    pages: tuple[ProbedPage, ...]


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as grey pixels (height x width, uint8, 255 = white), top left first.

    ``dpi`` is ``None`` when the file does not say, or says something impossible.
    """

    number: int
    pixels: GrayPixels
    dpi: float | None = None

    @property
    def width_px(self) -> int:
        """The width of the page in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height_px(self) -> int:
        """The height of the page in pixels."""
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word, in page pixels from the top left of the page as it was read (upright).

    ``block`` and ``line`` count from 1 in reading order; ``line`` restarts in each block.
    """

    text: str
    left_px: int
    top_px: int
    width_px: int
    height_px: int
    score: float
    block: int = 1
    line: int = 1


@dataclass(frozen=True, slots=True)
class PageText:
    """What an OCR engine made of one page image, in that image's pixels."""

    words: tuple[Word, ...]
    engine: str
    engine_version: str


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page as read: its state, its text in reading order, its words, and what was done to it.

    ``width_px``/``height_px`` are those of the upright page that the words' boxes refer to.
    ``turned_degrees`` is the clockwise turn (0, 90, 180, 270) that made the page upright.
    ``score`` is the mean confidence of the words weighted by their length; ``None`` without words.
    ``prepared`` names what was done before reading (``"denoised"``, ``"background"``...).
    ``reason`` says why a page is illegible, handwritten or failed.
    ``cer_estimate`` is the share of wrong letters that the text probably has, 0 to 1; ``None`` where no
    formula was fitted for how the page was read. ``aside`` are words that were seen and are no part of the
    text: the line of a digital library, and lines too unsure to be text (a stamp, a note by hand).
    """

    state: PageState
    text: str
    words: tuple[Word, ...]
    width_px: int
    height_px: int
    engine: str
    engine_version: str
    score: float | None = None
    turned_degrees: int = 0
    prepared: tuple[str, ...] = ()
    reason: str | None = None
    cer_estimate: float | None = None
    aside: tuple[Word, ...] = ()
