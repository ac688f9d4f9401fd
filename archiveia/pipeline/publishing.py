"""What goes online, and what comes off it: decisions of named people, which the public sees at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import decisions, publications, units, work
from archiveia.edges.publication_lists import load_data_classes
from archiveia.errors import BadRequestError, RefusedError
from archiveia.pipeline.order import redo
from archiveia.values import Level, PublicationDecision

if TYPE_CHECKING:
    from archiveia.pipeline.workplace import Edges
    from archiveia.values import TakedownReason, ThirdPartyRights

LONGEST_NOTE = 2000
"""Characters of what a person adds to a takedown."""


def publish(
    unit_id: str, *, rights: ThirdPartyRights, data_class: str, actor: str, edges: Edges
) -> list[str]:
    """The pieces whose publication a named person just decided: one, or all those of a dossier or series.

    Publication alone opens nothing: the confirmed access date must have come too, and the category of each
    piece must go with the class of data that is stated.

    Raises:
        BadRequestError: there is no such class of data.
        RefusedError: the class rests on a practice that is not followed here.
    """
    classes, practice = load_data_classes(), edges.settings.online_practice
    stated = classes.get(data_class)
    if stated is None:
        raise BadRequestError(
            f"data class {data_class!r} does not exist", f"choose one of {', '.join(classes)}"
        )
    if stated.practice not in (None, practice):
        raise RefusedError(
            f"data class {data_class!r} rests on the practice {stated.practice}, which is not followed here",
            "choose another class, or set ARCHIVEIA_ONLINE_PRACTICE",
        )
    decision = PublicationDecision(
        unit_id,
        published=True,
        decided_by=actor,
        decided_at=edges.now(),
        rights=rights,
        data_class=data_class,
    )
    return _decide(decision, edges)


def take_down(unit_id: str, *, reason: TakedownReason, note: str = "", actor: str, edges: Edges) -> list[str]:
    """The pieces that a named person just took off the web, each at once and everywhere.

    Raises:
        BadRequestError: the note is too long.
    """
    if len(note) > LONGEST_NOTE:
        raise BadRequestError(f"the note has {len(note)} characters", f"write {LONGEST_NOTE} at most")
    decision = PublicationDecision(
        unit_id, published=False, decided_by=actor, decided_at=edges.now(), reason=reason
    )
    return _decide(decision, edges, note=note.strip())


def _decide(decision: PublicationDecision, edges: Edges, *, note: str = "") -> list[str]:
    unit, now = decision.unit_id, decision.decided_at
    with database.writing(edges.database) as connection:
        level = units.level_of(connection, unit, edges.entity)
        pieces = [unit] if level is Level.ITEM else units.pieces_under(connection, unit)
        publications.decide(connection, decision, note=note)
        decisions.write_journal(
            connection,
            entity_id=edges.entity,
            actor=decision.decided_by,
            action="publish" if decision.published else "withdraw",
            subject=unit,
            before={},
            after={
                "published": decision.published,
                "rights": decision.rights,
                "data_class": decision.data_class,
                "takedown": decision.reason,
            },
            now=now,
        )
        # From here on the public search leaves them out, until the index says the same.
        work.set_stale(connection, pieces, now=now)
        work.forget(connection, pieces, ("index",))
    redo(pieces, ("index",), edges)
    return pieces
