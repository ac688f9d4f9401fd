"""The papers of data protection, filled from the configuration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from archiveia.cli import main
from archiveia.edges.retention_files import csv_of, shipped_rules
from archiveia.errors import BadRequestError
from archiveia.pipeline import rule_sets
from archiveia.pipeline.compliance import paper
from archiveia.settings import Settings
from archiveia.steps.compliance import PAPERS, Facts, filled

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia import pipeline


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


def test_the_durations_are_those_of_the_schedule_that_was_adopted(
    edges: pipeline.Edges, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ARCHIVEIA_HOME", str(tmp_path / "home"))
    own = [replace(r, dua_months=36) if r.code == "INF-004" else r for r in shipped_rules()]
    path = tmp_path / "tableau.csv"
    path.write_bytes(csv_of([rule for rule in own if rule.code != "JUR-007"]))
    rule_sets.put_in_force(rule_sets.take_in(path, actor="DURAND", edges=edges), actor="DURAND", edges=edges)
    assert main(["paper", "notice"]) == 0
    text = capsys.readouterr().out
    assert "| demandes d’exercice des droits (RGPD) et réponses | 3 ans | INF-004 |" in text
    assert "| à compléter | JUR-007 | règle absente du tableau de gestion en vigueur |" in text


def test_a_paper_is_drafted_before_there_is_a_workspace_and_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ARCHIVEIA_HOME", str(tmp_path / "none"))
    assert main(["paper", "notice"]) == 0
    assert "| 5 ans | INF-004 |" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()


def test_a_duration_whose_row_is_not_validated_says_so():
    assert "| 5 ans, à valider (ligne désactivée) | JUR-007 |" in paper("notice", Settings())


def test_backups_are_left_to_complete_until_somebody_says_how_long_they_are_kept():
    assert "Sauvegardes : à compléter." in paper("register", Settings())
    assert "Sauvegardes : 30 jours." in paper("register", Settings(backup_retention_days=30))


def test_a_name_cannot_break_out_of_its_line():
    facts = Facts("Ville | de\n# Vaubourg", (), (), (), (), "", "", "")
    assert filled("# $entity", facts) == "# Ville / de # Vaubourg"


def test_a_paper_that_does_not_exist_is_refused():
    with pytest.raises(BadRequestError, match="there is no paper 'visa'"):
        paper("visa", Settings())
