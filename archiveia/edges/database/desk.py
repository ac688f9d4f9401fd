"""What the staff desk asks of the database: what waits for a person, and which piece holds a page."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.services import seen_by
from archiveia.edges.database.tables import assertions, pages, readings, units
from archiveia.edges.database.units import SHELF_ORDER
from archiveia.steps.access import READ_STATES
from archiveia.values import Level, OriginKind, PageState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.engine import Connection
    from sqlalchemy.sql import ColumnElement


class Review(StrEnum):
    """Why a piece waits for a person."""

    CLASS = "class"
    BLIND = "blind"
    DATE = "date"
    ILLEGIBLE = "illegible"
    CUTS = "cuts"
    RETENTION = "retention"
    DOUBTFUL = "doubtful"


FIRST = tuple(r for r in Review if r not in {Review.BLIND, Review.RETENTION, Review.DOUBTFUL})
"""What is checked before the rest. The fate of nearly every piece is for a person to decide, in its time; a box of
typescripts may hold few pages that are well read: what rests on them is marked where it is decided; and what is
classified blind measures the machine and holds nothing up."""


def review_counts(
    connection: Connection,
    entity_id: str,
    *,
    good_cer: float,
    blind_below: str = "",
    sees_only: Collection[str] | None = None,
) -> dict[Review, int]:
    """How many pieces wait for a person, for each reason; ``blind_below`` as of ``steps.lessons``.

    ``sees_only``: the services whose files count (``services.seen_by``).
    """
    return {
        reason: connection.scalar(
            sa.select(sa.func.count())
            .select_from(units)
            .where(*_waiting(entity_id, (reason,), good_cer, blind_below), seen_by(sees_only))
        )
        or 0
        for reason in Review
    }


def review_total(connection: Connection, entity_id: str, *, sees_only: Collection[str] | None = None) -> int:
    """How many pieces wait for a person before anything can rest on them (``FIRST``)."""
    waiting = _waiting(entity_id, FIRST, good_cer=1.0)  # what the estimate says is no reason among these
    query = sa.select(sa.func.count()).select_from(units).where(*waiting, seen_by(sees_only))
    return connection.scalar(query) or 0


def to_review(
    connection: Connection,
    entity_id: str,
    reason: Review | None,
    *,
    good_cer: float,
    blind_below: str = "",
    sees_only: Collection[str] | None = None,
    limit: int,
    offset: int = 0,
) -> list[tuple[str, tuple[Review, ...]]]:
    """The pieces that wait for a person (for this reason, or for one of ``FIRST``), each with all its reasons."""
    query = (
        sa.select(units.c.id, *(_condition(r, good_cer, blind_below).label(r) for r in Review))
        .where(
            *_waiting(entity_id, (reason,) if reason else FIRST, good_cer, blind_below), seen_by(sees_only)
        )
        .order_by(units.c.parent_id, *SHELF_ORDER)
    )
    rows = connection.execute(query.limit(limit).offset(offset))
    return [(row[0], tuple(r for r, holds in zip(Review, row[1:], strict=True) if holds)) for row in rows]


def _waiting(
    entity_id: str, reasons: Sequence[Review], good_cer: float, blind_below: str = ""
) -> list[ColumnElement[bool]]:
    in_use = [units.c.entity_id == entity_id, units.c.level == Level.ITEM, ~units.c.retired]
    return [*in_use, sa.or_(*(_condition(reason, good_cer, blind_below) for reason in reasons))]


def _condition(reason: Review, good_cer: float, blind_below: str) -> ColumnElement[bool]:
    """The piece of the query's row waits for this reason. What a person said of a field settles it.

    A doubtful reading is settled with the class and the date: nothing that is decided rests on it any more.
    """
    if reason is Review.CLASS:
        unsure = _said("class_to_review", sa.cast(assertions.c.value, sa.Text) == "true")
        return unsure & ~_decided("class")
    if reason is Review.BLIND:
        return (units.c.id < blind_below) & _said("class_to_review") & ~_described_or_decided("class")
    if reason in {Review.DATE, Review.CUTS}:
        date_waits = _said("access") & ~_said("date")
        return date_waits if reason is Review.DATE else _said("proposed_cut") & ~_decided("proposed_cut")
    if reason is Review.RETENTION:
        return _said("retention", assertions.c.value["to_review"].as_boolean()) & ~_decided("retention_rule")
    if reason is Review.DOUBTFUL:
        unsure = (readings.c.state == PageState.TEXT) & (readings.c.cer_estimate > good_cer)
        return _has_page(unsure) & ~(_decided("class") & _decided("date"))
    return _has_page(readings.c.state.not_in(READ_STATES)) & ~_decided("legible_enough")


def _has_page(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The piece of the query's row has a page whose reading is so."""
    query = sa.select(pages.c.id).join(readings, readings.c.page_id == pages.c.id)
    return query.where(pages.c.unit_id == units.c.id, condition).correlate(units).exists()


def _said(field: str, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    about = (assertions.c.unit_id == units.c.id, assertions.c.field == field)
    return sa.select(assertions.c.id).where(*about, *conditions).correlate(units).exists()


def _decided(field: str) -> ColumnElement[bool]:
    return _said(field, assertions.c.origin_kind == OriginKind.PERSON)


def _described_or_decided(field: str) -> ColumnElement[bool]:
    return _said(field, assertions.c.origin_kind.in_((OriginKind.PERSON, OriginKind.IMPORT)))


def record_of_page(connection: Connection, page_id: str, entity_id: str) -> str | None:
    """The piece that holds a page of this entity; ``None`` when there is none."""
    query = sa.select(pages.c.unit_id).where(pages.c.id == page_id, pages.c.entity_id == entity_id)
    return connection.scalar(query)


def readings_of(connection: Connection, unit_id: str) -> dict[str, sa.Row[Any]]:
    """How each page of a piece was read: state, score, engine, turn... by page id."""
    query = (
        sa.select(readings).join(pages, pages.c.id == readings.c.page_id).where(pages.c.unit_id == unit_id)
    )
    return {row.page_id: row for row in connection.execute(query)}
