"""How often the class, or the retention rule, that was proposed is the one that a person gave, from the journal.

Only classes given without sight of the proposal measure it: who accepts with one key leans towards the machine.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.steps.lessons import TAKEN_BLIND, Decided, Met
from archiveia.steps.measure_classes import Answer, measure
from archiveia.steps.retention_reading import read_rules
from archiveia.values import OriginKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from archiveia.values import Json, Record

SCORE = "class_score"
"""In the journal: the score of the class that a machine proposed."""
RULE_PROPOSED = "rule_proposed"
"""In the journal: the retention rule that was proposed, with its probability."""
RULE_TAKEN_BLIND = "rule_taken_blind"
"""In the journal: the rule was chosen without sight of the proposal."""
_SEED = 1


def proposal(record: Record) -> dict[str, Json]:
    """What the journal keeps of the proposal that a decision met; nothing where a person or a list had spoken."""
    found = record.assertion("class")
    if found is None or found.origin.kind not in {OriginKind.RULE, OriginKind.MODEL}:
        return {}
    return {SCORE: [found.score], "class_by": [f"{found.origin.name} {found.origin.version}".strip()]}


def rule_proposal(record: Record) -> dict[str, Json]:
    """What the journal keeps of the retention rule that a decision met; nothing once a person had chosen one.

    A rule that follows from the class alone has the score 1; where several could apply none was proposed.
    """
    said = record.value("retention")
    if not said or record.assertion("retention_rule") is not None:
        return {}
    read = read_rules(record)
    score = next((r.probability for r in (read.ranked if read else ()) if r.code == said["rule"]), 1.0)
    return {RULE_PROPOSED: {"rule": said["rule"], "score": score if said["rule"] else None}}


def _rule_met(before: Mapping[str, Json]) -> Met | None:
    """The rule proposed, or the one that stood. Where none was, candidates were shown: that is not blind."""
    values = [rule for rule in before.get("retention_rule") or [] if rule is not None]
    proposed = before.get(RULE_PROPOSED)
    if proposed is None:
        return Met(values, is_blind=False) if values else None
    return Met([*values, *([proposed["rule"]] if proposed["rule"] else [])], is_blind=False)


RULES = Decided("retention_rule", RULE_TAKEN_BLIND, _rule_met)
"""Retention rules, as lessons."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of the proposals of a class, or rule, that the person had before their eyes."""

    code: str
    accepted: int
    corrected: int

    @property
    def overridden(self) -> float:
        """The share that was changed, 0-1."""
        return self.corrected / (self.accepted + self.corrected)


@dataclass(frozen=True, slots=True)
class Agreement:
    """``blind``: every figure of ``measure`` on classes given blind, ``None`` of none. ``seen``: by proposed class."""

    blind: Json | None
    seen: tuple[Seen, ...]

    @property
    def accepted(self) -> int:
        """Proposals that were seen and confirmed."""
        return sum(s.accepted for s in self.seen)

    @property
    def corrected(self) -> int:
        """Proposals that were seen and changed."""
        return sum(s.corrected for s in self.seen)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What is proposed and decided: the field, and what the journal's entries say of the proposal."""

    field: str
    taken_blind: str
    said: Callable[[Mapping[str, Json]], tuple[Json, float | None, bool]]
    """The code that was proposed, its score, and whether the machine itself was unsure."""


def _class_said(before: Mapping[str, Json]) -> tuple[Json, float | None, bool]:
    unsure = bool(_first(before.get("class_to_review")))
    return _first(before.get("class")), _first(before.get(SCORE)), unsure


def _rule_said(before: Mapping[str, Json]) -> tuple[Json, float | None, bool]:
    said = before.get(RULE_PROPOSED) or {}
    return said.get("rule"), said.get("score"), False


_CLASS = _Measured("class", TAKEN_BLIND, _class_said)
_RULE = _Measured("retention_rule", RULE_TAKEN_BLIND, _rule_said)


def agreement(confirmed: Iterable[tuple[str, Mapping[str, Json], Mapping[str, Json]]]) -> Agreement:
    """The figures of the first class that a person gave each record.

    ``confirmed``: record, values before, values after, oldest first.
    """
    return _agreement(confirmed, _CLASS)


def rule_agreement(confirmed: Iterable[tuple[str, Mapping[str, Json], Mapping[str, Json]]]) -> Agreement:
    """The same of the first retention rule that a person chose for each record."""
    return _agreement(confirmed, _RULE)


def _agreement(
    confirmed: Iterable[tuple[str, Mapping[str, Json], Mapping[str, Json]]], of: _Measured
) -> Agreement:
    first: dict[str, tuple[Mapping[str, Json], Mapping[str, Json]]] = {}
    for record, before, after in confirmed:
        if of.field in after:
            first.setdefault(record, (before, after))
    blind: list[Answer] = []
    accepted: Counter[str] = Counter()
    corrected: Counter[str] = Counter()
    for before, after in first.values():
        (said, score, unsure), given = of.said(before), after[of.field]
        if given is None:
            continue
        if after.get(of.taken_blind):
            blind.append(Answer(given, said, score or 0.0, decided=said is not None and not unsure))
        elif said is not None and score is not None:
            (accepted if said == given else corrected)[said] += 1
    codes = sorted(accepted.keys() | corrected.keys())
    seen = tuple(Seen(code, accepted[code], corrected[code]) for code in codes)
    return Agreement(measure(blind, seed=_SEED) if blind else None, seen)


def _first(values: Sequence[Json] | None) -> Json:
    return values[0] if values else None
