"""What people decide of pages that are alike: copies of one page, of which one is the record copy, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import decisions, similarity, units
from archiveia.errors import BadRequestError, UnknownUnitError
from archiveia.values import CopyDecision

if TYPE_CHECKING:
    from archiveia.pipeline.workplace import Edges


def decide_copies(
    page_a: str, page_b: str, record_copy: str | None, *, actor: str, edges: Edges
) -> CopyDecision:
    """The decision that stands: ``record_copy`` is the one to keep of two copies; ``None``: they are no copies.

    Nothing is deleted; the decision outranks what a machine says of the pair, now and later.

    Raises:
        UnknownUnitError: these are not two pages of this entity.
        BadRequestError: the record copy is neither of them.
    """
    first, second = sorted((page_a, page_b))
    if record_copy is not None and record_copy not in (first, second):
        raise BadRequestError(
            f"{record_copy!r} is neither of the two pages", "choose one of the pages that are shown"
        )
    now = edges.now()
    decision = CopyDecision(first, second, record_copy is not None, record_copy, actor, now)
    with database.writing(edges.database) as connection:
        if first == second or not similarity.are_here(connection, edges.entity, [first, second]):
            raise UnknownUnitError(
                f"no pair of pages {first} and {second} here", "choose a pair in the list of duplicates"
            )
        before = similarity.decision_on(connection, first, second)
        similarity.save_decision(connection, decision)
        holders = units.holders_of(connection, [first, second])
        decisions.write_journal(
            connection,
            entity_id=edges.entity,
            actor=actor,
            action="copies",
            subject=" ".join(dict.fromkeys(holders[p][0] for p in (first, second) if p in holders)),
            before={} if before is None else {"is_copy": before.is_copy, "record_copy": before.record_copy},
            after={
                "pages": [first, second],
                "is_copy": decision.is_copy,
                "record_copy": record_copy,
            },
            now=now,
        )
    return decision
