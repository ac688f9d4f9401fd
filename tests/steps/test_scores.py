from __future__ import annotations

import pytest

from archiveia.steps.scores import Hits, f1_interval, share_interval


def test_the_interval_of_a_share_holds_it_and_stays_between_0_and_1():
    low, high = share_interval(95, 100)
    assert (low, high) == pytest.approx((0.888, 0.978), abs=0.001)
    assert share_interval(10, 10)[1] == 1.0
    assert share_interval(0, 10)[0] == 0.0
    assert share_interval(0, 0) is None


def test_hits_are_added_and_say_precision_recall_and_f1():
    hits = Hits(right=3, found=4, true=5) + Hits(right=1, found=1, true=3)
    assert (hits.precision, hits.recall) == (0.8, 0.5)
    assert hits.f1 == pytest.approx(8 / 13)


def test_nothing_found_and_nothing_to_find_has_no_score():
    assert (Hits().precision, Hits().recall, Hits().f1) == (None, None, None)
    assert Hits(found=2).f1 == 0.0


def test_the_interval_of_f1_is_drawn_over_documents_and_always_the_same():
    documents = [Hits(8, 10, 10), Hits(2, 10, 10), Hits(9, 10, 12), Hits(0, 0, 0)]
    low, high = f1_interval(documents, seed=1)
    assert low < sum(documents, Hits()).f1 < high
    assert f1_interval(documents, seed=1) == (low, high)
    assert f1_interval(documents[:1], seed=1) is None
