"""Why pieces wait for a person, kept in a table that follows what is said of them in the same transaction.

Asking every piece each time costs seconds from a hundred thousand on. Whoever writes what a reason rests on
``touch``es the pieces; ``connection.writing`` makes their rows again before it commits.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database.portable import in_chunks
from archiveia.edges.database.tables import assertions, pages, readings, units
from archiveia.edges.database.tables_waiting import waiting
from archiveia.steps.access import READ_STATES
from archiveia.values import Level, OriginKind, PageState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection
    from sqlalchemy.sql import ColumnElement

TOUCHED = "archiveia_touched"


class Review(StrEnum):
    """Why a piece waits for a person."""

    CLASS = "class"
    BLIND = "blind"
    DATE = "date"
    ILLEGIBLE = "illegible"
    CUTS = "cuts"
    RETENTION = "retention"
    DOUBTFUL = "doubtful"
    ASKED = "asked"
    """A question about it waits for its answer."""
    HELD = "held"
    """A freeze (litigation, inquiry...) suspends its fate."""


_SAID = {Review.ASKED: "question", Review.HELD: "hold"}
"""What waits as long as a person says it."""


def touch(connection: Connection, unit_ids: Iterable[str]) -> None:
    """What these pieces wait for may have changed in this transaction."""
    connection.info.setdefault(TOUCHED, set()).update(unit_ids)


def touch_pages(connection: Connection, page_ids: Iterable[str]) -> None:
    """The same, of the pieces that hold these pages."""
    for chunk in in_chunks(page_ids):
        query = sa.select(pages.c.unit_id).where(pages.c.id.in_(chunk), pages.c.unit_id.is_not(None))
        touch(connection, connection.scalars(query))


def follow(connection: Connection) -> None:
    """The rows of the pieces that were touched say what holds now; called before each commit."""
    touched: set[str] = connection.info.pop(TOUCHED, set())
    for chunk in in_chunks(sorted(touched)):
        _make(connection, units.c.id.in_(chunk), waiting.c.unit_id.in_(chunk))


def make_again(connection: Connection, entity_id: str) -> None:
    """Every row of an entity, made from what is said."""
    _make(connection, units.c.entity_id == entity_id, waiting.c.entity_id == entity_id)


def _make(connection: Connection, of: ColumnElement[bool], their_rows: ColumnElement[bool]) -> None:
    connection.execute(waiting.delete().where(their_rows))
    for reason in Review:
        cer = _worst_cer() if reason is Review.DOUBTFUL else sa.null()
        condition = _person_says(_SAID[reason]) if reason in _SAID else _condition(reason)
        found = sa.select(units.c.id, sa.literal(str(reason)), units.c.entity_id, cer).where(
            of, units.c.level == Level.ITEM, ~units.c.retired, condition
        )
        columns = ["unit_id", "reason", "entity_id", "worst_cer"]
        connection.execute(waiting.insert().from_select(columns, found))


def _condition(reason: Review) -> ColumnElement[bool]:
    """The piece of the query's row waits for this reason. What a person said of a field settles it.

    A doubtful reading is settled with the class and the date: nothing that is decided rests on it any more.
    """
    if reason is Review.CLASS:
        unsure = _said("class_to_review", sa.cast(assertions.c.value, sa.Text) == "true")
        return unsure & ~_decided("class")
    if reason is Review.BLIND:
        return _said("class_to_review") & ~_described_or_decided("class")
    if reason in {Review.DATE, Review.CUTS}:
        date_waits = _said("access") & ~_said("date")
        return date_waits if reason is Review.DATE else _said("proposed_cut") & ~_decided("proposed_cut")
    if reason is Review.RETENTION:
        return _said("retention", assertions.c.value["to_review"].as_boolean()) & ~_decided("retention_rule")
    if reason is Review.DOUBTFUL:
        return _has_page(readings.c.state == PageState.TEXT, readings.c.cer_estimate > 0) & ~(
            _decided("class") & _decided("date")
        )
    return _has_page(readings.c.state.not_in(READ_STATES)) & ~_decided("legible_enough")


def _person_says(field: str) -> ColumnElement[bool]:
    by_person = assertions.c.origin_kind == OriginKind.PERSON
    return _said(field, by_person, sa.cast(assertions.c.value, sa.Text) != "null")


def _has_page(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The piece of the query's row has a page whose reading is so."""
    query = sa.select(pages.c.id).join(readings, readings.c.page_id == pages.c.id)
    return query.where(pages.c.unit_id == units.c.id, *conditions).correlate(units).exists()


def _worst_cer() -> sa.ScalarSelect[float | None]:
    """The estimated error rate of the worst text of the piece of the query's row."""
    query = sa.select(sa.func.max(readings.c.cer_estimate)).join(pages, pages.c.id == readings.c.page_id)
    of_piece = (pages.c.unit_id == units.c.id, readings.c.state == PageState.TEXT)
    return query.where(*of_piece).correlate(units).scalar_subquery()


def _said(field: str, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    about = (assertions.c.unit_id == units.c.id, assertions.c.field == field)
    return sa.select(assertions.c.id).where(*about, *conditions).correlate(units).exists()


def _decided(field: str) -> ColumnElement[bool]:
    return _said(field, assertions.c.origin_kind == OriginKind.PERSON)


def _described_or_decided(field: str) -> ColumnElement[bool]:
    return _said(field, assertions.c.origin_kind.in_((OriginKind.PERSON, OriginKind.IMPORT)))
