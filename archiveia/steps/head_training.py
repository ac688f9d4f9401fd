"""Training of the learned head with scikit-learn: two linear voices, a calibrated probability, a threshold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize_scalar

from archiveia.engines.classifiers import need
from archiveia.steps import measure_classes
from archiveia.steps.described import standard
from archiveia.steps.head import BLOCKS, Head, Voice, shares, votes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import scipy.sparse as sp
    from numpy.typing import NDArray

    from archiveia.steps.head import Evidence, Profile

WORDS_AND_LETTERS = tuple(BLOCKS)
WORDS_ONLY = ("words", "heading")
_SECOND_SHARE = 0.5
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
    """The head that these decisions teach; ``unlabelled`` texts of the same archive help where labels are few.

    Raises:
        MissingToolError: scikit-learn is not installed.
    """
    need("sklearn", "learn")
    number = {label: i for i, label in enumerate(profile.labels)}
    truth = np.array([number[label] for label in labels])
    fold = np.array(measure_classes.folds(labels, _HELD_PARTS, seed=seed))
    held = np.zeros((len(labels), len(profile.labels)))
    for part in range(_HELD_PARTS):
        known, asked = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        voices = _learn(profile, evidence.rows(list(known)), truth[known], unlabelled)
        held[asked] = votes(profile, voices, evidence.rows(list(asked)))
    sharpness = _sharpness(held, truth)
    claimed = shares(sharpness * held)
    columns = (truth, claimed.argmax(axis=1), claimed.max(axis=1))
    head = Head(profile, (), sharpness, measure_classes.threshold_for(columns))
    return replace(head, voices=_learn(profile, evidence, truth, unlabelled))


def _learn(
    profile: Profile, evidence: Evidence, truth: NDArray[np.int64], unlabelled: Evidence | None
) -> tuple[Voice, ...]:
    """The voices; with unlabelled texts, those of which the first voices are surest are learned from as well."""
    first = _voices(profile, evidence, truth, None)
    if unlabelled is None or not next(iter(unlabelled.bags.values())).counts.shape[0]:
        return first
    return _voices(profile, evidence, truth, (unlabelled, votes(profile, first, unlabelled)))


def _voices(
    profile: Profile,
    evidence: Evidence,
    truth: NDArray[np.int64],
    echo: tuple[Evidence, NDArray[np.float64]] | None,
) -> tuple[Voice, ...]:
    from scipy.sparse import vstack
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    def learned(make: Callable[[], Any], kinds: tuple[str, ...], share: float) -> Voice:
        rows, wanted, weights = profile.matrix(evidence, kinds), truth, np.ones(len(truth))
        if echo is not None:
            texts, scores = echo
            surest, proposed = surest_of_each(scores)
            rows = vstack([rows, profile.matrix(texts, kinds)[surest]]).tocsr()
            wanted = np.append(truth, proposed)
            weights = np.append(weights, np.full(len(surest), _ECHO_WEIGHT))
        model = make().fit(rows, wanted, sample_weight=weights)
        return Voice(kinds, share, *_linear(model, rows, len(profile.labels)))

    return (
        learned(lambda: LinearSVC(C=0.5), WORDS_AND_LETTERS, 1.0),
        learned(lambda: ComplementNB(alpha=0.1), WORDS_ONLY, _SECOND_SHARE),
    )


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


def _linear(model: Any, rows: sp.csr_matrix, classes: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The model's weights and bias for all classes; a class that it never saw stays below all others."""
    if hasattr(model, "coef_"):
        weights, bias = model.coef_, model.intercept_
        if len(model.classes_) == 2:
            weights, bias = np.vstack([-weights, weights]), np.append(-bias, bias)
    else:
        weights, bias = model.feature_log_prob_, np.zeros(len(model.classes_))
    lowest = float((rows @ weights.T + bias).min())
    full = np.zeros((rows.shape[1], classes), dtype=np.float32)
    full[:, model.classes_] = weights.T
    heights = np.full(classes, lowest, dtype=np.float32)
    heights[model.classes_] = bias
    return full, heights


def _sharpness(held: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """What makes shares probabilities: the factor under which the held-out classes are likeliest."""
    present = np.isin(truth, np.flatnonzero(np.bincount(truth) > 1))

    def surprise(factor: float) -> float:
        found = shares(factor * held[present])[np.arange(int(present.sum())), truth[present]]
        return float(-np.log(np.maximum(found, 1e-12)).mean())

    return float(minimize_scalar(surprise, bounds=(0.05, 50.0), method="bounded").x)


def zero_shot(profile: Profile, evidence: Evidence, unlabelled: Evidence) -> tuple[NDArray[np.float64], str]:
    """The classes' shares by their descriptions alone; learned once more from the surest texts of the archive.

    Without scikit-learn the descriptions alone speak. The shares are not probabilities: nobody checked any.
    """
    from importlib.util import find_spec

    said = standard(profile.by_description(evidence))
    if find_spec("sklearn") is None or not unlabelled.bags["words"].counts.shape[0]:
        return shares(2 * said), "descriptions"
    rows, proposed = surest_of_each(profile.by_description(unlabelled))
    if len(set(proposed.tolist())) < 2:
        return shares(2 * said), "descriptions"
    voices = _voices(profile, unlabelled.rows(list(rows)), proposed, None)
    return shares(votes(profile, voices, evidence) + said), "descriptions, texts of the archive"
