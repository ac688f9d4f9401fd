"""Thesauri and names on SQLite and on PostgreSQL: what is kept comes back, and values are found by what they say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from archiveia.edges import database
from archiveia.edges.database import assertions, names, thesauri, units
from archiveia.edges.database.names import Form, Group, GroupState
from archiveia.values import Assertion, Concept, Level, Origin, OriginKind, Thesaurus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
RULE, MODEL, PERSON = (
    Origin(kind, "x", "1") for kind in (OriginKind.RULE, OriginKind.MODEL, OriginKind.PERSON)
)
THESAURUS = Thesaurus(
    "urn:t",
    "Thésaurus d'essai",
    (Concept("urn:e", "eau", ("onde",), "Note", ("urn:x",), (), ("urn:l",)), Concept("urn:l", "lavoir")),
    "2026",
    "CC BY-SA",
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = database.open_database(database_url)
    database.migrate(opened)
    with database.writing(opened) as connection:
        for entity in ("ici", "ailleurs"):
            units.add_entity(connection, entity, entity)
            row = {"id": f"{entity}-piece", "parent_id": None, "level": Level.ITEM}
            units.add_units(connection, [row | {"entity_id": entity, "position": 1}])
    yield opened
    opened.dispose()


def say(engine: Engine, field: str, *said: tuple[object, Origin], unit: str = "ici-piece") -> None:
    with database.writing(engine) as connection:
        made = [Assertion(field, value, origin) for value, origin in said]
        assertions.replace(connection, unit, [field], list(OriginKind), made, now=NOW)


def test_a_thesaurus_comes_back_whole_and_a_newer_one_replaces_it(engine: Engine):
    former = Thesaurus("urn:t", "Avant", (Concept("urn:old", "vieux"),))
    for given in (former, THESAURUS):
        with database.writing(engine) as connection:
            thesauri.replace(connection, "t1", "ici", given, file_name="t.rdf", actor="MARTIN", now=NOW)
    with database.reading(engine) as connection:
        assert thesauri.load(connection, "ici") == [THESAURUS]
        assert thesauri.load(connection, "ailleurs") == []


def test_accepted_descriptors_are_found_and_renamed(engine: Engine):
    say(engine, "subject", ({"uri": "urn:e", "label": "eau"}, PERSON))
    with database.writing(engine) as connection:
        ((number, unit, value),) = thesauri.accepted(connection, "ici")
        assert (unit, value["label"]) == ("ici-piece", "eau")
        thesauri.rename(connection, {number: {**value, "label": "eaux"}})
    with database.reading(engine) as connection:
        assert thesauri.accepted(connection, "ici")[0][2] == {"uri": "urn:e", "label": "eaux"}
        assert thesauri.accepted(connection, "ailleurs") == []


def test_names_in_force_are_read_without_what_a_model_alone_says(engine: Engine):
    say(engine, "place", ("Œuilly-l’Église", RULE), ("DURAND", MODEL))
    say(engine, "organisation", ("Machine", RULE), ("Mairie", PERSON))
    say(engine, "person", ("DURAND Jean", MODEL))
    say(engine, "place", ("Ailleurs", RULE), unit="ailleurs-piece")
    with database.reading(engine) as connection:
        assert names.said(connection, "ici", ["place", "organisation", "person"]) == {
            "place": {"Œuilly-l’Église": ["ici-piece"]},
            "organisation": {"Mairie": ["ici-piece"]},
            "person": {},
        }
        assert names.saying(connection, "ici", "place", ["Œuilly-l’Église", "x"]) == ["ici-piece"]
        assert names.saying(connection, "ici", "place", ["Ailleurs"]) == []


def test_groups_come_back_as_they_were_and_tell_what_was_judged(engine: Engine):
    forms = (Form("A b", 3, ("r1", "r2")), Form("a B", 1, ()), Form("ab", 1, (), taken_out=True))
    accepted = Group("g1", "place", "A b", GroupState.ACCEPTED, ("parce que",), forms, "MARTIN", NOW)
    refused = Group(
        "g2", "place", "C", GroupState.REFUSED, (), (Form("C", 1, ()), Form("c", 1, ())), "MARTIN", NOW
    )
    with database.writing(engine) as connection:
        for group in (accepted, refused, accepted):
            names.save(connection, "ici", group)
    with database.reading(engine) as connection:
        assert names.groups(connection, "ici") == [accepted, refused]
        assert names.counts(connection, "ici")[GroupState.ACCEPTED] == 1
        judged = names.judged(connection, "ici", "place")
        assert judged.preferred_of == {"A b": "A b", "a B": "A b"}
        assert set(judged.apart) == {frozenset("Cc"), frozenset(("ab", "A b")), frozenset(("ab", "a B"))}
        assert names.preferred_forms(connection, "ici") == {("place", "A b"): "A b", ("place", "a B"): "A b"}
        assert names.groups(connection, "ailleurs") == []
    with database.writing(engine) as connection:
        names.remove(connection, ["g1", "g2"])
        assert names.groups(connection, "ici") == []
