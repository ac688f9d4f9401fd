"""What falls due, arrives and stays in the coming years, by service: for shelves, disks and the work of selection.

What falls due is counted from the retention proposals; what arrives is expected as in the years before, with the
interval in which the next year lies 19 times in 20 if years vary as they did.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from scipy.stats import t as student

from archiveia.values import SortFinal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

HORIZON_YEARS = 10
MIN_YEARS = 3
"""Of fewer years nobody can say how they vary."""
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Holding:
    """Records alike: whose, how big together, when they came, when they fall due (to the year).

    ``metres`` is ``None`` where nobody measured them; ``is_sure``: persons confirmed what the due day rests on.
    """

    service: str | None
    arrived_in: int
    due_in: int | None
    fate: SortFinal | None
    is_sure: bool
    size_bytes: int
    metres: float | None
    records: int = 1


@dataclass(frozen=True, slots=True)
class Expected:
    """An amount of a year with the bounds in which it should lie."""

    low: float
    expected: float
    high: float


@dataclass(frozen=True, slots=True)
class Year:
    """One year ahead. ``due``: by sort final, sure and expected; ``arriving`` is ``None`` where it cannot be said."""

    year: int
    due: Mapping[SortFinal, Expected]
    arriving: Expected | None
    kept: Expected | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """The years ahead in one measure; what is ``overdue`` already, and how many records are of unknown due day.

    ``unmeasured``: records whose amount nobody knows; they are in no sum.
    """

    years: tuple[Year, ...]
    stock: float
    overdue: Mapping[SortFinal, Expected]
    undated: int
    unmeasured: int


@dataclass(frozen=True, slots=True)
class Tested:
    """How the forecast would have done for a past year, from the years before it."""

    year: int
    expected: Expected
    came: float

    @property
    def is_inside(self) -> bool:
        """What came lay within the bounds."""
        return self.expected.low <= self.came <= self.expected.high


def in_gigabytes(holding: Holding) -> float | None:
    """The size of its files."""
    return holding.size_bytes / 1e9


def in_metres(holding: Holding) -> float | None:
    """Its linear metres, where somebody measured them."""
    return holding.metres


def together(holdings: Iterable[Holding]) -> list[Holding]:
    """The holdings, those that differ in nothing but their size and number added up."""
    found: dict[tuple[object, ...], Holding] = {}
    for one in holdings:
        key = (one.service, one.arrived_in, one.due_in, one.fate, one.is_sure, one.metres is None)
        known = found.get(key)
        found[key] = one if known is None else _added(known, one)
    return list(found.values())


def _added(one: Holding, other: Holding) -> Holding:
    metres = None if one.metres is None or other.metres is None else one.metres + other.metres
    size_bytes, records = one.size_bytes + other.size_bytes, one.records + other.records
    return replace(one, size_bytes=size_bytes, metres=metres, records=records)


def outlook(
    holdings: Iterable[Holding], measure: Callable[[Holding], float | None], *, today: date
) -> Outlook:
    """The coming years in one measure; ``kept`` supposes that every E that falls due gets its visa that year."""
    known: list[tuple[Holding, float]] = []
    unmeasured = 0
    for holding in holdings:
        amount = measure(holding)
        if amount is None:
            unmeasured += holding.records
        else:
            known.append((holding, amount))
    due = _due_by_year(known)
    arrivals = _arrivals(known)
    stock = sum(amount for _, amount in known)
    arriving = expected_from(full_years(arrivals, today=today))
    years = []
    kept: Expected | None = Expected(stock, stock, stock)
    for year in range(today.year, today.year + HORIZON_YEARS):
        falling = due.get(year, {})
        if kept is not None and arriving is not None:
            gone = falling.get(SortFinal.ELIMINATE, Expected(0.0, 0.0, 0.0))
            low, high = kept.low + arriving.low - gone.high, kept.high + arriving.high - gone.low
            kept = Expected(max(0.0, low), kept.expected + arriving.expected - gone.expected, high)
        else:
            kept = None
        years.append(Year(year, falling, arriving, kept))
    past = [e for year, fates in due.items() if year < today.year for e in fates.items()]
    return Outlook(
        tuple(years), stock, _summed(past), sum(h.records for h, _ in known if h.due_in is None), unmeasured
    )


def expected_from(history: Mapping[int, float]) -> Expected | None:
    """What the next year brings if it is like those before (``full_years``); ``None`` of fewer than ``MIN_YEARS``.

    The prediction interval of a mean under a normal law.
    """
    amounts = list(history.values())
    if len(amounts) < MIN_YEARS:
        return None
    mean, spread = fmean(amounts), stdev(amounts)
    reach = (
        float(student.ppf((1 + _CONFIDENCE) / 2, len(amounts) - 1)) * spread * (1 + 1 / len(amounts)) ** 0.5
    )
    return Expected(max(0.0, mean - reach), mean, mean + reach)


def back_test(history: Mapping[int, float]) -> list[Tested]:
    """For each of these ``full_years`` that has enough before it, what would have been expected, and what came."""
    found = []
    for year in sorted(history):
        expected = expected_from({y: a for y, a in history.items() if y < year})
        if expected is not None:
            found.append(Tested(year, expected, history[year]))
    return found


def arrivals_by_year(
    holdings: Iterable[Holding], measure: Callable[[Holding], float | None]
) -> dict[int, float]:
    """What came each year, in one measure."""
    return _arrivals([(h, a) for h in holdings if (a := measure(h)) is not None])


def _arrivals(known: Sequence[tuple[Holding, float]]) -> dict[int, float]:
    found: dict[int, float] = defaultdict(float)
    for holding, amount in known:
        found[holding.arrived_in] += amount
    return dict(found)


def full_years(arrivals: Mapping[int, float], *, today: date) -> dict[int, float]:
    """What came in each year that is over, since the first; 0 where nothing came, to this day too."""
    return {year: arrivals.get(year, 0.0) for year in range(min(arrivals, default=today.year), today.year)}


def _due_by_year(known: Sequence[tuple[Holding, float]]) -> dict[int, dict[SortFinal, Expected]]:
    sure: dict[tuple[int, SortFinal], float] = defaultdict(float)
    both: dict[tuple[int, SortFinal], float] = defaultdict(float)
    for holding, amount in known:
        if holding.due_in is not None and holding.fate is not None:
            key = holding.due_in, holding.fate
            both[key] += amount
            sure[key] += amount if holding.is_sure else 0.0
    found: dict[int, dict[SortFinal, Expected]] = defaultdict(dict)
    for (year, fate), amount in sorted(both.items()):
        found[year][fate] = Expected(sure[year, fate], amount, amount)
    return found


def _summed(amounts: Iterable[tuple[SortFinal, Expected]]) -> dict[SortFinal, Expected]:
    found: dict[SortFinal, Expected] = {}
    for fate, one in amounts:
        so_far = found.get(fate, Expected(0.0, 0.0, 0.0))
        found[fate] = Expected(so_far.low + one.low, so_far.expected + one.expected, so_far.high + one.high)
    return found
