"""PDF by pypdfium2: pages drawn as grey pixels, and the words of their text layer."""

from __future__ import annotations

import ctypes
import math
from contextlib import contextmanager
from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from archiveia.edges.scans_image import PREVIEW_PX, RESCAN, Preview, undecodable
from archiveia.errors import EncryptedScanError, PageFailedError, TooLargeScanError, UnreadableScanError
from archiveia.values import PageImage, Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from archiveia.values import GrayPixels, ScanLimits

_POINTS_PER_INCH = 72.0
_NATIVE_DPI = (150.0, 600.0)
"""A page that is one image is drawn at the image's own resolution within these, so that no pixel is lost."""
_FULL_PAGE_SHARE = 0.9
_LAYER_SHARE = 0.05
"""A smaller image is a logo or a stamp, not a layer of the page."""
_MAX_OBJECTS = 20_000
"""A page of more objects (a plan, a page of vectors) is not one image."""
_MAX_CHARACTERS = 200_000
_HYPHENS = {0x2: "-", 0xFFFE: "-"}
"""How PDFium writes a hyphen at the end of a line."""
_PDFIUM = RLock()
"""PDFium works for one thread at a time."""
_ERRORS = (OSError, RuntimeError, ValueError, ctypes.ArgumentError)


def previews(path: Path, *, dpi: int, limits: ScanLimits) -> Iterator[Preview]:
    """Each page of a PDF, made small."""
    with _opened(path, limits) as document:
        for index in range(len(document)):
            width = height = 0
            try:
                with _page(document, index) as page:
                    scale = _scale(page, dpi, limits)
                    width, height = _size(page, scale)
                    small = scale * min(1.0, PREVIEW_PX / max(width, height))
                    yield Preview(width, height, _draw(page, small))
            except _ERRORS as error:
                yield undecodable(width, height, str(error))


def page_count(path: Path, *, limits: ScanLimits) -> int:
    """How many pages the PDF has; none of them is drawn."""
    with _opened(path, limits) as document:
        return len(document)


def render(path: Path, number: int, *, dpi: int, limits: ScanLimits) -> PageImage:
    """One page of a PDF, whole."""
    with _opened(path, limits) as document, _numbered(document, number) as page:
        scale = _scale(page, dpi, limits)
        return PageImage(number, _draw(page, scale), round(scale * _POINTS_PER_INCH, 1))


def words(path: Path, number: int, *, dpi: int, limits: ScanLimits) -> tuple[Word, ...]:
    """The words of the text layer of a page, boxed in pixels of the page as ``render`` draws it."""
    with _opened(path, limits) as document, _numbered(document, number) as page:
        size = _size(page, _scale(page, dpi, limits))
        text = page.get_textpage()
        try:
            return tuple(_words(page, text, size))
        finally:
            text.close()


@contextmanager
def _opened(path: Path, limits: ScanLimits) -> Iterator[Any]:
    """The open document, its number of pages checked; other threads wait until it is closed."""
    with _PDFIUM, _document(path, limits) as document:
        yield document


@contextmanager
def _document(path: Path, limits: ScanLimits) -> Iterator[Any]:
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(path)
    except _ERRORS as error:
        code = getattr(error, "err_code", None)
        if code == raw.FPDF_ERR_PASSWORD:
            msg = "the PDF needs a password to be opened"
            raise EncryptedScanError(
                msg, "save a copy without password, or ask its producer for one"
            ) from error
        if code == raw.FPDF_ERR_SECURITY:
            msg = "the PDF is protected in a way that cannot be opened"
            raise EncryptedScanError(msg, "ask its producer for a copy without protection") from error
        raise UnreadableScanError(f"the PDF cannot be opened: {error}", RESCAN) from error
    with document:
        if len(document) == 0:
            raise UnreadableScanError("the PDF has no page", RESCAN)
        if len(document) > limits.max_pages:
            msg = f"the PDF has {len(document)} pages, more than {limits.max_pages}"
            raise TooLargeScanError(msg, "split it, or raise ARCHIVEIA_MAX_PAGES")
        if document.get_formtype() == raw.FORMTYPE_ACRO_FORM:
            document.init_forms()  # without it what was typed into a form is not drawn
        yield document


@contextmanager
def _page(document: Any, index: int) -> Iterator[Any]:
    page = document[index]
    try:
        yield page
    finally:
        page.close()


