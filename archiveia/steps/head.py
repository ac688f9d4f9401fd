"""The learned head: what reviewers' decisions taught, applied to a text with its reasons.

Weights over several kinds of evidence (words, runs of letters, heading, articles of law, meaning, the description of
the classes), added and brought to a calibrated probability. ``steps.head_training`` learns them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from archiveia.steps import described, terms
from archiveia.steps.described import Stock, standard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from archiveia.steps.terms import Bag

BLOCKS = {
    "words": 1.0,
    "letters": 1.0,
    "heading": 0.7,
    "triples": 1.0,
    "articles": 0.7,
    "meaning": 0.5,
    "heading_meaning": 0.5,
    "passage_meaning": 1.0,
    "description": 0.08,
}
"""How much each kind of evidence weighs; chosen by cross-validation (ADR 15), in rows of length 1."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is to know of some texts: their terms, and their meaning where an encoder is installed."""

    bags: Mapping[str, Bag]
    meanings: Mapping[str, NDArray[np.float32]]

    def rows(self, chosen: Sequence[int]) -> Evidence:
        """The evidence of some of the texts."""
        rows = list(chosen)
        return Evidence(
            {kind: bag.rows(rows) for kind, bag in self.bags.items()},
            {kind: vectors[rows] for kind, vectors in self.meanings.items()},
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known before any label: the classes' descriptions, how rare terms are, what is usual (``Stock``)."""

    labels: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    phrase_vectors: tuple[NDArray[np.float32], ...] | None
    rarity: Mapping[str, NDArray[np.float32]]
    usual_meaning: Mapping[str, NDArray[np.float32]]
    """The mean of the texts: some encoders give all texts nearly one direction, and what is apart from it tells."""
    stock: Stock

    def by_description(self, evidence: Evidence) -> NDArray[np.float64]:
        """How much each text (row) resembles each class' description, against what is usual."""
        return self.stock.compared(_resemblances(evidence, self.phrases, self.phrase_vectors, self.rarity))

    def matrix(self, evidence: Evidence, kinds: Sequence[str] = tuple(BLOCKS)) -> sp.csr_matrix:
        """The texts as rows of weighted evidence, the ``kinds`` side by side."""
        blocks = []
        for kind in kinds:
            if kind in evidence.bags:
                block = terms.scaled(evidence.bags[kind].counts, self.rarity[kind])
            elif kind in evidence.meanings:
                block = sp.csr_matrix(unit_rows(evidence.meanings[kind] - self.usual_meaning.get(kind, 0)))
            elif kind == "description":
                block = sp.csr_matrix(standard(self.by_description(evidence)).astype(np.float32))
            else:
                continue
            blocks.append(BLOCKS[kind] * block)
        return sp.hstack(blocks).tocsr()


def profile(
    evidence: Evidence,
    labels: Sequence[str],
    phrases: Sequence[Sequence[str]],
    phrase_vectors: Sequence[NDArray[np.float32]] | None,
) -> Profile:
    """What these texts, whose labels are not asked for, say of rarity and of what is usual."""
    rarity = {kind: terms.rarity(bag.counts) for kind, bag in evidence.bags.items()}
    usual = described.stock(_resemblances(evidence, phrases, phrase_vectors, rarity))
    return Profile(
        tuple(labels),
        tuple(tuple(p) for p in phrases),
        None if phrase_vectors is None else tuple(phrase_vectors),
        rarity,
        {kind: vectors.mean(axis=0) for kind, vectors in evidence.meanings.items()},
        usual,
    )


def _resemblances(
    evidence: Evidence,
    phrases: Sequence[Sequence[str]],
    phrase_vectors: Sequence[NDArray[np.float32]] | None,
    rarity: Mapping[str, NDArray[np.float32]],
) -> dict[str, NDArray[np.float64]]:
    found = {"words": described.by_words(evidence.bags["words"], phrases, rarity["words"])}
    if phrase_vectors is not None and evidence.meanings:
        both = np.sum(list(evidence.meanings.values()), axis=0)
        found["meaning"] = described.by_meaning(unit_rows(both), phrase_vectors)
    return found


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors at length 1, those without length as they are."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Voice:
    """One linear model: the kinds of evidence that it hears, and its weights (evidence x classes)."""

    kinds: tuple[str, ...]
    share: float
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """A trained classifier. ``threshold``: the probability from which it may decide alone."""

    profile: Profile
    voices: tuple[Voice, ...]
    sharpness: float
    threshold: float

    def probabilities(self, evidence: Evidence) -> NDArray[np.float64]:
        """The probability of each class (column) for each text (row)."""
        return shares(self.sharpness * votes(self.profile, self.voices, evidence))

    def reasons(self, evidence: Evidence, text: int, label: str, other: str) -> list[str]:
        """The words of one text that speak most for a class and against the other, strongest first."""
        voice = self.voices[0]
        bag = evidence.bags["words"].rows([text])
        row = terms.scaled(bag.counts, self.profile.rarity["words"])
        mine, theirs = self.profile.labels.index(label), self.profile.labels.index(other)
        weights = voice.weights[: len(bag.terms)]  # words are the first block
        gains = row.data * (weights[row.indices, mine] - weights[row.indices, theirs])
        best = [i for i in np.argsort(-gains, kind="stable")[:_REASONS] if gains[i] > 0]
        return [bag.terms[row.indices[i]] for i in best]


_REASONS = 6


def votes(head: Profile, voices: Sequence[Voice], evidence: Evidence) -> NDArray[np.float64]:
    """The voices' standardised scores, added by their shares."""
    total = np.zeros((next(iter(evidence.bags.values())).counts.shape[0], len(head.labels)))
    for voice in voices:
        scores = head.matrix(evidence, voice.kinds) @ voice.weights + voice.bias
        total += voice.share * standard(np.asarray(scores, dtype=np.float64))
    return total


def shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row as shares that sum to 1 (softmax)."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
