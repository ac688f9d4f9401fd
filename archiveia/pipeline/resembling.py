"""Step 5: what each page resembles in the whole archive, and what the two are to one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import similarity, units, work
from archiveia.edges.database.portable import in_chunks
from archiveia.pipeline.each import to_do
from archiveia.steps.dedup import signatures_of, similar_pairs
from archiveia.steps.dedup_index import LookalikeIndex
from archiveia.steps.dedup_signatures import Signature, signature
from archiveia.values import PageState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Record, SimilarPair

CHUNK = 500
"""Pieces looked up and saved together."""
_ADDED_TOGETHER = 5_000


def run_dedup(ids: Sequence[str], edges: Edges) -> list[str]:
    """The same pieces, each page of which is linked to the pages that it resembles; nothing is deleted."""
    for chunk in in_chunks(to_do(ids, "dedup", edges), CHUNK):
        with database.reading(edges.database) as connection:
            records = units.load_records(connection, chunk, edges.entity)
            made, pairs = _placed(records, connection, edges)
        placed = [page.id for record in records for page in record.pages]
        with database.writing(edges.database) as connection:
            kept = {page: found.to_bytes() for page, found in made.items()}
            similarity.save_signatures(connection, edges.entity, placed, kept)
            similarity.save_pairs(connection, placed, pairs)
            work.mark(connection, [r.id for r in records], "dedup", now=edges.now())
    return list(ids)


def _placed(
    records: Sequence[Record], connection: Connection, edges: Edges
) -> tuple[dict[str, Signature], list[SimilarPair]]:
    """The signatures of the pages of these pieces, and what they resemble."""
    texts = {p.id: p.text for r in records for p in r.pages if p.state is PageState.TEXT}
    made = signatures_of(texts)
    index = edges.lookalikes = _index(connection, edges, without=[p.id for r in records for p in r.pages])
    pairs = similar_pairs(
        made,
        index,
        lambda page: texts[page] if page in texts else _text(connection, page),
        threshold=edges.settings.near_duplicate_similarity,
    )
    return made, pairs


def _text(connection: Connection, page: str) -> str:
    return similarity.texts(connection, [page]).get(page, "")


def _index(connection: Connection, edges: Edges, *, without: Sequence[str]) -> LookalikeIndex:
    """Every page placed before, but for those that are placed anew.

    Kept from one chunk to the next; what other processes placed meanwhile is added.
    """
    index = edges.lookalikes
    if index is None or any(page in index for page in without):
        index = LookalikeIndex()
    elif similarity.signature_count(connection, edges.entity) == len(index):
        return index
    together: dict[str, Signature] = {}
    for page, data in similarity.known_signatures(connection, edges.entity):
        if page in index or page in without:
            continue
        found = Signature.from_bytes(data) or signature(_text(connection, page))
        if found is not None:
            together[page] = found
        if len(together) == _ADDED_TOGETHER:
            index.add(together)
            together = {}
    index.add(together)
    return index
