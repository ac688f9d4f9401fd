"""Pairs of pages say what they are; pictures have their hashes; people decide what is a copy."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("similar_pages", schema=None) as batch_op:
        # pairs found before nobody told apart: a person looks at them
        batch_op.add_column(
            sa.Column("relation", sa.String(length=12), nullable=False, server_default="doubtful")
        )
    op.create_table(
        "pictures",
        sa.Column("page_id", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_pictures_page_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_pictures_entity_id")),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_pictures")),
    )
    op.create_index(op.f("ix_pictures_entity_id"), "pictures", ["entity_id"], unique=False)
    op.create_table(
        "copy_decisions",
        sa.Column("page_a", sa.String(length=40), nullable=False),
        sa.Column("page_b", sa.String(length=40), nullable=False),
        sa.Column("is_copy", sa.Boolean(), nullable=False),
        sa.Column("record_copy", sa.String(length=40), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["page_a"], ["pages.id"], name=op.f("fk_copy_decisions_page_a")),
        sa.ForeignKeyConstraint(["page_b"], ["pages.id"], name=op.f("fk_copy_decisions_page_b")),
        sa.ForeignKeyConstraint(["record_copy"], ["pages.id"], name=op.f("fk_copy_decisions_record_copy")),
        sa.PrimaryKeyConstraint("page_a", "page_b", name=op.f("pk_copy_decisions")),
        comment="what a person decided of a pair of pages; nothing is deleted for it",
    )
    op.create_index(op.f("ix_copy_decisions_page_b"), "copy_decisions", ["page_b"], unique=False)
