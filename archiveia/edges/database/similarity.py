"""Signatures of page texts, and the pairs of pages that are alike; nothing is ever deleted for being alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database.portable import in_chunks, upsert
from archiveia.edges.database.tables import pages, readings, signatures, similar_pages
from archiveia.values import SimilarPair

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.engine import Connection


def known_signatures(connection: Connection, entity_id: str) -> dict[str, bytes]:
    """The signature of every page of an entity that has one."""
    query = sa.select(signatures.c.page_id, signatures.c.signature).where(signatures.c.entity_id == entity_id)
    return {row.page_id: row.signature for row in connection.execute(query)}


def save_signatures(connection: Connection, entity_id: str, found: Mapping[str, bytes]) -> None:
    """The pages have these signatures."""
    rows = [{"page_id": p, "entity_id": entity_id, "signature": s} for p, s in found.items()]
    upsert(connection, signatures, rows)


def save_pairs(connection: Connection, pairs: Iterable[SimilarPair]) -> None:
    """These pages are alike."""
    rows = [{"page_a": p.page_a, "page_b": p.page_b, "score": p.score} for p in pairs]
    upsert(connection, similar_pages, rows)


def texts(connection: Connection, page_ids: Sequence[str]) -> dict[str, str]:
    """The texts of pages."""
    found: dict[str, str] = {}
    for chunk in in_chunks(page_ids):
        query = sa.select(readings.c.page_id, readings.c.text).where(readings.c.page_id.in_(chunk))
        found.update((page_id, text) for page_id, text in connection.execute(query))
    return found


def alike(connection: Connection, unit_id: str) -> list[tuple[int, str, int, float]]:
    """What resembles the pages of a piece: (page, other piece, its page, similarity), most alike first."""
    mine, other = pages.alias("mine"), pages.alias("other")
    found: list[tuple[int, str, int, float]] = []
    for a, b in (("page_a", "page_b"), ("page_b", "page_a")):
        query = (
            sa.select(mine.c.number, other.c.unit_id, other.c.number, similar_pages.c.score)
            .join(similar_pages, similar_pages.c[a] == mine.c.id)
            .join(other, other.c.id == similar_pages.c[b])
            .where(mine.c.unit_id == unit_id, other.c.unit_id.is_not(None), other.c.unit_id != unit_id)
        )
        found.extend((row[0], row[1], row[2], row[3]) for row in connection.execute(query))
    return sorted(found, key=lambda row: (-row[3], row[1], row[2]))


def all_pairs(connection: Connection, entity_id: str) -> list[SimilarPair]:
    """Every pair of pages of an entity that are alike."""
    query = (
        sa.select(similar_pages)
        .join(pages, pages.c.id == similar_pages.c.page_a)
        .where(pages.c.entity_id == entity_id)
        .order_by(similar_pages.c.page_a, similar_pages.c.page_b)
    )
    return [SimilarPair(row.page_a, row.page_b, row.score) for row in connection.execute(query)]
