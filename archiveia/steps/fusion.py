"""One reading of two: the lines of one engine, and in them the words of the other where it read a word better.

Two engines err on different words. They are aligned line by line; where they differ, the lexicon decides:
``avee`` against ``avec``. What both read otherwise than any word known stays as the first engine read it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from archiveia.steps.measure import comparable

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from archiveia.values import Word

_SAME_LINE = 0.6
"""Middles of words less than this part of a line's height apart stand on one line."""
_ALIKE = 0.5
"""Readings less alike than this are not of the same ink."""
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_PARTS = re.compile(r"['-]")
_ELIDED = frozenset(
    {
        *"cdjlmnst",
        "qu",
        "jusqu",
        "lorsqu",
        "puisqu",
        "quoiqu",
        "quelqu",
        "presqu",
        "aujourd",
        "y",
        "a",
        "à",
        "o",
        "ô",
    }
)


class Fused(NamedTuple):
    """The words of both, and how much the engines differ: 0 letter for letter the same, 1 nothing in common."""

    words: tuple[Word, ...]
    difference: float


def fused(first: Sequence[Word], second: Sequence[Word], lexicon: Container[str]) -> Fused:
    """The words of the first reading, those that the second read better replaced by its own.

    Args:
        first: in reading order; its lines and its order are kept.
        second: words of the same page in the same pixels, in any order.
        lexicon: word forms in lower case.
    """
    partners = _by_line(first, second)
    words: list[Word] = []
    edits = letters = 0
    for key, group in groupby(first, key=lambda word: (word.block, word.line)):
        line = list(group)
        other = sorted(partners.get(key, ()), key=lambda word: word.left_px)
        for ours, theirs in _parts(line, other):
            a, b = _text(ours), _text(theirs)
            edits += Levenshtein.distance(a, b)
            letters += max(len(a), len(b))
            words += [replace(w, block=key[0], line=key[1]) for w in _better(ours, theirs, lexicon)]
    return Fused(tuple(words), edits / letters if letters else 0.0)


def unknown_share(words: Sequence[Word], lexicon: Container[str]) -> float:
    """The share of the letters that stand in words the lexicon does not have; numbers do not count."""
    letters = unknown = 0
    for word in words:
        known = is_known(word.text, lexicon)
        if known is not None:
            letters += len(word.text)
            unknown += 0 if known else len(word.text)
    return unknown / letters if letters else 0.0


def is_known(word: str, lexicon: Container[str]) -> bool | None:
    """Whether every part of the word is in the lexicon; ``None`` for a number or a sign."""
    bare = _AROUND.sub("", comparable(word)).lower()
    if not bare or any(letter.isdigit() for letter in bare):
        return None
    return bare in lexicon or all(part in lexicon or part in _ELIDED for part in _PARTS.split(bare) if part)


def _by_line(first: Sequence[Word], second: Sequence[Word]) -> dict[tuple[int, int], list[Word]]:
    """The words of the second reading by the line of the first on which they stand; others are left out."""
    found: dict[tuple[int, int], list[Word]] = defaultdict(list)
    if not first:
        return found
    left, top, width, height = (
        np.array([getattr(word, side) for word in first], float)
        for side in ("left_px", "top_px", "width_px", "height_px")
    )
    middles = top + height / 2
    for word in second:
        across, down = word.left_px + word.width_px / 2, word.top_px + word.height_px / 2
        aside = np.maximum(0, np.maximum(left - across, across - left - width)) / height
        apart = np.abs(middles - down) / height
        apart[(aside > 1.5) | (apart > _SAME_LINE)] = np.inf
        nearest = int(np.argmin(apart + 0.1 * aside))
        if np.isfinite(apart[nearest]):
            found[first[nearest].block, first[nearest].line].append(word)
    return found


def _parts(ours: Sequence[Word], theirs: Sequence[Word]) -> Iterator[tuple[Sequence[Word], Sequence[Word]]]:
    """Both lines cut at the spaces that they have in common."""
    at_ours = at_theirs = 0
    for end_ours, end_theirs in [*_common_spaces(_text(ours), _text(theirs)), (len(ours), len(theirs))]:
        yield ours[at_ours:end_ours], theirs[at_theirs:end_theirs]
        at_ours, at_theirs = end_ours, end_theirs


def _common_spaces(a: str, b: str) -> Iterator[tuple[int, int]]:
    """For each aligned space: how many words stand before it in the one and in the other line."""
    for block in Levenshtein.opcodes(a, b):
        if block.tag != "equal":
            continue
        for shift in range(block.src_end - block.src_start):
            if a[block.src_start + shift] == " ":
                yield (
                    a.count(" ", 0, block.src_start + shift) + 1,
                    b.count(" ", 0, block.dest_start + shift) + 1,
                )


def _text(words: Sequence[Word]) -> str:
    return " ".join(_letters(word) for word in words)


def _letters(word: Word) -> str:
    """The word as engines are compared: without spaces, which part words."""
    return comparable(word.text).replace(" ", "")


def _better(ours: Sequence[Word], theirs: Sequence[Word], lexicon: Container[str]) -> Sequence[Word]:
    a, b = list(map(_letters, ours)), list(map(_letters, theirs))
    if not b or a == b or Levenshtein.normalized_similarity("".join(a), "".join(b)) < _ALIKE:
        return ours
    return theirs if _unknown(theirs, lexicon) < _unknown(ours, lexicon) else ours


def _unknown(words: Sequence[Word], lexicon: Container[str]) -> int:
    return sum(is_known(word.text, lexicon) is False for word in words)
