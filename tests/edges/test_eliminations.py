"""Eliminations in the database: numbers without gaps, a history that nobody overtakes, records on one open list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from archiveia.edges import database
from archiveia.edges.database import eliminations, units
from archiveia.edges.database.eliminations import Fate
from archiveia.edges.database.journal import write_journal
from archiveia.errors import RefusedError, UnknownUnitError
from archiveia.values.eliminations import Act, Event, Hand, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Engine

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MARTIN = Hand(1, "martin", "MARTIN")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = database.open_database(database_url)
    database.migrate(opened)
    with database.writing(opened) as connection:
        for entity in ("ici", "ailleurs"):
            units.add_entity(connection, entity, entity)
    yield opened
    opened.dispose()


def added(connection, elimination_id: str = "e1", entity: str = "ici") -> str:
    number = eliminations.next_number(connection, entity, 2026)
    eliminations.add(connection, elimination_id, entity, number, "Finances", now=NOW)
    return number


def test_numbers_have_no_gaps_and_are_an_entitys_own(engine: Engine):
    with database.writing(engine) as connection:
        assert [added(connection, "e1"), added(connection, "e2")] == ["2026-E001", "2026-E002"]
        assert added(connection, "e3", "ailleurs") == "2026-E001"
        assert [e.number for e in eliminations.listing(connection, "ici")] == ["2026-E002", "2026-E001"]


def test_nothing_of_another_entity_is_found(engine: Engine):
    with database.writing(engine) as connection:
        added(connection)
        with pytest.raises(UnknownUnitError, match="no elimination 'e1' here"):
            eliminations.load(connection, "e1", "ailleurs")


def test_events_come_back_as_they_were_in_their_order(engine: Engine):
    first = Event(Act.DRAFT, NOW, MARTIN, {"bordereau": {"lines": [1.2]}})
    second = Event(Act.ABANDON, NOW, Hand(None, "durand", "DURAND"), {"reason": "erreur"})
    with database.writing(engine) as connection:
        number = added(connection)
        for one, stage in ((first, Stage.DRAFT), (second, Stage.ABANDONED)):
            known = eliminations.load(connection, number, "ici")
            eliminations.append(connection, known, one, stage)
        found = eliminations.load(connection, "e1", "ici")
    assert found.events == (first, second)
    assert found.stage is Stage.ABANDONED


def test_of_two_persons_at_once_the_second_is_refused(engine: Engine):
    with database.writing(engine) as connection:
        added(connection)
        known = eliminations.load(connection, "e1", "ici")
        eliminations.append(connection, known, Event(Act.DRAFT, NOW, MARTIN), Stage.DRAFT)
    with pytest.raises(RefusedError, match="2026-E001 a changé entre-temps"), database.writing(engine) as two:
        eliminations.append(two, known, Event(Act.DRAFT, NOW, MARTIN), Stage.DRAFT)


def test_a_record_is_on_one_open_list_until_that_is_over(engine: Engine):
    with database.writing(engine) as connection:
        added(connection)
        eliminations.set_records(connection, "e1", ["a", "b"])
        eliminations.set_fate(connection, "e1", "b", Fate.DESTROYED)
        assert eliminations.on_another_list(connection, "ici", ["a", "b", "c"], None) == {"a": "2026-E001"}
        assert eliminations.on_another_list(connection, "ici", ["a"], "e1") == {}
        assert eliminations.on_another_list(connection, "ailleurs", ["a"], None) == {}
        assert eliminations.of_record(connection, "ici", "b") == [("e1", "2026-E001", Fate.DESTROYED)]
        known = eliminations.load(connection, "e1", "ici")
        eliminations.append(connection, known, Event(Act.ABANDON, NOW, MARTIN), Stage.ABANDONED)
        assert eliminations.on_another_list(connection, "ici", ["a"], None) == {}


def test_accounts_given_since_the_draft_are_known_by_the_order_of_the_journal(engine: Engine):
    def told(connection, action: str, subject: str, at: datetime, **after: object) -> None:
        write_journal(
            connection,
            entity_id="ici",
            actor="admin",
            action=action,
            subject=subject,
            before={},
            after=after,
            now=at,
        )

    with database.writing(engine) as connection:
        told(connection, "account", "account:1", NOW, in_new_hands=True)
        told(connection, "elim_draft", "2026-E001", NOW)
        told(connection, "account", "account:2", NOW - timedelta(days=9), in_new_hands=True)
        told(connection, "account", "account:3", NOW, what="password")
        assert eliminations.in_new_hands(connection, "ici", "2026-E001") == {2}, "a clock set back hides none"
        assert eliminations.in_new_hands(connection, "ici", "") == frozenset()


def test_what_fell_due_is_found_without_reading_what_stays(tmp_path: Path):
    asked: list[tuple[str, object]] = []

    def hear(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    engine = database.open_database(f"sqlite:///{tmp_path / 'plan.sqlite3'}")
    database.migrate(engine)
    with database.reading(engine) as connection:
        sa.event.listen(connection, "before_cursor_execute", hear)
        assert eliminations.ripe(connection, "ici", before=NOW.date(), sees_only=None, limit=9) == []
        sa.event.remove(connection, "before_cursor_execute", hear)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0][0]}", asked[0][1]).all()
    engine.dispose()
    assert any("USING INDEX ix_assertions_goes" in row[3] for row in plan), plan
