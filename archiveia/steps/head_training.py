"""Training of the learned head: ridge regression on all evidence, a calibrated probability, a threshold.

Learned from how alike the texts are (their products), of which there are fewer than kinds of evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.linalg import solve
from scipy.optimize import minimize_scalar

from archiveia.steps import measure_classes
from archiveia.steps.described import standard
from archiveia.steps.head import BLOCKS, Head, Voice, shares, votes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from archiveia.steps.head import Evidence, Profile

_RIDGE = 0.2
"""How much a text's own answer yields to those of the texts like it."""
_HELD_PARTS = 3
"""Calibration is learned on texts that the model did not see: each third, from the two others."""
_ECHO_WEIGHT = 0.3
"""How much a text counts whose class the model itself proposed (only while it learns, never as a decision)."""
_ECHO_SHARE = 0.6


def train(
    profile: Profile,
    evidence: Evidence,
    labels: Sequence[str],
    *,
    seed: int,
    unlabelled: Evidence | None = None,
) -> Head:
    """The head that these decisions teach; ``unlabelled`` texts of the same archive help where labels are few."""
    number = {label: i for i, label in enumerate(profile.labels)}
    truth = np.array([number[label] for label in labels])
    rows = profile.matrix(evidence)
    if unlabelled is not None:
        rows = sp.vstack([rows, profile.matrix(unlabelled)]).tocsr()
    texts = _Texts(rows, len(number), np.arange(len(truth), rows.shape[0]))
    fold = np.array(measure_classes.folds(labels, _HELD_PARTS, seed=seed))
    held = np.zeros((len(truth), len(number)))
    for part in range(_HELD_PARTS):
        known, asked = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        held[asked] = standard(texts.learned(known, truth[known]).scores(asked))
    sharpness = _sharpness(held, truth)
    claimed = shares(sharpness * held)
    columns = (truth, claimed.argmax(axis=1), claimed.max(axis=1))
    voice = texts.learned(np.arange(len(truth)), truth).voice()
    return Head(profile, (voice,), sharpness, measure_classes.threshold_for(columns))


class _Texts:
    """Texts as rows of evidence, how alike each two are, and which of them (``others``) have no label."""

    def __init__(self, rows: sp.csr_matrix, classes: int, others: NDArray[np.int64]) -> None:
        self.rows, self.classes, self.others = rows, classes, others
        self.alike = np.asarray((rows @ rows.T).todense(), dtype=np.float64)

    def learned(self, known: NDArray[np.int64], truth: NDArray[np.int64]) -> _Learned:
        """What the known texts teach; then once more with the others of which that is surest."""
        first = self._solved(known, truth, np.ones(len(known)))
        if not len(self.others):
            return first
        surest, proposed = surest_of_each(standard(first.scores(self.others)))
        weights = np.append(np.ones(len(known)), np.full(len(surest), _ECHO_WEIGHT))
        return self._solved(np.append(known, self.others[surest]), np.append(truth, proposed), weights)

    def _solved(
        self, known: NDArray[np.int64], truth: NDArray[np.int64], weights: NDArray[np.float64]
    ) -> _Learned:
        wanted = np.eye(self.classes)[truth]
        usual = weights @ wanted / weights.sum()
        system = self.alike[np.ix_(known, known)] + np.diag(_RIDGE / weights)
        found = _Learned(self, known, solve(system, wanted - usual, assume_a="pos"), usual)
        lowest = found.scores(known).min()  # a class that was never seen stays below all others
        return replace(found, usual=np.where(usual > 0, usual, lowest))


@dataclass(frozen=True, slots=True)
class _Learned:
    """How much each known text speaks for each class, and what is ``usual`` for the class."""

    texts: _Texts
    known: NDArray[np.int64]
    shares: NDArray[np.float64]
    usual: NDArray[np.float64]

    def scores(self, asked: NDArray[np.int64]) -> NDArray[np.float64]:
        """The score of each class (column) for some of the texts (rows)."""
        return self.texts.alike[np.ix_(asked, self.known)] @ self.shares + self.usual

    def voice(self) -> Voice:
        """The same as weights of the evidence, for any text."""
        weights = self.texts.rows[self.known].T @ self.shares
        return Voice(tuple(BLOCKS), 1.0, weights.astype(np.float32), self.usual.astype(np.float32))


def surest_of_each(scores: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each class that scores propose, the texts with the widest margin: their rows, the classes proposed."""
    proposed = scores.argmax(axis=1)
    ranked = np.sort(scores, axis=1)
    margin = ranked[:, -1] - ranked[:, -2]
    chosen = [np.zeros(0, dtype=np.int64)]
    for label in np.unique(proposed):
        ours = np.flatnonzero(proposed == label)
        chosen.append(ours[np.argsort(-margin[ours], kind="stable")][: int(np.ceil(_ECHO_SHARE * len(ours)))])
    rows = np.concatenate(chosen)
    return rows, proposed[rows]


def _sharpness(held: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """What makes shares probabilities: the factor under which the held-out classes are likeliest."""
    present = np.isin(truth, np.flatnonzero(np.bincount(truth) > 1))

    def surprise(factor: float) -> float:
        found = shares(factor * held[present])[np.arange(int(present.sum())), truth[present]]
        return float(-np.log(np.maximum(found, 1e-12)).mean())

    return float(minimize_scalar(surprise, bounds=(0.05, 50.0), method="bounded").x)


def zero_shot(profile: Profile, evidence: Evidence, unlabelled: Evidence) -> tuple[NDArray[np.float64], str]:
    """The classes' shares by their descriptions alone; learned once more from the surest texts of the archive.

    The shares are not probabilities: nobody checked any.
    """
    said = standard(profile.by_description(evidence))
    if not unlabelled.bags["words"].counts.shape[0]:
        return shares(2 * said), "descriptions"
    surest, proposed = surest_of_each(profile.by_description(unlabelled))
    if len(set(proposed.tolist())) < 2:
        return shares(2 * said), "descriptions"
    rows = profile.matrix(unlabelled.rows(list(surest)))
    taught = _Texts(rows, len(profile.labels), np.zeros(0, dtype=np.int64))
    voice = taught.learned(np.arange(len(surest)), proposed).voice()
    return shares(votes(profile, (voice,), evidence) + said), "descriptions, texts of the archive"
