"""A page of search results, for the public and for the staff."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.contracts import load_classification_plan
from archiveia.edges.database import services, units
from archiveia.pipeline import need_to_know, searching
from archiveia.steps.describe.communes import key as place_key
from archiveia.values import Excerpt
from search_ui.asking import LAST_PAGE, PAGE_SIZE
from search_ui.showing import class_labels

if TYPE_CHECKING:
    from archiveia.pipeline import Edges
    from archiveia.values import Record, SearchHit, Staff
    from search_ui.asking import Asked


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, with how many pages have it."""

    value: str
    label: str
    count: int
    ticked: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a page of results shows.

    ``open_records`` are those that the public may read today, ``withheld`` the sensitive ones for which no reason
    was given yet: they are found, but show neither text nor picture.
    """

    hits: tuple[SearchHit, ...]
    total: int
    pages: int
    choices: dict[str, list[Choice]]
    open_records: frozenset[str]
    withheld: frozenset[str] = frozenset()


def find(asked: Asked, edges: Edges, *, staff: Staff | None) -> Found:
    """The hits of one page, the facets with their counts, and the standing of each record; no ``staff``: the public.

    The index was asked with the rights of who asks. Each hit is checked again against the database, in
    which a decision stands at once.
    """
    public = staff is None
    results = searching.search(
        asked.text,
        edges,
        public=public,
        sees_only=staff.sees_only if staff else None,
        years=(asked.year_from, asked.year_to),
        class_codes=(*asked.class_codes, *_codes_of(asked.series)),
        decades=asked.decades,
        places=asked.places,
        subjects=asked.subjects,
        names=asked.names,
        limit=PAGE_SIZE,
        offset=asked.offset,
    )
    opened, known = _records({hit.record_id for hit in results.hits}, staff, edges)
    withheld = need_to_know.withheld(known.values(), staff, edges) if staff else frozenset()
    seen = opened if staff is None else known
    hits = tuple(
        replace(h, excerpt=Excerpt("", ())) if h.record_id in withheld else h
        for h in results.hits
        if h.record_id in seen
    )
    ticked: dict[str, tuple[str, ...]] = {
        "class": asked.class_codes,
        "decade": tuple(map(str, asked.decades)),
        "place": _as_shown(asked.places, results.facets.get("place", ())),
        "subject": asked.subjects,
        "name": asked.names,
    }
    labels = class_labels()
    choices = {
        facet: _choices(results.facets.get(facet, ()), ticked[facet], labels if facet == "class" else {})
        for facet in ticked
    }
    choices["decade"].sort(key=lambda c: c.value)
    choices["series"] = _series(choices["class"], asked.series)
    pages = min(-(-results.total // PAGE_SIZE), LAST_PAGE)
    return Found(hits, results.total, pages, choices, opened, withheld)


def _as_shown(places: tuple[str, ...], counts: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    """The ticked places under the form that stands for all their spellings among these pages."""
    shown = {place_key(form): form for form, _count in counts}
    return tuple(dict.fromkeys(shown.get(place_key(place), place) for place in places))


def _codes_of(series: tuple[str, ...]) -> list[str]:
    """The classes of these series; of series that the plan does not know, one that no record has."""
    return [c.code for c in load_classification_plan() if c.series in series] or ["-"] * bool(series)


def _series(classes: list[Choice], ticked: tuple[str, ...]) -> list[Choice]:
    """The series of the classes found, each with the pages of all its classes."""
    of = {c.code: c.series for c in load_classification_plan()}
    counts: dict[str, int] = {}
    for choice in classes:
        if series := of.get(choice.value):
            counts[series] = counts.get(series, 0) + choice.count
    return _choices(tuple(sorted(counts.items())), ticked, {})


def _choices(
    counts: tuple[tuple[str, int], ...], ticked: tuple[str, ...], labels: dict[str, str]
) -> list[Choice]:
    """The values of a facet; what is ticked stays there, to be unticked, even when nothing has it any more."""
    known = dict(counts)
    values = [*(value for value in ticked if value not in known), *known]
    return [Choice(v, labels.get(v, v), known.get(v, 0), v in ticked) for v in values]


def _records(
    record_ids: set[str], staff: Staff | None, edges: Edges
) -> tuple[frozenset[str], dict[str, Record]]:
    """Those that the public may read today, and all that whoever asks may know of."""
    with database.reading(edges.database) as connection:
        ids = services.seen(connection, sorted(record_ids), staff.sees_only if staff else None)
        there = units.in_entity(connection, ids, edges.entity)  # the index may be behind
        found = {r.id: r for r in units.load_records(connection, there, edges.entity)}
        opened = searching.public_among(connection, list(found.values()), edges)
    return opened, found
