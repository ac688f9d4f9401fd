"""Which class of the classification plan a text belongs to, and whether a person must say.

The lexical matcher needs no model: it looks for the words of each class's label and description
and for its formulae (``cues``), rare words counting more, one OCR slip a word forgiven.
Scores of every classifier are a softmax over the classes: between 0 and 1, comparable, but not
calibrated (0.8 is not "right 8 times in 10"); ``schemas/classification_plan.md`` says what was measured.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from math import exp, fsum, log, sqrt
from typing import TYPE_CHECKING

from archiveia.steps.folding import TolerantWords, fold_tokens
from archiveia.values import Classification, DocumentClass, Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_LETTERS = 20
"""Under this many letters in words, a text says nothing about its kind."""

# How the evidence becomes a score; chosen on the "tune" half of tests/samples/classes.jsonl.
_WORD_WEIGHT = 10.0
_CUE_WEIGHT = 2.0
_HEADING_TOKENS = 25
_HEADING_BONUS = 0.5

_STOP = frozenset(
    fold_tokens(
        "a au aux avec ce ces dans de des du elle en entre est et eu il ils l la le les leur leurs lui mais "
        "ne nous on ou par pas pour qu que qui sa se ses son sur un une d s n y sont"
    )
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_FIGURES = re.compile(r"\d[\d\s.,/:%€-]*")


def is_classifiable(text: str) -> bool:
    """Whether the text has enough words to be classified at all."""
    return sum(map(len, _WORD.findall(text))) >= MIN_LETTERS


EXCERPT_CHARACTERS = 2000
"""What a classifier reads of a piece: its heading and first paragraphs say what it is."""


def excerpt(text: str, max_chars: int) -> str:
    """The part of a record's text worth classifying: its beginning, without the lines that are no words.

    The heading and the first formulae tell the kind of a document; what follows tells its subject.
    Figures count neither way: « Total TTC 1 076,40 » says what it is.
    """
    lines = (" ".join(line.split()) for line in text.splitlines())
    wanted = [line for line in lines if _is_worded(line)]
    joined = "\n".join(wanted)
    if len(joined) <= max_chars:
        return joined
    cut = joined[:max_chars]
    last_gap = max(cut.rfind(" "), cut.rfind("\n"))
    return cut[:last_gap] if last_gap > 0 else cut


def _is_worded(line: str) -> bool:
    letters = sum(map(len, _WORD.findall(line)))
    return 2 * letters >= len(_FIGURES.sub("", line)) and letters > 0


def stem(token: str) -> str:
    """The token without its plural mark, cut where French endings begin to vary."""
    return (token[:-1] if len(token) > 3 and token[-1] in "sx" else token)[:8]


class _Profiles:
    """What the classes are recognised by: weighted words and cues, computed once a plan."""

    def __init__(self, classes: Sequence[DocumentClass]) -> None:
        words = [{stem(t) for t in fold_tokens(f"{c.label} {c.description}")} - _STOP for c in classes]
        self.cues = [[(cue, fold_tokens(cue)) for cue in c.cues] for c in classes]
        counts: dict[str, int] = {}
        for bag in words:
            for word in bag:
                counts[word] = counts.get(word, 0) + 1
        weights = {w: log((len(classes) + 1) / n) for w, n in counts.items()}
        self.words = [{w: weights[w] for w in bag} for bag in words]
        # fsum: the words come from sets, and a sum must not depend on their order
        self.norms = [sqrt(fsum(v * v for v in bag.values())) or 1.0 for bag in self.words]
        self.vocabulary = TolerantWords(weights)
        self.cue_vocabulary = TolerantWords(t for cues in self.cues for _, tokens in cues for t in tokens)


@lru_cache(maxsize=8)
def _profiles(classes: tuple[DocumentClass, ...]) -> _Profiles:
    return _Profiles(classes)


def _find(cue: list[str], text: Sequence[frozenset[str]], starts: dict[str, list[int]]) -> int | None:
    """Where the words of the cue stand one after the other in the text."""
    for at in starts.get(cue[0], ()):
        if len(text) - at >= len(cue) and all(word in text[at + i] for i, word in enumerate(cue)):
            return at
    return None


def _cue_positions(text: str, profiles: _Profiles) -> list[list[tuple[str, int]]]:
    """For each class, its cues that the text has, each with the number of words before it.

    Of two cues of a class that share words of the text ("bon de commande", "commande n°") the longer counts.
    """
    tokens = [profiles.cue_vocabulary.matches(t) for t in fold_tokens(text)]
    starts: dict[str, list[int]] = {}
    for i, words in enumerate(tokens):
        for word in words:
            starts.setdefault(word, []).append(i)
    rows = []
    for cues in profiles.cues:
        row: list[tuple[str, int]] = []
        taken: set[int] = set()
        for cue, sought in sorted(cues, key=lambda pair: -len(pair[1])):
            at = _find(sought, tokens, starts)
            if at is not None and not taken & (span := set(range(at, at + len(sought)))):
                taken |= span
                row.append((cue, at))
        rows.append(row)
    return rows


def cues_found(text: str, classes: Sequence[DocumentClass]) -> list[tuple[str, ...]]:
    """For each class, which of its formulae the text carries, one OCR slip a word forgiven."""
    return [tuple(cue for cue, _ in row) for row in _cue_positions(text, _profiles(tuple(classes)))]


def cue_strength(text: str, classes: Sequence[DocumentClass]) -> list[float]:
    """For each class, how strongly its formulae speak: long ones and those of the heading count more."""
    rows = _cue_positions(text, _profiles(tuple(classes)))
    return [
        sum(
            (1.0 + 0.25 * (len(fold_tokens(cue)) - 1)) * (1 + _HEADING_BONUS * (at < _HEADING_TOKENS))
            for cue, at in row
        )
        for row in rows
    ]


def word_overlap(text: str, classes: Sequence[DocumentClass]) -> list[float]:
    """For each class, the share (0-1) of its weighted words that the text has."""
    profiles = _profiles(tuple(classes))
    present: set[str] = set()
    for token in set(map(stem, fold_tokens(text))) - _STOP:
        present |= profiles.vocabulary.matches(token)
    return [
        sqrt(fsum(v * v for w, v in bag.items() if w in present)) / norm
        for bag, norm in zip(profiles.words, profiles.norms, strict=True)
    ]


def softmax(logits: Sequence[float]) -> list[float]:
    """The logits as shares that sum to 1."""
    top = max(logits)
    powers = [exp(x - top) for x in logits]
    return [p / sum(powers) for p in powers]


def lexical_scores(text: str, classes: Sequence[DocumentClass]) -> list[float]:
    """The score of each class by its words and formulae; all zero for a text that cannot be classified."""
    if not is_classifiable(text):
        return [0.0] * len(classes)
    overlap, cues = word_overlap(text, classes), cue_strength(text, classes)
    return softmax([_WORD_WEIGHT * w + _CUE_WEIGHT * c for w, c in zip(overlap, cues, strict=True)])


def decide(  # the thresholds are settings, the rest is the classifier's answer
    scores: Sequence[float],
    classes: Sequence[DocumentClass],
    *,
    min_score: float,
    min_margin: float,
    origin: Origin,
    text: str = "",
) -> Classification:
    """The class that the scores designate; a person decides when they are low or too close.

    ``text`` only serves to say which formulae of the chosen class it carries.
    """
    ranked = sorted(range(len(classes)), key=lambda i: (-scores[i], i))
    if not ranked or scores[ranked[0]] <= 0:
        why = ("texte absent, trop court ou illisible",)
        return Classification(None, 0.0, None, 0.0, to_review=True, origin=origin, reasons=why)
    best = classes[ranked[0]]
    second = classes[ranked[1]] if len(ranked) > 1 else None
    score, second_score = scores[ranked[0]], scores[ranked[1]] if second else 0.0
    reasons = [f"formule reconnue : « {cue} »" for cue in cues_found(text, [best])[0]] if text else []
    if score < min_score:
        reasons.append(f"score {score:.2f} inférieur au seuil {min_score:.2f}")
    if second and score - second_score < min_margin:
        reasons.append(f"trop proche de « {second.label} » ({second_score:.2f})")
    to_review = score < min_score or score - second_score < min_margin
    if to_review and (sure := sure_series(scores, classes, min_score=min_score, min_margin=min_margin)):
        labels = ", ".join(f"« {c.label} »" for c in classes if c.series == sure)
        reasons.append(f"classe à choisir dans la série {sure} : {labels}")
    return Classification(
        code=best.code,
        score=score,
        runner_up=second.code if second else None,
        runner_up_score=second_score,
        to_review=to_review,
        origin=origin,
        reasons=tuple(reasons),
    )


def sure_series(
    scores: Sequence[float], classes: Sequence[DocumentClass], *, min_score: float, min_margin: float
) -> str | None:
    """The series whose classes together have scores that would decide; ``None`` where none has, or of one class."""
    sums: dict[str, list[float]] = {}
    for score, one in zip(scores, classes, strict=True):
        if one.series:
            sums.setdefault(one.series, []).append(score)
    ranked = sorted(((fsum(found), name) for name, found in sums.items()), reverse=True)
    if not ranked:
        return None
    best, name = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    is_sure = best >= min_score and best - second >= min_margin and len(sums[name]) > 1
    return name if is_sure else None


def with_words(said: Classification, words: Sequence[str]) -> Classification:
    """The same with the words that weighed, before its other reasons."""
    if not words:
        return said
    return replace(said, reasons=(f"mots qui ont pesé : {', '.join(words)}", *said.reasons))
