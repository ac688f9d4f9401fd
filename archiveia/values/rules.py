"""Classes, retention and access: what the contracts of ``schemas/`` say, and what follows for a record."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from archiveia.values.records import Evidence, Origin


@dataclass(frozen=True, slots=True)
class DocumentClass:
    """One class of the classification plan (``schemas/classification_plan.json``)."""

    code: str
    label: str
    description: str
    series: str | None
    retention_codes: tuple[str, ...]
    access_categories: tuple[str, ...]
    cues: tuple[str, ...] = ()
    """Formulae that such documents carry, as ``"a décidé d'arrêter"``; what the lexical matcher reads."""


@dataclass(frozen=True, slots=True)
class Classification:
    """What a classifier says of one text.

    ``code`` is the best class whatever its score; ``to_review`` is true when the score, or its
    distance to the runner-up, is below the threshold: then a person decides.
    """

    code: str | None
    score: float
    runner_up: str | None
    runner_up_score: float
    to_review: bool
    origin: Origin
    reasons: tuple[str, ...] = ()


class SortFinal(StrEnum):
    """*Sort final*: what happens at the end of the DUA (durée d'utilité administrative)."""

    KEEP = "C"
    SELECT = "T"
    ELIMINATE = "E"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """A row of the retention schedule. ``dua_years`` is ``None`` when only the trigger counts."""

    code: str
    label: str
    series: str | None
    dua_years: float | None
    trigger: str
    sort_final: SortFinal
    source: str
    source_url: str | None
    personal_data: str
    confidence: str
    active: bool


@dataclass(frozen=True, slots=True)
class RetentionProposal:
    """What the schedule proposes for one record; never a right to destroy.

    ``rule`` is ``None`` when no rule, or more than one, could apply: ``candidates`` lists their
    codes and a person decides. ``trigger_on``/``due_on`` are ``None`` when the trigger's date is
    unknown. ``why`` explains the proposal in French, one sentence an entry.
    """

    rule: RetentionRule | None
    candidates: tuple[str, ...]
    trigger_on: date | None
    due_on: date | None
    to_review: bool
    why: tuple[str, ...]
    evidence: Evidence | None = None
