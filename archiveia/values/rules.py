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


@dataclass(frozen=True, slots=True)
class AccessRule:
    """A row of the communicability table. ``delay_years`` is ``None`` for "never" or "case by case"."""

    id: str
    category: str
    delay_years: int | None
    start_event: str
    alt_delay_years: int | None
    alt_start_event: str | None
    legal_source: str
    confidence: str
    never: bool = False


@dataclass(frozen=True, slots=True)
class AccessState:
    """When a record may be read by anyone, and why.

    ``proposed_on`` is what the machine computes from everything it believes; ``opens_on`` counts
    only what a person confirmed, for the piece and for every piece of its dossier: the public
    portal knows only ``opens_on``. ``None`` is closed. ``controlling_id`` is the piece of the
    dossier that opens last. ``blockers`` say in French what a person still has to decide.
    """

    category: str | None
    proposed_on: date | None
    opens_on: date | None
    controlling_id: str | None
    why: tuple[str, ...]
    blockers: tuple[str, ...]
