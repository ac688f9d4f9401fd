from __future__ import annotations

import pytest

from archiveia.steps.spans import common_names, overlapping_names
from archiveia.steps.tagging import (
    Vocabularies,
    features_of,
    labels_of,
    names_of,
    sequences_of,
    shape,
    tokens_of,
)
from archiveia.values import NameSpan

KNOWN = Vocabularies({"rue", "le", "maire"}, commune={"dinan"}, first={"louis"})


def test_tokens_are_words_numbers_and_signs_with_their_place():
    text = "M. Le Gall, 12\nrue l'Île"
    tokens = tokens_of(text)
    assert [t.text for t in tokens] == ["M", ".", "Le", "Gall", ",", "12", "rue", "l", "'", "Île"]
    assert [text[t.start : t.end] for t in tokens] == [t.text for t in tokens]
    assert [t.text for t in tokens if t.starts_line] == ["M", "rue"]


def test_a_sentence_ends_at_a_point_but_not_behind_an_abbreviation():
    runs = sequences_of(tokens_of("M. Louis est maire. Il demeure à Dinan. Fin"))
    assert [run[0].text for run in runs] == ["M", "Il", "Fin"]


def test_a_text_without_points_is_cut_and_nothing_is_lost():
    tokens = tokens_of("mot " * 1000)
    runs = sequences_of(tokens)
    assert max(map(len, runs)) <= 150
    assert [t for run in runs for t in run] == tokens
    assert sequences_of([]) == []


def test_what_was_marked_comes_back_from_its_labels():
    text = "le maire Louis Martin, à Dinan, Rennes"
    names = [NameSpan("person", 9, 21), NameSpan("place", 25, 30), NameSpan("place", 32, 38)]
    (run,) = sequences_of(tokens_of(text))
    labels = labels_of(run, names)
    assert labels[2:4] == ["B-person", "I-person"]
    assert names_of(run, labels) == names


def test_a_name_may_begin_without_its_first_label():
    (run,) = sequences_of(tokens_of("à Dinan"))
    assert names_of(run, ["O", "I-place"]) == [NameSpan("place", 2, 7)]


def test_a_token_is_seen_with_what_is_known_of_it_and_of_its_neighbours():
    (run,) = sequences_of(tokens_of("Louis à Dinan"))
    features = features_of(run, KNOWN, hints=[NameSpan("place", 8, 13)])
    assert {"w=louis", "s=Xx", "k=first", "k=unknown", "-1end", "p=lou", "e=is"} <= set(features[0])
    assert {"k=commune", "h=B-place", "1end", "-1w=a"} <= set(features[2])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Dinan", "Xx"),
        ("DINAN", "XX"),
        ("A", "X"),
        ("rue", "x"),
        ("1914", "0000"),
        (",", ","),
        ("McDonald", "XxX"),
    ],
)
def test_the_shape_of_a_word(word, expected):
    assert shape(word) == expected


def test_names_are_compared_strictly_and_by_overlap_each_once():
    true = [NameSpan("person", 0, 5), NameSpan("place", 10, 15)]
    found = [NameSpan("person", 0, 5), NameSpan("place", 12, 20), NameSpan("place", 13, 15)]
    assert (common_names(true, found), overlapping_names(true, found)) == (1, 2)
    assert overlapping_names(true, [NameSpan("place", 0, 5)]) == 0
