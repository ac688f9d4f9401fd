"""Eliminations: their numbers, the events that are their history, the state of each record on their lists."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database import services
from archiveia.edges.database.portable import in_chunks, insert_missing
from archiveia.edges.database.tables import GOES, assertions, entities, journal, units
from archiveia.edges.database.tables_eliminations import (
    elimination_events,
    elimination_records,
    eliminations,
)
from archiveia.errors import RefusedError, UnknownUnitError
from archiveia.steps.eliminate_standing import OVER
from archiveia.values import Level
from archiveia.values.eliminations import Act, Event, Hand, Stage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy.engine import Connection


DRAFTED = f"elim_{Act.DRAFT}"
"""The journal's word for the first act of a list."""
IN_NEW_HANDS = "in_new_hands"
"""The journal's word, of an account that was made, or given to a person by another one."""


class Fate(StrEnum):
    """What became of a record of a list."""

    LISTED = "listed"
    DESTROYED = "destroyed"
    KEPT = "kept"
    """Something stood against it at the last moment."""


@dataclass(frozen=True, slots=True)
class Elimination:
    """One elimination with its whole history, oldest event first."""

    id: str
    number: str
    service: str
    stage: Stage
    created_at: datetime
    events: tuple[Event, ...] = ()


def next_number(connection: Connection, entity_id: str, year: int) -> str:
    """The number of the next list of the year, ``2026-E001``; without gaps, never given twice.

    The entity's row is locked until the end of the transaction.
    """
    connection.execute(sa.select(entities.c.id).where(entities.c.id == entity_id).with_for_update())
    query = (
        sa.select(sa.func.count())
        .select_from(eliminations)
        .where(eliminations.c.entity_id == entity_id, eliminations.c.number.like(f"{year}-E%"))
    )
    return f"{year}-E{(connection.scalar(query) or 0) + 1:03d}"


def add(
    connection: Connection, elimination_id: str, entity_id: str, number: str, service: str, *, now: datetime
) -> None:
    """The elimination is there, without any event."""
    row = {"id": elimination_id, "entity_id": entity_id, "number": number, "service": service}
    connection.execute(eliminations.insert(), row | {"stage": Stage.NEW, "created_at": now})


def load(connection: Connection, elimination_id: str, entity_id: str) -> Elimination:
    """One elimination of this entity, by its id or number.

    Raises:
        UnknownUnitError: there is none here.
    """
    named = (eliminations.c.id == elimination_id) | (eliminations.c.number == elimination_id)
    row = connection.execute(
        sa.select(eliminations).where(eliminations.c.entity_id == entity_id, named)
    ).first()
    if row is None:
        raise UnknownUnitError(
            f"no elimination {elimination_id!r} here", "list them with `archiveia eliminate list`"
        )
    query = sa.select(elimination_events).where(elimination_events.c.elimination_id == row.id)
    events = tuple(
        Event(Act(e.act), e.at, Hand(e.account, e.person, e.name), e.facts)
        for e in connection.execute(query.order_by(elimination_events.c.number))
    )
    return Elimination(row.id, row.number, row.service, Stage(row.stage), row.created_at, events)


def listing(connection: Connection, entity_id: str) -> list[Elimination]:
    """The eliminations of an entity, newest first, without their history."""
    query = sa.select(eliminations).where(eliminations.c.entity_id == entity_id)
    return [
        Elimination(row.id, row.number, row.service, Stage(row.stage), row.created_at)
        for row in connection.execute(query.order_by(eliminations.c.number.desc()))
    ]


def append(connection: Connection, known: Elimination, event: Event, stage: Stage) -> None:
    """The event stands behind those that were known, and the elimination is at this stage.

    Raises:
        RefusedError: somebody did something meanwhile.
    """
    row = {
        "elimination_id": known.id,
        "number": len(known.events) + 1,
        "act": event.act,
        "at": event.at,
        "account": event.by.account,
        "person": event.by.person,
        "name": event.by.name,
        "facts": dict(event.facts),
    }
    try:
        connection.execute(elimination_events.insert(), row)
    except sa.exc.IntegrityError as error:
        raise RefusedError(
            f"le bordereau {known.number} a changé entre-temps", "relisez-le avant de recommencer"
        ) from error
    connection.execute(eliminations.update().where(eliminations.c.id == known.id).values(stage=stage))


def set_records(connection: Connection, elimination_id: str, record_ids: Iterable[str]) -> None:
    """These records, and no others, are on the list."""
    mine = elimination_records.c.elimination_id == elimination_id
    connection.execute(elimination_records.delete().where(mine))
    rows = [{"elimination_id": elimination_id, "record_id": r, "state": Fate.LISTED} for r in record_ids]
    insert_missing(connection, elimination_records, rows)


def set_fate(
    connection: Connection, elimination_id: str, record_id: str, fate: Fate, reason: str | None = None
) -> None:
    """What became of a record of the list."""
    mine = (
        elimination_records.c.elimination_id == elimination_id,
        elimination_records.c.record_id == record_id,
    )
    connection.execute(elimination_records.update().where(*mine).values(state=fate, reason=reason))


