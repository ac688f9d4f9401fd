"""The pages whose text came from people, with the file and page that each was scanned from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.tables import pages, readings, sources

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def transcribed(connection: Connection, entity_id: str, engine_prefix: str) -> list[sa.Row[Any]]:
    """The pages of an entity with a text whose engine begins so: id, place, sha256, kind, source_page."""
    query = (
        sa.select(pages.c.id, sources.c.place, sources.c.sha256, sources.c.kind, pages.c.source_page)
        .join(readings, readings.c.page_id == pages.c.id)
        .join(sources, sources.c.id == pages.c.source_id)
        .where(pages.c.entity_id == entity_id, readings.c.engine.startswith(engine_prefix, autoescape=True))
        .where(readings.c.text != "")
        .order_by(sources.c.place, pages.c.source_page)
    )
    return list(connection.execute(query))
