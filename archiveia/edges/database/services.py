"""Whose files they are: the producing service of each piece, and the condition that shows a service its own only.

The service is what a person says of the piece, else what its former description says, else what its batches were
delivered with. Where these name several, or none, the piece is seen only by those who see the whole archive.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database import readings as readings_of
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.database.tables import assertions, batches, pages, readings, sources, units
from archiveia.values import Level, OriginKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy.engine import Connection
    from sqlalchemy.sql import ColumnElement

FIELD = "producer"


def seen_by(sees_only: Collection[str] | None) -> ColumnElement[bool]:
    """The piece of the query's row (``units``) is one of these services'; ``None`` sees everything."""
    if sees_only is None:
        return sa.true()
    if not sees_only:
        return sa.false()
    spelled = [json.dumps(service) for service in sorted(sees_only)]  # as the JSON column keeps a text
    mine = sa.cast(assertions.c.value, sa.Text).in_(spelled)
    its_batches = (
        sa.select(pages.c.id)
        .join(sources, sources.c.id == pages.c.source_id)
        .join(batches, batches.c.id == sources.c.batch_id)
        .where(pages.c.unit_id == units.c.id)
        .correlate(units)
    )
    of_mine = batches.c.producer.in_(sorted(sees_only))
    of_others = ~of_mine | batches.c.producer.is_(None)
    delivered = its_batches.where(of_mine).exists() & ~its_batches.where(of_others).exists()
    person, former = OriginKind.PERSON, OriginKind.IMPORT
    described = _said(former, mine) & ~_said(former, ~mine)
    unsaid = ~_said(person)
    return sa.or_(
        _said(person, mine) & ~_said(person, ~mine),
        unsaid & described,
        unsaid & ~_said(former) & delivered,
    )


def _said(kind: OriginKind, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    about = (
        assertions.c.unit_id == units.c.id,
        assertions.c.field == FIELD,
        assertions.c.origin_kind == kind,
    )
    return sa.select(assertions.c.id).where(*about, *conditions).correlate(units).exists()


def services_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The service of each of these pieces that has exactly one."""
    said: dict[tuple[str, str], set[str | None]] = defaultdict(set)
    wanted = list(ids)
    for chunk in in_chunks(wanted):
        about = (assertions.c.unit_id.in_(chunk), assertions.c.field == FIELD)
        query = sa.select(assertions.c.unit_id, assertions.c.origin_kind, assertions.c.value)
        for unit_id, kind, value in connection.execute(query.where(*about)):
            said[unit_id, kind].add(value)
        delivered = (
            sa.select(pages.c.unit_id, batches.c.producer)
            .join(sources, sources.c.id == pages.c.source_id)
            .join(batches, batches.c.id == sources.c.batch_id)
            .where(pages.c.unit_id.in_(chunk))
            .distinct()
        )
        for unit_id, producer in connection.execute(delivered):
            said[unit_id, "batch"].add(producer)
    found = {}
    for unit_id in wanted:
        names = next(
            (
                names
                for kind in (OriginKind.PERSON, OriginKind.IMPORT, "batch")
                if (names := said.get((unit_id, kind)))
            ),
            set(),
        )
        service = next(iter(names)) if len(names) == 1 else None
        if service:
            found[unit_id] = service
    return found


def seen(connection: Connection, ids: Sequence[str], sees_only: Collection[str] | None) -> list[str]:
    """Those of the pieces that these services see, in the given order."""
    if sees_only is None:
        return list(ids)
    found: set[str] = set()
    for chunk in in_chunks(ids):
        query = sa.select(units.c.id).where(units.c.id.in_(chunk), seen_by(sees_only))
        found.update(connection.scalars(query))
    return [i for i in ids if i in found]


def count(connection: Connection, entity_id: str, sees_only: Collection[str] | None) -> int:
    """How many pieces in use these services see."""
    in_use = (units.c.entity_id == entity_id, units.c.level == Level.ITEM, ~units.c.retired)
    query = sa.select(sa.func.count()).select_from(units).where(*in_use, seen_by(sees_only))
    return connection.scalar(query) or 0


def page_states(connection: Connection, entity_id: str, sees_only: Collection[str] | None) -> dict[str, int]:
    """How many pages that these services see are in which state; ``waiting`` for those not read yet."""
    if sees_only is None:
        return readings_of.states(connection, entity_id)
    query = (
        sa.select(readings.c.state, sa.func.count())
        .select_from(pages)
        .join(units, units.c.id == pages.c.unit_id)
        .outerjoin(readings, readings.c.page_id == pages.c.id)
        .where(pages.c.entity_id == entity_id, seen_by(sees_only))
        .group_by(readings.c.state)
    )
    return {state or "waiting": number for state, number in connection.execute(query)}


def known_services(connection: Connection, entity_id: str) -> list[str]:
    """Every service that files of this entity are known by, by name."""
    delivered = sa.select(batches.c.producer).where(
        batches.c.entity_id == entity_id, batches.c.producer.is_not(None)
    )
    said = (
        sa.select(assertions.c.value)
        .join(units, units.c.id == assertions.c.unit_id)
        .where(
            units.c.entity_id == entity_id,
            assertions.c.field == FIELD,
            assertions.c.origin_kind.in_((OriginKind.PERSON, OriginKind.IMPORT)),
        )
    )
    names = [*connection.scalars(delivered.distinct()), *connection.scalars(said)]
    return sorted({name for name in names if name})
