"""Texts as counted terms: words with their neighbours, runs of letters, the heading, articles of law cited.

Runs of letters still agree where OCR or an ending spoiled a word. A ``Bag`` is one kind of term of several texts;
``scaled`` weighs rare terms more (TF-IDF), on the terms of the texts that a model learns from.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from archiveia.steps.classify import stem
from archiveia.steps.folding import fold_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

MAX_CHARACTERS = 6000
"""What is read of a text: later pages hardly change the class and cost time."""
_HEADING_CHARACTERS = 200
_RUNS = (3, 4, 5)
_TEXTS_OF_A_TERM = 2
"""A term of fewer texts says nothing of other texts."""
_ARTICLE = re.compile(r"\b([LRDA])\s?\.?\s?\*?\s?(\d{1,4})(?:-(\d+))?")


def word_terms(text: str) -> Counter[str]:
    """How often each word of two letters, and each pair of neighbours, stands in the text; endings cut."""
    words = _words(text)
    return Counter([*words, *map(" ".join, pairwise(words))])


def triple_terms(text: str) -> Counter[str]:
    """How often each three words follow each other in the text; endings cut."""
    words = _words(text)
    return Counter(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def _words(text: str) -> list[str]:
    return [stem(t) for t in fold_tokens(text[:MAX_CHARACTERS]) if len(t) > 1]


def as_written(term: str, text: str) -> str:
    """The word or pair of words of the text that gave a word term, without case and accents, endings whole."""
    whole = {stem(token): token for token in reversed(fold_tokens(text[:MAX_CHARACTERS]))}
    return " ".join(whole.get(part, part) for part in term.split())


def letter_terms(text: str) -> Counter[str]:
    """How often each run of 3 to 5 letters stands in the text; a space is where a word begins or ends."""
    found: Counter[str] = Counter()
    for word, times in Counter(fold_tokens(text[:MAX_CHARACTERS])).items():
        padded = f" {word} "
        for length in _RUNS:
            for at in range(max(1, len(padded) - length + 1)):
                found[padded[at : at + length]] += times
    return found


def article_terms(text: str) -> Counter[str]:
    """How often each article of law is cited ("L. 2121-29"), and each part, book, title and chapter that it is of.

    The digits of an article are the plan of its code, one a level (decimal numbering of codified articles, Guide
    de légistique); how many there are, and the letter, tell codes apart.
    """
    found: Counter[str] = Counter()
    for letter, number, within in _ARTICLE.findall(text[:MAX_CHARACTERS]):
        levels = [f"{len(number)} {number[:end]}" for end in range(len(number) + 1)]
        found.update([letter, f"{letter} {len(number)}", *levels])
        if within:
            found[f"{number}-{within}"] += 1
    return found


def heading(text: str) -> str:
    """The first line of the text that says something, where French acts and forms say what they are."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return next((line for line in lines if line), "")[:_HEADING_CHARACTERS]


def heading_terms(text: str) -> Counter[str]:
    """The words of the heading."""
    return word_terms(heading(text))


KINDS: Mapping[str, Callable[[str], Counter[str]]] = {
    "words": word_terms,
    "letters": letter_terms,
    "heading": heading_terms,
    "triples": triple_terms,
    "articles": article_terms,
}


@dataclass(frozen=True, slots=True)
class Bag:
    """How often each term (a column) stands in each text (a row)."""

    counts: sp.csr_matrix
    terms: tuple[str, ...]

    def rows(self, chosen: Sequence[int]) -> Bag:
        """The bag of some of the texts."""
        return Bag(self.counts[list(chosen)], self.terms)


def bag(texts: Iterable[str], kind: str, terms: Sequence[str] | None = None) -> Bag:
    """The texts' terms of one kind: all that two texts share, or only the ``terms`` that a model knows."""
    column = {} if terms is None else {term: i for i, term in enumerate(terms)}
    columns: list[int] = []
    counts: list[int] = []
    ends = [0]
    for text in texts:
        for term, times in KINDS[kind](text).items():
            at = column.setdefault(term, len(column)) if terms is None else column.get(term)
            if at is not None:
                columns.append(at)
                counts.append(times)
        ends.append(len(columns))
    shape = (len(ends) - 1, len(column))
    matrix = sp.csr_matrix((np.array(counts, dtype=np.float32), columns, ends), shape=shape)
    if terms is not None:
        return Bag(matrix, tuple(column))
    shared = np.flatnonzero(_texts_of_each(matrix) >= _TEXTS_OF_A_TERM)
    names = tuple(column)
    return Bag(matrix[:, shared], tuple(names[i] for i in shared))


def rarity(counts: sp.csr_matrix) -> NDArray[np.float32]:
    """The weight of each term by the texts that have it; 0 for a term of a single text."""
    texts = _texts_of_each(counts)
    weights = np.log((1 + counts.shape[0]) / (1 + texts)) + 1
    return np.where(texts >= _TEXTS_OF_A_TERM, weights, 0.0).astype(np.float32)


def _texts_of_each(counts: sp.csr_matrix) -> NDArray[np.int64]:
    return np.bincount(counts.indices, minlength=counts.shape[1])


def scaled(counts: sp.csr_matrix, weights: NDArray[np.float32]) -> sp.csr_matrix:
    """The counts damped (1 + log), weighed, and of length 1 in each row."""
    found = counts.copy()
    found.data = (1 + np.log(found.data)) * weights[found.indices]
    lengths = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
    found.data /= np.repeat(np.where(lengths == 0, 1, lengths), np.diff(found.indptr))
    return found
