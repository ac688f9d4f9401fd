"""The descriptors of a thesaurus that the words of a record speak for, with the words as the reason.

What stands in the title weighs most; what nearly every record says weighs little. Where a model tells how
near in meaning the record and each descriptor are, that moves the score: *papier* is no paper industry.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import exp, log, log2
from typing import TYPE_CHECKING

from archiveia.steps.folding import fold
from archiveia.values import Assertion, Evidence, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from archiveia.steps.subject_labels import Descriptors, Mention
    from archiveia.values import Concept

BY_WORDS = Origin(OriginKind.RULE, "subjects", "1")
MAX_PROPOSALS = 6
MAX_COMPANIONS = 2
"""Of the lists of which terms stand beside others; none where nothing else is proposed."""

# Chosen on 400 texts of service-public.fr (docs/adr, subjects).
_TITLE, _HEADING, _BODY = 4.0, 1.5, 1.0
_OF_ALT_LABEL, _WITH_SLIP, _OF_ONE_WORD, _WITH_NEIGHBOUR = 0.75, 0.6, 0.6, 1.25
_OF_ONE_WORD_IN_TITLE = 0.9
_SHARPNESS = 1.2
_RARITY_IN_TITLE = 0.7
"""At least: a title says on purpose what other records say too."""
_MIN_BY_WORDS = 0.6
_MIN_TO_BE_BLENDED, _MIN_BLENDED = 0.3, 0.7
_LEAST_NEAR = 0.4
"""The model does not know every word (*lavoir*): it may not take away what is said often and in the title."""
_HEADING_CHARACTERS = 600
_MAX_CHARACTERS = 200_000
"""Of a record; longer ones say no more of their subject, and take long."""
_EXPECTED_SHARE, _TRUST_RECORDS = 0.02, 50
"""A descriptor is taken to stand in 2 % of the records until that many were counted."""
_FORMULA_SHARE = 0.6
_OF_FORMULAE = frozenset(
    [
        *(
            "maire",
            "adjoint au maire",
            "conseil municipal",
            "conseiller municipal",
            "commune",
            "préfet",
            "département",
        ),
        *(
            "administration",
            "administration communale",
            "administration générale",
            "mairie",
            "État",
            "république",
        ),
        *("loi", "décret", "arrêté", "délibération", "texte officiel", "canton", "arrondissement"),
    ]
)
"""Who acts and by what right: the heading and the formulae of nearly every act say it, whatever it is about."""


@dataclass(frozen=True, slots=True)
class Spread:
    """In how many records of how many each descriptor stands."""

    records_of: Mapping[str, int]
    records: int

    def rarity(self, concept: Concept) -> float:
        """How much a mention tells: near 0 for what every record says, 1 for the rarest."""
        expected = (_FORMULA_SHARE if concept.label in _OF_FORMULAE else _EXPECTED_SHARE) * _TRUST_RECORDS
        share = (self.records_of.get(concept.uri, 0) + expected) / (self.records + _TRUST_RECORDS)
        return min(1.0, -log(share) / -log(_EXPECTED_SHARE / 2))


def spread(texts: Iterable[str], descriptors: Descriptors) -> Spread:
    """How common each descriptor is in these records' texts."""
    counts: Counter[str] = Counter()
    records = 0
    for text in texts:
        counts.update({m.uri for m in descriptors.mentions(text[:_MAX_CHARACTERS])})
        records += 1
    return Spread(counts, records)


@dataclass(frozen=True, slots=True)
class _Said:
    """A mention with its place: the page (``None``: the title), its words, what it weighs."""

    mention: Mention
    page: int | None
    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """How near each descriptor is to one record, in standard deviations from the mean; and the model that says so."""

    nearness: Mapping[str, float]
    origin: Origin


def nearness(
    record: NDArray[np.float32], uris: Sequence[str], vectors: NDArray[np.float32]
) -> dict[str, float]:
    """How near each descriptor is to the record: its cosine, set against those of all of them."""
    cosines = vectors @ record
    spreads = float(cosines.std()) or 1.0
    return dict(zip(uris, ((cosines - cosines.mean()) / spreads).tolist(), strict=True))


