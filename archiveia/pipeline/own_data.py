"""The data of the service itself past its row of the schedule: counted by the night, purged by a person with a visa.

What a service makes while it works is public archives too: nothing goes without a signed row and a visa
(C. patr. L211-1, L212-2, R212-14). No scheduled job purges.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from archiveia.edges import database
from archiveia.edges.database import erasing, journal, journal_audit
from archiveia.edges.database import own_data as stored
from archiveia.edges.own_data import load_own_data
from archiveia.errors import BadRequestError, RefusedError
from archiveia.pipeline.rules import schedule_in_force
from archiveia.steps.legal_dates import add_months
from archiveia.steps.retain import why_no_fate
from archiveia.values import SortFinal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import RetentionRule

ACTION = "own_data"
LOG_INS = ("login", "login_refused", "locked", "logout", "read_sensitive")
"""The entries of the journal that tell of log-ins and of what was read, not of decisions."""


@dataclass(frozen=True, slots=True)
class OwnData:
    """One kind of data of the service: its row, how many are ``past`` it, and in French why none may be purged."""

    code: str
    data: str
    rule: str
    past: int
    why_not: tuple[str, ...]
    before: date | None
    """What ended before this day is past the duration; ``None`` where the row gives none."""


def own_data(edges: Edges) -> list[OwnData]:
    """Every kind that can be purged, with what is past its row of the schedule in force."""
    schedule, today = schedule_in_force(edges), edges.today()
    found = []
    with database.reading(edges.database) as connection:
        for row in load_own_data()["kept"]:
            if row["code"] is None:
                continue
            rule = schedule.get(row["rule"])
            months = rule.dua_months if rule else None
            before = add_months(today, -months) if months is not None else None
            past = _past(connection, row["code"], before, edges) if before else 0
            why_not = _why_not(row["rule"], rule, today)
            found.append(OwnData(row["code"], row["data"], row["rule"], past, why_not, before))
    return found


def kind_of(code: str, edges: Edges) -> OwnData:
    """One kind, by its code in ``schemas/own_data.json``.

    Raises:
        BadRequestError: there is no such kind.
    """
    known = {one.code: one for one in own_data(edges)}
    if code not in known:
        raise BadRequestError(f"there is no data {code!r} to purge", f"choose one of {', '.join(known)}")
    return known[code]


def _why_not(code: str, rule: RetentionRule | None, today: date) -> tuple[str, ...]:
    if rule is None:
        return (f"La règle {code} n’est pas au tableau de gestion en vigueur.",)
    if rule.dua_months is None or rule.sort_final is not SortFinal.ELIMINATE:
        return (f"La règle {code} ne propose pas d’élimination.",)
    return why_no_fate(rule, today=today)


def purge(code: str, *, visa: str, actor: str, edges: Edges) -> int:
    """How many are purged; the journal has the number, the row and the visa.

    Raises:
        BadRequestError: there is no such kind of data, or no visa is named.
        RefusedError: its row of the schedule lets nothing go.
    """
    one = kind_of(code, edges)
    if one.why_not or one.before is None:
        reasons = " ".join(one.why_not)
        raise RefusedError(
            f"row {one.rule} lets nothing go: {reasons}",
            "have the row validated and signed with `archiveia rules sign`",
        )
    if not visa.strip():
        raise BadRequestError(
            "a purge needs the visa of the departmental archives", "give its reference with --visa"
        )
    with database.writing(edges.database) as connection:
        erasing.zero_freed_pages(connection)
        count = _past(connection, code, one.before, edges)
        if not count:
            return 0
        _take(connection, code, one.before, actor, edges)
        journal.write_journal(
            connection,
            entity_id=edges.entity,
            actor=actor,
            action=ACTION,
            subject="",
            before={},
            after={
                "kind": code,
                "values": count,
                "retention_rule": one.rule,
                "before": one.before.isoformat(),
                "visa": visa,
            },
            now=edges.now(),
        )
    database.shrink(edges.database)
    return count


def _past(connection: Connection, code: str, before: date, edges: Edges) -> int:
    at = _midnight(before, edges)
    counts: dict[str, Callable[[], int]] = {
        "requests": lambda: len(_requests(connection, before, edges, about_own_data=False)),
        "rights": lambda: len(_requests(connection, before, edges, about_own_data=True)),
        "accounts": lambda: len(stored.accounts_disabled_before(connection, edges.entity, at)),
        "log_ins": lambda: (
            stored.reads_before(connection, edges.entity, at)
            + len(journal_audit.to_purge(connection, edges.entity, before=at, actions=LOG_INS))
        ),
    }
    return counts[code]()


def _take(connection: Connection, code: str, before: date, actor: str, edges: Edges) -> None:
    at = _midnight(before, edges)
    if code == "accounts":
        stored.blank_accounts(connection, stored.accounts_disabled_before(connection, edges.entity, at))
    elif code == "log_ins":
        stored.forget_reads(connection, edges.entity, at)
        journal_audit.purge(
            connection, edges.entity, actor=actor, now=edges.now(), before=at, actions=LOG_INS
        )
    else:
        stored.blank_requests(
            connection, _requests(connection, before, edges, about_own_data=code == "rights")
        )


def _requests(connection: Connection, before: date, edges: Edges, *, about_own_data: bool) -> list[int]:
    return stored.requests_closed_before(connection, edges.entity, before, about_own_data=about_own_data)


def _midnight(day: date, edges: Edges) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(edges.settings.timezone))
