from __future__ import annotations

import pytest

from archiveia.steps.measure_classes import Answer, folds, measure, proportion_interval, some_of_each


def answers(*rows: tuple[str, str | None, float]):
    return [Answer(truth, said, probability, decided=probability >= 0.5) for truth, said, probability in rows]


def test_the_figures_of_a_small_table_are_those_counted_by_hand():
    found = measure(answers(("A", "A", 0.9), ("A", "B", 0.6), ("B", "B", 0.8), ("B", None, 0.0)), seed=1)
    assert found["accuracy"] == 0.5
    a, b = found["per_class"]
    assert (a["precision"], a["recall"]) == (1.0, 0.5)
    assert (b["precision"], b["recall"]) == (0.5, 0.5)
    assert found["macro_f1"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found["confusion"] == {"labels": ["A", "B"], "rows_are_truth": [[1, 1], [0, 1]]}


def test_a_claim_that_comes_true_as_often_as_claimed_is_calibrated():
    honest = answers(*[("A", "A", 0.75)] * 3, ("A", "B", 0.75))
    boasting = answers(*[("A", "A", 0.95)] * 3, ("A", "B", 0.95))
    assert measure(honest, seed=1)["ece"] == pytest.approx(0)
    assert measure(boasting, seed=1)["ece"] == pytest.approx(0.2)


def test_coverage_counts_the_surest_texts_until_too_many_are_wrong():
    rows = [("A", "A", 0.99 - i / 1000) for i in range(19)] + [("A", "B", 0.9), ("A", "B", 0.8)]
    assert measure(answers(*rows), seed=1)["coverage_at_precision_95"] == pytest.approx(20 / 21)


def test_texts_of_one_probability_stand_or_fall_together():
    rows = [("A", "A", 0.9), ("A", "B", 0.9)]
    assert measure(answers(*rows), seed=1)["coverage_at_precision_95"] == 0


def test_what_is_decided_alone_is_counted_apart():
    found = measure(answers(("A", "A", 0.9), ("B", "A", 0.3), ("B", "B", 0.7)), seed=1)["abstention"]
    assert found["coverage"] == pytest.approx(2 / 3)
    assert found["precision"] == 1.0


def test_a_class_that_is_only_said_counts_as_wrong_in_macro_f1():
    assert measure(answers(("A", "A", 0.9), ("A", "C", 0.9)), seed=1)["macro_f1"] == pytest.approx(
        (2 / 3) / 2
    )


def test_the_interval_of_a_share_holds_it_and_narrows_with_numbers():
    low, high = proportion_interval(30, 32)
    assert (round(low, 3), round(high, 3)) == (0.799, 0.983)
    wide, narrow = proportion_interval(3, 4), proportion_interval(300, 400)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]
    assert proportion_interval(0, 0) is None


def test_folds_spread_each_class_evenly_and_always_alike():
    labels = ["A"] * 50 + ["B"] * 7 + ["C"] * 2
    fold = folds(labels, 5, seed=3)
    assert fold == folds(labels, 5, seed=3)
    assert [fold[:50].count(k) for k in range(5)] == [10] * 5
    assert max(fold[50:57].count(k) for k in range(5)) == 2
    assert len(set(fold[57:])) == 2


def test_some_of_each_class_are_drawn_or_all_where_there_are_fewer():
    labels = ["A"] * 9 + ["B"] * 2 + ["A"]
    kept = some_of_each(labels, range(11), 4, seed=1)
    assert [labels[i] for i in kept].count("A") == 4
    assert [labels[i] for i in kept].count("B") == 2
    assert 11 not in kept
