"""Step 8: what the index says of each page, its rights first; and the index built again from the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.communes import load_communes
from archiveia.edges.database import names, readings, services, sources, units, work
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.living_persons import load_living_rule
from archiveia.pipeline.blind import is_shown_blind, without_class
from archiveia.pipeline.each import CHUNK
from archiveia.pipeline.online import publication_states
from archiveia.pipeline.rules import classes_by_code
from archiveia.steps.authority import known_names
from archiveia.steps.cotes import cote_key
from archiveia.steps.describe.communes import official_names
from archiveia.steps.index import documents
from archiveia.values import Outcome, PageState, SearchDocument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Record

STEP = "index"


def run_index(ids: Sequence[str], edges: Edges) -> list[str]:
    """The same pieces, findable with their present rights; the files that they came from are settled.

    Pieces whose rights changed elsewhere (``stale``) are taken in too.
    """
    with database.reading(edges.database) as connection:
        stale = work.stale(connection, edges.entity)
        failed = work.failures(connection, [*ids, *stale])
        fresh = [i for i in work.not_done(connection, ids, STEP) if i not in failed]
        unsettled = work.unsettled(connection, stale)
    wanted = list(dict.fromkeys(fresh + [s for s in stale if s not in unsettled and s not in failed]))
    for chunk in in_chunks(wanted, CHUNK):
        _index(chunk, edges)
    with database.writing(edges.database) as connection:
        work.mark(connection, wanted, STEP, now=edges.now())
    _settle(ids, edges)
    return list(ids)


def _index(ids: Sequence[str], edges: Edges) -> None:
    """The index says of these pieces what the database says now.

    Read and written by one process at a time: what was read earlier could undo a withdrawal made meanwhile.
    """
    with edges.storage.alone("indexing"):
        read_at = edges.now()
        with database.reading(edges.database) as connection:
            now_said = _documents(connection, ids, edges.entity, edges)
        edges.index.replace(list(ids), now_said)
        with database.writing(edges.database) as connection:
            units.set_cote_keys(connection, {d.record_id: cote_key(d.cote) for d in now_said if d.cote})
            work.set_fresh(connection, ids, before=read_at)


def _documents(connection: Connection, ids: Sequence[str], entity: str, edges: Edges) -> list[SearchDocument]:
    """The search documents of these pieces; retired ones have none.

    Of a piece that the desk shows without its proposed class, the search does not tell it either.
    """
    today, practice = edges.today(), edges.settings.online_practice
    in_use = set(units.in_use(connection, ids))
    labels = {code: c.label for code, c in classes_by_code().items()}
    preferred, rule = names.preferred_forms(connection, entity), load_living_rule()
    service_of = services.services_of(connection, ids)
    communes = load_communes()
    found: list[SearchDocument] = []
    records = units.load_records(connection, [i for i in ids if i in in_use], entity)
    online = publication_states(connection, records, practice=practice)
    for record in records:
        told = without_class(record) if is_shown_blind(record, edges.settings) else record
        code = told.value("class")
        found += documents(
            told,
            class_label=labels.get(code),
            title=title_of(record),
            opens_on=online[record.id].online_on,
            published=online[record.id].online_on is not None,
            known=known_names(record, preferred, rule, today=today),
            service=service_of.get(record.id),
            official=official_names(record.assertions, communes),
        )
    return found


def title_of(record: Record) -> str:
    """The title in force, or what there is to tell pieces apart by."""
    title = record.value("title")
    if title:
        return str(title)
    first = record.pages[0] if record.pages else None
    return f"Sans titre ({record.batch}, p. {first.source_page})" if first else "Sans titre"


def _settle(ids: Sequence[str], edges: Edges) -> None:
    """The files of these pieces get their outcome, once everything that they hold is done."""
    with database.writing(edges.database) as connection:
        for source in sources.of_records(connection, ids):
            pieces = units.records_of_sources(connection, [source]).get(source, [])
            failed = work.failures(connection, pieces)
            if failed:
                step, reason = next(iter(failed.values()))
                _fail(connection, source, step, reason)
            elif not work.not_done(connection, pieces, STEP):
                states = readings.states_by_source(connection, [source]).get(source, {})
                if set(states) == {PageState.FAILED}:
                    _fail(connection, source, "ocr", readings.first_reason(connection, source))
                else:
                    sources.settle(connection, source, outcome=Outcome.INDEXED, step=STEP)


def _fail(connection: Connection, source: str, step: str, reason: str | None) -> None:
    remedy = "see `archiveia show`, then `archiveia run --retry`"
    sources.settle(connection, source, outcome=Outcome.FAILED, step=step, reason=reason, remedy=remedy)


def reindex(edges: Edges) -> int:
    """How many pages of this entity the index holds after it was built again, beside the live one.

    The index is shared by the entities of an installation: all of them are in the new one.
    """
    with database.reading(edges.database) as connection:
        entities = units.entity_ids(connection)

    def everything() -> Iterator[SearchDocument]:
        for entity in entities:
            with database.reading(edges.database) as connection:
                ids = work.done(connection, units.record_ids(connection, entity), STEP)
            for chunk in in_chunks(ids, CHUNK):
                with database.reading(edges.database) as connection:
                    yield from _documents(connection, chunk, entity, edges)

    with edges.storage.alone("indexing"):
        read_at = edges.now()
        edges.index.rebuild(everything())
        with database.writing(edges.database) as connection:
            for entity in entities:
                work.set_fresh(connection, work.stale(connection, entity), before=read_at)
    return edges.index.count(edges.entity)
