"""What a search understands: the words of a text, and what a person typed in the search box.

Both search engines are given these words and never the raw text, so that both cut, fold and match
alike: the rules are those of Meilisearch (typos, prefix, phrases, joined and split words).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_QUERY_CHARS = 10_000
"""What is read of a query; nobody types more."""

MAX_QUERY_WORDS = 10
"""Words of a query that are searched: Meilisearch ignores the others (its known limitations)."""

MAX_WORD_CHARS = 60
"""Longer words are cut, in pages and in queries alike; they are noise of the OCR."""

_WORD = re.compile(r"[^\W_][^\W_\u0300-\u036f\u00ad]*(?:[\u0300-\u036f\u00ad]+[^\W_\u0300-\u036f\u00ad]*)*")
"""Letters and digits; combining accents and soft hyphens stay inside the word."""

_ELIDED = re.compile(r"(?<![\w'’])(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)['’](?=[^\W_])", re.IGNORECASE)
_QUOTES = str.maketrans(dict.fromkeys("«»“”„", '"'))
_CHUNK = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<plain>[^\s"]+))')
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})


class Token(NamedTuple):
    """One word of a text, folded, with its span in characters of that text."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What is searched: folded words in order, exact phrases, exact words and phrases to exclude.

    The last of ``words`` also matches as the beginning of a word. ``ignored`` are the words over
    the limit, to be told to the person who typed them.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing is searched: everything matches."""
        return not (self.words or self.phrases or self.excluded)

    @property
    def canonical(self) -> str:
        """The query as Meilisearch has to be asked: exclusions first, so that the last word comes last."""
        excluded = [f'-"{" ".join(words)}"' for words in self.excluded]
        phrases = [f'"{" ".join(words)}"' for words in self.phrases]
        return " ".join((*excluded, *phrases, *self.words))


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in order: ``L'Église`` gives ``l`` and ``eglise``."""
    for found in _WORD.finditer(text):
        word = fold(found.group())
        if word:
            yield Token(word, found.start(), found.end())


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """A word in lower case, without accents or ligatures (``Cœur`` -> ``coeur``), cut to 60 characters."""
    plain = unicodedata.normalize("NFKD", word.lower().translate(_LIGATURES))
    return "".join(c for c in plain if c.isalnum())[:MAX_WORD_CHARS]


def folded(text: str) -> str:
    """The words of a text between single spaces: what both engines index."""
    return " ".join(word for word in map(fold, _WORD.findall(text)) if word)


def typo_budget(word: str) -> int:
    """How many errors a word tolerates: 1 from five letters, 2 from nine (Meilisearch's defaults)."""
    return (len(word) >= 5) + (len(word) >= 9)


def joined_words(words: tuple[str, ...]) -> Iterator[tuple[int, int, str, int]]:
    """Each word, and each two or three neighbours written as one, as ``(first, after, word, errors)``.

    ``porte faix`` also finds ``portefaix``; each space that is forgotten counts as one error.
    """
    for first in range(len(words)):
        for after in range(first + 1, min(first + 3, len(words)) + 1):
            word = "".join(words[first:after])
            yield first, after, word, max(0, typo_budget(word) - (after - first - 1))


def parse(text: str) -> ParsedQuery:
    """What a person typed, as words; any text is a query.

    ``"..."`` (or « ... ») is a phrase, ``-word`` and ``-"..."`` exclude. An article that is elided
    (``l'église``) is not searched, except in a phrase: pages say ``une église`` too.
    """
    words: list[str] = []
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    ignored: list[str] = []
    room = MAX_QUERY_WORDS
    for chunk in _CHUNK.finditer(text[:MAX_QUERY_CHARS].translate(_QUOTES)):
        phrase = chunk["phrase"]
        source = phrase if phrase is not None else _ELIDED.sub(" ", chunk["plain"])
        found = [t.word for t in tokens(source)]
        kept, over = tuple(found[:room]), found[room:]
        room -= len(kept)
        ignored += over
        if not kept:
            continue
        if chunk["minus"]:
            excluded.append(kept)
        elif phrase is not None:
            phrases.append(kept)
        else:
            words += kept
    return ParsedQuery(tuple(words), tuple(phrases), tuple(excluded), tuple(ignored))
