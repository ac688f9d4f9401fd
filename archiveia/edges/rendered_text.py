"""Crops that a recogniser learns from: French text rendered and aged, and words of transcribed lines.

Pixels: 255 is white. All chance comes from ``rng``.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from archiveia.edges.aging import aged, bent, scanned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from archiveia.edges.fonts import Font
    from archiveia.edges.line_images import LineImage
    from archiveia.steps.word_cuts import CutWord
    from archiveia.values import GrayPixels

    Ink: TypeAlias = NDArray[np.float32]

_SHARES = {"mono": 0.42, "serif": 0.4, "sans": 0.18}
"""How often each kind of font is drawn."""


class Renderer:
    """Crops of rendered text in the fonts given, a typewriter's most often."""

    def __init__(self, fonts: Sequence[Font]) -> None:
        self._kinds: dict[str, dict[str, list[Font]]] = defaultdict(lambda: defaultdict(list))
        for font in fonts:
            self._kinds[font.kind][font.family].append(font)
        names = sorted(self._kinds)
        shares = np.array([_SHARES[name] for name in names])
        self._names, self._shares = names, shares / shares.sum()

    def font(self, text: str, rng: Generator) -> Font | None:
        """A font that has the letters of a text; ``None`` when none of those drawn has them."""
        for _ in range(8):
            families = self._kinds[str(rng.choice(self._names, p=self._shares))]
            styles = families[sorted(families)[int(rng.integers(len(families)))]]
            plain = [f for f in styles if f.style.lower() in {"regular", "roman", "book", "medium"}]
            among = plain if plain and rng.random() < 0.6 else styles
            font = among[int(rng.integers(len(among)))]
            if font.covers.issuperset(text):
                return font
        return None

    def crop(self, text: str, rng: Generator) -> GrayPixels | None:
        """The text as a detector would cut it out of a scan; ``None`` when no font has its letters."""
        font = self.font(text, rng)
        if font is None:
            return None
        size_px = int(np.exp(rng.uniform(np.log(17), np.log(46))))
        ink = written(text, font, size_px, rng)
        return aged(_framed(ink, size_px, rng), rng)


def real_crop(line: LineImage, rng: Generator, *, phrases: float = 0.15) -> tuple[GrayPixels, str]:
    """A word of a transcribed line (or some short ones) as a detector might cut it out, aged a little more."""
    first = last = int(rng.integers(len(line.words)))
    if rng.random() < phrases:
        while last + 1 < len(line.words) and last - first < 3 and _short(line.words[first : last + 2]):
            last += 1
    words = line.words[first : last + 1]
    box = (
        min(word.left_px for word in words),
        min(word.top_px for word in words),
        max(word.right_px for word in words),
        max(word.bottom_px for word in words),
    )
    room = np.maximum(2, rng.uniform(-0.04, 0.24, 4) * (box[3] - box[1])).round().astype(int)
    page = line.pixels[
        max(0, box[1] - room[0]) : box[3] + room[1], max(0, box[0] - room[2]) : box[2] + room[3]
    ].astype(np.float32)
    if rng.random() < 0.4:
        page = page * rng.uniform(0.7, 1.0) + rng.uniform(0, 40)
    pixels = scanned(page, rng) if rng.random() < 0.6 else page.clip(0, 255).astype(np.uint8)
    if rng.random() < 0.35:
        pixels = np.asarray(bent(Image.fromarray(255 - pixels), rng))
        pixels = 255 - pixels
    return pixels, " ".join(word.text for word in words)


def plain_crop(line: LineImage, word: CutWord) -> GrayPixels:
    """A word of a line with a little paper around it, as it is."""
    room = max(2, round((word.bottom_px - word.top_px) * 0.1))
    return line.pixels[
        max(0, word.top_px - room) : word.bottom_px + room, max(0, word.left_px - room) : word.right_px + room
    ]


def _short(words: Sequence[CutWord]) -> bool:
    width, height = words[-1].right_px - words[0].left_px, max(w.bottom_px - w.top_px for w in words)
    return width < 7 * height and sum(len(word.text) + 1 for word in words) <= 20


