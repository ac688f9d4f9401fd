"""Words on a page: their reading order, the page's text, and the way back from text to boxes.

Evidence points into a page's text by offsets: ``text_of`` is the one definition of that text.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from archiveia.values import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Segment: TypeAlias = tuple[Word, ...]
"""Words that an engine found side by side: a line of text, or a piece of one."""

_COLUMN_LINES = 3
"""Fewer lines than this side by side (a date and a place, two signatures) are not columns."""
_COLUMN_SHARE = 0.2
"""Columns narrower than this share of their region are those of a table: read it row by row."""
_GUTTER = 0.5
"""White between two text columns, in line heights: printers leave less than a line's height (1910: 0.7)."""
_PARAGRAPH_GAP = 0.8
"""White between two lines, in line heights, from which a new block begins."""


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


def boxes_for_span(words: Sequence[Word], start: int, end: int) -> list[Box]:
    """The boxes that cover the characters ``start`` to ``end`` of the page's text, one a line."""
    lines: dict[tuple[int, int], list[Word]] = {}
    for word, (word_start, word_end) in zip(words, word_spans(words), strict=True):
        if word_start < end and start < word_end:
            lines.setdefault((word.block, word.line), []).append(word)
    return [around(line) for line in lines.values()]


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


def split_line(text: str, box: Box, score: float) -> Segment:
    """The words of a line that an engine boxed as a whole; widths in proportion to their letters."""
    per_character = box.width_px / max(1, len(text))
    words, at = [], 0
    for piece in text.split():
        at = text.index(piece, at)
        left, right = round(at * per_character), round((at + len(piece)) * per_character)
        words.append(Word(piece, box.left_px + left, box.top_px, max(1, right - left), box.height_px, score))
        at += len(piece)
    return tuple(words)


def by_lines(words: Iterable[Word]) -> list[Segment]:
    """The words of each line as a segment, for words whose lines are known and their order is not."""
    return [tuple(line) for _, line in groupby(words, key=lambda word: (word.block, word.line))]


def in_reading_order(segments: Iterable[Segment]) -> tuple[Word, ...]:
    """The words in the order a person reads them, ``block`` and ``line`` set (recursive X-Y cut).

    Text columns are read one after the other, tables row by row, a heading before what it heads.
    """
    boxed = [(around(segment), segment) for segment in segments if segment]
    if not boxed:
        return ()
    height = max(1.0, median(box.height_px for box, _ in boxed))
    return tuple(
        replace(word, block=number, line=line_number)
        for number, block in enumerate(_blocks(boxed, height), start=1)
        for line_number, line in enumerate(_lines(block, height), start=1)
        for _, segment in line
        for word in segment
    )


_Boxed: TypeAlias = "list[tuple[Box, Segment]]"


def _blocks(boxed: _Boxed, height: float) -> list[_Boxed]:
    columns = _columns(boxed, height)
    if columns:
        return [block for column in columns for block in _blocks(column, height)]
    bands = _groups(boxed, axis=1, least_gap=0)
    for cut in range(1, len(bands)):
        above = [b for band in bands[:cut] for b in band]
        below = [b for band in bands[cut:] for b in band]
        if _columns(above, height) or _columns(below, height):
            return _blocks(above, height) + _blocks(below, height)
    return _groups(boxed, axis=1, least_gap=_PARAGRAPH_GAP * height)


def _columns(boxed: _Boxed, height: float) -> list[_Boxed]:
    """The text columns from left to right; empty when the region is not made of columns."""
    columns = _groups(boxed, axis=0, least_gap=_GUTTER * height)
    region = around(word for _, segment in boxed for word in segment)
    are_columns = len(columns) > 1 and all(
        len(column) >= _COLUMN_LINES
        and median(box.width_px for box, _ in column) >= _COLUMN_SHARE * region.width_px
        for column in columns
    )
    return columns if are_columns else []


def _groups(boxed: _Boxed, *, axis: int, least_gap: float) -> list[_Boxed]:
    """Boxes cut apart where nothing stands over ``least_gap`` pixels (axis 0: across, 1: down)."""
    groups: list[_Boxed] = []
    reach = 0.0
    for box, segment in sorted(boxed, key=lambda b: (b[0][axis], b[0][1 - axis])):
        if not groups or box[axis] - reach > least_gap:
            groups.append([])
            reach = box[axis]
        groups[-1].append((box, segment))
        reach = max(reach, box[axis] + box[axis + 2])
    return groups


def _lines(block: _Boxed, height: float) -> list[_Boxed]:
    """The lines of a block, each from left to right."""
    lines: list[_Boxed] = []
    first_middle = 0.0
    for box, segment in sorted(block, key=lambda b: b[0].top_px + b[0].height_px / 2):
        middle = box.top_px + box.height_px / 2
        if not lines or middle - first_middle > height / 2:
            lines.append([])
            first_middle = middle
        lines[-1].append((box, segment))
    return [sorted(line, key=lambda b: b[0].left_px) for line in lines]
