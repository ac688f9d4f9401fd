"""Access: what the communicability table says, what a person decides of publication, and what follows for a record."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class AccessRule:
    """A row of the communicability table. ``delay_years`` is ``None`` for "never" or "case by case".

    ``may_be_prolonged``: the end of the delay opens nothing by itself, a person confirms each record then.
    ``online`` is the code of the row's rule of publication (``schemas/publication.json``), ``online_words``
    how the table says it.
    """

    id: str
    category: str
    delay_years: int | None
    start_event: str
    alt_delay_years: int | None
    alt_start_event: str | None
    legal_source: str
    confidence: str
    never: bool = False
    may_be_prolonged: bool = False
    condition: str | None = None
    online: str = "never"
    online_words: str = ""


@dataclass(frozen=True, slots=True)
class AccessState:
    """When a record may be read by anyone, and why.

    ``proposed_on`` is what the machine computes from everything it believes; ``opens_on`` counts
    only what a person confirmed, for the piece and for every piece of its dossier: the public
    portal knows only ``opens_on``. ``None`` is closed. ``controlling_id`` is the piece of the
    dossier that opens last. ``last_on`` is the last day of the dossier, or of a register in it, that persons
    confirmed. ``died_on`` is the death, given by a person, of the only person whom the piece concerns.
    ``blockers`` say in French what a person still has to decide.
    """

    category: str | None
    proposed_on: date | None
    opens_on: date | None
    controlling_id: str | None
    why: tuple[str, ...]
    blockers: tuple[str, ...]
    last_on: date | None = None
    died_on: date | None = None


class ThirdPartyRights(StrEnum):
    """What a person states of the rights of others (authors, donors) before publication."""

    NONE = "none"
    CLEARED = "cleared"
    BLOCKED = "blocked"


class TakedownReason(StrEnum):
    """Why a unit is taken off the web."""

    PRIVACY = "privacy"
    RIGHTS = "rights"
    ORDER = "order"
    MISTAKE = "mistake"
    CHANGED = "changed"
    """Its pages or its text changed after it was published: nobody has judged the whole yet."""


@dataclass(frozen=True, slots=True)
class DataClass:
    """What a person states of the personal data in a unit, from the closed list of ``schemas/publication.json``.

    ``years_after`` are the years to wait after the last day of the dossier, for each rule of publication with
    which the class goes: with a rule that is not there nothing is published. ``years_after_death`` are those after
    the known death of the only person concerned, which count instead. ``practice`` names the practice, and not law,
    that the class rests on.
    """

    code: str
    label: str
    source: str
    years_after: Mapping[str, int]
    practice: str | None = None
    years_after_death: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublicationDecision:
    """A named person published a unit, or took it off the web; what was not stated is ``None``."""

    unit_id: str
    published: bool
    decided_by: str
    decided_at: datetime
    rights: ThirdPartyRights | None = None
    data_class: str | None = None
    reason: TakedownReason | None = None


@dataclass(frozen=True, slots=True)
class PublicationState:
    """From when a record is online under the decision in force, and why; ``None`` keeps it off the web."""

    online_on: date | None
    decision: PublicationDecision | None
    why: tuple[str, ...]
