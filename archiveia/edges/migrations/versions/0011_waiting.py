"""What waits for a person is kept in a table, made here from what was said so far; pages are counted by their state."""

import sqlalchemy as sa
from alembic import op

from archiveia.edges.database import waiting

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting",
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("worst_cer", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_waiting_unit_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_waiting_entity_id")),
        sa.PrimaryKeyConstraint("unit_id", "reason", name=op.f("pk_waiting")),
        comment="why a piece waits for a person; made again with each transaction that says something of it",
    )
    op.create_index(
        op.f("ix_waiting_entity_id_reason_unit_id_worst_cer"),
        "waiting",
        ["entity_id", "reason", "unit_id", "worst_cer"],
        unique=False,
    )
    connection = op.get_bind()
    for entity_id in connection.scalars(sa.text("SELECT id FROM entities")).all():
        waiting.make_again(connection, entity_id)
