"""The line that a digital library prints at the edge of the scans it delivers: no part of the document."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from archiveia.steps.measure import comparable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.values import Word

Credits: TypeAlias = tuple[re.Pattern[str], ...]

_EDGE = 0.08
"""Share of the page's height, above and below, where such a line stands; a letter may name the library too."""


def without_credits(
    words: Sequence[Word], patterns: Credits, *, height_px: int
) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """The words of the document, and those of the lines that credit the digitisation.

    Args:
        words: in reading order.
        patterns: what such a line says.
        height_px: the height of the page.
    """
    kept: list[Word] = []
    left_out: list[Word] = []
    for _, line in groupby(words, key=lambda word: (word.block, word.line)):
        words_of_line = list(line)
        says = comparable(" ".join(word.text for word in words_of_line))
        is_credit = _at_the_edge(words_of_line, height_px) and any(
            pattern.search(says) for pattern in patterns
        )
        (left_out if is_credit else kept).extend(words_of_line)
    return tuple(kept), tuple(left_out)


def _at_the_edge(line: Sequence[Word], height_px: int) -> bool:
    top, bottom = min(w.top_px for w in line), max(w.top_px + w.height_px for w in line)
    return bottom < _EDGE * height_px or top > (1 - _EDGE) * height_px
