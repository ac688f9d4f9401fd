"""The error rate that a reading probably has, from what the reading itself shows: no transcription is needed.

The formula is fitted on transcribed pages by ``bench/ocr_quality.py`` and lies in ``models/reading-quality``.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archiveia.values import Json


@dataclass(frozen=True, slots=True)
class Signs:
    """What a reading shows of its quality; shares from 0 to 1.

    ``doubt`` is 1 less the mean score of the words, those left out included. ``unsure`` is the share of
    the letters left out because the engine was not sure of their line. ``unknown`` is the share of the
    letters kept that stand in words the lexicon does not have. ``difference`` and ``second_doubt`` need a
    second engine; 1 and 1 without one.
    """

    letters: int
    doubt: float
    unsure: float
    unknown: float
    difference: float = 1.0
    second_doubt: float = 1.0


@dataclass(frozen=True, slots=True)
class Formula:
    """The logarithm of the error rate as a weighted sum of the logarithms of the signs.

    ``floors`` are added before a logarithm is taken; ``floor`` is that of the rate itself.
    """

    intercept: float
    weights: dict[str, float]
    floors: dict[str, float]
    floor: float

    def error_rate(self, signs: Signs) -> float:
        """The estimated CER, 0 to 1."""
        return min(1.0, max(0.0, math.exp(self.logarithm(signs)) - self.floor))

    def logarithm(self, signs: Signs) -> float:
        """The estimated logarithm of the CER, the floor added."""
        values = asdict(signs)
        return self.intercept + sum(
            weight * math.log(values[name] + self.floors[name]) for name, weight in self.weights.items()
        )

    @classmethod
    def from_json(cls, data: Json) -> Formula:
        """The formula that ``as_json`` wrote."""
        return cls(data["intercept"], dict(data["weights"]), dict(data["floors"]), data["floor"])

    def as_json(self) -> Json:
        """The formula as JSON."""
        return asdict(self)
