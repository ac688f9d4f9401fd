"""One decision on many pieces that share a proposal: shown first, then taken on exactly what was shown. Never for E."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import review_queue, units
from archiveia.edges.database.waiting import Review
from archiveia.errors import BadRequestError, RefusedError
from archiveia.pipeline.deciding import confirm_each
from archiveia.pipeline.need_to_know import withheld
from archiveia.pipeline.reviewing import FIELD_OF, digest_of, is_blind, queue_of
from archiveia.pipeline.rules import schedule_in_force
from archiveia.pipeline.undoing import TOGETHER
from archiveia.steps.review import FATE_E, left_out, set_digest
from archiveia.values import SortFinal

if TYPE_CHECKING:
    from archiveia.edges.database.review_queue import Among
    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Record, Staff

MAX_TOGETHER = 200
"""Pieces of one decision: a person who decides answers for each, and looks through no longer list."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be decided: the pieces, those that are left out and why (French), and the digest of the set.

    ``waiting`` pieces of the queue are so; more than ``MAX_TOGETHER`` are looked at in turns.
    """

    value: str
    records: tuple[Record, ...]
    left_out: dict[str, tuple[Record, ...]]
    waiting: int
    digest: str


def preview(reason: Review, among: Among, staff: Staff, edges: Edges) -> Preview:
    """What one decision on the pieces that are so would be about.

    Raises:
        BadRequestError: no class, or rule, is named that they share; or the queue is not decided together.
        RefusedError: the rule's *sort final* is E.
    """
    value = _shared_value(reason, among)
    schedule, field = schedule_in_force(edges), FIELD_OF[reason]
    if reason is Review.RETENTION and value in schedule:
        _refuse_elimination(value, schedule[value].sort_final)
    queue = queue_of(reason, staff, edges, among)
    with database.reading(edges.database) as connection:
        waiting = review_queue.count(connection, queue)
        found = review_queue.ids(connection, queue, limit=MAX_TOGETHER)
        records = units.load_records(connection, found, edges.entity)
    kept = withheld(records, staff, edges)
    chosen: list[Record] = []
    others: dict[str, list[Record]] = {}
    for record in records:
        blind = is_blind(record, field, edges)
        why = left_out(record, field, value, schedule, blind=blind, kept=record.id in kept)
        (chosen if why is None else others.setdefault(why, [])).append(record)
    digest = set_digest(value, [digest_of(record, field, edges) for record in chosen])
    return Preview(value, tuple(chosen), {w: tuple(r) for w, r in others.items()}, waiting, digest)


def decide_together(reason: Review, among: Among, digest: str, staff: Staff, edges: Edges) -> int:
    """How many pieces were decided: exactly the set that was shown, with an entry of the journal each.

    Raises:
        RefusedError: the set, or a proposal in it, is no more what was shown.
    """
    shown, field = preview(reason, among, staff, edges), FIELD_OF[reason]
    if not shown.records or shown.digest != digest:
        raise RefusedError(
            "l’ensemble a changé depuis l’aperçu : rien n’est enregistré", "regardez le nouvel aperçu"
        )
    seen = {record.id: digest_of(record, field, edges) for record in shown.records}

    def still(record: Record) -> None:
        if digest_of(record, field, edges) != seen[record.id]:
            raise RefusedError(
                "une pièce a changé pendant l’enregistrement : rien n’est enregistré",
                "regardez le nouvel aperçu",
            )

    confirm_each(
        list(seen),
        {field: shown.value},
        actor=staff.name,
        edges=edges,
        noted={TOGETHER: digest},
        still=still,
    )
    return len(seen)


def _shared_value(reason: Review, among: Among) -> str:
    if reason not in {Review.RETENTION, Review.CLASS}:
        raise BadRequestError("cette file ne se décide pas d’un coup", "décidez pièce par pièce")
    value = among.rule if reason is Review.RETENTION else among.class_code
    if not value:
        raise BadRequestError(
            "les pièces n’ont pas de proposition commune", "filtrez par type, ou par règle proposée"
        )
    return value


def _refuse_elimination(code: str, fate: SortFinal) -> None:
    if fate is SortFinal.ELIMINATE:
        raise RefusedError(f"la règle {code} a le {FATE_E}", "décidez ces pièces une à une")
