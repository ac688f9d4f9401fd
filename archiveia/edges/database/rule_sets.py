"""Versions of the retention schedule of an entity, which of them is in force, and the rows that it signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.tables import assertions, units
from archiveia.edges.database.tables_rule_sets import rule_sets, rule_signatures
from archiveia.errors import BadRequestError
from archiveia.values import Level, Signature

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection


def add(
    connection: Connection,
    entity_id: str,
    rows: Sequence[dict[str, str]],
    *,
    fingerprint: str,
    file_name: str,
    actor: str,
    now: datetime,
) -> int:
    """The number of the version with these rows: a new one, or that of the same rows taken in before."""
    mine = rule_sets.c.entity_id == entity_id
    known = sa.select(rule_sets.c.number).where(mine, rule_sets.c.fingerprint == fingerprint)
    number = connection.scalar(known.order_by(rule_sets.c.number.desc()).limit(1))
    if number is None:
        number = (connection.scalar(sa.select(sa.func.max(rule_sets.c.number)).where(mine)) or 0) + 1
        row = {
            "entity_id": entity_id,
            "number": number,
            "rows": list(rows),
            "fingerprint": fingerprint,
            "file_name": file_name,
            "imported_by": actor,
            "imported_at": now,
        }
        connection.execute(rule_sets.insert(), row)
    return int(number)


def load(connection: Connection, entity_id: str, number: int) -> sa.Row[Any]:
    """One version, with its rows.

    Raises:
        BadRequestError: the entity has no such version.
    """
    mine = (rule_sets.c.entity_id == entity_id, rule_sets.c.number == number)
    row = connection.execute(sa.select(rule_sets).where(*mine)).first() if 0 < number < 2**31 else None
    if row is None:
        remedy = "list the versions with `archiveia rules list`"
        raise BadRequestError(f"no version {number} of the retention schedule", remedy)
    return row


def in_force(connection: Connection, entity_id: str) -> sa.Row[Any] | None:
    """The version adopted last; ``None`` where that of the program is in force."""
    query = sa.select(rule_sets).where(rule_sets.c.entity_id == entity_id, rule_sets.c.adoption.is_not(None))
    return connection.execute(query.order_by(rule_sets.c.adoption.desc()).limit(1)).first()


def versions(connection: Connection, entity_id: str) -> list[sa.Row[Any]]:
    """Every version of an entity without its rows, newest first."""
    columns = [c for c in rule_sets.c if c.name != "rows"]
    query = sa.select(*columns).where(rule_sets.c.entity_id == entity_id)
    return list(connection.execute(query.order_by(rule_sets.c.number.desc())))


def adopt(connection: Connection, entity_id: str, number: int, *, actor: str, now: datetime) -> None:
    """The version is in force from now on."""
    mine = rule_sets.c.entity_id == entity_id
    last = connection.scalar(sa.select(sa.func.max(rule_sets.c.adoption)).where(mine)) or 0
    adopted = {"adopted_by": actor, "adopted_at": now, "adoption": last + 1}
    connection.execute(rule_sets.update().where(mine, rule_sets.c.number == number).values(adopted))


# --- signatures ----------------------------------------------------------------------------------


def signatures(connection: Connection, entity_id: str) -> dict[str, Signature]:
    """The signatures that stand, by the fingerprint of the row that was signed."""
    stands = (rule_signatures.c.entity_id == entity_id, rule_signatures.c.withdrawn_at.is_(None))
    query = sa.select(rule_signatures).where(*stands).order_by(rule_signatures.c.id)
    return {
        row.row_fingerprint: Signature(row.signed_by, row.signed_on, row.opinion)
        for row in connection.execute(query)
    }


def sign(
    connection: Connection,
    entity_id: str,
    fingerprint_of: dict[str, str],
    signature: Signature,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Each of these rows (fingerprints by code) is signed; a former signature of it is withdrawn."""
    withdraw(connection, entity_id, list(fingerprint_of.values()), actor=actor, now=now)
    signed = {
        "entity_id": entity_id,
        "signed_by": signature.signed_by,
        "signed_on": signature.signed_on,
        "opinion": signature.opinion,
        "recorded_by": actor,
        "recorded_at": now,
    }
    rows = [signed | {"code": code, "row_fingerprint": f} for code, f in fingerprint_of.items()]
    connection.execute(rule_signatures.insert(), rows)


def withdraw(
    connection: Connection, entity_id: str, fingerprints: Sequence[str], *, actor: str, now: datetime
) -> None:
    """The signatures of these rows do not stand any more."""
    stands = (
        rule_signatures.c.entity_id == entity_id,
        rule_signatures.c.row_fingerprint.in_(fingerprints),
        rule_signatures.c.withdrawn_at.is_(None),
    )
    connection.execute(rule_signatures.update().where(*stands).values(withdrawn_by=actor, withdrawn_at=now))


def records_about(
    connection: Connection, entity_id: str, classes: set[str], rules: set[str]
) -> dict[str, str]:
    """The pieces in use that may be of one of these classes, or for which a person chose one of these rules.

    Each with its dossier.
    """
    wanted = {field: codes for field, codes in (("class", classes), ("retention_rule", rules)) if codes}
    query = (
        sa.select(assertions.c.unit_id, units.c.parent_id, assertions.c.field, assertions.c.value)
        .join(units, units.c.id == assertions.c.unit_id)
        .where(
            units.c.entity_id == entity_id,
            units.c.level == Level.ITEM,
            ~units.c.retired,
            assertions.c.field.in_(list(wanted)),
        )
        .order_by(assertions.c.unit_id)
    )
    rows = connection.execute(query)
    return {row.unit_id: row.parent_id for row in rows if row.value in wanted[row.field]}
