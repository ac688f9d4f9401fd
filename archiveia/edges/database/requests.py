"""Access requests: their number, their legal date, their place on the staff desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.tables import access_requests, entities
from archiveia.errors import BadRequestError

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.engine import Connection


def highest_of_year(connection: Connection, entity_id: str, year: int) -> int:
    """How many requests of the year have a number already (numbers are given without gaps).

    The entity's row is locked until the end of the transaction: two requests never get one number.
    """
    connection.execute(sa.select(entities.c.id).where(entities.c.id == entity_id).with_for_update())
    query = (
        sa.select(sa.func.count())
        .select_from(access_requests)
        .where(access_requests.c.entity_id == entity_id, access_requests.c.number.like(f"{year}-%"))
    )
    return int(connection.scalar(query) or 0)


def add(connection: Connection, row: dict[str, Any]) -> None:
    """The request is on the desk."""
    connection.execute(access_requests.insert(), row)


def load(connection: Connection, number: str, entity_id: str) -> sa.Row[Any]:
    """One request of this entity.

    Raises:
        BadRequestError: there is no such request.
    """
    mine = (access_requests.c.number == number, access_requests.c.entity_id == entity_id)
    row = connection.execute(sa.select(access_requests).where(*mine)).first()
    if row is None:
        raise BadRequestError(f"no request {number!r}", "list them with `archiveia request list`")
    return row


def desk(connection: Connection, entity_id: str) -> list[sa.Row[Any]]:
    """Every request of an entity, the most urgent first, closed ones last."""
    query = sa.select(access_requests).where(access_requests.c.entity_id == entity_id)
    closed_last = sa.case((access_requests.c.state == "closed", 1), else_=0)
    return list(
        connection.execute(query.order_by(closed_last, access_requests.c.due_on, access_requests.c.number))
    )


def answer(
    connection: Connection,
    number: str,
    entity_id: str,
    *,
    state: str,
    answer: str | None,
    answered_by: str,
    answered_on: date,
) -> None:
    """The request's new state, with the answer that was given, by whom and when."""
    mine = (access_requests.c.number == number, access_requests.c.entity_id == entity_id)
    values = {"state": state, "answered_by": answered_by, "answered_on": answered_on}
    if answer is not None:
        values["answer"] = answer
    connection.execute(access_requests.update().where(*mine).values(**values))
