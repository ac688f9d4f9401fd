"""Signatures of page texts, and the pairs of pages that are alike; nothing is ever deleted for being alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archiveia.edges.database.portable import in_chunks, upsert
from archiveia.edges.database.tables import (
    copy_decisions,
    pages,
    pictures,
    readings,
    signatures,
    similar_pages,
)
from archiveia.steps.dedup_copies import CopyFacts
from archiveia.values import COPIES, CopyDecision, Relation, SimilarPair

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection


def known_signatures(connection: Connection, entity_id: str) -> Iterator[tuple[str, bytes]]:
    """Each page of an entity that has a signature, with it, in order of page."""
    query = (
        sa.select(signatures.c.page_id, signatures.c.signature)
        .where(signatures.c.entity_id == entity_id)
        .order_by(signatures.c.page_id)
        .execution_options(yield_per=5_000)
    )
    for row in connection.execute(query):
        yield row.page_id, row.signature


def signature_count(connection: Connection, entity_id: str) -> int:
    """How many pages of an entity have a signature."""
    query = sa.select(sa.func.count()).select_from(signatures).where(signatures.c.entity_id == entity_id)
    return connection.scalar(query) or 0


def save_signatures(
    connection: Connection, entity_id: str, page_ids: Sequence[str], found: Mapping[str, bytes]
) -> None:
    """Of these pages those have these signatures, and the others none."""
    for chunk in in_chunks(page_ids):
        connection.execute(signatures.delete().where(signatures.c.page_id.in_(chunk)))
    rows = [{"page_id": p, "entity_id": entity_id, "signature": s} for p, s in found.items()]
    upsert(connection, signatures, rows)


def save_pictures(
    connection: Connection, entity_id: str, page_ids: Sequence[str], found: Mapping[str, bytes]
) -> None:
    """Of these pages those have these picture hashes, and the others none."""
    for chunk in in_chunks(page_ids):
        connection.execute(pictures.delete().where(pictures.c.page_id.in_(chunk)))
    upsert(
        connection, pictures, [{"page_id": p, "entity_id": entity_id, "hash": h} for p, h in found.items()]
    )


def pictures_of(connection: Connection, page_ids: Sequence[str]) -> dict[str, bytes]:
    """The picture hashes of pages."""
    found: dict[str, bytes] = {}
    for chunk in in_chunks(page_ids):
        query = sa.select(pictures.c.page_id, pictures.c.hash).where(pictures.c.page_id.in_(chunk))
        found.update((row.page_id, row.hash) for row in connection.execute(query))
    return found


def pictures_without_text(connection: Connection, entity_id: str) -> dict[str, bytes]:
    """The picture hashes of the pages of an entity that have no text to compare."""
    query = (
        sa.select(pictures.c.page_id, pictures.c.hash)
        .outerjoin(signatures, signatures.c.page_id == pictures.c.page_id)
        .where(pictures.c.entity_id == entity_id, signatures.c.page_id.is_(None))
        .order_by(pictures.c.page_id)
    )
    return {row.page_id: row.hash for row in connection.execute(query)}


def save_pairs(connection: Connection, page_ids: Sequence[str], pairs: Iterable[SimilarPair]) -> None:
    """What these pages resemble is this."""
    for chunk in in_chunks(page_ids):
        either = similar_pages.c.page_a.in_(chunk) | similar_pages.c.page_b.in_(chunk)
        connection.execute(similar_pages.delete().where(either))
    rows = [{"page_a": p.page_a, "page_b": p.page_b, "score": p.score, "relation": p.relation} for p in pairs]
    upsert(connection, similar_pages, rows)


def texts(connection: Connection, page_ids: Sequence[str]) -> dict[str, str]:
    """The texts of pages."""
    found: dict[str, str] = {}
    for chunk in in_chunks(page_ids):
        query = sa.select(readings.c.page_id, readings.c.text).where(readings.c.page_id.in_(chunk))
        found.update((page_id, text) for page_id, text in connection.execute(query))
    return found


@dataclass(frozen=True, slots=True)
class Alike:
    """A page of one piece and the page of another one that it resembles."""

    page: int
    unit_id: str
    its_page: int
    score: float
    relation: Relation


def alike(connection: Connection, unit_id: str) -> list[Alike]:
    """What resembles the pages of a piece, copies first, then the most alike."""
    mine, other = pages.alias("mine"), pages.alias("other")
    found: list[Alike] = []
    for a, b in (("page_a", "page_b"), ("page_b", "page_a")):
        query = (
            sa.select(
                mine.c.number,
                other.c.unit_id,
                other.c.number,
                similar_pages.c.score,
                similar_pages.c.relation,
            )
            .join(similar_pages, similar_pages.c[a] == mine.c.id)
            .join(other, other.c.id == similar_pages.c[b])
            .where(mine.c.unit_id == unit_id, other.c.unit_id.is_not(None), other.c.unit_id != unit_id)
        )
        found.extend(Alike(*row[:4], Relation(row[4])) for row in connection.execute(query))
    return sorted(found, key=lambda f: (f.relation not in COPIES, -f.score, f.unit_id, f.its_page))


def all_pairs(
    connection: Connection, entity_id: str, relations: Iterable[Relation] = Relation
) -> list[SimilarPair]:
    """The pairs of pages of an entity that are one of these to one another, in order of page.

    What a person decided of a pair outranks the machine.
    """
    said = _said(entity_id)
    query = sa.select(said).where(said.c.relation.in_(list(relations)))
    return [_pair(row) for row in connection.execute(query.order_by(said.c.page_a, said.c.page_b))]


def pair_counts(connection: Connection, entity_id: str) -> dict[Relation, int]:
    """How many pairs of pages of an entity there are of each relation, as ``all_pairs`` has them."""
    said = _said(entity_id)
    query = sa.select(said.c.relation, sa.func.count()).group_by(said.c.relation)
    return {Relation(relation): count for relation, count in connection.execute(query)}


def pairs_list(
    connection: Connection, entity_id: str, relation: Relation, *, limit: int, offset: int = 0
) -> list[SimilarPair]:
    """Some pairs of one relation, the most alike first."""
    said = _said(entity_id)
    query = (
        sa.select(said)
        .where(said.c.relation == relation)
        .order_by(said.c.score.desc(), said.c.page_a, said.c.page_b)
        .limit(limit)
        .offset(offset)
    )
    return [_pair(row) for row in connection.execute(query)]


def _said(entity_id: str) -> sa.Subquery:
    """Every pair that the machine found or a person decided on; what the person said of it counts."""
    found, decided = similar_pages.c, copy_decisions.c
    is_pair = (decided.page_a == found.page_a) & (decided.page_b == found.page_b)
    by_person = sa.case((decided.is_copy, Relation.SAME_TEXT), else_=Relation.TEMPLATE)
    is_agreed = decided.is_copy.is_(None) | (decided.is_copy == found.relation.in_(COPIES))
    machine = (
        sa.select(
            found.page_a,
            found.page_b,
            found.score,
            sa.case((is_agreed, found.relation), else_=by_person).label("relation"),
        )
        .join(pages, pages.c.id == found.page_a)
        .outerjoin(copy_decisions, is_pair)
        .where(pages.c.entity_id == entity_id)
    )
    alone = (
        sa.select(
            decided.page_a,
            decided.page_b,
            sa.case((decided.is_copy, 1.0), else_=0.0).label("score"),
            by_person.label("relation"),
        )
        .join(pages, pages.c.id == decided.page_a)
        .outerjoin(similar_pages, is_pair)
        .where(pages.c.entity_id == entity_id, found.page_a.is_(None))
    )
    return sa.union_all(machine, alone).subquery()


def pair(connection: Connection, entity_id: str, page_a: str, page_b: str) -> SimilarPair | None:
    """What two pages of an entity were found to be; ``None`` when they were not found alike."""
    query = (
        sa.select(similar_pages)
        .join(pages, pages.c.id == similar_pages.c.page_a)
        .where(
            pages.c.entity_id == entity_id,
            similar_pages.c.page_a == page_a,
            similar_pages.c.page_b == page_b,
        )
    )
    row = connection.execute(query).first()
    return None if row is None else _pair(row)


def are_here(connection: Connection, entity_id: str, page_ids: Sequence[str]) -> bool:
    """Whether all of these are pages of an entity."""
    query = sa.select(pages.c.id).where(pages.c.entity_id == entity_id, pages.c.id.in_(page_ids))
    return set(connection.scalars(query)) == set(page_ids)


def save_decision(connection: Connection, decision: CopyDecision) -> None:
    """This is what a person decided of two pages."""
    upsert(connection, copy_decisions, [asdict(decision)])


def decision_on(connection: Connection, page_a: str, page_b: str) -> CopyDecision | None:
    """What a person decided of two pages; ``None`` when nobody did."""
    query = sa.select(copy_decisions).where(
        copy_decisions.c.page_a == page_a, copy_decisions.c.page_b == page_b
    )
    row = connection.execute(query).first()
    return None if row is None else CopyDecision(*row)


def decided_pairs(connection: Connection, entity_id: str) -> set[tuple[str, str]]:
    """The pairs of pages of an entity on which a person decided."""
    query = (
        sa.select(copy_decisions.c.page_a, copy_decisions.c.page_b)
        .join(pages, pages.c.id == copy_decisions.c.page_a)
        .where(pages.c.entity_id == entity_id)
    )
    return {(a, b) for a, b in connection.execute(query)}


def facts_of(connection: Connection, page_ids: Sequence[str]) -> dict[str, CopyFacts]:
    """What tells copies apart: how well each page is read, its size, and how many pages its piece has."""
    piece, sizes = pages.alias("piece"), {}
    for chunk in in_chunks(page_ids):
        query = (
            sa.select(
                pages.c.id,
                readings.c.cer_estimate,
                (readings.c.width_px * readings.c.height_px).label("pixels"),
                sa.func.count(piece.c.id).label("record_pages"),
            )
            .join(readings, readings.c.page_id == pages.c.id)
            .outerjoin(piece, piece.c.unit_id == pages.c.unit_id)
            .where(pages.c.id.in_(chunk))
            .group_by(pages.c.id, readings.c.cer_estimate, readings.c.width_px, readings.c.height_px)
        )
        sizes.update({row.id: CopyFacts(*row) for row in connection.execute(query)})
    return sizes


def _pair(row: sa.Row[Any]) -> SimilarPair:
    return SimilarPair(row.page_a, row.page_b, row.score, Relation(row.relation))
