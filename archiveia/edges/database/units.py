"""Units of description: entities, fonds, series (accessions), dossiers, pieces; and the pieces with their pages."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database import assertions, waiting
from archiveia.edges.database.portable import in_chunks, insert_missing
from archiveia.edges.database.tables import batches, entities, pages, readings, sources, units
from archiveia.errors import UnknownUnitError
from archiveia.values import Level, PageState, Record, RecordPage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection


SHELF_ORDER = (units.c.cote_key.is_(None), units.c.cote_key, units.c.position, units.c.id)
"""Pieces that have a cote first, as on the shelf; then as they were scanned."""


def add_entity(connection: Connection, entity_id: str, name: str) -> None:
    """The entity is there; its name is not changed when it was."""
    insert_missing(connection, entities, [{"id": entity_id, "name": name}])


def entity_name(connection: Connection, entity_id: str) -> str | None:
    """The name of an entity as the public reads it; ``None`` when there is no such entity."""
    return connection.scalar(sa.select(entities.c.name).where(entities.c.id == entity_id))


def entity_ids(connection: Connection) -> list[str]:
    """Every entity of this installation."""
    return list(connection.scalars(sa.select(entities.c.id).order_by(entities.c.id)))


def add_units(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """The units are there; those that were are left as they are (people may have arranged them)."""
    insert_missing(connection, units, list(rows))


def add_pages(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """The pages are there; those that were keep their place (people may have moved them)."""
    insert_missing(connection, pages, list(rows))


def add_batch(
    connection: Connection,
    *,
    batch_id: str,
    entity_id: str,
    name: str,
    producer: str | None,
    unit_id: str,
    now: datetime,
) -> None:
    """The batch is there, with the producer of its first delivery."""
    row = {"id": batch_id, "entity_id": entity_id, "name": name, "producer": producer, "unit_id": unit_id}
    insert_missing(connection, batches, [row | {"created_at": now}])


def record_ids(connection: Connection, entity_id: str) -> list[str]:
    """Every piece of an entity that is in use, in a stable order."""
    found = sa.select(units.c.id).where(
        units.c.entity_id == entity_id, units.c.level == Level.ITEM, ~units.c.retired
    )
    return list(connection.scalars(found.order_by(units.c.id)))


def records_of_sources(connection: Connection, source_ids: Sequence[str]) -> dict[str, list[str]]:
    """For each source file, the pieces that hold pages of it, in the order of the pages."""
    found: dict[str, list[str]] = defaultdict(list)
    for chunk in in_chunks(source_ids):
        query = (
            sa.select(pages.c.source_id, pages.c.unit_id)
            .where(pages.c.source_id.in_(chunk), pages.c.unit_id.is_not(None))
            .order_by(pages.c.source_id, pages.c.source_page)
        )
        for source_id, unit_id in connection.execute(query):
            if unit_id not in found[source_id]:
                found[source_id].append(unit_id)
    return dict(found)


def pieces_of(connection: Connection, dossier_ids: Sequence[str]) -> list[str]:
    """The pieces in use of these dossiers, in order."""
    found: list[str] = []
    for chunk in in_chunks(dossier_ids):
        query = (
            sa.select(units.c.id)
            .where(units.c.parent_id.in_(chunk), units.c.level == Level.ITEM, ~units.c.retired)
            .order_by(units.c.parent_id, *SHELF_ORDER)
        )
        found.extend(connection.scalars(query))
    return found


def load_records(connection: Connection, ids: Sequence[str], entity_id: str) -> list[Record]:
    """The pieces with their pages, readings and assertions in force, in the order of ``ids``.

    Raises:
        UnknownUnitError: an id is not that of a piece of this entity.
    """
    found: dict[str, Record] = {}
    for chunk in in_chunks(ids):
        found.update(_load_chunk(connection, chunk, entity_id))
    missing = [i for i in ids if i not in found]
    if missing:
        raise UnknownUnitError(f"no record {missing[0]!r} here", "copy an identifier from `archiveia search`")
    return [found[i] for i in ids]


def load_record(connection: Connection, record_id: str, entity_id: str) -> Record:
    """One piece; see ``load_records``."""
    return load_records(connection, [record_id], entity_id)[0]


def _load_chunk(connection: Connection, ids: Sequence[str], entity_id: str) -> Iterator[tuple[str, Record]]:
    rows = connection.execute(
        sa.select(units.c.id, units.c.parent_id).where(
            units.c.id.in_(ids), units.c.entity_id == entity_id, units.c.level == Level.ITEM
        )
    ).all()
    known = assertions.of_units(connection, ids)
    its_pages, batch_of = _pages_of(connection, ids)
    for row in rows:
        batch, producer = batch_of.get(row.id, ("", None))
        yield (
            row.id,
            Record(
                id=row.id,
                entity_id=entity_id,
                dossier_id=row.parent_id,
                pages=tuple(its_pages[row.id]),
                assertions=known.get(row.id, ()),
                batch=batch,
                producer=producer,
            ),
        )


def _pages_of(
    connection: Connection, ids: Sequence[str]
) -> tuple[dict[str, list[RecordPage]], dict[str, tuple[str, str | None]]]:
    query = (
        sa.select(
            pages.c.id,
            pages.c.unit_id,
            pages.c.number,
            pages.c.source_id,
            pages.c.source_page,
            readings.c.state,
            readings.c.text,
            readings.c.reason,
            readings.c.cer_estimate,
            batches.c.name.label("batch"),
            batches.c.producer,
        )
        .join(sources, sources.c.id == pages.c.source_id)
        .join(batches, batches.c.id == sources.c.batch_id)
        .outerjoin(readings, readings.c.page_id == pages.c.id)
        .where(pages.c.unit_id.in_(ids))
        .order_by(pages.c.unit_id, pages.c.number)
    )
    found: dict[str, list[RecordPage]] = defaultdict(list)
    batch_of: dict[str, tuple[str, str | None]] = {}
    for row in connection.execute(query):
        batch_of.setdefault(row.unit_id, (row.batch, row.producer))
        found[row.unit_id].append(
            RecordPage(
                id=row.id,
                number=row.number,
                source_id=row.source_id,
                source_page=row.source_page,
                state=PageState(row.state) if row.state else None,
                text=row.text or "",
                reason=row.reason,
                cer_estimate=row.cer_estimate,
            )
        )
    return found, batch_of


def parents(connection: Connection, unit_id: str) -> list[tuple[str, Level]]:
    """The unit and those above it, from the unit up to the fonds: (id, level)."""
    chain: list[tuple[str, Level]] = []
    current: str | None = unit_id
    while current is not None:
        row = connection.execute(
            sa.select(units.c.id, units.c.level, units.c.parent_id).where(units.c.id == current)
        ).one()
        chain.append((row.id, Level(row.level)))
        current = row.parent_id
    return chain


def level_of(connection: Connection, unit_id: str, entity_id: str) -> Level:
    """The level of a unit of this entity.

    Raises:
        UnknownUnitError: there is no such unit here.
    """
    query = sa.select(units.c.level).where(units.c.id == unit_id, units.c.entity_id == entity_id)
    level = connection.scalar(query)
    if level is None:
        raise UnknownUnitError(f"no unit {unit_id!r} here", "copy an identifier from `archiveia search`")
    return Level(level)


def place_pages(connection: Connection, unit_id: str, page_ids: Sequence[str]) -> None:
    """The piece holds exactly these pages, numbered from 1 in this order."""
    waiting.touch_pages(connection, page_ids)  # the pieces that lose them
    waiting.touch(connection, [unit_id])
    connection.execute(pages.update().where(pages.c.unit_id == unit_id).values(unit_id=None, number=None))
    for number, page_id in enumerate(page_ids, start=1):
        connection.execute(pages.update().where(pages.c.id == page_id).values(unit_id=unit_id, number=number))


def retire(connection: Connection, unit_id: str, *, retired: bool) -> None:
    """A piece without pages left (after a merge) is out of use, or in use again; never deleted."""
    waiting.touch(connection, [unit_id])
    connection.execute(units.update().where(units.c.id == unit_id).values(retired=retired))


def in_use(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Those of the pieces that are not retired."""
    found: list[str] = []
    for chunk in in_chunks(ids):
        found.extend(connection.scalars(sa.select(units.c.id).where(units.c.id.in_(chunk), ~units.c.retired)))
    return found


