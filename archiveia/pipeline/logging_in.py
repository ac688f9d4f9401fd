"""Logging in: password, second factor, identity provider; what fails too often waits; the journal tells all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from archiveia.edges import database, second_factor
from archiveia.edges.database import attempts, login, people
from archiveia.edges.database.journal import journal_login
from archiveia.errors import BadRequestError, RefusedError
from archiveia.steps.lockout import FREE_OF_ADDRESS, FREE_OF_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Staff

CODE_WAITS = timedelta(minutes=5)
"""How long the second factor is waited for."""


@dataclass(frozen=True, slots=True)
class Caller:
    """From where somebody logs in, and the session that their browser already had."""

    address: str
    browser: str = ""
    former_token: str = ""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """What came of an attempt: a session's token, which may wait for the second factor; or until when to wait."""

    token: str | None = None
    awaits_code: bool = False
    closed_until: datetime | None = None


def log_in(name: str, password: str, caller: Caller, edges: Edges) -> LoggedIn:
    """A session for the right name and password; names and addresses that fail too often have to wait."""
    now, keys = edges.now(), (attempts.name_key(name), attempts.address_key(caller.address))
    with database.reading(edges.database) as connection:
        until = attempts.waits_until(connection, edges.entity, keys, now=now)
        account = None if until else login.who(connection, edges.entity, name, password)
        named = people.user_named(connection, edges.entity, name)
    if until is not None:
        return LoggedIn(closed_until=until)
    with database.writing(edges.database) as connection:
        if account is None:
            return _refused(connection, named.name if named else None, keys, edges)
        if account.totp_confirmed_at is None:
            attempts.forget(connection, edges.entity, keys[0])
            return _opened(connection, account, caller, edges)
        if caller.former_token:
            login.log_out(connection, caller.former_token)
        token = login.open_session(connection, account.id, now=now, lasts=CODE_WAITS, awaits_code=True)
    return LoggedIn(token, awaits_code=True)


def give_code(waiting: Staff, code: str, caller: Caller, edges: Edges) -> LoggedIn:
    """A session for the right second factor: the telephone's code, once, or a recovery code, which is spent."""
    now, keys = edges.now(), (attempts.name_key(waiting.name), attempts.address_key(caller.address))
    with database.writing(edges.database) as connection:
        if until := attempts.waits_until(connection, edges.entity, keys, now=now):
            return LoggedIn(closed_until=until)
        account = people.user(connection, waiting.user_id, edges.entity)
        if not is_right_code(connection, account, code, now=now):
            return _refused(connection, waiting.name, keys, edges)
        attempts.forget(connection, edges.entity, keys[0])
        return _opened(connection, account, caller, edges)


def log_in_as(subject: str, caller: Caller, edges: Edges) -> LoggedIn:
    """A session for the account of this identity, which the identity provider has proved."""
    with database.writing(edges.database) as connection:
        account = people.user_of_identity(connection, edges.entity, subject)
        if account is None:
            journal_login(
                connection, entity_id=edges.entity, outcome="login_refused", name=None, now=edges.now()
            )
            return LoggedIn()
        return _opened(connection, account, caller, edges)


def log_out(staff: Staff, token: str, edges: Edges) -> None:
    """The session is over."""
    with database.writing(edges.database) as connection:
        login.log_out(connection, token)
        journal_login(connection, entity_id=edges.entity, outcome="logout", name=staff.name, now=edges.now())


def check_password(staff: Staff, password: str, edges: Edges) -> None:
    """Nothing, for the right password; wrong ones count as at log-in, so that a stolen session cannot guess it.

    Raises:
        BadRequestError: it is wrong.
        RefusedError: it was wrong too often: the name has to wait.
    """
    now, key = edges.now(), attempts.name_key(staff.name)
    with database.reading(edges.database) as connection:
        until = attempts.waits_until(connection, edges.entity, [key], now=now)
        account = None if until else login.who(connection, edges.entity, staff.name, password)
    if account is not None:
        return
    if until is None:
        with database.writing(edges.database) as connection:
            until = _failed(connection, staff.name, [(key, FREE_OF_NAME)], edges)
    if until is not None:
        raise RefusedError(
            "the password was wrong too often", "wait, or ask an administrator to unlock the account"
        )
    raise BadRequestError("the present password is wrong", "type it again")


def is_right_code(connection: Connection, account: sa.Row[Any], code: str, *, now: datetime) -> bool:
    """The code is of this half-minute and was not used yet; or a recovery code, which is spent by that."""
    step = second_factor.step_of(account.totp_secret, code, now=now) if account.totp_secret else None
    if step is not None and (account.totp_last_step is None or step > account.totp_last_step):
        people.change(connection, account.id, totp_last_step=step)
        return True
    return people.spend_recovery_code(connection, account.id, second_factor.recovery_hash(code))


def _opened(connection: Connection, account: sa.Row[Any], caller: Caller, edges: Edges) -> LoggedIn:
    """A new session; the one that the browser had before is over, so that none can be planted."""
    if caller.former_token:
        login.log_out(connection, caller.former_token)
    now, lasts = edges.now(), timedelta(hours=edges.settings.session_hours)
    token = login.open_session(connection, account.id, now=now, lasts=lasts, browser=caller.browser)
    journal_login(connection, entity_id=edges.entity, outcome="login", name=account.name, now=now)
    return LoggedIn(token)


def _refused(connection: Connection, known: str | None, keys: tuple[str, str], edges: Edges) -> LoggedIn:
    """One more failure of a name, which closes even where nobody has it, and of an address."""
    free = (FREE_OF_NAME, FREE_OF_ADDRESS)
    return LoggedIn(closed_until=_failed(connection, known, list(zip(keys, free, strict=True)), edges))


def _failed(
    connection: Connection, known: str | None, keys: Sequence[tuple[str, int]], edges: Edges
) -> datetime | None:
    """Until when one more failure closes any of these keys; it is journalled, and what closes by it."""
    now, entity = edges.now(), edges.entity
    closed = [attempts.failed(connection, entity, key, free=free, now=now) for key, free in keys]
    journal_login(connection, entity_id=entity, outcome="login_refused", name=known, now=now)
    if any(closed):
        journal_login(connection, entity_id=entity, outcome="locked", name=known, now=now)
    return max(filter(None, closed), default=None)
