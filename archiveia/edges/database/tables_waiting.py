"""The table of what waits for a person: made of what is said of the pieces, so that the desk counts in milliseconds."""

from __future__ import annotations

import sqlalchemy as sa

from archiveia.edges.database.tables import ID, metadata

waiting = sa.Table(
    "waiting",
    metadata,
    sa.Column("unit_id", ID, sa.ForeignKey("units.id"), primary_key=True),
    sa.Column("reason", sa.String(10), primary_key=True),
    sa.Column("entity_id", ID, sa.ForeignKey("entities.id"), nullable=False),
    sa.Column("worst_cer", sa.Float),
    sa.Index(None, "entity_id", "reason", "unit_id", "worst_cer"),
    comment="why a piece waits for a person; made again with each transaction that says something of it",
)
