"""Eliminations: the list (*bordereau*), its lines, and the acts of persons that lead from it to a certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from archiveia.values.people import Staff, person_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from archiveia.values.records import Json


class Support(StrEnum):
    """What a line eliminates. A scan never authorises the destruction of its paper (C. civ. 1379)."""

    PAPER = "paper"
    """The paper alone: the scan stays as its reliable copy."""
    DIGITAL = "digital"
    BOTH = "both"

    @property
    def has_paper(self) -> bool:
        """Paper goes."""
        return self is not Support.DIGITAL

    @property
    def has_digital(self) -> bool:
        """Files of this workspace go."""
        return self is not Support.PAPER


class Verdict(StrEnum):
    """What the visa says of a line."""

    GRANTED = "granted"
    REFUSED = "refused"
    PARTLY = "partly"


class Act(StrEnum):
    """What is done to an elimination, in its order. ``DESTROYED`` and ``CERTIFY`` follow of themselves."""

    DRAFT = "draft"
    ISSUE = "issue"
    SIGN_SERVICE = "sign_service"
    SIGN_AUTHORITY = "sign_authority"
    SEND = "send"
    VISA = "visa"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm"
    DESTROY = "destroy"
    DESTROYED = "destroyed"
    ATTEST = "attest"
    CERTIFY = "certify"
    ABANDON = "abandon"


class Stage(StrEnum):
    """How far an elimination is."""

    NEW = "new"
    DRAFT = "draft"
    ISSUED = "issued"
    SIGNED = "signed"
    SENT = "sent"
    ANSWERED = "answered"
    REFUSED = "refused"
    CONFIRMED = "confirmed"
    DESTROYING = "destroying"
    DESTROYED = "destroyed"
    CERTIFIED = "certified"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand did it: the account (``None``: a terminal, where nobody logs in), and the person behind it."""

    account: int | None
    person: str
    name: str

    def is_same_person(self, other: Hand) -> bool:
        """One account, or two accounts of one person."""
        return self.person == other.person or (self.account is not None and self.account == other.account)


def hand_of(staff: Staff) -> Hand:
    """The hand of an account."""
    return Hand(staff.user_id, person_key(staff.person or staff.name), staff.person or staff.name)


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """A record on the list, without a name of anybody. ``fingerprint`` says which pages it had."""

    id: str
    cote: str | None
    dates: str | None
    support: str | None
    pages: int
    size_bytes: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bordereau: records of one rule that are eliminated on the same support.

    ``metres`` are linear metres of shelf; ``None`` is not measured, which stops the list where paper goes.
    ``copy_process`` and ``copy_storage`` say of a reliable copy how it was made and where it is kept.
    """

    number: int
    title: str
    rule: str
    dua: str
    trigger: str
    legal_basis: str
    support: Support
    records: tuple[ListedRecord, ...]
    first_year: int | None = None
    last_year: int | None = None
    metres: float | None = None
    boxes: int | None = None
    observations: str = ""
    copy_process: str = ""
    copy_storage: str = ""

    @property
    def extreme_dates(self) -> str:
        """``1980-1985``, as printed."""
        if self.first_year is None or self.last_year is None:
            return "inconnues"
        alone = self.first_year == self.last_year
        return str(self.first_year) if alone else f"{self.first_year}-{self.last_year}"

    @property
    def size_bytes(self) -> int:
        """The size of the files that go with the line."""
        return sum(r.size_bytes for r in self.records) if self.support.has_digital else 0


@dataclass(frozen=True, slots=True)
class Bordereau:
    """What is issued, signed, sent and visaed: from then on no letter of it changes."""

    number: str
    collectivite: str
    service: str
    prepared_on: date
    lines: tuple[Line, ...]

    @property
    def metres(self) -> float | None:
        """The total in linear metres; ``None`` when a line with paper has not been measured."""
        measured = [line.metres for line in self.lines if line.support.has_paper]
        return None if None in measured else round(sum(m or 0 for m in measured), 2)

    @property
    def records(self) -> tuple[ListedRecord, ...]:
        """Every record of the list."""
        return tuple(r for line in self.lines for r in line.records)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the visa says of one line; ``granted`` are the records that may go."""

    line: int
    verdict: Verdict
    granted: tuple[str, ...]
    observations: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An act that was done: by whom, when, and what it says."""

    act: Act
    at: datetime
    by: Hand
    facts: Mapping[str, Json] = field(default_factory=dict)
