"""Rows of a retention schedule and the rules that they say, both ways; which of them hold on a day."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from archiveia.values import Bound, RetentionRule, SortFinal, Trigger, TriggerKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COLUMNS = (
    "code",
    "label",
    "series",
    "dua_months",
    "bound",
    "trigger",
    "trigger_code",
    "sort_final",
    "source",
    "source_url",
    "personal_data",
    "duration_confidence",
    "fate_confidence",
    "valid_from",
    "valid_until",
    "active",
)
UNMAPPED = str(TriggerKind.UNMAPPED)
HEARSAY = "Connaissance générale"
"""A source that begins so counts as none."""
UNSOURCED = "none"
"""The confidence of what no source says."""


@dataclass(frozen=True, slots=True)
class Triggers:
    """The closed list of triggers by code, and the code of every wording that was mapped."""

    by_code: Mapping[str, Trigger]
    wordings: Mapping[str, str]

    def code_of(self, words: str) -> str:
        """The code of these words; ``unmapped`` for words that nobody mapped."""
        return self.wordings.get(words, UNMAPPED)


def rule_of(cells: Mapping[str, str], triggers: Triggers, *, rule_set: str = "") -> RetentionRule:
    """The rule of a row that has the shape of ``schemas/retention_schedule.schema.json``.

    A row without ``trigger_code`` takes that of its words.

    Raises:
        KeyError: the trigger is not in the closed list.
    """
    return RetentionRule(
        code=cells["code"],
        label=cells["label"],
        series=cells["series"] or None,
        dua_months=int(cells["dua_months"]) if cells["dua_months"] else None,
        bound=Bound(cells["bound"]),
        trigger=cells["trigger"],
        event=triggers.by_code[cells["trigger_code"] or triggers.code_of(cells["trigger"])],
        sort_final=SortFinal(cells["sort_final"]),
        source=cells["source"],
        source_url=cells["source_url"] or None,
        personal_data=cells["personal_data"],
        duration_confidence=cells["duration_confidence"],
        fate_confidence=cells["fate_confidence"],
        valid_from=date.fromisoformat(cells["valid_from"]) if cells["valid_from"] else None,
        valid_until=date.fromisoformat(cells["valid_until"]) if cells["valid_until"] else None,
        active=cells["active"] == "true",
        rule_set=rule_set,
    )


def row_of(rule: RetentionRule) -> dict[str, str]:
    """The row of a rule, by column: what ``rule_of`` reads."""
    return {
        "code": rule.code,
        "label": rule.label,
        "series": rule.series or "",
        "dua_months": "" if rule.dua_months is None else str(rule.dua_months),
        "bound": rule.bound,
        "trigger": rule.trigger,
        "trigger_code": rule.event.code,
        "sort_final": rule.sort_final,
        "source": rule.source,
        "source_url": rule.source_url or "",
        "personal_data": rule.personal_data,
        "duration_confidence": rule.duration_confidence,
        "fate_confidence": rule.fate_confidence,
        "valid_from": rule.valid_from.isoformat() if rule.valid_from else "",
        "valid_until": rule.valid_until.isoformat() if rule.valid_until else "",
        "active": "true" if rule.active else "false",
    }


def fingerprint(rules: Iterable[RetentionRule]) -> str:
    """SHA-256 of the rows: the same rows in the same order have the same. A signature holds for one row's."""
    rows = [row_of(rule) for rule in rules]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def schedule_on(rules: Iterable[RetentionRule], day: date) -> dict[str, RetentionRule]:
    """The rule of each code on a day: the one valid then, else the last (which ``is_usable`` then denies)."""
    found: dict[str, RetentionRule] = {}
    for rule in rules:
        held = found.get(rule.code)
        if held is None or not held.is_usable(day):
            found[rule.code] = rule
    return found
