"""Step 7: from when anyone may read a piece, computed for its whole dossier. A proposal; people decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.contracts import load_access_rules
from archiveia.edges.database import assertions, units, work
from archiveia.edges.database.portable import in_chunks
from archiveia.pipeline.rules import classes_by_code
from archiveia.steps.access import access_of_dossier
from archiveia.values import Assertion, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import AccessState, Json

DELAYS = Origin(OriginKind.RULE, "access_delays", "1")


def run_access(ids: Sequence[str], edges: Edges) -> list[str]:
    """The same pieces, each with its access date, computed again for every piece of their dossiers.

    A piece that comes late can only close a dossier more: the others must learn of it.
    """
    with database.reading(edges.database) as connection:
        # Also those of which a step failed: what is not known of them closes their dossier.
        fresh = work.not_done(connection, ids, "access")
        dossiers = sorted(
            {r.dossier_id for c in in_chunks(fresh) for r in units.load_records(connection, c, edges.entity)}
        )
    for dossier in dossiers:
        _compute_access(dossier, edges)
    with database.writing(edges.database) as connection:
        work.mark(connection, fresh, "access", now=edges.now())
    return list(ids)


def _compute_access(dossier: str, edges: Edges) -> None:
    classes, rules, today = classes_by_code(), load_access_rules(), edges.today()
    with database.writing(edges.database) as connection:
        pieces = units.pieces_of(connection, [dossier])
        records = units.load_records(connection, pieces, edges.entity)
        changed = []
        good_cer = edges.settings.ocr_good_cer
        states = access_of_dossier(records, classes, rules, today=today, good_cer=good_cer) if records else {}
        for record in records:
            state = access_json(states[record.id])
            if state != record.value("access"):
                said = [Assertion("access", state, DELAYS)]
                assertions.replace(
                    connection, record.id, ["access"], [OriginKind.RULE], said, now=edges.now()
                )
                changed.append(record.id)
        work.set_stale(connection, changed, now=edges.now())


def access_json(state: AccessState) -> Json:
    """An access state as it is kept and shown; ``died_on`` only where it is known."""
    return {
        "category": state.category,
        "proposed_on": state.proposed_on.isoformat() if state.proposed_on else None,
        "opens_on": state.opens_on.isoformat() if state.opens_on else None,
        "controlling_id": state.controlling_id,
        "why": list(state.why),
        "blockers": list(state.blockers),
        "last_on": state.last_on.isoformat() if state.last_on else None,
    } | ({"died_on": state.died_on.isoformat()} if state.died_on else {})
