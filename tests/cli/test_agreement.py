"""``archiveia evaluate agreement``: the figures of the desk's page, in a terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from archiveia import pipeline
from archiveia.cli import main
from archiveia.edges import database
from archiveia.edges.database import journal
from archiveia.pipeline.agreeing import class_agreement
from archiveia.settings import read_settings
from archiveia.steps.agreement import RULE_PROPOSED, RULE_TAKEN_BLIND, SCORE
from archiveia.steps.lessons import TAKEN_BLIND

if TYPE_CHECKING:
    from pathlib import Path

    from archiveia.values import Json

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHIVEIA_HOME", str(tmp_path / "home"))
    with pipeline.open_edges(read_settings()):
        pass


def decided(record: str, said: str, gave: str, *, blind: bool = False) -> None:
    before = {"class": [said], SCORE: [0.8], "class_to_review": [False]}
    write(record, before, {"class": gave} | ({TAKEN_BLIND: True} if blind else {}))


def write(record: str, before: Json, after: Json) -> None:
    entry = {"actor": "MARTIN", "action": "confirm", "subject": record, "before": before, "after": after}
    with pipeline.open_edges(read_settings()) as edges, database.writing(edges.database) as connection:
        journal.write_journal(connection, entity_id=edges.entity, now=NOW, **entry)  # type: ignore[arg-type] # by name


def test_the_figures_are_those_of_the_page_as_one_json_document(capsys: pytest.CaptureFixture[str]):
    decided("a", "DELIB", "DELIB", blind=True)
    decided("b", "DELIB", "PERMIS", blind=True)
    decided("c", "DELIB", "FACTURE")
    capsys.readouterr()
    assert main(["evaluate", "agreement", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["blind"]["texts"], found["blind"]["accuracy"]) == (2, 0.5)
    assert (found["accepted"], found["corrected"], found["waiting"]) == (0, 1, 0)
    assert found["seen"] == [{"code": "DELIB", "accepted": 0, "corrected": 1}]
    with pipeline.open_edges(read_settings()) as edges:
        assert json.loads(json.dumps(class_agreement(edges).as_json())) == found
    assert main(["evaluate", "agreement"]) == 0
    out = capsys.readouterr().out
    assert "without the proposal\t2\t50.0%" in out
    assert "DELIB\t1\t50.0%" in out
    assert "0 confirmed, 1 corrected" in out


def test_retention_rules_are_told_below_the_classes(capsys: pytest.CaptureFixture[str]):
    proposed = {"retention_rule": [None], RULE_PROPOSED: {"rule": "FIN-004", "score": 0.9}}
    write("a", proposed, {"retention_rule": "FIN-004", RULE_TAKEN_BLIND: True})
    write("b", proposed, {"retention_rule": "FIN-005"})
    capsys.readouterr()
    assert main(["evaluate", "agreement"]) == 0
    out = capsys.readouterr().out
    rules = out[out.index("rules given") :]
    assert "without the proposal\t1\t100.0%" in rules
    assert "FIN-004\t1\t100.0%" in rules
    assert "0 confirmed, 1 corrected" in rules


def test_nothing_reviewed_yet_has_no_figures(capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate", "agreement"]) == 0
    out = capsys.readouterr().out
    assert "without the proposal" not in out
    assert "shown without a proposal: 5% of the records, 0 waiting" in out


def test_without_a_workspace_nothing_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("ARCHIVEIA_HOME", str(tmp_path / "nowhere"))
    assert main(["evaluate", "agreement"]) == 1
    assert "no workspace" in capsys.readouterr().err
