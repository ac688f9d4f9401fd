"""The labels of thesauri found in a text, as its words are written.

A label is found where its words follow one another in the text, whatever the link words, number and
gender (*distributions des eaux* for *distribution d'eau*), one OCR slip forgiven in a long word that is no
French word as it stands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from archiveia.steps.folding import TolerantWords, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from archiveia.values import Concept, Thesaurus

_TOLERANT_FROM = 7
_OE = "ŋ"
"""Stands for *œ*, which ``fold`` makes an *o*: *vœu* is not *vous*."""
_TOKEN = re.compile(rf"[a-z0-9{_OE}]+")
_HYPHEN = re.compile(r"-[ \t]*\r?\n[ \t]*")
_APART = re.compile(r"[.;:!?()|]|\n[ \t]*\n")
_ACRONYM = re.compile(r"\(([A-Z]{3,})\)")
_LINKS = frozenset(
    [
        *(
            "a",
            "au",
            "aux",
            "avec",
            "ce",
            "ces",
            "cette",
            "d",
            "dans",
            "de",
            "des",
            "du",
            "en",
            "et",
            "l",
            "la",
        ),
        *("le", "les", "leur", "leurs", "ou", "par", "pour", "sa", "ses", "son", "sous", "sur", "un", "une"),
    ]
)
_ENDINGS = (
    ("aux", "al"), ("ale", "al"), ("elle", "el"), ("ive", "if"), ("euse", "eu"), ("eux", "eu"),
    ("enne", "en"), ("ere", "er"), ("ee", "e"),
)  # fmt: skip
"""What varies in number and gender at the end of a word, its *s* taken off."""


def stem(token: str) -> str:
    """The folded word without its marks of number and gender (*communaux*, *communale*: *communal*)."""
    word = token.replace("oeu", f"{_OE}u")
    if len(word) > 4 and word.endswith("eaux"):
        return word[:-1]
    if len(word) > 3 and word[-1] == "s":
        word = word[:-1]
    for ending, kept in _ENDINGS:
        if len(word) > len(ending) + 2 and word.endswith(ending) and not word.endswith("eaux"):
            return word[: -len(ending)] + kept
    return word[:-1] if len(word) > 3 and word[-1] == "x" else word


def _folded(text: str) -> str:
    return fold(text.replace("œ", _OE).replace("Œ", _OE))


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    stem: str


def _tokens(folded: str, known: Collection[str]) -> list[_Token]:
    """The words of a text without the link words; a word cut at the end of a line is whole where that is known."""
    found: list[_Token] = []
    for match in _TOKEN.finditer(folded):
        token = _Token(*match.span(), stem(match[0]))
        last = found[-1] if found else None
        if last is not None and _HYPHEN.fullmatch(folded, last.end, token.start):
            whole = stem(folded[last.start : last.end] + match[0])
            if whole in known:
                found[-1] = _Token(last.start, token.end, whole)
                continue
        if match[0] not in _LINKS:
            found.append(token)
    return found


@dataclass(frozen=True, slots=True)
class _Form:
    """One label of a concept as it is sought. An acronym must be written in capitals."""

    stems: tuple[str, ...]
    uri: str
    is_preferred: bool
    is_acronym: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text says a descriptor: ``text[start:end]``. ``has_slip``: a letter of it was misread."""

    uri: str
    start: int
    end: int
    is_preferred: bool
    has_slip: bool


class Descriptors:
    """The labels of thesauri, to be found in texts. ``is_word`` tells a French word as it is written."""

    def __init__(self, thesauri: Iterable[Thesaurus], is_word: Callable[[str], bool]) -> None:
        self.concepts: dict[str, Concept] = {}
        self.thesaurus_of: dict[str, Thesaurus] = {}
        self._is_word = is_word
        forms: dict[str, list[_Form]] = defaultdict(list)
        for thesaurus in thesauri:
            for concept in thesaurus.concepts:
                self.concepts[concept.uri] = concept
                self.thesaurus_of[concept.uri] = thesaurus
                for form in _forms(concept):
                    forms[form.stems[0]].append(form)
        self._forms = dict(forms)
        stems = {s for group in forms.values() for form in group for s in form.stems}
        self._stems = frozenset(stems)
        self._near = TolerantWords(
            (s for s in stems if len(s) >= _TOLERANT_FROM), tolerant_from=_TOLERANT_FROM
        )

    def mentions(self, text: str) -> list[Mention]:
        """The labels that stand in the text; of two that overlap the longer one."""
        folded = _folded(text)
        tokens = _tokens(folded, self._stems)
        read = _Read(
            text,
            tokens,
            [self._meant(token, text) for token in tokens],
            [_APART.search(folded, a.end, b.start) is None for a, b in pairwise(tokens)],
        )
        found = [
            Mention(form.uri, tokens[at].start, tokens[at + len(form.stems) - 1].end, form.is_preferred, slip)
            for at, words in enumerate(read.meant)
            for first in words
            for form in self._forms.get(first, ())
            if (slip := _stands(form, at, read)) is not None
        ]
        return _longest(found)

    def _meant(self, token: _Token, text: str) -> frozenset[str]:
        """The word of the labels that a word of the text is, or stands for where it is no French word."""
        if token.stem in self._stems:
            return frozenset((token.stem,))
        written = text[token.start : token.end].lower()
        if len(token.stem) < _TOLERANT_FROM or self._is_word(written):
            return frozenset()
        only = self._near.only(token.stem)
        return frozenset((only,)) if only else frozenset()


def _forms(concept: Concept) -> Iterator[_Form]:
    for label in (concept.label, *concept.alt_labels):
        is_preferred = label == concept.label
        bare = _ACRONYM.sub(" ", label)
        stems = tuple(stem(t) for t in _TOKEN.findall(_folded(bare)) if t not in _LINKS)
        if stems:
            yield _Form(stems, concept.uri, is_preferred, bare.isupper())
        for acronym in _ACRONYM.findall(label):
            yield _Form((stem(_folded(acronym)),), concept.uri, is_preferred, is_acronym=True)


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as tokens, the words of the labels that each may be, and whether it goes on to the next one."""

    text: str
    tokens: Sequence[_Token]
    meant: Sequence[frozenset[str]]
    goes_on: Sequence[bool]


def _stands(form: _Form, at: int, read: _Read) -> bool | None:
    """Whether the form stands there with a slip; ``None`` where it does not stand."""
    last = at + len(form.stems)
    if last > len(read.tokens) or not all(read.goes_on[at : last - 1]):
        return None
    if any(word not in read.meant[at + i] for i, word in enumerate(form.stems)):
        return None
    if form.is_acronym and not read.text[read.tokens[at].start : read.tokens[at].end].isupper():
        return None
    return any(read.tokens[at + i].stem != word for i, word in enumerate(form.stems))


def _longest(found: Sequence[Mention]) -> list[Mention]:
    """Those that no longer one overlaps, in order; of the same words, those that are a preferred label."""
    taken: dict[int, Mention] = {}
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start - m.end, not m.is_preferred, m.start, m.uri)):
        other = next((taken[at] for at in range(mention.start, mention.end) if at in taken), None)
        same = other is not None and (other.start, other.end) == (mention.start, mention.end)
        if other is None or (same and other.is_preferred == mention.is_preferred):
            kept.append(mention)
            taken |= dict.fromkeys(range(mention.start, mention.end), mention)
    return sorted(kept, key=lambda m: (m.start, m.uri))
