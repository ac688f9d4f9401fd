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


class Bound(StrEnum):
    """Whether a document is kept for its DUA at least, or at most (video: CSI L252-5)."""

    MINIMUM = "minimum"
    MAXIMUM = "maximum"


class TriggerKind(StrEnum):
    """What a trigger is: the document's own date, an event, nothing that ever comes, or not one event."""

    DOCUMENT = "document"
    EVENT = "event"
    NEVER = "never"
    UNMAPPED = "unmapped"


class TriggerState(StrEnum):
    """What is known of the day that a DUA runs from.

    ``ESTIMATED``: a machine read it, or only its year or month is known. ``OPEN``: a person said that the
    event has not come.
    """

    KNOWN = "known"
    ESTIMATED = "estimated"
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event that a DUA runs from (``schemas/triggers.json``); ``look_for`` says in French where to find its day.

    ``field`` is the value of a record that holds the day, beside ``trigger_on``; ``estimated_by`` one that is near it.
    """

    code: str
    label: str
    kind: TriggerKind
    field: str | None
    estimated_by: str | None
    look_for: str


@dataclass(frozen=True, slots=True)
class Signature:
    """The collectivité adopted a row of its schedule: who signed, when, and what the departmental archives said."""

    signed_by: str
    signed_on: date
    opinion: str


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """A row of the retention schedule.

    ``dua_months`` is ``None`` where the source fixes no term (never 0); ``trigger`` are its own words, ``event``
    what they mean. A confidence is ``high``, ``medium``, ``low`` or ``none`` (no source says it). ``rule_set``
    names the version that the row is of.
    """

    code: str
    label: str
    series: str | None
    dua_months: int | None
    bound: Bound
    trigger: str
    event: Trigger
    sort_final: SortFinal
    source: str
    source_url: str | None
    personal_data: str
    duration_confidence: str
    fate_confidence: str
    valid_from: date | None = None
    valid_until: date | None = None
    active: bool = True
    signature: Signature | None = None
    rule_set: str = ""

    def is_usable(self, day: date) -> bool:
        """It is switched on, and valid that day."""
        return (
            self.active
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True, slots=True)
class RankedRule:
    """A rule that a text speaks for, how probable it is (calibrated, 0-1), and the ``passages`` that say so.

    ``is_sure``: probable enough to be proposed among several.
    """

    code: str
    probability: float
    is_sure: bool
    passages: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class RetentionProposal:
    """What the schedule proposes for one record; never a right to destroy.

    ``rule`` is ``None`` when no rule, or more than one, could apply: ``candidates`` lists their
    codes and a person decides. ``trigger_on``/``due_on`` are ``None`` when the trigger's date is
    unknown. ``fate`` is what is proposed: ``None`` where a person has to say it, whatever the rule's *sort
    final*; ``ELIMINATE`` only of a row with a source for it that the collectivité signed. ``holds`` suspend
    everything. ``alert`` tells, in French, that a longest duration is passed. ``rule_set`` names the version
    of the schedule. ``why`` explains the proposal in French, one sentence an entry.
    """

    rule: RetentionRule | None
    candidates: tuple[str, ...]
    trigger_on: date | None
    due_on: date | None
    to_review: bool
    why: tuple[str, ...]
    evidence: Evidence | None = None
    trigger_state: TriggerState = TriggerState.UNKNOWN
    fate: SortFinal | None = None
    holds: tuple[str, ...] = ()
    alert: str | None = None
    rule_set: str = ""
