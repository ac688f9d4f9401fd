"""What looks wrong in the descriptions of the archive's own records, kept with each of them.

A finding is an assertion of a rule (``finding``), a decision about it one of a person (``finding_decided``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.class_facts import load_class_facts
from archiveia.edges.communes import load_communes
from archiveia.edges.contracts import load_classification_plan
from archiveia.edges.database import assertions, findings, similarity, units
from archiveia.edges.database.findings import DECIDED, FOUND
from archiveia.edges.database.portable import in_chunks
from archiveia.pipeline.auditing import journal_export
from archiveia.pipeline.cleaning import write_report
from archiveia.pipeline.each import CHUNK
from archiveia.steps.cleaning import LABELS, Fault, Finding
from archiveia.steps.cleaning_numbers import Numbered, numbers_of, same_numbers
from archiveia.steps.cleaning_records import Knowledge, check_record, once_a_name, subject_of
from archiveia.steps.cotes import cote_key
from archiveia.steps.intake import stable_id
from archiveia.values import COPIES, Assertion, Origin, OriginKind, in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Json

CHECKS = Origin(OriginKind.RULE, "check_descriptions", "1")


class Verdict(StrEnum):
    """What a person decided of a finding."""

    MENDED = "mended"
    DISMISSED = "dismissed"
    OPEN = "open"
    """Nothing, or nothing any more."""


@dataclass(frozen=True, slots=True)
class Told:
    """A finding of a record with its key, and what was decided of it, by whom and when."""

    key: str
    finding: Finding
    verdict: Verdict = Verdict.OPEN
    decided_by: str = ""
    decided_at: datetime | None = None

    @property
    def record_id(self) -> str:
        """The record that the finding is told of."""
        return self.finding.where[0]


def key_of(finding: Finding) -> str:
    """The same as long as the fault, the field and the value are the same."""
    return stable_id(finding.fault, finding.field, finding.value)


# --- checking -----------------------------------------------------------------------------------


def check_descriptions(edges: Edges) -> list[Told]:
    """What looks wrong in the records and was not dismissed; kept with each of them instead of an earlier check."""
    known = Knowledge(
        load_classification_plan(), load_class_facts(), load_communes().named, today=edges.today()
    )
    found: list[Finding] = []
    numbered: list[Numbered] = []
    with database.reading(edges.database) as connection:
        ids = units.record_ids(connection, edges.entity)
        before = findings.records_with(connection, edges.entity, FOUND)
        for chunk in in_chunks(ids, CHUNK):
            said = assertions.said_of(connection, chunk)
            for record in units.load_records(connection, chunk, edges.entity):
                found += check_record(record, said.get(record.id, ()), known)
                numbered += numbers_of(record, known.facts)
        found += same_numbers(numbered, lambda records: _are_copies(connection, records))
    _keep(once_a_name(found), before, edges)
    return [told for told in told_findings(edges) if told.verdict is Verdict.OPEN]


def report_descriptions(
    found: Sequence[Finding], targets: Sequence[Path], *, actor: str, edges: Edges
) -> None:
    """The findings as reports (``write_report``); the journal has who took them out."""
    for target in targets:
        write_report(found, target, name=edges.settings.entity_name, today=edges.today())
    if targets:
        what = {"format": [target.suffix.lstrip(".") for target in targets], "findings": len(found)}
        with database.writing(edges.database) as connection:
            journal_export(connection, actor=actor, edges=edges, subject="", what=what)


def _are_copies(connection: Connection, records: Sequence[str]) -> bool:
    """Whether each of the records is a copy of the first one."""
    alike = {a.unit_id for a in similarity.alike(connection, records[0]) if a.relation in COPIES}
    return set(records[1:]) <= alike


def _keep(found: Iterable[Finding], before: Sequence[str], edges: Edges) -> None:
    by_record: dict[str, list[Assertion]] = {record: [] for record in before}
    for finding in found:
        by_record.setdefault(finding.where[0], []).append(Assertion(FOUND, as_json(finding), CHECKS))
    now = edges.now()
    for chunk in in_chunks(sorted(by_record), CHUNK):
        with database.writing(edges.database) as connection:
            for record_id in chunk:
                assertions.replace(
                    connection, record_id, [FOUND], [OriginKind.RULE], by_record[record_id], now=now
                )


def as_json(finding: Finding) -> dict[str, Json]:
    """The finding as it is kept."""
    return {
        "fault": finding.fault,
        "where": list(finding.where),
        "field": finding.field,
        "value": finding.value,
        "why": finding.why,
        "mend": finding.mend,
    }


def _finding(value: Mapping[str, Json]) -> Finding:
    return Finding(
        Fault(value["fault"]),
        tuple(value["where"]),
        value["field"],
        value["value"],
        value["why"],
        value["mend"],
    )


# --- telling ------------------------------------------------------------------------------------


def told_findings(edges: Edges) -> list[Told]:
    """What the last check found and still holds, and what was decided; the gravest faults first."""
    with database.reading(edges.database) as connection:
        ids = findings.records_with(connection, edges.entity, FOUND, DECIDED)
        said = assertions.said_of(connection, ids)
        others = {
            u for all_said in said.values() for a in all_said if a.field == FOUND for u in a.value["where"]
        }
        said |= assertions.said_of(connection, sorted(others - set(said)))
    in_use = {record: in_force(all_said) for record, all_said in said.items()}
    told = [t for record in ids for t in told_of(said[record], in_use)]
    settled = {_about(t.finding) for t in told if t.verdict is Verdict.DISMISSED}
    told = [t for t in told if t.verdict is not Verdict.OPEN or _about(t.finding) not in settled]
    order = {fault: rank for rank, fault in enumerate(LABELS)}
    return sorted(told, key=lambda t: (order[t.finding.fault], t.record_id))


def _about(finding: Finding) -> tuple[str, ...]:
    """The same for findings that one dismissal settles: those about one name or number, whichever record tells it."""
    subject = subject_of(finding)
    return (finding.fault, subject) if subject is not None else (finding.where[0], key_of(finding))


def told_of(said: Sequence[Assertion], in_use: Mapping[str, Sequence[Assertion]]) -> list[Told]:
    """What was found and still holds, unless it was dismissed; and what was decided.

    A mend that was accepted hides nothing: where the wrong value is back, so is the finding.
    """
    decided = {told.key: told for a in said if a.field == DECIDED for told in [told_decision(a)]}
    found = {
        key_of(finding): Told(key_of(finding), finding)
        for a in said
        if a.field == FOUND
        for finding in [_finding(a.value)]
        if _still_holds(finding, in_use)
    }
    is_open = {key for key in found if key not in decided or decided[key].verdict is Verdict.MENDED}
    return [*(found[key] for key in is_open), *(t for key, t in decided.items() if key not in is_open)]


def told_decision(a: Assertion) -> Told:
    """What a person decided, as it was kept."""
    finding = _finding(a.value["finding"])
    return Told(key_of(finding), finding, Verdict(a.value["verdict"]), a.origin.name, a.made_at)


def _still_holds(finding: Finding, in_use: Mapping[str, Sequence[Assertion]]) -> bool:
    """Whether the records still have the values that the finding speaks of."""

    def same(value: Json) -> bool:
        if finding.fault is Fault.DUPLICATE_COTE:
            return cote_key(str(value)) == cote_key(finding.value)
        return str(value) == finding.value

    wanted = finding.where if finding.fault is Fault.DUPLICATE_COTE else finding.where[:1]
    return all(
        any(a.field == finding.field and same(a.value) for a in in_use.get(record, ())) for record in wanted
    )
