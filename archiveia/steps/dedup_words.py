"""The words of a text with what each is: a number, a day, a name, a number of a text that is cited, or ordinary."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from archiveia.steps.dedup_letters import letters
from archiveia.steps.dedup_signatures import MAX_LETTERS

Span = tuple[int, int]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[^\W_]+")
_CITING = _words("""
    article articles art loi lois decret decrets directive reglement ordonnance code alinea annexe cee
""")
_CODE_LETTERS = frozenset("LRDA")
"""``L. 2122-22``: they stand before the numbers of articles."""
_NUMBER_SIGNS = frozenset({"n", "no", "numero"})
_REACH = 10
"""How many words before a number or a day are looked at for the text that it cites."""
MONTHS = _words("""
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre vendemiaire brumaire
    frimaire nivose pluviose ventose germinal floreal prairial messidor thermidor fructidor lundi mardi mercredi
    jeudi vendredi samedi dimanche
""")
COUNTS = _words("""
    premier premiere deuxieme second seconde troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme
    dixieme onzieme douzieme treizieme quatorzieme quinzieme seizieme vingtieme trentieme deux trois quatre cinq
    six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante cent
    cents mille
""")
CIVILITIES = _words("m mr mme mlle monsieur madame mademoiselle")


@dataclass(frozen=True)
class Tokens:
    """The words of a text: as written, folded, and whether each names something. Made by ``of``."""

    words: tuple[str, ...]
    folded: tuple[str, ...]
    naming: tuple[bool, ...]
    places: tuple[tuple[int, int], ...]
    """Where each word stands in the text, in characters."""

    @classmethod
    def of(cls, text: str) -> Tokens:
        """The words of a text, as far as it is looked at."""
        words: list[str] = []
        folded: list[str] = []
        naming: list[bool] = []
        places: list[tuple[int, int]] = []
        for match in _WORD.finditer(text, 0, MAX_LETTERS):
            if bare := match[0].lower() if match[0].isascii() else letters(match[0]):
                words.append(match[0])
                places.append(match.span())
                folded.append(bare)
                naming.append(_names(match[0], bare, text[max(match.start() - 3, 0) : match.start()]))
        return cls(tuple(words), tuple(folded), tuple(naming), tuple(places))

    @cached_property
    def stream(self) -> str:
        """All letters, one after the other."""
        return "".join(self.folded)

    @cached_property
    def token_at(self) -> list[int]:
        """For each letter of the stream, its word."""
        return [n for n, word in enumerate(self.folded) for _ in word]

    def touched(self, start: int, end: int) -> Span:
        """The words (from, up to) of these letters; an empty span inside a word touches that word."""
        at = self.token_at
        if end > start:
            return at[start], at[end - 1] + 1
        if 0 < start < len(at) and at[start - 1] == at[start]:
            return at[start], at[start] + 1
        here = at[start] if start < len(at) else len(self.words)
        return here, here

    def part(self, start: int, end: int) -> Tokens:
        """The words that hold these letters."""
        span = slice(*self.touched(max(start, 0), min(end, len(self.stream))))
        return Tokens(self.words[span], self.folded[span], self.naming[span], self.places[span])

    def said(self, span: Span) -> str:
        """These words as they are written."""
        return " ".join(self.words[slice(*span)])

    def mark(self, span: Span) -> tuple[int, int]:
        """Where these words stand in the text; nowhere for none."""
        found = self.places[slice(*span)]
        return (found[0][0], found[-1][1]) if found else (0, 0)

    def names_in(self, span: Span) -> bool:
        """Whether one of these words names something."""
        return any(self.naming[slice(*span)])

    def among(self, span: Span, vocabulary: frozenset[str]) -> tuple[str, ...]:
        """Those of these words that belong to a vocabulary."""
        return tuple(word for word in self.folded[slice(*span)] if word in vocabulary)

    def cites_before(self, at: int) -> bool:
        """Whether the number here is that of a text which is cited, or its day: « loi n° 83-628 du 12 juillet »."""
        for n in range(at - 1, max(at - 1 - _REACH, -1), -1):
            word, bare = self.words[n], self.folded[n]
            if word in _CODE_LETTERS or (bare in _CITING and not word[0].isupper()):
                return True
            if len(bare) > 3 and not bare.isdigit() and bare not in MONTHS:
                return False
        return False

    def is_numbered(self, at: int) -> bool:
        """Whether « n° » stands just before these words."""
        return not _NUMBER_SIGNS.isdisjoint(self.folded[max(at - 2, 0) : at])

    def around(self, span: Span) -> tuple[str, ...]:
        """These words with two on each side."""
        return self.folded[max(span[0] - 2, 0) : span[1] + 2]


def _names(word: str, bare: str, before: str) -> bool:
    """Whether a word is a number, a day or a name: a capital that no sentence begins with."""
    if any(c.isdigit() for c in bare) or bare in MONTHS:
        return True
    if not word[0].isupper():
        return False
    return (len(bare) > 1 and word.isupper()) or before.rstrip()[-1:] not in {".", ";", ":", "!", "?"}
