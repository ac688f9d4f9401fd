"""The journal in the database: append-only, without a fork, readable after a purge, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from archiveia.edges import database
from archiveia.edges.database import journal, journal_audit, units
from archiveia.edges.database.connection import MIGRATIONS
from archiveia.edges.database.journal import Wanted
from archiveia.edges.database.tables import journal as table
from archiveia.errors import BadRequestError, DatabaseError
from archiveia.steps.journal_chain import Entry, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = database.open_database(database_url)
    database.migrate(opened)
    with database.writing(opened) as connection:
        for entity in ("ici", "ailleurs"):
            units.add_entity(connection, entity, f"Commune {entity}")
    yield opened
    opened.dispose()


def write(connection: Connection, number: int = 0, **changed: object) -> int:
    entry = {
        "entity_id": "ici",
        "actor": "MARTIN",
        "action": "confirm",
        "subject": f"r{number}",
        "before": {"title": ["Ancien titre"]},
        "after": {"class": "DELIB", "title": "Acte de DURAND"},
        "now": NOW + timedelta(seconds=number),
    }
    return journal.write_journal(connection, **(entry | changed))  # type: ignore[arg-type] # given by name


def chain_of(connection: Connection, entity: str = "ici") -> list[Entry]:
    return list(journal_audit.stream(connection, entity))


def test_entries_come_back_as_they_were_written_newest_first(engine: Engine):
    with database.writing(engine) as connection:
        assert [write(connection, n) for n in (1, 2)] == [1, 2]
    with database.reading(engine) as connection:
        newest, oldest = journal.journal_list(connection, "ici")
        assert (newest.id, oldest.id, newest.actor, newest.at) == (2, 1, "MARTIN", NOW + timedelta(seconds=2))
        assert newest.after == {"class": "DELIB", "title": "Acte de DURAND"}
        assert journal.head(connection, "ici") == chain_of(connection)[-1].head
        assert verify(chain_of(connection), [chain_of(connection)[0].head]).sound


def test_each_entity_has_a_chain_of_its_own(engine: Engine):
    with database.writing(engine) as connection:
        assert (write(connection), write(connection, entity_id="ailleurs"), write(connection)) == (1, 1, 2)
        assert verify(chain_of(connection)).entries == 2
        with pytest.raises(BadRequestError, match="no entry 2 in the journal"):
            journal.journal_entry(connection, 2, "ailleurs")


def test_names_stand_beside_the_chain_and_never_in_it(engine: Engine):
    with database.writing(engine) as connection:
        write(connection)
        row = connection.execute(sa.select(table)).one()
        chained = json.dumps([row.before, row.after]) + row.actor_hash + row.subject
    assert not any(word in chained for word in ("MARTIN", "DURAND", "titre"))
    assert "DELIB" in chained


def test_one_person_has_one_hash_in_all_entries_of_an_entity(engine: Engine):
    with database.writing(engine) as connection:
        for actor in ("MARTIN", "DURAND", "MARTIN"):
            write(connection, actor=actor)
        one, other, again = [entry.actor for entry in chain_of(connection)]
    assert one == again != other


def test_who_took_back_an_entry_is_known_from_the_later_entry(engine: Engine):
    with database.writing(engine) as connection:
        write(connection)
        write(connection, action="undo", undoes=1)
        assert [line.undone_by for line in journal.journal_list(connection, "ici")] == [None, 2]
    with pytest.raises(sa.exc.IntegrityError), database.writing(engine) as connection:
        write(connection, action="undo", undoes=1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET subject = 'forged'",
        "DELETE FROM journal",
        "UPDATE journal_values SET value = '\"forged\"'",
        "UPDATE journal_values SET value = NULL, salt = NULL",
        "DELETE FROM journal_values",
        pytest.param("TRUNCATE journal", id="SQLite does not know this order"),
    ],
)
def test_the_database_refuses_to_change_what_was_written(engine: Engine, statement: str):
    with database.writing(engine) as connection:
        write(connection)
    refusals = r"append-only|can only be purged|syntax error"
    refused = pytest.raises((sa.exc.DBAPIError, DatabaseError), match=refusals)
    with refused, database.writing(engine) as connection:
        connection.execute(sa.text(statement))
    with database.reading(engine) as connection:
        assert journal.journal_entry(connection, 1, "ici").after["title"] == "Acte de DURAND"


def test_an_entry_of_a_clock_set_back_is_kept_and_the_journal_tells(engine: Engine):
    with database.writing(engine) as connection:
        write(connection)
        assert write(connection, now=NOW - timedelta(days=400)) == 3
        kept, clock, _ = journal.journal_list(connection, "ici")
        assert (kept.action, clock.action, clock.actor) == ("confirm", "clock", "archiveia")
        assert clock.before["at"] == NOW.isoformat()
        assert (verify(chain_of(connection)).set_back, verify(chain_of(connection)).sound) == ((2,), True)


def test_two_writers_out_of_order_by_seconds_are_no_clock_set_back(engine: Engine):
    with database.writing(engine) as connection:
        write(connection)
        assert write(connection, now=NOW - timedelta(seconds=50)) == 2


def _write_fifty(url: str, actor: str) -> None:
    engine = database.open_database(url)
    for number in range(50):
        with database.writing(engine) as connection:
            write(connection, number, actor=actor)
    engine.dispose()


def test_three_processes_that_write_at_once_make_one_chain(engine: Engine):
    url = engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_fifty, args=(url, f"A{n}")) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with database.reading(engine) as connection:
        entries = chain_of(connection)
        assert len(entries) == 150
        assert verify(entries).sound
        assert len({entry.actor for entry in entries}) == 3


def test_entries_are_found_by_who_what_when_and_which_record(engine: Engine):
    with database.writing(engine) as connection:
        write(connection, 1, subject="r1 r2")
        write(connection, 2, actor="DURAND", action="publish", subject="r2")
        write(connection, 3, subject="r3")

        def found(**wanted: object) -> list[int]:
            lines = journal.journal_list(connection, "ici", wanted=Wanted(**wanted))  # type: ignore[arg-type]
            assert journal.count(connection, "ici", Wanted(**wanted)) == len(lines)  # type: ignore[arg-type]
            return [line.id for line in lines]

        assert found(actor="DURAND") == [2]
        assert found(actor="LEFEBVRE") == []
        assert found(action="confirm") == [3, 1]
        assert found(record="r2") == [2, 1]
        assert found(record="r_") == found(record="r") == []
        assert found(since=NOW + timedelta(seconds=2), until=NOW + timedelta(seconds=3)) == [2]
        assert found(actor="MARTIN", record="r2") == [1]
        assert journal.actors(connection, "ici") == ["DURAND", "MARTIN"]
        assert journal.actions(connection, "ici") == ["confirm", "publish"]
        assert [line.id for line in journal.journal_list(connection, "ici", 1, offset=1)] == [2]


@pytest.mark.parametrize(
    ("outcome", "name", "actor", "after"),
    [
        pytest.param("login", "MARTIN", "MARTIN", {}, id="success"),
        pytest.param("logout", "MARTIN", "MARTIN", {}, id="log-out"),
        pytest.param("login_refused", "MARTIN", "archiveia", {"account": "MARTIN"}, id="wrong password"),
        pytest.param("locked", "MARTIN", "archiveia", {"account": "MARTIN"}, id="lock-out"),
        pytest.param("login_refused", None, "archiveia", {}, id="no such account"),
    ],
)
def test_a_log_in_is_journalled_and_a_failed_one_is_nobodys_deed(engine, outcome, name, actor, after):
    with database.writing(engine) as connection:
        journal.journal_login(connection, entity_id="ici", outcome=outcome, name=name, now=NOW)
        line = journal.journal_list(connection, "ici")[0]
    assert (line.action, line.actor, line.after) == (outcome, actor, after)


def test_the_migration_chains_what_was_there_keeps_what_was_undone_and_says_so(database_url: str):
    engine = database.open_database(database_url)
    _upgrade(engine, "0005")
    with database.writing(engine) as connection:
        units.add_entity(connection, "ici", "Commune")
        for number, action in enumerate(("split", "undo", "confirm")):
            connection.execute(
                sa.text(
                    'INSERT INTO journal (entity_id, at, actor, action, subject, "before", "after")'
                    " VALUES ('ici', :at, 'MARTIN', :action, :subject, '{}', :after)"
                ),
                {
                    "at": (NOW + timedelta(hours=number)).isoformat(sep=" "),
                    "action": action,
                    "subject": f"r{number}",
                    "after": '{"title": "Acte de DURAND"}',
                },
            )
        connection.execute(sa.text("UPDATE journal SET undone_by = 2 WHERE id = 1"))
    database.migrate(engine)
    with database.writing(engine) as connection:
        write(connection, now=datetime.now(UTC))
        found = verify(chain_of(connection))
        lines = journal.journal_list(connection, "ici")
        assert journal.count(connection, "ici", Wanted(record="r2")) == 1
    assert (found.sound, found.entries, found.chained_later) == (True, 5, 3)
    assert [(e.id, e.action, e.undone_by) for e in lines][1:] == [
        (4, "chain", None),
        (3, "confirm", None),
        (2, "undo", None),
        (1, "split", 2),
    ]
    assert (lines[-1].actor, lines[-1].at, lines[-1].after) == ("MARTIN", NOW, {"title": "Acte de DURAND"})
    engine.dispose()


# --- checking and purging ------------------------------------------------------------------------


def without_triggers(connection: Connection, *statements: str) -> None:
    """What somebody with all rights on the database can do."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET session_replication_role = replica"))
    else:
        for name in ("journal_update", "journal_delete", "journal_values_update", "journal_values_delete"):
            connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {name}"))
    for statement in statements:
        connection.execute(sa.text(statement))
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET session_replication_role = DEFAULT"))


