"""Thesauri with their concepts, and where their descriptors were accepted."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.portable import upsert
from archiveia.edges.database.tables import assertions, concepts, thesauri, units
from archiveia.values import Concept, Thesaurus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archiveia.values import Json

SUBJECT = "subject"


def replace(
    connection: Connection,
    thesaurus_id: str,
    entity_id: str,
    thesaurus: Thesaurus,
    *,
    file_name: str,
    actor: str,
    now: datetime,
) -> None:
    """The thesaurus is there as given; the concepts of a former version are gone."""
    row = {
        "id": thesaurus_id,
        "entity_id": entity_id,
        "uri": thesaurus.uri,
        "title": thesaurus.title,
        "modified": thesaurus.modified,
        "rights": thesaurus.rights,
        "is_companion": thesaurus.is_companion,
        "file_name": file_name,
        "imported_by": actor,
        "imported_at": now,
    }
    upsert(connection, thesauri, [row])
    connection.execute(concepts.delete().where(concepts.c.thesaurus_id == thesaurus_id))
    rows = [
        {
            "thesaurus_id": thesaurus_id,
            "uri": c.uri,
            "label": c.label,
            "alt_labels": list(c.alt_labels),
            "scope_note": c.scope_note,
            "broader": list(c.broader),
            "narrower": list(c.narrower),
            "related": list(c.related),
        }
        for c in thesaurus.concepts
    ]
    connection.execute(concepts.insert(), rows)


def load(connection: Connection, entity_id: str) -> list[Thesaurus]:
    """The thesauri of an entity, those whose terms stand alone first."""
    found: dict[str, list[Concept]] = defaultdict(list)
    query = sa.select(concepts).join(thesauri, thesauri.c.id == concepts.c.thesaurus_id)
    for row in connection.execute(query.where(thesauri.c.entity_id == entity_id).order_by(concepts.c.uri)):
        found[row.thesaurus_id].append(
            Concept(
                row.uri,
                row.label,
                tuple(row.alt_labels),
                row.scope_note,
                tuple(row.broader),
                tuple(row.narrower),
                tuple(row.related),
            )
        )
    return [
        Thesaurus(row.uri, row.title, tuple(found[row.id]), row.modified, row.rights, row.is_companion)
        for row in imported(connection, entity_id)
    ]


def imported(connection: Connection, entity_id: str) -> list[sa.Row[Any]]:
    """The thesauri of an entity without their concepts: who imported them, and when."""
    query = sa.select(thesauri).where(thesauri.c.entity_id == entity_id)
    return list(connection.execute(query.order_by(thesauri.c.is_companion, thesauri.c.title)))


def accepted(connection: Connection, entity_id: str) -> list[tuple[int, str, dict[str, Json]]]:
    """Each descriptor that stands accepted: the number of its row, the record, the value."""
    query = (
        sa.select(assertions.c.id, assertions.c.unit_id, assertions.c.value)
        .join(units, units.c.id == assertions.c.unit_id)
        .where(units.c.entity_id == entity_id, assertions.c.field == SUBJECT)
        .order_by(assertions.c.id)
    )
    return [(row.id, row.unit_id, row.value) for row in connection.execute(query)]


def rename(connection: Connection, new_values: Mapping[int, dict[str, Json]]) -> None:
    """The accepted descriptors of these rows have these values: the same address, its new label."""
    for number, value in new_values.items():
        connection.execute(assertions.update().where(assertions.c.id == number).values(value=value))
