"""The queues of the review desk: what waits for a reason, and is neither frozen nor being asked about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database.services import seen_by
from archiveia.edges.database.tables import assertions, batches, pages, sources, units
from archiveia.edges.database.tables_waiting import waiting
from archiveia.edges.database.units import SHELF_ORDER
from archiveia.edges.database.waiting import Review

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.engine import Connection
    from sqlalchemy.sql import ColumnElement


@dataclass(frozen=True, slots=True)
class Among:
    """The part of a queue that is gone through; an empty text asks for nothing."""

    class_code: str = ""
    rule: str = ""
    batch: str = ""
    dossier: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue as an account sees it; ``blind_below`` as of ``steps.lessons``."""

    entity_id: str
    reason: Review
    blind_below: str = ""
    sees_only: Collection[str] | None = None
    among: Among = Among()


def count(connection: Connection, queue: Queue) -> int:
    """How many pieces wait in the queue."""
    return connection.scalar(sa.select(sa.func.count()).select_from(units).where(*_in(queue))) or 0


def ids(connection: Connection, queue: Queue, *, limit: int, offset: int = 0) -> list[str]:
    """Pieces of the queue, dossier by dossier."""
    query = sa.select(units.c.id).where(*_in(queue)).order_by(units.c.parent_id, *SHELF_ORDER)
    return list(connection.scalars(query.limit(limit).offset(offset)))


def is_waiting(connection: Connection, queue: Queue, record_id: str) -> bool:
    """The piece is in the queue."""
    query = sa.select(units.c.id).where(units.c.id == record_id, *_in(queue))
    return connection.scalar(query) is not None


def _in(queue: Queue) -> list[ColumnElement[bool]]:
    for_reason = _waiting(queue.entity_id, queue.reason)
    blind = _waiting(queue.entity_id, Review.BLIND).where(waiting.c.unit_id < queue.blind_below)
    if queue.reason is Review.BLIND:
        for_reason = blind
    found = [units.c.id.in_(for_reason), seen_by(queue.sees_only), *_among(queue.among)]
    if queue.reason is Review.RETENTION:  # what follows from the class would tell the class
        found.append(units.c.id.not_in(blind))
    return found + [units.c.id.not_in(_waiting(queue.entity_id, reason)) for reason in _aside(queue.reason)]


def _aside(reason: Review) -> tuple[Review, ...]:
    """What takes a piece out of a queue. A freeze suspends the fate of a document, not what it is."""
    if reason in {Review.ASKED, Review.HELD}:
        return ()
    return (Review.ASKED, Review.HELD) if reason is Review.RETENTION else (Review.ASKED,)


def _waiting(entity_id: str, reason: Review) -> sa.Select[tuple[str]]:
    return sa.select(waiting.c.unit_id).where(waiting.c.entity_id == entity_id, waiting.c.reason == reason)


def _among(among: Among) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if among.class_code:
        # Spelled as the JSON column keeps a text.
        found.append(_said("class", sa.cast(assertions.c.value, sa.Text) == json.dumps(among.class_code)))
    if among.rule:
        found.append(_said("retention", assertions.c.value["rule"].as_string() == among.rule))
    if among.dossier:
        found.append(units.c.parent_id == among.dossier)
    if among.batch:
        of_batch = (
            sa.select(pages.c.id)
            .join(sources, sources.c.id == pages.c.source_id)
            .join(batches, batches.c.id == sources.c.batch_id)
            .where(pages.c.unit_id == units.c.id, batches.c.name == among.batch)
        )
        found.append(of_batch.correlate(units).exists())
    return found


def _said(field: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    about = (assertions.c.unit_id == units.c.id, assertions.c.field == field, condition)
    return sa.select(assertions.c.id).where(*about).correlate(units).exists()
