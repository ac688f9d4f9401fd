"""What falls due, arrives and stays in the coming years."""

from __future__ import annotations

from datetime import date

import pytest

from archiveia.steps.forecast import (
    Expected,
    Holding,
    arrivals_by_year,
    back_test,
    expected_from,
    full_years,
    in_gigabytes,
    in_metres,
    outlook,
    together,
)
from archiveia.values import SortFinal

TODAY = date(2026, 6, 1)


def _holding(arrived: int, due: int | None, *, sure: bool = True, metres: float | None = 1.0) -> Holding:
    return Holding("Finances", arrived, due, SortFinal.ELIMINATE, sure, 2_000_000_000, metres)


def test_records_alike_are_added_up_and_the_forecast_is_the_same():
    holdings = [
        _holding(2020, 2027),
        _holding(2020, 2027),
        _holding(2020, None, metres=None),
        _holding(2021, 2027),
    ]
    grouped = together(holdings)
    assert [(h.arrived_in, h.records, h.metres) for h in grouped] == [
        (2020, 2, 2.0),
        (2020, 1, None),
        (2021, 1, 1.0),
    ]
    for measure in (in_gigabytes, in_metres):
        assert outlook(grouped, measure, today=TODAY) == outlook(holdings, measure, today=TODAY)


def test_what_falls_due_is_counted_in_its_year_and_bounded_by_what_people_confirmed():
    found = outlook([_holding(2020, 2027), _holding(2020, 2027, sure=False)], in_gigabytes, today=TODAY)
    by_year = {year.year: year.due for year in found.years}
    assert by_year[2027] == {SortFinal.ELIMINATE: Expected(2.0, 4.0, 4.0)}
    assert by_year[2028] == {}
    assert [year.year for year in found.years] == list(range(2026, 2036))


def test_what_is_overdue_or_without_a_day_or_a_measure_is_told_apart():
    found = outlook(
        [_holding(2020, 2024), _holding(2020, None), _holding(2020, 2030, metres=None)],
        in_metres,
        today=TODAY,
    )
    assert found.overdue == {SortFinal.ELIMINATE: Expected(1.0, 1.0, 1.0)}
    assert (found.undated, found.unmeasured, found.stock) == (1, 1, 2.0)


def test_arrivals_are_expected_as_in_the_years_before_with_their_interval():
    found = expected_from({2023: 4.0, 2024: 5.0, 2025: 6.0})
    assert found is not None
    assert found.expected == 5.0
    assert (found.low, found.high) == pytest.approx((0.03, 9.97), abs=0.01)  # 5 ± 4.30 x 1 x sqrt(4/3)


def test_a_year_without_arrivals_counts_as_nothing():
    found = expected_from(full_years({2022: 6.0, 2024: 6.0}, today=date(2025, 1, 1)))
    assert found is not None
    assert found.expected == 4.0


def test_a_service_that_delivers_no_more_is_not_expected_to_go_on_as_before():
    found = outlook([_holding(year, None) for year in (2020, 2021, 2022)], in_gigabytes, today=TODAY)
    arriving = found.years[0].arriving
    assert arriving is not None
    assert arriving.expected == 1.0, "three years with 2 GB, three with nothing"
    tried = back_test(full_years({2020: 2.0, 2021: 2.0, 2022: 2.0}, today=TODAY))
    assert [(t.year, t.came) for t in tried] == [(2023, 0.0), (2024, 0.0), (2025, 0.0)]
    assert full_years({}, today=TODAY) == full_years({2026: 1.0}, today=TODAY) == {}


def test_of_two_years_nothing_is_expected():
    assert expected_from({2024: 1.0, 2025: 2.0}) is None
    assert expected_from({}) is None


def test_the_running_year_is_no_year_to_learn_from():
    holdings = [_holding(year, None) for year in (2023, 2024, 2025, 2026)]
    found = outlook(holdings, in_gigabytes, today=TODAY)
    assert found.years[0].arriving == Expected(2.0, 2.0, 2.0)
    assert found.years[0].kept == Expected(10.0, 10.0, 10.0)


def test_what_is_kept_supposes_that_what_falls_due_for_e_goes():
    holdings = [*(_holding(year, None) for year in (2023, 2024, 2025)), _holding(2025, 2026, sure=False)]
    kept = outlook(holdings, in_gigabytes, today=TODAY).years[0].kept
    assert kept is not None
    assert kept.low < kept.expected < kept.high


def test_the_forecast_is_tried_on_the_years_that_are_over():
    found = back_test({2020: 4.0, 2021: 5.0, 2022: 6.0, 2023: 5.0, 2024: 60.0})
    assert [(t.year, t.came, t.is_inside) for t in found] == [(2023, 5.0, True), (2024, 60.0, False)]


def test_arrivals_are_summed_by_year():
    assert arrivals_by_year([_holding(2020, None), _holding(2020, None)], in_metres) == {2020: 2.0}
