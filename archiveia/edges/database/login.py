"""Sessions of the staff: opened by the right password, ended by time, rest or hand. Only hashes of tokens are kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database import people
from archiveia.edges.database.tables import login_sessions, users

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archiveia.values.people import Staff

SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use of a session is known: finer would write at every page."""


def who(connection: Connection, entity_id: str, name: str, password: str) -> sa.Row[Any] | None:
    """The account with this name and password; ``None`` when there is none, or when it is disabled.

    A wrong name costs as much time as a wrong password, so that names cannot be guessed by the clock.
    """
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    hasher = PasswordHasher()
    row = people.user_named(connection, entity_id, name)
    try:
        hasher.verify(row.password_hash if row else hasher.hash("nobody has this password"), password)
    except VerificationError:
        return None
    return row if row is not None and row.disabled_at is None else None


def open_session(
    connection: Connection,
    user_id: int,
    *,
    now: datetime,
    lasts: timedelta,
    browser: str = "",
    awaits_code: bool = False,
) -> str:
    """The token of a new session; ``awaits_code`` opens nothing until the second factor is given."""
    token = secrets.token_urlsafe(32)
    session = {
        "token_hash": hashed(token),
        "user_id": user_id,
        "csrf_token": secrets.token_urlsafe(32),
        "expires_at": now + lasts,
        "created_at": now,
        "seen_at": now,
        "browser": browser[:200],
        "awaits_code": awaits_code,
    }
    connection.execute(login_sessions.insert(), session)
    return token


def staff_of(
    connection: Connection,
    token: str,
    entity_id: str,
    *,
    now: datetime,
    idle: timedelta,
    awaiting: bool = False,
) -> Staff | None:
    """Who holds this session, if it is of this entity, open and was used lately.

    ``awaiting``: who gave the right password and has yet to give the second factor.
    """
    row = connection.execute(
        sa.select(users, login_sessions.c.csrf_token, login_sessions.c.token_hash)
        .join(users, users.c.id == login_sessions.c.user_id)
        .where(
            login_sessions.c.token_hash == hashed(token),
            login_sessions.c.expires_at > now,
            login_sessions.c.seen_at > now - idle,
            login_sessions.c.awaits_code == awaiting,
            users.c.entity_id == entity_id,
            users.c.disabled_at.is_(None),
        )
    ).first()
    return people.as_staff(row, csrf_token=row.csrf_token, session=row.token_hash) if row else None


def is_to_touch(connection: Connection, session: str, *, now: datetime) -> bool:
    """The last use that is known of the session is older than ``SEEN_EVERY``."""
    query = sa.select(login_sessions.c.seen_at).where(login_sessions.c.token_hash == session)
    seen_at = connection.scalar(query)
    return seen_at is not None and seen_at <= now - SEEN_EVERY


def touch(connection: Connection, session: str, *, now: datetime) -> None:
    """The session was used now."""
    connection.execute(
        login_sessions.update().where(login_sessions.c.token_hash == session).values(seen_at=now)
    )


def sessions_of(connection: Connection, user_id: int, *, now: datetime, idle: timedelta) -> list[sa.Row[Any]]:
    """The open sessions of an account, the last used first."""
    query = sa.select(login_sessions).where(
        login_sessions.c.user_id == user_id,
        login_sessions.c.expires_at > now,
        login_sessions.c.seen_at > now - idle,
        ~login_sessions.c.awaits_code,
    )
    return list(connection.execute(query.order_by(login_sessions.c.seen_at.desc())))


def end_session(connection: Connection, session: str, user_id: int) -> bool:
    """The session is over; ``False`` when this account has no such session."""
    mine = (login_sessions.c.token_hash == session, login_sessions.c.user_id == user_id)
    return connection.execute(login_sessions.delete().where(*mine)).rowcount > 0


def log_out(connection: Connection, token: str) -> None:
    """The session is over."""
    connection.execute(login_sessions.delete().where(login_sessions.c.token_hash == hashed(token)))


def forget_expired(connection: Connection, *, now: datetime) -> None:
    """Sessions that are over are deleted."""
    connection.execute(login_sessions.delete().where(login_sessions.c.expires_at <= now))


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
