"""Legal date arithmetic: delays in months and years, and the last day that a date can mean."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archiveia.values import Json

EARLIEST_YEAR = 1500
"""Before this year a date read on a page is taken for a misreading; no delay is counted from it."""

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def add_months(start: date, months: int) -> date:
    """The day with the same number, months later; else the last day of that month.

    Source: code de procédure civile, art. 641 al. 2 ("à défaut d'un quantième identique, le délai
    expire le dernier jour du mois").
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _bounds(text: str) -> tuple[date, date] | None:
    """The first and the last day that ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` can mean."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    last_month = month or 12
    return first, date(first.year, last_month, monthrange(first.year, last_month)[1])


def day_range(value: Json, *, today: date) -> tuple[date, date] | None:
    """The first and the last day that a date (or a range ``start/end``) can mean; ``None``: not usable.

    A date that begins after ``today`` or before 1500 is never used.
    """
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    bounds = [_bounds(part.strip()) for part in text.split("/")]
    known = [b for b in bounds if b is not None]
    if len(known) != len(bounds):
        return None
    first, last = min(start for start, _ in known), max(end for _, end in known)
    if first.year < EARLIEST_YEAR or max(start for start, _ in known) > today:
        return None
    return first, last


def last_day(value: Json, *, today: date) -> date | None:
    """The last day that a date can mean; ``None`` when the date cannot be used (see ``day_range``).

    A month counts from its last day and a year from 31 December: the safe side (practice of the
    archives services).
    """
    days = day_range(value, today=today)
    return days[1] if days else None


def is_partial(value: Json) -> bool:
    """Whether the date is known to the year or the month only."""
    return not isinstance(value, date) and len(str(value).split("/")[-1].strip()) < len("2000-01-01")


def in_french(day: date) -> str:
    """``4 mai 1950``, ``1er mars 1901``."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"
