"""Every date written in a text, in figures or in words, with its span."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from archiveia.steps.describe.months import Month, find_months
from archiveia.steps.describe.numbers import Number, digit_numbers, roman, spelled_numbers
from archiveia.steps.describe.republican import COMPLEMENTARY, to_gregorian
from archiveia.steps.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_YEAR, LAST_YEAR = 1500, 2099
"""Years outside are taken for something else (an amount, a number of an act)."""

WEEKDAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
DAY_TO_MONTH = re.compile(r"[\s.,\-]*(?:jours?\s+)?(?:du\s+mois\s+d(?:e\s+|'\s*)|de\s+|d'\s*|du\s+)?")
_MONTH_TO_YEAR = re.compile(r"[\s.,\-']*(?:de\s+)?(?:l'\s*an(?:nee)?\s+(?:de\s+grace\s+)?|an\s+)?")
_OF_THE_REPUBLIC = r"(?:l'\s*an[a-z ]{3,20}republique[a-z ]{0,20}[\s,]+)?"
_YEAR_TO_DAY = re.compile(
    rf"[\s,;:.\-]*{_OF_THE_REPUBLIC}(?:et\s+)?(?:du\s+|le\s+|ce\s+jour\s+)?(?:{WEEKDAY}[\s,]+)?(?:le\s+)?"
)
_AN = re.compile(r"\ban(?:nee)?\s+(?:de\s+(?:grace|notre\s+seigneur)\s+)?$")
_DAY = r"([0-3OoIil|]?[0-9OoIil|])"
_NUMERIC = re.compile(
    rf"(?<![\w/.,-]){_DAY}\s?([/.\-])\s?([01OoIil|]?[0-9OoIil|])\s?\2\s?([12Il|][0-9OoIil|]{{3}}|[0-9OoIil|]{{2}})(?![\w/]|[.\-]\w)"
)
_ISO = re.compile(r"(?<![\w/-])([12][0-9]{3})-([01][0-9])-([0-3][0-9])(?![\d/-])")
_ROMAN_FIGURES = re.compile(
    rf"(?<![\w/.,-]){_DAY}(?:\s?([/.\-])\s?([IVXivx]{{1,4}})\s?\2\s?|\s([IVX]{{2,4}}|[IV])\s)([12][0-9]{{3}}|[0-9]{{2}})(?![\w/]|[.\-]\w)"
)
"""*12.III.1962*; a lone X between spaces is the sign of a product."""
_REPUBLICAN_YEAR = re.compile(r"[\s,.]*(?:de\s+)?(?:l'\s*)?an(?:nee)?\s+")
_REPUBLICAN_ORDINAL = re.compile(
    r"[\s,.]*(?:de\s+la\s+)?([0-9]{1,2}|[ivxl]{1,4})\s?(?:e|eme)?\s+annee\s+(?:rep|de la rep)"
)
_REPUBLICAN_OPENING = re.compile(r"\s*(?:de\s+la\s+republique[a-z ]*)?[,;\s]*(?:et\s+)?(?:du\s+|le\s+)")
_AN_REPUBLICAN = re.compile(r"\ban(?:nee)?\s+")
_NUMERAL = re.compile(r"[a-z0-9]+")
_COMPLEMENTARY = re.compile(r"\s*(?:jours?\s+)?(?:complementaires?|sans-?\s?culottides?)")
_STREET = re.compile(
    r"\b(?:rue|place|boulevard|bd|avenue|av|square|quai|cours|impasse|esplanade)\.?\s+du\s+$"
)
_NUMBERED = re.compile(r"\b(?:articles?|chapitres?|titres?|alineas?|pages?|p\.|n°)\s*$")
_STAMPED_DAY = re.compile(r"(?<![\d.,])(?<![\d.,]\s)([0-3])\s$")
_RAISED = str.maketrans("ᵇʳᵉ", "bre")
_LOOKALIKES = str.maketrans("OoIil|", "001111")
_FOUR_DIGITS = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as written: ``value`` is ``YYYY-MM-DD`` or ``YYYY-MM``. ``spelled``: its year is in words.

    ``year`` and ``month`` are those of its own calendar.
    """

    value: str
    start: int
    end: int
    spelled: bool = False
    year: int = 0
    month: int = 0
    republican: bool = False

    @property
    def is_full(self) -> bool:
        """Whether the day is known."""
        return len(self.value) == 10


