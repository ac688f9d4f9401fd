"""The journal is chained by hashes and append-only; what may name a person stands beside it, by salted hash.

The entries that were there are chained now, in their order; the journal's next entry says so. Their former numbers
stay where an entity had no gaps.
"""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from archiveia.edges.database.tables import Utc
from archiveia.steps.journal_chain import CHAINED, Entry, seal
from archiveia.steps.journal_values import conceal, text_of, value_hash

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CHUNK = 1000
APPEND_ONLY, ONLY_PURGED = "the journal is append-only", "values of the journal can only be purged"
FORBID = {
    "sqlite": (
        f"CREATE TRIGGER journal_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END",
        f"CREATE TRIGGER journal_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END",
        f"""
        CREATE TRIGGER journal_values_update BEFORE UPDATE ON journal_values
        WHEN NEW.value IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.purged_by IS NULL
            OR NEW.hash <> OLD.hash OR OLD.value IS NULL
        BEGIN SELECT RAISE(ABORT, '{ONLY_PURGED}'); END
        """,
        f"""
        CREATE TRIGGER journal_values_delete BEFORE DELETE ON journal_values
        BEGIN SELECT RAISE(ABORT, '{ONLY_PURGED}'); END
        """,
    ),
    "postgresql": (
        f"""
        CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$
        """,
        f"""
        CREATE FUNCTION journal_values_are_only_purged() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF NEW.value IS NULL AND NEW.salt IS NULL AND NEW.purged_by IS NOT NULL
                    AND NEW.hash = OLD.hash AND OLD.value IS NOT NULL THEN RETURN NEW; END IF;
            END IF;
            RAISE EXCEPTION '{ONLY_PURGED}';
        END $$
        """,
        """
        CREATE TRIGGER journal_change BEFORE UPDATE OR DELETE ON journal
        FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()
        """,
        """
        CREATE TRIGGER journal_truncate BEFORE TRUNCATE ON journal
        FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()
        """,
        """
        CREATE TRIGGER journal_values_change BEFORE UPDATE OR DELETE ON journal_values
        FOR EACH ROW EXECUTE FUNCTION journal_values_are_only_purged()
        """,
        """
        CREATE TRIGGER journal_values_truncate BEFORE TRUNCATE ON journal_values
        FOR EACH STATEMENT EXECUTE FUNCTION journal_values_are_only_purged()
        """,
    ),
}
former = sa.table(
    "former_journal",
    sa.column("id", sa.Integer),
    sa.column("entity_id", sa.String),
    sa.column("at", Utc),
    sa.column("actor", sa.Text),
    sa.column("action", sa.String),
    sa.column("subject", sa.Text),
    sa.column("before", sa.JSON),
    sa.column("after", sa.JSON),
    sa.column("undone_by", sa.Integer),
)


def upgrade() -> None:
    connection = op.get_bind()
    op.rename_table("journal", "former_journal")
    op.drop_index("ix_journal_entity_id_at")
    if (
        connection.dialect.name == "postgresql"
    ):  # the names of constraints are those of the table's index there
        op.execute("ALTER TABLE former_journal RENAME CONSTRAINT pk_journal TO pk_former_journal")
    journal, values = _new_tables()
    for entity in connection.scalars(sa.select(former.c.entity_id).distinct()).all():
        _chain(connection, entity, journal, values)
    op.drop_table("former_journal")
    for statement in FORBID[connection.dialect.name]:
        op.execute(statement)


def _new_tables() -> tuple[sa.Table, sa.Table]:
    journal = op.create_table(
        "journal",
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("actor_hash", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_journal_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "sequence", name=op.f("pk_journal")),
        sa.UniqueConstraint("entity_id", "undoes", name=op.f("uq_journal_entity_id_undoes")),
        comment="chained by hashes; triggers refuse every change (steps/journal_chain.py)",
    )
    for column in ("at", "action", "actor_hash"):
        op.create_index(op.f(f"ix_journal_entity_id_{column}"), "journal", ["entity_id", column])
    values = op.create_table(
        "journal_values",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("purged_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_journal_values_entity_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_journal_values")),
        comment="what entries of the journal refer to by salted hash: it can be purged, the chain holds",
    )
    op.create_index(op.f("ix_journal_values_entity_id_kind"), "journal_values", ["entity_id", "kind"])
    return journal, values


def _chain(connection: sa.Connection, entity: str, journal: sa.Table, values: sa.Table) -> None:
    """The entity's former entries, then one that says when they were chained."""
    ids = connection.scalars(
        sa.select(former.c.id).where(former.c.entity_id == entity).order_by(former.c.id)
    ).all()
    number = {old: new for new, old in enumerate(ids, start=1)}
    undone = connection.execute(
        sa.select(former.c.id, former.c.undone_by).where(
            former.c.entity_id == entity, former.c.undone_by.is_not(None)
        )
    )
    undoes = {by: number[old] for old, by in undone}
    actors: dict[str, str] = {}
    kept: list[dict[str, object]] = []

    def refer(value: object, kind: str = "value") -> str:
        salt, text = secrets.token_hex(16), text_of(value)
        found = value_hash(salt, text)
        kept.append({"hash": found, "entity_id": entity, "kind": kind, "salt": salt, "value": text})
        return found

    def actor_hash(name: str) -> str:
        if name not in actors:
            actors[name] = refer(name, "actor")
        return actors[name]

    last = None
    for first in range(0, len(ids), CHUNK):
        rows = []
        chunk = sa.select(former).where(former.c.id.in_(ids[first : first + CHUNK])).order_by(former.c.id)
        for row in connection.execute(chunk):
            before, after = conceal(row.before, refer), conceal(row.after, refer)
            actor, told = actor_hash(row.actor), undoes.get(row.id)
            entry = seal(Entry(entity, 0, row.at, actor, row.action, row.subject, before, after, told), last)
            last = entry.head
            rows.append(_row(entry))
        connection.execute(values.insert(), kept)
        connection.execute(journal.insert(), rows)
        kept.clear()
    now, told_count = datetime.now(UTC), {"entries": len(ids)}
    entry = seal(Entry(entity, 0, now, actor_hash("archiveia"), CHAINED, "", {}, told_count), last)
    if kept:
        connection.execute(values.insert(), kept)
    connection.execute(journal.insert(), _row(entry))


def _row(entry: Entry) -> dict[str, object]:
    return {
        "entity_id": entry.entity_id,
        "sequence": entry.sequence,
        "at": entry.at,
        "actor_hash": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
        "undoes": entry.undoes,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }
