"""Files to remove after the rows that spoke of them: written down with the rows' end, so that a crash forgets none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database.tables_eliminations import elimination_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection


class FileKind(StrEnum):
    """What the name of a file to remove is."""

    ORIGINAL = "original"
    """The digest of stored bytes."""
    DERIVED = "derived"
    """The page that pictures, words and small pictures were made of."""
    INCOMING = "incoming"
    """A path in the workspace at which an upload arrived."""


class FileState(StrEnum):
    """What became of it."""

    WAITING = "waiting"
    REMOVED = "removed"
    NEEDED = "needed"
    """Another record, or another entity, has the same bytes."""


@dataclass(frozen=True, slots=True)
class FileToRemove:
    """One file that waits."""

    id: int
    kind: FileKind
    name: str


def put_in_line(
    connection: Connection, elimination_id: str, files: Iterable[tuple[FileKind, str, int]]
) -> None:
    """These files, of so many bytes, are to be removed, each once.

    Their size is told now: a crash may come between their end and the word of it.
    """
    rows = [
        {
            "elimination_id": elimination_id,
            "kind": kind,
            "name": name,
            "state": FileState.WAITING,
            "size_bytes": size,
        }
        for kind, name, size in dict.fromkeys(files)
    ]
    if rows:
        connection.execute(elimination_files.insert(), rows)


def waiting(connection: Connection, elimination_id: str) -> list[FileToRemove]:
    """The files that are still to be removed."""
    query = sa.select(elimination_files).where(
        elimination_files.c.elimination_id == elimination_id,
        elimination_files.c.state == FileState.WAITING,
    )
    return [
        FileToRemove(row.id, FileKind(row.kind), row.name)
        for row in connection.execute(query.order_by(elimination_files.c.id))
    ]


def settle(connection: Connection, file_id: int, state: FileState) -> None:
    """What became of a file; its name, which may be a person's, is forgotten."""
    values = {"state": state, "name": ""}
    connection.execute(elimination_files.update().where(elimination_files.c.id == file_id).values(**values))


def tally(connection: Connection, elimination_id: str) -> dict[tuple[FileKind, FileState], tuple[int, int]]:
    """How many files of each kind ended how, and their bytes."""
    columns = (elimination_files.c.kind, elimination_files.c.state)
    query = (
        sa.select(*columns, sa.func.count(), sa.func.sum(elimination_files.c.size_bytes))
        .where(elimination_files.c.elimination_id == elimination_id)
        .group_by(*columns)
    )
    return {
        (FileKind(kind), FileState(state)): (count, int(size or 0))
        for kind, state, count, size in connection.execute(query)
    }
