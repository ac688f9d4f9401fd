"""The dates of a text with its ranges and lists: *du 3 au 14 avril 2017*, *1914-1918*, *les 3 et 4 mai 1902*.

A range is written as ISO 8601 writes it: ``2017-04-03/2017-04-14``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archiveia.steps.describe.date_forms import (
    DAY_TO_MONTH,
    FIRST_YEAR,
    LAST_YEAR,
    WEEKDAY,
    DateMention,
    PageNumbers,
    dates_of,
    iso,
)
from archiveia.steps.describe.numbers import roman
from archiveia.steps.describe.republican import (
    COMPLEMENTARY,
    LAST_YEAR_NUMBER,
    first_day,
    last_day,
    to_gregorian,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

_TO = re.compile(rf"\s*(?:-|(?:jusqu')?au\s|a\s)\s*(?:{WEEKDAY}[\s,]+)?\s*")
_AND = re.compile(rf"\s*(?:,|et\s)\s*(?:le\s+)?(?:{WEEKDAY}[\s,]+)?\s*")
_BETWEEN = re.compile(rf"\bentre\s+(?:le\s+)?(?:{WEEKDAY}\s+)?$")
_ARTICLE = re.compile(rf"\b(?:les?|du)\s+(?:{WEEKDAY}[\s,]+)?$")
_PART = re.compile(r"(?<![\w/.,-])([0-3]?[0-9])/([01]?[0-9])$")
_MONTH_FIGURES = re.compile(r"(?<![\w/.,-])(0[1-9]|1[0-2])/((?:1[5-9]|20)[0-9]{2})(?![\w/]|[.\-]\w)")
_NUMBER_OF_ACT = re.compile(r"(?:n[°ºo]|num[a-z]*|no)\.?\s*$")
_OF_AN = re.compile(r"\s+(?:de\s+l['’])?an\s+([IVX]{1,5})(?![\w/-])")
_YEAR = r"(?:1[5-9]|20)[0-9]{2}"
_YEARS = re.compile(
    rf"(?<![\w/.,-])(?:({_YEAR})|(?:[Aa]n|[Aa]ns)\s+([IVX]{{1,5}}))\s?(?:\s?[-–—]\s?|\s[àa]\s)"
    rf"(?:({_YEAR}|[0-9]{{2}})|(?:an\s+)?([IVX]{{1,5}}))(?![\w/-]|[.,]\d)"
)
_ONE_AN = re.compile(r"(?<![\w-])[Aa]n\s+([IVX]{1,5})(?![\w/])")


@dataclass(frozen=True, slots=True)
class _Part:
    """A date that lacks its year, or its month too: the beginning of a range or of a list."""

    day: int | None
    month: int | None
    start: int
    end: int


def written_dates(text: str) -> list[DateMention]:
    """The dates of the text in reading order, each as it is meant; ranges are one date.

    Years stand for a date only in a range, where nobody takes them for an amount.
    """
    page = PageNumbers(text)
    found = _joined(page, [*dates_of(page), *_months_in_figures(page)])
    whole = [m for mention in found for m in _with_parts(page, mention)]
    taken = [(m.start, m.end) for m in whole]
    more = [*_republican_months(page), *_years(page)]
    whole += [m for m in more if not any(m.start < e and s < m.end for s, e in taken)]
    return sorted(whole, key=lambda m: (m.start, m.value))


def _joined(page: PageNumbers, mentions: Sequence[DateMention]) -> list[DateMention]:
    """The mentions, two with *au* or a dash between them as one range."""
    found: list[DateMention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        last = found[-1] if found else None
        if last is not None and mention.start < last.end:
            continue
        gap = page.folded[last.end : mention.start] if last else ""
        if last is not None and _TO.fullmatch(gap) and last.value < mention.value and "/" not in last.value:
            found[-1] = replace(mention, value=f"{last.value}/{mention.value}", start=last.start)
        else:
            found.append(mention)
    return found


def _with_parts(page: PageNumbers, last: DateMention) -> Iterator[DateMention]:
    """The date, or the range or the list that it ends."""
    if "/" in last.value:
        yield last
        return
    listed, at = [last], last.start
    while part := _part_before(page, at, last):
        between, joins_list = page.folded[part.end : at], False
        if _TO.fullmatch(between) or _BETWEEN.search(page.folded, max(0, part.start - 30), part.start):
            value = _value_of(part, last)
            if len(listed) == 1 and value is not None and value < last.value:
                yield replace(last, value=f"{value}/{last.value}", start=part.start)
                return
        elif _AND.fullmatch(between):
            joins_list = True
        value = _value_of(part, last) if joins_list else None
        if value is None or value >= listed[-1].value:
            break
        listed.append(replace(last, value=value, start=part.start, end=part.end))
        at = part.start
    is_list = _ARTICLE.search(page.folded, max(0, at - 30), at) is not None
    yield from listed if is_list else [last]


def _part_before(page: PageNumbers, at: int, last: DateMention) -> _Part | None:
    """What may begin a range or a list that ends before ``at`` with only its connection between."""
    figures = next((m for gap in (_TO, _AND) if (m := _figures_before(page, at, gap))), None)
    if figures is not None:
        return figures
    after = bisect_right(page.months, at, key=lambda m: m.start)
    for month in page.months[max(0, after - 3) : after]:
        is_near = month.end <= at and month.republican is last.republican
        if is_near and not month.is_weak and _connects(page, month.end, at):
            day = page.before(month.start, DAY_TO_MONTH)
            if day is None and last.is_full:
                continue
            return _Part(
                day.value if day else None, month.number, day.start if day else month.start, month.end
            )
    if not last.is_full:
        return None
    day = page.before(at, _TO) or page.before(at, _AND)
    return _Part(day.value, None, day.start, day.end) if day and day.value <= 31 else None


def _connects(page: PageNumbers, start: int, end: int) -> bool:
    return any(gap.fullmatch(page.folded, start, end) for gap in (_TO, _AND))


def _figures_before(page: PageNumbers, at: int, gap: re.Pattern[str]) -> _Part | None:
    before = re.compile(gap.pattern + "$").search(page.folded, max(0, at - 25), at)
    match = _PART.search(page.text, max(0, at - 40), before.start()) if before else None
    return _Part(int(match[1]), int(match[2]), match.start(), match.end()) if match else None


def _value_of(part: _Part, last: DateMention) -> str | None:
    """The date that the part means, with what the last date lends it."""
    month = part.month or last.month
    if part.day is None:
        return None if last.republican else f"{last.year}-{month:02}"
    if last.republican:
        found = to_gregorian(part.day, month, last.year)
        return found.isoformat() if found else None
    return iso(last.year, month, part.day)


def _months_in_figures(page: PageNumbers) -> Iterator[DateMention]:
    for match in _MONTH_FIGURES.finditer(page.text):
        if not _NUMBER_OF_ACT.search(page.folded, max(0, match.start() - 12), match.start()):
            year, month = int(match[2]), int(match[1])
            yield DateMention(f"{year}-{month:02}", match.start(), match.end(), year=year, month=month)


def _republican_months(page: PageNumbers) -> Iterator[DateMention]:
    """*Brumaire an VIII* is its thirty days."""
    for month in page.months:
        if not month.republican or page.before(month.start, DAY_TO_MONTH):
            continue
        match = _OF_AN.match(page.text, month.end)
        year = roman(match[1].lower()) if match else None
        first = to_gregorian(1, month.number, year) if year else None
        last = to_gregorian(30, month.number, year) if year and month.number < COMPLEMENTARY else None
        if match and first and last:
            yield DateMention(f"{first}/{last}", month.start, match.end())


def _years(page: PageNumbers) -> Iterator[DateMention]:
    """*1914-1918*, *1789-an XII*, *ans II à V*; a republican year alone is its days."""
    ends: list[tuple[int, int]] = []
    for match in _YEARS.finditer(page.text):
        first = match[1] or _day_of(match[2], first_day)
        last = (match[1] or "")[:2] + match[3] if len(match[3] or "") == 2 else match[3]
        last = last or _day_of(match[4], last_day)
        if first and last and len(last) >= 4 and first < last and _is_possible(first) and _is_possible(last):
            ends.append(match.span())
            yield DateMention(f"{first}/{last}", *match.span())
    ends += [(month.end, month.end + 8) for month in page.months if month.republican]
    for match in _ONE_AN.finditer(page.text):
        first, last = _day_of(match[1], first_day), _day_of(match[1], last_day)
        if first and last and not any(s <= match.start() < e for s, e in ends):
            yield DateMention(f"{first}/{last}", *match.span())


def _day_of(numeral: str | None, day: Callable[[int], date]) -> str | None:
    number = roman(numeral.lower()) if numeral else None
    return day(number).isoformat() if number and number <= LAST_YEAR_NUMBER else None


def _is_possible(value: str) -> bool:
    return FIRST_YEAR <= int(value[:4]) <= LAST_YEAR
