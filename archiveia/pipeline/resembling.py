"""Step 5: what each page resembles in the whole archive, and what the two are to one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import similarity, units, work
from archiveia.edges.database.portable import in_chunks
from archiveia.edges.thumbnails import small_grid
from archiveia.pipeline.each import to_do
from archiveia.steps.dedup import signatures_of, similar_pairs
from archiveia.steps.dedup_index import LookalikeIndex
from archiveia.steps.dedup_pictures import GRID_PX, picture_pairs, turned_hashes, with_pictures
from archiveia.steps.dedup_signatures import Signature, signature
from archiveia.values import PageState, Relation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
            made, alike = _by_text(records, connection, edges)
            turned = _hashes(records, edges)
            pairs = _with_pictures(alike, made, turned, connection, edges)
        placed = [page.id for record in records for page in record.pages]
        kept = {page: found.to_bytes() for page, found in made.items()}
        with database.writing(edges.database) as connection:
            similarity.save_signatures(connection, edges.entity, placed, kept)
            similarity.save_pictures(connection, edges.entity, placed, {p: h[0] for p, h in turned.items()})
            similarity.save_pairs(connection, placed, pairs)
            work.mark(connection, [r.id for r in records], "dedup", now=edges.now())
    return list(ids)


def _by_text(
    records: Sequence[Record], connection: Connection, edges: Edges
) -> tuple[dict[str, Signature], list[SimilarPair]]:
    """The signatures of the pages of these pieces, and the pages whose text resembles theirs."""
    texts = {p.id: p.text for r in records for p in r.pages if p.state is PageState.TEXT}
    made = signatures_of(texts)
    index = edges.lookalikes = _index(connection, edges, without={p.id for r in records for p in r.pages})
    pairs = similar_pairs(
        made,
        index,
        lambda page: texts[page] if page in texts else _text(connection, page),
        threshold=edges.settings.near_duplicate_similarity,
    )
    return made, pairs


def _hashes(records: Sequence[Record], edges: Edges) -> dict[str, tuple[bytes, ...]]:
    """The hashes, in four turns, of the pages that have a picture with something on it."""
    pages = [p.id for r in records for p in r.pages if p.state not in (PageState.BLANK, PageState.FAILED)]
    grids = ((page, small_grid(edges.storage, page, GRID_PX)) for page in pages)
    return {page: turned_hashes(grid) for page, grid in grids if grid is not None}


def _with_pictures(
    alike: list[SimilarPair],
    made: Mapping[str, Signature],
    turned: Mapping[str, tuple[bytes, ...]],
    connection: Connection,
    edges: Edges,
) -> list[SimilarPair]:
    """The pairs of pages of one text, those of one picture told; and of pages without text, by their pictures."""
    pages = {
        page for pair in alike if pair.relation is Relation.SAME_TEXT for page in (pair.page_a, pair.page_b)
    }
    known = similarity.pictures_of(connection, sorted(pages - turned.keys()))
    pairs = with_pictures(alike, known | {page: hashes[0] for page, hashes in turned.items()})
    wordless = {page: hashes for page, hashes in turned.items() if page not in made}
    if wordless:
        pairs += picture_pairs(wordless, similarity.pictures_without_text(connection, edges.entity))
    return pairs


def _text(connection: Connection, page: str) -> str:
    return similarity.texts(connection, [page]).get(page, "")


def _index(connection: Connection, edges: Edges, *, without: set[str]) -> LookalikeIndex:
    """Every page placed before, but for those that are placed anew.

    Kept from one chunk to the next; what other processes placed meanwhile is added.
    """
    index = edges.lookalikes
    if index is None or any(page in index for page in without):
        index = LookalikeIndex()
    elif similarity.signature_count(connection, edges.entity) == len(index):
        return index
    together: dict[str, Signature] = {}
    known = 0
    for page, data in similarity.known_signatures(connection, edges.entity):
        known += page not in without
        if page in index or page in without:
            continue
        found = Signature.from_bytes(data) or signature(_text(connection, page))
        if found is not None:
            together[page] = found
        if len(together) == _ADDED_TOGETHER:
            index.add(together)
            together = {}
    index.add(together)
    if len(index) > known:  # pages were eliminated since it was made
        edges.lookalikes = None
        return _index(connection, edges, without=without)
    return index
