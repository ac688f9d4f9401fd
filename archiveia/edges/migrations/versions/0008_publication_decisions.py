"""A publication states the rights of third parties and the class of personal data; a takedown has its reason.

Decisions taken before stated neither. They publish nothing until a person states both: what was online leaves the
web with this migration, and the desk lists it. Nothing is ever opened by an upgrade.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from archiveia.edges.database.tables import Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PUBLISHED_BEFORE = """
    INSERT INTO stale_in_index (unit_id, since)
    WITH RECURSIVE below (id, level) AS (
        SELECT id, level FROM units WHERE id IN (SELECT unit_id FROM publications WHERE published)
        UNION
        SELECT units.id, units.level FROM units JOIN below ON units.parent_id = below.id
    )
    SELECT id, :now FROM below
    WHERE level = 'item' AND id NOT IN (SELECT unit_id FROM stale_in_index)
"""
"""The public search leaves them out from now on, until the index says the same."""


def upgrade() -> None:
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rights", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("data_class", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
    op.execute(sa.text(PUBLISHED_BEFORE).bindparams(sa.bindparam("now", datetime.now(UTC), Utc)))
