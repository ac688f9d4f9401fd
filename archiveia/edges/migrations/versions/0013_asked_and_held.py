"""Pieces that are frozen, or that a question waits for, have rows of their own in the table of what waits."""

import sqlalchemy as sa
from alembic import op

from archiveia.edges.database import waiting

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    for entity_id in connection.scalars(sa.text("SELECT id FROM entities")).all():
        waiting.make_again(connection, entity_id)
