"""What an account may read: its services' files, and sensitive records once it has said why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import decisions, reads, services, units
from archiveia.edges.sensitive_records import load_sensitive
from archiveia.errors import BadRequestError, UnknownUnitError
from archiveia.pipeline.rules import classes_by_code, schedule_in_force
from archiveia.steps.sensitivity import why_sensitive

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Record, RetentionRule, Staff

MAX_WORDS = 500


def seen_record(record_id: str, staff: Staff, edges: Edges) -> Record:
    """One record that this account sees, sensitive or not.

    Raises:
        UnknownUnitError: there is no such record, or it is another service's: the same words for both.
    """
    with database.reading(edges.database) as connection:
        if not services.seen(connection, [record_id], staff.sees_only):
            raise UnknownUnitError(
                f"no record {record_id!r} here", "copy an identifier from `archiveia search`"
            )
        return units.load_record(connection, record_id, edges.entity)


def why(record: Record, edges: Edges) -> str | None:
    """In French, why reading this record asks for a reason; ``None`` when it does not."""
    return _why(record, schedule_in_force(edges), edges)


def _why(record: Record, schedule: Mapping[str, RetentionRule], edges: Edges) -> str | None:
    return why_sensitive(record, classes_by_code(), schedule, load_sensitive(), today=edges.today())


def withheld(records: Iterable[Record], staff: Staff, edges: Edges) -> frozenset[str]:
    """Those of the records whose content this session may not show before a reason is given."""
    schedule = schedule_in_force(edges)
    sensitive = [record.id for record in records if _why(record, schedule, edges)]
    with database.reading(edges.database) as connection:
        return frozenset(sensitive) - reads.given(connection, staff.session, sensitive)


def give_reason(record_id: str, staff: Staff, *, reason: str, words: str, edges: Edges) -> None:
    """The person may read the sensitive record in this session; the journal says who, which and why, once.

    Raises:
        BadRequestError: the reason is not one of the list.
        UnknownUnitError: there is no such record for this account.
    """
    seen_record(record_id, staff, edges)
    if reason not in load_sensitive().reasons:
        raise BadRequestError(f"le motif {reason!r} n’est pas de la liste", "choisissez un motif de la liste")
    now = edges.now()
    with database.writing(edges.database) as connection:
        if reads.given(connection, staff.session, [record_id]):
            return
        reads.save(connection, staff, record_id, reason=reason, words=words.strip()[:MAX_WORDS], now=now)
        decisions.write_journal(
            connection,
            entity_id=edges.entity,
            actor=staff.name,
            action="read_sensitive",
            subject=record_id,
            before=None,
            after={"reason": reason, "account": staff.user_id, "role": staff.role},
            now=now,
        )
