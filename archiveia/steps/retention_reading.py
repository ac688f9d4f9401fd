"""What a text says of retention, as it is kept beside a record: the rules that it speaks for, the days that it names.

It is read once, with the text; proposals are made of it as often as days pass and rules change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.steps.retention_dates import TRIGGER_READ, find_trigger_day
from archiveia.values import Assertion, Evidence, Origin, OriginKind, PageState, RankedRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archiveia.steps.retention_rank import Prediction
    from archiveia.values import Json, Record

RULES_READ = "rules_read"
TRIGGERS_READ = "triggers_read"
FIELDS = (RULES_READ, TRIGGERS_READ)
RULE_READER = Origin(OriginKind.RULE, "retention_cues", "2")
WORD_READER = Origin(OriginKind.MODEL, "retention_wording", "1")
"""Cues alone, and cues beside the words learned from documents whose rule is known."""
_RANKED, _PASSAGES = 3, 6
"""Of the rules that a text speaks for, and of the passages that say so, those that are kept."""


@dataclass(frozen=True, slots=True)
class RulesRead:
    """The rules that a text speaks for, best first; the one it may be eliminated by, else ``why`` not (French).

    ``learned``: what the decisions made here say of it, in French.
    """

    ranked: tuple[RankedRule, ...]
    to_eliminate: str | None
    why: tuple[str, ...]
    learned: tuple[str, ...] = ()


def rules_read(
    prediction: Prediction, origin: Origin = RULE_READER, learned: Sequence[str] = ()
) -> Assertion:
    """What was predicted, to be kept; ``learned`` where decisions made here were heard."""
    ranked = [_ranked_json(r.as_value()) for r in prediction.ranked[:_RANKED]]
    value = {"ranked": ranked, "to_eliminate": prediction.to_eliminate, "why": list(prediction.why)}
    return Assertion(RULES_READ, value | ({"learned": list(learned)} if learned else {}), origin)


def read_rules(record: Record) -> RulesRead | None:
    """What was kept of a record; ``None`` where its text was never asked."""
    value = record.value(RULES_READ)
    if value is None:
        return None
    ranked = tuple(
        RankedRule(r["code"], r["probability"], r["is_sure"], tuple(_evidence(p) for p in r["passages"]))
        for r in value["ranked"]
    )
    return RulesRead(ranked, value["to_eliminate"], tuple(value["why"]), tuple(value.get("learned", ())))


def triggers_read(record: Record, events: Iterable[str]) -> Assertion:
    """The day of each of these events that the text names, with its place."""
    pages = [(page.number, page.text) for page in record.pages if page.state is PageState.TEXT]
    found = {event: find_trigger_day(event, pages) for event in sorted(set(events))}
    value = {
        event: {"day": said.value, **_passage(said.evidence)}
        for event, said in found.items()
        if said is not None and said.evidence is not None
    }
    return Assertion(TRIGGERS_READ, value, TRIGGER_READ)


def read_trigger(record: Record, event: str) -> Assertion | None:
    """The day of the event that the text names, as it was kept."""
    kept = (record.value(TRIGGERS_READ) or {}).get(event)
    return None if kept is None else Assertion("trigger_on", kept["day"], TRIGGER_READ, _evidence(kept))


def _ranked_json(ranked: RankedRule) -> dict[str, Json]:
    return {
        "code": ranked.code,
        "probability": round(ranked.probability, 3),
        "is_sure": ranked.is_sure,
        "passages": [_passage(e) for e in ranked.passages[:_PASSAGES]],
    }


def _passage(evidence: Evidence) -> dict[str, int]:
    return {"page": evidence.page, "start": evidence.start, "end": evidence.end}


def _evidence(passage: Json) -> Evidence:
    return Evidence(passage["page"], passage["start"], passage["end"], "")
