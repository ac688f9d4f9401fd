"""Where a text speaks for a rule of the retention schedule.

A cue forgives one misread letter a word, but a word that exists is never taken for another: *fracture* is no *facture*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from archiveia.steps.folding import TolerantWords, fold, fold_tokens
from archiveia.values import Evidence

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

HEADING_WORDS = 60
"""The words of a text that tell what it is: letterhead, title, subject."""

_TOKEN = re.compile(r"[a-z0-9]+")
_PLURAL_FROM = 4
_FORGIVING_FROM = 4
"""Letters of a word, without its plural mark, from which one may be misread."""


@dataclass(frozen=True, slots=True)
class RuleCues:
    """What betrays the documents of one rule: ``names`` of them, and what they ``say``.

    ``alike``: a rule that keeps, whose documents only a person tells from these.
    """

    code: str
    names: tuple[str, ...]
    says: tuple[str, ...]
    alike: str | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue, as its words."""

    code: str
    words: tuple[str, ...]
    is_name: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue where it stands: the place of its first word among those of the text, and the span of its page."""

    cue: Cue
    at: int
    evidence: Evidence

    @property
    def end(self) -> int:
        """The place of the word after its last."""
        return self.at + len(self.cue.words)

    @property
    def is_title(self) -> bool:
        """A name of the documents, where a document says what it is."""
        return self.cue.is_name and self.at < HEADING_WORDS


@dataclass(frozen=True, slots=True)
class _Word:
    folded: str
    page: int
    start: int
    end: int
    is_known: bool


@dataclass(frozen=True)
class CueBook:
    """The cues of a schedule, ready to be looked for. ``eliminating`` are the codes of rules that eliminate.

    ``keep`` are words that speak for keeping whatever the rule.
    """

    rules: Mapping[str, RuleCues]
    eliminating: frozenset[str]
    keep: tuple[str, ...] = ()

    @cached_property
    def _by_first(self) -> dict[str, list[Cue]]:
        """The cues by their first word."""
        found: dict[str, list[Cue]] = {}
        for cue in self._cues():
            found.setdefault(cue.words[0], []).append(cue)
        return found

    @cached_property
    def _forgiving(self) -> TolerantWords:
        """The words of the cues, known with one letter misread."""
        words = (word for cues in self._by_first.values() for cue in cues for word in cue.words)
        return TolerantWords(words, tolerant_from=_FORGIVING_FROM)

    def _cues(self) -> Iterable[Cue]:
        for rule in self.rules.values():
            for texts, is_name in ((rule.names, True), (rule.says, False)):
                for text in texts:
                    if words := singular(fold_tokens(text)):
                        yield Cue(rule.code, words, is_name)
        for text in self.keep:
            yield Cue("", singular(fold_tokens(text)), is_name=True)

    def hits(self, pages: Sequence[str], lexicon: Container[str]) -> list[Hit]:
        """Every cue that the pages bear, each once, at its first place; none within a longer one."""
        found = list(self._found(_words(pages, lexicon)))
        found.sort(key=lambda hit: (-len(hit.cue.words), hit.at, hit.cue.code))
        kept: list[Hit] = []
        covered: dict[int, int] = {}
        for hit in found:
            span = range(hit.at, hit.end)
            if any(covered.get(place, 0) > len(hit.cue.words) for place in span):
                continue
            for place in span:
                covered[place] = max(covered.get(place, 0), len(hit.cue.words))
            kept.append(hit)
        first: dict[Cue, Hit] = {}
        for hit in sorted(kept, key=lambda hit: hit.at):
            first.setdefault(hit.cue, hit)
        return list(first.values())

    def _found(self, words: Sequence[_Word]) -> Iterable[Hit]:
        readings = [
            frozenset((w.folded,)) | (frozenset() if w.is_known else self._forgiving.matches(w.folded))
            for w in words
        ]
        for at, reading in enumerate(readings):
            for cue in (cue for one in sorted(reading) for cue in self._by_first.get(one, ())):
                here = words[at : at + len(cue.words)]
                is_whole = len(here) == len(cue.words) and here[0].page == here[-1].page
                if is_whole and all(w in readings[at + i] for i, w in enumerate(cue.words)):
                    yield Hit(cue, at, Evidence(here[0].page, here[0].start, here[-1].end, ""))


def singular(words: Sequence[str]) -> tuple[str, ...]:
    """The words without the mark of the plural: a title names one document or many."""
    return tuple(w[:-1] if len(w) > _PLURAL_FROM and w[-1] in "sx" else w for w in words)


def _words(pages: Sequence[str], lexicon: Container[str]) -> list[_Word]:
    found = []
    for number, text in enumerate(pages, start=1):
        for match in _TOKEN.finditer(fold(text)):
            (word,) = singular((match.group(),))
            is_known = text[slice(*match.span())].lower() in lexicon
            found.append(_Word(word, number, match.start(), match.end(), is_known))
    return found
