"""TIFF, JPEG, PNG and JPEG 2000 by Pillow: every depth and colour of scan as upright grey pixels."""

from __future__ import annotations

import struct
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from archiveia.errors import ArchiveiaError, PageFailedError, TooLargeScanError, UnreadableScanError
from archiveia.values import FileKind, PageImage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL import Image

    from archiveia.values import GrayPixels, ScanLimits

PREVIEW_PX = 1200
"""Longest side of a preview: an A4 page at about 100 dpi."""
_FORMATS = {FileKind.TIFF: "TIFF", FileKind.JPEG: "JPEG", FileKind.PNG: "PNG", FileKind.JP2: "JPEG2000"}
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""What makes a page upright, by EXIF orientation (EXIF 2.3, tag 274)."""
_ORIENTATION, _SUBFILE, _PHOTOMETRIC = 274, 254, 262
_DECODING_ERRORS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
"""What Pillow raises on broken files; it promises no list."""
_FAX_RATIOS = (1.05, 2.5)
"""Fax pixels are up to about twice as high as wide (204 x 98 dpi, ITU-T T.4); more is a wrong tag."""
_PLAUSIBLE_DPI = (50, 2400)
RESCAN = "scan it again, or export it anew from the program that made it"


@dataclass(frozen=True, slots=True)
class Preview:
    """A page made small, or why it cannot be decoded (``reason`` is for archivists, in French)."""

    width_px: int
    height_px: int
    pixels: GrayPixels | None
    error: ArchiveiaError | None = None
    reason: str | None = None


def previews(path: Path, kind: FileKind, *, limits: ScanLimits) -> Iterator[Preview]:
    """Each page of an image file, made small."""
    with _opened(path, kind) as image:
        frames = _frames(image, limits)
        while True:
            try:
                if next(frames, None) is None:
                    return
            except _DECODING_ERRORS as error:  # the chain of frames is broken: no further page is found
                yield undecodable(0, 0, _detail(error))
                return
            yield _preview(image, limits)


def render(path: Path, kind: FileKind, number: int, *, limits: ScanLimits) -> PageImage:
    """One page of an image file, whole."""
    with page_of(path, kind, number, limits=limits) as image:
        width, height, dpi = _shape(image)
        return PageImage(number, _pixels(image, width, height), dpi)


@contextmanager
def page_of(path: Path, kind: FileKind, number: int, *, limits: ScanLimits) -> Iterator[Image.Image]:
    """The open image, standing at one page, not decoded yet.

    Raises:
        PageFailedError: it has no such page, or what is done with it shows that it cannot be decoded.
    """
    with _opened(path, kind) as image:
        try:
            for count, _ in enumerate(_frames(image, limits), start=1):
                if count == number:
                    width, height, _ = _shape(image)
                    _refuse_bomb(width, height, limits)
                    yield image
                    return
        except _DECODING_ERRORS as error:
            raise PageFailedError(f"page {number} cannot be decoded: {_detail(error)}", RESCAN) from error
    raise PageFailedError(f"the file has no page {number}", "run the intake of this file again")


@contextmanager
def _opened(path: Path, kind: FileKind) -> Iterator[Image.Image]:
    """The open image, without Pillow's own limit (ours is checked before decoding) and its warnings."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    # A file object, not a path: Pillow maps files into memory, and garbles uncompressed TIFFs that lie.
    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")
        try:
            image = Image.open(file, formats=[_FORMATS[kind]])
        except _DECODING_ERRORS as error:
            msg = f"the {kind.upper()} file cannot be opened: {_detail(error)}"
            raise UnreadableScanError(msg, RESCAN) from error
        with image:
            yield image


def _frames(image: Image.Image, limits: ScanLimits) -> Iterator[int]:
    """The number of each frame that is a page, the image standing at it; thumbnails are passed over."""
    if image.format != "TIFF":
        yield 1  # what follows in a JPEG or PNG are stereo views and animations
        return
    for index in range(limits.max_pages + 1):
        try:
            image.seek(index)
        except EOFError:
            return
        if index == limits.max_pages:
            msg = f"the TIFF file has more than {limits.max_pages} pages"
            raise TooLargeScanError(msg, "split it, or raise ARCHIVEIA_MAX_PAGES")
        if index == 0 or not image.tag_v2.get(_SUBFILE, 0) & 1:  # type: ignore[attr-defined] # a TIFF has it
            yield index + 1


def _preview(image: Image.Image, limits: ScanLimits) -> Preview:
    width = height = 0
    try:
        width, height, _ = _shape(image)
        _refuse_bomb(width, height, limits)
        factor = -(-max(width, height) // PREVIEW_PX)
        if image.format == "JPEG":  # decoded small at once: four times as fast
            image.draft("L", (image.width // factor, image.height // factor))
        return Preview(width, height, _pixels(image, max(1, width // factor), max(1, height // factor)))
    except TooLargeScanError as error:
        return Preview(width, height, None, error, f"page trop grande ({width} x {height} pixels)")
    except _DECODING_ERRORS as error:
        return undecodable(width, height, _detail(error))


def undecodable(width_px: int, height_px: int, detail: str) -> Preview:
    """The preview of a page that has none, with what the decoder said."""
    error = UnreadableScanError(f"its page cannot be decoded: {detail}", RESCAN)
    said = "le fichier est tronqué" if "truncated" in detail else detail
    return Preview(width_px, height_px, None, error, f"page impossible à décoder : {said}")


def _refuse_bomb(width: int, height: int, limits: ScanLimits) -> None:
    if width * height > limits.max_page_pixels:
        msg = f"a page of {width} x {height} pixels is over {limits.max_page_pixels // 1_000_000} megapixels"
        raise TooLargeScanError(msg, "reduce it, or raise ARCHIVEIA_MAX_PAGE_MEGAPIXELS")


def _shape(image: Image.Image) -> tuple[int, int, float | None]:
    """Width, height and resolution of the page once upright and its pixels square."""
    width, height = image.size
    across, down = _dpi(image)
    if image.format != "TIFF" and image.getexif().get(_ORIENTATION) in {5, 6, 7, 8}:
        width, height, across, down = height, width, down, across
    if across is None or down is None:
        return width, height, None
    low, high = sorted((across, down))
    if _FAX_RATIOS[0] < high / low < _FAX_RATIOS[1]:
        return round(width * high / across), round(height * high / down), high
    return width, height, across


def _dpi(image: Image.Image) -> tuple[float | None, float | None]:
    """The resolution that the file claims, when it can be true."""
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None, None
    low, high = _PLAUSIBLE_DPI
    return (across, down) if low <= across <= high and low <= down <= high else (None, None)


def _pixels(image: Image.Image, width: int, height: int) -> GrayPixels:
    """The decoded image, upright, grey, of this size."""
    from PIL import Image

    turn = None if image.format == "TIFF" else _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    image.load()  # Pillow itself turns what a TIFF says is to be turned
    grey = _grey(image)
    if turn is not None:
        grey = grey.transpose(Image.Transpose[turn])
    if grey.size != (width, height):
        grey = grey.resize((width, height), Image.Resampling.BOX)
    return np.asarray(grey, dtype=np.uint8)


def _grey(image: Image.Image) -> Image.Image:
    """The image in 8 bits of grey, on white where it is transparent."""
    from PIL import Image

    if image.mode == "F" or image.mode.startswith("I"):
        return Image.fromarray(_in_8_bits(image))
    if image.mode == "LAB":
        return image.getchannel(0)  # its L is the lightness
    if image.has_transparency_data:
        page = Image.new("RGBA", image.size, "white")
        page.alpha_composite(image.convert("RGBA"))
        return page.convert("L")
    return image.convert("L") if image.mode in {"1", "L", "P", "RGB"} else image.convert("RGB").convert("L")


def _in_8_bits(image: Image.Image) -> GrayPixels:
    """Deeper pixels in 8 bits. The depth in use is told by the brightest pixel: 12 bits come in 16."""
    deep = np.asarray(image, dtype=np.float32)
    brightest = float(np.nanmax(deep, initial=0.0))
    full = next((top for top in (1.0, 255.0, 4095.0, 65535.0) if brightest <= top), brightest)
    grey = np.nan_to_num(deep * (255.0 / full)).clip(0, 255).astype(np.uint8)
    tags = getattr(image, "tag_v2", {})
    return np.asarray(255 - grey, dtype=np.uint8) if tags.get(_PHOTOMETRIC) == 0 else grey


def _detail(error: BaseException) -> str:
    """What the decoder said, without the path of the file."""
    text = str(error).partition(" '/")[0]
    return text if isinstance(error, OSError) and text else f"{type(error).__name__}: {text}"
