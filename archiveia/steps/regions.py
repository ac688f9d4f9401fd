"""Lines of text on a page, parted by the white between them: columns, blocks, and lines from left to right.

All cutting is done in straightened coordinates: a page laid askew on the glass is cut like an upright one.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archiveia.steps.layout import Segment
    from archiveia.values import Word

_COLUMN_LINES = 3
"""Fewer lines than this side by side (a date and a place, two signatures) are not columns."""
_COLUMN_SHARE = 0.7
"""Of an equal share of all the columns' width, what the long lines of each take: less are a table's cells."""
_GUTTER = 0.35
"""White between two text columns, in line heights: printers leave less than a line's height (1910: 0.7)."""
_PARAGRAPH_GAP = 0.8
"""White between two lines, in line heights, from which a new block may begin."""
_LOOSER = 0.5
"""White by which a new block stands farther off than the lines of the region do, in line heights: a typewriter leaves
one or two lines of white between any two of its lines."""
_FEW_WHITES = 3
"""Fewer lines of white than this do not tell what is usual in a region."""
_MARGIN = 1.5
"""White between a text and the notes in its margin, in line heights: an engine tears lines at less."""
_FULL = 0.75
"""Lines of running text cover this much of their column, and this share of the lines does: cells do not."""
_SPECK = 0.5
"""Narrower and lower than this, in line heights: a speck (or a full stop) never closes a gutter."""
_LONG = 5
"""A line this long, in line heights, tells how askew the page is."""
_STEEP = 0.15
"""A line that falls by more (8.5 degrees) is no line of an upright page."""
_STRAY = 0.1
"""Beside columns a tenth as high or less is no column: it is read with the nearest."""
_SAME_LINE = 0.5
"""Two pieces of one line stand no more than this apart, in line heights, from middle to middle."""


class Piece(NamedTuple):
    """A segment and the sides of its box, straightened."""

    left: float
    top: float
    right: float
    bottom: float
    segment: Segment

    @property
    def middle(self) -> float:
        """How far down it stands."""
        return (self.top + self.bottom) / 2

    @property
    def width(self) -> float:
        """From its left side to its right."""
        return self.right - self.left


def blocks_of(segments: Iterable[Segment]) -> list[list[list[Segment]]]:
    """The blocks of a page in reading order, each made of lines, each of segments from left to right."""
    pieces = _straightened([segment for segment in segments if segment])
    if not pieces:
        return []
    height = max(1.0, _middle_of((piece.bottom - piece.top, piece.width) for piece in pieces))
    return [
        [[piece.segment for piece in line] for line in _lines(block, height)]
        for block in _blocks(pieces, height)
    ]


def _middle_of(weighted: Iterable[tuple[float, float]]) -> float:
    """The median of values with their weights; 0 of none."""
    values = sorted(weighted)
    half = sum(weight for _, weight in values) / 2
    for value, weight in values:
        half -= weight
        if half <= 0:
            return value
    return 0.0


# --- askew pages ----------------------------------------------------------------------------------


def slope_of(segments: Iterable[Segment]) -> float:
    """How much lines fall from left to right, in pixels a pixel: the median line's, long lines weigh more."""
    long = [
        (segment, reach)
        for segment in segments
        if (reach := _centre(segment[-1])[0] - _centre(segment[0])[0])
        > _LONG * median(word.height_px for word in segment)
    ]
    slopes = ((_slope(segment), reach) for segment, reach in long)
    return _middle_of((slope, reach) for slope, reach in slopes if abs(slope) < _STEEP)


def _slope(segment: Segment) -> float:
    """The slope of the straight line nearest to the middles of the words (least squares)."""
    centres = [_centre(word) for word in segment]
    across = sum(x for x, _ in centres) / len(centres)
    down = sum(y for _, y in centres) / len(centres)
    spread = sum((x - across) ** 2 for x, _ in centres)
    return sum((x - across) * (y - down) for x, y in centres) / max(1.0, spread)


def _centre(word: Word) -> tuple[float, float]:
    return word.left_px + word.width_px / 2, word.top_px + word.height_px / 2


def _straightened(segments: Sequence[Segment]) -> list[Piece]:
    """Each segment with the sides that its box has once the page is turned upright (for small angles)."""
    slope = slope_of(segments)
    pieces = []
    for segment in segments:
        sides = []
        for word in segment:
            across, down = _centre(word)
            x, y = across + slope * down, down - slope * across
            # an upright box around a slanted word is larger than the word
            width = max(word.width_px - abs(slope) * word.height_px, word.width_px / 2)
            height = max(word.height_px - abs(slope) * word.width_px, word.height_px / 2)
            sides.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
        lefts, tops, rights, bottoms = zip(*sides, strict=True)
        pieces.append(Piece(min(lefts), min(tops), max(rights), max(bottoms), segment))
    return pieces


