from __future__ import annotations

import numpy as np

from archiveia.steps import described, terms
from archiveia.steps.head import Evidence, Head, Voice, profile

TEXTS = [
    "Arrêté du maire\nLe maire arrête la circulation rue Neuve.",
    "Arrêté du maire\nLe maire arrête le stationnement.",
    "Facture\nMontant à payer : 12 euros, fournitures.",
    "Facture\nMontant à payer au fournisseur.",
]
LABELS = ("acte", "compta")
PHRASES = [["arrêté", "circulation"], ["facture", "montant"]]


def evidence(texts=TEXTS, known=None):
    return Evidence({k: terms.bag(texts, k, known and known[k]) for k in terms.KINDS}, {})


def test_words_are_counted_alone_and_with_their_neighbour_without_case_accents_or_plural():
    found = terms.word_terms("Les Arrêtés du maire, les arrêtés")
    assert found["arrete"] == 2
    assert found["arrete du"] == 1


def test_a_misread_word_still_shares_runs_of_letters_with_the_right_one():
    right, misread = terms.letter_terms("délibération"), terms.letter_terms("délibératlon")
    assert sum((right & misread).values()) > 0.5 * sum(right.values())


def test_the_heading_is_the_first_line_that_says_something():
    assert terms.heading("\n  \n  ARRETE   DU MAIRE \nVu le code") == "ARRETE DU MAIRE"
    assert terms.heading("") == ""


def test_terms_that_a_model_does_not_know_are_left_out():
    known = terms.bag(TEXTS, "words").terms
    later = terms.bag(["maire inconnu"], "words", known)
    assert later.counts.sum() == 1
    assert later.terms == known


def test_a_term_of_a_single_text_is_left_out_and_weighs_nothing_where_others_had_it():
    bag = terms.bag(TEXTS, "words")
    assert "neuve" not in bag.terms
    weights = dict(zip(bag.terms, terms.rarity(bag.rows([0, 2, 3]).counts), strict=True))
    assert weights["maire"] == 0
    assert weights["facture"] > 0


def test_an_article_of_law_counts_with_the_parts_of_the_code_that_its_digits_name():
    found = terms.article_terms("Vu les articles L. 2121-29 et R.*411-3 du code")
    assert found["2121-29"] == found["411-3"] == found["L"] == found["R 3"] == 1
    assert {"4 2", "4 21", "4 212", "4 2121", "3 4", "3 41", "3 411"} <= set(found)
    assert terms.article_terms("La commune a reçu 12 lettres du préfet.") == {}


def test_three_words_that_follow_each_other_are_a_term():
    assert list(terms.triple_terms("Le maire a reçu la lettre")) == [
        "le maire recu",
        "maire recu la",
        "recu la lettre",
    ]


def test_an_empty_text_is_a_row_of_nothing():
    bag = terms.bag(["", "maire"], "words", ["maire"])
    rows = terms.scaled(bag.counts, np.ones(1, dtype=np.float32)).toarray()
    assert rows.tolist() == [[0.0], [1.0]]


def test_descriptions_alone_tell_the_classes_apart():
    known = profile(evidence(), LABELS, PHRASES, None)
    assert known.by_description(evidence()).argmax(axis=1).tolist() == [0, 0, 1, 1]


def test_a_description_that_resembles_everything_gains_nothing_by_it():
    usual = described.stock({"words": np.array([[5.0, 1.0], [5.0, 0.0]])})
    assert usual.compared({"words": np.array([[5.0, 1.0]])}).argmax() == 1


def test_meaning_is_told_by_what_sets_it_apart_from_the_usual():
    near = np.array([[1, 0.1], [1, 0.1], [1, -0.1], [1, -0.1]], dtype=np.float32)
    texts = Evidence(evidence().bags, {"passage_meaning": near})
    known = profile(texts, LABELS, PHRASES, [near[:1], near[2:3]])
    rows = known.matrix(texts, ("passage_meaning",)).toarray()
    assert rows[0] @ rows[1] > 0 > rows[0] @ rows[2]


def test_the_words_that_weighed_are_told():
    texts = evidence()
    known = profile(texts, LABELS, PHRASES, None)
    kinds = ("words", "letters", "heading", "description")
    weights = np.zeros((known.matrix(texts, kinds).shape[1], 2), dtype=np.float32)
    column = texts.bags["words"].terms.index("facture")
    weights[column] = (-1, 1)
    head = Head(known, (Voice(kinds, 1.0, weights, np.zeros(2)),), 1.0, 0.5)
    assert head.probabilities(texts).argmax(axis=1).tolist()[2:] == [1, 1]
    assert head.reasons(texts, 2, "compta", "acte") == ["facture"]
    assert head.reasons(texts, 0, "acte", "compta") == []
