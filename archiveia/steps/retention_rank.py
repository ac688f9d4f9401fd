"""Which rule of the retention schedule a text probably falls under, and whether it may be proposed for elimination.

The schedule's labels are types of documents; their cues (``schemas/retention_cues.json``) are what such documents
call themselves and say. A probability is calibrated on documents whose rule is known (``models/retention``).
Elimination is proposed only where everything speaks for it and nothing against: in doubt a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from archiveia.steps.fusion import is_known
from archiveia.steps.retention_cues import HEADING_WORDS
from archiveia.values import RankedRule, SortFinal

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Sequence

    from archiveia.steps.retention_cues import CueBook, Hit
    from archiveia.values import Json, RetentionRule

_LONGER = 0.25
"""What each further word of a cue adds to its weight: a long formula is no accident."""
_TITLE_WEIGHT = 3.0
_NAME_WEIGHT = 1.2
_CLASS_BONUS = 1.0
_MIN_LETTERS = 4
_SOURCED = ("high", "medium")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A rule, the probability that the text falls under it, and the cues that say so, strongest first."""

    code: str
    probability: float
    is_sure: bool
    score: float
    hits: tuple[Hit, ...]

    def as_value(self) -> RankedRule:
        """The rule as a proposal keeps it."""
        return RankedRule(self.code, self.probability, self.is_sure, tuple(hit.evidence for hit in self.hits))


@dataclass(frozen=True, slots=True)
class Calibration:
    """How scores become probabilities, and from which probability elimination may be proposed.

    ``sharpness`` multiplies the scores, ``silence`` is the score of "none of these rules". ``propose_from``: the least
    probability to be proposed among several; ``may_eliminate_from``: that of elimination; ``min_known``: the least
    share of letters in known words.
    """

    sharpness: float
    silence: float
    propose_from: float
    may_eliminate_from: float
    min_known: float

    @classmethod
    def from_json(cls, data: Json) -> Calibration:
        """The calibration as ``models/retention`` keeps it."""
        return cls(*(float(data[name]) for name in cls.__slots__))


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
    calibration: Calibration,
    *,
    class_codes: Collection[str],
    lexicon: Container[str],
) -> Prediction:
    """The rules that the pages speak for; ``class_codes`` are those of the class that the document has."""
    hits = book.hits(pages)
    ranked = _ranked(hits, calibration, class_codes)
    if not ranked or ranked[0].code not in book.exact:
        return Prediction(ranked, None)
    against = _against(ranked, hits, book, calibration, known_share(pages, lexicon))
    titles = [h for h in hits if h.is_title and h.cue.code in book.exact]
    if not against and (near := book.keeps_in_title(pages, titles)):
        against = (f"Le titre ressemble à un nom de documents à conserver ({near}).",)
    return Prediction(ranked, None if against else ranked[0].code, against)


def weight(hit: Hit) -> float:
    """How strongly a cue speaks: a title most, a long formula more than a short one."""
    length = 1.0 + _LONGER * (len(hit.cue.words) - 1)
    return length * (_TITLE_WEIGHT if hit.is_title else _NAME_WEIGHT if hit.cue.is_name else 1.0)


def _ranked(
    hits: Sequence[Hit], calibration: Calibration, class_codes: Collection[str]
) -> tuple[Ranked, ...]:
    by_rule: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        if hit.cue.code:
            by_rule[hit.cue.code].append(hit)
    scores = {
        code: sum(map(weight, found)) + (_CLASS_BONUS if code in class_codes else 0.0)
        for code, found in by_rule.items()
    }
    powers = {code: exp(calibration.sharpness * score) for code, score in scores.items()}
    total = sum(powers.values()) + exp(calibration.sharpness * calibration.silence)
    return tuple(
        Ranked(
            code,
            powers[code] / total,
            powers[code] / total >= calibration.propose_from,
            scores[code],
            tuple(sorted(by_rule[code], key=lambda h: -weight(h))),
        )
        for code in sorted(scores, key=lambda code: (-scores[code], code))
    )


def _against(
    ranked: Sequence[Ranked], hits: Sequence[Hit], book: CueBook, calibration: Calibration, known: float
) -> tuple[str, ...]:
    """What speaks against elimination, in French; nothing when it may be proposed.

    What speaks for it is that of all rules that eliminate together: so letters misread can only take from it.
    """
    exact = [h for r in ranked if r.code in book.exact for h in r.hits]
    kept = [h for r in ranked if r.code not in book.exact for h in r.hits]
    probability = sum(r.probability for r in ranked if r.code in book.exact)
    doubts = {
        "Le texte est trop mal lu pour proposer une élimination.": known < calibration.min_known,
        "Le titre ne dit pas ce qu’est le document.": not any(h.is_title for h in exact),
        "Un seul indice parle pour l’élimination.": len(exact) < 2,
        "Le titre porte aussi le nom de documents à conserver.": any(h.is_title for h in kept),
        "Un mot du titre parle pour la conservation.": any(
            not h.cue.code and h.at < HEADING_WORDS for h in hits
        ),
        f"La probabilité ({probability:.2f}) est inférieure au seuil.": probability
        < calibration.may_eliminate_from,
    }
    return tuple(sentence for sentence, holds in doubts.items() if holds)
