"""The journal: append-only and chained by hashes; what may name a person stands beside it and can be purged.

``steps/journal_chain.py`` says what a chain is, ``steps/journal_values.py`` what stands beside it. Triggers of the
database refuse every change; a lock keeps two writers from the same place.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.portable import in_chunks
from archiveia.edges.database.tables import journal, journal_records, journal_values
from archiveia.errors import BadRequestError
from archiveia.steps.journal_chain import CLOCK, Entry, Head, is_set_back, plain, records_in, seal
from archiveia.steps.journal_values import conceal, references, reveal, text_of, value_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from archiveia.values import Json

PROGRAM = "archiveia"
"""Who acts where no person does."""
_LOCK = 748202
_ACTOR, _VALUE = "actor", "value"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as people read it, its values in their places; ``id`` is its number in the entity's journal."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: Json
    after: Json
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are looked for: of whom, of what kind, from when until before when, on which record."""

    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    record: str | None = None


def write_journal(
    connection: Connection,
    *,
    entity_id: str,
    actor: str,
    action: str,
    subject: str,
    before: Json,
    after: Json,
    now: datetime,
    undoes: int | None = None,
) -> int:
    """The number of the new entry, chained to the one before; ``undoes`` is the entry that this one takes back.

    An entry dated before the former one is kept, behind another that tells of the clock.
    """
    lock_journal(connection, entity_id)
    mine = journal.c.entity_id == entity_id
    last = connection.execute(
        sa.select(journal.c.sequence, journal.c.hash, journal.c.at)
        .where(mine)
        .order_by(journal.c.sequence.desc())
        .limit(1)
    ).first()
    head = Head(last.sequence, last.hash) if last else None
    refer = _keeper(connection, entity_id)
    if last is not None and is_set_back(now, last.at):
        times = {"at": last.at.isoformat()}, {"at": now.isoformat()}
        clock = Entry(entity_id, 0, now, _actor(connection, entity_id, PROGRAM), CLOCK, "", *times)
        head = _append(connection, clock, head)
    who = _actor(connection, entity_id, actor)
    concealed = conceal(plain(before), refer), conceal(plain(after), refer)
    return _append(
        connection, Entry(entity_id, 0, now, who, action, subject, *concealed, undoes), head
    ).sequence


def lock_journal(connection: Connection, entity_id: str) -> None:
    """Nobody else writes to the journal of this entity until the end of the transaction."""
    if connection.dialect.name == "postgresql":  # SQLite lets one write at a time
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, sa.func.hashtext(entity_id))))


def journal_login(
    connection: Connection, *, entity_id: str, outcome: str, name: str | None, now: datetime
) -> int:
    """The entry of a log-in: ``login``, ``login_refused``, ``locked`` or ``logout``.

    ``name``: the account; ``None`` where none has the name that was typed, which may be a password by mistake.
    """
    proven = outcome in {"login", "logout"}
    return write_journal(
        connection,
        entity_id=entity_id,
        actor=(name if proven else None) or PROGRAM,
        action=outcome,
        subject="",
        before={},
        after={} if proven or name is None else {"account": name},
        now=now,
    )


def _append(connection: Connection, entry: Entry, last: Head | None) -> Head:
    sealed = seal(entry, last)
    row = {
        "entity_id": sealed.entity_id,
        "sequence": sealed.sequence,
        "at": sealed.at,
        "actor_hash": sealed.actor,
        "action": sealed.action,
        "subject": sealed.subject,
        "before": sealed.before,
        "after": sealed.after,
        "undoes": sealed.undoes,
        "previous_hash": sealed.previous_hash,
        "hash": sealed.hash,
    }
    connection.execute(journal.insert(), row)
    about = {"entity_id": sealed.entity_id, "sequence": sealed.sequence}
    if records := records_in(sealed.subject):
        connection.execute(journal_records.insert(), [about | {"record": record} for record in records])
    return sealed.head


def _keeper(connection: Connection, entity_id: str, kind: str = _VALUE) -> Callable[[Json], str]:
    """A function that keeps a value with a salt of its own and gives its hash."""

    def keep(value: Json) -> str:
        salt, text = secrets.token_hex(16), text_of(value)
        found = value_hash(salt, text)
        row = {"hash": found, "entity_id": entity_id, "kind": kind, "salt": salt, "value": text}
        connection.execute(journal_values.insert(), row)
        return found

    return keep


def _actor(connection: Connection, entity_id: str, name: str) -> str:
    """The hash that stands for this person: the same in every entry, so that two persons stay two when purged."""
    known = actor_hashes(connection, entity_id, name)
    return known[0] if known else _keeper(connection, entity_id, _ACTOR)(name)


def actor_hashes(connection: Connection, entity_id: str, name: str) -> list[str]:
    """The hashes that stand for a name: one, until the name is purged and acts again."""
    query = sa.select(journal_values.c.hash).where(
        journal_values.c.entity_id == entity_id,
        journal_values.c.kind == _ACTOR,
        journal_values.c.value == text_of(name),
    )
    return list(connection.scalars(query))


# --- reading ------------------------------------------------------------------------------------


