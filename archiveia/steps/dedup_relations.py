"""What two pages that look alike are to one another, told by setting their texts side by side.

The letters of both texts are aligned; what differs is gathered into whole words. A slip of reading spoils
a letter here and there, in any word. Two acts on one template differ in what names an act: its number, its
day, persons, places, amounts. Whatever could name another act is never called the same text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from archiveia.steps.dedup_letters import letters
from archiveia.steps.dedup_signatures import MAX_LETTERS
from archiveia.values import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rapidfuzz.distance import Opcode

MAX_ALIGNED_LETTERS = 30_000
"""Texts are aligned up to here: a page has 2,000 to 6,000 letters. What goes on unread is never « the same »."""
EXTRACT_RATIO = 0.8
"""A text shorter than this share of the other is looked for inside it."""
_ANCHOR = 12
"""Letters in a row that place an extract in the longer text."""
_SLIP = 0.6
"""Words at least this alike are one word with slips of reading."""
_SLIP_LETTERS = 3
"""So few letters, come or gone, are a slip of reading, too."""
_Span = tuple[int, int]


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
_MONTHS = _words("""
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre vendemiaire brumaire
    frimaire nivose pluviose ventose germinal floreal prairial messidor thermidor fructidor lundi mardi mercredi
    jeudi vendredi samedi dimanche
""")
_COUNTS = _words("""
    premier premiere deuxieme second seconde troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme
    dixieme un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt
    trente quarante cinquante soixante cent cents mille
""")
_LOOKS_LIKE = str.maketrans("oilszbgq", "01152899")
"""Letters that engines read for digits, and the reverse."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Words that differ at one place: those of one text and those of the other (``""``: none)."""

    kind: str
    """``slip``, ``words``, ``citation``, ``number``, ``act_number``, ``date`` or ``name``."""
    text_a: str
    text_b: str
    is_sure: bool
    """False when one misread letter or digit would explain it."""
    marks: tuple[tuple[int, int], tuple[int, int]]
    """Where these words stand in the one and in the other text, in characters."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two texts side by side. ``similarity`` is the share of letters that agree, 0-1."""

    similarity: float
    differences: tuple[Difference, ...]
    ordinary_words: int
    """Words of both texts that name nothing, at most those of the longer one."""
    naming_words: int
    """Numbers, days and capitalised words, counted likewise."""
    is_whole: bool
    """Whether both texts were aligned to their ends."""

    def count(self, *kinds: str) -> int:
        """How many differences are of these kinds."""
        return sum(d.kind in kinds for d in self.differences)

    def letters_of(self, kind: str) -> int:
        """How many letters the differences of a kind have."""
        return sum(max(len(d.text_a), len(d.text_b)) for d in self.differences if d.kind == kind)


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

    def touched(self, start: int, end: int) -> _Span:
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

    def said(self, span: _Span) -> str:
        """These words as they are written."""
        return " ".join(self.words[slice(*span)])

    def mark(self, span: _Span) -> tuple[int, int]:
        """Where these words stand in the text; nowhere for none."""
        found = self.places[slice(*span)]
        return (found[0][0], found[-1][1]) if found else (0, 0)

    def names_in(self, span: _Span) -> bool:
        """Whether one of these words names something."""
        return any(self.naming[slice(*span)])

    def dates_in(self, span: _Span) -> bool:
        """Whether one of these words is of a date."""
        return any(w in _MONTHS for w in self.folded[slice(*span)])

    def cites_before(self, at: int) -> bool:
        """Whether the number here is that of a text which is cited, or its day: « loi n° 83-628 du 12 juillet »."""
        for n in range(at - 1, max(at - 1 - _REACH, -1), -1):
            word, bare = self.words[n], self.folded[n]
            if word in _CODE_LETTERS or (bare in _CITING and not word[0].isupper()):
                return True
            if len(bare) > 3 and not bare.isdigit() and bare not in _MONTHS:
                return False
        return False

    def is_numbered(self, at: int) -> bool:
        """Whether « n° » stands just before these words."""
        return not _NUMBER_SIGNS.isdisjoint(self.folded[max(at - 2, 0) : at])

    def around(self, span: _Span) -> tuple[str, ...]:
        """These words with two on each side."""
        return self.folded[max(span[0] - 2, 0) : span[1] + 2]


