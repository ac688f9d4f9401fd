"""The months as archives write them: whole, shortened, in an old spelling, misread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from archiveia.steps.describe.republican import MONTHS
from archiveia.steps.folding import TolerantWords

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONG = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip
_OLD = {"febvrier": 2, "apvril": 4, "may": 5, "juing": 6, "aoust": 8}
_SHORT = {
    "janv": 1, "jan": 1, "janvr": 1, "fevr": 2, "fev": 2, "avr": 4, "juil": 7, "juill": 7, "jul": 7, "sept": 9,
    "sep": 9, "septre": 9, "septbre": 9, "oct": 10, "octbre": 10, "nov": 11, "novbre": 11, "dec": 12, "decbre": 12,
    "fen": 2,  # how OCR reads the "FEV" of date stamps
}  # fmt: skip
_GREGORIAN = {**{name: number for number, name in enumerate(_LONG, start=1)}, **_OLD, **_SHORT}
_REPUBLICAN = {
    **{name: number for number, name in enumerate(MONTHS, start=1)},
    "vend": 1, "vendem": 1, "brum": 2, "frim": 3, "niv": 4, "pluv": 5, "vent": 6, "germ": 7, "flor": 8,
    "prair": 9, "mess": 10, "therm": 11, "fruct": 12,
}  # fmt: skip
_TOLERANT = TolerantWords([*_GREGORIAN, *_REPUBLICAN])
_LATIN = re.compile(r"(?<![a-z0-9])(7|8|9|10|x|ix|vi{2,3}j?|viij|vij)[ ]?\.?[ ]?m?b?re(?![a-z0-9])")
"""*7bre*, *8mbre*, *Xbre*: months that still bore their number in the Roman year."""
_LATIN_NUMBERS = {
    "7": 9,
    "8": 10,
    "9": 11,
    "10": 12,
    "x": 12,
    "ix": 11,
    "vii": 9,
    "vij": 9,
    "viii": 10,
    "viij": 10,
}
_WORD = re.compile(r"(?<![a-z0-9])[a-z][a-z0-9]*(?![a-z0-9])")
_MISREAD = tuple(name for name in _LONG if name != "mai")
"""Names long enough to be known by most of their letters."""
_LONGEST = 12
"""Letters of a misread month at most."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month that a text names. ``is_weak``: it is one only between a day and a year."""

    number: int
    start: int
    end: int
    republican: bool = False
    is_weak: bool = False


def find_months(folded: str) -> list[Month]:
    """The months of a folded text in reading order; OCR slips are forgiven."""
    found = [
        Month(_LATIN_NUMBERS[number], m.start(), m.end())
        for m in _LATIN.finditer(folded)
        if (number := m[1]) in _LATIN_NUMBERS
    ]
    taken = {place for month in found for place in range(month.start, month.end)}
    words = (m for m in _WORD.finditer(folded) if m.start() not in taken)
    found += [month for word in words if (month := _month(word[0], word.start()))]
    return sorted(found, key=lambda m: m.start)


def _month(word: str, start: int) -> Month | None:
    name, is_weak = _name_of(word)
    if name is None:
        return None
    end = start + len(word)
    if name in _GREGORIAN:
        return Month(_GREGORIAN[name], start, end, is_weak=is_weak)
    return Month(_REPUBLICAN[name], start, end, republican=True)


@lru_cache(maxsize=50_000)
def _name_of(word: str) -> tuple[str | None, bool]:
    """The month that a word stands for, and whether it takes a day and a year beside it to believe so."""
    name = next((n for form in _forms(word) if (n := _known(form))), None)
    if name is not None:
        return name, False
    if not 4 <= len(word) <= _LONGEST:
        return None, False
    slips = len(word) // 4
    near = [n for n in _MISREAD if Levenshtein.distance(word, n, score_cutoff=slips) <= slips]
    return (near[0], True) if len(near) == 1 else (None, False)


def _known(form: str) -> str | None:
    return form if form in _GREGORIAN or form in _REPUBLICAN else _TOLERANT.only(form)


def _forms(word: str) -> Iterator[str]:
    """The word, and what it would be without the signs that OCR takes for others."""
    yield word
    plain = word.replace("rn", "m").replace("0", "o").replace("5", "s")
    yield word.replace("fi", "u")
    for letter in "il" if plain != word or "1" in word else "":
        yield plain.replace("1", letter)