def head(connection: Connection, entity_id: str) -> Head | None:
    """The number and hash of the last entry, for what is printed or sent; ``None`` of an empty journal."""
    query = sa.select(journal.c.sequence, journal.c.hash).where(journal.c.entity_id == entity_id)
    row = connection.execute(query.order_by(journal.c.sequence.desc()).limit(1)).first()
    return Head(row.sequence, row.hash) if row else None


def journal_entry(connection: Connection, number: int, entity_id: str) -> Line:
    """One entry of this entity's journal.

    Raises:
        BadRequestError: there is no such entry.
    """
    query = _lines().where(journal.c.sequence == number, journal.c.entity_id == entity_id)
    rows = connection.execute(query).all() if 0 < number < 2**31 else []
    if not rows:
        raise BadRequestError(f"no entry {number} in the journal", "list them with `archiveia journal`")
    return _read(connection, rows)[0]


def journal_list(
    connection: Connection, entity_id: str, limit: int = 50, *, offset: int = 0, wanted: Wanted | None = None
) -> list[Line]:
    """The newest entries of an entity's journal, newest first."""
    conditions = _conditions(connection, entity_id, wanted or Wanted())
    newest = sa.select(journal.c.sequence).where(*conditions).order_by(journal.c.sequence.desc())
    # By the index alone: a page far back costs no more.
    numbers = list(connection.scalars(newest.limit(limit).offset(offset)))
    rows: list[sa.Row[Any]] = []
    for first in range(0, len(numbers), _CHUNK):
        chosen = journal.c.sequence.in_(numbers[first : first + _CHUNK])
        query = _lines().where(journal.c.entity_id == entity_id, chosen)
        rows += connection.execute(query.order_by(journal.c.sequence.desc())).all()
    return _read(connection, rows)


def count(connection: Connection, entity_id: str, wanted: Wanted) -> int:
    """How many entries are like that."""
    conditions = _conditions(connection, entity_id, wanted)
    return connection.scalar(sa.select(sa.func.count()).select_from(journal).where(*conditions)) or 0


def confirmations(connection: Connection, entity_id: str, *, with_undone: bool = True) -> list[sa.Row[Any]]:
    """What people confirmed of records, oldest first: codes and dates only, what stands beside is not fetched."""
    query = sa.select(journal).where(journal.c.entity_id == entity_id, journal.c.action == "confirm")
    if not with_undone:
        undoing = journal.alias()
        took_back = (undoing.c.entity_id == entity_id, undoing.c.undoes.is_not(None))
        query = query.where(journal.c.sequence.not_in(sa.select(undoing.c.undoes).where(*took_back)))
    return list(connection.execute(query.order_by(journal.c.sequence)))


def actors(connection: Connection, entity_id: str) -> list[str]:
    """The names of those who stand in the journal and were not purged."""
    query = sa.select(journal_values.c.hash).where(
        journal_values.c.entity_id == entity_id, journal_values.c.kind == _ACTOR
    )
    known = values_of(connection, connection.scalars(query))
    return sorted({str(name) for name in known.values()})


def actions(connection: Connection, entity_id: str) -> list[str]:
    """The kinds of entries that there are."""
    query = sa.select(journal.c.action).where(journal.c.entity_id == entity_id).distinct()
    return sorted(connection.scalars(query))


def values_of(connection: Connection, hashes: Iterable[str]) -> dict[str, Json]:
    """The values behind these hashes, without those that were purged."""
    found: dict[str, Json] = {}
    for chunk in in_chunks(dict.fromkeys(hashes)):
        query = sa.select(journal_values.c.hash, journal_values.c.value).where(
            journal_values.c.hash.in_(chunk), journal_values.c.value.is_not(None)
        )
        found.update((hashed, json.loads(text)) for hashed, text in connection.execute(query))
    return found


def _lines() -> sa.Select[Any]:
    """Entries, each with the one that took it back."""
    undoing = journal.alias()
    took_back = (undoing.c.entity_id == journal.c.entity_id) & (undoing.c.undoes == journal.c.sequence)
    return sa.select(journal, undoing.c.sequence.label("undone_by")).join(undoing, took_back, isouter=True)


def _conditions(connection: Connection, entity_id: str, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found = [journal.c.entity_id == entity_id]
    if wanted.actor is not None:
        found.append(journal.c.actor_hash.in_(actor_hashes(connection, entity_id, wanted.actor)))
    if wanted.action is not None:
        found.append(journal.c.action == wanted.action)
    if wanted.since is not None:
        found.append(journal.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(journal.c.at < wanted.until)
    if wanted.record is not None:
        about = sa.select(journal_records.c.sequence).where(
            journal_records.c.entity_id == entity_id, journal_records.c.record == wanted.record
        )
        found.append(journal.c.sequence.in_(about))
    return found


def _read(connection: Connection, rows: Sequence[sa.Row[Any]]) -> list[Line]:
    hashes = [row.actor_hash for row in rows]
    for row in rows:
        hashes += [*references(row.before), *references(row.after)]
    values = values_of(connection, hashes)
    return [
        Line(
            row.sequence,
            row.at,
            str(values.get(row.actor_hash) or f"[purgé {row.actor_hash[:8]}]"),
            row.action,
            row.subject,
            reveal(row.before, values),
            reveal(row.after, values),
            row.undone_by,
        )
        for row in rows
    ]
