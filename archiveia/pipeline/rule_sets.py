"""Versions of the retention schedule: taken in, compared with the one in force, adopted, signed row by row."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.contracts import load_classification_plan
from archiveia.edges.database import clock_records, decisions, rule_sets, services, work
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.retention_files import (
    SCHEDULE,
    SCHEMAS,
    csv_of,
    examine,
    ods_of,
    rules_to_use,
    shipped_rules,
)
from archiveia.errors import BadRequestError
from archiveia.pipeline.rules import (
    classes_by_code,
    rules_in_force,
    rules_of_version,
    run_retain,
    schedule_in_force,
    signed,
)
from archiveia.steps.passed_maxima import PassedMaximum
from archiveia.steps.retain import propose
from archiveia.steps.retain_rows import fingerprint, row_of, schedule_on
from archiveia.steps.rule_changes import RuleChanges, differs, rule_changes
from archiveia.values import Bound, SortFinal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.steps.rule_check import Finding
    from archiveia.values import Json, Record, RetentionRule, Signature

SHIPPED = 0
"""The number by which people name the version that comes with the program."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a version would change: its rules, how many proposals, and how many would newly be for elimination."""

    changes: RuleChanges
    looked_at: int
    proposals: int
    to_elimination: int
    unsigned: tuple[str, ...]
    """Rows that are signed now, and would not be any more: they changed."""


def check_file(path: Path | None) -> tuple[Finding, ...]:
    """Everything wrong or left open in a file, or in the schedule that comes with the program."""
    return examine(path or SCHEMAS / SCHEDULE, load_classification_plan()).findings


def take_in(path: Path, *, actor: str, edges: Edges) -> int:
    """The number of the version that these rules are now. It is not in force: ``adopt`` it.

    Raises:
        ScheduleError: the file cannot be used; nothing changed.
    """
    rules = rules_to_use(path, "")
    now, seal = edges.now(), fingerprint(rules)
    with database.writing(edges.database) as connection:
        number = rule_sets.add(
            connection,
            edges.entity,
            [row_of(rule) for rule in rules],
            fingerprint=seal,
            file_name=path.name,
            actor=actor,
            now=now,
        )
        _journal(connection, edges, actor, ("rules_import", str(number)), {"fingerprint": seal})
    return number


def rules_numbered(number: int | None, edges: Edges) -> tuple[RetentionRule, ...]:
    """The rules of a version, 0 being that of the program; of the one in force without a number."""
    with database.reading(edges.database) as connection:
        if number is None:
            return rules_in_force(connection, edges.entity)
        rules = shipped_rules() if number == SHIPPED else _stored(connection, number, edges)
        return signed(rules, rule_sets.signatures(connection, edges.entity))


def _stored(connection: Connection, number: int, edges: Edges) -> tuple[RetentionRule, ...]:
    return rules_of_version(rule_sets.load(connection, edges.entity, number))


def effect_of(after: Sequence[RetentionRule], edges: Edges) -> Effect:
    """What these rules would change if they were in force instead of those that are."""
    before = rules_numbered(None, edges)
    changes = rule_changes(before, after)
    touched = _touched(changes.codes, edges)
    today, classes = edges.today(), classes_by_code()
    good_cer = edges.settings.ocr_good_cer
    schedules = schedule_on(before, today), schedule_on(after, today)
    changed = eliminated = 0
    for record in _without_text(touched, edges):
        now, then = (propose(record, classes, s, today=today, good_cer=good_cer) for s in schedules)
        changed += differs(now, then)
        eliminated += then.fate is SortFinal.ELIMINATE and now.fate is not SortFinal.ELIMINATE
    still = {rule.code for rule in after if rule.signature}
    lost = tuple(rule.code for rule in before if rule.signature and rule.code not in still)
    return Effect(changes, len(touched), changed, eliminated, lost)


def _without_text(touched: Mapping[str, str], edges: Edges) -> Iterator[Record]:
    """These records as the clocks need them, given by their dossiers."""
    good_cer = edges.settings.ocr_good_cer
    for chunk in in_chunks(sorted(set(touched.values()))):
        with database.reading(edges.database) as connection:
            found = clock_records.load(connection, chunk, edges.entity, good_cer=good_cer)
        yield from (record for pieces in found.values() for record in pieces if record.id in touched)


def _touched(codes: Collection[str], edges: Edges) -> dict[str, str]:
    """The records whose class may lead to one of these rules, or for which a person chose one; with their dossiers."""
    with database.reading(edges.database) as connection:
        return rule_sets.records_about(connection, edges.entity, _classes_of(codes), set(codes))


def _classes_of(codes: Collection[str]) -> set[str]:
    return {c.code for c in load_classification_plan() if not set(c.retention_codes).isdisjoint(codes)}


def adopt(number: int, *, actor: str, edges: Edges) -> Effect:
    """What changed, now that this version is in force; proposals that it touches are made again.

    Raises:
        BadRequestError: there is no such version.
    """
    effect = effect_of(rules_numbered(number, edges), edges)
    run_retain(put_in_force(number, actor=actor, edges=edges), edges)
    return effect


