"""An index of what is proposed for elimination, so that the desk finds what fell due without reading every proposal."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_assertions_goes",
        "assertions",
        ["unit_id"],
        unique=False,
        sqlite_where=sa.text("field = 'retention' AND json_extract(value, '$.fate') = 'E'"),
        postgresql_where=sa.text("field = 'retention' AND value ->> 'fate' = 'E'"),
    )
