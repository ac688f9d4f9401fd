"""How good a classifier is: right answers, calibration, and how much it may decide alone.

Every figure is of answers beside the truth (``Answer``), whatever made them; ``docs/evaluation.md`` says what
each means.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from archiveia.values import Json

    Columns: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
    """Of each text: its class, the class that was said (both by number) and its probability."""

PRECISION = 0.95
"""Of what a classifier decides alone, the share that must be right (the figure of issue and docs)."""
_BINS = 10
_RESAMPLES = 500
_Z = 1.959964  # of the normal law, for 95 %


@dataclass(frozen=True, slots=True)
class Answer:
    """The class that a text has, the one that was said, and the probability (0-1) that was claimed for it.

    ``decided``: whether the classifier would have decided alone. ``said`` is ``None`` where it said nothing.
    """

    truth: str
    said: str | None
    probability: float
    decided: bool


def measure(answers: Sequence[Answer], *, seed: int) -> Json:
    """Every figure of the answers, as JSON.

    ``intervals`` are drawn from the texts with replacement (95 %, always the same draws for a ``seed``).
    """
    labels = sorted({a.truth for a in answers} | {a.said for a in answers if a.said is not None})
    columns = _columns(answers, labels)
    figures: dict[str, Callable[[Columns], float]] = {
        "accuracy": accuracy,
        "macro_f1": lambda c: macro_f1(c, len(labels)),
        "ece": calibration_error,
        "coverage_at_precision_95": coverage_at_precision,
    }
    return {
        "texts": len(answers),
        "accuracy_interval": proportion_interval(sum(a.truth == a.said for a in answers), len(answers)),
        **{name: figure(columns) for name, figure in figures.items()},
        "intervals": {name: _interval(columns, figure, seed) for name, figure in figures.items()},
        "abstention": abstention(answers),
        "per_class": _per_class(columns, labels),
        "reliability": reliability(columns),
        "confusion": {"labels": labels, "rows_are_truth": _confusion(columns, len(labels)).tolist()},
    }


def _columns(answers: Sequence[Answer], labels: Sequence[str]) -> Columns:
    number = {label: i for i, label in enumerate(labels)}
    return (
        np.array([number[a.truth] for a in answers], dtype=np.int64),
        np.array([-1 if a.said is None else number[a.said] for a in answers], dtype=np.int64),
        np.array([a.probability for a in answers], dtype=np.float64),
    )


def accuracy(columns: Columns) -> float:
    """The share of texts whose class was said."""
    truth, said, _ = columns
    return float((truth == said).mean())


def accuracy_of(answers: Sequence[Answer]) -> float:
    """The same, of answers."""
    return sum(a.truth == a.said for a in answers) / len(answers)


def _confusion(columns: Columns, labels: int) -> NDArray[np.int64]:
    """Rows: the truth; columns: what was said. A text of which nothing was said is in no column."""
    truth, said, _ = columns
    told = said >= 0
    table = np.zeros((labels, labels), dtype=np.int64)
    np.add.at(table, (truth[told], said[told]), 1)
    return table


def macro_f1(columns: Columns, labels: int) -> float:
    """The mean of the classes' F1; a class that is neither there nor said does not count."""
    right = np.diag(_confusion(columns, labels))
    there = np.bincount(columns[0], minlength=labels)
    said = np.bincount(columns[1][columns[1] >= 0], minlength=labels)
    counted = there + said > 0
    return float((2 * right[counted] / (there + said)[counted]).mean())


def calibration_error(columns: Columns) -> float:
    """ECE: how far probabilities are from the shares that were right, over ten bins of equal width."""
    return float(
        sum(row["texts"] * abs(row["right"] - row["claimed"]) for row in reliability(columns))
    ) / len(columns[0])


def reliability(columns: Columns) -> list[dict[str, float]]:
    """For each bin of probabilities that has texts: how many, what was claimed, what was right."""
    truth, said, claimed = columns
    bins = np.minimum((claimed * _BINS).astype(np.int64), _BINS - 1)
    return [
        {
            "from": b / _BINS,
            "to": (b + 1) / _BINS,
            "texts": int(inside.sum()),
            "claimed": float(claimed[inside].mean()),
            "right": float((truth == said)[inside].mean()),
        }
        for b in range(_BINS)
        if (inside := bins == b).any()
    ]


