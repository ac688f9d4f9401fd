"""Indexes by which the desk counts pages that are no text and files by outcome, at a hundred thousand records."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    no_text = sa.text("state <> 'text'")
    op.create_index(
        op.f("ix_readings_state"),
        "readings",
        ["state"],
        unique=False,
        sqlite_where=no_text,
        postgresql_where=no_text,
    )
    op.create_index(op.f("ix_sources_entity_id_outcome"), "sources", ["entity_id", "outcome"], unique=False)