def _names(word: str, bare: str, before: str) -> bool:
    """Whether a word is a number, a day or a name: a capital that no sentence begins with."""
    if any(c.isdigit() for c in bare) or bare in _MONTHS:
        return True
    if len(bare) < 2 or not word[0].isupper():
        return False
    return word.isupper() or before.rstrip()[-1:] not in {".", ";", ":", "!", "?"}


def align(text_a: str, text_b: str) -> Alignment:
    """Both texts side by side, with what differs."""
    return _aligned(Tokens.of(text_a), Tokens.of(text_b))


def relation_of(a: Tokens, b: Tokens, *, threshold: float) -> tuple[Relation, float] | None:
    """What two texts are to one another, and their similarity; ``None`` when they are not alike.

    An extract's similarity is that with the part of the longer text which it stands in.
    """
    a, b = sorted((a, b), key=lambda tokens: tokens.stream)  # of equal alignments the first is taken
    short, long = sorted((a, b), key=lambda tokens: len(tokens.stream))
    if not short.stream:
        return None
    if len(short.stream) < EXTRACT_RATIO * len(long.stream):
        window = _window(short.stream, long.stream)
        if window is not None:
            inside = _aligned(short, long.part(*window))
            if inside.similarity >= max(threshold, EXTRACT_RATIO):
                said = _judged(inside)
                return (Relation.EXTRACT if said in _SAME else said), inside.similarity
    head_a, head_b = a.stream[:MAX_ALIGNED_LETTERS], b.stream[:MAX_ALIGNED_LETTERS]
    if Levenshtein.normalized_similarity(head_a, head_b, score_cutoff=threshold) < threshold:
        return None
    whole = _aligned(a, b)
    return _judged(whole), whole.similarity


_NAMING = ("act_number", "number", "date", "name")
_SAME = (Relation.SAME_TEXT, Relation.VERSION)


def _judged(found: Alignment) -> Relation:
    """What the differences make of two texts that are alike.

    Slips and spoilt words among the ordinary ones tell how many of the naming ones were misread by chance.
    """
    naming = [d for d in found.differences if d.kind in _NAMING]
    sure = [d for d in naming if d.is_sure]
    slips = found.count("slip")
    spoilt = sum(d.kind == "words" and bool(d.text_a and d.text_b) for d in found.differences)
    slip_odds, spoilt_odds = (n / max(found.ordinary_words, 1) * found.naming_words for n in (slips, spoilt))
    names_an_act = any(d.kind != "number" for d in sure)
    if (
        len(naming) > 1 + 1.5 * (slip_odds + spoilt_odds)
        or len(sure) > 1 + 1.5 * spoilt_odds
        or (names_an_act and len(sure) > spoilt_odds)
    ):
        return Relation.TEMPLATE
    if naming:
        return Relation.DOUBTFUL
    if found.count("words", "citation") > slips / 4:
        return Relation.VERSION
    return Relation.SAME_TEXT if found.is_whole else Relation.DOUBTFUL


# --- the alignment --------------------------------------------------------------------------------


def _aligned(a: Tokens, b: Tokens) -> Alignment:
    is_whole = max(len(a.stream), len(b.stream)) <= MAX_ALIGNED_LETTERS
    if not is_whole:
        a, b = a.part(0, MAX_ALIGNED_LETTERS), b.part(0, MAX_ALIGNED_LETTERS)
    longest = max(len(a.stream), len(b.stream))
    opcodes = [o for o in Levenshtein.opcodes(a.stream, b.stream) if o.tag != "equal"]
    edits = sum(max(o.src_end - o.src_start, o.dest_end - o.dest_start) for o in opcodes)
    naming = max(sum(tokens.naming) for tokens in (a, b))
    return Alignment(
        similarity=1 - edits / longest if longest else 0.0,
        differences=tuple(_difference(a, b, *span) for span in _spans(a, b, opcodes)),
        ordinary_words=max(len(a.words), len(b.words)) - naming,
        naming_words=naming,
        is_whole=is_whole,
    )


