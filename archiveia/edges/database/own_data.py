"""What the service keeps of those who ask and of those who work, past a day: found, and blanked.

Rows stay, without what names anybody: requests are numbered without gaps, and other rows name an account's number.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database import people
from archiveia.edges.database.erasing import ERASED
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.database.tables import access_requests, assertions, sensitive_reads, users
from archiveia.steps.respond import RIGHTS, RequestState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.engine import Connection


def requests_closed_before(
    connection: Connection, entity_id: str, day: date, *, about_own_data: bool
) -> list[int]:
    """Requests that a person closed before the day and that still say who asked; under a hold none goes."""
    is_right = access_requests.c.kind.in_(RIGHTS)
    is_held = sa.exists().where(
        assertions.c.unit_id == access_requests.c.unit_id, assertions.c.field == "hold"
    )
    query = sa.select(access_requests.c.id).where(
        access_requests.c.entity_id == entity_id,
        access_requests.c.state == RequestState.CLOSED,
        access_requests.c.answered_on < day,
        access_requests.c.email != "",
        is_right if about_own_data else ~is_right,
        ~is_held,
    )
    return list(connection.scalars(query))


def blank_requests(connection: Connection, ids: Iterable[int]) -> None:
    """Of these requests the number, the kind, the days and the state are left."""
    blank = {"requester": ERASED, "email": "", "subject": ERASED, "answer": None, "answered_by": None}
    for chunk in in_chunks(ids):
        mine = access_requests.c.id.in_(chunk)
        connection.execute(access_requests.update().where(mine).values(**blank, unit_id=None))


def accounts_disabled_before(connection: Connection, entity_id: str, at: datetime) -> list[int]:
    """Accounts closed before then that still say whose they were."""
    query = sa.select(users.c.id).where(
        users.c.entity_id == entity_id, users.c.disabled_at < at, users.c.person != ERASED
    )
    return list(connection.scalars(query))


def blank_accounts(connection: Connection, ids: Iterable[int]) -> None:
    """Of these accounts the number, the role and the days are left; nobody logs in with them."""
    for user_id in ids:
        people.replace_recovery_codes(connection, user_id, [])
        people.change(
            connection,
            user_id,
            name=f"{ERASED} {user_id}",
            person=ERASED,
            password_hash=people.hashed_password(secrets.token_urlsafe(32)),
            services=[],
            totp_secret=None,
            oidc_subject=None,
        )


def reads_before(connection: Connection, entity_id: str, at: datetime) -> int:
    """How many reasons for reading a sensitive record were given before then."""
    query = sa.select(sa.func.count()).select_from(sensitive_reads)
    return connection.scalar(query.where(*_old(entity_id, at))) or 0


def forget_reads(connection: Connection, entity_id: str, at: datetime) -> None:
    """The reasons given before then are gone."""
    connection.execute(sensitive_reads.delete().where(*_old(entity_id, at)))


def _old(entity_id: str, at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (sensitive_reads.c.entity_id == entity_id, sensitive_reads.c.at < at)
