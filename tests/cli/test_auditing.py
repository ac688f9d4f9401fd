"""``archiveia audit`` in a terminal: what it says of a journal, with which exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from archiveia import cli, pipeline
from archiveia.edges import database
from archiveia.edges.database import journal
from archiveia.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose journal has three entries."""
    monkeypatch.setenv("ARCHIVEIA_HOME", str(tmp_path / "home"))
    with pipeline.open_edges(read_settings()) as edges, database.writing(edges.database) as connection:
        for number in range(3):
            journal.write_journal(
                connection,
                entity_id=edges.entity,
                actor="MARTIN",
                action="confirm",
                subject=f"r{number}",
                before={},
                after={"title": "Acte de DURAND"},
                now=edges.now(),
            )
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str]:
    code = cli.main(list(argv))
    return code, capsys.readouterr().out


def forge(*statements: str) -> None:
    with pipeline.open_edges(read_settings()) as edges, database.writing(edges.database) as connection:
        for statement in ("DROP TRIGGER journal_update", "DROP TRIGGER journal_delete", *statements):
            connection.execute(sa.text(statement))


def test_a_sound_journal_is_said_to_be_so_and_what_was_not_checked(capsys: pytest.CaptureFixture[str]):
    code, said = answer(capsys, "audit", "verify")
    assert code == 0
    assert "journal: 3 entries, sound; head 3:" in said
    assert "no head kept elsewhere was given" in said


def test_what_was_altered_is_named_and_the_exit_code_is_1(capsys: pytest.CaptureFixture[str]):
    forge("UPDATE journal SET subject = 'x' WHERE sequence = 2")
    code, said = answer(capsys, "audit", "verify")
    assert code == 1
    assert "NOT SOUND" in said
    assert "entry 2 is not what was written" in said
    code, said = answer(capsys, "audit", "verify", "--json")
    assert (code, json.loads(said)["sound"]) == (1, False)
    assert json.loads(said)["flaws"] == [{"first": 2, "last": 2, "kind": "altered"}]


def test_a_cut_tail_is_found_by_a_head_that_was_typed_or_kept_in_a_file(workspace, capsys):
    head = answer(capsys, "audit", "head")[1].strip()
    (workspace / "sheet.txt").write_text(f"Tête du journal\n{head}\n")
    forge("DELETE FROM journal WHERE sequence = 3")
    assert answer(capsys, "audit", "verify")[0] == 0
    for given in (head, str(workspace / "sheet.txt")):
        code, said = answer(capsys, "audit", "verify", "--head", given)
        assert code == 1
        assert "entry 3 was cut off: a head kept elsewhere knows it" in said


def test_what_is_no_head_is_a_usage_error(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["audit", "verify", "--head", "12"]) == 2
    assert "'12' is no head of a journal" in capsys.readouterr().err


def test_the_head_that_the_night_mailed_is_checked_by_the_next_verification(capsys):
    cli.main(["nightly"])
    assert "journal: 3 entries, head 3:" in capsys.readouterr().out
    code, said = answer(capsys, "audit", "verify")
    assert (code, "checked against 1 head(s) kept outside the database" in said) == (0, True)


def test_the_journal_is_exported_as_premis(workspace, capsys):
    target = workspace / "journal.xml"
    code, said = answer(capsys, "audit", "export", str(target), "--by", "LEFEBVRE")
    assert (code, "4 events" in said) == (0, True)
    assert target.read_text("utf-8").count("<event>") == 4


def test_a_purge_is_counted_then_done_and_the_chain_holds(capsys: pytest.CaptureFixture[str]):
    assert "1 values would be purged" in answer(capsys, "audit", "purge", "--record", "r1")[1]
    assert "1 values purged" in answer(capsys, "audit", "purge", "--record", "r1", "--yes")[1]
    code, said = answer(capsys, "audit", "verify")
    assert (code, "1 personal values were purged; the chain holds" in said) == (0, True)
    assert answer(capsys, "audit", "purge", "--before", "2999-01-01")[0] == 0
