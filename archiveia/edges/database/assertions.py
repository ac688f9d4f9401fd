"""What is said of a unit: every value with its origin. A person's value outranks and survives every re-run."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database import waiting
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.database.tables import assertions, units
from archiveia.values import Assertion, Evidence, Level, Origin, OriginKind, in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

MACHINE = (OriginKind.RULE, OriginKind.MODEL)


def replace(
    connection: Connection,
    unit_id: str,
    fields: Iterable[str],
    kinds: Iterable[OriginKind],
    said: Iterable[Assertion],
    *,
    now: datetime,
) -> None:
    """What these kinds of origin said of these fields is replaced by ``said``; the rest stays."""
    waiting.touch(connection, [unit_id])
    connection.execute(
        assertions.delete().where(
            assertions.c.unit_id == unit_id,
            assertions.c.field.in_(list(fields)),
            assertions.c.origin_kind.in_(list(kinds)),
        )
    )
    rows = [_row(unit_id, a, now) for a in said]
    if rows:
        connection.execute(assertions.insert(), rows)


def replace_field(
    connection: Connection,
    field: str,
    kind: OriginKind,
    said: Sequence[tuple[str, Assertion]],
    *,
    now: datetime,
) -> None:
    """What this kind of origin said of a field of these units is replaced, for many units at once."""
    about = (assertions.c.field == field, assertions.c.origin_kind == kind)
    waiting.touch(connection, (unit_id for unit_id, _ in said))
    for chunk in in_chunks(unit_id for unit_id, _ in said):
        connection.execute(assertions.delete().where(assertions.c.unit_id.in_(chunk), *about))
    rows = [_row(unit_id, assertion, now) for unit_id, assertion in said]
    if rows:
        connection.execute(assertions.insert(), rows)


def _row(unit_id: str, a: Assertion, now: datetime) -> dict[str, object]:
    return {
        "unit_id": unit_id,
        "field": a.field,
        "value": a.value,
        "origin_kind": a.origin.kind,
        "origin_name": a.origin.name,
        "origin_version": a.origin.version,
        "score": a.score,
        "page": a.evidence.page if a.evidence else None,
        "span_start": a.evidence.start if a.evidence else None,
        "span_end": a.evidence.end if a.evidence else None,
        "span_text": a.evidence.text if a.evidence else None,
        "made_at": a.made_at or now,
    }


def said_of(
    connection: Connection, unit_ids: Sequence[str], *, only: Sequence[str] = (), without: Sequence[str] = ()
) -> dict[str, list[Assertion]]:
    """Everything that was said of each unit, whoever said it, oldest first; ``only`` or ``without`` some fields."""
    found: dict[str, list[Assertion]] = defaultdict(list)
    for chunk in in_chunks(unit_ids):
        query = sa.select(assertions).where(assertions.c.unit_id.in_(chunk)).order_by(assertions.c.id)
        if only:
            query = query.where(assertions.c.field.in_(only))
        if without:
            query = query.where(assertions.c.field.not_in(without))
        for row in connection.execute(query):
            span = None
            if row.span_text is not None:
                span = Evidence(page=row.page, start=row.span_start, end=row.span_end, text=row.span_text)
            found[row.unit_id].append(
                Assertion(
                    field=row.field,
                    value=row.value,
                    origin=Origin(OriginKind(row.origin_kind), row.origin_name, row.origin_version),
                    evidence=span,
                    score=row.score,
                    made_at=row.made_at,
                )
            )
    return found


def of_units(
    connection: Connection, unit_ids: Sequence[str], *, without: Sequence[str] = ()
) -> dict[str, tuple[Assertion, ...]]:
    """The assertions in force of each unit (``values.in_force``); ``without`` some fields."""
    found = said_of(connection, unit_ids, without=without)
    return {unit_id: in_force(said) for unit_id, said in found.items()}


def said_by_another(
    connection: Connection, entity_id: str, field: str, origin: Origin, *, decided: str | None = None
) -> list[str]:
    """The pieces in use whose field another machine gave than this one, in this version, and no person.

    ``decided``: the field that people decide, where it is not the same.
    """
    ours = (assertions.c.origin_name == origin.name, assertions.c.origin_version == origin.version)
    by_machine = assertions.c.origin_kind.in_(MACHINE)

    def said(name: str, *how: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        about = (assertions.c.unit_id == units.c.id, assertions.c.field == name)
        return sa.select(assertions.c.id).where(*about, *how).correlate(units).exists()

    in_use = (units.c.entity_id == entity_id, units.c.level == Level.ITEM, ~units.c.retired)
    by_person = said(decided or field, assertions.c.origin_kind == OriginKind.PERSON)
    other = said(field, by_machine, ~sa.and_(*ours)) & ~by_person
    return list(connection.scalars(sa.select(units.c.id).where(*in_use, other).order_by(units.c.id)))
