"""Descriptors are found as French writes and OCR reads them, and proposed with the words that speak for them."""

from __future__ import annotations

import pytest

from archiveia.steps.subject_labels import Descriptors, stem
from archiveia.steps.subjects import Meaning, Spread, propose, spread
from archiveia.values import Concept, Evidence, Origin, OriginKind, Thesaurus

WORDS = frozenset(["distribution", "lavoirs", "assainissement", "classe", "chasse", "port", "porte", "vous"])


def descriptors(*concepts: Concept, beside: tuple[Concept, ...] = ()) -> Descriptors:
    alone = Thesaurus("urn:t", "Thésaurus d'essai", concepts)
    companions = Thesaurus("urn:l", "Liste d'autorité", beside, is_companion=True)
    return Descriptors([alone, companions], WORDS.__contains__)


def found(text: str, *labels: str) -> list[str]:
    known = descriptors(*(Concept(label, label) for label in labels))
    return [text[m.start : m.end] for m in known.mentions(text)]


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("distribution d'eau", "les distributions des eaux"),
        ("chemin rural", "Chemins ruraux"),
        ("école communale", "écoles communales"),
        ("bien communal", "biens communaux"),
        ("canal", "CANAUX"),
        ("vœu", "voeux"),
        ("ouvrier", "ouvrières"),
        ("eau potable", "l’eau potable"),
    ],
)
def test_number_gender_and_link_words_do_not_matter(label, written):
    assert found(f"Vu {written} de la commune", label)


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("vœu", "vous"),
        ("port", "la porte"),
        ("chasse", "la classe"),
        ("eau potable", "de l'eau. Potable"),
        ("police", "politesse"),
        ("travail", "travaux"),
        ("VRP", "vrp"),
    ],
)
def test_another_word_is_not_taken_for_it(label, written):
    assert found(written, label) == []


def test_a_slip_of_ocr_is_forgiven_in_a_long_word_that_is_no_word():
    assert found("réseau d'assainissernent et d'assainisement", "assainissement") == ["assainisement"]
    assert found("l'assainis-\nsement", "assainissement") == ["assainis-\nsement"]
    assert found("distribution", "distributeur") == []


def test_an_acronym_in_brackets_is_sought_in_capitals():
    assert found("des HLM, hlm", "logement social (HLM)") == ["HLM"]
    assert found("le logement social", "logement social (HLM)") == ["logement social"]


def test_the_longest_label_counts():
    assert found("la police de l'eau", "police", "eau", "police de l'eau") == ["police de l'eau"]


def test_stems_of_a_word_agree_and_stems_of_two_differ():
    assert len({stem(w) for w in ("communal", "communale", "communaux", "communales")}) == 1
    assert len({stem(w) for w in ("cour", "course", "port", "porte", "eau")}) == 5


LAVOIR = Concept("l", "lavoir", ("buanderie",), broader=("e",))
KNOWN = descriptors(
    LAVOIR, Concept("e", "édifice"), Concept("p", "police"), beside=(Concept("a", "entretien"),)
)
PAGES = [(1, "Le Conseil décide la réparation du lavoir."), (2, "Le lavoir et la buanderie.")]
NOTHING_COUNTED = Spread({}, 0)


def test_a_proposal_says_which_words_speak_for_it_and_where():
    (said,) = propose(PAGES, "Réparation du lavoir", KNOWN, NOTHING_COUNTED)
    assert (said.field, said.value["uri"], said.value["label"]) == ("subject_proposal", "l", "lavoir")
    assert said.value["why"] == [
        "« lavoir » dans le titre ; 2 fois, p. 1, 2",
        "« buanderie » p. 2 (employé pour « lavoir »)",
    ]
    assert said.evidence == Evidence(1, 35, 41, "lavoir")
    assert said.origin.kind is OriginKind.RULE
    assert said.score is not None
    assert 0 < said.score < 1


def test_a_word_said_once_in_a_long_text_proposes_nothing():
    assert propose([(1, "Vu la loi. " * 100 + "La police passe.")], None, KNOWN, NOTHING_COUNTED) == []


def test_what_nearly_every_record_says_is_no_subject():
    everywhere = spread(["le lavoir"] * 300, KNOWN)
    assert (everywhere.records_of["l"], everywhere.records) == (300, 300)
    pages = [(1, "Le lavoir, le lavoir, le lavoir.")]
    assert propose(pages, None, KNOWN, NOTHING_COUNTED)
    assert propose(pages, None, KNOWN, everywhere) == []
    assert propose(PAGES, "Réparation du lavoir", KNOWN, everywhere), "a title says it on purpose"


def test_terms_of_lists_of_authority_stand_beside_a_subject_and_never_alone():
    text = "Entretien du lavoir : entretien, entretien, entretien."
    both = propose([(1, text)], "Entretien du lavoir", KNOWN, NOTHING_COUNTED)
    assert [a.value["label"] for a in both] == ["lavoir", "entretien"]
    assert propose([(1, text.replace("lavoir", "pont"))], "Entretien", KNOWN, NOTHING_COUNTED) == []


def test_meaning_moves_the_score_and_the_model_signs():
    model = Origin(OriginKind.MODEL, "subjects usem3", "1")
    near = propose(PAGES, None, KNOWN, NOTHING_COUNTED, meaning=Meaning({"l": 3.0}, model))
    assert [a.origin for a in near] == [model]
    assert propose(PAGES, None, KNOWN, NOTHING_COUNTED, meaning=Meaning({"l": -3.0}, model)) == []


def test_without_text_or_thesaurus_nothing_is_proposed():
    assert propose([], None, KNOWN, NOTHING_COUNTED) == []
    assert propose(PAGES, "Lavoir", descriptors(), NOTHING_COUNTED) == []


def test_megabytes_of_text_are_read_in_bounded_time():
    assert propose([(1, "le lavoir " * 500_000)], None, KNOWN, NOTHING_COUNTED)
