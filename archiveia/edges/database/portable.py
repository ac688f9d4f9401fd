"""What SQLite and PostgreSQL say differently, said once."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import sqlalchemy as sa
    from sqlalchemy.engine import Connection


_Key = TypeVar("_Key", str, int)


def in_chunks(values: Iterable[_Key], size: int = 500) -> Iterator[list[_Key]]:
    """The values in lists short enough for one ``IN (...)``."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def _insert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_missing(connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """The rows whose key is not there yet are added; the others are left as they are."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), list(rows))


def upsert(connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """The rows are there with these values, whether or not their primary key was."""
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    update = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    connection.execute(update, list(rows))
