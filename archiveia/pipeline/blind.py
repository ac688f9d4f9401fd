"""Records shown without the class, or the rule, that a machine proposes: what people say of them measures it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from archiveia.pipeline.understanding import CLASS_FIELDS, MACHINES
from archiveia.steps.lessons import blind_below, blind_from

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiveia.settings import Settings
    from archiveia.values import Assertion, Record

_TELLING = frozenset((*CLASS_FIELDS, "retention", "rules_read", "triggers_read", "access"))
"""What a machine says of the class, and what follows from it."""
_TELLING_RULE = frozenset(("retention", "rules_read", "triggers_read"))


def is_shown_blind(record: Record, settings: Settings) -> bool:
    """It is one of the share drawn, and no person or former description has given its class."""
    said = next((a for a in record.assertions if a.field == "class_to_review"), None)
    told = record.assertion("class")
    by_machine = said is not None and said.origin.kind in MACHINES
    return (
        by_machine
        and (told is None or told.origin.kind in MACHINES)
        and record.id < blind_below(settings.blind_share)
    )


def is_rule_shown_blind(record: Record, settings: Settings) -> bool:
    """It is one of the share drawn for the retention rule, and no person has chosen one."""
    return record.assertion("retention_rule") is None and record.id >= blind_from(settings.blind_share)


def without_rule(record: Record) -> Record:
    """The record as if no retention rule had been proposed."""
    return replace(record, assertions=tuple(a for a in record.assertions if a.field not in _TELLING_RULE))


def without_class(record: Record) -> Record:
    """The record as if no machine had said anything of its class."""
    return replace(record, assertions=tuple(untold(record.assertions)))


def untold(said: Iterable[Assertion]) -> list[Assertion]:
    """What does not betray the proposed class."""
    return [a for a in said if a.field not in _TELLING or a.origin.kind not in MACHINES]
