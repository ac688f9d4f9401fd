"""Dates of the republican calendar (1792-1805) in the Gregorian one."""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = (
    "vendemiaire", "brumaire", "frimaire", "nivose", "pluviose", "ventose",
    "germinal", "floreal", "prairial", "messidor", "thermidor", "fructidor",
)  # fmt: skip
_SEPTEMBER = (22, 22, 22, 23, 22, 22, 22, 23, 23, 23, 23, 24, 23, 23)
_FIRST_DAYS = {year: date(1791 + year, 9, day) for year, day in enumerate(_SEPTEMBER, start=1)}
"""1 vendémiaire of the years I to XIV: the day of the autumn equinox at Paris (decree of 4 frimaire II)."""
_LAST_DAY = date(1805, 12, 31)
"""The calendar was abolished on 1 January 1806 (sénatus-consulte of 22 fructidor XIII)."""
LAST_YEAR_NUMBER = len(_SEPTEMBER)
COMPLEMENTARY = 13
"""The five or six days after fructidor."""


def to_gregorian(day: int, month: int, year: int) -> date | None:
    """The day in our calendar; ``None`` when the republican calendar had no such day."""
    first, following = _FIRST_DAYS.get(year), _FIRST_DAYS.get(year + 1)
    longest = 30 if month < COMPLEMENTARY else 6
    if first is None or not 1 <= month <= COMPLEMENTARY or not 1 <= day <= longest:
        return None
    found = first + timedelta(days=30 * (month - 1) + day - 1)
    if found > _LAST_DAY or (following is not None and found >= following):
        return None
    return found


def first_day(year: int) -> date:
    """The 1 vendémiaire of the year (1-14)."""
    return _FIRST_DAYS[year]


def last_day(year: int) -> date:
    """The last day of the year (1-14); that of year XIV is the last of the calendar."""
    following = _FIRST_DAYS.get(year + 1)
    return following - timedelta(days=1) if following else _LAST_DAY
