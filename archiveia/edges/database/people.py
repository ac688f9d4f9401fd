"""Staff accounts: who they are, what they may see. Only hashes of passwords (argon2) are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.tables import login_sessions, recovery_codes, users
from archiveia.errors import BadRequestError, UnknownUnitError
from archiveia.values.people import Role, Staff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

MIN_PASSWORD_CHARACTERS = 12
"""ANSSI's guide on passwords (2021): 12 characters for an ordinary account."""


def add_user(
    connection: Connection,
    entity_id: str,
    name: str,
    password: str,
    *,
    now: datetime,
    role: Role = Role.ARCHIVIST,
    services: Sequence[str] = (),
    person: str = "",
) -> int:
    """The number of the account, which is there with this password.

    Of an account that was there only the password changes, which ends its sessions.

    Raises:
        BadRequestError: the name or the password is too short.
    """
    name = name.strip()
    if not name:
        raise BadRequestError("an account needs a name", "give one, for instance the person's initials")
    hashed = hashed_password(password)
    user_id = connection.scalar(sa.select(users.c.id).where(*_named(entity_id, name)))
    if user_id is not None:
        connection.execute(users.update().where(users.c.id == user_id).values(password_hash=hashed))
        end_sessions(connection, user_id)
        return int(user_id)
    row = {"entity_id": entity_id, "name": name, "password_hash": hashed, "created_at": now}
    more = {"role": role, "services": list(services), "person": person.strip() or name}
    key = connection.execute(users.insert(), row | more).inserted_primary_key
    return int(key[0]) if key is not None else 0


def hashed_password(password: str) -> str:
    """What is kept of a password.

    Raises:
        BadRequestError: it is too short.
    """
    from argon2 import PasswordHasher

    if len(password) < MIN_PASSWORD_CHARACTERS:
        msg = f"the password has {len(password)} characters"
        raise BadRequestError(msg, f"choose one of at least {MIN_PASSWORD_CHARACTERS}")
    return PasswordHasher().hash(password)


def user_names(connection: Connection, entity_id: str) -> list[str]:
    """The names of the accounts of an entity."""
    return [row.name for row in user_list(connection, entity_id)]


def user_list(connection: Connection, entity_id: str) -> list[sa.Row[Any]]:
    """The accounts of an entity, those that are disabled too."""
    return list(
        connection.execute(sa.select(users).where(users.c.entity_id == entity_id).order_by(users.c.name))
    )


def user(connection: Connection, user_id: int, entity_id: str) -> sa.Row[Any]:
    """One account of this entity.

    Raises:
        UnknownUnitError: there is no such account here.
    """
    row = connection.execute(
        sa.select(users).where(users.c.id == user_id, users.c.entity_id == entity_id)
    ).first()
    if row is None:
        raise UnknownUnitError(f"no account {user_id} here", "list them with `archiveia user list`")
    return row


def user_named(connection: Connection, entity_id: str, name: str) -> sa.Row[Any] | None:
    """The account with this name."""
    return connection.execute(sa.select(users).where(*_named(entity_id, name))).first()


def change(connection: Connection, user_id: int, **values: Any) -> None:
    """The account has these values; its sessions go on until ``end_sessions``."""
    connection.execute(users.update().where(users.c.id == user_id).values(**values))


def administrators(connection: Connection, entity_id: str) -> list[int]:
    """The accounts that may manage accounts today."""
    able = (users.c.role == Role.ADMINISTRATOR, users.c.disabled_at.is_(None))
    return list(connection.scalars(sa.select(users.c.id).where(users.c.entity_id == entity_id, *able)))


def end_sessions(connection: Connection, user_id: int, *, but: str = "") -> None:
    """Nobody is logged in with this account any more, ``but`` one session."""
    connection.execute(
        login_sessions.delete().where(login_sessions.c.user_id == user_id, login_sessions.c.token_hash != but)
    )


def as_staff(row: sa.Row[Any], *, csrf_token: str = "", session: str = "") -> Staff:
    """Who an account is, as the rest of the program knows it."""
    return Staff(
        user_id=row.id,
        name=row.name,
        entity_id=row.entity_id,
        csrf_token=csrf_token,
        role=Role(row.role),
        services=tuple(row.services),
        person=row.person,
        session=session,
    )


def _named(entity_id: str, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (users.c.entity_id == entity_id, users.c.name == name)


def user_of_identity(
    connection: Connection, entity_id: str, subject: str, *, able: bool = True
) -> sa.Row[Any] | None:
    """The account of an identity that a provider proves; ``able``: one that is not disabled."""
    if not subject:
        return None
    mine = [users.c.entity_id == entity_id, users.c.oidc_subject == subject]
    if able:
        mine.append(users.c.disabled_at.is_(None))
    return connection.execute(sa.select(users).where(*mine)).first()


def replace_recovery_codes(connection: Connection, user_id: int, hashes: Sequence[str]) -> None:
    """These are the recovery codes of the account, and no other."""
    connection.execute(recovery_codes.delete().where(recovery_codes.c.user_id == user_id))
    if hashes:
        rows = [{"user_id": user_id, "code_hash": code} for code in hashes]
        connection.execute(recovery_codes.insert(), rows)


def spend_recovery_code(connection: Connection, user_id: int, code_hash: str) -> bool:
    """The account had this recovery code, and has it no more."""
    mine = (recovery_codes.c.user_id == user_id, recovery_codes.c.code_hash == code_hash)
    return connection.execute(recovery_codes.delete().where(*mine)).rowcount > 0
