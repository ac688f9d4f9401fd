"""Where the words of a written line are: cut at its white gaps, held against its transcription.

A line is cut only where the cut is sure: as many clear gaps as the transcription has spaces, and words as
wide as their letters ask for. A line that does not pass gives nothing, so that no word gets another's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_CLEAR_GAP = 1.3
"""The narrowest gap between words is at least this many times the widest inside a word."""
_MOST_STRAY = 0.3
"""How far a word's width may stray from its letters' share of the line: this part of it, and a letter."""
_NARROW = frozenset("iljtfrI1.,;:!'’()[]|-°")
_SPACED = re.compile(r"(?<=[^\W])(?=[;:!?»][^\w]*$)|(?<=«)(?=.)")
"""Where French typography has a thin space: before ``; : ! ? »`` and after ``«``."""
_WIDE = frozenset("mwMWœæŒÆ—…%")


@dataclass(frozen=True, slots=True)
class CutWord:
    """One word of a line: its text and its ink, in pixels of the line's image (right and bottom outside)."""

    text: str
    left_px: int
    top_px: int
    right_px: int
    bottom_px: int


def cut_line(ink: NDArray[np.bool_], text: str) -> tuple[CutWord, ...]:
    """The words of a line; empty when its gaps and its transcription do not agree.

    Args:
        ink: the line's image, true where there is ink of this line.
        text: what is written there, words parted by spaces.
    """
    words = text.split()
    inked = ink.sum(axis=0) > 0
    if not words or not inked.any():
        return ()
    spans = _spans(inked, len(words)) or _spans_with_spaced_signs(inked, words)
    if spans is None or not _fit(spans, words):
        return ()
    return tuple(_boxed(ink, word, span) for word, span in zip(words, spans, strict=True))


def _spans_with_spaced_signs(inked: NDArray[np.bool_], words: Sequence[str]) -> list[tuple[int, int]] | None:
    """The columns of each word of a line printed with thin spaces that its transcription leaves out."""
    parts = [_SPACED.split(word) for word in words]
    spans = _spans(inked, sum(map(len, parts)))
    if spans is None:
        return None
    merged = []
    for part in parts:
        merged.append((spans[0][0], spans[len(part) - 1][1]))
        spans = spans[len(part) :]
    return merged


def _spans(inked: NDArray[np.bool_], wanted: int) -> list[tuple[int, int]] | None:
    """The columns of each of the ``wanted`` words; ``None`` when the gaps between them do not stand out."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inked, [False])).astype(np.int8)))
    runs = edges.reshape(-1, 2)
    gaps = runs[1:, 0] - runs[:-1, 1]
    if wanted == 1:
        return [(int(runs[0, 0]), int(runs[-1, 1]))]
    if len(gaps) < wanted - 1:
        return None
    order = np.argsort(-gaps, kind="stable")
    chosen = np.sort(order[: wanted - 1])
    inside = gaps[order[wanted - 1]] if len(gaps) >= wanted else 0
    if gaps[chosen].min() < max(2, inside * _CLEAR_GAP):
        return None
    starts = [0, *(int(gap) + 1 for gap in chosen)]
    ends = [*(int(gap) for gap in chosen), len(runs) - 1]
    return [(int(runs[a, 0]), int(runs[b, 1])) for a, b in zip(starts, ends, strict=True)]


def _fit(spans: Sequence[tuple[int, int]], words: Sequence[str]) -> bool:
    """Whether each word is about as wide as its letters ask for: in type of one width, or of several."""
    widths = np.array([right - left for left, right in spans], dtype=float)
    return any(
        _strays(widths, np.array([sum(map(measure, word)) for word in words])) for measure in (_one, _several)
    )


def _strays(widths: NDArray[np.float64], letters: NDArray[np.float64]) -> bool:
    letter_px = widths.sum() / letters.sum()
    return bool(np.all(np.abs(widths - letters * letter_px) <= letter_px * (_MOST_STRAY * letters + 1)))


def _one(_letter: str) -> float:
    return 1.0


def _several(letter: str) -> float:
    if letter in _NARROW:
        return 0.55
    if letter in _WIDE:
        return 1.6
    return 1.35 if letter.isupper() else 1.0


def _boxed(ink: NDArray[np.bool_], text: str, span: tuple[int, int]) -> CutWord:
    rows = np.flatnonzero(ink[:, span[0] : span[1]].any(axis=1))
    return CutWord(text, span[0], int(rows[0]), span[1], int(rows[-1]) + 1)


def is_named(name: str, patterns: Sequence[str]) -> bool:
    """Whether a name fits one of the patterns, in which ``*`` stands for any characters."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)
