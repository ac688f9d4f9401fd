"""Which step is done for which piece, so that a run that was cut off goes on where it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database.portable import in_chunks, upsert
from archiveia.edges.database.tables import pages, sources, stale_in_index, units, work
from archiveia.values import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

DONE = "done"
FAILED = "failed"


def mark(
    connection: Connection,
    unit_ids: Iterable[str],
    step: str,
    *,
    now: datetime,
    failed_because: str | None = None,
) -> None:
    """The step is done for these pieces, or failed for the reason given."""
    state = DONE if failed_because is None else FAILED
    rows = [
        {"unit_id": u, "step": step, "state": state, "reason": failed_because, "at": now} for u in unit_ids
    ]
    upsert(connection, work, rows)


def not_done(connection: Connection, unit_ids: Sequence[str], step: str) -> list[str]:
    """Those of the pieces for which the step has neither been done nor failed, in the given order."""
    settled: set[str] = set()
    for chunk in in_chunks(unit_ids):
        query = sa.select(work.c.unit_id).where(work.c.unit_id.in_(chunk), work.c.step == step)
        settled.update(connection.scalars(query))
    return [u for u in unit_ids if u not in settled]


def failures(connection: Connection, unit_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The first step that failed for each piece, and why."""
    found: dict[str, tuple[str, str]] = {}
    for chunk in in_chunks(unit_ids):
        query = (
            sa.select(work.c.unit_id, work.c.step, work.c.reason)
            .where(work.c.unit_id.in_(chunk), work.c.state == FAILED)
            .order_by(work.c.at)
        )
        for unit_id, step, reason in connection.execute(query):
            found.setdefault(unit_id, (step, reason))
    return found


def forget(
    connection: Connection, unit_ids: Iterable[str], steps: Iterable[str], *, only_failed: bool = False
) -> None:
    """These steps are to be done again for these pieces."""
    chosen = list(steps)
    for chunk in in_chunks(unit_ids):
        query = work.delete().where(work.c.unit_id.in_(chunk), work.c.step.in_(chosen))
        connection.execute(query.where(work.c.state == FAILED) if only_failed else query)


def reopen(connection: Connection, unit_ids: Sequence[str], steps: Iterable[str], *, now: datetime) -> None:
    """These steps are to be done again for these pieces; until then the public sees nothing of their dossiers.

    In the transaction of what makes it necessary: a process that dies after it leaves work to be done,
    never an old right that stands.
    """
    forget(connection, unit_ids, steps)
    set_stale(connection, beside(connection, unit_ids), now=now)


def beside(connection: Connection, unit_ids: Sequence[str]) -> list[str]:
    """These pieces and every other one of their dossiers."""
    found: dict[str, None] = dict.fromkeys(unit_ids)
    for chunk in in_chunks(unit_ids):
        dossiers = sa.select(units.c.parent_id).where(units.c.id.in_(chunk))
        found.update(
            dict.fromkeys(connection.scalars(sa.select(units.c.id).where(units.c.parent_id.in_(dossiers))))
        )
    return list(found)


def unsettled(connection: Connection, unit_ids: Sequence[str]) -> set[str]:
    """Those of the pieces in whose dossier a piece still waits for its access date."""
    mate = units.alias("mate")
    waits = ~sa.exists().where(work.c.unit_id == mate.c.id, work.c.step == "access")
    in_dossier = sa.exists().where(
        mate.c.parent_id == units.c.parent_id, mate.c.level == Level.ITEM, ~mate.c.retired, waits
    )
    found: set[str] = set()
    for chunk in in_chunks(unit_ids):
        found.update(connection.scalars(sa.select(units.c.id).where(units.c.id.in_(chunk), in_dossier)))
    return found


def left_over(connection: Connection, entity_id: str, step: str) -> list[str]:
    """The pieces for which a step is not done though all their files have an outcome."""
    done_or_failed = sa.exists().where(
        work.c.unit_id == units.c.id, sa.or_(work.c.step == step, work.c.state == FAILED)
    )
    going_on = sa.exists().where(
        pages.c.unit_id == units.c.id, pages.c.source_id == sources.c.id, sources.c.outcome.is_(None)
    )
    query = sa.select(units.c.id).where(
        units.c.entity_id == entity_id,
        units.c.level == Level.ITEM,
        ~units.c.retired,
        ~done_or_failed,
        ~going_on,
    )
    return list(connection.scalars(query.order_by(units.c.id)))


def pages_indexed(connection: Connection, entity_id: str) -> int:
    """How many pages the index must hold: those of the pieces in use for which the step ``index`` is done."""
    query = (
        sa.select(sa.func.count())
        .select_from(pages)
        .join(units, units.c.id == pages.c.unit_id)
        .join(work, (work.c.unit_id == units.c.id) & (work.c.step == "index") & (work.c.state == DONE))
        .where(units.c.entity_id == entity_id, ~units.c.retired)
    )
    return connection.scalar(query) or 0


def stale_among(connection: Connection, unit_ids: Sequence[str]) -> set[str]:
    """Those of the pieces of which something, or something of their dossier, changed and is not yet taken in."""
    found: set[str] = set()
    for chunk in in_chunks(unit_ids):
        found.update(
            connection.scalars(sa.select(stale_in_index.c.unit_id).where(stale_in_index.c.unit_id.in_(chunk)))
        )
    return found


def counts(connection: Connection, entity_id: str, steps: Sequence[str]) -> dict[str, dict[str, int]]:
    """For each step, how many pieces are ``done``, ``failed`` and ``waiting``."""
    in_use = (units.c.entity_id == entity_id, units.c.level == Level.ITEM, ~units.c.retired)
    total = connection.scalar(sa.select(sa.func.count()).select_from(units).where(*in_use)) or 0
    found = {step: {DONE: 0, FAILED: 0, "waiting": total} for step in steps}
    query = (
        sa.select(work.c.step, work.c.state, sa.func.count())
        .join(units, units.c.id == work.c.unit_id)
        .where(*in_use, work.c.step.in_(list(steps)))
        .group_by(work.c.step, work.c.state)
    )
    for step, state, count in connection.execute(query):
        found[step][state] = count
        found[step]["waiting"] -= count
    return found


def set_stale(connection: Connection, unit_ids: Iterable[str], *, now: datetime) -> None:
    """The index no longer says the truth about these pieces: until it is told, the public does not see them."""
    upsert(connection, stale_in_index, [{"unit_id": u, "since": now} for u in unit_ids])


def stale(connection: Connection, entity_id: str) -> list[str]:
    """The pieces whose rights or fields changed after the index last took them in."""
    query = sa.select(stale_in_index.c.unit_id).join(units, units.c.id == stale_in_index.c.unit_id)
    return list(connection.scalars(query.where(units.c.entity_id == entity_id).order_by(units.c.id)))


def set_fresh(connection: Connection, unit_ids: Iterable[str], *, before: datetime) -> None:
    """The index has taken in these pieces as they stood at ``before``; later changes stay stale."""
    for chunk in in_chunks(unit_ids):
        connection.execute(
            stale_in_index.delete().where(
                stale_in_index.c.unit_id.in_(chunk), stale_in_index.c.since <= before
            )
        )


def done(connection: Connection, unit_ids: Sequence[str], step: str) -> list[str]:
    """Those of the pieces for which the step is done, in the given order."""
    found: set[str] = set()
    for chunk in in_chunks(unit_ids):
        query = sa.select(work.c.unit_id).where(work.c.unit_id.in_(chunk), work.c.step == step)
        found.update(connection.scalars(query.where(work.c.state == DONE)))
    return [u for u in unit_ids if u in found]
