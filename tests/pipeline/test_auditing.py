"""The head of the journal leaves the machine every night, and what was handed out is told."""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from fake_relay import relay
from lxml import etree

from archiveia.edges import database
from archiveia.edges.database import journal
from archiveia.errors import SettingsError
from archiveia.pipeline import auditing, requesting
from archiveia.pipeline.thesaurus import import_thesaurus
from archiveia.settings import read_settings
from archiveia.steps import premis
from archiveia.steps.journal_head import heads_in
from archiveia.steps.respond import RequestState

if TYPE_CHECKING:
    from archiveia import pipeline
    from archiveia.steps.journal_chain import Head

NAMES = {"p": premis.NAMESPACE}
TWO = "martin@ville.example, durand@ville.example"


def write(edges: pipeline.Edges, count: int = 1) -> None:
    with database.writing(edges.database) as connection:
        for number in range(count):
            journal.write_journal(
                connection,
                entity_id=edges.entity,
                actor="MARTIN",
                action="confirm",
                subject=f"r{number}",
                before={},
                after={"class": "DELIB", "title": f"Acte {number} de DURAND & fils \x0b"},
                now=edges.now(),
            )


def forge(edges: pipeline.Edges, statement: str) -> None:
    with database.writing(edges.database) as connection:
        for trigger in ("journal_update", "journal_delete"):
            connection.execute(sa.text(f"DROP TRIGGER {trigger}"))
        connection.execute(sa.text(statement))


def state(edges: pipeline.Edges) -> auditing.JournalState:
    with database.reading(edges.database) as connection:
        return auditing.journal_state(connection, edges)


def with_settings(edges: pipeline.Edges, **more: object) -> pipeline.Edges:
    return replace(edges, settings=edges.settings.model_copy(update=more))


# --- the night ----------------------------------------------------------------------------------


def test_a_night_keeps_the_head_in_a_list_and_on_a_sheet_to_print(edges: pipeline.Edges):
    write(edges, 3)
    night = auditing.audit_night(edges)
    head = night.found.head
    assert night.found.sound
    assert night.sheet is not None
    text = night.sheet.read_text("utf-8")
    assert night.sheet.name == "tete-2026-01-31.txt"
    assert "Dernière entrée : n° 3" in text
    assert "31/01/2026 à 13:00" in text
    assert heads_in(text) == [head] == auditing.kept_heads(edges)


def test_an_empty_journal_has_nothing_to_keep(edges: pipeline.Edges):
    assert auditing.audit_night(edges).sheet is None
    assert auditing.kept_heads(edges) == []


def test_the_night_after_finds_a_cut_tail_and_the_sheet_says_so(edges: pipeline.Edges):
    write(edges, 3)
    auditing.audit_night(edges)
    forge(edges, "DELETE FROM journal WHERE sequence = 3")
    night = auditing.audit_night(edges)
    assert [flaw.kind.value for flaw in night.found.flaws] == ["cut"]
    assert night.sheet is not None
    assert "la chaîne n’est pas intacte" in night.sheet.read_text("utf-8")


def test_a_head_kept_elsewhere_finds_what_the_workspace_forgot(edges: pipeline.Edges):
    write(edges, 3)
    night = auditing.audit_night(edges)
    forge(edges, "DELETE FROM journal WHERE sequence = 3")
    (auditing.heads_folder(edges) / "heads.txt").unlink()
    assert auditing.verify_journal(edges).sound
    assert night.found.head is not None
    assert not auditing.verify_journal(edges, [night.found.head]).sound


def test_the_head_is_mailed_to_two_persons(edges: pipeline.Edges):
    write(edges)
    with relay() as server:
        port = server.server_address[1]
        night = auditing.audit_night(
            with_settings(edges, smtp_host="127.0.0.1", smtp_port=port, audit_mail_to=TWO)
        )
    assert night.mailed is True
    assert server.takers == ["martin@ville.example", "durand@ville.example"]
    mail = email.message_from_string(server.mails[0], policy=email.policy.default)
    assert heads_in(mail.get_content()) == [night.found.head]
    assert str(mail["subject"]).startswith("Tête du journal 1, Archives")


