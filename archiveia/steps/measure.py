"""How far a reading is from its transcription: what is compared, error rates and how sure they are.

Every engine is measured on the same text: ``docs/evaluation.md`` says which differences do not count.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTHING_READ = 0.95
"""An error rate above this is that of an engine that reads nothing: weights missing, wrong script."""
_RESAMPLES = 2000
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ‛′`´", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("–—―‐‑‒−\N{SOFT HYPHEN}", "-"),
        "ſ": "s",
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "st",
        "ﬆ": "st",
    }
)
_HYPHEN_AT_LINE_END = re.compile(r"¬(?=[^\S\n]*$)", re.MULTILINE)
_MARKS = ("~~~", "_", "^")
"""What transcribers write for handwriting, underlining and superscript, and print may hold too."""
_EDITORS_BRACKETS = str.maketrans("", "", "⟦⟧")
"""Around what is struck out: signs that no print and no typewriter has."""


# --- what is compared ---------------------------------------------------------------------------


def comparable(text: str) -> str:
    """The text without the differences that do not count: one line, one kind of quote and of dash."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_ALIKE).split())


def transcription(text: str, marks: Sequence[str] = ()) -> str:
    """The comparable text of a transcription, without the transcribers' ``marks``."""
    text = _HYPHEN_AT_LINE_END.sub("-", text).translate(_EDITORS_BRACKETS)
    for mark in marks:
        text = text.replace(mark, "")
    return comparable(text)


def lines(text: str) -> list[str]:
    """The comparable lines of a text, the empty ones left out; joined by spaces they are its comparable text."""
    return [line for line in map(comparable, text.splitlines()) if line]


def transcribed_lines(text: str, marks: Sequence[str] = ()) -> list[str]:
    """The same of a transcription, without the transcribers' ``marks``."""
    return [line for line in (transcription(row, marks) for row in text.splitlines()) if line]


def marks_in(readme: str) -> tuple[str, ...]:
    """The transcribers' marks that a corpus' README names, each between backquotes."""
    return tuple(mark for mark in _MARKS if f"`{mark}`" in readme)


# --- error rates --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Errors:
    """How many units (letters or words) are to be changed, of how many of the transcription."""

    edits: int
    units: int

    @property
    def rate(self) -> float | None:
        """Edits a unit, above 1 where more was read than there is; ``None`` for an empty transcription."""
        return self.edits / self.units if self.units else None


def letter_errors(found: str, truth: str) -> Errors:
    """Levenshtein's distance of two comparable texts: the CER's numbers."""
    return Errors(Levenshtein.distance(found, truth), len(truth))


def letter_errors_in_any_order(found: Sequence[str], truth: Sequence[str]) -> Errors:
    """The fewest errors with each line of the reading set against the line of the transcription that suits it.

    What is left of the errors of a page is that of its letters: the order of its lines no longer counts.
    """
    from scipy.optimize import linear_sum_assignment  # a quarter of a second, in each worker process

    rows, columns = len(truth), len(found)
    cost = np.zeros((rows + columns, rows + columns))
    if rows and columns:
        cost[:rows, :columns] = cdist(truth, found, scorer=Levenshtein.distance)
    cost[:rows, columns:] = [[len(line)] for line in truth]
    cost[rows:, :columns] = [len(line) for line in found]
    return Errors(int(cost[linear_sum_assignment(cost)].sum()), sum(map(len, truth)))


def word_errors(found: str, truth: str) -> Errors:
    """The same in words, their punctuation with them: the WER's numbers."""
    words = truth.split()
    return Errors(Levenshtein.distance(found.split(), words), len(words))


def pooled(pages: Sequence[Errors]) -> Errors:
    """The errors of all pages together, so that long pages weigh more."""
    return Errors(sum(page.edits for page in pages), sum(page.units for page in pages))


def median_rate(pages: Sequence[Errors]) -> float | None:
    """The rate of the page in the middle, of the pages that have a rate."""
    rates = [page.rate for page in pages if page.rate is not None]
    return median(rates) if rates else None


def rate_interval(pages: Sequence[Errors], *, seed: int) -> tuple[float, float] | None:
    """Where the pooled rate lies with 95 % confidence (bootstrap over pages); ``None`` under two pages."""
    if sum(page.units > 0 for page in pages) < 2:
        return None
    counts = np.array([(page.edits, page.units) for page in pages], dtype=float)
    drawn = np.random.default_rng(seed).integers(0, len(counts), (_RESAMPLES, len(counts)))
    edits, units = counts[drawn].sum(axis=1).T
    low, high = np.percentile(edits[units > 0] / units[units > 0], (2.5, 97.5))
    return float(low), float(high)


def rank_correlation(estimated: Sequence[float], true: Sequence[float]) -> float | None:
    """Spearman's rank correlation; ``None`` where one side has no two different values."""
    from scipy.stats import spearmanr

    if len(set(estimated)) < 2 or len(set(true)) < 2:
        return None
    return float(spearmanr(estimated, true).statistic)
