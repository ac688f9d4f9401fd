"""Cotes (shelf marks) of an inventory: those borne twice, under whatever spelling, and those that are missing."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from archiveia.steps.cotes import cote_key

if TYPE_CHECKING:
    from collections.abc import Sequence

_RANGE = re.compile(
    r"(?P<stem>.*?)(?P<first>\d+)\s*(?:[-–—]|à|au)\s*(?P<again>.*?)(?P<last>\d+)\s*", re.IGNORECASE
)
_LAST_NUMBER = re.compile(
    r"(?P<stem>.*?)(?P<number>\d+)\s*(?:bis|ter|quater|[a-z])?\s*", re.IGNORECASE | re.DOTALL
)
_MOST_OF_A_RANGE = 100_000
"""A wider one is no range of cotes."""
_LEAST_OF_A_SERIES = 3
"""Two cotes make no series of which another could be missing."""
_MOST_CHARS = 80
"""A longer text is no cote, and would take long to take apart."""
_SHOWN = 6
_FEW = 20
"""So many missing numbers are named, however few cotes there are."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that no cote of a series bears, between two that are there (places in the list that was given)."""

    after: int
    before: int
    missing: str
    count: int


def is_range(cote: str) -> bool:
    """Whether the cote stands for several: ``1 D 12-15``."""
    return _span(cote) is not None


def same_cotes(cotes: Sequence[str]) -> list[list[int]]:
    """The places at which one cote stands twice or more, whatever its spaces, case, accents and leading zeros."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, cote in enumerate(cotes):
        found[cote_key(cote) + (" -" if is_range(cote) else "")].append(place)
    return [places for key, places in found.items() if len(places) > 1 and key]


def gaps(cotes: Sequence[str]) -> list[Gap]:
    """What is missing in each series of cotes that differ by their last number alone."""
    series: dict[str, dict[int, int]] = defaultdict(dict)
    for place, cote in enumerate(cotes):
        for stem, number in () if is_range(cote) else _numbers(cote):
            series[stem].setdefault(number, place)
    for place, cote in enumerate(cotes):
        numbers = _numbers(cote) if is_range(cote) else []
        if not any(number in series[stem] for stem, number in numbers):  # else: the heading of what it holds
            for stem, number in numbers:
                series[stem].setdefault(number, place)
    found = [gap for numbers in series.values() for gap in _gaps_of(numbers, cotes)]
    return sorted(found, key=lambda gap: gap.after)


def _gaps_of(numbers: dict[int, int], cotes: Sequence[str]) -> list[Gap]:
    if len(numbers) < _LEAST_OF_A_SERIES:
        return []
    pairs = [(a, b) for a, b in pairwise(sorted(numbers)) if b > a + 1]
    lost = sum(b - a - 1 for a, b in pairs)
    if lost > max(
        len(numbers), _FEW
    ):  # more holes than cotes: the numbers are no sequence, one finding tells it
        first, last = min(numbers), max(numbers)
        missing = f"{lost} numéros sur {last - first + 1}"
        return [Gap(numbers[first], numbers[last], missing, lost)]
    return [Gap(numbers[a], numbers[b], _named(cotes[numbers[a]], a, b), b - a - 1) for a, b in pairs]


def _named(cote: str, after: int, before: int) -> str:
    """The missing cotes, spelled as the one before them."""
    match = _span(cote) or _LAST_NUMBER.fullmatch(cote.strip())
    stem = match["stem"] if match else ""
    wanted = [f"{stem}{number}" for number in range(after + 1, min(before, after + 1 + _SHOWN))]
    if before - after - 1 > _SHOWN:
        return f"{wanted[0]} à {stem}{before - 1}"
    return ", ".join(wanted)


def _numbers(cote: str) -> list[tuple[str, int]]:
    """The series that the cote is of with its number in it; those of ``4 W 103/2`` are of 4 W and of 4 W 103."""
    span = _span(cote)
    if span is not None:
        stem = cote_key(span["stem"])
        return [(stem, number) for number in range(int(span["first"]), int(span["last"]) + 1)]
    found: list[tuple[str, int]] = []
    rest = cote.strip() if len(cote) <= _MOST_CHARS else ""
    while (match := _LAST_NUMBER.fullmatch(rest)) and len(match["number"]) < 10:
        stem = cote_key(match["stem"])
        if stem:
            found.append((stem, int(match["number"])))
        rest = match["stem"].rstrip()
        if not rest.endswith("/"):
            break
        rest = rest[:-1]
    return found


def _span(cote: str) -> re.Match[str] | None:
    """``1 D 12-15`` or ``1 D 12 - 1 D 15``; ``None`` for any other cote."""
    match = _RANGE.fullmatch(cote.strip()) if len(cote) <= _MOST_CHARS else None
    if match is None or len(match["first"]) > 9 or len(match["last"]) > 9:
        return None
    again = cote_key(match["again"])
    if again and again != cote_key(match["stem"]):
        return None
    length = int(match["last"]) - int(match["first"])
    return match if cote_key(match["stem"]) and 0 < length < _MOST_OF_A_RANGE else None
