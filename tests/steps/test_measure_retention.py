"""Figures of predicted rules, and the bound of the error that matters."""

from __future__ import annotations

import pytest

from archiveia.steps.measure_retention import Judged, measure_retention, upper_bound


def _judged(number: int, *, goes: bool, may_go: bool, is_kept: bool = False) -> Judged:
    return Judged(str(number), "FIN-004", may_go, is_kept, (("FIN-004", 0.9),), proposed_for_e=goes)


@pytest.mark.parametrize(
    ("wrong", "of", "bound"),
    [(0, 598, 0.005), (0, 100, 0.0295), (1, 947, 0.005), (3, 3, 1.0)],
)
def test_the_bound_is_that_of_clopper_and_pearson(wrong: int, of: int, bound: float):
    assert upper_bound(wrong, of) == pytest.approx(bound, abs=2e-4)


def test_of_nothing_there_is_no_bound():
    assert upper_bound(0, 0) is None


def test_wrong_eliminations_are_counted_among_those_proposed_and_among_what_is_kept():
    judged = [
        *(_judged(n, goes=True, may_go=True) for n in range(6)),
        *(_judged(n, goes=False, may_go=True) for n in range(6, 10)),
        _judged(10, goes=True, may_go=False, is_kept=True),
        _judged(11, goes=True, may_go=False),
        *(_judged(n, goes=False, may_go=False, is_kept=True) for n in range(12, 15)),
    ]
    found = measure_retention(judged)["elimination"]
    assert (found["proposed"], found["wrong_among_proposed"]) == (8, 2)
    assert (found["kept"], found["wrong_among_kept"]) == (4, 1)
    assert found["recall"] == 0.6
    assert [w["id"] for w in found["wrong"]] == ["10", "11"]
