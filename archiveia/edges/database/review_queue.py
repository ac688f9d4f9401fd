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


_LONG = 5000


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
    if queue.sees_only is None and queue.among == Among():  # without the units: in a third of the time
        query = sa.select(sa.func.count()).where(*_rows(queue), *_not_aside(queue, waiting.c.unit_id))
        return connection.scalar(query) or 0
    return connection.scalar(sa.select(sa.func.count()).select_from(units).where(*_in(queue))) or 0


def ids(connection: Connection, queue: Queue, *, limit: int, offset: int = 0) -> list[str]:
    """Pieces of the queue, dossier by dossier."""
    # Of a long queue the first pieces are found on a walk through the shelves, and the whole is not sorted.
    rows = sa.select(waiting.c.unit_id).where(*_rows(queue)).limit(1).offset(_LONG)
    is_long = connection.scalar(rows) is not None
    query = sa.select(units.c.id).where(*_in(queue, walk=is_long)).order_by(units.c.parent_id, *SHELF_ORDER)
    return list(connection.scalars(query.limit(limit).offset(offset)))


def is_waiting(connection: Connection, queue: Queue, record_id: str) -> bool:
    """The piece is in the queue."""
    query = sa.select(units.c.id).where(units.c.id == record_id, *_in(queue))
    return connection.scalar(query) is not None


def _in(queue: Queue, *, walk: bool = False) -> list[ColumnElement[bool]]:
    rows = sa.select(waiting.c.unit_id).where(*_rows(queue))
    waits = rows.where(waiting.c.unit_id == units.c.id).correlate(units).exists() if walk else None
    found = [units.c.id.in_(rows) if waits is None else waits, seen_by(queue.sees_only)]
    return [*found, *_among(queue.among), *_not_aside(queue, units.c.id)]


def _rows(queue: Queue) -> list[ColumnElement[bool]]:
    """The rows of what waits for the queue's reason."""
    found = [waiting.c.entity_id == queue.entity_id, waiting.c.reason == queue.reason]
    return [*found, waiting.c.unit_id < queue.blind_below] if queue.reason is Review.BLIND else found


def _not_aside(queue: Queue, unit_id: ColumnElement[str]) -> list[ColumnElement[bool]]:
    aside = [_waiting(queue.entity_id, reason) for reason in _aside(queue.reason)]
    if queue.reason is Review.RETENTION:  # what follows from the class would tell the class
        blind = _waiting(queue.entity_id, Review.BLIND)
        other = blind.selected_columns[0]
        aside.append(blind.where(other < queue.blind_below))
    return [unit_id.not_in(rows) for rows in aside]


def _aside(reason: Review) -> tuple[Review, ...]:
    """What takes a piece out of a queue. A freeze suspends the fate of a document, not what it is."""
    if reason in {Review.ASKED, Review.HELD}:
        return ()
    return (Review.ASKED, Review.HELD) if reason is Review.RETENTION else (Review.ASKED,)


def _waiting(entity_id: str, reason: Review) -> sa.Select[tuple[str]]:
    rows = waiting.alias()
    return sa.select(rows.c.unit_id).where(rows.c.entity_id == entity_id, rows.c.reason == reason)


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
