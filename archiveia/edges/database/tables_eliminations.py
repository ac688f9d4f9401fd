"""The tables of eliminations: what was done, of which records, and which files are still to be removed.

Nothing here refers to a record by a foreign key: what is said of an elimination stays when the record is gone.
"""

from __future__ import annotations

import sqlalchemy as sa

from archiveia.edges.database.tables import ID, Utc, metadata

eliminations = sa.Table(
    "eliminations",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("number", sa.String(16), nullable=False),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("stage", sa.String(12), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.UniqueConstraint("entity_id", "number"),
)

elimination_events = sa.Table(
    "elimination_events",
    metadata,
    sa.Column("elimination_id", ID, sa.ForeignKey("eliminations.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("act", sa.String(16), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("account", sa.Integer),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    comment="what persons did, kept for ever: the list, its signatures, its visa, the certificate",
)

elimination_records = sa.Table(
    "elimination_records",
    metadata,
    sa.Column("elimination_id", ID, sa.ForeignKey("eliminations.id"), primary_key=True),
    sa.Column("record_id", ID, primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Index(None, "record_id"),
)

elimination_files = sa.Table(
    "elimination_files",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("elimination_id", ID, sa.ForeignKey("eliminations.id"), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False, server_default="0"),
    sa.Index(None, "elimination_id", "state"),
    comment="files whose rows are gone: written with the rows' end, removed after it, so that a crash forgets none",
)
