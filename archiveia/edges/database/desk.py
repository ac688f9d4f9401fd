"""What the staff desk asks of the database: what waits for a person, and which piece holds a page."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.portable import in_chunks
from archiveia.edges.database.services import seen_by
from archiveia.edges.database.tables import pages, readings, units
from archiveia.edges.database.tables_waiting import waiting
from archiveia.edges.database.units import SHELF_ORDER
from archiveia.edges.database.waiting import Review

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.engine import Connection
    from sqlalchemy.sql import ColumnElement

__all__ = ["FIRST", "Review", "readings_of", "record_of_page", "review_counts", "review_total", "to_review"]

_LATER = {Review.BLIND, Review.RETENTION, Review.DOUBTFUL, Review.ASKED, Review.HELD}
FIRST = tuple(r for r in Review if r not in _LATER)
"""What is checked before the rest. The fate of nearly every piece is for a person to decide, in its time; a box of
typescripts may hold few pages that are well read: what rests on them is marked where it is decided; and what is
classified blind measures the machine and holds nothing up; what is asked or frozen waits for somebody else."""


def review_counts(
    connection: Connection,
    entity_id: str,
    *,
    good_cer: float,
    blind_below: str = "",
    sees_only: Collection[str] | None = None,
) -> dict[Review, int]:
    """How many pieces wait for a person, for each reason; ``blind_below`` as of ``steps.lessons``.

    ``sees_only``: the services whose files count (``services.seen_by``).
    """
    counts = _counts(entity_id, good_cer, blind_below, sees_only)
    query = sa.select(waiting.c.reason, sa.func.count()).where(*counts)
    found = {row[0]: row[1] for row in connection.execute(query.group_by(waiting.c.reason))}
    return {reason: found.get(reason, 0) for reason in Review}


def review_total(connection: Connection, entity_id: str, *, sees_only: Collection[str] | None = None) -> int:
    """How many pieces wait for a person before anything can rest on them (``FIRST``)."""
    query = sa.select(sa.func.count(waiting.c.unit_id.distinct()))
    among = (waiting.c.entity_id == entity_id, waiting.c.reason.in_(FIRST), *_seen(sees_only))
    return connection.scalar(query.where(*among)) or 0


def to_review(
    connection: Connection,
    entity_id: str,
    reason: Review | None,
    *,
    good_cer: float,
    blind_below: str = "",
    sees_only: Collection[str] | None = None,
    limit: int,
    offset: int = 0,
) -> list[tuple[str, tuple[Review, ...]]]:
    """The pieces that wait for a person (for this reason, or for one of ``FIRST``), each with all its reasons."""
    counts = _counts(entity_id, good_cer, blind_below, sees_only)
    wanted = sa.select(waiting.c.unit_id).where(*counts, waiting.c.reason.in_((reason,) if reason else FIRST))
    query = sa.select(units.c.id).where(units.c.id.in_(wanted)).order_by(units.c.parent_id, *SHELF_ORDER)
    ids = list(connection.scalars(query.limit(limit).offset(offset)))
    why: dict[str, set[str]] = defaultdict(set)
    for chunk in in_chunks(ids):
        rows = sa.select(waiting.c.unit_id, waiting.c.reason).where(*counts, waiting.c.unit_id.in_(chunk))
        for unit_id, waits_for in connection.execute(rows):
            why[unit_id].add(waits_for)
    return [(i, tuple(r for r in Review if r in why[i])) for i in ids]


def _counts(
    entity_id: str, good_cer: float, blind_below: str, sees_only: Collection[str] | None
) -> tuple[ColumnElement[bool], ...]:
    """The rows that count here: a reading is doubtful, and a piece shown blind, by what the settings say."""
    return (
        waiting.c.entity_id == entity_id,
        (waiting.c.reason != Review.DOUBTFUL) | (waiting.c.worst_cer > good_cer),
        (waiting.c.reason != Review.BLIND) | (waiting.c.unit_id < blind_below),
        *_seen(sees_only),
    )


def _seen(sees_only: Collection[str] | None) -> tuple[ColumnElement[bool], ...]:
    """The rows of pieces that these services see; nothing to ask for who sees all."""
    if sees_only is None:
        return ()
    return (waiting.c.unit_id.in_(sa.select(units.c.id).where(seen_by(sees_only))),)


def record_of_page(connection: Connection, page_id: str, entity_id: str) -> str | None:
    """The piece that holds a page of this entity; ``None`` when there is none."""
    query = sa.select(pages.c.unit_id).where(pages.c.id == page_id, pages.c.entity_id == entity_id)
    return connection.scalar(query)


def readings_of(connection: Connection, unit_id: str) -> dict[str, sa.Row[Any]]:
    """How each page of a piece was read: state, score, engine, turn... by page id."""
    query = (
        sa.select(readings).join(pages, pages.c.id == readings.c.page_id).where(pages.c.unit_id == unit_id)
    )
    return {row.page_id: row for row in connection.execute(query)}