def _spans(a: Tokens, b: Tokens, edits: Sequence[Opcode]) -> Iterator[tuple[_Span, _Span]]:
    """The words that differ, place by place: edits that share a word are one place."""
    current: tuple[_Span, _Span] | None = None
    for edit in edits:
        span_a, span_b = a.touched(edit.src_start, edit.src_end), b.touched(edit.dest_start, edit.dest_end)
        if current is None:
            current = span_a, span_b
        elif span_a[0] < current[0][1] or span_b[0] < current[1][1]:
            current = _joined(current[0], span_a), _joined(current[1], span_b)
        else:
            yield current
            current = span_a, span_b
    if current is not None:
        yield current


def _joined(first: _Span, second: _Span) -> _Span:
    return first[0], max(first[1], second[1])


def _difference(a: Tokens, b: Tokens, span_a: _Span, span_b: _Span) -> Difference:
    said_a, said_b = a.said(span_a), b.said(span_b)
    bare_a, bare_b = "".join(a.folded[slice(*span_a)]), "".join(b.folded[slice(*span_b)])
    kind, is_sure = _kind(bare_a, bare_b)
    both = ((a, span_a), (b, span_b))
    if kind == "words" and bare_a and bare_b:
        if all(tokens.dates_in(span) for tokens, span in both):
            kind = "date"
        elif all(tokens.names_in(span) for tokens, span in both):
            kind = "name"
        elif all(_COUNTS.issuperset(tokens.folded[slice(*span)]) for tokens, span in both):
            kind, is_sure = "number", False
    elif kind == "number" and not any(_MONTHS.isdisjoint(tokens.around(span)) for tokens, span in both):
        kind = "date"
    if kind in ("number", "date") and (a.cites_before(span_a[0]) or b.cites_before(span_b[0])):
        kind = "citation"
    elif kind == "number" and (a.is_numbered(span_a[0]) or b.is_numbered(span_b[0])):
        kind = "act_number"
    return Difference(kind, said_a, said_b, is_sure, (a.mark(span_a), b.mark(span_b)))


def _kind(bare_a: str, bare_b: str) -> tuple[str, bool]:
    """What kind of difference these letters make, and whether a slip of reading cannot explain it."""
    digits_a, digits_b = _digits(bare_a, bare_b), _digits(bare_b, bare_a)
    if digits_a and digits_b and digits_a != digits_b:
        return "number", Levenshtein.distance(digits_a, digits_b) > 1
    longest = max(len(bare_a), len(bare_b))
    if longest <= _SLIP_LETTERS or (
        bare_a and bare_b and Levenshtein.normalized_similarity(bare_a, bare_b) >= _SLIP
    ):
        return "slip", True
    return "words", Levenshtein.distance(bare_a, bare_b) > 2


def _digits(bare: str, other: str) -> str:
    """The digits of a word; letters that stand for digits count where the other text has digits only."""
    if other.isdigit():
        bare = bare.translate(_LOOKS_LIKE)
    return "".join(c for c in bare if c.isdigit())


def _window(short: str, long: str) -> tuple[int, int] | None:
    """Where in the longer text the shorter one stands, by the runs of letters that both have once."""
    at_short, at_long = _runs(short), _runs(long)
    shifts = sorted(at_long[run] - at for run, at in at_short.items() if run in at_long)
    if len(shifts) < 2:
        return None
    shift = shifts[len(shifts) // 2]
    return shift, shift + len(short)


def _runs(stream: str) -> dict[str, int]:
    return {stream[n : n + _ANCHOR]: n for n in range(len(stream) - _ANCHOR + 1)}
