"""What checks found of records, and what people decided of it: assertions like any other, so that no value is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database.tables import assertions, units

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

FOUND = "finding"
DECIDED = "finding_decided"


def records_with(connection: Connection, entity_id: str, *fields: str) -> list[str]:
    """The records in use of which something is said in these fields, in a stable order."""
    query = (
        sa.select(units.c.id)
        .join(assertions, assertions.c.unit_id == units.c.id)
        .where(units.c.entity_id == entity_id, ~units.c.retired, assertions.c.field.in_(fields))
        .distinct()
    )
    return list(connection.scalars(query.order_by(units.c.id)))
