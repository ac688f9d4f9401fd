"""The database on SQLite and on PostgreSQL: the same tables, the same answers."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from archiveia.edges import database
from archiveia.edges.database import (
    assertions,
    login,
    people,
    publications,
    requests,
    tables,
    units,
    work,
)
from archiveia.edges.database.connection import MIGRATIONS
from archiveia.errors import BadRequestError, DatabaseError, UnknownUnitError
from archiveia.values import (
    Assertion,
    Level,
    Origin,
    OriginKind,
    PublicationDecision,
    TakedownReason,
    ThirdPartyRights,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
RULE, PERSON = Origin(OriginKind.RULE, "a rule", "1"), Origin(OriginKind.PERSON, "MARTIN")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = database.open_database(database_url)
    database.migrate(opened)
    with database.writing(opened) as connection:
        for entity in ("ici", "ailleurs"):
            units.add_entity(connection, entity, f"Commune {entity}")
            rows = [
                {"id": f"{entity}-fonds", "parent_id": None, "level": Level.FONDS},
                {"id": f"{entity}-serie", "parent_id": f"{entity}-fonds", "level": Level.SERIES},
                {"id": f"{entity}-dossier", "parent_id": f"{entity}-serie", "level": Level.FILE},
                {"id": f"{entity}-piece", "parent_id": f"{entity}-dossier", "level": Level.ITEM},
            ]
            units.add_units(connection, [r | {"entity_id": entity, "position": 1} for r in rows])
    yield opened
    opened.dispose()


def test_migrations_make_the_tables_that_the_code_knows(engine: Engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, tables.metadata) == []


def test_migrating_twice_changes_nothing(engine: Engine):
    before = database.version(engine)
    database.migrate(engine)
    newest = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert database.version(engine) == before == newest


def test_a_persons_value_hides_the_machines_and_survives_its_next_run(engine: Engine):
    def say(connection: sa.Connection, value: str, origin: Origin) -> None:
        said = [Assertion("title", value, origin)]
        assertions.replace(connection, "ici-piece", ["title"], [origin.kind], said, now=NOW)

    with database.writing(engine) as connection:
        say(connection, "lu par la machine", RULE)
        say(connection, "Titre exact", PERSON)
        say(connection, "relu par la machine", RULE)
    with database.reading(engine) as connection:
        record = units.load_record(connection, "ici-piece", "ici")
        said = assertions.said_of(connection, ["ici-piece"])["ici-piece"]
    assert record.values("title") == ["Titre exact"]
    assert sorted(a.value for a in said) == ["Titre exact", "relu par la machine"]


def test_a_person_can_say_that_a_value_is_not_known(engine: Engine):
    with database.writing(engine) as connection:
        for value, origin in (("1923", RULE), (None, PERSON)):
            said = [Assertion("date", value, origin)]
            assertions.replace(connection, "ici-piece", ["date"], [origin.kind], said, now=NOW)
    with database.reading(engine) as connection:
        assert units.load_record(connection, "ici-piece", "ici").value("date") is None


def test_a_record_of_another_entity_does_not_exist(engine: Engine):
    with database.reading(engine) as connection:
        with pytest.raises(UnknownUnitError, match="no record 'ailleurs-piece' here"):
            units.load_record(connection, "ailleurs-piece", "ici")
        with pytest.raises(UnknownUnitError, match="no unit 'ailleurs-dossier' here"):
            units.level_of(connection, "ailleurs-dossier", "ici")


def test_moments_come_back_in_utc(engine: Engine):
    paris = datetime.fromisoformat("2026-03-01T10:30:00+01:00")
    with database.writing(engine) as connection:
        work.mark(connection, ["ici-piece"], "ocr", now=paris)
    with database.reading(engine) as connection:
        at = connection.scalar(sa.select(tables.work.c.at))
    assert (at, at.tzinfo) == (NOW, UTC)


def test_publication_of_a_series_reaches_its_pieces_until_one_is_withdrawn(engine: Engine):
    series = PublicationDecision("ici-serie", True, "MARTIN", NOW, ThirdPartyRights.CLEARED, "none")  # noqa: FBT003 - the value's own field
    withdrawn = PublicationDecision("ici-piece", False, "MARTIN", NOW, reason=TakedownReason.PRIVACY)  # noqa: FBT003 - the value's own field
    with database.writing(engine) as connection:
        assert not publications.is_decided(connection, "ici-piece")
        publications.decide(connection, series)
        assert publications.is_decided(connection, "ici-piece")
        assert publications.in_force(connection, ["ici-piece", "ailleurs-dossier"]) == {
            "ici-piece": [series],
            "ailleurs-dossier": [],
        }
        publications.decide(connection, withdrawn, note="Demande de la famille")
        assert not publications.is_decided(connection, "ici-piece")
        assert publications.in_force(connection, ["ici-piece"])["ici-piece"] == [withdrawn, series]


def test_a_publication_that_states_nothing_is_listed_until_it_is_stated(engine: Engine):
    old = PublicationDecision("ici-serie", True, "MARTIN", NOW)  # noqa: FBT003 - the value's own field
    with database.writing(engine) as connection:
        publications.decide(connection, old)
        assert publications.unstated(connection, "ici") == [old]
        assert publications.unstated(connection, "ailleurs") == []
        publications.decide(connection, replace(old, rights=ThirdPartyRights.NONE, data_class="none"))
        assert publications.unstated(connection, "ici") == []


def test_a_change_after_the_index_was_read_stays_stale(engine: Engine):
    with database.writing(engine) as connection:
        work.set_stale(connection, ["ici-piece"], now=NOW + timedelta(seconds=2))
        work.set_fresh(connection, ["ici-piece"], before=NOW + timedelta(seconds=1))
        assert work.stale(connection, "ici") == ["ici-piece"]
        work.set_fresh(connection, ["ici-piece"], before=NOW + timedelta(seconds=3))
        assert work.stale(connection, "ici") == []


def test_a_step_that_failed_is_not_waiting_until_it_is_forgotten(engine: Engine):
    with database.writing(engine) as connection:
        work.mark(connection, ["ici-piece"], "ocr", now=NOW, failed_because="panne")
        assert work.not_done(connection, ["ici-piece"], "ocr") == []
        assert work.failures(connection, ["ici-piece"]) == {"ici-piece": ("ocr", "panne")}
        assert work.counts(connection, "ici", ["ocr"]) == {"ocr": {"done": 0, "failed": 1, "waiting": 0}}
        work.forget(connection, ["ici-piece"], ["ocr"])
        assert work.not_done(connection, ["ici-piece"], "ocr") == ["ici-piece"]


def test_two_writers_wait_for_each_other_and_lose_nothing(engine: Engine):
    def add_hundred(first: int) -> None:
        for number in range(first, first + 100):
            with database.writing(engine) as connection:
                count = requests.highest_of_year(connection, "ici", 2026)
                row = {
                    "entity_id": "ici",
                    "number": f"2026-{count + 1:04d}",
                    "kind": "crpa",
                    "subject": str(number),
                }
                more = {
                    "requester": "x",
                    "email": "x@y",
                    "received_on": date(2026, 1, 1),
                    "due_on": date(2026, 2, 1),
                }
                requests.add(connection, row | more | {"state": "received"})

    threads = [threading.Thread(target=add_hundred, args=(first,)) for first in (0, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading(engine) as connection:
        numbers = [r.number for r in requests.desk(connection, "ici")]
    assert sorted(numbers) == [f"2026-{n:04d}" for n in range(1, 201)]


def test_a_session_opens_for_the_right_password_only_and_ends_in_time(engine: Engine):
    with database.writing(engine) as connection:
        people.add_user(connection, "ici", "archiviste", "un long mot de passe", now=NOW)
        assert login.who(connection, "ici", "archiviste", "un autre mot de passe") is None
        assert login.who(connection, "ici", "inconnu", "un long mot de passe") is None
        assert login.who(connection, "ailleurs", "archiviste", "un long mot de passe") is None
        account = login.who(connection, "ici", "archiviste", "un long mot de passe")
        assert account is not None
        token = login.open_session(connection, account.id, now=NOW, lasts=timedelta(hours=1))
        idle = timedelta(minutes=90)
        assert login.staff_of(connection, token, "ici", now=NOW, idle=idle) is not None
        assert login.staff_of(connection, token, "ailleurs", now=NOW, idle=idle) is None
        assert login.staff_of(connection, token, "ici", now=NOW + timedelta(hours=1), idle=idle) is None
        kept = connection.scalar(sa.select(tables.login_sessions.c.token_hash))
        assert token not in kept


def test_a_short_password_is_refused(engine: Engine):
    with (
        database.writing(engine) as connection,
        pytest.raises(BadRequestError, match="has 5 characters; choose one of at least 12"),
    ):
        people.add_user(connection, "ici", "archiviste", "court", now=NOW)


def test_a_url_that_means_nothing_is_refused_with_the_setting_to_correct():
    with pytest.raises(DatabaseError, match="correct ARCHIVEIA_DATABASE_URL"):
        database.open_database("n'importe quoi")


def test_a_server_that_does_not_answer_is_named_without_its_password():
    pytest.importorskip("psycopg", reason="extra postgres is not installed")
    engine = database.open_database("postgresql://a:secret@127.0.0.1:1/x")
    with (
        pytest.raises(DatabaseError, match=r"127\.0\.0\.1:1/x does not answer") as refused,
        database.reading(engine),
    ):
        pass
    assert "secret" not in str(refused.value)
