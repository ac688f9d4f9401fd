from __future__ import annotations

import numpy as np
import pytest

from archiveia.steps import terms
from archiveia.steps.head import Evidence, profile
from archiveia.steps.head_training import surest_of_each, train, zero_shot

WORDS = {"ecole": ("élève", "cantine", "classe"), "voirie": ("chaussée", "trottoir", "égout")}
LABELS = (*WORDS, "never taught")
PHRASES = [["élève"], ["chaussée"], ["rien"]]
TEXTS = [" ".join([*words, f"n{n}"]) for words in WORDS.values() for n in range(6)]
TRUTH = [label for label in WORDS for _ in range(6)]


def evidence(texts):
    known = {kind: terms.bag(TEXTS, kind).terms for kind in terms.KINDS}
    return Evidence({kind: terms.bag(texts, kind, known[kind]) for kind in terms.KINDS}, {})


@pytest.fixture
def known():
    return profile(evidence(TEXTS), LABELS, PHRASES, None)


def test_what_was_taught_is_found_in_another_text_and_a_class_never_taught_is_last(known):
    head = train(known, evidence(TEXTS), TRUTH, seed=1)
    found = head.probabilities(evidence(["la cantine et la classe", "le trottoir"]))
    assert found.argmax(axis=1).tolist() == [0, 1]
    assert found.argmin(axis=1).tolist() == [2, 2]
    assert found.sum(axis=1) == pytest.approx([1, 1])


def test_words_that_only_unlabelled_texts_tie_to_a_class_are_learned_too(known):
    few = [0, 1, 2, 6, 7, 8]
    labelled = evidence([TEXTS[i].split()[0] for i in few])  # only the first word of each class
    asked = evidence(["cantine", "trottoir"])
    labels = [TRUTH[i] for i in few]
    told = train(known, labelled, labels, seed=1, unlabelled=evidence(TEXTS)).probabilities(asked)
    untold = train(known, labelled, labels, seed=1).probabilities(asked)
    assert told.argmax(axis=1).tolist() == [0, 1]
    assert told[0, 0] > untold[0, 0]


def test_of_each_class_proposed_the_surest_texts_are_taken():
    scores = np.array([[1, 0], [0.9, 0], [0.1, 0], [0, 1], [0, 0.1]])
    rows, proposed = surest_of_each(scores)
    assert rows.tolist() == [0, 1, 3, 4]
    assert proposed.tolist() == [0, 0, 1, 1]


def test_without_a_label_the_surest_texts_of_the_archive_teach(known):
    found, how = zero_shot(known, evidence(["cantine", "trottoir"]), evidence(TEXTS))
    assert found.argmax(axis=1).tolist() == [0, 1]
    assert how == "descriptions, texts of the archive"
