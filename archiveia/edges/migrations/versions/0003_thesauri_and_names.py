"""Thesauri with their concepts; variants of a name, proposed as one or decided."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "thesauri",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("modified", sa.Text(), nullable=True),
        sa.Column("rights", sa.Text(), nullable=True),
        sa.Column("is_companion", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_thesauri_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesauri")),
    )
    op.create_index(op.f("ix_thesauri_entity_id"), "thesauri", ["entity_id"], unique=False)
    op.create_table(
        "concepts",
        sa.Column("thesaurus_id", sa.String(length=40), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("alt_labels", sa.JSON(), nullable=False),
        sa.Column("scope_note", sa.Text(), nullable=True),
        sa.Column("broader", sa.JSON(), nullable=False),
        sa.Column("narrower", sa.JSON(), nullable=False),
        sa.Column("related", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["thesaurus_id"], ["thesauri.id"], name=op.f("fk_concepts_thesaurus_id")),
        sa.PrimaryKeyConstraint("thesaurus_id", "uri", name=op.f("pk_concepts")),
    )
    op.create_table(
        "name_groups",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("preferred", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_name_groups_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_groups")),
        comment="variants of one place, organisation or person: proposed, or decided by a person",
    )
    op.create_index(
        op.f("ix_name_groups_entity_id_state"), "name_groups", ["entity_id", "state"], unique=False
    )
    op.create_table(
        "name_forms",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("taken_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["name_groups.id"], name=op.f("fk_name_forms_group_id")),
        sa.PrimaryKeyConstraint("group_id", "form", name=op.f("pk_name_forms")),
    )