def iso(year: int, month: int, day: int) -> str | None:
    """``YYYY-MM-DD``; ``None`` for a day that no calendar has, or a year out of reach."""
    try:
        return date(year, month, day).isoformat() if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def full_year(number: int, digits: int, text: str) -> int | None:
    """The year that the figures mean; two figures only when one year alone in the text ends so."""
    if digits != 2:
        return number if FIRST_YEAR <= number <= LAST_YEAR else None
    same = {int(y) for y in _FOUR_DIGITS.findall(text) if int(y) % 100 == number}
    return same.pop() if len(same) == 1 else None


class PageNumbers:
    """The numbers and months of a text, found once."""

    def __init__(self, text: str) -> None:
        self.text = text = text.translate(_RAISED)
        self.folded = fold(text)
        self.numbers = sorted([*digit_numbers(text), *spelled_numbers(self.folded)], key=lambda n: n.start)
        self.starts = [n.start for n in self.numbers]
        self.months = find_months(self.folded)

    def before(self, at: int, gap: re.Pattern[str]) -> Number | None:
        """The number that ends before ``at`` with only the gap between."""
        last = bisect_left(self.starts, at)
        near = (n for n in reversed(self.numbers[max(0, last - 3) : last]) if at - 70 <= n.end <= at)
        return next((n for n in near if gap.fullmatch(self.folded, n.end, at)), None)

    def after(self, at: int, gap: re.Pattern[str]) -> Number | None:
        """The number that starts after ``at`` with only the gap between."""
        first = bisect_left(self.starts, at)
        near = (n for n in self.numbers[first : first + 2] if n.start <= at + 40)
        return next((n for n in near if gap.fullmatch(self.folded, at, n.start)), None)

    def year(self, number: Number | None) -> int | None:
        """The year that a number means (see ``full_year``)."""
        if number is None or (not number.spelled and number.digits not in (2, 4)):
            return None
        return full_year(number.value, number.digits, self.text)

    def year_before(self, day: Number) -> Number | None:
        """The year of ``l'an mil neuf cent vingt-trois, le six avril``, before its day."""
        year = self.before(day.start, _YEAR_TO_DAY)
        if year is None or _AN.search(self.folded, max(0, year.start - 30), year.start) is None:
            return None
        return year if FIRST_YEAR <= year.value <= LAST_YEAR else None


def _with_month(page: PageNumbers, month: Month) -> DateMention | None:
    day, year = page.before(month.start, DAY_TO_MONTH), page.after(month.end, _MONTH_TO_YEAR)
    number = page.year(year)
    if day is not None and (
        day.digits == 4 or _NUMBERED.search(page.folded, max(0, day.start - 12), day.start)
    ):
        day = None  # the year of the date before, or the number of an article
    is_unsure = month.is_weak and (day is None or year is None or year.digits == 2)
    if is_unsure or (day is not None and _STREET.search(page.folded, max(0, day.start - 30), day.start)):
        return None
    if day is not None and year is not None and number is not None:
        start, of_month = _stamped_day(page, day, month)
        value = iso(number, month.number, of_month)
        return DateMention(value, start, year.end, year.spelled, number, month.number) if value else None
    if day is not None:
        return _with_year_before(page, day, month)
    if year is not None and number is not None and year.digits != 2:
        value = f"{number}-{month.number:02}"
        return DateMention(value, month.start, year.end, year.spelled, number, month.number)
    return None


def _with_year_before(page: PageNumbers, day: Number, month: Month) -> DateMention | None:
    year = page.year_before(day)
    value = iso(year.value, month.number, day.value) if year else None
    if year is None or value is None:
        return None
    return DateMention(value, year.start, month.end, year.spelled, year.value, month.number)


