"""Which sensitive records a session may read, since its person said why. Free words stay here, outside the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database.portable import in_chunks, insert_missing
from archiveia.edges.database.tables import sensitive_reads

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archiveia.values import Staff


def given(connection: Connection, session: str, unit_ids: Iterable[str]) -> set[str]:
    """Those of the pieces for which this session gave its reason."""
    found: set[str] = set()
    for chunk in in_chunks(unit_ids):
        about = (sensitive_reads.c.session == session, sensitive_reads.c.unit_id.in_(chunk))
        found.update(connection.scalars(sa.select(sensitive_reads.c.unit_id).where(*about)))
    return found


def save(
    connection: Connection, staff: Staff, unit_id: str, *, reason: str, words: str, now: datetime
) -> None:
    """The person said in this session why they read this piece; the first reason stands."""
    row = {"session": staff.session, "unit_id": unit_id, "entity_id": staff.entity_id, "at": now}
    more = {"user_id": staff.user_id, "reason": reason, "words": words}
    insert_missing(connection, sensitive_reads, [row | more])