def in_entity(connection: Connection, ids: Sequence[str], entity_id: str) -> list[str]:
    """Those of the ids that are pieces of this entity, in the given order."""
    found: set[str] = set()
    for chunk in in_chunks(ids):
        about = (units.c.id.in_(chunk), units.c.entity_id == entity_id, units.c.level == Level.ITEM)
        found.update(connection.scalars(sa.select(units.c.id).where(*about)))
    return [i for i in ids if i in found]


def pieces_under(connection: Connection, unit_id: str) -> list[str]:
    """The pieces in use at any depth under a unit."""
    below, found = [unit_id], list[str]()
    while below:
        query = sa.select(units.c.id, units.c.level, units.c.retired).where(
            units.c.parent_id.in_(below[:500])
        )
        rest, rows = below[500:], connection.execute(query.order_by(units.c.id)).all()
        found += [r.id for r in rows if r.level == Level.ITEM and not r.retired]
        below = rest + [r.id for r in rows if r.level != Level.ITEM]
    return found


def holders_of(connection: Connection, page_ids: Sequence[str]) -> dict[str, tuple[str, int]]:
    """For each page that a piece holds, the piece and the page's number in it."""
    found: dict[str, tuple[str, int]] = {}
    for chunk in in_chunks(page_ids):
        query = sa.select(pages.c.id, pages.c.unit_id, pages.c.number).where(
            pages.c.id.in_(chunk), pages.c.unit_id.is_not(None)
        )
        found.update((row.id, (row.unit_id, row.number)) for row in connection.execute(query))
    return found


def set_cote_keys(connection: Connection, keys: Mapping[str, str]) -> None:
    """The pieces sort by these keys (``steps.cotes``)."""
    for unit_id, key in keys.items():
        connection.execute(units.update().where(units.c.id == unit_id).values(cote_key=key))