def put_in_force(number: int, *, actor: str, edges: Edges) -> list[str]:
    """The records whose proposals are to be made again, now that this version is in force.

    Raises:
        BadRequestError: there is no such version.
    """
    if number == SHIPPED:
        number = take_in(SCHEMAS / SCHEDULE, actor=actor, edges=edges)
    changes = rule_changes(rules_numbered(None, edges), rules_numbered(number, edges))
    with database.writing(edges.database) as connection:
        before = rule_sets.in_force(connection, edges.entity)
        rule_sets.adopt(connection, edges.entity, number, actor=actor, now=edges.now())
        told = {
            "added": len(changes.added),
            "removed": len(changes.removed),
            "cells": len(changes.cells),
        }
        former = {"version": before.number if before else SHIPPED}
        _journal(connection, edges, actor, ("rules_adopt", str(number)), told, before=former)
        return _reopen(connection, changes.codes, edges)


def sign(codes: Sequence[str], signature: Signature, *, actor: str, edges: Edges) -> list[str]:
    """The records whose proposals are to be made again, now that the collectivité signed these rows.

    A collectivité that signs rows of the schedule that comes with the program keeps that version as its own: a newer
    program does not change it.

    Raises:
        BadRequestError: a code is not one of the schedule, or who, when or the opinion is missing.
    """
    _check(signature, edges)
    fingerprints = _fingerprints(codes, edges)
    with database.reading(edges.database) as connection:
        is_own = rule_sets.in_force(connection, edges.entity) is not None
    if not is_own:
        put_in_force(SHIPPED, actor=actor, edges=edges)
    with database.writing(edges.database) as connection:
        rule_sets.sign(connection, edges.entity, fingerprints, signature, actor=actor, now=edges.now())
        for code, seal in fingerprints.items():
            told = {**asdict(signature), "signed_on": signature.signed_on.isoformat(), "fingerprint": seal}
            _journal(connection, edges, actor, ("rules_sign", code), told)
        return _reopen(connection, codes, edges)


def withdraw(codes: Sequence[str], *, actor: str, edges: Edges) -> list[str]:
    """The records whose proposals are to be made again, now that the signatures of these rows do not stand.

    Raises:
        BadRequestError: a code is not one of the schedule.
    """
    fingerprints = _fingerprints(codes, edges)
    with database.writing(edges.database) as connection:
        rule_sets.withdraw(
            connection, edges.entity, list(fingerprints.values()), actor=actor, now=edges.now()
        )
        for code, seal in fingerprints.items():
            _journal(connection, edges, actor, ("rules_unsign", code), {"fingerprint": seal})
        return _reopen(connection, codes, edges)


def passed_maxima(edges: Edges) -> list[PassedMaximum]:
    """Each record kept longer than the longest duration of its rule."""
    schedule, today = schedule_in_force(edges), edges.today()
    bounded = {code for code, rule in schedule.items() if rule.bound is Bound.MAXIMUM}
    classes, good_cer = classes_by_code(), edges.settings.ocr_good_cer
    found = []
    for record in _without_text(_touched(bounded, edges), edges):
        proposal = propose(record, classes, schedule, today=today, good_cer=good_cer)
        if proposal.alert and proposal.rule and proposal.due_on:
            found.append(PassedMaximum(record.id, proposal.rule.code, proposal.due_on, proposal.alert))
    with database.reading(edges.database) as connection:
        service = services.services_of(connection, [one.record for one in found])
    return [replace(one, service=service.get(one.record)) for one in found]


def written(number: int | None, suffix: str, *, actor: str, edges: Edges) -> bytes:
    """The rules of a version as CSV or ODS.

    Raises:
        BadRequestError: the ending is neither.
    """
    if suffix.lower() not in {".csv", ".ods"}:
        raise BadRequestError(f"a schedule is not written as {suffix!r}", "end the name with .csv or .ods")
    rules = rules_numbered(number, edges)
    with database.writing(edges.database) as connection:
        told = {"rule_set": rules[0].rule_set, "format": suffix.lower()}
        _journal(connection, edges, actor, ("rules_export", str(number or SHIPPED)), told)
    return ods_of(rules) if suffix.lower() == ".ods" else csv_of(rules)


def _check(signature: Signature, edges: Edges) -> None:
    if not signature.signed_by.strip() or not signature.opinion.strip():
        raise BadRequestError(
            "a signature needs a name and the opinion of the departmental archives",
            "say who signed, and what the departmental archives answered",
        )
    if signature.signed_on > edges.today():
        raise BadRequestError(f"{signature.signed_on} is still to come", "give the day of the signature")


def _fingerprints(codes: Sequence[str], edges: Edges) -> dict[str, str]:
    """The fingerprint of the row of each code, as it is today."""
    schedule = schedule_on(rules_numbered(None, edges), edges.today())
    unknown = [code for code in codes if code not in schedule]
    if unknown or not codes:
        told = ", ".join(unknown) or "none"
        raise BadRequestError(
            f"no rule {told} in the schedule in force", "list them with `archiveia rules list`"
        )
    return {code: fingerprint([schedule[code]]) for code in codes}


def _reopen(connection: Connection, codes: Collection[str], edges: Edges) -> list[str]:
    """The records that these rules touch, whose proposals are now to be made again."""
    classes = _classes_of(codes)
    touched = list(rule_sets.records_about(connection, edges.entity, classes, set(codes)))
    work.forget(connection, touched, ["retain"])
    return touched


def _journal(
    connection: Connection,
    edges: Edges,
    actor: str,
    did: tuple[str, str],
    after: Json,
    *,
    before: Json | None = None,
) -> None:
    """An entry of what was ``did``: the action and its subject."""
    decisions.write_journal(
        connection,
        entity_id=edges.entity,
        actor=actor,
        action=did[0],
        subject=did[1],
        before=before or {},
        after=after,
        now=edges.now(),
    )
