"""Every date written in a text, in figures or in words, with its span."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from archiveia.steps.describe.numbers import Number, digit_numbers, roman, spelled_numbers
from archiveia.steps.describe.republican import COMPLEMENTARY, MONTHS, to_gregorian
from archiveia.steps.folding import TolerantWords, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_YEAR, LAST_YEAR = 1500, 2099
"""Years outside are taken for something else (an amount, a number of an act)."""

_MONTH_WORDS = {
    "janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "aout": 8, "aoust": 8,
    "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12,
    "janv": 1, "jan": 1, "fevr": 2, "fev": 2, "avr": 4, "juil": 7, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "7bre": 9, "8bre": 10, "9bre": 11, "10bre": 12, "viibre": 9, "viiibre": 10, "ixbre": 11, "xbre": 12,
    "fen": 2,  # how OCR reads the "FEV" of date stamps
}  # fmt: skip
_TOLERANT_MONTHS = TolerantWords(w for w in [*_MONTH_WORDS, *MONTHS] if w[0].isalpha())
_WORD = re.compile(r"(?<![a-z0-9])(?:(?:7|8|9|10)bre|[a-z]+[0-9]?[a-z]*)(?![a-z0-9])")

_WEEKDAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
_DAY_TO_MONTH = re.compile(r"[\s.,\-]*(?:jours?\s+)?(?:du\s+mois\s+d(?:e\s+|'\s*)|de\s+|d'\s*|du\s+)?")
_MONTH_TO_YEAR = re.compile(r"[\s.,\-']*(?:de\s+)?(?:l'\s*an(?:nee)?\s+(?:de\s+grace\s+)?|an\s+)?")
_YEAR_TO_DAY = re.compile(
    rf"[\s,;:.\-]*(?:et\s+)?(?:du\s+|le\s+|ce\s+jour\s+)?(?:{_WEEKDAY}[\s,]+)?(?:le\s+)?"
)
_AN = re.compile(r"\ban(?:nee)?\s+(?:de\s+(?:grace|notre\s+seigneur)\s+)?$")
_DAY = r"([0-3OoIil|]?[0-9OoIil|])"
_NUMERIC = re.compile(
    rf"(?<![\w/.,-]){_DAY}\s?([/.\-])\s?([01OoIil|]?[0-9OoIil|])\s?\2\s?([12Il|][0-9OoIil|]{{3}}|[0-9OoIil|]{{2}})(?![\w/]|[.\-]\w)"
)
_ISO = re.compile(r"(?<![\w/-])([12][0-9]{3})-([01][0-9])-([0-3][0-9])(?![\w/-])")
_REPUBLICAN_YEAR = re.compile(r"[\s,.]*(?:de\s+)?(?:l'\s*)?an(?:nee)?\s+")
_NUMERAL = re.compile(r"[a-z0-9]+")
_COMPLEMENTARY = re.compile(r"\s*jours?\s+complementaires?")
_LOOKALIKES = str.maketrans("OoIil|", "001111")
_FOUR_DIGITS = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as written: ``value`` is ``YYYY-MM-DD`` or ``YYYY-MM``. ``spelled``: its year is in words."""

    value: str
    start: int
    end: int
    spelled: bool = False

    @property
    def is_full(self) -> bool:
        """Whether the day is known."""
        return len(self.value) == 10


@dataclass(frozen=True, slots=True)
class _Month:
    number: int
    start: int
    end: int
    republican: bool = False


def _months(folded: str) -> list[_Month]:
    found = []
    for match in _WORD.finditer(folded):
        word = match[0] if match[0] in _MONTH_WORDS else _TOLERANT_MONTHS.only(match[0])
        if word in _MONTH_WORDS:
            found.append(_Month(_MONTH_WORDS[word], match.start(), match.end()))
        elif word is not None:
            found.append(_Month(MONTHS.index(word) + 1, match.start(), match.end(), republican=True))
    return found


def _iso(year: int, month: int, day: int) -> str | None:
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


class _Page:
    """The numbers and months of a text, found once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text)
        self.numbers = sorted([*digit_numbers(text), *spelled_numbers(self.folded)], key=lambda n: n.start)
        self.starts = [n.start for n in self.numbers]
        self.months = _months(self.folded)

    def before(self, at: int, gap: re.Pattern[str]) -> Number | None:
        """The number that ends before ``at`` with only the gap between."""
        last = bisect_left(self.starts, at)
        near = (n for n in reversed(self.numbers[max(0, last - 3) : last]) if at - 30 <= n.end <= at)
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


def _with_month(page: _Page, month: _Month) -> DateMention | None:
    day, year = page.before(month.start, _DAY_TO_MONTH), page.after(month.end, _MONTH_TO_YEAR)
    number = page.year(year)
    if day is not None and year is not None and number is not None:
        value = _iso(number, month.number, day.value)
        return DateMention(value, day.start, year.end, year.spelled) if value else None
    if day is not None:
        early = page.year_before(day)
        value = _iso(early.value, month.number, day.value) if early else None
        return DateMention(value, early.start, month.end, early.spelled) if early and value else None
    if year is not None and number is not None and year.digits != 2:
        return DateMention(f"{number}-{month.number:02}", month.start, year.end, year.spelled)
    return None


def _republican_year(page: _Page, at: int) -> tuple[int, int] | None:
    """The year (1-14) after ``at`` and where it ends."""
    lead = _REPUBLICAN_YEAR.match(page.folded, at)
    if lead is None:
        return None
    spelled = next((n for n in page.numbers if n.start == lead.end()), None)
    if spelled is not None:
        return spelled.value, spelled.end
    numeral = _NUMERAL.match(page.folded, lead.end())
    value = roman(numeral[0]) if numeral else None
    return (value, numeral.end()) if numeral and value else None


def _republican(page: _Page) -> Iterator[DateMention]:
    spots = [
        (n, COMPLEMENTARY, m.end()) for n in page.numbers if (m := _COMPLEMENTARY.match(page.folded, n.end))
    ]
    for month in page.months:
        day = page.before(month.start, _DAY_TO_MONTH) if month.republican else None
        if day is not None:
            spots.append((day, month.number, month.end))
    for day, number, end in spots:
        year = _republican_year(page, end)
        found = to_gregorian(day.value, number, year[0]) if year else None
        if found and year:
            yield DateMention(found.isoformat(), day.start, year[1], day.spelled)


def _figures(text: str) -> Iterator[DateMention]:
    for match in _NUMERIC.finditer(text):
        day, month, written = (match[i].translate(_LOOKALIKES) for i in (1, 3, 4))
        is_number_of_article = (
            match[2] == "." and len(written) == 2 and len(match[1] + match[3]) < 4
        )  # "art. 4.3.12"
        year = None if is_number_of_article else full_year(int(written), len(written), text)
        value = _iso(year, int(month), int(day)) if year else None
        if value:
            yield DateMention(value, match.start(), match.end())
    for match in _ISO.finditer(text):
        value = _iso(int(match[1]), int(match[2]), int(match[3]))
        if value:
            yield DateMention(value, match.start(), match.end())


def find_dates(text: str) -> list[DateMention]:
    """The dates of the text in reading order, those with no day included; cited ones as well."""
    page = _Page(text)
    found = [m for month in page.months if not month.republican and (m := _with_month(page, month))]
    found += [*_republican(page), *_figures(text)]
    return sorted(found, key=lambda m: (m.start, -m.end))
