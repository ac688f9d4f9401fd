"""Pairs of pages that are alike, on SQLite and on PostgreSQL: listed by relation, what a person said before all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from archiveia.edges import database
from archiveia.edges.database import similarity, tables, units
from archiveia.values import CopyDecision, Level, Relation, SimilarPair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PAGES = [f"p{n:02d}" for n in range(50)]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Fifty pages of one file of « ici », and an entity without any."""
    opened = database.open_database(database_url)
    database.migrate(opened)
    with database.writing(opened) as connection:
        for entity in ("ici", "ailleurs"):
            units.add_entity(connection, entity, f"Commune {entity}")
        fonds = {"id": "f", "parent_id": None, "level": Level.FONDS, "entity_id": "ici", "position": 1}
        units.add_units(connection, [fonds])
        here = {"entity_id": "ici"}
        lot = {"id": "lot", "name": "Carton 1", "unit_id": "f", "created_at": NOW}
        connection.execute(tables.batches.insert(), [here | lot])
        file = {"id": "s", "batch_id": "lot", "path": "a.pdf", "place": "a.pdf", "group_key": "a"}
        connection.execute(tables.sources.insert(), [here | file | {"group_rank": 1, "registered_at": NOW}])
        rows = [{"id": p, "source_id": "s", "source_page": n} for n, p in enumerate(PAGES, start=1)]
        connection.execute(tables.pages.insert(), [here | row | {"sheet": "whole"} for row in rows])
    yield opened
    opened.dispose()


def are(engine: Engine, relation: Relation, count: int) -> list[tuple[str, str]]:
    """So many pairs, the most alike first."""
    found = [(PAGES[n], PAGES[n + 1]) for n in range(count)]
    with database.writing(engine) as connection:
        pairs = [SimilarPair(*pair, 0.99 - n / 100, relation) for n, pair in enumerate(found)]
        similarity.save_pairs(connection, PAGES, pairs)
    return found


def decide(engine: Engine, pair: tuple[str, str], *, is_copy: bool) -> None:
    with database.writing(engine) as connection:
        best = pair[0] if is_copy else None
        similarity.save_decision(connection, CopyDecision(*pair, is_copy, best, "MARTIN", NOW))


def test_pairs_of_one_relation_come_a_page_at_a_time(engine: Engine):
    found = are(engine, Relation.VERSION, 45)
    with database.reading(engine) as connection:
        shown = [
            similarity.pairs_list(connection, "ici", Relation.VERSION, limit=20, offset=offset)
            for offset in (0, 20, 40, 60)
        ]
        assert [len(part) for part in shown] == [20, 20, 5, 0]
        assert [(p.page_a, p.page_b) for part in shown for p in part] == found
        assert similarity.pairs_list(connection, "ici", Relation.EXTRACT, limit=20) == []
        assert similarity.pairs_list(connection, "ailleurs", Relation.VERSION, limit=20) == []
        assert similarity.pair_counts(connection, "ici") == {Relation.VERSION: 45}
        assert similarity.pair_counts(connection, "ailleurs") == {}


@pytest.mark.parametrize(
    ("said", "is_copy", "listed"),
    [
        pytest.param(Relation.DOUBTFUL, True, Relation.SAME_TEXT, id="a copy after all"),
        pytest.param(Relation.IDENTICAL, False, Relation.TEMPLATE, id="no copy after all"),
        pytest.param(Relation.SAME_IMAGE, True, Relation.SAME_IMAGE, id="a copy, as the machine said"),
        pytest.param(Relation.EXTRACT, False, Relation.EXTRACT, id="no copy, as the machine said"),
    ],
)
def test_a_pair_is_listed_under_what_a_person_said(
    engine: Engine, said: Relation, listed: Relation, *, is_copy: bool
):
    pair = are(engine, said, 1)[0]
    decide(engine, pair, is_copy=is_copy)
    with database.reading(engine) as connection:
        assert similarity.pair_counts(connection, "ici") == {listed: 1}
        assert similarity.pairs_list(connection, "ici", listed, limit=9) == [SimilarPair(*pair, 0.99, listed)]
        assert similarity.all_pairs(connection, "ici", [listed]) == similarity.all_pairs(connection, "ici")
        assert similarity.all_pairs(connection, "ici", set(Relation) - {listed}) == []


def test_a_pair_that_only_a_person_found_is_listed_too(engine: Engine):
    decide(engine, ("p03", "p07"), is_copy=True)
    decide(engine, ("p04", "p08"), is_copy=False)
    with database.reading(engine) as connection:
        assert similarity.all_pairs(connection, "ici") == [
            SimilarPair("p03", "p07", 1.0, Relation.SAME_TEXT),
            SimilarPair("p04", "p08", 0.0, Relation.TEMPLATE),
        ]
        assert similarity.pair_counts(connection, "ici") == {Relation.SAME_TEXT: 1, Relation.TEMPLATE: 1}