def _stamped_day(page: PageNumbers, day: Number, month: Month) -> tuple[int, int]:
    """Where the day starts and its value; the wheels of a date stamp may stand apart (*1 8 DEC. 2009*)."""
    wheel = _STAMPED_DAY.search(page.text, max(0, day.start - 4), day.start)
    if wheel is None or day.digits != 1 or not page.text[month.start : month.end].isupper():
        return day.start, day.value
    return wheel.start(1), 10 * int(wheel[1]) + day.value


def _republican_year(page: PageNumbers, at: int) -> tuple[int, int] | None:
    """The year (1-14) after ``at`` and where it ends."""
    ordinal = _REPUBLICAN_ORDINAL.match(page.folded, at)
    if ordinal:
        value = int(ordinal[1]) if ordinal[1].isdigit() else roman(ordinal[1])
        return (value, ordinal.end(1)) if value else None
    lead = _REPUBLICAN_YEAR.match(page.folded, at)
    return republican_number(page, lead.end()) if lead else None


def republican_number(page: PageNumbers, at: int) -> tuple[int, int] | None:
    """The number of a republican year, in figures, in words or Roman, that starts at ``at``; where it ends."""
    spelled = next((n for n in page.numbers if n.start == at), None)
    if spelled is not None:
        return spelled.value, spelled.end
    numeral = _NUMERAL.match(page.folded, at)
    value = roman(numeral[0].removesuffix("e")) if numeral else None
    return (value, numeral.end()) if numeral and value else None


def _republican_year_before(page: PageNumbers, day: Number) -> tuple[int, int] | None:
    """The year of ``l'an deux de la République, le neuf thermidor`` and where its words start."""
    for lead in _AN_REPUBLICAN.finditer(page.folded, max(0, day.start - 80), day.start):
        year = republican_number(page, lead.end())
        if year and _REPUBLICAN_OPENING.fullmatch(page.folded, year[1], day.start):
            return year[0], lead.start()
    return None


def _republican(page: PageNumbers) -> Iterator[DateMention]:
    spots = [
        (n, COMPLEMENTARY, m.end()) for n in page.numbers if (m := _COMPLEMENTARY.match(page.folded, n.end))
    ]
    for month in page.months:
        day = page.before(month.start, DAY_TO_MONTH) if month.republican else None
        if day is not None:
            spots.append((day, month.number, month.end))
    for day, number, month_end in spots:
        start, end, year = day.start, month_end, 0
        if late := _republican_year(page, month_end):
            year, end = late
        elif early := _republican_year_before(page, day):
            year, start = early
        found = to_gregorian(day.value, number, year)
        if found:
            yield DateMention(found.isoformat(), start, end, day.spelled, year, number, republican=True)


def _figures(text: str) -> Iterator[DateMention]:
    for match in _NUMERIC.finditer(text):
        day, month, written = (match[i].translate(_LOOKALIKES) for i in (1, 3, 4))
        is_number_of_article = (
            match[2] == "." and len(written) == 2 and len(match[1] + match[3]) < 4
        )  # "art. 4.3.12"
        year = None if is_number_of_article else full_year(int(written), len(written), text)
        yield from _in_figures(match, year, int(month), int(day))
    for match in _ROMAN_FIGURES.finditer(text):
        year = full_year(int(match[5]), len(match[5]), text)
        month_number = roman((match[3] or match[4]).lower()) or 0
        yield from _in_figures(match, year, month_number, int(match[1].translate(_LOOKALIKES)))
    for match in _ISO.finditer(text):
        yield from _in_figures(match, int(match[1]), int(match[2]), int(match[3]))


def _in_figures(match: re.Match[str], year: int | None, month: int, day: int) -> Iterator[DateMention]:
    value = iso(year, month, day) if year else None
    if value and year:
        yield DateMention(value, match.start(), match.end(), year=year, month=month)


def find_dates(text: str) -> list[DateMention]:
    """The dates of the text in reading order, those with no day included; cited ones as well."""
    return dates_of(PageNumbers(text))


def dates_of(page: PageNumbers) -> list[DateMention]:
    """The dates of a page whose numbers and months are known."""
    found = [m for month in page.months if not month.republican and (m := _with_month(page, month))]
    found += [*_republican(page), *_figures(page.text)]
    return sorted(found, key=lambda m: (m.start, -m.end))
