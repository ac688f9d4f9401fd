"""Step 6: how long a piece is kept, by the schedule in force here. A proposal; people decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.contracts import load_classification_plan
from archiveia.edges.database import assertions, rule_sets
from archiveia.edges.retention_cues import load_calibration, load_retention_cues, load_wordings
from archiveia.edges.retention_files import load_triggers, named, shipped_rules
from archiveia.edges.shipped import lexicon
from archiveia.errors import ScheduleError
from archiveia.pipeline.each import each_record
from archiveia.pipeline.understanding import MACHINES, record_text
from archiveia.steps.confirmed import best
from archiveia.steps.retain import duration_in_french, propose
from archiveia.steps.retain_rows import fingerprint, rule_of, schedule_on
from archiveia.steps.retention_cues import CueBook
from archiveia.steps.retention_learned import hear, in_french, weighed
from archiveia.steps.retention_rank import may_be_signed, predict
from archiveia.steps.retention_reading import FIELDS as READ_FIELDS
from archiveia.steps.retention_reading import RULE_READER, WORD_READER, rules_read, triggers_read
from archiveia.values import Assertion, Origin, OriginKind, PageState, SortFinal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

    from archiveia.edges.learned_heads import StoredHead
    from archiveia.pipeline.workplace import Edges
    from archiveia.values import (
        DocumentClass,
        Json,
        Record,
        RetentionProposal,
        RetentionRule,
        Signature,
    )

SCHEDULE = Origin(OriginKind.RULE, "retention_schedule", "1")


def classes_by_code() -> dict[str, DocumentClass]:
    """The classification plan by code."""
    return {c.code: c for c in load_classification_plan()}


def rules_in_force(connection: Connection, entity_id: str) -> tuple[RetentionRule, ...]:
    """The rows of the version adopted last, else of the one that comes with the program, each with its signature."""
    row = rule_sets.in_force(connection, entity_id)
    rules = shipped_rules() if row is None else rules_of_version(row)
    return signed(rules, rule_sets.signatures(connection, entity_id))


def rules_of_version(row: sa.Row[Any]) -> tuple[RetentionRule, ...]:
    """The rules of a version of the database, named by its number.

    Raises:
        ScheduleError: a trigger of it is no more in the closed list.
    """
    try:
        rules = tuple(rule_of(cells, load_triggers()) for cells in row.rows)
    except KeyError as error:
        msg = f"version {row.number} of the retention schedule has the trigger {error.args[0]!r}"
        remedy = "export it, give the row a trigger of schemas/triggers.json, take it in and adopt it again"
        raise ScheduleError(msg, remedy) from error
    return named(rules, str(row.number))


def signed(rules: Sequence[RetentionRule], signatures: Mapping[str, Signature]) -> tuple[RetentionRule, ...]:
    """The rules with the signatures that were given to exactly these rows."""
    return tuple(replace(rule, signature=signatures.get(fingerprint([rule]))) for rule in rules)


def schedule_in_force(edges: Edges) -> dict[str, RetentionRule]:
    """The rule of each code today, of the version in force here."""
    with database.reading(edges.database) as connection:
        return schedule_on(rules_in_force(connection, edges.entity), edges.today())


def run_retain(ids: Sequence[str], edges: Edges) -> list[str]:
    """The same pieces, each with what the retention schedule proposes; never a right to destroy."""
    classes, schedule, today = classes_by_code(), schedule_in_force(edges), edges.today()
    good_cer, uses_models = edges.settings.ocr_good_cer, edges.settings.may_use_models("retain")
    read = open_rule_reader(classes, schedule, edges.rule_head, uses_models=uses_models)

    def decide(record: Record) -> tuple[list[Assertion], RetentionProposal]:
        said = read(record)
        others = tuple(a for a in record.assertions if a.field not in READ_FIELDS)
        record = replace(record, assertions=(*others, *said))
        return said, propose(record, classes, schedule, today=today, good_cer=good_cer)

    def save(
        connection: Connection, record: Record, found: tuple[list[Assertion], RetentionProposal]
    ) -> None:
        said, proposal = found
        made = [*said, Assertion("retention", retention_json(proposal), SCHEDULE, evidence=proposal.evidence)]
        fields = [*READ_FIELDS, "retention"]
        assertions.replace(connection, record.id, fields, MACHINES, made, now=edges.now())

    return each_record("retain", ids, edges, decide, save)


def open_rule_reader(
    classes: Mapping[str, DocumentClass],
    schedule: Mapping[str, RetentionRule],
    stored: StoredHead | None = None,
    *,
    uses_models: bool = True,
) -> Callable[[Record], list[Assertion]]:
    """What tells the rules of this schedule that a record's text speaks for, and the days that it names.

    ``stored``: what people's choices taught; it weighs the rules anew and may speak against an elimination.
    ``uses_models``: whether the words of the text are heard; else its cues alone.
    """
    cues, keep = load_retention_cues()
    known = {code: cues[code] for code in schedule if code in cues}
    book = CueBook(known, frozenset(c for c, rule in schedule.items() if may_be_signed(rule)), keep)
    calibration = load_calibration(with_words=uses_models)
    wordings = load_wordings() if uses_models else None
    origin = reader_origin(stored, uses_models=uses_models)
    eliminating = {c for c, rule in schedule.items() if rule.sort_final is SortFinal.ELIMINATE}
    taught = frozenset(stored.card["classes"]) & schedule.keys() if stored else frozenset()

    def read(record: Record) -> list[Assertion]:
        pages = [page.text if page.state is PageState.TEXT else "" for page in record.pages]
        said = best(record, "class")
        known_class = classes.get(str(said.value)) if said and not record.value("class_to_review") else None
        codes = known_class.retention_codes if known_class else ()
        found = predict(pages, book, wordings, calibration, class_codes=codes, lexicon=lexicon())
        heard = hear(stored.head, stored.terms, taught, record_text(record)) if stored and taught else None
        if heard:
            found = weighed(found, heard, eliminating, calibration.propose_from)
        events = {schedule[c].event.code for c in (*codes, *(r.code for r in found.ranked)) if c in schedule}
        learned = (in_french(heard),) if heard else ()
        return [rules_read(found, origin, learned), triggers_read(record, events)]

    return read


def reader_origin(stored: StoredHead | None, *, uses_models: bool = True) -> Origin:
    """Who says which rules a text speaks for: the cues, the words beside them, or both with what was learned here."""
    if not uses_models:
        return RULE_READER
    if stored is None:
        return WORD_READER
    version = f"{stored.card['version']} + {WORD_READER.name} {WORD_READER.version}"
    return Origin(OriginKind.MODEL, "learned rules", version)


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
