"""Each reading has its estimated error rate, and a page may be handwritten."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("readings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cer_estimate", sa.Float(), nullable=True))
        batch_op.alter_column(
            "state", existing_type=sa.String(length=10), type_=sa.String(length=12), existing_nullable=False
        )
