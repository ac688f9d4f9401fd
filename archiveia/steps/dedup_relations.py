"""What two pages that look alike are to one another, told by setting their texts side by side.

The letters of both texts are aligned; what differs is gathered into whole words. A slip of reading spoils
a letter here and there, in any word. Two acts on one template differ in what names an act: its number, its
day, persons, places, amounts. Whatever could name another act is never called the same text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from archiveia.steps.dedup_words import CIVILITIES, COUNTS, MONTHS, Span, Tokens
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
_LOOKS_LIKE = str.maketrans("oilszbgq", "01152899")
"""Letters that engines read for digits, and the reverse."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Words that differ at one place: those of one text and those of the other (``""``: none)."""

    kind: str
    """``slip``, ``words``, ``citation``, ``number``, ``act_number``, ``date`` or ``name``; ``name_slip`` in a name,
    ``unread`` for a number that one text lacks."""
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
    if naming or found.count("unread") or found.count("name_slip") > 1.5 * slip_odds:
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


def _spans(a: Tokens, b: Tokens, edits: Sequence[Opcode]) -> Iterator[tuple[Span, Span]]:
    """The words that differ, place by place: edits that share a word are one place."""
    current: tuple[Span, Span] | None = None
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


def _joined(first: Span, second: Span) -> Span:
    return first[0], max(first[1], second[1])


def _difference(a: Tokens, b: Tokens, span_a: Span, span_b: Span) -> Difference:
    bare_a, bare_b = "".join(a.folded[slice(*span_a)]), "".join(b.folded[slice(*span_b)])
    kind, is_sure = _kind(bare_a, bare_b)
    both = ((a, span_a), (b, span_b))
    if kind in ("words", "slip") and bare_a and bare_b:
        kind, is_sure = _named(kind, both, is_sure=is_sure)
    elif kind == "number" and not any(MONTHS.isdisjoint(tokens.around(span)) for tokens, span in both):
        kind = "date"
    if kind in ("number", "date") and (a.cites_before(span_a[0]) or b.cites_before(span_b[0])):
        kind = "citation"
    elif kind == "number" and (a.is_numbered(span_a[0]) or b.is_numbered(span_b[0])):
        kind = "act_number"
    return Difference(kind, a.said(span_a), b.said(span_b), is_sure, (a.mark(span_a), b.mark(span_b)))


def _named(kind: str, both: Sequence[tuple[Tokens, Span]], *, is_sure: bool) -> tuple[str, bool]:
    """What words without figures name: « novembre » and « décembre » are alike, and yet not a slip."""
    if all(tokens.among(span, MONTHS) for tokens, span in both):
        return "date", True
    for vocabulary, name in ((COUNTS, "number"), (CIVILITIES, "name")):
        if all(vocabulary.issuperset(tokens.folded[slice(*span)]) for tokens, span in both):
            return name, False
    if any(c.isdigit() for tokens, span in both for c in tokens.said(span)):
        return kind, is_sure
    if not all(tokens.names_in(span) for tokens, span in both):
        return kind, is_sure
    return ("name", is_sure) if kind == "words" else ("name_slip", is_sure)


def _kind(bare_a: str, bare_b: str) -> tuple[str, bool]:
    """What kind of difference these letters make, and whether a slip of reading cannot explain it."""
    digits_a, digits_b = _digits(bare_a, bare_b), _digits(bare_b, bare_a)
    if digits_a and digits_b and digits_a != digits_b:
        return "number", Levenshtein.distance(digits_a, digits_b) > 1
    longest = max(len(bare_a), len(bare_b))
    if longest <= _SLIP_LETTERS and not (bare_a and bare_b) and (digits_a or digits_b):
        return "unread", False
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