@pytest.mark.parametrize(
    ("statement", "flaw"),
    [
        pytest.param("UPDATE journal SET subject = 'x' WHERE sequence = 2", ("altered", 2, 2), id="altered"),
        pytest.param(
            "UPDATE journal SET at = '1900-01-01' WHERE sequence = 2", ("altered", 2, 2), id="its date"
        ),
        pytest.param("DELETE FROM journal WHERE sequence = 2", ("missing", 2, 2), id="missing"),
        pytest.param("DELETE FROM journal WHERE sequence > 2", ("cut", 3, 4), id="a cut tail"),
        pytest.param(
            "UPDATE journal_values SET value = '\"LEFEBVRE\"' WHERE kind = 'actor'",
            ("value_altered", 1, 4),
            id="another name",
        ),
        pytest.param(
            "DELETE FROM journal_values WHERE kind = 'actor'", ("value_missing", 1, 4), id="a name gone"
        ),
        pytest.param(
            "UPDATE journal_values SET value = NULL, salt = NULL, purged_by = 1 WHERE kind = 'actor'",
            ("value_missing", 1, 4),
            id="a purge that no entry tells",
        ),
    ],
)
def test_what_was_done_behind_the_programs_back_is_found(
    engine: Engine, statement: str, flaw: tuple[str, int, int]
):
    with database.writing(engine) as connection:
        for number in range(4):
            write(connection, number)
        head = journal.head(connection, "ici")
        without_triggers(connection, statement)
        found = journal_audit.verify_journal(connection, "ici", [head] if head else [])
    assert flaw in [(f.kind.value, f.first, f.last) for f in found.flaws]
    assert len(found.flaws) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET at = 'x' WHERE sequence = 2",
        "UPDATE journal SET before = 'x' WHERE sequence = 2",
        "UPDATE journal SET after = '{' WHERE sequence = 2",
    ],
)
def test_an_entry_that_was_made_unreadable_is_named_and_the_others_are_checked(tmp_path, statement):
    engine = database.open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    database.migrate(engine)
    with database.writing(engine) as connection:
        units.add_entity(connection, "ici", "Commune")
        for number in range(3):
            write(connection, number)
        without_triggers(connection, statement)
        found = journal_audit.verify_journal(connection, "ici")
    assert [(f.kind.value, f.first) for f in found.flaws] == [("altered", 2)]
    engine.dispose()


