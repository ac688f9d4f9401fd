"""Measuring predicted retention rules on documents whose rule people gave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archiveia.edges.contracts import load_retention_schedule
from archiveia.edges.retention_cues import (
    load_retention_cues,
    load_wordings,
    read_wordings,
    save_wordings,
)
from archiveia.errors import BadRequestError
from archiveia.pipeline.evaluating_retention import evaluate_retention
from archiveia.settings import Settings
from archiveia.steps.retention_wording import learn

if TYPE_CHECKING:
    from pathlib import Path

INVOICE = (
    "FACTURE n° 12\nFournisseur : papeterie du bourg. Livraison à la mairie, bon de commande n° 4.\n"
    "Désignation, quantité, prix unitaire 3 francs, remise\nMontant HT, TVA, total TTC 36 francs, net à payer\n"
    "Règlement par mandat administratif à trente jours, échéance à réception"
)
MINUTES = (
    "REGISTRE DES DÉLIBÉRATIONS DU CONSEIL MUNICIPAL\nLe conseil, sous la présidence du maire, "
    "après en avoir délibéré, approuve la facture et le net à payer.\n"
    "Nombre de conseillers en exercice : 11. Ont signé au registre."
)


def _folder(tmp_path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (tmp_path / "documents.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def _settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", classifier="lexical")


def test_eliminations_are_counted_beside_what_is_kept(tmp_path: Path):
    folder = _folder(
        tmp_path,
        {"text": INVOICE, "rule": "FIN-004"},
        {"text": MINUTES, "rule": "ADM-001"},
        {"title": "Registre des délibérations", "text": MINUTES, "sort_final": "C"},
    )
    found = evaluate_retention(folder, _settings(tmp_path))
    eliminated = found["elimination"]
    assert (eliminated["proposed"], eliminated["wrong_among_proposed"]) == (1, 0)
    assert (eliminated["kept"], eliminated["wrong_among_kept"], eliminated["recall"]) == (2, 0, 1.0)
    assert found["rules"]["accuracy"] == 1.0
    assert found["by_class"]["documents"] == 3


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param("{", "line 1 is not JSON", id="not JSON"),
        pytest.param({"rule": "FIN-004"}, "line 1 lacks a text", id="no text"),
        pytest.param({"text": "a", "rule": "FIN-999"}, "no rule 'FIN-999'", id="unknown rule"),
        pytest.param({"text": "a"}, "None is no sort final", id="no label"),
        pytest.param({"text": "a", "sort_final": "X"}, "'X' is no sort final", id="unknown fate"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, row: object, message: str):
    with pytest.raises(BadRequestError, match=message):
        evaluate_retention(_folder(tmp_path, row), _settings(tmp_path))


def test_a_folder_without_documents_is_refused(tmp_path: Path):
    with pytest.raises(BadRequestError, match=r"no \.jsonl file in"):
        evaluate_retention(tmp_path, _settings(tmp_path))


def test_every_rule_of_the_schedule_has_cues_and_wordings_and_no_other():
    rules, keep = load_retention_cues()
    assert rules.keys() == load_retention_schedule().keys() == set(load_wordings().codes)
    assert all(rule.names for rule in rules.values())
    assert keep


def test_wordings_are_kept_as_they_were_learned(tmp_path: Path):
    learned = learn([(source, "FIN-004", "facture et livraison") for source in ("one", "two")])
    save_wordings(learned, tmp_path / "wordings.npz")
    again = read_wordings(tmp_path / "wordings.npz")
    assert (again.codes, again.words) == (learned.codes, learned.words)
    assert again.evidence == pytest.approx(learned.evidence, rel=1e-3)
