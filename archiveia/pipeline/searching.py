"""Searching and showing, with rights before everything: what a public visitor may know, and what the staff may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.communes import load_communes
from archiveia.edges.database import names, units, work
from archiveia.errors import UnknownUnitError
from archiveia.pipeline.online import publication_states
from archiveia.steps.describe.communes import key as place_key
from archiveia.values import SearchQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Record, SearchResults


def search(
    text: str,
    edges: Edges,
    *,
    public: bool,
    sees_only: frozenset[str] | None = None,
    years: tuple[int | None, int | None] = (None, None),
    class_codes: Sequence[str] = (),
    decades: Sequence[int] = (),
    places: Sequence[str] = (),
    subjects: Sequence[str] = (),
    names: Sequence[str] = (),
    limit: int = 20,
    offset: int = 0,
) -> SearchResults:
    """The pages that match, for the public (only what is open today) or for the staff.

    ``sees_only``: the services whose files exist for this account, as the index has them; records that changed
    since are hidden, as they are from the public.
    """
    hidden: frozenset[str] = frozenset()
    if public or sees_only is not None:
        with database.reading(edges.database) as connection:
            hidden = frozenset(work.stale(connection, edges.entity))
    query = SearchQuery(
        text=text,
        entity_id=edges.entity,
        public_on=edges.today() if public else None,
        year_from=years[0],
        year_to=years[1],
        class_codes=tuple(class_codes),
        decades=tuple(decades),
        places=_spellings(places, edges),
        subjects=tuple(subjects),
        names=tuple(names),
        without_records=hidden,
        services=sees_only,
        limit=limit,
        offset=offset,
    )
    return edges.index.search(query)


def _spellings(places: Sequence[str], edges: Edges) -> tuple[str, ...]:
    """These places under every form that the index may count them by: a facet shows them as one."""
    if not places:
        return ()
    keys = {place_key(place) for place in places} - {""}
    with database.reading(edges.database) as connection:
        known = names.forms(connection, edges.entity, "place")
        known += names.preferred_forms(connection, edges.entity).values()
    official = (name for place in places for name in load_communes().officially(place))
    return tuple(dict.fromkeys([*places, *official, *(f for f in known if place_key(f) in keys)]))


def is_public(connection: Connection, record: Record, edges: Edges) -> bool:
    """The record is online today (``public_among``)."""
    return record.id in public_among(connection, [record], edges)


def public_among(connection: Connection, records: Sequence[Record], edges: Edges) -> frozenset[str]:
    """Those of the records that are online today: communicable, published by a named person, and their day has come.

    One whose pages went into another by a merge is open to nobody.
    """
    stale = work.stale_among(connection, [record.id for record in records])
    asked = [record for record in records if record.pages and record.id not in stale]
    states = publication_states(connection, asked, practice=edges.settings.online_practice)
    today = edges.today()
    return frozenset(i for i, s in states.items() if s.online_on is not None and s.online_on <= today)


def show(record_id: str, edges: Edges, *, public: bool) -> Record:
    """One record. To the public a closed one does not exist, and illegible pages have no text.

    Raises:
        UnknownUnitError: there is no such record, or the public may not know of it: the same words for both.
    """
    with database.reading(edges.database) as connection:
        record = units.load_record(connection, record_id, edges.entity)
        if public and not is_public(connection, record, edges):
            raise UnknownUnitError(
                f"no record {record_id!r} here", "copy an identifier from `archiveia search`"
            )
    return record
