"""Which class a text resembles when nobody gave an example: its words and its meaning beside each description.

A description is cut into phrases ("code rural : bail rural, fermage, pêche"): a text about one of them is far from
the whole sentence, but near that phrase. Each class is then set against what it gives on the archive's own texts
(``Stock``): a description that resembles everything gains nothing by it. No label is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from archiveia.steps import terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from archiveia.steps.terms import Bag

_NEAREST = 4
"""How many phrases of a class a text must be near to."""
_PARTS = re.compile(r"[,:;.]")


def phrases(label: str, description: str) -> list[str]:
    """The label and each part of the description."""
    return [label, *(part for raw in _PARTS.split(description) if len(part := raw.strip()) > 1)]


def by_words(
    words: Bag, described: Sequence[Sequence[str]], weights: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The cosine of each text (row) with the words of each class' phrases; ``weights`` as of ``terms.rarity``."""
    targets = terms.bag((" , ".join(parts) for parts in described), "words", words.terms)
    cosines = terms.scaled(words.counts, weights) @ terms.scaled(targets.counts, weights).T
    return np.asarray(cosines.todense(), dtype=np.float64)


def by_meaning(
    vectors: NDArray[np.float32], phrase_vectors: Sequence[NDArray[np.float32]]
) -> NDArray[np.float64]:
    """The mean cosine of each text with the phrases of each class that it is nearest to."""
    return np.stack(
        [np.sort(vectors @ ours.T, axis=1)[:, -_NEAREST:].mean(axis=1) for ours in phrase_vectors], axis=1
    ).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Stock:
    """What each kind of evidence gives on the archive's own texts: the mean of each class, the common spread."""

    means: Mapping[str, NDArray[np.float64]]
    spreads: Mapping[str, float]

    def compared(self, evidence: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """All evidence together, each class set against what is usual for it."""
        parts = [(found - self.means[kind]) / self.spreads[kind] for kind, found in evidence.items()]
        return np.asarray(np.sum(parts, axis=0))


def stock(evidence: Mapping[str, NDArray[np.float64]]) -> Stock:
    """What is usual in these texts; their labels are not asked for."""
    return Stock(
        {kind: found.mean(axis=0) for kind, found in evidence.items()},
        {kind: float((found - found.mean(axis=0)).std()) or 1.0 for kind, found in evidence.items()},
    )


def standard(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row with mean 0 and spread 1, so that different scores can be added."""
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / np.where(spread == 0, 1, spread))
