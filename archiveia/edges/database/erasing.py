"""What is erased with a record: every row that says something of it. What names nobody stays as its trace.

The piece itself stays as an empty unit out of use, and its file as a row without path and digest: a run on the same
folder does not take the file in again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database import waiting
from archiveia.edges.database.journal import lock_journal
from archiveia.edges.database.journal_audit import to_purge
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.database.tables import (
    assertions,
    batches,
    copy_decisions,
    journal,
    journal_records,
    name_forms,
    name_groups,
    pages,
    pictures,
    publications,
    readings,
    sensitive_reads,
    signatures,
    similar_pages,
    sources,
    stale_in_index,
    units,
    work,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy.engine import Connection

ERASED = "éliminé"
"""The place of a file of which no record is left."""
_OF_PAGES = (
    (similar_pages, ("page_a", "page_b")),
    (copy_decisions, ("page_a", "page_b", "record_copy")),
    (signatures, ("page_id",)),
    (pictures, ("page_id",)),
    (readings, ("page_id",)),
)
"""Tables that say something of a page, the page's own row apart."""
_OF_UNITS = (assertions, work, publications, stale_in_index, sensitive_reads)


@dataclass(frozen=True, slots=True)
class Holding:
    """The files that records have pages of: those that nobody else holds, and those shared with a record that stays."""

    alone: tuple[sa.Row[Any], ...]
    shared: tuple[sa.Row[Any], ...]
    twice: tuple[sa.Row[Any], ...]
    """Files of the same bytes that were delivered again, and hold no page of their own."""


def holding(connection: Connection, record_ids: Sequence[str]) -> Holding:
    """What would become of the files of these records, if all of them went."""
    going = set(record_ids)
    held: dict[str, None] = {}
    for chunk in in_chunks(record_ids):
        query = sa.select(pages.c.source_id).where(pages.c.unit_id.in_(chunk)).distinct()
        held.update(dict.fromkeys(connection.scalars(query.order_by(pages.c.source_id))))
    holders: dict[str, set[str]] = {source: set() for source in held}
    for chunk in in_chunks(held):
        query = sa.select(pages.c.source_id, pages.c.unit_id).where(
            pages.c.source_id.in_(chunk), pages.c.unit_id.is_not(None)
        )
        for source, unit in connection.execute(query.distinct()):
            holders[source].add(unit)
    alone = [source for source, units_ in holders.items() if units_ <= going]
    rest = [source for source in held if source not in set(alone)]
    return Holding(
        _files(connection, sources.c.id, alone),
        _files(connection, sources.c.id, rest),
        _files(connection, sources.c.duplicate_of, alone, ~_has_pages()),
    )


def _files(
    connection: Connection,
    column: sa.ColumnElement[Any],
    ids: Iterable[str],
    *conditions: sa.ColumnElement[bool],
) -> tuple[sa.Row[Any], ...]:
    found: list[sa.Row[Any]] = []
    for chunk in in_chunks(ids):
        query = (
            sa.select(sources, batches.c.name.label("batch"), batches.c.producer)
            .join(batches, batches.c.id == sources.c.batch_id)
            .where(column.in_(chunk), *conditions)
        )
        found.extend(connection.execute(query.order_by(sources.c.id)))
    return tuple(found)


def _has_pages() -> sa.ColumnElement[bool]:
    return sa.exists().where(pages.c.source_id == sources.c.id)


def erase(connection: Connection, record_id: str) -> tuple[list[str], Holding]:
    """The pages that a record had, and its files: every row that said something of it is gone.

    Of a file that no record holds any more, path, place and digest are gone too.
    """
    found = holding(connection, [record_id])
    gone = [row.id for row in found.alone]
    mine = list(connection.scalars(sa.select(pages.c.id).where(pages.c.unit_id == record_id)))
    for chunk in in_chunks(gone):  # sheets between pieces: nobody holds them
        mine += connection.scalars(
            sa.select(pages.c.id).where(pages.c.source_id.in_(chunk), pages.c.unit_id.is_(None))
        )
    _forget_pages(connection, mine)
    for table in _OF_UNITS:
        connection.execute(
            table.delete().where(table.c.unit_id.in_([record_id, *emptied(connection, [record_id])]))
        )
    connection.execute(units.update().where(units.c.id == record_id).values(retired=True))
    waiting.touch(connection, [record_id])
    for row in (*found.alone, *found.twice):
        _forget_file(connection, row.id)
    for row in found.shared:
        left = sa.select(sa.func.count()).select_from(pages).where(pages.c.source_id == row.id)
        connection.execute(
            sources.update().where(sources.c.id == row.id).values(page_count=left.scalar_subquery())
        )
    return mine, found


