"""Whose files they are: the condition in SQL and the service of a piece say the same."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING

import pytest

from archiveia.edges import database
from archiveia.edges.database import assertions, services, units
from archiveia.edges.database.tables import sources
from archiveia.values import Assertion, Level, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MINE, OTHER = "État civil", 'Police "municipale"'


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = database.open_database(database_url)
    database.migrate(engine)
    with database.writing(engine) as connection:
        units.add_entity(connection, "ville", "La ville")
        rows = [
            {"id": "f", "parent_id": None, "level": Level.FONDS},
            {"id": "s", "parent_id": "f", "level": Level.SERIES},
            {"id": "d", "parent_id": "s", "level": Level.FILE},
        ]
        units.add_units(connection, [r | {"entity_id": "ville", "position": 1} for r in rows])
        for name, producer in (("mine", MINE), ("other", OTHER), ("nobody", None)):
            units.add_batch(
                connection,
                batch_id=name,
                entity_id="ville",
                name=name,
                producer=producer,
                unit_id="s",
                now=NOW,
            )
            row = {"id": name, "batch_id": name, "path": name, "place": name, "group_key": name}
            connection.execute(
                sources.insert(), row | {"entity_id": "ville", "group_rank": 1, "registered_at": NOW}
            )
    yield engine
    engine.dispose()


def add(
    connection: Connection, record: str, batches: tuple[str, ...], said: dict[OriginKind, object]
) -> None:
    row = {"id": record, "entity_id": "ville", "parent_id": "d", "level": Level.ITEM, "position": 1}
    units.add_units(connection, [row])
    pages = [
        {
            "id": f"{record}-{batch}",
            "entity_id": "ville",
            "unit_id": record,
            "number": n,
            "source_id": batch,
            "source_page": int(record) * 10 + n,
            "sheet": "page",
        }
        for n, batch in enumerate(batches, start=1)
    ]
    units.add_pages(connection, pages)
    for kind, value in said.items():
        told = [Assertion("producer", value, Origin(kind, "x"))]
        assertions.replace(connection, record, ["producer"], [kind], told, now=NOW)


def test_a_service_sees_what_is_its_own_alone_and_both_ways_to_ask_agree(engine: Engine):
    deliveries = [("mine",), ("other",), ("nobody",), ("mine", "other"), ("mine", "nobody")]
    by_import = [{}, {OriginKind.IMPORT: MINE}, {OriginKind.IMPORT: OTHER}]
    by_person = [{}, {OriginKind.PERSON: MINE}, {OriginKind.PERSON: OTHER}, {OriginKind.PERSON: None}]
    by_rule = [{}, {OriginKind.RULE: MINE}]
    cases = list(product(deliveries, by_import, by_person, by_rule))
    with database.writing(engine) as connection:
        for number, (batches, former, person, rule) in enumerate(cases):
            add(connection, str(number), batches, {**rule, **former, **person})
        ids = [str(n) for n in range(len(cases))]
        known = services.services_of(connection, ids)
        assert services.seen(connection, ids, {MINE}) == [i for i in ids if known.get(i) == MINE]
        assert services.seen(connection, ids, {OTHER}) == [i for i in ids if known.get(i) == OTHER]
        assert set(services.seen(connection, ids, {MINE, OTHER})) >= set(known)
        assert services.seen(connection, ids, set()) == []
        assert services.seen(connection, ids, None) == ids
        assert services.count(connection, "ville", {MINE}) == sum(v == MINE for v in known.values())
        assert services.count(connection, "ailleurs", None) == 0


def test_what_a_person_says_outranks_the_batch_and_a_machine_says_nothing(engine: Engine):
    with database.writing(engine) as connection:
        add(connection, "1", ("mine",), {OriginKind.PERSON: OTHER})
        add(connection, "2", ("other",), {OriginKind.RULE: MINE})
        add(connection, "3", ("mine",), {OriginKind.PERSON: None})
        assert services.seen(connection, ["1", "2", "3"], {MINE}) == []
        assert services.services_of(connection, ["1", "2", "3"]) == {"1": OTHER, "2": OTHER}
        assert services.known_services(connection, "ville") == sorted([OTHER, MINE])


def test_pages_are_counted_for_those_who_see_them(engine: Engine):
    with database.writing(engine) as connection:
        add(connection, "1", ("mine",), {})
        add(connection, "2", ("other", "nobody"), {})
        assert services.page_states(connection, "ville", {MINE}) == {"waiting": 1}
        assert services.page_states(connection, "ville", None) == {"waiting": 3}
