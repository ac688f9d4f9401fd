"""The title in the document's own words."""

from __future__ import annotations

import pytest

from archiveia.steps.describe.titles import MAX_CHARS, find_title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("MAIRIE DE DINAN\nObjet : réparation du lavoir\nMonsieur,", "réparation du lavoir"),
        ("OBJET :\nTarifs de la salle polyvalente\n\nLe Maire expose", "Tarifs de la salle polyvalente"),
        ("0bjet : répara-\ntion du lavoir\n\nTexte", "réparation du lavoir"),
        (
            "COMMUNE DE DINAN\nARRÊTÉ N° 12\nportant réglementation de la circulation\nrue Basse\nLe Maire,\nVu",
            "ARRÊTÉ N° 12 portant réglementation de la circulation rue Basse",
        ),
        (
            "RÉPUBLIQUE FRANÇAISE\nDÉPARTEMENT DE L'ORNE\n~~ §§ 12\nCompte administratif 1954\n",
            "Compte administratif 1954",
        ),
        ("Au bon moulin - 12 chemin vert\nFacture FA-2017-0009\n", "Facture FA-2017-0009"),
        ("Rennes, le 3 mai 1954\nMonsieur le Maire,\nLe lavoir menace ruine.\n", "Le lavoir menace ruine."),
    ],
)
def test_the_title_is_the_object_the_act_or_the_first_line_of_the_heading(text, title):
    found = find_title([(1, text)])
    assert found.value == title
    assert text[found.evidence.start : found.evidence.end] == found.evidence.text


@pytest.mark.parametrize("text", ["", "12 / 34\n-- ~~ --\n", "MAIRIE DE DINAN\n\n", "a b c\n| | |"])
def test_nothing_readable_gives_no_title(text):
    assert find_title([(1, text)]) is None


def test_a_long_object_is_cut_between_two_words():
    found = find_title([(1, "Objet : " + "réparation " * 60)])
    assert len(found.value) <= MAX_CHARS
    assert set(found.value.split()) == {"réparation"}


def test_no_page_gives_no_title():
    assert find_title([]) is None
