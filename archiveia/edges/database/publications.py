"""Decisions of named people on what is online: the newest one on a unit counts, on it and on what is under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.portable import in_chunks
from archiveia.edges.database.tables import publications, units
from archiveia.values import PublicationDecision, TakedownReason, ThirdPartyRights

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection


def decide(connection: Connection, decision: PublicationDecision, *, note: str = "") -> None:
    """The decision stands, with the words of the person who took it."""
    row = {
        "unit_id": decision.unit_id,
        "published": decision.published,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
        "rights": decision.rights,
        "data_class": decision.data_class,
        "reason": decision.reason,
        "note": note or None,
    }
    connection.execute(publications.insert(), row)


def in_force(connection: Connection, piece_ids: Sequence[str]) -> dict[str, list[PublicationDecision]]:
    """For each piece, the newest decision on it and on every unit above it, the nearest first."""
    chains = _chains(connection, piece_ids)
    newest = _newest(connection, {unit for chain in chains.values() for unit in chain})
    return {piece: [newest[u] for u in chain if u in newest] for piece, chain in chains.items()}


def is_decided(connection: Connection, piece_id: str) -> bool:
    """A named person decided that this piece is published, and nobody took it or a unit above it off the web."""
    found = in_force(connection, [piece_id])[piece_id]
    return bool(found) and all(decision.published for decision in found)


def unstated(connection: Connection, entity_id: str) -> list[PublicationDecision]:
    """The publications that keep nothing online: the rights of others, or the class of data, were not stated."""
    says_too_little = publications.c.rights.is_(None) | publications.c.data_class.is_(None)
    query = sa.select(publications.c.unit_id).where(publications.c.published, says_too_little)
    found = list(connection.scalars(query.distinct()))
    here: set[str] = set()
    for chunk in in_chunks(found):
        ours = sa.select(units.c.id).where(units.c.id.in_(chunk), units.c.entity_id == entity_id)
        here.update(connection.scalars(ours))
    newest = _newest(connection, here)
    return [d for d in newest.values() if d.published and (d.rights is None or d.data_class is None)]


def _chains(connection: Connection, piece_ids: Sequence[str]) -> dict[str, list[str]]:
    """Each piece with the units above it, up to the fonds."""
    parent_of: dict[str, str | None] = {}
    wanted = set(piece_ids)
    while wanted:
        for chunk in in_chunks(sorted(wanted)):
            query = sa.select(units.c.id, units.c.parent_id).where(units.c.id.in_(chunk))
            parent_of.update((row.id, row.parent_id) for row in connection.execute(query))
        wanted = {parent for parent in parent_of.values() if parent is not None} - set(parent_of)
    chains: dict[str, list[str]] = {}
    for piece in piece_ids:
        chain, unit = list[str](), piece if piece in parent_of else None
        while unit is not None:
            chain.append(unit)
            unit = parent_of[unit]
        chains[piece] = chain
    return chains


def _newest(connection: Connection, unit_ids: Iterable[str]) -> dict[str, PublicationDecision]:
    """The newest decision on each unit that has one."""
    newest: dict[str, PublicationDecision] = {}
    for chunk in in_chunks(sorted(unit_ids)):
        query = sa.select(publications).where(publications.c.unit_id.in_(chunk)).order_by(publications.c.id)
        newest.update((row.unit_id, _decision(row)) for row in connection.execute(query))
    return newest


def _decision(row: sa.Row[Any]) -> PublicationDecision:
    return PublicationDecision(
        unit_id=row.unit_id,
        published=row.published,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        rights=ThirdPartyRights(row.rights) if row.rights else None,
        data_class=row.data_class,
        reason=TakedownReason(row.reason) if row.reason else None,
    )
