"""Eliminations: what persons did, of which records, and the files that are still to be removed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "eliminations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_eliminations_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eliminations")),
        sa.UniqueConstraint("entity_id", "number", name=op.f("uq_eliminations_entity_id_number")),
    )
    to_elimination = ("elimination_id", sa.String(length=40))
    op.create_table(
        "elimination_events",
        sa.Column(*to_elimination, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.Integer()),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["elimination_id"], ["eliminations.id"], name=op.f("fk_elimination_events_elimination_id")
        ),
        sa.PrimaryKeyConstraint("elimination_id", "number", name=op.f("pk_elimination_events")),
        comment="what persons did, kept for ever: the list, its signatures, its visa, the certificate",
    )
    op.create_table(
        "elimination_records",
        sa.Column(*to_elimination, nullable=False),
        sa.Column("record_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(
            ["elimination_id"], ["eliminations.id"], name=op.f("fk_elimination_records_elimination_id")
        ),
        sa.PrimaryKeyConstraint("elimination_id", "record_id", name=op.f("pk_elimination_records")),
    )
    op.create_index(op.f("ix_elimination_records_record_id"), "elimination_records", ["record_id"])
    op.create_table(
        "elimination_files",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column(*to_elimination, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(
            ["elimination_id"], ["eliminations.id"], name=op.f("fk_elimination_files_elimination_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elimination_files")),
        comment=(
            "files whose rows are gone: written with the rows' end, removed after it, so that a crash forgets none"
        ),
    )
    op.create_index(
        op.f("ix_elimination_files_elimination_id_state"), "elimination_files", ["elimination_id", "state"]
    )
