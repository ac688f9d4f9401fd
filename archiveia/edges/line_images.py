"""Transcribed lines as images: ALTO or PAGE ground truth beside its images, cut into words.

An ``.xml`` file belongs to the image of the same name beside it (``page.xml``, ``page.jpg``). What is
handwritten, struck out or unread is left out, by the marks that the folder's README names (see
``docs/evaluation.md``) and by the type of line that ALTO gives.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from archiveia.edges.xml_files import find_xml, read_xml
from archiveia.errors import BadRequestError
from archiveia.steps.measure import marks_in
from archiveia.steps.word_cuts import CutWord, cut_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from numpy.typing import NDArray

    from archiveia.values import GrayPixels

_IMAGES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".jp2")
_HANDWRITTEN = "handwritten"
_UNSURE = ("~~~", "XXX")
"""In a word: it is handwritten or unread."""
_STRUCK_OUT = "⟦⟧"
"""In a line: some of it is struck out."""
_MOST_LINE_HEIGHT_PX = 64
"""Lines higher than this are made smaller: a recogniser sees 32 pixels."""


@dataclass(frozen=True, slots=True)
class TrueLine:
    """One line of a ground truth: its text, and the polygon around it in pixels of the image."""

    text: str
    polygon: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class TruePage:
    """A page and the lines that are written on it; ``source`` is its folder and name.

    ``load`` gives its grey image; ``marks`` are those of its transcribers.
    """

    load: Callable[[], Image.Image]
    source: str
    lines: tuple[TrueLine, ...]
    marks: tuple[str, ...]
    by_hand: tuple[TrueLine, ...] = ()


@dataclass(frozen=True, slots=True)
class LineImage:
    """A line with the paper around it, and its words. ``pixels``: 255 is white."""

    pixels: GrayPixels
    words: tuple[CutWord, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Cutting:
    """A line cut out of a page at (left, top), and its words; none where they cannot be told apart."""

    crop: Image.Image
    left_px: int
    top_px: int
    words: tuple[CutWord, ...]


def find_pages(folder: Path) -> list[TruePage]:
    """The pages of a folder that have an image and a ground truth.

    Raises:
        BadRequestError: there is none, or a file of it is no ALTO and no PAGE.
    """
    readme = folder / "README.md"
    marks = marks_in(readme.read_text("utf-8", errors="replace")) if readme.is_file() else ()
    pages = []
    for file in find_xml([folder]):
        image = next((file.with_suffix(s) for s in _IMAGES if file.with_suffix(s).is_file()), None)
        if image is not None:
            typed, by_hand = _lines(read_xml(file))
            source = f"{folder.resolve().name}/{file.stem}"
            pages.append(TruePage(partial(_grey, image), source, typed, marks, by_hand))
    if not pages:
        raise BadRequestError(
            f"no ALTO or PAGE file beside an image in {folder}",
            "put page.xml beside page.jpg, as eScriptorium and Transkribus export them",
        )
    return pages


def _grey(file: Path) -> Image.Image:
    try:
        with Image.open(file) as image:
            return image.convert("L")
    except OSError as error:
        raise BadRequestError(
            f"the image {file} cannot be read: {error}", "save it again as PNG or JPEG"
        ) from error


def _lines(root: Element) -> tuple[tuple[TrueLine, ...], tuple[TrueLine, ...]]:
    """The typed and printed lines of an ALTO or PAGE tree, and those written by hand."""
    hands = {
        tag.get("ID") for tag in root.iter("OtherTag") if _HANDWRITTEN in (tag.get("LABEL") or "").lower()
    }
    found: tuple[list[TrueLine], list[TrueLine]] = ([], [])
    for line in root.iter("TextLine"):
        by_hand = _HANDWRITTEN in (line.get("custom") or "") or not hands.isdisjoint(
            (line.get("TAGREFS") or "").split()
        )
        text, points = _alto(line) if line.find("String") is not None else _page(line)
        polygon = _polygon(points)
        if text.strip() and len(polygon) > 2:
            found[by_hand].append(TrueLine(unicodedata.normalize("NFC", text), polygon))
    return tuple(found[0]), tuple(found[1])


def _alto(line: Element) -> tuple[str, str]:
    text = " ".join(part.get("CONTENT") or "" for part in line.iter("String"))
    shape = line.find("Shape/Polygon")
    return text, "" if shape is None else shape.get("POINTS") or ""


def _page(line: Element) -> tuple[str, str]:
    text, shape = line.find("TextEquiv/Unicode"), line.find("Coords")
    return (text.text or "") if text is not None else "", "" if shape is None else shape.get("points") or ""


def _polygon(points: str) -> tuple[tuple[float, float], ...]:
    """The points of ``x,y x,y`` or ``x y x y``; empty when they are not numbers in pairs."""
    try:
        numbers = [float(number) for number in points.replace(",", " ").split()]
    except ValueError:
        return ()
    return tuple(zip(numbers[::2], numbers[1::2], strict=True)) if len(numbers) % 2 == 0 else ()


def cut_pages(pages: Sequence[TruePage]) -> Iterator[LineImage]:
    """The lines of pages whose words can be told apart, with the image of each."""
    hyphenated = {
        page.source.split("/")[0] for page in pages for line in page.lines if line.text.rstrip()[-1:] in "-¬"
    }
    for page in pages:
        gray = page.load()
        for line in page.lines:
            yield from _cut(gray, line, page, ends_known=page.source.split("/")[0] in hyphenated)


def _cut(page: Image.Image, line: TrueLine, of: TruePage, *, ends_known: bool) -> Iterator[LineImage]:
    """A line for each run of words that can be told apart and are sure."""
    cut = cut_true_line(page, line)
    if cut is None:
        return
    scale = min(1.0, _MOST_LINE_HEIGHT_PX / cut.crop.height)
    size = (round(cut.crop.width * scale), round(cut.crop.height * scale))
    pixels = np.asarray(cut.crop.resize(size, Image.Resampling.BOX))
    run: list[CutWord] = []
    for found in cut.words if ends_known else cut.words[:-1]:
        word = _readable(found, of.marks)
        if word is not None:
            run.append(_scaled(word, scale))
        elif run:
            yield LineImage(pixels, tuple(run), of.source)
            run = []
    if run:
        yield LineImage(pixels, tuple(run), of.source)


def cut_true_line(page: Image.Image, line: TrueLine) -> Cutting | None:
    """A line of a page with the paper around it, cut into words; ``None`` where no cut can be sure."""
    xs, ys = zip(*line.polygon, strict=True)
    room = (max(ys) - min(ys)) * 0.3
    left, top = max(0, int(min(xs) - room)), max(0, int(min(ys) - room))
    right, bottom = min(page.width, int(max(xs) + room)), min(page.height, int(max(ys) + room))
    if right - left < 8 or bottom - top < 8 or any(sign in line.text for sign in _STRUCK_OUT):
        return None
    crop = page.crop((left, top, right, bottom))
    mask = Image.new("1", crop.size)
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in line.polygon], fill=1)
    return Cutting(crop, left, top, cut_line(_ink(crop) & np.asarray(mask), line.text))


def _readable(word: CutWord, marks: Sequence[str]) -> CutWord | None:
    """The word without the transcribers' marks; ``None`` when its image is not what the text says."""
    text = word.text
    if any(sign in text for sign in _UNSURE):
        return None
    for mark in marks:
        text = text.replace(mark, "")
    text = text.replace("¬", "-")
    return CutWord(text, word.left_px, word.top_px, word.right_px, word.bottom_px) if text else None


def _scaled(word: CutWord, scale: float) -> CutWord:
    return CutWord(
        word.text,
        int(word.left_px * scale),
        int(word.top_px * scale),
        round(word.right_px * scale + 0.5),
        round(word.bottom_px * scale + 0.5),
    )


def _ink(crop: Image.Image) -> NDArray[np.bool_]:
    """Where the ink is: darker than halfway between the line's ink and its paper, specks left out."""
    grey = np.asarray(crop.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32)
    dark, paper = np.percentile(grey, (2, 80))
    return np.asarray(grey < dark + (paper - dark) * 0.55)
