"""The current reading of each page, and the sums by state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database import waiting
from archiveia.edges.database.portable import in_chunks, upsert
from archiveia.edges.database.tables import NOT_TEXT, entities, pages, readings
from archiveia.values import PageState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archiveia.values import PageReading


def save(connection: Connection, page_id: str, reading: PageReading, *, now: datetime) -> None:
    """The page's reading is this one."""
    row = {
        "page_id": page_id,
        "state": reading.state,
        "text": reading.text,
        "reason": reading.reason,
        "score": reading.score,
        "cer_estimate": reading.cer_estimate,
        "engine": reading.engine,
        "engine_version": reading.engine_version,
        "width_px": reading.width_px,
        "height_px": reading.height_px,
        "turned_degrees": reading.turned_degrees,
        "prepared": list(reading.prepared),
        "made_at": now,
    }
    upsert(connection, readings, [row])
    waiting.touch_pages(connection, [page_id])


def unread(connection: Connection, unit_ids: Sequence[str]) -> list[sa.Row[tuple[str, str, int]]]:
    """The pages of these pieces that have no reading yet: (id, source_id, source_page)."""
    found: list[sa.Row[tuple[str, str, int]]] = []
    for chunk in in_chunks(unit_ids):
        query = (
            sa.select(pages.c.id, pages.c.source_id, pages.c.source_page)
            .outerjoin(readings, readings.c.page_id == pages.c.id)
            .where(pages.c.unit_id.in_(chunk), readings.c.page_id.is_(None))
            .order_by(pages.c.unit_id, pages.c.number)
        )
        found.extend(connection.execute(query))
    return found


def pages_of(
    connection: Connection, *, source_id: str | None = None, unit_id: str | None = None
) -> list[sa.Row[Any]]:
    """The pages of a file, or of a piece, in order: id, unit_id and their readings (``None`` before)."""
    query = sa.select(pages.c.id, pages.c.unit_id, readings).outerjoin(
        readings, readings.c.page_id == pages.c.id
    )
    if unit_id is not None:
        query = query.where(pages.c.unit_id == unit_id).order_by(pages.c.number)
    else:
        query = query.where(pages.c.source_id == source_id).order_by(pages.c.source_page)
    return list(connection.execute(query))


def states_by_source(connection: Connection, source_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """For each source file, how many of its pages ended in which state (``None``: not read yet)."""
    found: dict[str, dict[str, int]] = {}
    for chunk in in_chunks(source_ids):
        query = (
            sa.select(pages.c.source_id, readings.c.state, sa.func.count())
            .outerjoin(readings, readings.c.page_id == pages.c.id)
            .where(pages.c.source_id.in_(chunk))
            .group_by(pages.c.source_id, readings.c.state)
        )
        for source_id, state, count in connection.execute(query):
            found.setdefault(source_id, {})[state or "waiting"] = count
    return found


def count_doubtful(connection: Connection, source_ids: Sequence[str], *, good_cer: float) -> int:
    """How many pages of these files have a text with probably more wrong letters than ``good_cer``."""
    found = 0
    for chunk in in_chunks(source_ids):
        query = (
            sa.select(sa.func.count())
            .select_from(pages)
            .join(readings, readings.c.page_id == pages.c.id)
            .where(pages.c.source_id.in_(chunk))
            .where(readings.c.state == PageState.TEXT, readings.c.cer_estimate > good_cer)
        )
        found += connection.scalar(query) or 0
    return found


def states(connection: Connection, entity_id: str) -> dict[str, int]:
    """How many pages of an entity are in which state; ``waiting`` for those not read yet.

    Counted over every page by indexes, less those of other entities: an installation has one mostly, and
    to ask each page whose it is, or its state, takes ten times as long.
    """
    everywhere = sa.select(readings.c.state, sa.func.count()).group_by(readings.c.state)
    no_text = everywhere.where(sa.literal_column(f"readings.{NOT_TEXT}"))
    found = {row[0]: row[1] for row in connection.execute(no_text)}
    read = connection.scalar(sa.select(sa.func.count()).select_from(readings)) or 0
    found[PageState.TEXT] = read - sum(found.values())
    others = list(connection.scalars(sa.select(entities.c.id).where(entities.c.id != entity_id)))
    if others:
        elsewhere = everywhere.join(pages, pages.c.id == readings.c.page_id)
        for state, count in connection.execute(elsewhere.where(pages.c.entity_id.in_(others))):
            found[state] -= count
    total = connection.scalar(sa.select(sa.func.count()).where(pages.c.entity_id == entity_id)) or 0
    found["waiting"] = total - sum(found.values())
    return {str(state): count for state, count in found.items() if count}


def first_reason(connection: Connection, source_id: str) -> str | None:
    """Why the first page of a file that has a reason could not be read."""
    query = (
        sa.select(readings.c.reason)
        .join(pages, pages.c.id == readings.c.page_id)
        .where(pages.c.source_id == source_id, readings.c.reason.is_not(None))
        .order_by(pages.c.source_page)
    )
    return connection.scalar(query.limit(1))


def forget_by(connection: Connection, unit_id: str, engine_prefix: str) -> list[str]:
    """The pages of a piece whose reading was made by such an engine: they have none any more."""
    query = (
        sa.select(readings.c.page_id)
        .join(pages, pages.c.id == readings.c.page_id)
        .where(pages.c.unit_id == unit_id, readings.c.engine.startswith(engine_prefix, autoescape=True))
        .order_by(pages.c.number)
    )
    found = list(connection.scalars(query))
    waiting.touch(connection, [unit_id])
    for chunk in in_chunks(found):
        connection.execute(readings.delete().where(readings.c.page_id.in_(chunk)))
    return found


def forget_failed(connection: Connection, source_ids: Sequence[str]) -> None:
    """The pages of these files that failed have no reading any more: they will be read again."""
    for chunk in in_chunks(source_ids):
        of_files = sa.select(pages.c.id).where(pages.c.source_id.in_(chunk))
        waiting.touch_pages(connection, list(connection.scalars(of_files)))
        connection.execute(
            readings.delete().where(readings.c.page_id.in_(of_files), readings.c.state == PageState.FAILED)
        )
