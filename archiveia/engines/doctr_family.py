"""What docTR and OnnxTR find on a page, as our words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from archiveia.steps.layout import in_reading_order
from archiveia.values import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archiveia.values import PageImage

Found: TypeAlias = tuple[str, float, float, float, float, float]
"""A word as found: text, score, and the left, top, right and bottom of its box as shares of the page."""


def words_of(lines: Iterable[Iterable[Found]], image: PageImage) -> tuple[Word, ...]:
    """The words of a page, in pixels and in our reading order (docTR has only lines)."""
    return in_reading_order(
        tuple(_word(one, image) for found in line for one in _apart(found)) for line in lines
    )


def _apart(found: Found) -> Iterator[Found]:
    """The words of a box: several where the recogniser read a space, each as wide as its letters ask for."""
    text, score, x0, y0, x1, y1 = found
    letter = (x1 - x0) / max(1, len(text))
    for word in re.finditer(r"\S+", text):
        yield word[0], score, x0 + word.start() * letter, y0, x0 + word.end() * letter, y1


def _word(found: Found, image: PageImage) -> Word:
    text, score, x0, y0, x1, y1 = found
    left, top = round(x0 * image.width_px), round(y0 * image.height_px)
    right, bottom = round(x1 * image.width_px), round(y1 * image.height_px)
    return Word(
        text,
        left_px=max(0, left),
        top_px=max(0, top),
        width_px=max(1, right - left),
        height_px=max(1, bottom - top),
        score=min(1.0, max(0.0, score)),
    )
