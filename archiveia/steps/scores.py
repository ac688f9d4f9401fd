"""How good what a machine found is: shares, precision, recall, F1, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_RESAMPLES = 1000
_Z = 1.96
"""Of the normal law, for 95 %."""


def share_interval(good: int, total: int) -> tuple[float, float] | None:
    """Where a share lies with 95 % confidence (Wilson's interval); ``None`` for nothing counted."""
    if not total:
        return None
    share, square = good / total, _Z * _Z / total
    middle = (share + square / 2) / (1 + square)
    half = _Z * sqrt(share * (1 - share) / total + square / (4 * total)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found right, found in all, and there to be found."""

    right: int = 0
    found: int = 0
    true: int = 0

    def __add__(self, other: Hits) -> Hits:
        """Both counted together."""
        return Hits(self.right + other.right, self.found + other.found, self.true + other.true)

    @property
    def precision(self) -> float | None:
        """The share of what was found that is right."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of what was there that was found."""
        return self.right / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; ``None`` where there is nothing, and nothing found."""
        return 2 * self.right / (self.found + self.true) if self.found + self.true else None


def f1_interval(documents: Sequence[Hits], *, seed: int) -> tuple[float, float] | None:
    """Where the pooled F1 lies with 95 % confidence (bootstrap over documents); ``None`` under two documents."""
    counts = np.array([(h.right, h.found + h.true) for h in documents if h.found + h.true], dtype=float)
    if len(counts) < 2:
        return None
    drawn = np.random.default_rng(seed).integers(0, len(counts), (_RESAMPLES, len(counts)))
    right, both = counts[drawn].sum(axis=1).T
    low, high = np.percentile(2 * right / both, (2.5, 97.5))
    return float(low), float(high)
