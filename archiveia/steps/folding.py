"""Text as a machine compares it: no case, no accents, and a little forgiveness for OCR errors.

``fold`` keeps one character for one, so that a span of the folded text is a span of the page.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ODD = str.maketrans(
    {"œ": "o", "æ": "a", "’": "'", "‘": "'", "´": "'", "`": "'", "–": "-", "—": "-", "\u00a0": " "}
)
_TOKEN = re.compile(r"[a-z0-9]+")
TOLERANT_FROM = 5
"""A word of fewer letters must be exact: ``mai`` is one slip away from too many words."""


def _fold_char(char: str) -> str:
    bare = unicodedata.normalize("NFD", char)[0].lower()
    return bare if len(bare) == 1 else char


def fold(text: str) -> str:
    """The text in lower case without accents, exactly as long as the original."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter such as "İ" grows when lowered
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    lowered = lowered.translate(_ODD)
    return lowered if lowered.isascii() else "".join(map(_fold_char, lowered))


def fold_tokens(text: str) -> list[str]:
    """The words and numbers of the text, folded, in order (``œ`` counts as ``o``)."""
    return _TOKEN.findall(fold(text))


def without_one(word: str, tolerant_from: int = TOLERANT_FROM) -> set[str]:
    """The word and each form that lacks one letter; words too short to forgive stand alone."""
    if len(word) < tolerant_from:
        return {word}
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


class TolerantWords:
    """A vocabulary that still knows a word when OCR lost, added or changed one letter of it."""

    def __init__(self, words: Iterable[str], *, tolerant_from: int = TOLERANT_FROM) -> None:
        self._tolerant_from = tolerant_from
        self._exact = frozenset(words)
        self._longest = max(map(len, self._exact), default=0)
        near: Mapping[str, set[str]] = defaultdict(set)
        for word in self._exact:
            for form in without_one(word, tolerant_from):
                near[form].add(word)
        self._near = dict(near)

    def matches(self, token: str) -> frozenset[str]:
        """The words of the vocabulary that the token may stand for; the word itself when it is there."""
        if token in self._exact:
            return frozenset((token,))
        if not self._tolerant_from <= len(token) <= self._longest + 1:
            return frozenset()
        return frozenset(
            w for form in without_one(token, self._tolerant_from) for w in self._near.get(form, ())
        )

    def only(self, token: str) -> str | None:
        """The one word that the token stands for; ``None`` when there is none, or more than one."""
        found = self.matches(token)
        return next(iter(found)) if len(found) == 1 else None