def test_no_purge_hides_what_was_written_after_it(engine: Engine):
    with database.writing(engine) as connection:
        write(connection, 1)
        journal_audit.purge(connection, "ici", actor="DURAND", now=NOW, record="r1")
        write(connection, 3)
        connection.exec_driver_sql(
            "UPDATE journal_values SET value = NULL, salt = NULL, purged_by = 2 "
            "WHERE kind = 'value' AND value IS NOT NULL"
        )
        found = journal_audit.verify_journal(connection, "ici")
    flaws = [(f.kind.value, f.first, f.last) for f in found.flaws]
    assert flaws == [("purge_miscounted", 2, 2), ("value_missing", 3, 3)]


def test_no_purge_hides_more_values_than_it_told(engine: Engine):
    with database.writing(engine) as connection:
        write(connection, 1)
        write(connection, 2)
        journal_audit.purge(connection, "ici", actor="DURAND", now=NOW, record="r1")
        assert journal_audit.verify_journal(connection, "ici").sound
        connection.exec_driver_sql(
            "UPDATE journal_values SET value = NULL, salt = NULL, purged_by = 3 "
            "WHERE kind = 'value' AND value IS NOT NULL"
        )
        found = journal_audit.verify_journal(connection, "ici")
    assert [(f.kind.value, f.first, f.last) for f in found.flaws] == [("purge_miscounted", 3, 3)]