def fates(connection: Connection, elimination_id: str) -> dict[str, tuple[Fate, str | None]]:
    """What became of each record of the list, with the reason why it was kept."""
    query = sa.select(elimination_records).where(elimination_records.c.elimination_id == elimination_id)
    return {row.record_id: (Fate(row.state), row.reason) for row in connection.execute(query)}


def on_another_list(
    connection: Connection, entity_id: str, record_ids: Sequence[str], but: str | None
) -> dict[str, str]:
    """The number of the list, still open, that each of these records stands on."""
    found: dict[str, str] = {}
    for chunk in in_chunks(record_ids):
        query = (
            sa.select(elimination_records.c.record_id, eliminations.c.number)
            .join(eliminations, eliminations.c.id == elimination_records.c.elimination_id)
            .where(
                eliminations.c.entity_id == entity_id,
                elimination_records.c.record_id.in_(chunk),
                elimination_records.c.state == Fate.LISTED,
                eliminations.c.stage.not_in(OVER),
                eliminations.c.id != (but or ""),
            )
        )
        found.update((record, number) for record, number in connection.execute(query))
    return found


def of_record(connection: Connection, entity_id: str, record_id: str) -> list[tuple[str, str, Fate]]:
    """The lists that a record is or was on: id, number, what became of it there."""
    query = (
        sa.select(eliminations.c.id, eliminations.c.number, elimination_records.c.state)
        .join(elimination_records, elimination_records.c.elimination_id == eliminations.c.id)
        .where(eliminations.c.entity_id == entity_id, elimination_records.c.record_id == record_id)
        .order_by(eliminations.c.number.desc())
    )
    return [(row[0], row[1], Fate(row[2])) for row in connection.execute(query)]


def known_moment(connection: Connection, entity_id: str, number: str) -> datetime | None:
    """The latest moment that the journal has seen since the list was drafted; ``None`` before.

    The latest, not that of the newest entry: an attempt with the clock set back is an entry too, and would make way
    for the next one. Moments of before do not count, so that a clock that once ran ahead does not bar a new list.
    """
    query = sa.select(sa.func.max(journal.c.at)).where(*_since_the_draft(entity_id, number))
    latest: datetime | None = connection.scalar(query)
    return latest


def in_new_hands(connection: Connection, entity_id: str, number: str) -> frozenset[int]:
    """The accounts that were made, or given to a person by another one, since the list was drafted.

    In the order of the journal, which no clock changes.
    """
    query = sa.select(journal.c.subject).where(
        *_since_the_draft(entity_id, number),
        journal.c.action == "account",
        journal.c.after[IN_NEW_HANDS].as_boolean(),
    )
    return frozenset(int(subject.removeprefix("account:")) for subject in connection.scalars(query))


def _since_the_draft(entity_id: str, number: str) -> tuple[sa.ColumnElement[bool], ...]:
    drafted = sa.select(sa.func.min(journal.c.sequence)).where(
        journal.c.entity_id == entity_id, journal.c.action == DRAFTED, journal.c.subject == number
    )
    return (journal.c.entity_id == entity_id, journal.c.sequence >= drafted.scalar_subquery())


def visa_files(connection: Connection, entity_id: str) -> dict[str, str]:
    """The digest of each visa file that was taken in, and the number of its list."""
    query = (
        sa.select(eliminations.c.number, elimination_events.c.facts)
        .join(eliminations, eliminations.c.id == elimination_events.c.elimination_id)
        .where(eliminations.c.entity_id == entity_id, elimination_events.c.act == Act.VISA)
    )
    return {row.facts["file_sha256"]: row.number for row in connection.execute(query)}


def issued_files(connection: Connection, entity_id: str) -> set[str]:
    """The digests of every bordereau as it was issued, without signature or visa."""
    query = (
        sa.select(elimination_events.c.facts)
        .join(eliminations, eliminations.c.id == elimination_events.c.elimination_id)
        .where(eliminations.c.entity_id == entity_id, elimination_events.c.act == Act.ISSUE)
    )
    return {sha for facts in connection.scalars(query) for sha in facts.get("documents", {}).values()}


def ripe(
    connection: Connection, entity_id: str, *, before: date, sees_only: Collection[str] | None, limit: int
) -> list[str]:
    """The records of these services that fell due for elimination before a day and are on no open list.

    What the machine proposes, for a person to choose from; what stands against each is told later.
    """
    goes = sa.select(assertions.c.unit_id).where(
        sa.text(GOES[connection.dialect.name]),
        assertions.c.value["due_on"].as_string() < before.isoformat(),
    )
    listed = (
        sa.exists()
        .where(
            elimination_records.c.record_id == units.c.id,
            elimination_records.c.elimination_id == eliminations.c.id,
            elimination_records.c.state == Fate.LISTED,
            eliminations.c.stage.not_in(OVER),
        )
        .correlate(units)
    )
    query = sa.select(units.c.id).where(
        units.c.id.in_(goes),
        units.c.entity_id == entity_id,
        units.c.level == Level.ITEM,
        ~units.c.retired,
        ~listed,
        services.seen_by(sees_only),
    )
    return list(connection.scalars(query.order_by(units.c.id).limit(limit)))
