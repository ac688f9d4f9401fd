"""An upgrade opens nothing: publications that stated neither rights nor data leave the public search with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from archiveia.edges import database
from archiveia.edges.database import publications, work
from archiveia.edges.database.connection import MIGRATIONS

ROWS = """
INSERT INTO entities (id, name) VALUES ('ici', 'Ici');
INSERT INTO units (id, entity_id, parent_id, level, position) VALUES
    ('serie', 'ici', NULL, 'series', 1), ('d1', 'ici', 'serie', 'file', 1), ('d2', 'ici', 'serie', 'file', 2),
    ('r1', 'ici', 'd1', 'item', 1), ('r2', 'ici', 'd2', 'item', 1), ('r3', 'ici', 'd2', 'item', 2);
INSERT INTO publications (unit_id, published, decided_by, decided_at) VALUES
    ('d1', 1, 'MARTIN', '2025-01-01'), ('r3', 1, 'MARTIN', '2025-01-01'), ('r3', 0, 'DURAND', '2025-02-01');
"""


def test_what_was_published_before_is_hidden_by_the_upgrade_and_listed(tmp_path):
    engine = database.open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        for statement in ROWS.strip().split(";\n"):
            connection.execute(sa.text(statement))
    database.migrate(engine)
    with database.reading(engine) as connection:
        assert work.stale(connection, "ici") == ["r1", "r3"]
        assert [d.unit_id for d in publications.unstated(connection, "ici")] == ["d1"]
        assert publications.is_decided(connection, "r1"), "the decision stands; what it must state is missing"
        assert not publications.is_decided(connection, "r3")
    engine.dispose()