def test_values_are_purged_by_record_and_the_chain_still_verifies(engine: Engine):
    with database.writing(engine) as connection:
        write(connection, 1)
        write(connection, 2, subject="r2 r1")
        write(connection, 3)
        purged = journal_audit.purge(connection, "ici", actor="DURAND", now=NOW, record="r1")
        found = journal_audit.verify_journal(connection, "ici")
        told, kept, *gone = journal.journal_list(connection, "ici")
    assert (purged, found.purged, found.sound) == (4, 4, True)
    assert (told.action, told.subject, told.after) == ("purge", "r1", {"values": 4})
    assert kept.after["title"] == "Acte de DURAND"
    assert {line.after["title"] for line in gone} == {"[valeur purgée]"}
    assert {line.actor for line in gone} == {"MARTIN"}


def test_values_older_than_a_day_are_purged_names_of_persons_with_them(engine: Engine):
    with database.writing(engine) as connection:
        write(connection, 1, actor="LEFEBVRE")
        write(connection, 2, actor="MARTIN")
        write(connection, 3, actor="MARTIN", now=NOW + timedelta(days=2))
        since = NOW + timedelta(days=1)
        assert journal_audit.purge(connection, "ici", actor="DURAND", now=NOW, before=since) == 5
        lines = {line.id: line for line in journal.journal_list(connection, "ici")}
        assert journal_audit.verify_journal(connection, "ici").sound
    assert lines[1].actor.startswith("[purgé ")
    assert lines[2].actor == "MARTIN"  # still acts
    assert lines[3].after["title"] == "Acte de DURAND"


def test_who_comes_back_after_a_purge_has_a_name_again(engine: Engine):
    with database.writing(engine) as connection:
        write(connection, 1)
        journal_audit.purge(connection, "ici", actor="DURAND", now=NOW, before=NOW + timedelta(days=1))
        write(connection, 2)
        assert journal.journal_list(connection, "ici")[0].actor == "MARTIN"


def test_what_the_program_did_itself_keeps_its_name(engine: Engine):
    with database.writing(engine) as connection:
        write(connection, 1, actor=journal.PROGRAM, after={})
        purged = journal_audit.purge(
            connection, "ici", actor="DURAND", now=NOW, before=NOW + timedelta(days=1)
        )
        assert (purged, journal.journal_entry(connection, 1, "ici").actor) == (1, "archiveia")


def test_nothing_to_purge_leaves_no_entry(engine: Engine):
    with database.writing(engine) as connection:
        write(connection, 1)
        assert journal_audit.purge(connection, "ici", actor="DURAND", now=NOW, record="r7") == 0
        assert journal.count(connection, "ici", Wanted()) == 1


def test_a_purge_says_of_what(engine: Engine):
    unsaid = pytest.raises(BadRequestError, match="nothing says what is to be purged")
    with database.writing(engine) as connection, unsaid:
        journal_audit.purge(connection, "ici", actor="DURAND", now=NOW)


def _upgrade(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
