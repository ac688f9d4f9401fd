"""What people's choices of rules taught, set beside what the cues of a text say.

It weighs the ranked rules anew, and it may keep an elimination from being proposed. It never brings one about:
whatever was learned, a rule is proposed for elimination only where the cues alone would propose it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archiveia.steps import terms
from archiveia.steps.classify import is_classifiable
from archiveia.steps.head import Evidence
from archiveia.steps.retention_rank import Ranked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from archiveia.steps.head import Head
    from archiveia.steps.retention_rank import Prediction

_LEARNED = 2 / 3
"""The part of what was learned, of a text just like those taught; the rest is that of the cues."""
_LEAST = 0.1
"""A rule that no cue speaks for is named from this probability."""
_LIKELY = 0.5
"""Below this probability of all rules that eliminate, what was learned speaks against elimination."""
_ALIKE = 0.5
"""From this likeness a text is one of those taught, rather than none."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was learned says of one text: the probability of each rule taught, and the words for the likeliest.

    ``likeness`` (0-1): how like the texts taught it is; a text of another kind has a likeliest rule too.
    ``sure_from``: the probability from which it is right often enough to speak against rules it was not taught.
    """

    shares: Mapping[str, float]
    likeness: float = 1.0
    words: tuple[str, ...] = ()
    sure_from: float = 1.01

    @property
    def best(self) -> str:
        """The likeliest rule."""
        return min(self.shares, key=lambda code: (-self.shares[code], code))


def hear(head: Head, known: Mapping[str, Sequence[str]], taught: Collection[str], text: str) -> Heard | None:
    """What a head that was ``taught`` these rules says of the text; ``None`` of too few words.

    ``known``: the terms that the head's weights stand for, of each kind.
    """
    if not is_classifiable(text):
        return None
    evidence = Evidence({kind: terms.bag([text], kind, column) for kind, column in known.items()}, {})
    row = head.probabilities(evidence)[0]
    shares = {c: float(p) for c, p in zip(head.profile.labels, row, strict=True) if c in taught}
    total = sum(shares.values())
    normal = {code: share / total for code, share in shares.items()}
    heard = Heard(normal, sure_from=head.threshold)
    heard = replace(heard, likeness=_likeness(head, evidence, heard.best))
    others = [code for code in shares if code != heard.best]
    if not others:
        return heard
    second = max(others, key=shares.__getitem__)
    words = head.reasons(evidence, 0, heard.best, second)
    return replace(heard, words=tuple(terms.as_written(term, text) for term in words))


def _likeness(head: Head, evidence: Evidence, code: str) -> float:
    """What ridge regression itself answers: near 1 for texts like those of the rule, near 0 for any other."""
    voice = head.voices[0]
    scores = head.profile.matrix(evidence, voice.kinds) @ voice.weights + voice.bias
    return float(min(1.0, max(0.0, scores[0, head.profile.labels.index(code)])))


def weighed(found: Prediction, heard: Heard, eliminating: Collection[str], propose_from: float) -> Prediction:
    """The prediction of the cues with what was learned: other probabilities, maybe no elimination any more.

    What the cues leave to the rules taught is divided anew; a rule that nobody taught keeps what it had. The less
    the text is like those taught, the less is heard.
    """
    part = _LEARNED * heard.likeness
    said = {ranked.code: ranked for ranked in found.ranked}
    untaught = sum(r.probability for r in found.ranked if r.code not in heard.shares)
    shares = {code: ranked.probability for code, ranked in said.items() if code not in heard.shares}
    for code, learned in heard.shares.items():
        by_cues = said[code].probability if code in said else 0.0
        share = (1 - part) * by_cues + part * (1 - untaught) * learned
        if code in said or share >= _LEAST:
            shares[code] = share
    first = found.ranked[0] if found.ranked else None

    def rank(code: str) -> Ranked:
        may_be_sure = code not in eliminating or (first is not None and first.code == code and first.is_sure)
        is_sure = may_be_sure and shares[code] >= propose_from
        known = said.get(code, Ranked(code, 0.0, is_sure=False, score=0.0, hits=()))
        return replace(known, probability=shares[code], is_sure=is_sure)

    ranked = tuple(rank(code) for code in sorted(shares, key=lambda code: (-shares[code], code)))
    if found.to_eliminate is None or not _speaks_against(found.to_eliminate, ranked, heard, eliminating):
        return replace(found, ranked=ranked)
    why = f"Les décisions déjà prises ici ne parlent pas pour cette élimination ({heard.best} plutôt)."
    return replace(found, ranked=ranked, to_eliminate=None, why=(*found.why, why))


def _speaks_against(code: str, ranked: Sequence[Ranked], heard: Heard, eliminating: Collection[str]) -> bool:
    likely = sum(share for taught, share in heard.shares.items() if taught in eliminating)
    return (
        ranked[0].code != code
        or (code in heard.shares and likely < _LIKELY)
        or (
            heard.best not in eliminating
            and heard.likeness >= _ALIKE
            and heard.shares[heard.best] >= heard.sure_from
        )
    )


def in_french(heard: Heard) -> str:
    """The sentence that tells what was learned says, and the words that weighed."""
    words = f" d’après les mots « {' », « '.join(heard.words)} »" if heard.words else ""
    probability = heard.shares[heard.best]
    return f"Les décisions déjà prises ici parlent pour {heard.best}{words} (probabilité {probability:.2f})."
