"""Step 6: how long a piece is kept. A proposal; people decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges.contracts import load_classification_plan, load_retention_schedule
from archiveia.edges.database import assertions
from archiveia.pipeline.each import each_record
from archiveia.steps.retain import duration_in_french, propose
from archiveia.values import Assertion, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import DocumentClass, Json, Record, RetentionProposal, RetentionRule

SCHEDULE = Origin(OriginKind.RULE, "retention_schedule", "1")


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


def _replace(connection: Connection, record_id: str, said: Assertion, edges: Edges) -> None:
    assertions.replace(connection, record_id, [said.field], [OriginKind.RULE], [said], now=edges.now())


def retention_json(proposal: RetentionProposal) -> Json:
    """A proposal as it is kept and shown. ``sort_final`` is what the rule says, ``fate`` what is proposed."""
    rule = proposal.rule
    said: dict[str, Json] = {
        "rule_set": proposal.rule_set,
        "candidates": list(proposal.candidates),
        "trigger_on": _iso(proposal.trigger_on),
        "trigger_state": proposal.trigger_state,
        "due_on": _iso(proposal.due_on),
        "fate": proposal.fate,
        "holds": list(proposal.holds),
        "alert": proposal.alert,
        "to_review": proposal.to_review,
        "why": list(proposal.why),
    }
    return said | (_NO_RULE if rule is None else _rule_json(rule))


def _rule_json(rule: RetentionRule) -> dict[str, Json]:
    return {
        "rule": rule.code,
        "label": rule.label,
        "dua_months": rule.dua_months,
        "duration": duration_in_french(rule),
        "trigger": rule.trigger,
        "trigger_code": rule.event.code,
        "look_for": rule.event.look_for,
        "sort_final": rule.sort_final,
        "source": rule.source,
        "duration_confidence": rule.duration_confidence,
        "fate_confidence": rule.fate_confidence,
        "signed_by": rule.signature.signed_by if rule.signature else None,
    }


_NO_RULE: dict[str, Json] = dict.fromkeys(
    (
        "rule",
        "label",
        "dua_months",
        "duration",
        "trigger",
        "trigger_code",
        "look_for",
        "sort_final",
        "source",
        "duration_confidence",
        "fate_confidence",
        "signed_by",
    )
)


def _iso(day: object) -> str | None:
    return str(day) if day is not None else None
