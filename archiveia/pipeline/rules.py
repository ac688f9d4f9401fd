"""Steps 6 and 7: how long a piece is kept, and from when anyone may read it. Proposals; people decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.contracts import load_access_rules, load_classification_plan, load_retention_schedule
from archiveia.edges.database import assertions, units, work
from archiveia.edges.database.portable import in_chunks
from archiveia.pipeline.each import each_record
from archiveia.steps.access import access_of_dossier
from archiveia.steps.retain import propose
from archiveia.values import Assertion, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import AccessState, DocumentClass, Json, Record, RetentionProposal

SCHEDULE = Origin(OriginKind.RULE, "retention_schedule", "1")
DELAYS = Origin(OriginKind.RULE, "access_delays", "1")


def classes_by_code() -> dict[str, DocumentClass]:
    """The classification plan by code."""
    return {c.code: c for c in load_classification_plan()}


def run_retain(ids: Sequence[str], edges: Edges) -> list[str]:
    """The same pieces, each with what the retention schedule proposes; never a right to destroy."""
    classes, schedule, today = classes_by_code(), load_retention_schedule(), edges.today()
    good_cer = edges.settings.ocr_good_cer

    def save(connection: Connection, record: Record, proposal: RetentionProposal) -> None:
        said = Assertion("retention", retention_json(proposal), SCHEDULE, evidence=proposal.evidence)
        _replace(connection, record.id, said, edges)

    return each_record(
        "retain",
        ids,
        edges,
        lambda record: propose(record, classes, schedule, today=today, good_cer=good_cer),
        save,
    )


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
                _replace(connection, record.id, Assertion("access", state, DELAYS), edges)
                changed.append(record.id)
        work.set_stale(connection, changed, now=edges.now())


def _replace(connection: Connection, record_id: str, said: Assertion, edges: Edges) -> None:
    assertions.replace(connection, record_id, [said.field], [OriginKind.RULE], [said], now=edges.now())


def retention_json(proposal: RetentionProposal) -> Json:
    """A proposal as it is kept and shown."""
    rule = proposal.rule
    return {
        "rule": rule.code if rule else None,
        "label": rule.label if rule else None,
        "dua_years": rule.dua_years if rule else None,
        "trigger": rule.trigger if rule else None,
        "sort_final": rule.sort_final if rule else None,
        "source": rule.source if rule else None,
        "confidence": rule.confidence if rule else None,
        "candidates": list(proposal.candidates),
        "trigger_on": _iso(proposal.trigger_on),
        "due_on": _iso(proposal.due_on),
        "to_review": proposal.to_review,
        "why": list(proposal.why),
    }


def access_json(state: AccessState) -> Json:
    """An access state as it is kept and shown."""
    return {
        "category": state.category,
        "proposed_on": _iso(state.proposed_on),
        "opens_on": _iso(state.opens_on),
        "controlling_id": state.controlling_id,
        "why": list(state.why),
        "blockers": list(state.blockers),
    }


def _iso(day: object) -> str | None:
    return str(day) if day is not None else None
