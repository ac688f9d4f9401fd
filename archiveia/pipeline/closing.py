"""A piece that is no more what a person opened closes: what was decided stands in the journal, to be decided again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges.database import assertions, decisions, publications, units
from archiveia.values import OriginKind, PublicationDecision, TakedownReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges

READER = "archiveia"
"""Who closes a piece whose pages a machine read after it was opened."""
OPENING_FIELDS = (
    "class",
    "class_to_review",
    "date",
    "access_category",
    "legible_enough",
    "about_one_person",
    "not_prolonged",
)
"""What a person said of a piece that may open it, and that does not hold for pages it did not have."""

DUE_FIELDS = ("retention_rule", "trigger_on")
"""What a person said of how long a piece is kept, which does not hold for other pages either."""


def close(connection: Connection, unit_id: str, *, actor: str, edges: Edges) -> None:
    """A piece that gains pages, or text, is no more the one that was judged: what opened or ended it, ends.

    Nobody has judged the whole yet. What was decided stands in the journal; a person confirms and
    publishes again.
    """
    fields = (*OPENING_FIELDS, *DUE_FIELDS)
    said = assertions.said_of(connection, [unit_id]).get(unit_id, [])
    decided = {a.field: a.value for a in said if a.origin.kind is OriginKind.PERSON and a.field in fields}
    assertions.replace(connection, unit_id, fields, [OriginKind.PERSON], [], now=edges.now())
    taken_down = PublicationDecision(
        unit_id, published=False, decided_by=actor, decided_at=edges.now(), reason=TakedownReason.CHANGED
    )
    publications.decide(connection, taken_down)
    decisions.write_journal(
        connection,
        entity_id=edges.entity,
        actor=actor,
        action="close",
        subject=unit_id,
        before=decided,
        after={"published": False},
        now=edges.now(),
    )


def close_unseen(connection: Connection, page_ids: Sequence[str], edges: Edges) -> None:
    """The pieces of these pages, just read for the first time, are closed where a person had opened them before.

    Unread pages kept the dossier closed; what they say must not open it by itself.
    """
    pieces = sorted({piece for piece, _ in units.holders_of(connection, page_ids).values()})
    for piece, said in assertions.said_of(connection, pieces).items():
        if any(a.origin.kind is OriginKind.PERSON and a.field == "access_category" for a in said):
            close(connection, piece, actor=READER, edges=edges)
