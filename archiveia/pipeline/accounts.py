"""Accounts: made, changed, closed and opened again by administrators; password and second factor by their holders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archiveia.edges import database, second_factor
from archiveia.edges.database import attempts, decisions, eliminations, login, people
from archiveia.errors import BadRequestError, RefusedError
from archiveia.pipeline.logging_in import check_password, is_right_code
from archiveia.values import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Staff

GIVEN = {eliminations.IN_NEW_HANDS: True}
"""What the journal says where somebody gave the account to its holder: it is no second person's of a list of before."""


def add(
    name: str,
    password: str,
    *,
    actor: str,
    edges: Edges,
    role: Role | None = None,
    services: Sequence[str] = (),
    person: str = "",
) -> Role:
    """The role of the account, which is there with this password.

    Without ``role`` the entity's first account is an administrator's, later ones are archivists'. Of an account that
    was there only the password changes.

    Raises:
        BadRequestError: the name or the password cannot be used, or there is such an account with another role.
    """
    with database.writing(edges.database) as connection:
        known = people.user_named(connection, edges.entity, name.strip())
        if known is not None and (role or services or person):
            raise BadRequestError(
                f"there is already an account {name!r}", "change its role on the page of accounts"
            )
        first = not people.user_list(connection, edges.entity)
        chosen = Role(known.role) if known else role or (Role.ADMINISTRATOR if first else Role.ARCHIVIST)
        user_id = people.add_user(
            connection,
            edges.entity,
            name,
            password,
            now=edges.now(),
            role=chosen,
            services=_cleaned(services),
            person=person,
        )
        after = {"what": "password"} if known else {"what": "added", **_facts(connection, user_id, edges)}
        _journal(connection, user_id, after | GIVEN, actor, edges)
    return chosen


def change(
    user_id: int,
    *,
    role: Role,
    services: Sequence[str],
    person: str,
    oidc_subject: str,
    actor: str,
    edges: Edges,
) -> None:
    """The account has this role, sees these services and belongs to this person; its sessions are over.

    Raises:
        RefusedError: it is the last administrator's and would be no more, or the identity has an account already.
        BadRequestError: a person must be named.
    """
    if not person.strip():
        raise BadRequestError("an account needs the name of its person", "write it as the service knows it")
    with database.writing(edges.database) as connection:
        former = people.user(connection, user_id, edges.entity)
        before = _facts(connection, user_id, edges)
        if role is not Role.ADMINISTRATOR:
            _not_the_last(connection, user_id, edges)
        other = people.user_of_identity(connection, edges.entity, oidc_subject.strip(), able=False)
        if other is not None and other.id != user_id:
            raise RefusedError("another account has this identity already", "take it from that account first")
        people.change(
            connection,
            user_id,
            role=role,
            services=_cleaned(services),
            person=person.strip(),
            oidc_subject=oidc_subject.strip() or None,
        )
        people.end_sessions(connection, user_id)
        after = {"what": "changed", **_facts(connection, user_id, edges)}
        if (former.person, former.oidc_subject or "") != (person.strip(), oidc_subject.strip()):
            after |= GIVEN
        _journal(connection, user_id, after, actor, edges, before=before)


def disable(user_id: int, *, actor: str, edges: Edges) -> None:
    """Nobody logs in with this account any more; what it did stays in its name.

    Raises:
        RefusedError: it is the last administrator's.
    """
    with database.writing(edges.database) as connection:
        people.user(connection, user_id, edges.entity)
        _not_the_last(connection, user_id, edges)
        people.change(connection, user_id, disabled_at=edges.now())
        people.end_sessions(connection, user_id)
        _journal(connection, user_id, {"what": "disabled"}, actor, edges)


def enable(user_id: int, *, actor: str, edges: Edges) -> None:
    """The account can be used again."""
    with database.writing(edges.database) as connection:
        people.user(connection, user_id, edges.entity)
        people.change(connection, user_id, disabled_at=None)
        _journal(connection, user_id, {"what": "enabled"}, actor, edges)


def unlock(user_id: int, *, actor: str, edges: Edges) -> None:
    """The account no longer waits after failed log-ins."""
    with database.writing(edges.database) as connection:
        account = people.user(connection, user_id, edges.entity)
        attempts.forget(connection, edges.entity, attempts.name_key(account.name))
        _journal(connection, user_id, {"what": "unlocked"}, actor, edges)


def set_password(user_id: int, password: str, *, actor: str, edges: Edges) -> None:
    """The account has this password, which an administrator gives to its holder; its sessions are over.

    Raises:
        BadRequestError: it is too short.
    """
    hashed = people.hashed_password(password)
    with database.writing(edges.database) as connection:
        people.user(connection, user_id, edges.entity)
        people.change(connection, user_id, password_hash=hashed)
        people.end_sessions(connection, user_id)
        _journal(connection, user_id, {"what": "password"} | GIVEN, actor, edges)