# --- columns and blocks -----------------------------------------------------------------------------


def _blocks(pieces: list[Piece], height: float) -> list[list[Piece]]:
    found = _columns(pieces, height)
    if found:
        above, columns, below = found
        regions = [above, *columns, below]
        return [block for region in regions if region for block in _blocks(region, height)]
    return _paragraphs(pieces, height)


def _paragraphs(pieces: Sequence[Piece], height: float) -> list[list[Piece]]:
    """Pieces cut apart where more white runs across than between the lines of the region."""
    rows = [(min(p.top for p in row), max(p.bottom for p in row)) for row in _parted(pieces, 0)]
    whites = sorted(top - bottom for (_, bottom), (top, _) in pairwise(rows))
    usual = (
        whites[len(whites) // 4] if len(whites) >= _FEW_WHITES else 0.0
    )  # paragraphs of one line are common
    return _parted(pieces, max(_PARAGRAPH_GAP, usual / height + _LOOSER) * height)


def _parted(pieces: Sequence[Piece], least_gap: float) -> list[list[Piece]]:
    """Pieces cut apart where white runs across the whole region."""
    groups: list[list[Piece]] = []
    reach = 0.0
    for piece in sorted(pieces, key=lambda p: (p.top, p.left)):
        if not groups or piece.top - reach > least_gap:
            groups.append([])
            reach = piece.bottom
        groups[-1].append(piece)
        reach = max(reach, piece.bottom)
    return groups


def _columns(pieces: list[Piece], height: float) -> tuple[list[Piece], list[list[Piece]], list[Piece]] | None:
    """What stands above text columns (or a text and its notes), these in reading order, and what stands below.

    Of all the stretches of the region that a gutter runs through, the longest whose columns are text.
    """
    down = sorted(pieces, key=lambda p: (p.middle, p.left))
    solid = [not _is_speck(piece, height) for piece in down]
    stretches = set()
    for gutter in _gutters([p for p, is_solid in zip(down, solid, strict=True) if is_solid], height):
        stretches.update(_stretches(down, solid, gutter, height))
    for start, end in sorted(stretches, key=lambda s: (s[0] - s[1], s)):
        columns = _text_columns(down[start:end], height)
        if columns:
            return down[:start], columns, down[end:]
    return None


def _is_speck(piece: Piece, height: float) -> bool:
    return piece.width < _SPECK * height and piece.bottom - piece.top < _SPECK * height


def _gutters(pieces: Sequence[Piece], height: float) -> list[float]:
    """Where gutters may begin: right of lines, with white enough before the next piece to the right."""
    step = _GUTTER * height / 3
    rights = sorted({ceil(piece.right / step) for piece in pieces})
    return [right * step for right in rights[:-1]]


def _stretches(
    down: Sequence[Piece], solid: Sequence[bool], gutter: float, height: float
) -> list[tuple[int, int]]:
    """From where to where (in ``down``) nothing solid crosses a gutter that has enough pieces on both sides."""
    found = []
    start, left, right = 0, 0, 0
    far = gutter + _GUTTER * height
    for at, piece in enumerate(down):
        if not solid[at]:
            continue
        if piece.left < far and piece.right > gutter:
            if min(left, right) >= _COLUMN_LINES:
                found.append((start, at))
            start, left, right = at + 1, 0, 0
        elif piece.right <= gutter:
            left += 1
        else:
            right += 1
    if min(left, right) >= _COLUMN_LINES:
        found.append((start, len(down)))
    return found


def _text_columns(pieces: Sequence[Piece], height: float) -> list[list[Piece]]:
    """The columns, or the text and its marginal notes, in reading order; empty for anything else."""
    columns = _main_columns(pieces, _GUTTER * height, height)
    equal_share = sum(max(p.right for p in column) - column[0].left for column in columns) / max(
        1, len(columns)
    )
    if len(columns) > 1 and all(_is_text(column, equal_share, height) for column in columns):
        return _with_the_rest(columns, pieces)
    columns = _main_columns(pieces, _MARGIN * height, height)
    main = max(columns, key=lambda column: _line_width(column, height), default=[])
    notes = [column for column in columns if column is not main]
    if notes and all(_is_note(note, main, height) for note in notes):
        return _with_notes(*_with_the_rest([main, *notes], pieces), height=height)
    return []


def _main_columns(pieces: Iterable[Piece], least_gap: float, height: float) -> list[list[Piece]]:
    """The columns without specks and without what is far too low for one: strokes of a pen, a stray number."""
    columns = _beside((piece for piece in pieces if not _is_speck(piece, height)), least_gap)
    lines = [len(_lines(column, height)) for column in columns]
    least = _STRAY * max(lines, default=0)
    return [column for column, count in zip(columns, lines, strict=True) if count > least]


def _with_the_rest(columns: list[list[Piece]], pieces: Iterable[Piece]) -> list[list[Piece]]:
    """The columns and what else stands in the region, each piece of it in the nearest column."""
    placed = {id(piece) for column in columns for piece in column}
    full = [list(column) for column in columns]
    for piece in pieces:
        if id(piece) not in placed:
            nearest = min(range(len(columns)), key=lambda at: _distance(piece, columns[at]))
            full[nearest].append(piece)
    return full


def _beside(pieces: Iterable[Piece], least_gap: float) -> list[list[Piece]]:
    """Pieces cut apart where white runs down the whole region; the leftmost piece first in each part."""
    groups: list[list[Piece]] = []
    reach = 0.0
    for piece in sorted(pieces, key=lambda p: p.left):
        if not groups or piece.left - reach >= least_gap:
            groups.append([])
            reach = piece.right
        groups[-1].append(piece)
        reach = max(reach, piece.right)
    return groups


def _distance(stray: Piece, column: Sequence[Piece]) -> float:
    return min(max(piece.left - stray.right, stray.left - piece.right) for piece in column)


def _is_text(column: Sequence[Piece], equal_share: float, height: float) -> bool:
    return (
        len(_lines(column, height)) >= _COLUMN_LINES
        and _line_width(column, height) >= _COLUMN_SHARE * equal_share
    )


def _line_width(column: Sequence[Piece], height: float) -> float:
    """How wide the long lines are: three quarters of the lines are not wider."""
    widths = sorted(max(piece.right for piece in line) - line[0].left for line in _lines(column, height))
    return widths[len(widths) * 3 // 4]


# --- marginal notes -------------------------------------------------------------------------------


def _is_note(column: Sequence[Piece], main: Sequence[Piece], height: float) -> bool:
    """Lines of words under one another, beside lines that fill their column: no cells of a table."""
    letters = "".join(word.text for piece in column for word in piece.segment)
    lines = _lines(column, height)
    gaps = [min(p.top for p in below) - max(p.bottom for p in above) for above, below in pairwise(lines)]
    top, bottom = lines[0][0].top, lines[-1][0].bottom
    left, right = min(piece.left for piece in main), max(piece.right for piece in main)
    beside = [line for line in _lines(main, height) if line[0].bottom > top and line[0].top < bottom]
    full = sum(sum(piece.width for piece in line) > _FULL * (right - left) for line in beside)
    return (
        len(lines) >= _COLUMN_LINES
        and sum(gap < height for gap in gaps) >= len(gaps) / 2
        and sum(map(str.isalpha, letters)) > len(letters) / 2
        and full >= _FULL * len(beside) > 0
    )


def _with_notes(main: list[Piece], *notes: list[Piece], height: float) -> list[list[Piece]]:
    """The paragraphs of the main text, each note before the one that it begins beside."""
    parts = _paragraphs(main, height)
    for note in (part for column in notes for part in _paragraphs(column, height)):
        top = min(piece.middle for piece in note)
        below = [at for at, part in enumerate(parts) if max(piece.bottom for piece in part) > top]
        parts.insert(below[0] if below else len(parts), note)
    return parts


# --- lines --------------------------------------------------------------------------------------


def _lines(block: Sequence[Piece], height: float) -> list[list[Piece]]:
    """The lines of a block from the top, each from left to right."""
    lines: list[list[Piece]] = []
    for piece in sorted(block, key=lambda p: p.middle):
        if lines and _continues(piece, lines[-1], height):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [sorted(line, key=lambda p: p.left) for line in lines]


def _continues(piece: Piece, line: Sequence[Piece], height: float) -> bool:
    """The piece stands beside those of the line: as high as the nearest, and over none of them."""
    nearest = min(line, key=lambda p: max(p.left - piece.right, piece.left - p.right))
    gap = max(nearest.left - piece.right, piece.left - nearest.right)
    if -gap > _SAME_LINE * max(height, min(piece.width, nearest.width)):
        return False
    return abs(piece.middle - nearest.middle) <= _SAME_LINE * height
