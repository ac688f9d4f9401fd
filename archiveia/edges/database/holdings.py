"""Every record with what a forecast needs: whose it is, how big, when it came, when it falls due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database.tables import assertions, batches, pages, sources, units
from archiveia.steps.forecast import Holding
from archiveia.values import RANK, Level, OriginKind, SortFinal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from archiveia.values import Json


def holdings(connection: Connection, entity_id: str) -> Iterator[Holding]:
    """The records in use, each with its share of the files that hold its pages."""
    proposals = _values(connection, entity_id, "retention")
    metres = _values(connection, entity_id, "linear_metres")
    share = sa.cast(sources.c.size_bytes, sa.Float) / sources.c.page_count
    query = (
        sa.select(
            units.c.id,
            sa.func.min(batches.c.producer).label("service"),
            sa.func.min(sources.c.registered_at).label("arrived_at"),
            sa.func.coalesce(sa.func.sum(share), 0.0).label("size_bytes"),
        )
        .join(pages, pages.c.unit_id == units.c.id)
        .join(sources, sources.c.id == pages.c.source_id)
        .join(batches, batches.c.id == sources.c.batch_id)
        .where(units.c.entity_id == entity_id, units.c.level == Level.ITEM, ~units.c.retired)
        .group_by(units.c.id)
    )
    for row in connection.execute(query):
        proposal = proposals.get(row.id) or {}
        fate = proposal.get("sort_final")
        yield Holding(
            service=row.service,
            arrived_in=row.arrived_at.year,
            due_in=_year(proposal.get("due_on")),
            fate=SortFinal(fate) if fate else None,
            is_sure=proposal.get("to_review") is False,
            size_bytes=round(row.size_bytes),
            metres=_number(metres.get(row.id)),
        )


def _values(connection: Connection, entity_id: str, field: str) -> dict[str, Json]:
    """The value in force of a field, by record."""
    query = (
        sa.select(assertions.c.unit_id, assertions.c.value, assertions.c.origin_kind)
        .join(units, units.c.id == assertions.c.unit_id)
        .where(units.c.entity_id == entity_id, ~units.c.retired, assertions.c.field == field)
        .order_by(assertions.c.id)
    )
    rows = sorted(connection.execute(query), key=lambda row: RANK[OriginKind(row.origin_kind)])
    return {row.unit_id: row.value for row in rows}


def _year(value: Json) -> int | None:
    return int(value[:4]) if isinstance(value, str) else None


def _number(value: Json) -> float | None:
    """Metres as people write them: ``1,25``; ``None`` for what is no number."""
    try:
        found = float(str(value).replace(",", ".").removesuffix("ml").removesuffix("m"))
    except ValueError:
        return None
    return found if 0 <= found < float("inf") else None
