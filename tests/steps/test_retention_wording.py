"""How like the documents of each rule the words of a text are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiveia.steps.retention_wording import Wordings, learn

if TYPE_CHECKING:
    import random

TEXTS = {
    "FIN-004": "Facture du fournisseur : livraison, prix unitaire, montant hors taxes, échéance du règlement",
    "ADM-001": "Registre des délibérations du conseil municipal, séance ordinaire, conseillers en exercice",
    "EC-001": "Acte de naissance, officier de l'état civil, déclaration du père, témoins et signatures",
}
WORDINGS = learn([(source, rule, text) for source in ("one", "two") for rule, text in TEXTS.items()])
LEXICON = frozenset(word for text in TEXTS.values() for word in re.findall(r"\w+", text.lower())) | {
    "fracture"
}


@pytest.mark.parametrize("rule", TEXTS)
def test_a_text_is_most_like_the_documents_whose_words_it_uses(rule: str):
    likeness = WORDINGS.likeness([TEXTS[rule].lower()], LEXICON)
    assert max(likeness.sure, key=likeness.sure.__getitem__) == rule
    assert likeness.sure == likeness.at_most, "nothing was misread"


def test_words_that_no_document_used_say_nothing():
    for pages in ([], [""], ["12 34"], ["le chat dort sur la chaise"]):
        assert set(
            WORDINGS.likeness(pages, LEXICON | {"chat", "dort", "sur", "chaise"}).at_most.values()
        ) == {0.0}


def test_a_misread_word_is_sure_of_nothing_and_may_be_what_it_resembles():
    clean, misread = (WORDINGS.likeness([text], LEXICON) for text in ("délibérations", "délibcrations"))
    assert clean.sure["ADM-001"] > 0.0
    assert misread.sure["ADM-001"] == 0.0
    assert misread.at_most["ADM-001"] == pytest.approx(clean.sure["ADM-001"])


def test_a_word_that_exists_is_taken_for_no_other():
    assert WORDINGS.likeness(["fracture"], LEXICON).at_most["FIN-004"] == 0.0


def test_only_the_first_words_of_a_long_document_tell_what_it_is():
    short = WORDINGS.likeness(["texte " * 250], LEXICON)
    assert WORDINGS.likeness(["texte " * 250 + TEXTS["FIN-004"]], LEXICON) == short


def test_the_words_that_speak_most_for_a_rule_are_shown_where_they_stand():
    pages = ["Monsieur le maire", "voici la facture du fournisseur"]
    found = WORDINGS.strongest(pages, "FIN-004", 2)
    assert {pages[e.page - 1][e.start : e.end] for e in found} == {"facture", "fournisseur"}
    assert WORDINGS.strongest(pages, "XXX-999", 2) == []


def test_a_word_met_once_is_not_learned():
    assert "durand" not in learn([("one", "A", "Durand facture"), ("two", "A", "facture")]).words


WORDS = st.sampled_from(sorted(LEXICON | {"durand", "maire", "bureau"}))


@given(words=st.lists(WORDS, min_size=1, max_size=30), slips=st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_misreading_a_letter_only_takes_from_what_is_sure_and_adds_to_what_may_be(
    words: list[str], slips: random.Random
):
    worse = [_misread(word, slips) if len(word) > 4 else word for word in words]
    known = LEXICON | {"durand", "maire", "bureau"}
    before, after = (WORDINGS.likeness([" ".join(text)], known) for text in (words, worse))
    for rule in TEXTS:
        assert after.sure[rule] <= before.sure[rule] + 1e-6
        assert after.at_most[rule] >= before.at_most[rule] - 1e-6


def _misread(word: str, slips: random.Random) -> str:
    """The word with a letter changed, lost or added; never another word."""
    at = slips.randrange(len(word))
    letter = slips.choice("xzkw")
    worse = slips.choice(
        (word[:at] + letter + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + word[at + 1 :])
    )
    stems = {known[:7] for known in WORDINGS.words}
    return word if worse[:7] in stems and worse[:7] != word[:7] else worse


def test_what_was_learned_is_the_same_whatever_the_order_of_the_documents():
    documents = [(source, rule, text) for source in ("one", "two") for rule, text in TEXTS.items()]
    again = learn(documents[::-1])
    assert (again.codes, again.words) == (WORDINGS.codes, WORDINGS.words)
    assert again.evidence == pytest.approx(WORDINGS.evidence)
    assert isinstance(again, Wordings)