def coverage_at_precision(columns: Columns, precision: float = PRECISION) -> float:
    """The greatest share of texts, the surest first, of which ``precision`` are right.

    The threshold is chosen on these very texts: what one chosen before gives is ``abstention``.
    """
    kept = _surest(columns, precision)[0]
    return kept / len(columns[0])


def threshold_for(columns: Columns, precision: float = PRECISION) -> float:
    """The least probability from which ``precision`` of the texts are right; above 1 where there is none."""
    return _surest(columns, precision)[1]


def _surest(columns: Columns, precision: float) -> tuple[int, float]:
    """How many texts, and their least probability. Texts of one probability stand or fall together."""
    truth, said, claimed = columns
    order = np.argsort(-claimed, kind="stable")
    right = np.cumsum((truth == said)[order])
    last_of_its_kind = np.append(claimed[order][1:] != claimed[order][:-1], True)
    enough = np.flatnonzero((right >= precision * np.arange(1, len(order) + 1)) & last_of_its_kind)
    return (int(enough[-1]) + 1, float(claimed[order[enough[-1]]])) if len(enough) else (0, 1.01)


def abstention(answers: Sequence[Answer]) -> Json:
    """What the classifier decided alone: which share of the texts, and how many of those were right.

    ``right`` is of all texts: one that a person must decide counts as wrong.
    """
    decided = [a for a in answers if a.decided]
    right = sum(a.truth == a.said for a in decided)
    return {
        "coverage": len(decided) / len(answers),
        "coverage_interval": proportion_interval(len(decided), len(answers)),
        "precision": right / len(decided) if decided else None,
        "precision_interval": proportion_interval(right, len(decided)),
        "right": right / len(answers),
        "right_interval": proportion_interval(right, len(answers)),
    }


def _per_class(columns: Columns, labels: Sequence[str]) -> list[Json]:
    table = _confusion(columns, len(labels))
    there = np.bincount(columns[0], minlength=len(labels))
    rows = []
    for i, label in enumerate(labels):
        right, said, texts = int(table[i, i]), int(table[:, i].sum()), int(there[i])
        rows.append(
            {
                "class": label,
                "texts": texts,
                "precision": right / said if said else None,
                "precision_interval": proportion_interval(right, said),
                "recall": right / texts if texts else None,
                "recall_interval": proportion_interval(right, texts),
                "f1": 2 * right / (said + texts),
            }
        )
    return rows


def proportion_interval(right: int, of: int) -> tuple[float, float] | None:
    """Where a share lies with 95 % confidence (Wilson's score interval); ``None`` of nothing."""
    if not of:
        return None
    share, z2 = right / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def _interval(columns: Columns, figure: Callable[[Columns], float], seed: int) -> tuple[float, float]:
    size = len(columns[0])
    drawn = np.random.default_rng(seed).integers(0, size, (_RESAMPLES, size))
    values = [figure((columns[0][d], columns[1][d], columns[2][d])) for d in drawn]
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)


def folds(labels: Sequence[str], count: int, *, seed: int) -> list[int]:
    """The fold (from 0) of each text: each class is spread evenly over the ``count`` folds."""
    drawn = np.random.default_rng(seed)
    fold = np.zeros(len(labels), dtype=np.int64)
    start = 0
    for label in sorted(set(labels)):
        members = drawn.permutation([i for i, one in enumerate(labels) if one == label])
        fold[members] = (start + np.arange(len(members))) % count
        start += len(members)  # a class of two texts does not always fall into the same folds
    return [int(f) for f in fold]


def some_of_each(labels: Sequence[str], among: Sequence[int], count: int, *, seed: int) -> list[int]:
    """``count`` texts of each class, or all that there are, drawn ``among`` these."""
    drawn = np.random.default_rng(seed)
    kept: list[int] = []
    for label in sorted({labels[i] for i in among}):
        members = drawn.permutation([i for i in among if labels[i] == label])
        kept += [int(i) for i in members[:count]]
    return sorted(kept)
