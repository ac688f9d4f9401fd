"""The journal checked from its first entry, and freed of personal values without breaking its chain."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.journal import PROGRAM, actor_hashes, write_journal
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.database.tables import journal, journal_records, journal_values
from archiveia.errors import BadRequestError
from archiveia.steps.journal_chain import Entry, Flaw, FlawKind, Verification, verify
from archiveia.steps.journal_values import references, value_hash

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy.engine import Connection

    from archiveia.steps.journal_chain import Head
    from archiveia.values import Json

PURGE = "purge"
"""The action of the entry that tells a purge; the values that it took name its number."""
_CHUNK = 1000


def stream(connection: Connection, entity_id: str, after: int = 0) -> Iterator[Entry]:
    """The entries of an entity in their order, never all in memory; what cannot be read in one is as it stands."""
    raw = [sa.type_coerce(journal.c[name], sa.Text).label(name) for name in ("at", "before", "after")]
    others = [column for column in journal.c if column.name not in {"at", "before", "after"}]
    mine = (journal.c.entity_id == entity_id, journal.c.sequence > after)
    query = sa.select(*others, *raw).where(*mine).order_by(journal.c.sequence)
    for row in connection.execute(query.execution_options(yield_per=_CHUNK)):
        yield Entry(
            entity_id=row.entity_id,
            sequence=row.sequence,
            at=_moment(row.at),
            actor=row.actor_hash,
            action=row.action,
            subject=row.subject,
            before=_document(row.before),
            after=_document(row.after),
            undoes=row.undoes,
            previous_hash=row.previous_hash,
            hash=row.hash,
        )


def _moment(value: datetime | str) -> datetime:
    """SQLite keeps text, which somebody may have made unreadable: that entry is altered, and the others are checked."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _document(value: Json) -> Json:
    """JSON, or the text that is none."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def verify_journal(connection: Connection, entity_id: str, heads: Sequence[Head] = ()) -> Verification:
    """What was done to the journal of an entity, and to the values beside it, since the heads were kept."""
    values = _Values(connection, entity_id)
    found = verify(values.watched(stream(connection, entity_id)), heads)
    flaws = tuple(sorted((*found.flaws, *values.flaws())))
    return replace(found, flaws=flaws, purged=len(values.purged))


class _Values:
    """Checks the values to which the entries that pass refer, a chunk of entries at a time."""

    def __init__(self, connection: Connection, entity_id: str) -> None:
        self.purged: dict[str, int] = {}
        self._connection = connection
        told = sa.select(journal.c.sequence).where(
            journal.c.entity_id == entity_id, journal.c.action == PURGE
        )
        self._purges = set(connection.scalars(told))
        self._entity_id = entity_id
        self._told: dict[int, int] = {}
        self._actors: dict[str, FlawKind | None] = {}
        self._wrong: dict[FlawKind, list[int]] = {}

    def watched(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """The entries as they come."""
        waiting: list[Entry] = []
        for entry in entries:
            waiting.append(entry)
            if len(waiting) == _CHUNK:
                self._check(waiting)
                waiting.clear()
            yield entry
        self._check(waiting)

    def flaws(self) -> list[Flaw]:
        """One flaw of a kind, with the first and the last entry that it concerns."""
        wrong = self._wrong | ({FlawKind.PURGE_MISCOUNTED: found} if (found := self._miscounted()) else {})
        return [Flaw(min(numbers), max(numbers), kind) for kind, numbers in wrong.items()]

    def _miscounted(self) -> list[int]:
        """The purges in whose name more values are gone than they told, or fewer."""
        query = sa.select(journal_values.c.purged_by, sa.func.count()).where(
            journal_values.c.entity_id == self._entity_id, journal_values.c.value.is_(None)
        )
        rows = self._connection.execute(query.group_by(journal_values.c.purged_by))
        gone = {row[0]: row[1] for row in rows}
        return [number for number, told in self._told.items() if gone.get(number, 0) != told]

    def _check(self, entries: Sequence[Entry]) -> None:
        wanted = {e.sequence: [e.actor, *references(e.before), *references(e.after)] for e in entries}
        rows: dict[str, sa.Row[Any]] = {}
        unknown = {h for hashes in wanted.values() for h in hashes if h not in self._actors}
        for chunk in in_chunks(unknown):
            query = sa.select(journal_values).where(journal_values.c.hash.in_(chunk))
            rows |= {row.hash: row for row in self._connection.execute(query)}
        for entry in entries:
            if entry.action == PURGE and isinstance(entry.after, dict) and "values" in entry.after:
                self._told[entry.sequence] = entry.after["values"]
            self._actors.setdefault(entry.actor, self._wrong_with(entry.actor, rows.get(entry.actor)))
        for number, hashes in wanted.items():
            for hashed in hashes:
                wrong = (
                    self._actors[hashed]
                    if hashed in self._actors
                    else self._wrong_with(hashed, rows.get(hashed))
                )
                if wrong is None and self.purged.get(hashed, number + 1) <= number:
                    wrong = FlawKind.VALUE_MISSING  # no purge takes what is written after it
                if wrong is not None:
                    self._wrong.setdefault(wrong, []).append(number)

    def _wrong_with(self, hashed: str, row: sa.Row[Any] | None) -> FlawKind | None:
        if row is None:
            return FlawKind.VALUE_MISSING
        if row.value is None:
            self.purged[hashed] = row.purged_by or 0
            return None if row.purged_by in self._purges else FlawKind.VALUE_MISSING
        return None if value_hash(row.salt or "", row.value) == hashed else FlawKind.VALUE_ALTERED


def purge(
    connection: Connection,
    entity_id: str,
    *,
    actor: str,
    now: datetime,
    record: str | None = None,
    before: datetime | None = None,
    actions: Collection[str] = (),
) -> int:
    """How many personal values are gone from the journal: those of a record's entries, or of entries older than a day.

    By age, the names of those who have not acted since go too; of some ``actions`` only, the names of those who did
    nothing else. The entries stay, the chain verifies; an entry tells
    the purge.

    Raises:
        BadRequestError: neither a record nor a day was given.
    """
    if record is None and before is None:
        raise BadRequestError("nothing says what is to be purged", "name a record or a day")
    hashes = to_purge(connection, entity_id, record=record, before=before, actions=actions)
    if not hashes:
        return 0
    told = {"values": len(hashes)} | ({"before_at": before.isoformat()} if before else {})
    number = write_journal(
        connection,
        entity_id=entity_id,
        actor=actor,
        action=PURGE,
        subject=record or "",
        before={},
        after=told,
        now=now,
    )
    empty_values(connection, hashes, number)
    return len(hashes)


def empty_values(connection: Connection, hashes: Iterable[str], by_entry: int) -> None:
    """These values are gone from beside the journal, in the name of an entry; the entries and their chain stay."""
    for chunk in in_chunks(hashes):
        gone = journal_values.update().where(journal_values.c.hash.in_(chunk))
        connection.execute(gone.values(value=None, salt=None, purged_by=by_entry))


def to_purge(
    connection: Connection,
    entity_id: str,
    *,
    record: str | None = None,
    before: datetime | None = None,
    actions: Collection[str] = (),
) -> list[str]:
    """The hashes of the values that a purge would take."""
    query = sa.select(journal.c.actor_hash, journal.c.before, journal.c.after).where(
        journal.c.entity_id == entity_id
    )
    if record is not None:
        about = sa.select(journal_records.c.sequence).where(
            journal_records.c.entity_id == entity_id, journal_records.c.record == record
        )
        query = query.where(journal.c.sequence.in_(about))
    if before is not None:
        query = query.where(journal.c.at < before)
    if actions:
        query = query.where(journal.c.action.in_(actions))
    found: dict[str, None] = {}
    for row in connection.execute(query.execution_options(yield_per=_CHUNK)):
        found |= dict.fromkeys((*references(row.before), *references(row.after)))
        if record is None:
            found[row.actor_hash] = None
    for hashed in _still_named(connection, entity_id, before, actions) if before is not None else ():
        found.pop(hashed, None)
    there: list[str] = []
    for chunk in in_chunks(found):
        kept = sa.select(journal_values.c.hash).where(
            journal_values.c.hash.in_(chunk), journal_values.c.value.is_not(None)
        )
        there += connection.scalars(kept)
    return there


def _still_named(
    connection: Connection, entity_id: str, before: datetime, actions: Collection[str]
) -> Iterator[str]:
    """Those who acted since, or otherwise; and the program, whose own name is no person's."""
    needed = journal.c.at >= before
    if actions:
        needed |= journal.c.action.not_in(actions)
    acted = sa.select(journal.c.actor_hash).where(journal.c.entity_id == entity_id, needed)
    yield from connection.scalars(acted.distinct())
    yield from actor_hashes(connection, entity_id, PROGRAM)
