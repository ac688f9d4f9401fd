"""Decisions of named people: publication, and the journal in which every decision stands (``journal``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database import units as units_of
from archiveia.edges.database.journal import confirmations, journal_entry, journal_list, write_journal
from archiveia.edges.database.tables import publications

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

__all__ = [
    "confirmations",
    "is_published",
    "journal_entry",
    "journal_list",
    "publication_of",
    "publish",
    "write_journal",
]


def publish(connection: Connection, unit_id: str, *, published: bool, actor: str, now: datetime) -> None:
    """The decision, by a named person, to publish a unit (and what is under it) or to withdraw it."""
    row = {"unit_id": unit_id, "published": published, "decided_by": actor, "decided_at": now}
    connection.execute(publications.insert(), row)


def publication_of(connection: Connection, unit_id: str) -> sa.Row[Any] | None:
    """The decision in force for a piece: the newest one on the piece or on a unit above it.

    A withdrawal on any level closes, whatever was published on another: rights come first.
    """
    chain = [u for u, _level in units_of.parents(connection, unit_id)]
    newest: list[sa.Row[Any]] = []
    for unit in chain:
        query = sa.select(publications).where(publications.c.unit_id == unit)
        row = connection.execute(query.order_by(publications.c.id.desc()).limit(1)).first()
        if row is not None:
            newest.append(row)
    withdrawn = next((row for row in newest if not row.published), None)
    return withdrawn or (newest[0] if newest else None)


def is_published(connection: Connection, unit_id: str) -> bool:
    """A named person decided that this piece is published, and nobody withdrew it or a unit above it."""
    decision = publication_of(connection, unit_id)
    return decision is not None and bool(decision.published)
