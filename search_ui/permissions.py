"""Which roles may do what, as one plain table; every route of the desk names its action with ``may``.

What an account sees of it (whose files, which sensitive records) is in ``search_ui.need_to_know``.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from fastapi import Depends

from archiveia.errors import NotAllowedError
from archiveia.values.people import Role, Staff
from search_ui.sessions import StaffOf


class Action(StrEnum):
    """What a route of the desk does."""

    OWN_ACCOUNT = "own_account"
    """One's own password, second factor and sessions; logging out."""
    READ = "read"
    """The desk, the search, a record with its pages and files."""
    FOLLOW_BATCHES = "follow_batches"
    DEPOSIT = "deposit"
    """A new batch of scans."""
    REVIEW = "review"
    """The queues: what waits for a person, duplicates, names, checks, how good proposals are."""
    CONFIRM = "confirm"
    """The form of a record; each field needs its own action beside (``ACTION_OF_FIELD``)."""
    DESCRIBE = "describe"
    """Class, title, date, names, subjects, duplicates, findings."""
    ARRANGE = "arrange"
    """Cutting, ordering and joining pieces, and undoing that."""
    DECIDE_ACCESS = "decide_access"
    DECIDE_RETENTION = "decide_retention"
    PUBLISH = "publish"
    SEE_REQUESTS = "see_requests"
    ANSWER_REQUESTS = "answer_requests"
    SEE_ELIMINATIONS = "see_eliminations"
    PREPARE_ELIMINATION = "prepare_elimination"
    """The list, its signatures, its visa: the first person's part."""
    DESTROY = "destroy"
    """Confirming as the second person, and the button."""
    SEE_JOURNAL = "see_journal"
    SEE_ACCOUNTS = "see_accounts"
    MANAGE_ACCOUNTS = "manage_accounts"


_A, _R, _C, _S, _M, _V = (
    Role.ARCHIVIST,
    Role.RECORDS_MANAGER,
    Role.ACCESS_OFFICER,
    Role.SERVICE,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)

ROLES: dict[Action, frozenset[Role]] = {
    action: frozenset(roles)
    for action, roles in {
        Action.OWN_ACCOUNT: (_A, _R, _C, _S, _M, _V),
        Action.READ: (_A, _R, _C, _S, _M, _V),
        Action.FOLLOW_BATCHES: (_A, _R, _C, _S, _M, _V),
        Action.DEPOSIT: (_A, _R, _S, _M),
        Action.REVIEW: (_A, _R, _C, _M, _V),
        Action.CONFIRM: (_A, _R, _C, _M),
        Action.DESCRIBE: (_A, _R, _C, _M),
        Action.ARRANGE: (_A, _M),
        Action.DECIDE_ACCESS: (_A, _C, _M),
        Action.DECIDE_RETENTION: (_A, _R, _M),
        Action.PUBLISH: (_A, _C, _M),
        Action.SEE_REQUESTS: (_A, _C, _M, _V),
        Action.ANSWER_REQUESTS: (_A, _C, _M),
        Action.SEE_ELIMINATIONS: (_A, _R, _C, _M, _V),
        Action.PREPARE_ELIMINATION: (_A, _R),
        Action.DESTROY: (_A, _R),
        Action.SEE_JOURNAL: (_A, _R, _C, _M, _V),
        Action.SEE_ACCOUNTS: (_M, _V),
        Action.MANAGE_ACCOUNTS: (_M,),
    }.items()
}
"""Who may do it. An administrator does what an archivist does, and accounts: a small town has one person for both.
Elimination is for no administrator: who can make accounts is neither of its two persons (ADR 25)."""

ACTION_OF_FIELD: dict[str, Action] = {
    **dict.fromkeys(
        (
            *("access_category", "legible_enough", "about_one_person", "not_prolonged"),
            *("closed_on", "decided_on", "use_ended_on", "birth_on", "death_on"),
        ),
        Action.DECIDE_ACCESS,
    ),
    **dict.fromkeys(("retention_rule", "trigger_on", "hold"), Action.DECIDE_RETENTION),
}
"""The action that deciding a field needs; ``DESCRIBE`` for those that are not here."""


def is_allowed(staff: Staff, action: Action) -> bool:
    """The role of this account may do it."""
    return staff.role in ROLES[action]


def may_decide(staff: Staff, field: str) -> bool:
    """The role of this account may decide this field of a record."""
    return is_allowed(staff, ACTION_OF_FIELD.get(field, Action.DESCRIBE))


def check(staff: Staff, action: Action) -> None:
    """Nothing, when the role of this account may do it.

    Raises:
        NotAllowedError: it may not.
    """
    if not is_allowed(staff, action):
        raise NotAllowedError(
            f"your role, {staff.role}, does not do this", "ask an administrator of these archives"
        )


def check_fields(staff: Staff, fields: Iterable[str]) -> None:
    """Nothing, when the role of this account may decide each of these fields.

    Raises:
        NotAllowedError: it may not decide one of them.
    """
    for field in fields:
        check(staff, ACTION_OF_FIELD.get(field, Action.DESCRIBE))


def may(action: Action) -> Any:  # FastAPI's Depends is typed so
    """What a route puts in its ``dependencies``: whoever asks is logged in, with a role that may do this."""

    def allowed(staff: StaffOf) -> None:
        check(staff, action)

    allowed.action = action  # type: ignore[attr-defined] # read by the test that walks every route
    return Depends(allowed)
