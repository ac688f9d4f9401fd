"""Both clocks of every record computed again, each from its own rules: how long it is kept, who may read it when.

Days pass, delays end, rules change: what the steps computed once is held against today, and only changes are
written. A few thousand records at a time; nothing but what the clocks rest on is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.contracts import load_access_rules
from archiveia.edges.database import assertions, clock_records, work
from archiveia.edges.database.portable import in_chunks
from archiveia.pipeline.communicability import DELAYS, access_json
from archiveia.pipeline.rules import SCHEDULE, classes_by_code, retention_json, schedule_in_force
from archiveia.steps.access import access_of_dossier
from archiveia.steps.retain import propose
from archiveia.values import Assertion, OriginKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import AccessRule, DocumentClass, Record, RetentionRule

DOSSIERS_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class ClockReport:
    """How many records were computed again, and of how many each clock says something else than before."""

    records: int = 0
    retention_changed: int = 0
    access_changed: int = 0


@dataclass(frozen=True, slots=True)
class _Rules:
    """What the clocks of one night rest on."""

    classes: Mapping[str, DocumentClass]
    schedule: Mapping[str, RetentionRule]
    access: Mapping[str, AccessRule]
    today: date
    good_cer: float


def recompute_clocks(edges: Edges) -> ClockReport:
    """Both clocks of every record of the entity as of today; the index is told of what changed by ``run_index``."""
    rules = _Rules(
        classes=classes_by_code(),
        schedule=schedule_in_force(edges),
        access=load_access_rules(),
        today=edges.today(),
        good_cer=edges.settings.ocr_good_cer,
    )
    with database.reading(edges.database) as connection:
        dossiers = clock_records.dossier_ids(connection, edges.entity)
    records = retention = access = 0
    for chunk in in_chunks(dossiers, DOSSIERS_AT_A_TIME):
        with database.reading(edges.database) as connection:
            found = clock_records.load(connection, chunk, edges.entity, good_cer=rules.good_cer)
        records += sum(map(len, found.values()))
        changed = [dossier for dossier, pieces in found.items() if any(_changes(pieces, rules))]
        written = _write(changed, rules, edges) if changed else (0, 0)
        retention, access = retention + written[0], access + written[1]
    return ClockReport(records, retention, access)


def _changes(
    pieces: Sequence[Record], rules: _Rules
) -> tuple[list[tuple[str, Assertion]], list[tuple[str, Assertion]]]:
    """What each clock says now of the pieces of a dossier, where it is not what it said before.

    A piece for which a step was not done yet is left to that step.
    """
    retention = []
    for record in pieces:
        kept = record.assertion("retention")
        if kept is not None:
            proposal = propose(
                record, rules.classes, rules.schedule, today=rules.today, good_cer=rules.good_cer
            )
            said = Assertion("retention", retention_json(proposal), SCHEDULE, evidence=proposal.evidence)
            if (said.value, said.evidence) != (kept.value, kept.evidence):
                retention.append((record.id, said))
    states = access_of_dossier(
        pieces, rules.classes, rules.access, today=rules.today, good_cer=rules.good_cer
    )
    access = [
        (record.id, Assertion("access", state, DELAYS))
        for record in pieces
        if (kept := record.assertion("access")) is not None
        and kept.value != (state := access_json(states[record.id]))
    ]
    return retention, access


def _write(dossiers: Sequence[str], rules: _Rules, edges: Edges) -> tuple[int, int]:
    """How many records each clock was written for, computed from what the database says in the same transaction.

    A person may have decided since the records were first read: what follows from that decision must stand.
    """
    with database.writing(edges.database) as connection:
        found = clock_records.load(connection, dossiers, edges.entity, good_cer=rules.good_cer)
        changes = [_changes(pieces, rules) for pieces in found.values() if pieces]
        retention = [change for changed, _ in changes for change in changed]
        access = [change for _, changed in changes for change in changed]
        _replace(connection, "retention", retention, edges)
        _replace(connection, "access", access, edges)
        work.set_stale(connection, [record_id for record_id, _ in access], now=edges.now())
    return len(retention), len(access)


def _replace(
    connection: Connection, field: str, changes: Sequence[tuple[str, Assertion]], edges: Edges
) -> None:
    assertions.replace_field(connection, field, OriginKind.RULE, changes, now=edges.now())
