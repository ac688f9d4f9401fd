"""The input files: found, hashed, and what became of each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.portable import in_chunks, insert_missing
from archiveia.edges.database.tables import batches, pages, sources
from archiveia.values import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection


def add(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """The files are registered; those that were keep their first outcome."""
    insert_missing(connection, sources, list(rows))


def known(connection: Connection, source_ids: Sequence[str]) -> set[str]:
    """Those of the ids that are registered already."""
    found: set[str] = set()
    for chunk in in_chunks(source_ids):
        found.update(connection.scalars(sa.select(sources.c.id).where(sources.c.id.in_(chunk))))
    return found


def first_with(connection: Connection, entity_id: str, digests: Iterable[str]) -> dict[str, str]:
    """For each SHA-256 seen before in this entity: the file that was taken in as the original."""
    found: dict[str, str] = {}
    for chunk in in_chunks(digests):
        query = sa.select(sources.c.sha256, sources.c.id).where(
            sources.c.entity_id == entity_id,
            sources.c.sha256.in_(chunk),
            sources.c.duplicate_of.is_(None),
        )
        oldest_last = query.order_by(sources.c.registered_at.desc(), sources.c.id.desc())
        found.update((row.sha256, row.id) for row in connection.execute(oldest_last))
    return found


def load(connection: Connection, source_ids: Sequence[str]) -> list[sa.Row[Any]]:
    """The files with their batch, in the order of ``source_ids``."""
    found: dict[str, sa.Row[Any]] = {}
    for chunk in in_chunks(source_ids):
        query = (
            sa.select(
                sources,
                batches.c.name.label("batch"),
                batches.c.producer,
                batches.c.unit_id.label("batch_unit"),
            )
            .join(batches, batches.c.id == sources.c.batch_id)
            .where(sources.c.id.in_(chunk))
        )
        found.update((row.id, row) for row in connection.execute(query))
    return [found[i] for i in source_ids if i in found]


def group_of(connection: Connection, batch_id: str, group_key: str) -> list[sa.Row[Any]]:
    """Every file of a group (the page images of one record), in the order of its pages."""
    query = (
        sa.select(sources)
        .where(sources.c.batch_id == batch_id, sources.c.group_key == group_key)
        .order_by(sources.c.group_rank, sources.c.place)
    )
    return list(connection.execute(query))


def settle(
    connection: Connection,
    source_id: str,
    *,
    outcome: Outcome,
    step: str,
    reason: str | None = None,
    remedy: str | None = None,
) -> None:
    """What became of the file; the first outcome stays unless the file only failed."""
    connection.execute(
        sources.update()
        .where(
            sources.c.id == source_id,
            sa.or_(sources.c.outcome.is_(None), sources.c.outcome == Outcome.FAILED),
        )
        .values(outcome=outcome, step=step, reason=reason, remedy=remedy)
    )


def set_probe(connection: Connection, source_id: str, *, kind: str, page_count: int) -> None:
    """What the file turned out to be."""
    connection.execute(
        sources.update().where(sources.c.id == source_id).values(kind=kind, page_count=page_count)
    )


def unsettled(connection: Connection, entity_id: str) -> list[str]:
    """Every file of an entity that has no outcome yet (work to be done), oldest first."""
    query = sa.select(sources.c.id).where(sources.c.entity_id == entity_id, sources.c.outcome.is_(None))
    return list(connection.scalars(query.order_by(sources.c.registered_at, sources.c.place)))


def reopen_failed(connection: Connection, source_ids: Sequence[str]) -> list[str]:
    """The failed ones among these files have no outcome any more: they will be tried again."""
    found: list[str] = []
    for chunk in in_chunks(source_ids):
        failed = (sources.c.id.in_(chunk), sources.c.outcome == Outcome.FAILED)
        found.extend(connection.scalars(sa.select(sources.c.id).where(*failed)))
        connection.execute(sources.update().where(*failed).values(outcome=None, step=None, reason=None))
    return found


def outcomes(connection: Connection, entity_id: str) -> dict[str, int]:
    """How many files of an entity ended in which outcome; ``waiting`` for those without one."""
    query = sa.select(sources.c.outcome, sa.func.count()).where(sources.c.entity_id == entity_id)
    rows = connection.execute(query.group_by(sources.c.outcome))
    return {outcome or "waiting": count for outcome, count in rows}


def copies_of(connection: Connection, source_ids: Sequence[str]) -> dict[str, list[sa.Row[Any]]]:
    """For each file, its duplicates (same bytes): path, batch and producer of each."""
    found: dict[str, list[Any]] = defaultdict(list)
    for chunk in in_chunks(source_ids):
        query = (
            sa.select(
                sources.c.duplicate_of,
                sources.c.path,
                sources.c.place,
                batches.c.name.label("batch"),
                batches.c.producer,
            )
            .join(batches, batches.c.id == sources.c.batch_id)
            .where(sources.c.duplicate_of.in_(chunk))
            .order_by(sources.c.place)
        )
        for row in connection.execute(query):
            found[row.duplicate_of].append(row)
    return dict(found)


def batch_list(connection: Connection, entity_id: str) -> list[sa.Row[Any]]:
    """The batches of an entity, newest first, with the number of files and of those settled."""
    query = (
        sa.select(
            batches.c.id,
            batches.c.name,
            batches.c.producer,
            batches.c.created_at,
            sa.func.count(sources.c.id).label("files"),
            sa.func.count(sources.c.outcome).label("settled"),
        )
        .outerjoin(sources, sources.c.batch_id == batches.c.id)
        .where(batches.c.entity_id == entity_id)
        .group_by(batches.c.id, batches.c.name, batches.c.producer, batches.c.created_at)
        .order_by(batches.c.created_at.desc())
    )
    return list(connection.execute(query))


def of_batch(connection: Connection, batch_id: str, entity_id: str) -> list[str]:
    """The ids of the files of a batch, by place."""
    query = sa.select(sources.c.id).where(sources.c.batch_id == batch_id, sources.c.entity_id == entity_id)
    return list(connection.scalars(query.order_by(sources.c.place)))


def of_records(connection: Connection, unit_ids: Sequence[str]) -> list[str]:
    """The files that hold pages of these pieces."""
    found: dict[str, None] = {}
    for chunk in in_chunks(unit_ids):
        query = sa.select(pages.c.source_id).where(pages.c.unit_id.in_(chunk)).distinct()
        found.update(dict.fromkeys(connection.scalars(query.order_by(pages.c.source_id))))
    return list(found)


def with_pages(connection: Connection, entity_id: str) -> list[sa.Row[tuple[str, str, str]]]:
    """The files of an entity of which a piece holds a page: (id, place, batch)."""
    held = sa.exists().where(pages.c.source_id == sources.c.id, pages.c.unit_id.is_not(None))
    query = (
        sa.select(sources.c.id, sources.c.place, batches.c.name.label("batch"))
        .join(batches, batches.c.id == sources.c.batch_id)
        .where(sources.c.entity_id == entity_id, held)
    )
    return list(connection.execute(query.order_by(sources.c.place)))


def places_of_pages(connection: Connection, page_ids: Sequence[str]) -> dict[str, tuple[str, int]]:
    """For each page, the path of its file and its number there."""
    found: dict[str, tuple[str, int]] = {}
    for chunk in in_chunks(page_ids):
        query = (
            sa.select(pages.c.id, sources.c.path, pages.c.source_page)
            .join(sources, sources.c.id == pages.c.source_id)
            .where(pages.c.id.in_(chunk))
        )
        found.update((page_id, (path, number)) for page_id, path, number in connection.execute(query))
    return found
