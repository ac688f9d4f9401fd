"""The review desk: one piece after the other, accepted, changed, frozen, asked about; only what the person saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import assertions, decisions, review_queue, units
from archiveia.edges.database.review_queue import Among, Queue
from archiveia.edges.database.waiting import Review
from archiveia.errors import BadRequestError, RefusedError
from archiveia.pipeline import arranging
from archiveia.pipeline.blind import is_rule_shown_blind, is_shown_blind
from archiveia.pipeline.deciding import confirm_each
from archiveia.steps.agreement import RULE_TAKEN_BLIND
from archiveia.steps.lessons import TAKEN_BLIND, blind_below
from archiveia.steps.review import seen_digest
from archiveia.values import Assertion, Origin, OriginKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import Json, Record, Staff

FIELD_OF: dict[Review, str] = {
    Review.RETENTION: "retention_rule",
    Review.CLASS: "class",
    Review.BLIND: "class",
    Review.CUTS: "proposed_cut",
    Review.ILLEGIBLE: "legible_enough",
}
"""The queues that are gone through piece by piece, each with the field that a decision settles."""
QUESTION = "question"
MAX_QUESTION = 1000
_SHOWN: dict[str, tuple[str, ...]] = {
    "retention_rule": ("class", "hold", "retention", "retention_rule"),
    "class": ("class", "class_runner_up", "class_to_review"),
    "proposed_cut": ("proposed_cut",),
    "legible_enough": ("legible_enough",),
}
"""What a person sees of a proposal before deciding each field."""


def queue_of(reason: Review, staff: Staff, edges: Edges, among: Among | None = None) -> Queue:
    """The queue as this account sees it."""
    below = blind_below(edges.settings.blind_share)
    return Queue(edges.entity, reason, below, staff.sees_only, among or Among())


def waiting_piece(queue: Queue, edges: Edges, *, skipped: int) -> tuple[str | None, int]:
    """The piece behind those that were skipped, ``None`` at the end of the queue; and how many wait."""
    with database.reading(edges.database) as connection:
        found = review_queue.ids(connection, queue, limit=1, offset=skipped)
        return (found[0] if found else None), review_queue.count(connection, queue)


def still_waits(queue: Queue, record_id: str, edges: Edges) -> bool:
    """The piece is in the queue yet: it is passed over, so that the next one comes."""
    with database.reading(edges.database) as connection:
        return review_queue.is_waiting(connection, queue, record_id)


def is_blind(record: Record, field: str, edges: Edges) -> bool:
    """The proposal of this field is not shown for this piece."""
    shown_blind = is_rule_shown_blind if field == "retention_rule" else is_shown_blind
    return field in {"class", "retention_rule"} and shown_blind(record, edges.settings)


def digest_of(record: Record, field: str, edges: Edges) -> str:
    """The digest of what a person sees before deciding the field; blind, nothing of the proposal."""
    return seen_digest(record, () if is_blind(record, field, edges) else _SHOWN[field])


def unchanged(digest: str, field: str, edges: Edges) -> Callable[[Record], None]:
    """A check that raises when the piece is no more what the person saw."""

    def check(record: Record) -> None:
        if digest_of(record, field, edges) != digest:
            raise RefusedError(
                "la proposition a changé depuis que vous l’avez ouverte : rien n’est enregistré",
                "regardez la nouvelle proposition, puis décidez",
            )

    return check


def decide(record: Record, reason: Review, value: str, digest: str, *, actor: str, edges: Edges) -> None:
    """The person's value of the queue's field stands.

    Raises:
        RefusedError: the proposal is no more the one that the person saw.
    """
    field = FIELD_OF[reason]
    taken_blind = {"class": TAKEN_BLIND, "retention_rule": RULE_TAKEN_BLIND}
    noted: dict[str, Json] = {taken_blind[field]: True} if is_blind(record, field, edges) else {}
    still = unchanged(digest, field, edges)
    confirm_each([record.id], {field: value}, actor=actor, edges=edges, noted=noted, still=still)


def cut(record: Record, before_pages: Sequence[int], digest: str, *, actor: str, edges: Edges) -> None:
    """The piece is cut before these pages.

    Raises:
        RefusedError: the pages, or the cuts proposed, are no more those that the person saw.
    """
    unchanged(digest, "proposed_cut", edges)(record)
    arranging.split(record.id, before_pages, actor=actor, edges=edges)


def hold(record: Record, why: str, *, actor: str, edges: Edges) -> None:
    """The piece is frozen: nothing of its fate goes on until a person lifts that."""
    if not why.strip():
        raise BadRequestError("le motif du gel n’est pas dit", "écrivez par exemple : contentieux en cours")
    confirm_each([record.id], {"hold": why}, actor=actor, edges=edges)


def ask(record: Record, reason: Review, *, to: str, question: str, actor: str, edges: Edges) -> None:
    """The question stands on the list of whoever is asked, and the piece waits there until it is answered."""
    to, question = to.strip()[:200], question.strip()[:MAX_QUESTION]
    if not to or not question:
        raise BadRequestError("il manque la question, ou à qui elle est posée", "écrivez les deux")
    if record.value(QUESTION):
        raise RefusedError("une question attend déjà pour cette pièce", "répondez-y d’abord")
    value = {"to": to, "question": question, "queue": str(reason)}
    said = Assertion(QUESTION, value, Origin(OriginKind.PERSON, actor))
    _say(record, [said], ("ask", value), actor=actor, edges=edges)


def answer(record: Record, words: str, *, actor: str, edges: Edges) -> None:
    """The question is answered: the piece waits for its decision again, and the journal keeps both."""
    asked, words = record.value(QUESTION), words.strip()[:MAX_QUESTION]
    if not asked:
        raise RefusedError("aucune question n’attend pour cette pièce", "rouvrez la liste des questions")
    if not words:
        raise BadRequestError("la réponse est vide", "écrivez-la, même en un mot")
    told = {"question": asked["question"], "answer": words}
    _say(record, [], ("answer", told), actor=actor, edges=edges)


def _say(record: Record, said: list[Assertion], entry: tuple[str, Json], *, actor: str, edges: Edges) -> None:
    now = edges.now()
    with database.writing(edges.database) as connection:
        assertions.replace(connection, record.id, [QUESTION], [OriginKind.PERSON], said, now=now)
        decisions.write_journal(
            connection,
            entity_id=edges.entity,
            actor=actor,
            action=entry[0],
            subject=record.id,
            before={},
            after=entry[1],
            now=now,
        )


def questions(staff: Staff, edges: Edges, *, limit: int = 200) -> dict[str, list[Record]]:
    """The pieces that a question waits for, on the list of whoever is asked."""
    queue = queue_of(Review.ASKED, staff, edges)
    with database.reading(edges.database) as connection:
        found = review_queue.ids(connection, queue, limit=limit)
        records = units.load_records(connection, found, edges.entity)
    lists: dict[str, list[Record]] = {}
    for record in records:
        lists.setdefault(record.value(QUESTION)["to"], []).append(record)
    return dict(sorted(lists.items()))
