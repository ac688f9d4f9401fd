"""The papers of data protection, filled from the configuration."""

from __future__ import annotations

import pytest

from archiveia.errors import BadRequestError
from archiveia.pipeline.compliance import paper
from archiveia.settings import Settings
from archiveia.steps.compliance import PAPERS, Facts, filled


@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_names_the_entity_and_has_no_blank_left(name: str):
    text = paper(name, Settings(entity_name="Ville de Vaubourg"))
    assert "Ville de Vaubourg" in text
    assert "$" not in text


def test_the_register_of_ai_says_what_is_switched_off():
    assert paper("ai", Settings(ai="off")).count("| arrêté |") == 5
    assert paper("ai", Settings(ai="off,classify=on")).count("| en service |") == 1


def test_the_durations_are_those_of_the_retention_schedule():
    assert "| demandes d’exercice des droits (RGPD) et réponses | 5 ans | INF-004 |" in paper(
        "notice", Settings()
    )


def test_backups_are_left_to_complete_until_somebody_says_how_long_they_are_kept():
    assert "Sauvegardes : à compléter." in paper("register", Settings())
    assert "Sauvegardes : 30 jours." in paper("register", Settings(backup_retention_days=30))


def test_a_name_cannot_break_out_of_its_line():
    facts = Facts("Ville | de\n# Vaubourg", (), (), (), (), "", "", "")
    assert filled("# $entity", facts) == "# Ville / de # Vaubourg"


def test_a_paper_that_does_not_exist_is_refused():
    with pytest.raises(BadRequestError, match="there is no paper 'visa'"):
        paper("visa", Settings())