@contextmanager
def _numbered(document: Any, number: int) -> Iterator[Any]:
    """The page of that number, from 1; whatever PDFium says against it is a failed page."""
    if not 1 <= number <= len(document):
        msg = f"there is no page {number} of {len(document)}"
        raise PageFailedError(msg, "run the intake of this file again")
    try:
        with _page(document, number - 1) as page:
            yield page
    except _ERRORS as error:
        raise PageFailedError(f"page {number} cannot be drawn: {error}", RESCAN) from error


def _scale(page: Any, dpi: int, limits: ScanLimits) -> float:
    """Pixels per point: the page's own resolution or ``dpi``, less when the page would be too large."""
    width, height = (max(side, 1.0) for side in page.get_size())
    scale = _native_scale(page) or dpi / _POINTS_PER_INCH
    return min(scale, math.sqrt(limits.max_page_pixels / (width * height)) * 0.999)


def _native_scale(page: Any) -> float | None:
    """Pixels per point of the finest image of a page that an image fills; ``None`` for other pages.

    Scanners that compress by layers put a coarse image of the paper under finer ones of the text.
    """
    from pypdfium2 import raw

    if not 0 < raw.FPDFPage_CountObjects(page) <= _MAX_OBJECTS:
        return None
    left, bottom, right, top = page.get_bbox()
    shares, scales = [0.0], []
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=1):
        west, south, east, north = image.get_bounds()
        shown = max(0.0, min(east, right) - max(west, left)) * max(0.0, min(north, top) - max(south, bottom))
        shares.append(shown / max(1.0, (right - left) * (top - bottom)))
        if shares[-1] > _LAYER_SHARE:
            scales.append(_image_scale(image.get_px_size(), east - west, north - south))
    if max(shares) < _FULL_PAGE_SHARE:
        return None
    low, high = (value / _POINTS_PER_INCH for value in _NATIVE_DPI)
    finest = max((scale for scale in scales if low <= scale * 1.001 and scale <= high * 1.001), default=None)
    return finest and finest * (1 - 1e-6)  # so that 2480.0001 pixels are not rounded up to 2481


def _image_scale(size_px: tuple[int, int], width: float, height: float) -> float:
    """Pixels per point of an image drawn in a box, be it turned or not."""
    across, down = size_px
    as_is, turned = (across / width, down / height), (across / height, down / width)
    return max(as_is if abs(as_is[0] - as_is[1]) <= abs(turned[0] - turned[1]) else turned)


def _size(page: Any, scale: float) -> tuple[int, int]:
    """Width and height in pixels of the page drawn at this scale."""
    width, height = page.get_size()
    return max(1, math.ceil(width * scale)), max(1, math.ceil(height * scale))


def _draw(page: Any, scale: float) -> GrayPixels:
    """The page drawn on white, grey."""
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        return np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)
    finally:
        bitmap.close()


def _words(page: Any, text: Any, size: tuple[int, int]) -> Iterator[Word]:
    """The words of a text page: runs of characters between spaces and line ends."""
    from pypdfium2 import raw

    sides = [ctypes.c_double() for _ in range(4)]
    boxes: list[tuple[float, ...]] = []
    letters, line, ended = "", 0, True
    for index in range(min(text.count_chars(), _MAX_CHARACTERS) + 1):
        code = raw.FPDFText_GetUnicode(text, index)
        letter = _HYPHENS.get(code) or chr(code)
        if letter.isprintable() and not letter.isspace():
            if raw.FPDFText_GetCharBox(text, index, *sides):
                letters += letter
                boxes.append(tuple(side.value for side in sides))
            continue
        word = _word(page, letters, boxes, size) if letters else None
        if word is not None:
            line += ended
            yield replace(word, line=line)
            ended = False
        letters, boxes, ended = "", [], ended or letter in "\r\n"


def _word(page: Any, letters: str, boxes: Sequence[tuple[float, ...]], size: tuple[int, int]) -> Word | None:
    """The letters as a word boxed in pixels; ``None`` when it is not on the page."""
    west, east = min(b[0] for b in boxes), max(b[1] for b in boxes)
    south, north = min(b[2] for b in boxes), max(b[3] for b in boxes)
    corners = [_to_pixels(page, x, y, size) for x, y in ((west, south), (east, north))]
    left, right = (min(max(x, 0), size[0]) for x in sorted(x for x, _ in corners))
    top, bottom = (min(max(y, 0), size[1]) for y in sorted(y for _, y in corners))
    if right == left or bottom == top:
        return None
    return Word(letters, left, top, right - left, bottom - top, 1.0)


def _to_pixels(page: Any, x: float, y: float, size: tuple[int, int]) -> tuple[int, int]:
    """A point of the page in pixels from the top left of the page as drawn (turned, cropped)."""
    from pypdfium2 import raw

    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value
