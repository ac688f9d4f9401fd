"""Pages that look like scans from a copier: type on paper, stamps, then the copier's own defects.

A page is written as ink (1 = full ink) and then scanned onto grey pixels. Lengths are in points
(1/72 inch) before the dpi is known and in pixels (``_px``) after. All chance comes from ``rng``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from archiveia.demo.texts import WORN

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Ink: TypeAlias = NDArray[np.float32]

PAGE_PT = (595.3, 841.9)
"""A4, width and height."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How a page is written: the font, its size, and how unevenly the letters fall.

    ``leading`` is the line height in font sizes; ``jitter`` how far a letter strays from its place, in
    font sizes; ``fading`` how much lighter a letter can be; ``slant`` the lean to the right (0 = upright).
    """

    font: str
    size_pt: float
    leading: float = 1.45
    margin_pt: float = 56
    jitter: float = 0.0
    fading: float = 0.0
    slant: float = 0.0


@dataclass(frozen=True, slots=True)
class Scan:
    """How a page comes out of the copier: resolution, tones (0 black to 255 white), skew, noise.

    ``wave_px`` bends the lines and the letters, as no copier does but a hand.
    """

    dpi: int = 200
    paper: float = 232
    ink: float = 40
    skew_degrees: float = 0.0
    noise: float = 4.0
    shadow: float = 45
    wave_px: float = 0.0


@lru_cache(maxsize=16)
def _font(name: str, size_px: float) -> ImageFont.FreeTypeFont:
    data = files("archiveia.demo").joinpath("fonts", name).read_bytes()
    return ImageFont.truetype(BytesIO(data), size_px, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1024)
def _letter(name: str, size_px: float, slant: float, letter: str) -> Ink:
    """The ink of one letter, its origin at (one size from the left, 1.3 sizes from the top)."""
    size = round(size_px)
    cell = Image.new("L", (size * 4, size * 2))
    ImageDraw.Draw(cell).text((size, size * 1.3), letter, fill=255, font=_font(name, size_px), anchor="ls")
    if slant:
        lean = (1, slant, -slant * size * 1.3, 0, 1, 0)
        cell = cell.transform(cell.size, Image.Transform.AFFINE, lean, Image.Resampling.BICUBIC)
    return np.asarray(np.asarray(cell) / 255, dtype=np.float32)


def blank_ink(dpi: int) -> Ink:
    """A page that nobody wrote on."""
    return np.zeros((round(PAGE_PT[1] / 72 * dpi), round(PAGE_PT[0] / 72 * dpi)), dtype=np.float32)


def write(text: str, writing: Writing, dpi: int, rng: Generator) -> Ink:
    """The ink of a page of text (see ``archiveia.demo.texts`` for its marks)."""
    page = blank_ink(dpi)
    margin, step = (points / 72 * dpi for points in (writing.margin_pt, writing.size_pt * writing.leading))
    baseline = margin + step
    for mark, line in _lines(text, writing, dpi):
        width = _width(line, writing, dpi)
        room = page.shape[1] - margin * 1.6 - width
        left = margin + {"^": room / 2, "^*": room / 2, ">": room * 0.85}.get(mark, 0)
        for strike in range(2 if mark == "^*" else 1):
            _write_line(page, line, (left + strike * dpi / 110, baseline), writing, dpi=dpi, rng=rng)
        baseline += step if line else step * 0.55
    return page


def _lines(text: str, writing: Writing, dpi: int) -> list[tuple[str, str]]:
    """The lines of a page with their marks; paragraphs are filled to the width of the page."""
    lines: list[tuple[str, str]] = []
    for paragraph in text.strip("\n").split("\n\n"):
        prose: list[str] = []
        for line in paragraph.splitlines():
            mark, _, rest = line.partition(" ")
            if mark in {"^", "^*", ">", "|"}:
                lines.append((mark, rest))
            else:
                prose.append(line)
        lines += [("", line) for line in _fill(" ".join(prose), writing, dpi)]
        lines.append(("", ""))
    return lines


def _fill(prose: str, writing: Writing, dpi: int) -> list[str]:
    """A paragraph as lines that fit; a sign of punctuation after a space stays with its word."""
    room = (PAGE_PT[0] - writing.margin_pt * 1.6) / 72 * dpi
    filled: list[str] = []
    line = "   "
    for word in re.split(r" (?![;:!?»/])", prose):
        if _width(f"{line} {word}", writing, dpi) > room:
            filled.append(line)
            line = word
        else:
            line = f"{line} {word}"
    return [*filled, line] if prose else []


def _width(line: str, writing: Writing, dpi: int) -> float:
    return _font(writing.font, writing.size_pt / 72 * dpi).getlength(line.replace(WORN, ""))


def _write_line(
    page: Ink, line: str, origin: tuple[float, float], writing: Writing, *, dpi: int, rng: Generator
) -> None:
    size_px = writing.size_pt / 72 * dpi
    font = _font(writing.font, size_px)
    x, baseline = origin
    stray = rng.normal(0, writing.jitter * size_px, (len(line) + 1, 2))
    force = 1 - writing.fading * rng.random(len(line) + 1)
    for at, letter in enumerate(line):
        if letter == WORN:
            continue
        ink = _letter(writing.font, size_px, writing.slant, letter) * force[at]
        if line[at + 1 : at + 2] == WORN:
            ink[round(size_px * 1.3 - size_px * 0.1) :, :] = 0
        _stamp_on(page, ink, x + stray[at, 0] - round(size_px), baseline + stray[at, 1] - size_px * 1.3)
        x += font.getlength(letter)


def _stamp_on(page: Ink, ink: Ink, left: float, top: float) -> None:
    """Lay ``ink`` on the page where it falls on it."""
    x, y = max(round(left), 0), max(round(top), 0)
    part = page[y : round(top) + ink.shape[0], x : round(left) + ink.shape[1]]
    if part.size:
        from_y, from_x = y - round(top), x - round(left)
        np.maximum(part, ink[from_y : from_y + part.shape[0], from_x : from_x + part.shape[1]], out=part)


def round_stamp(page: Ink, centre: tuple[float, float], legend: str, dpi: int, rng: Generator) -> None:
    """Press the round stamp of the mairie, ``centre`` in shares of the page's width and height."""
    size = round(dpi * 1.25)
    seal = Image.new("L", (size, size))
    draw = ImageDraw.Draw(seal)
    for inset, width in ((0.01, 0.016), (0.04, 0.006), (0.25, 0.006)):
        draw.ellipse(
            [size * inset, size * inset, size * (1 - inset), size * (1 - inset)],
            outline=200,
            width=max(2, round(size * width)),
        )
    for at, letter in enumerate(legend):
        angle = 2 * math.pi * at / len(legend)
        tile = Image.new("L", (size, size))
        ImageDraw.Draw(tile).text(
            (size / 2, size * 0.145),
            letter,
            fill=210,
            font=_font("LiberationSerif.ttf", size * 0.1),
            anchor="mm",
        )
        seal.paste(200, mask=tile.rotate(-math.degrees(angle), Image.Resampling.BICUBIC))
    draw.multiline_text(
        (size / 2, size / 2), "R F", fill=200, font=_font("LiberationSerif.ttf", size * 0.19), anchor="mm"
    )
    _press(page, seal, centre, rng)


