"""How often the class that was proposed is the one that a person gave, from the journal.

Only classes given without sight of the proposal measure it: who accepts with one key leans towards the machine.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.steps.lessons import TAKEN_BLIND
from archiveia.steps.measure_classes import Answer, measure
from archiveia.values import OriginKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from archiveia.values import Json, Record

SCORE = "class_score"
"""In the journal: the score of the class that a machine proposed."""
_SEED = 1


def proposal(record: Record) -> dict[str, Json]:
    """What the journal keeps of the proposal that a decision met; nothing where a person or a list had spoken."""
    found = record.assertion("class")
    if found is None or found.origin.kind not in {OriginKind.RULE, OriginKind.MODEL}:
        return {}
    return {SCORE: [found.score], "class_by": [f"{found.origin.name} {found.origin.version}".strip()]}


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a class' proposals that the person had before their eyes."""

    code: str
    accepted: int
    corrected: int


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


def agreement(confirmed: Iterable[tuple[str, Mapping[str, Json], Mapping[str, Json]]]) -> Agreement:
    """The figures of the first class that a person gave each record.

    ``confirmed``: record, values before, values after, oldest first.
    """
    first: dict[str, tuple[Mapping[str, Json], Mapping[str, Json]]] = {}
    for record, before, after in confirmed:
        if "class" in after:
            first.setdefault(record, (before, after))
    blind: list[Answer] = []
    accepted: Counter[str] = Counter()
    corrected: Counter[str] = Counter()
    for before, after in first.values():
        said, score = _first(before.get("class")), _first(before.get(SCORE))
        if after["class"] is None:
            continue
        if after.get(TAKEN_BLIND):
            unsure = bool(_first(before.get("class_to_review")))
            blind.append(Answer(after["class"], said, score or 0.0, decided=said is not None and not unsure))
        elif said is not None and score is not None:
            (accepted if said == after["class"] else corrected)[said] += 1
    codes = sorted(accepted.keys() | corrected.keys())
    seen = tuple(Seen(code, accepted[code], corrected[code]) for code in codes)
    return Agreement(measure(blind, seed=_SEED) if blind else None, seen)


def _first(values: Sequence[Json] | None) -> Json:
    return values[0] if values else None