def drop_second_factor(user_id: int, *, actor: str, edges: Edges) -> None:
    """The account needs its password alone: its holder lost telephone and recovery codes."""
    with database.writing(edges.database) as connection:
        people.user(connection, user_id, edges.entity)
        _without_second_factor(connection, user_id)
        _journal(connection, user_id, {"what": "second_factor_off"}, actor, edges)


# --- by the holder ---


def change_own_password(staff: Staff, former: str, password: str, edges: Edges) -> None:
    """The holder's new password; their other sessions are over.

    Raises:
        BadRequestError: the former password is wrong, or the new one too short.
        RefusedError: the former password was wrong too often.
    """
    hashed = people.hashed_password(password)
    check_password(staff, former, edges)
    with database.writing(edges.database) as connection:
        people.change(connection, staff.user_id, password_hash=hashed)
        people.end_sessions(connection, staff.user_id, but=staff.session)
        _journal(connection, staff.user_id, {"what": "password"}, staff.name, edges)


def begin_second_factor(staff: Staff, edges: Edges) -> str:
    """A secret for the holder's telephone; nothing is asked at log-in before a code of it was given.

    Raises:
        RefusedError: the account has its second factor already.
    """
    secret = second_factor.new_secret()
    with database.writing(edges.database) as connection:
        if people.user(connection, staff.user_id, edges.entity).totp_confirmed_at is not None:
            raise RefusedError("the second factor is in use already", "switch it off first")
        people.change(connection, staff.user_id, totp_secret=secret, totp_last_step=None)
    return secret


def confirm_second_factor(staff: Staff, code: str, edges: Edges) -> list[str]:
    """The recovery codes, shown once: from now on the second factor is asked at log-in.

    Raises:
        BadRequestError: the code is not that of the secret.
    """
    codes = second_factor.new_recovery_codes()
    with database.writing(edges.database) as connection:
        account = people.user(connection, staff.user_id, edges.entity)
        waits = account.totp_secret is not None and account.totp_confirmed_at is None
        if not waits or not is_right_code(connection, account, code, now=edges.now()):
            raise BadRequestError("the code is wrong", "wait for the next one and type it")
        people.change(connection, staff.user_id, totp_confirmed_at=edges.now())
        people.replace_recovery_codes(
            connection, staff.user_id, [second_factor.recovery_hash(c) for c in codes]
        )
        people.end_sessions(connection, staff.user_id, but=staff.session)
        _journal(connection, staff.user_id, {"what": "second_factor_on"}, staff.name, edges)
    return codes


def drop_own_second_factor(staff: Staff, password: str, edges: Edges) -> None:
    """The account needs its password alone.

    Raises:
        BadRequestError: the password is wrong.
        RefusedError: it was wrong too often.
    """
    check_password(staff, password, edges)
    drop_second_factor(staff.user_id, actor=staff.name, edges=edges)


def end_session(staff: Staff, session: str, edges: Edges) -> None:
    """One of the holder's sessions is over."""
    with database.writing(edges.database) as connection:
        if login.end_session(connection, session, staff.user_id):
            _journal(connection, staff.user_id, {"what": "session_ended"}, staff.name, edges)


def _not_the_last(connection: Connection, user_id: int, edges: Edges) -> None:
    if people.administrators(connection, edges.entity) == [user_id]:
        raise RefusedError(
            "this is the last administrator: nobody could manage accounts",
            "give that role to another account first",
        )


def _without_second_factor(connection: Connection, user_id: int) -> None:
    people.change(connection, user_id, totp_secret=None, totp_confirmed_at=None, totp_last_step=None)
    people.replace_recovery_codes(connection, user_id, [])


def _cleaned(services: Sequence[str]) -> list[str]:
    return sorted({name.strip() for name in services if name.strip()})


def _facts(connection: Connection, user_id: int, edges: Edges) -> dict[str, Any]:
    """What the journal says of an account. Its person counts where two have to act; names stand beside the chain."""
    account = people.user(connection, user_id, edges.entity)
    return {
        "role": account.role,
        "services": account.services,
        "identity": account.oidc_subject is not None,
        "person": account.person,
    }


def _journal(
    connection: Connection,
    user_id: int,
    after: dict[str, Any],
    actor: str,
    edges: Edges,
    *,
    before: Any = None,
) -> None:
    decisions.write_journal(
        connection,
        entity_id=edges.entity,
        actor=actor,
        action="account",
        subject=f"account:{user_id}",
        before=before,
        after=after,
        now=edges.now(),
    )