def fitted(crop: GrayPixels, height_px: int = 32, width_px: int = 128) -> GrayPixels:
    """The crop at the size of a recogniser, as docTR makes it: its shape kept, black to the right or below."""
    image = Image.fromarray(crop)
    if image.height * width_px > height_px * image.width:
        size = (max(int(height_px * image.width / image.height), 1), height_px)
    else:
        size = (width_px, max(int(width_px * image.height / image.width), 1))
    cell = np.zeros((height_px, width_px), dtype=np.uint8)
    cell[: size[1], : size[0]] = np.asarray(image.resize(size, Image.Resampling.BILINEAR))
    return cell


@lru_cache(maxsize=4096)
def _face(path: str, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size_px, layout_engine=ImageFont.Layout.BASIC)


def written(text: str, font: Font, size_px: int, rng: Generator) -> Ink:
    """The ink of a text (1 = full), with room of one size around it."""
    face = _face(font.path, size_px)
    by_letters = (font.kind == "mono" and rng.random() < 0.6) or rng.random() < 0.1
    spread = float(rng.choice((0, 0, 0, rng.uniform(-0.03, 0.15)))) * size_px
    width = int(face.getlength(text) + max(spread, 0) * len(text)) + 2 * size_px
    cell = Image.new("L", (width, size_px * 3))
    draw = ImageDraw.Draw(cell)
    if not by_letters and not spread:
        draw.text((size_px, size_px * 2), text, fill=255, font=face, anchor="ls")
    else:
        x = float(size_px)
        jitter, fading = rng.uniform(0, 0.035) * size_px, rng.uniform(0, 0.5)
        stray = rng.normal(0, jitter, (len(text), 2)) if by_letters else np.zeros((len(text), 2))
        force = 255 * (1 - fading * rng.random(len(text))) if by_letters else np.full(len(text), 255)
        for letter, (dx, dy), tone in zip(text, stray, force, strict=True):
            draw.text((x + dx, size_px * 2 + dy), letter, fill=int(tone), font=face, anchor="ls")
            x += face.getlength(letter) + spread
    return np.asarray(cell, dtype=np.float32) / np.float32(255)


def _framed(ink: Ink, size_px: int, rng: Generator) -> Ink:
    """The ink with the margins of a detected box, and what else stands in such a box."""
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.3), np.flatnonzero(ink.max(axis=0) > 0.3)
    if not len(rows):
        rows, columns = np.array([size_px, 2 * size_px]), np.array([size_px, 2 * size_px])
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    height = bottom - top
    if rng.random() < 0.07:  # underlined
        at = min(bottom + int(rng.uniform(0, 0.12) * size_px), len(ink) - 2)
        ink = ink.copy()
        ink[at : at + max(1, int(size_px * rng.uniform(0.03, 0.08))), :] = rng.uniform(0.5, 1)
        if rng.random() < 0.5:
            bottom = at + 2
    pad = (
        np.maximum(rng.uniform(-0.02, 0.22, 4) * height, rng.uniform(-0.02, 0.16, 4) * size_px)
        .round()
        .astype(int)
    )
    top, bottom, left, right = top - pad[0], bottom + pad[1], left - pad[2], right + pad[3]
    framed = np.zeros((bottom - top, right - left), dtype=np.float32)
    y, x = max(top, 0), max(left, 0)
    part = ink[y:bottom, x:right]
    framed[y - top : y - top + part.shape[0], x - left : x - left + part.shape[1]] = part
    if rng.random() < 0.12:
        _add_neighbours(framed, ink, rng)
    return framed


def _add_neighbours(framed: Ink, ink: Ink, rng: Generator) -> None:
    """The feet of the line above, or the heads of the one below, or a rule of a table."""
    height, width = framed.shape
    depth = max(1, int(height * rng.uniform(0.04, 0.14)))
    kind = rng.random()
    if kind < 0.7:
        body = ink[ink.max(axis=1) > 0.3]
        strip = np.roll(body, int(rng.integers(max(1, width))), axis=1)[:, :width]
        if strip.shape[1] == width and len(strip) >= depth:
            if rng.random() < 0.5:
                framed[:depth] = np.maximum(framed[:depth], strip[-depth:])
            else:
                framed[-depth:] = np.maximum(framed[-depth:], strip[:depth])
    elif kind < 0.85:
        framed[:, : max(1, depth // 3)] = rng.uniform(0.4, 1)
    else:
        framed[:, -max(1, depth // 3) :] = rng.uniform(0.4, 1)
