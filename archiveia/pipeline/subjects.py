"""Which descriptors the words of a piece speak for: the step between its description and its likes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import assertions, thesauri, units, work
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.shipped import lexicon
from archiveia.edges.subject_vectors import kept_vectors
from archiveia.engines import subject_meaning
from archiveia.engines.subject_meaning import SubjectMeaning
from archiveia.pipeline.each import CHUNK, each_record, to_do
from archiveia.pipeline.understanding import MACHINES, legible_pages
from archiveia.steps.subject_labels import Descriptors
from archiveia.steps.subjects import Spread, propose, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Assertion, Record, Thesaurus

STEP = "subjects"
_SAMPLE = 300
"""Pieces on which it is counted how common each descriptor is; identifiers are digests, so any are a fair draw."""


def run_subjects(ids: Sequence[str], edges: Edges) -> list[str]:
    """The same pieces, each with the descriptors that its words speak for; none without a thesaurus."""
    todo = to_do(ids, STEP, edges)
    with database.reading(edges.database) as connection:
        known = thesauri.load(connection, edges.entity) if todo else []
    if not known:
        with database.writing(edges.database) as connection:
            work.mark(connection, todo, STEP, now=edges.now())
        return list(ids)
    words = lexicon()
    descriptors = Descriptors(known, cache(lambda word: word in words))
    common, meaning = _spread(descriptors, edges), _meaning(known, edges)

    def decide(record: Record) -> list[Assertion]:
        pages, title = legible_pages(record), record.value("title")
        title = str(title) if title else None
        near = meaning.of(title, "\n".join(text for _number, text in pages)) if meaning and pages else None
        return propose(pages, title, descriptors, common, meaning=near)

    def save(connection: Connection, record: Record, said: list[Assertion]) -> None:
        assertions.replace(connection, record.id, ["subject_proposal"], MACHINES, said, now=edges.now())

    each_record(STEP, todo, edges, decide, save)
    return list(ids)


def _spread(descriptors: Descriptors, edges: Edges) -> Spread:
    with database.reading(edges.database) as connection:
        sample = sorted(units.record_ids(connection, edges.entity))[:_SAMPLE]
        texts = [
            "\n".join(text for _number, text in legible_pages(record))
            for chunk in in_chunks(sample, CHUNK)
            for record in units.load_records(connection, chunk, edges.entity)
        ]
    return spread(texts, descriptors)


def _meaning(known: Sequence[Thesaurus], edges: Edges) -> SubjectMeaning | None:
    if not subject_meaning.can_tell_meaning(edges.settings):
        return None
    concepts = [c for t in known for c in t.concepts]
    vectors = kept_vectors(
        edges.storage.home,
        edges.entity,
        subject_meaning.key(concepts),
        lambda: subject_meaning.vectors_of(concepts),
    )
    return SubjectMeaning([c.uri for c in concepts], vectors)


def finish_subjects(edges: Edges) -> None:
    """Every piece has the proposals of the present thesauri: what an import that was cut off left."""
    with database.reading(edges.database) as connection:
        everything = units.record_ids(connection, edges.entity)
    run_subjects(everything, edges)
