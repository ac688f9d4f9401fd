"""Failed log-ins by name and by address, kept so that a restart forgets none."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database.portable import upsert
from archiveia.edges.database.tables import login_attempts
from archiveia.steps.lockout import FORGOTTEN_AFTER, after_failure, closed_until

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection


def name_key(name: str) -> str:
    """The key of a name as it was typed: it may be a password by mistake, so that it is not kept readable."""
    return "name:" + hashlib.sha256(name.strip().casefold().encode()).hexdigest()


def address_key(address: str) -> str:
    """The key of an address."""
    return "from:" + hashlib.sha256(address.encode()).hexdigest()


def waits_until(
    connection: Connection, entity_id: str, keys: Sequence[str], *, now: datetime
) -> datetime | None:
    """When the next attempt under these keys is looked at; ``None``: now."""
    query = sa.select(sa.func.max(login_attempts.c.closed_until)).where(
        login_attempts.c.entity_id == entity_id,
        login_attempts.c.key.in_(list(keys)),
        login_attempts.c.closed_until > now,
    )
    until: datetime | None = connection.scalar(query)
    return until


def failed(connection: Connection, entity_id: str, key: str, *, free: int, now: datetime) -> datetime | None:
    """One more attempt failed; until when the key is closed for it."""
    mine = (login_attempts.c.entity_id == entity_id, login_attempts.c.key == key)
    row = connection.execute(sa.select(login_attempts).where(*mine)).first()
    failures = after_failure(row.failures if row else 0, row.last_at if row else None, now=now)
    until = closed_until(failures, free, now=now)
    values = {"entity_id": entity_id, "key": key, "failures": failures, "last_at": now, "closed_until": until}
    upsert(connection, login_attempts, [values])
    return until


def forget(connection: Connection, entity_id: str, key: str) -> None:
    """The right password was given, or an administrator opened the name again."""
    connection.execute(
        login_attempts.delete().where(login_attempts.c.entity_id == entity_id, login_attempts.c.key == key)
    )


def forget_old(connection: Connection, *, now: datetime) -> None:
    """Failures that count no more are deleted."""
    connection.execute(login_attempts.delete().where(login_attempts.c.last_at <= now - FORGOTTEN_AFTER))
