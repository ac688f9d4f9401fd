"""What a record gives to the search index, and what a page of the index gives to a reader."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING

from archiveia.steps.authority import NOBODY, KnownNames
from archiveia.steps.describe.communes import key as place_key
from archiveia.steps.highlight import excerpt, is_exact
from archiveia.steps.search_text import folded
from archiveia.values import OriginKind, PageState, SearchDocument, SearchHit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from archiveia.steps.search_text import ParsedQuery
    from archiveia.values import Json, Record, RecordPage

MAX_FIELD_CHARS = 100
"""A longer place, person or reference is noise; Meilisearch filters on 468 bytes at most."""

FACETS = ("class", "decade", "place", "subject", "name")
MAX_FACET_VALUES = 100
"""Values that a facet shows at most, biggest first."""

LISTS = ("places", "persons", "references", "subjects", "names", "variants")
"""The fields of a search document that have several values."""

_YEAR = re.compile(r"\d{4}(?!\d)")


def documents(
    record: Record,
    *,
    class_label: str | None,
    title: str,
    opens_on: date | None,
    published: bool,
    known: KnownNames = NOBODY,
    service: str | None = None,
    official: Mapping[str, str] | None = None,
) -> list[SearchDocument]:
    """One document a page of the record, blank ones too: the index counts what the account counts.

    Only a page that was read, or is blank, can be public: nobody can have judged the text of an
    illegible or failed page. The staff finds it. A place is counted once, under the form that archivists
    accepted, else the ``official`` name of its commune (by ``communes.key``), and found by all its forms.
    """
    written = _names(record, "place", sure=True)
    places = _places(written, known.preferred, official or {})
    whole = SearchDocument(
        page_id="",
        record_id=record.id,
        entity_id=record.entity_id,
        page=0,
        text="",
        title=clean(title),
        class_code=record.value("class"),
        class_label=class_label,
        year=year_of(record.value("date")),
        places=places,
        persons=_names(record, "person"),
        references=_names(record, "reference"),
        subjects=_subjects(record),
        names=tuple(clean(name)[:MAX_FIELD_CHARS] for name in known.names),
        variants=tuple(form for form in written if form not in places),
        cote=next(iter(_names(record, "cote")), None),
        producer=record.producer,
        batch=record.batch or None,
        opens_on=opens_on,
        published=published,
        service=service,
    )
    return [_of_page(whole, page) for page in record.pages]


def _of_page(whole: SearchDocument, page: RecordPage) -> SearchDocument:
    document = replace(whole, page_id=page.id, page=page.number, text=clean(page.text))
    if page.state in (PageState.TEXT, PageState.BLANK):
        return document
    return replace(document, opens_on=None, published=False)


def year_of(day: Json) -> int | None:
    """The year of a full or partial ISO date (``1892-04``); ``None`` when there is none."""
    found = _YEAR.match(day) if isinstance(day, str) else None
    return int(found.group()) if found else None


def decade_of(year: int | None) -> int | None:
    """``1890`` for 1892."""
    return None if year is None else year // 10 * 10


def clean(text: str) -> str:
    """The text without halves of characters, which no engine takes; its length does not change."""
    return text.encode("utf-8", "replace").decode("utf-8")


def searchable(document: SearchDocument) -> list[str]:
    """The texts in which a page is found, folded: its own; on the first page, its record's description too.

    A name that the description holds leads to the record once, not to each of its pages. The texts stay
    apart so that no phrase runs from one into the next.
    """
    return [words for words in map(folded, _texts(document)) if words]


def _texts(document: SearchDocument) -> Iterable[str]:
    if document.page != 1:
        return (document.text,)
    named = (document.title, document.cote, document.class_label, document.producer)
    lists = (
        *(document.references, document.persons, document.places),
        *(document.subjects, document.names, document.variants),
    )
    return (document.text, *(text for text in named if text), *(text for names in lists for text in names))


def stored(document: SearchDocument) -> dict[str, Json]:
    """The document as JSON, to be kept in an index."""
    opens_on = document.opens_on.isoformat() if document.opens_on else None
    values = {k: clean(v) if isinstance(v, str) else v for k, v in asdict(document).items()}
    return values | {"opens_on": opens_on}


def restored(values: dict[str, Json]) -> SearchDocument:
    """The document that ``stored`` wrote."""
    lists = {name: tuple(values[name]) for name in LISTS}
    opens_on = date.fromisoformat(values["opens_on"]) if values["opens_on"] else None
    return SearchDocument(**values | lists | {"opens_on": opens_on})


def hit(document: SearchDocument, query: ParsedQuery, *, score: float) -> SearchHit:
    """What a reader sees of a page that matches."""
    return SearchHit(
        page_id=document.page_id,
        record_id=document.record_id,
        page=document.page,
        title=document.title,
        class_code=document.class_code,
        class_label=document.class_label,
        year=document.year,
        cote=document.cote,
        score=score,
        excerpt=excerpt(document.text, query),
        exact=is_exact(_texts(document), query),
    )


def facet_values(facet: str, counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The values that a facet shows; spellings of one place as one, under the most frequent form."""
    if facet != "place":
        return biggest_first(counts)
    heads: dict[str, str] = {}
    sums: dict[str, int] = {}
    for form, count in sorted(counts, key=lambda item: (-item[1], item[0])):
        head = heads.setdefault(place_key(form) or form, form)
        sums[head] = sums.get(head, 0) + count
    return biggest_first(sums.items())


def biggest_first(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The values of a facet, biggest first and then by name, up to 100."""
    return tuple(sorted(counts, key=lambda item: (-item[1], item[0]))[:MAX_FACET_VALUES])


def _places(
    written: Sequence[str], preferred: Mapping[tuple[str, str], str], official: Mapping[str, str]
) -> tuple[str, ...]:
    """The places that a record is counted under; two spellings are one, so that no page counts twice."""
    once: dict[str, str] = {}
    for form in written:
        name = preferred.get(("place", form)) or official.get(place_key(form), form)
        once.setdefault(place_key(name) or name, name)
    return tuple(once.values())


def _subjects(record: Record) -> tuple[str, ...]:
    """The labels of the descriptors that people accepted; a proposal is no description."""
    labels = (clean(value["label"]).strip()[:MAX_FIELD_CHARS] for value in record.values("subject"))
    return tuple(dict.fromkeys(label for label in labels if label))


def _names(record: Record, name: str, *, sure: bool = False) -> tuple[str, ...]:
    """The values of a field; only those of rules, imports and people when they must be ``sure``.

    A facet is a promise. On noisy text a language model takes two of three wrong words for places
    (0.37 precise on French newspapers of the 19th century): they are shown to the staff, not counted.
    """
    said = [a for a in record.assertions if a.field == name and isinstance(a.value, str)]
    kept = [a for a in said if not sure or a.origin.kind is not OriginKind.MODEL]
    values = (clean(a.value).strip()[:MAX_FIELD_CHARS] for a in kept)
    return tuple(dict.fromkeys(v for v in values if v))
