"""Which rule of the retention schedule a text probably falls under, and whether it may be proposed for elimination.

The schedule's labels are types of documents; their cues (``schemas/retention_cues.json``) are what such documents
call themselves and say, their wordings the words that such documents use. What is made of them was fitted on documents
whose rule is known (``models/retention``). What speaks for keeping only takes from what speaks for elimination: in
doubt a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from math import exp
from typing import TYPE_CHECKING

from archiveia.steps.fusion import is_known
from archiveia.steps.retention_cues import HEADING_WORDS
from archiveia.steps.retention_wording import NOTHING_SAID
from archiveia.values import RankedRule, SortFinal

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping, Sequence

    from archiveia.steps.retention_cues import CueBook, Hit
    from archiveia.steps.retention_wording import Likeness, Wordings
    from archiveia.values import Evidence, Json, RetentionRule

_LONGER = 0.25
"""What each further word of a cue adds to its weight: a long formula is no accident."""
_TITLE_WEIGHT = 3.0
_NAME_WEIGHT = 1.2
_CLASS_BONUS = 1.0
_MIN_LETTERS = 4
_SOURCED = ("high", "medium")
_MOST_EVIDENCE = 8.0
"""More evidence than this says no more: a long document repeats itself."""
_MOST_CUES = 4
_LEAST_PROBABILITY = 0.01
_SHOWN_RULES, _FEW_CUES, _SHOWN_WORDS = 3, 2, 4
"""Of the first rules, where fewer cues than that speak, so many words that do are shown."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A rule, and the probability that the text falls under it.

    ``hits`` are the cues that say so, strongest first, ``score`` what they come to (a class's bonus with them), and
    ``words`` the places of words that say so where few cues do.
    """

    code: str
    probability: float
    is_sure: bool
    score: float
    hits: tuple[Hit, ...]
    words: tuple[Evidence, ...] = ()

    def as_value(self) -> RankedRule:
        """The rule as a proposal keeps it."""
        passages = (*(hit.evidence for hit in self.hits), *self.words)
        return RankedRule(self.code, self.probability, self.is_sure, passages)


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for elimination (the first four) and what speaks against it, of one text.

    ``evidence`` and ``kept_evidence`` are the scores of the cues of the best rule that eliminates and of the best other
    one, ``cues`` the number of the former; ``likeness``: how like the documents of a rule that eliminates the words
    are, ``margin``: how much more than they may be like those of any other; ``keep_words``: words of the title that
    speak for keeping.
    """

    evidence: float
    cues: float
    likeness: float
    margin: float
    kept_evidence: float
    keep_words: float


FOR, AGAINST = tuple(Signs.__slots__[:4]), tuple(Signs.__slots__[4:])
"""The signs whose weights are never negative, and those whose weights are never positive."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted: how scores become probabilities, and when elimination may be proposed.

    A rule's score is that of its cues and ``wording`` times its likeness; ``sharpness`` multiplies the scores,
    ``silence`` is the score of "none of these rules"; ``propose_from`` the least probability to be proposed among
    several. ``weights`` of the signs; their sum must reach ``eliminate_from``.
    ``min_cues``: the least number of cues of one rule that eliminates; ``min_known``: the least share of letters in
    known words. ``common``: in how many other types of documents a cue was met.
    """

    wording: float
    sharpness: float
    silence: float
    propose_from: float
    eliminate_from: float
    min_cues: int
    min_known: float
    weights: Mapping[str, float]
    common: Mapping[str, int]

    @classmethod
    def from_json(cls, data: Json) -> Calibration:
        """The calibration as ``models/retention`` keeps it."""
        return cls(**{name: data[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Prediction:
    """The ranked rules of a text, best first; ``to_eliminate`` is the rule proposed for E, if any.

    ``why`` says in French what spoke against an elimination that the best rule would allow.
    """

    ranked: tuple[Ranked, ...]
    to_eliminate: str | None
    why: tuple[str, ...] = ()


def may_be_signed(rule: RetentionRule) -> bool:
    """Whether a collectivité may sign this row for elimination: its sort final is E, from a source, and it is on."""
    return rule.active and rule.sort_final is SortFinal.ELIMINATE and rule.fate_confidence in _SOURCED


def known_share(pages: Sequence[str], lexicon: Container[str]) -> float:
    """The share (0-1) of the letters, in words of some length, that stand in known words; 0 of a text without any."""
    letters = known = 0
    for word in " ".join(pages).split():
        if len(word) < _MIN_LETTERS or word.isupper():  # names and headings in capitals say little
            continue
        found = is_known(word, lexicon)
        if found is not None:
            letters += len(word)
            known += len(word) if found else 0
    return known / letters if letters else 0.0


def predict(
    pages: Sequence[str],
    book: CueBook,
    wordings: Wordings | None,
    calibration: Calibration,
    *,
    class_codes: Collection[str],
    lexicon: Container[str],
) -> Prediction:
    """The rules that the pages speak for; ``class_codes`` are those of the class that the document has.

    Without ``wordings`` cues speak alone, and the calibration is one that was fitted so.
    """
    hits = book.hits(pages, lexicon)
    likeness = wordings.likeness(pages, lexicon) if wordings else NOTHING_SAID
    ranked = rank(hits, likeness, book, calibration, class_codes)
    shown = tuple(
        replace(r, words=tuple(wordings.strongest(pages, r.code, _SHOWN_WORDS)))
        if wordings and place < _SHOWN_RULES and len(r.hits) < _FEW_CUES
        else r
        for place, r in enumerate(ranked)
    )
    if not shown or shown[0].code not in book.eliminating:
        return Prediction(shown, None)
    code, alike = shown[0].code, book.rules[shown[0].code].alike
    if alike is not None:
        why = f"Seule une personne distingue les documents de {code} de ceux de {alike}, à conserver."
        return Prediction(shown, None, (why,))
    signs = signs_of(hits, ranked, likeness, book)
    against = _against(signs, calibration, known_share(pages, lexicon))
    return Prediction(shown, None if against else code, against)


def weight(hit: Hit, common: Mapping[str, int]) -> float:
    """How strongly a cue speaks: a title most, a long formula more than a short one, a common one little."""
    length = 1.0 + _LONGER * (len(hit.cue.words) - 1)
    place = _TITLE_WEIGHT if hit.is_title else _NAME_WEIGHT if hit.cue.is_name else 1.0
    return length * place / (1 + common.get(" ".join(hit.cue.words), 0))


def rank(
    hits: Sequence[Hit],
    likeness: Likeness,
    book: CueBook,
    calibration: Calibration,
    class_codes: Collection[str],
) -> tuple[Ranked, ...]:
    """The rules of the book that the cues and the words speak for, best first, each with its probability."""
    by_rule: dict[str, list[tuple[float, Hit]]] = defaultdict(list)
    for hit in hits:
        if hit.cue.code:
            by_rule[hit.cue.code].append((weight(hit, calibration.common), hit))
    by_cues = {
        code: sum(strength for strength, _ in by_rule[code]) + _CLASS_BONUS * (code in class_codes)
        for code in book.rules
    }
    scores = {c: score + calibration.wording * likeness.sure.get(c, 0.0) for c, score in by_cues.items()}
    top = max((calibration.silence, *scores.values()))
    powers = {code: exp(calibration.sharpness * (score - top)) for code, score in scores.items()}
    total = sum(powers.values()) + exp(calibration.sharpness * (calibration.silence - top))
    return tuple(
        Ranked(
            code,
            powers[code] / total,
            powers[code] / total >= calibration.propose_from,
            by_cues[code],
            tuple(hit for _, hit in sorted(by_rule[code], key=lambda pair: -pair[0])),
        )
        for code in sorted(scores, key=lambda code: (-scores[code], code))
        if by_rule[code] or (scores[code] > 0 and powers[code] / total >= _LEAST_PROBABILITY)
    )


def signs_of(hits: Sequence[Hit], ranked: Sequence[Ranked], likeness: Likeness, book: CueBook) -> Signs:
    """What speaks for and against the elimination of a text, whatever rule of those that eliminate it falls under."""
    ours = [r for r in ranked if r.code in book.eliminating]
    theirs = [r for r in ranked if r.code not in book.eliminating]
    like = max((said for code, said in likeness.sure.items() if code in book.eliminating), default=0.0)
    kept = max((said for code, said in likeness.at_most.items() if code not in book.eliminating), default=0.0)
    return Signs(
        evidence=min(max((r.score for r in ours), default=0.0), _MOST_EVIDENCE),
        cues=float(min(max((len(r.hits) for r in ours), default=0), _MOST_CUES)),
        likeness=like,
        margin=like - kept,
        kept_evidence=min(max((r.score for r in theirs), default=0.0), _MOST_EVIDENCE),
        keep_words=float(sum(not h.cue.code and h.at < HEADING_WORDS for h in hits)),
    )


def elimination_score(signs: Signs, weights: Mapping[str, float]) -> float:
    """What the signs come to: a sum in which nothing that speaks for keeping can add."""
    return float(sum(weights[name] * value for name, value in asdict(signs).items()))


def _against(signs: Signs, calibration: Calibration, known: float) -> tuple[str, ...]:
    """What speaks against elimination, in French; nothing when it may be proposed."""
    score = elimination_score(signs, calibration.weights)
    if known < calibration.min_known:
        return ("Le texte est trop mal lu pour proposer une élimination.",)
    if signs.cues < calibration.min_cues:
        return ("Trop peu d’indices parlent pour l’élimination.",)
    if score >= calibration.eliminate_from:
        return ()
    doubts = {
        "Le texte porte aussi des indices de documents à conserver.": signs.kept_evidence > 0,
        "Un mot du titre parle pour la conservation.": signs.keep_words > 0,
        "Les mots du texte sont aussi ceux de documents à conserver.": signs.margin < 0,
    }
    least = calibration.eliminate_from
    why = f"Ce qui parle pour l’élimination ne suffit pas ({score:.1f} pour un seuil de {least:.1f})."
    return (*(sentence for sentence, holds in doubts.items() if holds), why)
