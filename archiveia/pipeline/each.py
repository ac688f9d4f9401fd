"""The shell around a pure step: load the pieces, decide, save; one bad piece never stops the others."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from archiveia.edges import database
from archiveia.edges.database import units, work
from archiveia.edges.database.portable import in_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Record

log = logging.getLogger(__name__)
_Decision = TypeVar("_Decision")
CHUNK = 50
"""Pieces loaded, decided and saved together: one transaction, at most this much to do again after a crash."""


def to_do(ids: Sequence[str], step: str, edges: Edges) -> list[str]:
    """The pieces for which the step is still to be done; those that failed before are left alone."""
    with database.reading(edges.database) as connection:
        failed = work.failures(connection, ids)
        return [i for i in work.not_done(connection, ids, step) if i not in failed]


def each_record(
    step: str,
    ids: Sequence[str],
    edges: Edges,
    decide: Callable[[Record], _Decision],
    save: Callable[[Connection, Record, _Decision], None],
) -> list[str]:
    """``ids`` again, after ``decide`` and ``save`` for each piece for which the step was still to be done.

    Call ``pipeline.redo`` to have a step done again.
    """
    for chunk in in_chunks(to_do(ids, step, edges), CHUNK):
        with database.reading(edges.database) as connection:
            records = units.load_records(connection, chunk, edges.entity)
        decided: list[tuple[Record, _Decision]] = []
        failed: list[tuple[str, str]] = []
        for record in records:
            try:
                decided.append((record, decide(record)))
            except Exception as error:  # the entry point of a step: a bad piece must not stop the night
                log.exception("%s failed for record %s", step, record.id)
                failed.append((record.id, f"{type(error).__name__}: {error}"))
        with database.writing(edges.database) as connection:
            for record, decision in decided:
                save(connection, record, decision)
            work.mark(connection, [record.id for record, _ in decided], step, now=edges.now())
            for record_id, reason in failed:
                work.mark(connection, [record_id], step, now=edges.now(), failed_because=reason)
    return list(ids)
