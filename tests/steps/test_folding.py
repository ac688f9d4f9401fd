"""Folding keeps the length; tolerant words forgive one letter."""

from __future__ import annotations

import pytest

from archiveia.steps.folding import TolerantWords, fold, fold_tokens


@pytest.mark.parametrize("text", ["Délibéré à l’œil", "ÉTAT N° 12 — ½", "İstanbul ﬁn", "", "ça\u0301 va"])
def test_a_folded_text_is_exactly_as_long_as_the_text(text):
    assert len(fold(text)) == len(text)


def test_case_accents_and_typographic_signs_are_gone():
    assert fold("L’ARRÊTÉ – cœur") == "l'arrete - cour"
    assert fold_tokens("N° 12, l'Été") == ["n", "12", "l", "ete"]


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("novembre", "novembre"),
        ("novemhre", "novembre"),
        ("novmbre", "novembre"),
        ("novvembre", "novembre"),
        ("mar", None),
        ("mais", None),
        ("x" * 10_000, None),
    ],
)
def test_one_letter_lost_added_or_changed_is_forgiven_in_a_long_word(token, word):
    assert TolerantWords(["mars", "novembre"]).only(token) == word


def test_a_token_near_two_words_means_neither():
    words = TolerantWords(["planter", "plantes"])
    assert words.matches("plante") == {"planter", "plantes"}
    assert words.only("plante") is None
