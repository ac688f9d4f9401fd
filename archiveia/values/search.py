"""Search: what the index holds, what is asked, what is found; and what is alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


class Relation(StrEnum):
    """What two pages that look alike are to one another."""

    IDENTICAL = "identical"
    """The same bytes."""
    SAME_IMAGE = "same_image"
    """The same picture, resized, compressed or turned; where there is a text, the same text."""
    SAME_TEXT = "same_text"
    """The same text scanned or read again."""
    VERSION = "version"
    """Another version of the same text: words differ."""
    EXTRACT = "extract"
    """One text stands inside the other."""
    TEMPLATE = "template"
    """The same template, another act: its number, day, persons, places or amounts differ."""
    DOUBTFUL = "doubtful"
    """The same text but for a number or a name, which may be misread or name another act: a person tells."""


COPIES = frozenset({Relation.IDENTICAL, Relation.SAME_IMAGE, Relation.SAME_TEXT})
"""The relations of copies of one page, of which one may be proposed as the record copy."""


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two pages that are alike; ``page_a < page_b``. ``score``: the share of letters that agree, 0-1."""

    page_a: str
    page_b: str
    score: float
    relation: Relation


@dataclass(frozen=True, slots=True)
class CopyDecision:
    """What a person decided of two pages: whether they are copies, and which one is the record copy."""

    page_a: str
    page_b: str
    is_copy: bool
    record_copy: str | None
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One page in the search index, with its record's fields and its rights.

    ``opens_on`` is the day from which it is online (``PublicationState.online_on``); ``published`` that a
    person's decision puts it there. Dates of the document are years; ``decade`` is ``year // 10 * 10``.
    ``subjects`` are accepted descriptors; ``names`` the preferred forms of organisations and persons
    that an archivist accepted, those of persons who may be living never among them; ``variants`` what the
    record says in the place of a preferred form. ``service`` is the producing service whose files these are:
    who sees some services only finds no page of another.
    """

    page_id: str
    record_id: str
    entity_id: str
    page: int
    text: str
    title: str
    class_code: str | None
    class_label: str | None
    year: int | None
    places: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    cote: str | None = None
    producer: str | None = None
    batch: str | None = None
    opens_on: date | None = None
    published: bool = False
    service: str | None = None


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is asked. All words must be on the page; ``"..."`` is a phrase, ``-word`` excludes.

    ``public_on`` is today's date for a public search: then only pages that are published and
    whose ``opens_on`` is that day or earlier exist at all (hits, counts, facets, suggestions).
    ``None`` is a staff search. ``without_records`` hides records whatever the index says (decisions
    that the index has not yet taken in). With ``services`` only pages of these exist; ``None`` is no limit.
    """

    text: str
    entity_id: str
    public_on: date | None
    year_from: int | None = None
    year_to: int | None = None
    class_codes: tuple[str, ...] = ()
    decades: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    without_records: frozenset[str] = frozenset()
    services: frozenset[str] | None = None
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of page text with the spans that match, in characters of ``text``."""

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One page that matches."""

    page_id: str
    record_id: str
    page: int
    title: str
    class_code: str | None
    class_label: str | None
    year: int | None
    cote: str | None
    score: float
    excerpt: Excerpt
    exact: bool = True
    """False when a word was found only by tolerating an error (OCR or typing)."""


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Hits of one result page, the number of pages that match in all, and counts per facet.

    ``facets`` maps ``"class"``, ``"decade"``, ``"place"``, ``"subject"``, ``"name"`` to (value, count) pairs,
    biggest first; a facet ignores its own selection, so that several values can be ticked.
    """

    hits: tuple[SearchHit, ...]
    total: int
    facets: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
