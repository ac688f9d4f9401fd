"""Pages for a detector of words: rendered ones, and transcribed ones, with the box of every word.

What a transcribed page holds beside words that are told apart is painted over with its paper, so that no
word is taught to be none. Boxes: left, top, right, bottom in shares of the page, 0-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from archiveia.edges.aging import aged, scanned
from archiveia.edges.line_images import Cutting, cut_true_line
from archiveia.edges.rendered_text import written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from archiveia.edges.fonts import Font
    from archiveia.edges.line_images import TruePage
    from archiveia.edges.rendered_text import Renderer
    from archiveia.edges.training_texts import FrenchWords
    from archiveia.values import GrayPixels

    Boxes = NDArray[np.float32]

_ROOM = 0.12
"""How far a box goes beyond the ink of its word, in heights of the line."""
_LONG_SIDE_PX = 1800
"""Transcribed pages are kept at this size: a little more than a detector sees."""


@dataclass(frozen=True, slots=True)
class BoxedPage:
    """A page, the boxes of its words, and where it is from."""

    pixels: GrayPixels
    boxes: Boxes
    source: str


def boxed_page(page: TruePage) -> BoxedPage:
    """A transcribed page with the boxes of the words that can be told apart, its other lines painted over."""
    gray = page.load()
    scale = min(1.0, _LONG_SIDE_PX / max(gray.size))
    small = gray.resize((round(gray.width * scale), round(gray.height * scale)), Image.Resampling.BOX)
    draw = ImageDraw.Draw(small)
    boxes = []
    for line in (*page.lines, *page.by_hand):
        cut = cut_true_line(gray, line) if line in page.lines else None
        if cut is not None and cut.words:
            boxes += _boxes(cut)
        else:
            spot = [(x * scale, y * scale) for x, y in line.polygon]
            draw.polygon(spot, fill=_paper(small, spot))
    sizes = np.array([gray.width, gray.height, gray.width, gray.height], dtype=np.float32)
    shares = (np.array(boxes, dtype=np.float32).reshape(-1, 4) / sizes).clip(0, 1)
    return BoxedPage(np.asarray(small), shares, page.source)


def _boxes(cut: Cutting) -> list[tuple[float, float, float, float]]:
    height = float(np.median([word.bottom_px - word.top_px for word in cut.words]))
    left, top, room = cut.left_px, cut.top_px, height * _ROOM
    return [
        (
            left + word.left_px - room,
            top + word.top_px - room,
            left + word.right_px + room,
            top + word.bottom_px + room,
        )
        for word in cut.words
    ]


def _paper(page: Image.Image, spot: list[tuple[float, float]]) -> int:
    xs, ys = zip(*spot, strict=True)
    around = page.crop((int(min(xs)), int(min(ys)), int(max(xs)) + 1, int(max(ys)) + 1))
    return int(np.percentile(np.asarray(around), 80))


def window(page: BoxedPage, side_px: int, long_side_px: int, rng: Generator) -> tuple[GrayPixels, Boxes]:
    """A square part of a page about as large as a detector sees it, aged a little more."""
    scale = long_side_px / max(page.pixels.shape) * rng.uniform(0.75, 1.3)
    height, width = (round(side * scale) for side in page.pixels.shape)
    left, top = (
        int(rng.integers(min(0, size - side_px), max(1, size - side_px + 1))) for size in (width, height)
    )
    shown = np.clip([left, top, left + side_px, top + side_px], 0, [width, height, width, height])
    there = shown / [width, height, width, height] * np.tile(page.pixels.shape[::-1], 2)
    image = Image.fromarray(page.pixels).resize(
        tuple(shown[2:] - shown[:2]), Image.Resampling.BILINEAR, box=tuple(there)
    )
    cell = Image.new("L", (side_px, side_px), 0)
    cell.paste(image, (shown[0] - left, shown[1] - top))
    pixels = np.asarray(cell)
    if rng.random() < 0.5:
        pixels = scanned(pixels.astype(np.float32) * np.float32(rng.uniform(0.75, 1)), rng)
    boxes = page.boxes * np.array([width, height, width, height]) - np.array([left, top, left, top])
    return pixels, inside(boxes, side_px)


def inside(boxes: NDArray[np.floating], side_px: int, shown: Sequence[int] = ()) -> Boxes:
    """The boxes of which a quarter or more is in the square, or in the part of it that is shown; in shares of it."""
    left, top, right, bottom = shown or (0, 0, side_px, side_px)
    clipped = boxes.clip((left, top, left, top), (right, bottom, right, bottom))
    areas = [np.prod(b[:, 2:] - b[:, :2], axis=1) for b in (clipped, boxes)]
    kept = (
        (areas[0] > areas[1] * 0.25)
        & (np.diff(clipped[:, ::2])[:, 0] > 2)
        & (np.diff(clipped[:, 1::2])[:, 0] > 2)
    )
    return np.asarray(clipped[kept] / side_px, dtype=np.float32)


def beside_black(pixels: GrayPixels, boxes: Boxes, rng: Generator) -> tuple[GrayPixels, Boxes]:
    """A square with black on one side, which docTR adds to pages that are no squares."""
    side_px = len(pixels)
    shown = [0, 0, side_px, side_px]
    side, black_px = int(rng.integers(4)), int(rng.uniform(0.02, 0.4) * side_px)
    shown[side] += black_px if side < 2 else -black_px
    left, top, right, bottom = shown
    framed = np.zeros_like(pixels)
    framed[top:bottom, left:right] = pixels[top:bottom, left:right]
    return framed, inside(boxes * side_px, side_px, shown)


def whole(page: BoxedPage, side_px: int) -> tuple[GrayPixels, Boxes]:
    """The page as docTR shows it to a detector: its shape kept, black to both sides."""
    height, width = page.pixels.shape
    scale = side_px / max(height, width)
    size = (int(width * scale), int(height * scale))
    image = Image.fromarray(page.pixels).resize(size, Image.Resampling.BILINEAR)
    left, top = (side_px - size[0]) // 2, (side_px - size[1]) // 2
    cell = Image.new("L", (side_px, side_px), 0)
    cell.paste(image, (left, top))
    boxes = page.boxes * np.array([*size, *size]) + np.array([left, top, left, top])
    return np.asarray(cell), np.asarray(boxes / side_px, dtype=np.float32)


def rendered_page(
    words: FrenchWords, renderer: Renderer, side_px: int, rng: Generator
) -> tuple[GrayPixels, Boxes]:
    """A square of a page full of rendered lines: a title, one to three columns, words alone."""
    ink = np.zeros((side_px, side_px), dtype=np.float32)
    boxes: list[tuple[float, float, float, float]] = []
    size_px = int(np.exp(rng.uniform(np.log(11), np.log(32))))
    font = renderer.font("le", rng)
    columns = int(rng.choice((1, 1, 1, 2, 3)))
    for column in range(columns):
        left = side_px * column / columns + rng.uniform(0, 0.08) * side_px / columns
        right = side_px * (column + 1) / columns - rng.uniform(0, 0.06) * side_px / columns
        leading = rng.uniform(1.15, 2.2)
        baseline = rng.uniform(0, 3) * size_px
        while baseline < side_px + size_px:
            big = rng.random() < 0.06
            line_px = int(size_px * rng.uniform(1.2, 2)) if big else size_px
            line_font = renderer.font("le", rng) if big else font
            start = left + (rng.uniform(0, 0.5) * (right - left) if rng.random() < 0.15 else 0)
            end = start + (right - start) * (rng.uniform(0.1, 1) if rng.random() < 0.25 else 1)
            if line_font is not None and rng.random() < 0.93:
                boxes += _line(ink, words, line_font, (start, end, baseline, line_px), rng)
            baseline += line_px * leading
    if rng.random() < 0.3:
        _rules(ink, rng)
    pixels = aged(ink, rng, bend=False)
    return pixels, inside(np.array(boxes, dtype=np.float32).reshape(-1, 4), side_px)


def _line(
    ink: NDArray[np.float32],
    words: FrenchWords,
    font: Font,
    place: tuple[float, float, float, int],
    rng: Generator,
) -> list[tuple[float, float, float, float]]:
    """Writes a line of words from ``place`` (start, end, baseline, size) on the page; their boxes."""
    x, end, baseline, size_px = place
    space = size_px * (0.6 if font.kind == "mono" else rng.uniform(0.25, 0.45))
    far = rng.random() < 0.08  # a table: words far apart
    boxes: list[tuple[float, float, float, float]] = []
    while True:
        text = words.draw(rng, phrases=0)
        if not font.covers.issuperset(text):
            continue
        word = written(text, font, size_px, rng)
        across, down = np.flatnonzero(word.max(axis=0) > 0.3), np.flatnonzero(word.max(axis=1) > 0.3)
        if not len(across):
            continue
        word = word[:, across[0] : across[-1] + 1]
        if x + word.shape[1] > end:
            return boxes
        top = round(baseline) - 2 * size_px
        _lay(ink, word, round(x), top)
        room = size_px * _ROOM * 0.8
        boxes.append((x - room, top + down[0] - room, x + word.shape[1] + room, top + down[-1] + 1 + room))
        x += word.shape[1] + (rng.uniform(2, 8) * size_px if far else space)


def _lay(page: NDArray[np.float32], ink: NDArray[np.float32], left: int, top: int) -> None:
    y, x = max(top, 0), max(left, 0)
    part = page[y : top + ink.shape[0], x : left + ink.shape[1]]
    if part.size:
        np.maximum(part, ink[y - top :, x - left :][: part.shape[0], : part.shape[1]], out=part)


def _rules(ink: NDArray[np.float32], rng: Generator) -> None:
    """Lines of a table or a frame."""
    for _ in range(int(rng.integers(1, 6))):
        at, width = int(rng.integers(len(ink))), int(rng.integers(1, 3))
        if rng.random() < 0.5:
            ink[at : at + width, :] = rng.uniform(0.4, 1)
        else:
            ink[:, at : at + width] = rng.uniform(0.4, 1)
