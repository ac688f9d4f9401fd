"""The tables of retention schedules: every version that an entity took in, and the rows that it signed."""

from __future__ import annotations

import sqlalchemy as sa

from archiveia.edges.database.tables import ID, Utc, metadata

rule_sets = sa.Table(
    "rule_sets",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("rows", sa.JSON, nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("imported_by", sa.Text, nullable=False),
    sa.Column("imported_at", Utc, nullable=False),
    sa.Column("adopted_by", sa.Text),
    sa.Column("adopted_at", Utc),
    sa.Column("adoption", sa.Integer),
    sa.UniqueConstraint("entity_id", "number"),
    comment="versions of the retention schedule; the one adopted last is in force",
)

rule_signatures = sa.Table(
    "rule_signatures",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("row_fingerprint", sa.String(64), nullable=False),
    sa.Column("signed_by", sa.Text, nullable=False),
    sa.Column("signed_on", sa.Date, nullable=False),
    sa.Column("opinion", sa.Text, nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("recorded_at", Utc, nullable=False),
    sa.Column("withdrawn_by", sa.Text),
    sa.Column("withdrawn_at", Utc),
    sa.Index(None, "entity_id", "code"),
    comment="rows of a schedule that the entity signed, as they stood; a changed row is no longer signed",
)