def date_stamp(page: Ink, centre: tuple[float, float], legend: str, dpi: int, rng: Generator) -> None:
    """Press a framed office stamp (``"REÇU LE..."``), lines split by a line feed."""
    font = _font("LiberationSerif.ttf", dpi * 0.13)
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).multiline_textbbox(
        (0, 0), legend, font=font
    )
    width, height = round(right - left + dpi * 0.2), round(bottom - top + dpi * 0.2)
    frame = Image.new("L", (width, height))
    draw = ImageDraw.Draw(frame)
    draw.rectangle([0, 0, width - 1, height - 1], outline=210, width=max(2, dpi // 70))
    draw.multiline_text((width / 2, height / 2), legend, fill=210, font=font, anchor="mm", align="center")
    _press(page, frame, centre, rng)


def _press(page: Ink, seal: Image.Image, centre: tuple[float, float], rng: Generator) -> None:
    """Lay a stamp on the page, turned a little, its ink patchy."""
    turned = seal.rotate(float(rng.uniform(-14, 14)), Image.Resampling.BICUBIC, expand=True)
    ink = np.asarray(turned, dtype=np.float32) / 255
    ink = ink * (0.5 + 0.4 * _cloud(ink.shape, 9, rng)).clip(0.15, 0.75)
    _stamp_on(
        page, ink, centre[0] * page.shape[1] - ink.shape[1] / 2, centre[1] * page.shape[0] - ink.shape[0] / 2
    )


def _cloud(shape: tuple[int, ...], cells: int, rng: Generator) -> Ink:
    """A smooth random field, about -1 to 1, with ``cells`` hills along the shorter side."""
    height, width = shape
    scale = min(height, width) / cells
    coarse = rng.uniform(-1, 1, (math.ceil(height / scale) + 1, math.ceil(width / scale) + 1))
    field = Image.fromarray(coarse.astype(np.float32))
    return np.asarray(field.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)


def _bend(ink: Ink, amplitude_px: float, rng: Generator) -> Ink:
    """The page with its lines bent at random, as a hand bends them."""
    shift = np.zeros((2, *ink.shape), dtype=np.float32)
    for cells, share in ((14, 1.0), (60, 0.35)):
        for axis in (0, 1):
            shift[axis] += _cloud(ink.shape, cells, rng) * amplitude_px * share
    at = (np.indices(ink.shape) + shift.round().astype(np.int64)).clip(0)
    bent: Ink = ink[np.minimum(at[0], ink.shape[0] - 1), np.minimum(at[1], ink.shape[1] - 1)]
    return bent


def scan(ink: Ink, how: Scan, rng: Generator, verso: Ink | None = None) -> Image.Image:
    """The page as the copier gives it: grey pixels, with skew, uneven paper, dust, shadow and noise.

    ``verso`` is the ink of the other side, of which a trace shows through.
    """
    if how.wave_px:
        ink = _bend(ink, how.wave_px, rng)
    paper = _cloud(ink.shape, 5, rng) * 3.5 + _cloud(ink.shape, 40, rng) * 1.5 + np.float32(how.paper)
    if verso is not None:
        paper -= 9 * verso[:, ::-1]
    page = paper - ink * (paper - np.float32(how.ink))
    page -= (how.shadow * np.exp(-np.arange(page.shape[1]) / (how.dpi * 0.07))).astype(np.float32)
    image = Image.fromarray(page.clip(0, 255).astype(np.uint8))
    image = image.rotate(how.skew_degrees, Image.Resampling.BICUBIC, fillcolor=round(how.paper))
    image = image.filter(ImageFilter.GaussianBlur(how.dpi / 400))
    grey = np.array(image, dtype=np.float32)
    if how.noise:
        for row, column in rng.random((12, 2)):
            grey[int(row * grey.shape[0]) :, int(column * grey.shape[1]) :][:2, :2] -= 70
        grey += rng.standard_normal(grey.shape, dtype=np.float32) * how.noise
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8))
