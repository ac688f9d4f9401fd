"""Log-ins that were sent to the identity provider and have not come back; each comes back once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.login import hashed
from archiveia.edges.database.tables import oidc_logins

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

LASTS = timedelta(minutes=10)


def begin(connection: Connection, *, after: str, now: datetime) -> tuple[str, str, str]:
    """State, nonce and verifier of a new log-in."""
    state, nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    connection.execute(oidc_logins.delete().where(oidc_logins.c.expires_at <= now))
    row = {"state_hash": hashed(state), "nonce": nonce, "verifier": verifier, "after": after}
    connection.execute(oidc_logins.insert(), row | {"expires_at": now + LASTS})
    return state, nonce, verifier


def take(connection: Connection, state: str, *, now: datetime) -> sa.Row[Any] | None:
    """The log-in with this state, which cannot come back again."""
    mine = (oidc_logins.c.state_hash == hashed(state), oidc_logins.c.expires_at > now)
    row = connection.execute(sa.select(oidc_logins).where(*mine)).first()
    connection.execute(oidc_logins.delete().where(oidc_logins.c.state_hash == hashed(state)))
    return row
