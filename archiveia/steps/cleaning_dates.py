"""Dates of a description that cannot be: days no calendar has, ends before their beginning, days to come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from archiveia.steps.describe.date_ranges import written_dates
from archiveia.steps.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

MONTHS = (
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
)
_FIGURES = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?![\d/.-])")
_ISO = re.compile(r"(?<![\d.-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\d.-])")
_ISO_DAYS = re.compile(r"(?<![\d/.-])(\d{4}(?:-\d{2}){0,2})/(\d{4}(?:-\d{2}){0,2})(?![\d/.-])")
"""A range as EAD writes it (``normal``)."""
_IN_WORDS = re.compile(rf"(?<!\d)(\d{{1,2}})(?:er)?\s+({'|'.join(MONTHS)})\s+(\d{{4}})(?!\d)")
_YEAR = re.compile(r"(?<![\d/.,])(1\d{3}|[2-9]\d{3}|[89]\d{2})(?!\d)")
_TOO_LONG = re.compile(r"(?<![\d/.])\d{5,}(?!\d)")
_ONLY_FIGURES = re.compile(r"[\d\s\-–—/\[\]().]*\d[\d\s\-–—/\[\]().]*")
_TO = re.compile(r"[\s\])?]*(?:-|/|a|au)[\s\[(]*(?:(?:vers|ca?\.?)\s+)?")
_CENTURY = re.compile(r"\b([ivx]+)\s?e(?:me)?\s+s(?:iecle)?\b")
_MOST_CHARS = 500
"""Of a cell of dates; the rest is left out."""
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Period:
    """The first and last day (``YYYY-MM-DD``) that a date may mean, and where it stands in the text."""

    first: str
    last: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Impossible:
    """What is wrong with a date, in French, and the text as it would be right if that is sure enough."""

    why: str
    mend: str | None = None


def period(value: str) -> tuple[str, str]:
    """The first and last day of ``1914``, ``1914-08``, ``1914-08-01`` or ``1914-08/1918-11``."""
    first, _slash, last = value.partition("/")
    return (first + "-01-01"[len(first) - 4 :]), (last or first) + "-12-31"[len(last or first) - 4 :]


@lru_cache(maxsize=4096)
def periods(text: str) -> tuple[Period, ...]:
    """Every date that a cell of dates names, in its order: days, months, years, ranges, centuries."""
    text = text[:_MOST_CHARS]
    found = [Period(*period(m[g]), *m.span(g)) for m in _ISO_DAYS.finditer(text) for g in (1, 2)]
    found += [
        Period(*period(m.value), m.start, m.end)
        for m in written_dates(text)
        if not any(p.start < m.end and m.start < p.end for p in found)
    ]
    folded = fold(text)
    for match in _YEAR.finditer(folded):
        if not any(p.start < match.end() and match.start() < p.end for p in found):
            year = match[1].zfill(4)
            found.append(Period(f"{year}-01-01", f"{year}-12-31", *match.span()))
    for match in _CENTURY.finditer(folded):
        century = _roman(match[1])
        found.append(Period(f"{century * 100 - 99:04}-01-01", f"{century * 100:04}-12-31", *match.span()))
    return tuple(sorted(found, key=lambda p: (p.start, p.end)))


def _roman(text: str) -> int:
    values = [_ROMAN[c] for c in text]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


def extent(text: str) -> tuple[str, str] | None:
    """The first and last day of all that a cell of dates names; ``None`` when it names no date."""
    found = periods(text)
    return (min(p.first for p in found), max(p.last for p in found)) if found else None


def faults_of_dates(text: str, *, today: date) -> list[Impossible]:
    """What cannot be in a cell of dates; nothing is said of a cell that is empty or in words."""
    text = text[:_MOST_CHARS]
    found = [*_outside_calendar(text), *_backwards(text)]
    found += [
        Impossible(f"« {text[p.start : p.end]} » est dans l’avenir")
        for p in periods(text)
        if p.first > today.isoformat()
    ]
    found += [Impossible(f"« {m[0]} » n’est pas une année") for m in _TOO_LONG.finditer(text)]
    if not found and _ONLY_FIGURES.fullmatch(text) and extent(text) is None:
        found.append(Impossible(f"aucune date ne se lit dans « {text.strip()} »"))
    return found


def _outside_calendar(text: str) -> Iterator[Impossible]:
    """Days that no calendar has; day and month interchanged are put right, there is one way only."""
    folded = fold(text)
    written = [
        *((m, int(m[4]), int(m[3]), int(m[1])) for m in _FIGURES.finditer(folded)),
        *((m, int(m[1]), int(m[2]), int(m[3])) for m in _ISO.finditer(folded)),
        *((m, int(m[3]), MONTHS.index(m[2]) + 1, int(m[1])) for m in _IN_WORDS.finditer(folded)),
    ]
    for match, year, month, day in written:
        if _is_day(year, month, day):
            continue
        mend = None
        if _is_day(year, day, month) and not match[2].isalpha():
            right = f"{year:04}-{day:02}-{month:02}"
            if len(match[1]) != 4:
                right = f"{month:02}{match[2]}{day:02}{match[2]}{year:04}"
            mend = text[: match.start()] + right + text[match.end() :]
        why = f"« {text[match.start() : match.end()]} » n’existe pas dans le calendrier"
        yield Impossible(why + (" : le jour et le mois sont sans doute intervertis" if mend else ""), mend)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _backwards(text: str) -> Iterator[Impossible]:
    """Ranges whose end comes before their beginning; a person tells whether they are only interchanged."""
    folded = fold(text)
    for a, b in pairwise(periods(text)):
        if a.end <= b.start and b.last < a.first and _TO.fullmatch(folded, a.end, b.start):
            first, last = text[a.start : a.end], text[b.start : b.end]
            mend = text[: a.start] + last + text[a.end : b.start] + first + text[b.end :]
            yield Impossible(
                f"la fin ({last}) précède le début ({first}) : ils sont intervertis, ou l’un des deux est faux",
                mend,
            )
