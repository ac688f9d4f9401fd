"""Two pages on one scan: where the fold is, and the words of both as those of one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from archiveia.values import Word

_LEAST_ASPECT = 1.15
"""Width over height of two pages side by side: 1.2 to 1.6; a page on its side stands upright later."""
_MIDDLE = (0.40, 0.60)
"""Where the fold may be, in widths of the scan."""
_BLANK, _RULED = 0.004, 0.6
"""Share of ink in a column of points: less is white, more is a fold's shadow or a rule."""
_MARGINS = 0.05
"""The inner margins of two pages together, in widths of the scan: a table's columns are nearer (up to 0.043)."""
_OTHERS = 0.7
"""The widest other white band as a share of that: tables have several alike."""
_SPECKS = 0.012
"""A narrower white band is none; what lies between two bands and is narrower is a fold or dust, no text."""
_TEXT_WIDTH = 0.5
"""The least width of each page's text, in widths of the page: a column of sums is no page."""


def fold_column(ink: NDArray[np.bool_]) -> int | None:
    """The column of the ink mask where the left page ends and the right one begins; ``None``: one page."""
    height, width = ink.shape
    if width < _LEAST_ASPECT * height or not ink.any():
        return None
    rows = np.flatnonzero(ink.any(axis=1))
    share = ink[rows[0] : rows[-1] + 1].mean(axis=0)
    text = np.flatnonzero((share > _BLANK) & (share < _RULED))
    bands = _bands(text, width)
    inner = [band for band in bands if _MIDDLE[0] * width <= sum(band) / 2 <= _MIDDLE[1] * width]
    if not inner:
        return None
    start, end = max(inner, key=lambda band: band[1] - band[0])
    within = (0.1 * width, 0.9 * width)
    others = [b - a for a, b in bands if a > within[0] and b < within[1] and (a, b) != (start, end)]
    least = max(_MARGINS * width, max(others, default=0) / _OTHERS)
    fold = (start + end) // 2
    texts = (start - text[0], text[-1] - end)
    pages = (fold, width - fold)
    if end - start < least or any(t < _TEXT_WIDTH * p for t, p in zip(texts, pages, strict=True)):
        return None
    return fold


def side_by_side(left: Sequence[Word], right: Sequence[Word], fold_px: int) -> tuple[Word, ...]:
    """The words of the left page, then those of the right one, which begins at ``fold_px`` of the scan."""
    blocks = max((word.block for word in left), default=0)
    moved = (replace(word, left_px=word.left_px + fold_px, block=word.block + blocks) for word in right)
    return (*left, *moved)


def _bands(text: NDArray[np.intp], width: int) -> list[tuple[int, int]]:
    """The white bands between columns of points that hold text: where each begins and ends."""
    least = _SPECKS * width
    bands: list[tuple[int, int]] = []
    for before, after in pairwise(text):
        start, end = int(before) + 1, int(after)
        if end - start <= least:
            continue
        if bands and start - bands[-1][1] <= least:
            start = bands.pop()[0]
        bands.append((start, end))
    return bands
