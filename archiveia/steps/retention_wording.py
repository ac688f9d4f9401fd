"""How like the documents of each rule of the retention schedule the words of a text are.

Every word of documents whose rule is known speaks for the rules that use it more than others, and never against one
(a naive Bayes of positive evidence). What was misread can so only be doubted one way: a word that may have been
another speaks for no rule for sure, and for each rule at most what that other word says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from archiveia.steps.folding import TolerantWords, fold
from archiveia.values import Evidence

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

_LETTERS = re.compile(r"[a-z]{3,}")
_STEM = 7
"""The letters of a word that count: its endings do not."""
_FORGIVING_FROM = 4
"""Letters from which a word may be misread: one of five may have lost one."""
_WORDS = 250
"""The first words of a document tell what it is; a long one comes to many matters."""
_RARE = 3e-4
"""The share of a rule's words below which a word is no sign of it."""
_MIN_RULES = 2
"""A word met in the documents of one rule alone may be a name; it counts from two sets of documents, or two rules."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """For each rule, what the words of a text say for it: for ``sure``, and ``at_most``, if misread words suit it.

    Both are 0 of a text without words, and grow with how peculiar its words are to the rule.
    """

    sure: Mapping[str, float]
    at_most: Mapping[str, float]


NOTHING_SAID = Likeness({}, {})
"""Where nobody listens to words: with models off."""


@dataclass(frozen=True)
class Wordings:
    """What each word says for each rule: ``evidence`` is (words, codes), never negative."""

    codes: tuple[str, ...]
    words: tuple[str, ...]
    evidence: np.ndarray

    @cached_property
    def _at(self) -> dict[str, int]:
        return {word: at for at, word in enumerate(self.words)}

    @cached_property
    def _forgiving(self) -> TolerantWords:
        return TolerantWords(self.words, tolerant_from=_FORGIVING_FROM)

    @cached_property
    def _usual(self) -> np.ndarray:
        """What each word says for a rule on average."""
        usual: np.ndarray = self.evidence.mean(axis=1)
        return usual

    def likeness(self, pages: Sequence[str], lexicon: Container[str]) -> Likeness:
        """How like the documents of each rule the pages are."""
        tokens = list(_tokens(pages))
        read = {self._at[t[:_STEM]] for t, _ in tokens if t[:_STEM] in self._at}
        doubtful = {t for t, written in tokens if t[:_STEM] not in self._at and written not in lexicon}
        sure = self.evidence[sorted(read)].sum(axis=0) if read else np.zeros(len(self.codes))
        at_most = sure + sum(self._may_say(token, read) for token in sorted(doubtful))
        scale = np.sqrt(len(tokens) or 1)
        return Likeness(
            *(dict(zip(self.codes, map(float, said / scale), strict=True)) for said in (sure, at_most))
        )

    def _may_say(self, token: str, read: Container[int]) -> np.ndarray:
        """For each rule, the most that a misread word may have said."""
        forms = {token[: _STEM + slip] for slip in (-1, 0, 1)}
        near = {self._at[word] for form in forms for word in self._forgiving.matches(form)}
        may_be = sorted(at for at in near if at not in read)
        return self.evidence[may_be].max(axis=0) if may_be else np.zeros(len(self.codes))

    def strongest(self, pages: Sequence[str], code: str, most: int) -> list[Evidence]:
        """The places of the words that speak most for a rule rather than for others."""
        if code not in self.codes:
            return []
        column = self.evidence[:, self.codes.index(code)] - self._usual
        found: dict[int, Evidence] = {}
        for number, match in _matches(pages):
            at = self._at.get(match.group()[:_STEM])
            if at is not None and column[at] > 0:
                found.setdefault(at, Evidence(number, *match.span(), ""))
        return [found[at] for at in sorted(found, key=lambda at: -column[at])[:most]]


def _matches(pages: Sequence[str]) -> Iterator[tuple[int, re.Match[str]]]:
    left = _WORDS
    for number, text in enumerate(pages, start=1):
        for match in _LETTERS.finditer(fold(text)):
            if not left:
                return
            left -= 1
            yield number, match


def _tokens(pages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The first words, folded, and as they are written in lower case."""
    for number, match in _matches(pages):
        yield match.group(), pages[number - 1][slice(*match.span())].lower()


def learn(documents: Sequence[tuple[str, str, str]]) -> Wordings:
    """The wordings of documents: (set, rule, text), a form feed between pages.

    A document counts by its distinct words, each by how few documents bear it, all documents of a rule together.
    """
    bags = [{token[:_STEM] for token, _ in _tokens(text.split("\f"))} for _, _, text in documents]
    seen: dict[str, set[tuple[str, str]]] = {}
    for (source, rule, _), bag in zip(documents, bags, strict=True):
        for word in bag:
            seen.setdefault(word, set()).add((source, rule))
    words = tuple(sorted(w for w, where in seen.items() if len(where) >= _MIN_RULES))
    at = {word: n for n, word in enumerate(words)}
    codes = tuple(sorted({rule for _, rule, _ in documents}))
    column = {code: n for n, code in enumerate(codes)}
    bearing = np.zeros(len(words))
    for bag in bags:
        bearing[[at[w] for w in bag if w in at]] += 1
    rarity = np.log((1 + len(bags)) / (1 + bearing)) + 1
    counted = np.zeros((len(words), len(codes)))
    for (_, rule, _), bag in zip(documents, bags, strict=True):
        here = [at[w] for w in bag if w in at]
        counted[here, column[rule]] += rarity[here] / (np.linalg.norm(rarity[here]) or 1)
    shares = counted / np.maximum(counted.sum(axis=0), 1e-9)
    return Wordings(codes, words, (rarity[:, None] * np.log1p(shares / _RARE)).astype(np.float32))
