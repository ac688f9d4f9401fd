"""Staff accounts and their sessions. Only hashes are kept: of passwords (argon2) and of session tokens (SHA-256)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database.tables import login_sessions, users
from archiveia.errors import BadRequestError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

MIN_PASSWORD_CHARACTERS = 12
"""ANSSI's guide on passwords (2021): 12 characters for an ordinary account."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is logged in, and the token that their forms must carry."""

    user_id: int
    name: str
    entity_id: str
    csrf_token: str


def add_user(connection: Connection, entity_id: str, name: str, password: str, *, now: datetime) -> None:
    """The account is there with this password (a new one replaces the former and ends its sessions).

    Raises:
        BadRequestError: the name or the password is too short.
    """
    from argon2 import PasswordHasher

    if not name.strip():
        raise BadRequestError("an account needs a name", "give one, for instance the person's initials")
    if len(password) < MIN_PASSWORD_CHARACTERS:
        msg = f"the password has {len(password)} characters"
        raise BadRequestError(msg, f"choose one of at least {MIN_PASSWORD_CHARACTERS}")
    hashed = PasswordHasher().hash(password)
    mine = (users.c.entity_id == entity_id, users.c.name == name)
    user_id = connection.scalar(sa.select(users.c.id).where(*mine))
    if user_id is None:
        row = {"entity_id": entity_id, "name": name, "password_hash": hashed, "created_at": now}
        connection.execute(users.insert(), row)
    else:
        connection.execute(users.update().where(*mine).values(password_hash=hashed))
        connection.execute(login_sessions.delete().where(login_sessions.c.user_id == user_id))


def user_names(connection: Connection, entity_id: str) -> list[str]:
    """The names of the accounts of an entity."""
    return list(
        connection.scalars(
            sa.select(users.c.name).where(users.c.entity_id == entity_id).order_by(users.c.name)
        )
    )


def log_in(
    connection: Connection, entity_id: str, name: str, password: str, *, expires_at: datetime
) -> str | None:
    """A new session token for the right name and password; ``None`` otherwise.

    A wrong name costs as much time as a wrong password, so that names cannot be guessed by the clock.
    """
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    hasher = PasswordHasher()
    row = connection.execute(
        sa.select(users.c.id, users.c.password_hash).where(
            users.c.entity_id == entity_id, users.c.name == name
        )
    ).first()
    try:
        hasher.verify(row.password_hash if row else hasher.hash("nobody has this password"), password)
    except VerificationError:
        return None
    if row is None:
        return None
    token = secrets.token_urlsafe(32)
    session = {
        "token_hash": _hashed(token),
        "user_id": row.id,
        "csrf_token": secrets.token_urlsafe(32),
        "expires_at": expires_at,
    }
    connection.execute(login_sessions.insert(), session)
    return token


def staff_of(connection: Connection, token: str, entity_id: str, *, now: datetime) -> Staff | None:
    """Who holds this session token, if it is of this entity and has not expired."""
    row = connection.execute(
        sa.select(users.c.id, users.c.name, users.c.entity_id, login_sessions.c.csrf_token)
        .join(users, users.c.id == login_sessions.c.user_id)
        .where(
            login_sessions.c.token_hash == _hashed(token),
            login_sessions.c.expires_at > now,
            users.c.entity_id == entity_id,
        )
    ).first()
    return Staff(row.id, row.name, row.entity_id, row.csrf_token) if row else None


def log_out(connection: Connection, token: str) -> None:
    """The session is over."""
    connection.execute(login_sessions.delete().where(login_sessions.c.token_hash == _hashed(token)))


def forget_expired(connection: Connection, *, now: datetime) -> None:
    """Sessions that are over are deleted."""
    connection.execute(login_sessions.delete().where(login_sessions.c.expires_at <= now))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
