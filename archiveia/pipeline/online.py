"""What of these records is online, by the decisions in force; asked of the database, where they stand at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from archiveia.edges.contracts import load_access_rules
from archiveia.edges.database import publications
from archiveia.edges.publication_lists import load_data_classes
from archiveia.steps.publication import publication_of
from archiveia.values import AccessState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archiveia.values import Json, PublicationState, Record


def publication_states(
    connection: Connection, records: Sequence[Record], *, practice: str
) -> dict[str, PublicationState]:
    """From when each record is online, and why, by its identifier."""
    rules, classes = load_access_rules(), load_data_classes()
    decided = publications.in_force(connection, [r.id for r in records])
    found = {}
    for record in records:
        access = access_from(record.value("access") or {})
        rule = rules.get(access.category) if access.category else None
        found[record.id] = publication_of(access, rule, decided[record.id], classes, practice=practice)
    return found


def access_from(kept: Json) -> AccessState:
    """The access state that the step kept; closed where there is none yet."""
    return AccessState(
        category=kept.get("category"),
        proposed_on=_day(kept.get("proposed_on")),
        opens_on=_day(kept.get("opens_on")),
        controlling_id=kept.get("controlling_id"),
        why=tuple(kept.get("why", ())),
        blockers=tuple(kept.get("blockers", ())),
        last_on=_day(kept.get("last_on")),
        died_on=_day(kept.get("died_on")),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
