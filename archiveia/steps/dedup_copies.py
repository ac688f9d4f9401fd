"""Which of several copies of a page is proposed as the record copy: the one to keep, on which a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CER_STEP = 0.01
"""Estimates of wrong letters nearer to one another than this say nothing of which copy is better read."""


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What is known of one copy. ``pixels`` is the size of its image, ``record_pages`` that of its piece."""

    page: str
    cer_estimate: float | None
    pixels: int
    record_pages: int


def record_copy(copies: Sequence[CopyFacts]) -> tuple[str, str]:
    """The page proposed as the record copy, and why (in French, as the archivist reads it).

    The most complete piece comes first, for an original has its annexes; then the best read, then the largest image.
    """
    best = min(copies, key=_rank)
    others = [c for c in copies if c is not best]
    reasons = [
        (
            "elle appartient à la pièce la plus complète",
            all(best.record_pages > o.record_pages for o in others),
        ),
        ("c’est la mieux lue", all(_steps(best) < _steps(o) for o in others)),
        ("son image est la plus grande", all(best.pixels > o.pixels for o in others)),
    ]
    why = [words for words, holds in reasons if holds]
    return best.page, " ; ".join(why) if why else "rien ne les départage : la première est proposée"


def _rank(copy: CopyFacts) -> tuple[int, float, int, str]:
    return -copy.record_pages, _steps(copy), -copy.pixels, copy.page


def _steps(copy: CopyFacts) -> float:
    return float("inf") if copy.cer_estimate is None else round(copy.cer_estimate / _CER_STEP)
