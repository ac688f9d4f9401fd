"""The entries of the journal about a record are found by an index of their own."""

import sqlalchemy as sa
from alembic import op

from archiveia.steps.journal_chain import records_in

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHUNK = 1000
journal = sa.table(
    "journal",
    sa.column("entity_id", sa.String),
    sa.column("sequence", sa.Integer),
    sa.column("subject", sa.Text),
)


def upgrade() -> None:
    records = op.create_table(
        "journal_records",
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("record", sa.String(length=80), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_journal_records_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "record", "sequence", name=op.f("pk_journal_records")),
        comment="which entries are about a record: made of their subjects, to find them",
    )
    connection = op.get_bind()
    entries = connection.execute(sa.select(journal).execution_options(yield_per=CHUNK))
    for rows in entries.partitions():
        about = [
            {"entity_id": row.entity_id, "record": record, "sequence": row.sequence}
            for row in rows
            for record in records_in(row.subject)
        ]
        if about:
            connection.execute(records.insert(), about)
