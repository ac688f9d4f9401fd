"""What waits for a person is always what it would be if every piece were asked again."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from archiveia.edges import database
from archiveia.edges.database import assertions, desk, readings, tables, units, waiting
from archiveia.edges.database.tables_waiting import waiting as table
from archiveia.values import Assertion, Level, Origin, OriginKind, PageReading, PageState

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
PIECES = ("r1", "r2", "r3")
FIELDS = {
    "class": ["DELIB"],
    "class_to_review": [True, False],
    "date": ["1923", None],
    "access": [{"opens_on": None}],
    "retention": [{"to_review": True}, {"to_review": False}],
    "retention_rule": ["FIN-004"],
    "proposed_cut": [{"before_page": 2}, None],
    "legible_enough": [True],
    "question": [{"to": "DPO", "question": "À garder ?", "queue": "retention"}],
    "hold": ["contentieux", None],
}


@pytest.fixture
def engine(tmp_path):
    opened = database.open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    database.migrate(opened)
    with database.writing(opened) as connection:
        units.add_entity(connection, "ici", "Ici")
        rows = [("serie", None, Level.SERIES), ("d", "serie", Level.FILE)]
        rows += [(piece, "d", Level.ITEM) for piece in PIECES]
        units.add_units(
            connection,
            [
                {"id": i, "entity_id": "ici", "parent_id": up, "level": level, "position": n}
                for n, (i, up, level) in enumerate(rows)
            ],
        )
        units.add_batch(
            connection, batch_id="b", entity_id="ici", name="lot", producer=None, unit_id="serie", now=NOW
        )
        source = {"id": "s", "entity_id": "ici", "batch_id": "b", "path": "s", "place": "s", "kind": "pdf"}
        connection.execute(
            tables.sources.insert(), source | {"group_key": "s", "group_rank": 1, "registered_at": NOW}
        )
        pages = [
            {"id": f"p{n}", "entity_id": "ici", "unit_id": piece, "number": 1, "source_id": "s"}
            | {"source_page": n, "sheet": "content"}
            for n, piece in enumerate(PIECES, start=1)
        ]
        connection.execute(tables.pages.insert(), pages)
    yield opened
    opened.dispose()


def rows_of(connection):
    return sorted(tuple(row) for row in connection.execute(sa.select(table)))


def say(draw, connection):
    field = draw.choice(sorted(FIELDS))
    kind = draw.choice([OriginKind.MODEL, OriginKind.IMPORT, OriginKind.PERSON])
    values = draw.choice([[], [draw.choice(FIELDS[field])]])
    said = [Assertion(field, value, Origin(kind, "x")) for value in values]
    assertions.replace(connection, draw.choice(PIECES), [field], [kind], said, now=NOW)


def read(draw, connection):
    state = draw.choice([PageState.TEXT, PageState.BLANK, PageState.ILLEGIBLE, PageState.FAILED])
    cer = draw.choice([None, 0.0, 0.04, 0.3])
    page = draw.choice(["p1", "p2", "p3"])
    reading = PageReading(
        state=state, text="x", words=(), width_px=1, height_px=1, engine="null", engine_version="1",
        score=None, cer_estimate=cer, turned_degrees=0, prepared=(), reason=None,
    )  # fmt: skip
    readings.save(connection, page, reading, now=NOW)


def rearrange(draw, connection):
    piece = draw.choice(PIECES)
    units.place_pages(connection, piece, draw.sample(["p1", "p2", "p3"], draw.randrange(3)))
    units.retire(connection, piece, retired=draw.random() < 0.3)


def forget(_draw, connection):
    readings.forget_failed(connection, ["s"])


@pytest.mark.parametrize("seed", range(8))
def test_the_rows_follow_whatever_is_written(engine, seed):
    draw = random.Random(seed)
    for _ in range(12):
        with database.writing(engine) as connection:
            for _ in range(draw.randrange(1, 4)):
                draw.choice([say, say, say, read, rearrange, forget])(draw, connection)
        with database.writing(engine) as connection:
            followed = rows_of(connection)
            waiting.make_again(connection, "ici")
            assert rows_of(connection) == followed


def test_a_transaction_that_fails_leaves_nothing_to_follow(engine):
    def failing():
        with database.writing(engine) as connection:
            say(random.Random(1), connection)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        failing()
    with database.writing(engine) as connection:
        assert waiting.TOUCHED not in connection.info


def test_a_doubtful_page_and_a_piece_shown_blind_count_by_the_settings(engine):
    with database.writing(engine) as connection:
        reading = PageReading(
            state=PageState.TEXT, text="x", words=(), width_px=1, height_px=1, engine="null",
            engine_version="1", score=None, cer_estimate=0.1, turned_degrees=0, prepared=(), reason=None,
        )  # fmt: skip
        readings.save(connection, "p1", reading, now=NOW)
        said = [Assertion("class_to_review", False, Origin(OriginKind.MODEL, "x"))]  # noqa: FBT003 - a value
        assertions.replace(connection, "r1", ["class_to_review"], [OriginKind.MODEL], said, now=NOW)
    with database.reading(engine) as connection:
        strict = desk.review_counts(connection, "ici", good_cer=0.05, blind_below="z")
        assert (strict["doubtful"], strict["blind"], strict["class"]) == (1, 1, 0)
        lenient = desk.review_counts(connection, "ici", good_cer=0.2, blind_below="a")
        assert (lenient["doubtful"], lenient["blind"]) == (0, 0)
        found = desk.to_review(connection, "ici", desk.Review.DOUBTFUL, good_cer=0.05, limit=5)
        assert found == [("r1", (desk.Review.DOUBTFUL,))]


def test_pages_are_counted_by_state_for_the_entity_alone(engine):
    with database.writing(engine) as connection:
        read_as(connection, "p1", PageState.TEXT)
        assert readings.states(connection, "ici") == {"text": 1, "waiting": 2}
        units.add_entity(connection, "ailleurs", "Ailleurs")
        page = {"entity_id": "ailleurs", "source_id": "s", "sheet": "content"}
        connection.execute(
            tables.pages.insert(), [page | {"id": f"x{n}", "source_page": 10 + n} for n in range(3)]
        )
        read_as(connection, "x0", PageState.TEXT)
        read_as(connection, "x1", PageState.BLANK)
        assert readings.states(connection, "ici") == {"text": 1, "waiting": 2}
        assert readings.states(connection, "ailleurs") == {"text": 1, "blank": 1, "waiting": 1}


def read_as(connection, page, state):
    reading = PageReading(state, "x", (), 1, 1, "null", "1")
    readings.save(connection, page, reading, now=NOW)
