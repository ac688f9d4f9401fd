from __future__ import annotations

from datetime import date

import pytest

from archiveia.steps.legal_dates import add_months, day_range, in_french, is_partial, last_day

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 2, date(2027, 1, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2000, 2, 29), 12 * 25, date(2025, 2, 28)),
        (date(2026, 5, 4), 0, date(2026, 5, 4)),
    ],
)
def test_a_delay_ends_on_the_same_day_number_or_on_the_last_day_of_the_month(start, months, expected):
    assert add_months(start, months) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1950-05-04", date(1950, 5, 4)),
        ("1950-02", date(1950, 2, 28)),
        ("1950", date(1950, 12, 31)),
        (1950, date(1950, 12, 31)),
        (date(1950, 5, 4), date(1950, 5, 4)),
        ("1932/1942", date(1942, 12, 31)),
        ("2026", date(2026, 12, 31)),
        ("2026-06-16", None),
        ("2027", None),
        ("2020/2030", None),
        ("1499-12-31", None),
        ("1499/1950", None),
        ("1950-02-30", None),
        ("1950-13", None),
        ("vers 1950", None),
        ("1950/?", None),
        ("", None),
        (None, None),
        (True, None),
    ],
)
def test_a_partial_date_counts_from_its_last_day_and_an_impossible_one_never(value, expected):
    assert last_day(value, today=TODAY) == expected


def test_a_range_covers_the_days_from_its_first_to_its_last():
    assert day_range("1932/1942-03", today=TODAY) == (date(1932, 1, 1), date(1942, 3, 31))
    assert day_range("1942/1932", today=TODAY) == (date(1932, 1, 1), date(1942, 12, 31))


def test_a_date_known_to_the_year_or_month_is_partial():
    assert is_partial("1950")
    assert is_partial("1932/1942")
    assert not is_partial("1950-05-04")
    assert not is_partial(date(1950, 5, 4))


def test_days_are_written_as_the_french_do():
    assert in_french(date(1901, 3, 1)) == "1er mars 1901"
    assert in_french(date(2026, 8, 31)) == "31 août 2026"
