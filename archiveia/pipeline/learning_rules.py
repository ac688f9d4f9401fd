"""What the machine learns at night from the retention rules that people gave, and which rules it reads again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import assertions
from archiveia.pipeline.learning import School, attend, do_again
from archiveia.pipeline.rules import classes_by_code, open_rule_reader, reader_origin, schedule_in_force
from archiveia.pipeline.understanding import record_text
from archiveia.steps.agreement import RULES
from archiveia.steps.retain import propose
from archiveia.steps.retention_reading import FIELDS, RULES_READ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.edges.learned_heads import StoredHead
    from archiveia.pipeline.learning import NightSchool
    from archiveia.pipeline.workplace import Edges
    from archiveia.settings import Settings
    from archiveia.steps.lessons import Lesson
    from archiveia.values import Record

AGAIN = ("retain", "access", "index")
"""What is done again for a record whose rules are read otherwise."""


def learn_rules(edges: Edges) -> NightSchool | None:
    """What was learned of retention rules; ``None`` with models off, or where too little or nothing new is there."""
    return attend(OF_RULES, edges)


def read_rules_again(edges: Edges) -> int:
    """How many records' rules were read again: those read by another head, or by none, of which no person chose one.

    Safe to cut off, and twice is harmless. Without a head (models off, or forgotten) the cues read again.
    """
    origin = reader_origin(edges.rule_head, uses_models=edges.settings.may_use_models("retain"))
    with database.reading(edges.database) as connection:
        waiting = assertions.said_by_another(
            connection, edges.entity, RULES_READ, origin, decided="retention_rule"
        )
    return do_again(waiting, AGAIN, edges)


def _described(edges: Edges) -> dict[str, tuple[str, str]]:
    return {code: (rule.label, "") for code, rule in schedule_in_force(edges).items()}


def _words_alone(_settings: Settings) -> None:
    """No encoder: rules are told by words, and every record would pay for one."""


def _record_itself(record: Record) -> Record:
    return record


def _rules_right(stored: StoredHead | None, held: Sequence[tuple[Lesson, Record]], edges: Edges) -> int:
    """Of how many held records the rule proposed, else the first named, is the one that a person gave."""
    head = edges.rule_head if stored is None else stored
    classes, schedule = classes_by_code(), schedule_in_force(edges)
    read = open_rule_reader(classes, schedule, head)
    right = 0
    for lesson, record in held:
        others = (a for a in record.assertions if a.field not in {*FIELDS, "retention_rule"})
        untold = replace(record, assertions=(*others, *read(record)))
        proposal = propose(
            untold, classes, schedule, today=edges.today(), good_cer=edges.settings.ocr_good_cer
        )
        first = proposal.rule.code if proposal.rule else next(iter(proposal.candidates), None)
        right += first == lesson.label
    return right


OF_RULES: School[Record] = School(
    step="retain",
    decided=RULES,
    described=_described,
    reader=_words_alone,
    piece=_record_itself,
    text=record_text,
    right=_rules_right,
)
"""Retention rules, by the records."""
