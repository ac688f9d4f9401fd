"""Which decisions teach the machine, which of them only measure it, and when a new head replaces the former.

A one-key acceptance of the machine's own proposal is no lesson: it would teach the machine its echo.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.values import OriginKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from archiveia.values import Assertion, Json

TAKEN_BLIND = "class_taken_blind"
"""In the journal: the class was given without sight of the machine's proposal."""
_ONE_IN = 5
"""Of the decisions taken blind, the part that never teaches and only measures."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A record whose class, or rule, a person gave.

    ``blind``: without a proposal of the machine, so that it measures fairly.
    """

    record_id: str
    label: str
    blind: bool

    @property
    def held(self) -> bool:
        """Whether it only measures; always the same records, for every head there ever was."""
        return self.blind and hashlib.sha256(self.record_id.encode()).digest()[0] % _ONE_IN == 0


@dataclass(frozen=True, slots=True)
class Met:
    """The values that a person had before their eyes when deciding; ``is_blind``: none, and nothing like one."""

    values: Sequence[Json]
    is_blind: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decide and a machine proposes: the field, and what the journal says of the proposal it met.

    ``met`` is ``None`` where the journal does not tell: such a decision teaches nothing.
    """

    field: str
    taken_blind: str
    met: Callable[[Mapping[str, Json]], Met | None]


def _class_met(before: Mapping[str, Json]) -> Met:
    values = list(before.get("class") or [])
    return Met(values, is_blind=not values)


CLASSES = Decided("class", TAKEN_BLIND, _class_met)


def blind_below(share: float) -> str:
    """The id below which records are shown without a proposal: always the same ones, and a fair draw of digests."""
    return f"{int(share * 16**8):08x}" if share < 1 else "g"


def blind_from(share: float) -> str:
    """The id from which records are shown without a retention rule: as many as ``blind_below`` draws, but others."""
    return f"{int((1 - share) * 16**8):08x}" if share > 0 else "g"


def lessons(
    said: Mapping[str, Iterable[Assertion]],
    confirmed: Iterable[tuple[str, Mapping[str, Json], Mapping[str, Json]]],
    of: Decided = CLASSES,
) -> list[Lesson]:
    """The lessons in what was said of records and in the journal's confirmations, by record.

    ``confirmed``: record, values before, values after, oldest first. A value counts that a person set without sight
    of a proposal or where the machine had none (blind), or against it (a correction), or that came in with a
    description made before (blind).
    """
    decided = {
        record: (Met((), is_blind=True) if after.get(of.taken_blind) else of.met(before), after[of.field])
        for record, before, after in confirmed
        if of.field in after
    }
    found = []
    for record, assertions in sorted(said.items()):
        ours = [a for a in assertions if a.field == of.field and a.value is not None]
        by_person = next((a.value for a in ours if a.origin.kind is OriginKind.PERSON), None)
        imported = next((a.value for a in ours if a.origin.kind is OriginKind.IMPORT), None)
        if by_person is not None:
            met, after = decided.get(record, (None, by_person))
            if met is not None and after == by_person and by_person not in met.values:
                found.append(Lesson(record, by_person, blind=met.is_blind))
        elif imported is not None and record not in decided:
            found.append(Lesson(record, imported, blind=True))
    return found


def digest(found: Sequence[Lesson]) -> str:
    """What is the same while nothing new was decided."""
    text = "\n".join(f"{lesson.record_id} {lesson.label} {lesson.blind}" for lesson in found)
    return hashlib.sha256(text.encode()).hexdigest()


def is_better(right: int, right_before: int) -> bool:
    """Whether the new head replaces what classified before, by the texts of the held part that each had right."""
    return right > right_before
