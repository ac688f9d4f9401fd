"""What people decide of a finding: its mend stands as their value, or it is dismissed; either is taken back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import assertions, decisions, units, work
from archiveia.edges.database.findings import DECIDED, FOUND
from archiveia.errors import BadRequestError
from archiveia.pipeline.cleaning_records import Told, Verdict, as_json, told_decision, told_of
from archiveia.pipeline.deciding import AFTER_DECIDING, MANY_FIELDS, confirm
from archiveia.pipeline.order import redo
from archiveia.values import Assertion, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.pipeline.workplace import Edges
    from archiveia.steps.cleaning import Finding
    from archiveia.values import Json, Record


def decide_finding(record_id: str, key: str, verdict: Verdict, *, actor: str, edges: Edges) -> None:
    """The mend stands as the person's value; or the finding is dismissed; or what was decided of it is taken back.

    Raises:
        BadRequestError: there is no such finding (any more), or it has no mend to accept.
        UnknownUnitError: there is no such record here.
    """
    record, told, said = _load(record_id, key, edges)
    others = [a for a in said if a.field == DECIDED and told_decision(a).key != key]
    if verdict is Verdict.OPEN:
        decision = next((a for a in said if a.field == DECIDED and a not in others), None)
        if decision is not None and told.verdict is Verdict.MENDED:
            _give_back(record, told.finding, decision, edges)
    else:
        former = _mend(record, told.finding, said, actor, edges) if verdict is Verdict.MENDED else []
        value = {"finding": as_json(told.finding), "verdict": verdict, "former": former}
        others.append(Assertion(DECIDED, value, Origin(OriginKind.PERSON, actor)))
    now = edges.now()
    with database.writing(edges.database) as connection:
        assertions.replace(connection, record_id, [DECIDED], [OriginKind.PERSON], others, now=now)
        decisions.write_journal(
            connection,
            entity_id=edges.entity,
            actor=actor,
            action="check",
            subject=record_id,
            before={"verdict": told.verdict},
            after={"verdict": verdict, "finding": as_json(told.finding)},
            now=now,
        )


def _load(record_id: str, key: str, edges: Edges) -> tuple[Record, Told, list[Assertion]]:
    """The record, the finding with this key, and all that was said of the record."""
    with database.reading(edges.database) as connection:
        record = units.load_record(connection, record_id, edges.entity)
        said = assertions.said_of(connection, [record_id]).get(record_id, [])
        others = {u for a in said if a.field == FOUND for u in a.value["where"]} - {record_id}
        in_use = {record_id: record.assertions, **assertions.of_units(connection, sorted(others))}
    told = next((t for t in told_of(said, in_use) if t.key == key), None)
    if told is None:
        raise BadRequestError("this finding no longer holds", "check the descriptions again")
    return record, told, said


def _mend(
    record: Record, finding: Finding, said: Sequence[Assertion], actor: str, edges: Edges
) -> list[dict[str, Json]]:
    """What persons had said of the field before the mend, which stands now."""
    if finding.mend is None:
        raise BadRequestError(
            "this finding has no mend to accept", "correct the record, or dismiss the finding"
        )
    former = [a for a in said if a.origin.kind is OriginKind.PERSON and a.field in _fields(finding)]
    values = [finding.value]
    if finding.field in MANY_FIELDS:
        values = list(dict.fromkeys(str(v) for v in record.values(finding.field)))
    mended = "; ".join(finding.mend if v == finding.value else v for v in values)
    confirm(record.id, {finding.field: mended}, actor=actor, edges=edges)
    return [
        {
            "field": a.field,
            "value": a.value,
            "by": a.origin.name,
            "at": a.made_at.isoformat() if a.made_at else None,
        }
        for a in former
    ]


def _give_back(record: Record, finding: Finding, decision: Assertion, edges: Edges) -> None:
    """What was in force before the mend is so again, unless a person has changed the value since."""
    if finding.mend not in [str(v) for v in record.values(finding.field)]:
        return
    former = [
        Assertion(
            f["field"],
            f["value"],
            Origin(OriginKind.PERSON, f["by"]),
            made_at=datetime.fromisoformat(f["at"]) if f["at"] else None,
        )
        for f in decision.value["former"]
    ]
    now = edges.now()
    with database.writing(edges.database) as connection:
        fields = _fields(finding)
        assertions.replace(connection, record.id, fields, [OriginKind.PERSON], former, now=now)
        work.reopen(connection, [record.id], AFTER_DECIDING, now=now)
    redo([record.id], AFTER_DECIDING, edges)


def _fields(finding: Finding) -> tuple[str, ...]:
    return ("class", "class_to_review") if finding.field == "class" else (finding.field,)