def propose(
    pages: Sequence[tuple[int, str]],
    title: str | None,
    descriptors: Descriptors,
    common: Spread,
    *,
    meaning: Meaning | None = None,
) -> list[Assertion]:
    """The descriptors that the record's words speak for, best first; none below the threshold.

    The field is ``subject_proposal``; its value has the ``uri``, the ``label``, the ``thesaurus`` and in
    ``why`` the reasons in French.

    Args:
        pages: (number, text) of the pages whose text can be relied on.
        title: the title in force, whoever gave it.
        descriptors: the thesauri.
        common: how common each descriptor is in the archive.
        meaning: what a model says of the record; ``None`` without one.

    """
    said = _said(pages, title, descriptors)
    ranked = []
    for uri, places in said.items():
        score = _score(uri, places, said, descriptors, common)
        if meaning is not None:
            score = _blended(score, meaning.nearness.get(uri, 0.0))
        if score >= (_MIN_BY_WORDS if meaning is None else _MIN_BLENDED):
            ranked.append((score, uri))
    ranked.sort(key=lambda pair: (-pair[0], pair[1]))
    subjects = [p for p in ranked if not descriptors.thesaurus_of[p[1]].is_companion][:MAX_PROPOSALS]
    beside = [p for p in ranked if descriptors.thesaurus_of[p[1]].is_companion][:MAX_COMPANIONS]
    origin = BY_WORDS if meaning is None else meaning.origin
    return [
        _assertion(uri, score, said[uri], descriptors, origin)
        for score, uri in subjects + (beside if subjects else [])
    ]


def _blended(score: float, near: float) -> float:
    """The score moved by the nearness of meaning; 0 where the words alone say too little."""
    if score < _MIN_TO_BE_BLENDED:
        return 0.0
    odds = score / max(1 - score, 1e-6) * exp(max(near, _LEAST_NEAR) - 1)
    return odds / (1 + odds)


def _said(
    pages: Sequence[tuple[int, str]], title: str | None, descriptors: Descriptors
) -> dict[str, list[_Said]]:
    found: dict[str, list[_Said]] = defaultdict(list)
    left = _MAX_CHARACTERS
    zones: list[tuple[int | None, str]] = [(None, title)] if title else []
    for page, text in [*zones, *pages]:
        read = text[:left]
        left -= len(read)
        for m in descriptors.mentions(read):
            in_heading = page == pages[0][0] and m.start < _HEADING_CHARACTERS if pages else False
            weight = _TITLE if page is None else _HEADING if in_heading else _BODY
            weight *= (1 if m.is_preferred else _OF_ALT_LABEL) * (_WITH_SLIP if m.has_slip else 1)
            found[m.uri].append(_Said(m, page, text[m.start : m.end], weight))
    return dict(found)


def _score(
    uri: str,
    places: Sequence[_Said],
    said: Collection[str],
    descriptors: Descriptors,
    common: Spread,
) -> float:
    concept = descriptors.concepts[uri]
    strength = log2(1 + sum(p.weight for p in places))
    in_title = any(p.page is None for p in places)
    if all(p.words.isalnum() for p in places):
        strength *= _OF_ONE_WORD_IN_TITLE if in_title else _OF_ONE_WORD
    if any(near in said for near in (*concept.broader, *concept.narrower, *concept.related)):
        strength *= _WITH_NEIGHBOUR
    rarity = common.rarity(concept)
    if in_title and concept.label not in _OF_FORMULAE:
        rarity = max(rarity, _RARITY_IN_TITLE)
    return 1 - exp(-strength * rarity / _SHARPNESS)


def _assertion(
    uri: str, score: float, places: Sequence[_Said], descriptors: Descriptors, origin: Origin
) -> Assertion:
    concept, first = descriptors.concepts[uri], next((p for p in places if p.page is not None), None)
    value = {
        "uri": uri,
        "label": concept.label,
        "thesaurus": descriptors.thesaurus_of[uri].title,
        "why": _reasons(places, concept),
    }
    evidence = (
        Evidence(first.page, first.mention.start, first.mention.end, first.words)
        if first is not None and first.page is not None
        else None
    )
    return Assertion("subject_proposal", value, origin, evidence, round(score, 3))


def _reasons(places: Sequence[_Said], concept: Concept) -> list[str]:
    """One sentence for each wording: where and how often, and why it speaks for the descriptor."""
    by_words: dict[str, list[_Said]] = defaultdict(list)
    for place in places:
        by_words[" ".join(fold(place.words).split())].append(place)
    reasons = []
    for group in sorted(by_words.values(), key=lambda g: -sum(p.weight for p in g))[:3]:
        numbers = sorted({p.page for p in group if p.page is not None})
        times = sum(p.page is not None for p in group)
        where = ["dans le titre"] if any(p.page is None for p in group) else []
        if times:
            pages = f"p. {', '.join(map(str, numbers[:5]))}{'…' if len(numbers) > 5 else ''}"
            where.append(pages if times == 1 else f"{times} fois, {pages}")
        notes = "" if group[0].mention.is_preferred else f" (employé pour « {concept.label} »)"
        notes += " (lettre mal lue)" if group[0].mention.has_slip else ""
        reasons.append(f"« {' '.join(group[0].words.split())} » {' ; '.join(where)}{notes}")
    return reasons
