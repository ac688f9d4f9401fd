"""Decisions of named people: publication, and the journal in which every arrangement can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database import units as units_of
from archiveia.edges.database.tables import journal, publications
from archiveia.errors import BadRequestError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archiveia.values import Json


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


def write_journal(
    connection: Connection,
    *,
    entity_id: str,
    actor: str,
    action: str,
    subject: str,
    before: Json,
    after: Json,
    now: datetime,
) -> int:
    """The number of the new entry of the journal."""
    row = {"entity_id": entity_id, "at": now, "actor": actor, "action": action, "subject": subject}
    result = connection.execute(journal.insert(), row | {"before": before, "after": after})
    key = result.inserted_primary_key
    return int(key[0]) if key is not None else 0


def confirmations(connection: Connection, entity_id: str) -> list[sa.Row[Any]]:
    """What people confirmed of records, oldest first."""
    query = sa.select(journal).where(journal.c.entity_id == entity_id, journal.c.action == "confirm")
    return list(connection.execute(query.order_by(journal.c.id)))


def journal_entry(connection: Connection, number: int, entity_id: str) -> sa.Row[Any]:
    """One entry of this entity's journal.

    Raises:
        BadRequestError: there is no such entry.
    """
    query = sa.select(journal).where(journal.c.id == number, journal.c.entity_id == entity_id)
    row = connection.execute(query).first() if 0 < number < 2**31 else None
    if row is None:
        raise BadRequestError(f"no entry {number} in the journal", "list them with `archiveia journal`")
    return row


def set_undone(connection: Connection, number: int, by: int) -> None:
    """The entry was undone by another one."""
    connection.execute(journal.update().where(journal.c.id == number).values(undone_by=by))


def journal_list(connection: Connection, entity_id: str, limit: int = 50) -> list[sa.Row[Any]]:
    """The newest entries of an entity's journal, newest first."""
    query = sa.select(journal).where(journal.c.entity_id == entity_id)
    return list(connection.execute(query.order_by(journal.c.id.desc()).limit(limit)))
