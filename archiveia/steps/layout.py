"""Words on a page: their reading order, the page's text, and the way back from text to boxes.

Evidence points into a page's text by offsets: ``text_of`` is the one definition of that text.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from archiveia.steps.regions import blocks_of
from archiveia.values import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Segment: TypeAlias = tuple[Word, ...]
"""Words that an engine found side by side: a line of text, or a piece of one."""


class Box(NamedTuple):
    """A rectangle in page pixels from the top left."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int


# --- the page's text ----------------------------------------------------------------------------


def text_of(words: Sequence[Word]) -> str:
    """The page's text: words by a space, lines by a newline, blocks by an empty line."""
    return "".join(gap + word.text for gap, word in zip(_gaps(words), words, strict=True))


def word_spans(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Where each word stands in ``text_of(words)``: start and end of each, in order."""
    spans, at = [], 0
    for gap, word in zip(_gaps(words), words, strict=True):
        start = at + len(gap)
        at = start + len(word.text)
        spans.append((start, at))
    return spans


def _gaps(words: Sequence[Word]) -> list[str]:
    """What stands before each word."""
    gaps = [""] * min(1, len(words))
    for before, word in pairwise(words):
        if word.block != before.block:
            gaps.append("\n\n")
        else:
            gaps.append(" " if word.line == before.line else "\n")
    return gaps


def around(words: Iterable[Word]) -> Box:
    """The smallest box around words (at least one)."""
    corners = [(w.left_px, w.top_px, w.left_px + w.width_px, w.top_px + w.height_px) for w in words]
    lefts, tops, rights, bottoms = zip(*corners, strict=True)
    left, top = min(lefts), min(tops)
    return Box(left, top, max(rights) - left, max(bottoms) - top)


def scaled(words: Sequence[Word], factor: float) -> tuple[Word, ...]:
    """The same words on an image ``factor`` times as large."""
    return tuple(
        replace(
            w,
            left_px=round(w.left_px * factor),
            top_px=round(w.top_px * factor),
            width_px=max(1, round(w.width_px * factor)),
            height_px=max(1, round(w.height_px * factor)),
        )
        for w in words
    )


# --- reading order --------------------------------------------------------------------------------


def split_line(text: str, box: Box, score: float, *, drop_px: int = 0) -> Segment:
    """The words of a line that an engine boxed as a whole; widths in proportion to their letters.

    Args:
        text: what the line says.
        box: the upright box around the line.
        score: what each of its words gets.
        drop_px: how much lower the line ends than it begins; below 0 where it rises.
    """
    per_character = box.width_px / max(1, len(text))
    height = max(1, box.height_px - abs(drop_px))
    words, at = [], 0
    for piece in text.split():
        at = text.index(piece, at)
        left, right = round(at * per_character), round((at + len(piece)) * per_character)
        # of a line that rises the beginning is low
        fall = round(drop_px * (at + len(piece) / 2) / len(text)) - min(0, drop_px)
        top = box.top_px + min(fall, box.height_px - height)
        words.append(Word(piece, box.left_px + left, top, max(1, right - left), height, score))
        at += len(piece)
    return tuple(words)


def by_lines(words: Iterable[Word]) -> list[Segment]:
    """The words of each line as a segment, for words whose lines are known and their order is not."""
    return [tuple(line) for _, line in groupby(words, key=lambda word: (word.block, word.line))]


def in_reading_order(segments: Iterable[Segment]) -> tuple[Word, ...]:
    """The words in the order a person reads them, ``block`` and ``line`` set.

    Text columns are read one after the other, tables row by row, a heading before what it heads.
    """
    return tuple(
        replace(word, block=number, line=line_number)
        for number, block in enumerate(blocks_of(segments), start=1)
        for line_number, line in enumerate(block, start=1)
        for segment in line
        for word in segment
    )