def test_a_relay_that_is_down_or_refuses_is_told_and_stops_nothing(edges: pipeline.Edges):
    write(edges)
    down = with_settings(edges, smtp_host="127.0.0.1", smtp_port=1, audit_mail_to=TWO)
    night = auditing.audit_night(down)
    assert (night.mailed, night.found.sound, night.sheet is not None) == (False, True, True)
    assert night.problem is not None
    assert "did not take the mail" in night.problem
    with relay("durand@") as server:
        port = server.server_address[1]
        refusing = with_settings(edges, smtp_host="127.0.0.1", smtp_port=port, audit_mail_to=TWO)
        told = auditing.audit_night(refusing)
    assert told.mailed is False
    assert "refused durand@ville.example" in str(told.problem)
    kept = state(edges).kept
    assert kept is not None
    assert kept.mailed is False


def test_a_time_stamp_authority_that_is_down_is_told_and_stops_nothing(edges: pipeline.Edges):
    write(edges)
    night = auditing.audit_night(with_settings(edges, timestamp_url="http://127.0.0.1:9"))
    assert night.found.sound
    assert night.sheet is not None
    assert "gave no stamp" in str(night.problem) or "is not installed" in str(night.problem)


def test_a_password_is_not_sent_in_clear(edges: pipeline.Edges):
    write(edges)
    with relay() as server:
        port = server.server_address[1]
        night = auditing.audit_night(
            with_settings(edges, smtp_host="127.0.0.1", smtp_port=port, smtp_user="a", audit_mail_to=TWO)
        )
    assert "offers no encryption for a password" in str(night.problem)


@pytest.mark.parametrize("one", ["martin@ville.example", "martin@ville.example, martin@ville.example"])
def test_one_person_is_not_enough_to_keep_the_head(one: str):
    with pytest.raises(SettingsError, match="name two addresses"):
        read_settings(audit_mail_to=one)


def test_a_folder_that_cannot_be_written_is_told_and_stops_nothing(edges: pipeline.Edges):
    write(edges)
    auditing.heads_folder(edges).parent.mkdir()
    auditing.heads_folder(edges).write_text("a file in the way")
    night = auditing.audit_night(edges)
    assert night.found.sound
    assert "cannot be written" in str(night.problem)


# --- the state of the chain on a page -----------------------------------------------------------


def test_a_page_knows_the_chain_up_to_the_last_entry(edges: pipeline.Edges):
    assert state(edges).head is None
    write(edges, 2)
    assert (state(edges).head, state(edges).sound) == (_head(edges), True)
    auditing.audit_night(edges)
    write(edges, 2)
    now = state(edges)
    assert (now.head, now.sound, now.waiting) == (_head(edges), True, 0)
    assert now.head is not None
    assert now.head.sequence == 4


def _head(edges: pipeline.Edges) -> Head | None:
    with database.reading(edges.database) as connection:
        return journal.head(connection, edges.entity)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE journal SET subject = 'x' WHERE sequence = 4", id="since the night"),
        pytest.param("UPDATE journal SET subject = 'x' WHERE sequence = 3", id="the head of the night"),
        pytest.param("DELETE FROM journal WHERE sequence > 2", id="a cut tail"),
        pytest.param("DELETE FROM journal WHERE sequence = 3", id="a missing entry"),
    ],
)
def test_a_page_tells_a_chain_that_was_changed(edges: pipeline.Edges, statement: str):
    write(edges, 3)
    auditing.audit_night(edges)
    write(edges, 2)
    forge(edges, statement)
    assert not state(edges).sound