def sweep(connection: Connection, record_ids: Sequence[str]) -> None:
    """What a run that had read these records before wrote of them after is gone too."""
    for chunk in in_chunks(record_ids):
        for table in _OF_UNITS:
            connection.execute(table.delete().where(table.c.unit_id.in_(chunk)))
    waiting.touch(connection, record_ids)


def emptied(connection: Connection, record_ids: Sequence[str]) -> list[str]:
    """The pieces without any page left that were arranged with these (merged into them, cut from them and put back)."""
    found, asked = dict.fromkeys(record_ids), set[str]()
    has_pages = sa.exists().where(pages.c.unit_id == units.c.id)
    while waits := [one for one in found if one not in asked]:
        asked.add(waits[0])
        entity = sa.select(units.c.entity_id).where(units.c.id == waits[0]).scalar_subquery()
        query = (
            sa.select(journal.c.subject)
            .join(
                journal_records,
                (journal_records.c.entity_id == journal.c.entity_id)
                & (journal_records.c.sequence == journal.c.sequence),
            )
            .where(
                journal_records.c.entity_id == entity,
                journal_records.c.record == waits[0],
                journal.c.action.in_(("split", "merge", "undo")),
            )
        )
        others = {one for subject in connection.scalars(query) for one in subject.split()}
        for chunk in in_chunks(sorted(others)):
            empty = sa.select(units.c.id).where(units.c.id.in_(chunk), units.c.retired, ~has_pages)
            found |= dict.fromkeys(connection.scalars(empty))
    given = set(record_ids)
    return [one for one in found if one not in given]


def _forget_pages(connection: Connection, page_ids: Sequence[str]) -> None:
    for chunk in in_chunks(page_ids):
        for table, columns in _OF_PAGES:
            said = sa.or_(*(table.c[column].in_(chunk) for column in columns))
            connection.execute(table.delete().where(said))
        connection.execute(pages.delete().where(pages.c.id.in_(chunk)))


def _forget_file(connection: Connection, source_id: str) -> None:
    trace = {
        "path": "",
        "place": ERASED,
        "group_key": source_id,
        "sha256": None,
        "size_bytes": None,
        "page_count": None,
        "reason": None,
        "remedy": None,
    }
    connection.execute(sources.update().where(sources.c.id == source_id).values(**trace))


def lock_writers(connection: Connection) -> None:
    """Nobody registers a file, says something of a record or asks for one until the end of the transaction.

    What was being written is waited for and seen: a hold that came first wins. SQLite lets one write at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        tables = "sources, assertions, access_requests"
        connection.execute(sa.text(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE"))


def is_needed(connection: Connection, sha256: str) -> bool:
    """A file of any entity, taken in or still to be, has these bytes."""
    return connection.scalar(sa.select(sources.c.id).where(sources.c.sha256 == sha256).limit(1)) is not None


def values_to_purge(connection: Connection, entity_id: str, record_ids: Collection[str]) -> list[str]:
    """The hashes of the values that stand beside entries on these records; nobody writes entries from now on."""
    lock_journal(connection, entity_id)
    found = (to_purge(connection, entity_id, record=record) for record in record_ids)
    return list(dict.fromkeys(hashed for hashes in found for hashed in hashes))


def forget_names(connection: Connection, entity_id: str, record_ids: Collection[str]) -> int:
    """How many forms of names, that only these records bore, are gone from the groups of variants."""
    gone, forms = set(record_ids), 0
    said = {
        (row.field, row.value)
        for row in connection.execute(
            sa.select(assertions.c.field, assertions.c.value)
            .join(units, units.c.id == assertions.c.unit_id)
            .where(
                units.c.entity_id == entity_id,
                assertions.c.field.in_(sa.select(name_groups.c.field).distinct()),
            )
        )
        if isinstance(row.value, str)
    }
    query = (
        sa.select(name_forms, name_groups.c.field)
        .join(name_groups, name_groups.c.id == name_forms.c.group_id)
        .where(name_groups.c.entity_id == entity_id)
    )
    for row in connection.execute(query).all():
        examples = row.records["examples"]
        left = [one for one in examples if one not in gone]
        this = (name_forms.c.group_id == row.group_id, name_forms.c.form == row.form)
        if len(left) == len(examples):
            continue
        if (row.field, row.form) in said:
            count = max(1, row.records["count"] - len(examples) + len(left))
            values = {"records": {"count": count, "examples": left}}
            connection.execute(name_forms.update().where(*this).values(**values))
        else:
            connection.execute(name_forms.delete().where(*this))
            forms += 1
    empty = ~sa.exists().where(name_forms.c.group_id == name_groups.c.id)
    connection.execute(name_groups.delete().where(name_groups.c.entity_id == entity_id, empty))
    return forms


def zero_freed_pages(connection: Connection) -> None:
    """What this connection deletes from an SQLite file is overwritten with zeros."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON").close()