def test_a_page_leaves_many_entries_to_the_night(edges: pipeline.Edges, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(auditing, "MOST_ENTRIES_AT_ONCE", 2)
    write(edges, 3)
    now = state(edges)
    assert (now.head, now.sound, now.waiting) == (None, True, 3)


# --- PREMIS -------------------------------------------------------------------------------------


def test_the_export_is_premis_events_that_prove_the_chain_by_themselves(
    edges: pipeline.Edges, tmp_path: Path
):
    write(edges, 2)
    target = tmp_path / "journal.xml"
    assert auditing.export_premis(target, actor="DURAND", edges=edges) == 3
    root = etree.parse(target).getroot()
    details = [e.text for e in root.iterfind(".//p:eventDetail", NAMES)]
    notes = [e.text.split() for e in root.iterfind(".//p:eventOutcomeDetailNote", NAMES)]
    assert [hashlib.sha256(d.encode()).hexdigest() for d in details] == [n[1] for n in notes]
    assert [n[3] for n in notes][1:] == [n[1] for n in notes][:-1]
    assert [e.text for e in root.iterfind(".//p:eventType", NAMES)] == ["confirm", "confirm", "export"]
    records = root.iterfind("p:event/p:linkingObjectIdentifier/p:linkingObjectIdentifierValue", NAMES)
    assert [e.text for e in records] == ["r0", "r1", edges.entity]
    assert not any(name in target.read_text("utf-8") for name in ("MARTIN", "DURAND"))


def test_names_and_values_are_exported_when_asked_for(edges: pipeline.Edges, tmp_path: Path):
    write(edges)
    target = tmp_path / "journal.xml"
    auditing.export_premis(target, actor="DURAND", edges=edges, with_values=True)
    root = etree.parse(target).getroot()
    assert {e.text for e in root.iterfind(".//p:agentName", NAMES)} == {"MARTIN", "DURAND"}
    said = json.loads(root.findall(".//p:eventDetail", NAMES)[1].text)
    assert said["after"]["title"].startswith("Acte 0 de DURAND & fils")


def test_the_export_is_valid_by_the_schema_of_premis(edges: pipeline.Edges, tmp_path: Path, reference: Path):
    folder = reference / "schemas-officiels" / "premis"
    if not folder.is_dir():
        pytest.skip("data absent: reference/schemas-officiels/premis")
    write(edges, 2)
    schema = etree.XMLSchema(etree.parse(folder / "premis-v3-0.xsd"))
    for with_values in (False, True):
        target = tmp_path / f"journal-{with_values}.xml"
        auditing.export_premis(target, actor="DURAND", edges=edges, with_values=with_values)
        schema.assertValid(etree.parse(target))


def test_an_export_is_in_the_journal(edges: pipeline.Edges, tmp_path: Path):
    auditing.export_premis(tmp_path / "journal.xml", actor="DURAND", edges=edges)
    with database.reading(edges.database) as connection:
        entry = journal.journal_list(connection, edges.entity)[0]
    assert (entry.action, entry.actor, entry.after) == (
        "export",
        "DURAND",
        {"format": "premis", "values": False},
    )


# --- purging ------------------------------------------------------------------------------------


def test_a_purge_counts_first_and_takes_only_when_told(edges: pipeline.Edges):
    write(edges, 2)
    before = datetime(2027, 1, 1, tzinfo=UTC)
    assert auditing.purge_values(actor="DURAND", edges=edges, before=before) == 3
    assert auditing.verify_journal(edges).purged == 0
    assert auditing.purge_values(actor="DURAND", edges=edges, before=before, is_dry_run=False) == 3
    found = auditing.verify_journal(edges)
    assert (found.purged, found.sound) == (3, True)
    kept = b"".join(p.read_bytes() for p in edges.storage.home.glob("archiveia.sqlite3*"))
    assert b"Acte 1 de DURAND" not in kept


# --- what else is journalled --------------------------------------------------------------------


def test_a_request_and_its_answer_are_in_the_journal_without_their_words(edges: pipeline.Edges):
    number = requesting.receive("Jeanne MARTIN", "m@ville.example", "Le budget 1950", edges=edges).number
    requesting.answer(number, RequestState.ANSWERED, "Le voici", actor="DURAND", edges=edges)
    with database.reading(edges.database) as connection:
        answered, received = journal.journal_list(connection, edges.entity)
    assert (received.action, received.subject, received.actor) == ("request", number, "archiveia")
    assert (answered.actor, answered.before, answered.after) == (
        "DURAND",
        {"state": "received"},
        {"state": "answered"},
    )
    assert not any(word in str((received, answered)) for word in ("MARTIN", "budget", "voici"))


def test_an_imported_thesaurus_is_in_the_journal(edges: pipeline.Edges):
    file = Path(__file__).parent.parent / "samples" / "thesaurus.rdf"
    done = import_thesaurus(file, actor="DURAND", edges=edges)
    with database.reading(edges.database) as connection:
        entry = journal.journal_list(connection, edges.entity)[0]
    assert (entry.action, entry.actor) == ("thesaurus", "DURAND")
    assert entry.after["descriptors"] == len(done.thesaurus.concepts)
