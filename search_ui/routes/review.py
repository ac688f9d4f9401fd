"""The review desk: one piece on one screen, decided with a key, the next one comes; and the questions that wait."""

import re
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from starlette.datastructures import FormData, QueryParams
from starlette.responses import RedirectResponse, Response

from archiveia.edges.database.review_queue import Among
from archiveia.edges.database.waiting import Review
from archiveia.errors import BadRequestError, RefusedError, UnknownUnitError
from archiveia.pipeline import Edges, reviewing
from archiveia.pipeline.indexing import title_of
from archiveia.pipeline.need_to_know import seen_record
from archiveia.pipeline.reviewing import FIELD_OF, QUESTION
from archiveia.pipeline.undoing import last_decision, undo_last
from archiveia.values import Record, Staff
from search_ui.journal_details import details
from search_ui.need_to_know import ReasonNeededError, read
from search_ui.permissions import Action, check, check_fields, is_allowed, may
from search_ui.rendering import language_of, render, translator
from search_ui.review_shown import shown
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, text_of
from search_ui.showing import class_labels

router = APIRouter(prefix="/bureau/revue")
QueueName = Annotated[str, Path(max_length=20)]
QUESTIONS = "/bureau/revue/questions"
_MOST = 100_000


@dataclass(frozen=True)
class At:
    """Where a person is in a queue: how many pieces they passed over and decided, and in which part of it."""

    queue: str
    skipped: int = 0
    done: int = 0
    among: Among = field(default_factory=Among)

    def url(self, *, skipped: int | None = None, done: int | None = None, **more: object) -> str:
        """The address of the screen there."""
        said = {
            "rang": self.skipped if skipped is None else skipped,
            "faits": self.done if done is None else done,
            **filters(self.among),
            **more,
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return f"/bureau/revue/{self.queue}" + (f"?{query}" if query else "")


def filters(among: Among) -> dict[str, str]:
    """The part of a queue as the address says it."""
    return {"classe": among.class_code, "regle": among.rule, "lot": among.batch, "dossier": among.dossier}


def among_of(said: QueryParams | FormData) -> Among:
    """The part of a queue that an address or a form names."""
    words = [str(said.get(name) or "").strip()[:200] for name in ("classe", "regle", "lot", "dossier")]
    return Among(*words)


def at_of(queue: str, said: QueryParams | FormData) -> At:
    """Where the person is."""
    return At(queue, _number(said.get("rang")), _number(said.get("faits")), among_of(said))


def reason_of(queue: str) -> Review:
    """The queue with this name.

    Raises:
        BadRequestError: there is none that is gone through piece by piece.
    """
    if queue not in set(FIELD_OF):
        raise BadRequestError(
            f"la file {queue!r} n’existe pas", "choisissez-en une sur la page « À vérifier »"
        )
    return Review(queue)


def _number(text: object) -> int:
    said = str(text or "")
    return min(int(said), _MOST) if said.isascii() and said.isdigit() and len(said) < 7 else 0


@router.get("/questions", dependencies=[may(Action.REVIEW)])
def questions_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """The questions that wait for an answer, by whom they are asked."""
    lists = reviewing.questions(staff, edges)
    entries = {
        to: [(r, title_of(r), r.value(QUESTION), r.assertion(QUESTION)) for r in records]
        for to, records in lists.items()
    }
    return render(request, "review_questions.html", lists=entries, saved=_said(request))


@router.post("/questions", dependencies=[may(Action.CONFIRM)])
def answer_question(edges: EdgesOf, staff: StaffOf, form: CheckedForm) -> Response:
    """The question is answered; the piece is in its queue again."""
    record = seen_record(text_of(form, "piece"), staff, edges)
    reviewing.answer(record, text_of(form, "reponse"), actor=staff.name, edges=edges)
    return RedirectResponse(f"{QUESTIONS}?dit=repondu", 303)


@router.get("/{queue}", dependencies=[may(Action.REVIEW)])
def review_screen(request: Request, edges: EdgesOf, staff: StaffOf, queue: QueueName) -> Response:
    """The next piece of the queue, with what is proposed, the evidence boxed, and the keys that decide."""
    if queue == "duplicates":  # they are pairs, on a screen of their own
        return RedirectResponse("/bureau/doublons", 303)
    return _screen(request, at_of(queue, request.query_params), staff, edges)


def _screen(
    request: Request, at: At, staff: Staff, edges: Edges, *, refused: RefusedError | None = None
) -> Response:
    reason = reason_of(at.queue)
    queue = reviewing.queue_of(reason, staff, edges, at.among)
    named = request.query_params.get("piece", "")[:80] if request.method == "GET" else ""
    found, waiting = reviewing.waiting_piece(queue, edges, skipped=at.skipped)
    record_id = named or found
    last = last_decision(staff.name, edges) if is_allowed(staff, Action.CONFIRM) else []
    record = _read(record_id, at, staff, edges) if record_id else None
    view = None
    if record is not None:
        page = _number(request.query_params.get("page")) or None
        lit = request.query_params.get("montrer", "")[:80]
        view = shown(record, reason, edges, page=page, lit=lit)
    return render(
        request,
        "review_piece.html",
        status=409 if refused else 200,
        at=at,
        filters=filters(at.among),
        reason=reason,
        view=view,
        title=title_of(record) if record else "",
        has_image=bool(view and view.page and edges.storage.display(view.page.id).exists()),
        classes=class_labels(),
        position=at.done + at.skipped + 1,
        total=at.done + waiting,
        left=max(waiting - at.skipped, 0),
        last=last,
        last_title=_title(last[0].subject, staff, edges) if last else "",
        last_words=details(last[0], translator(language_of(request))) if last else "",
        refused=refused,
        said=_said(request),
        may_decide=is_allowed(staff, needed_for(reason)),
        may_hold=is_allowed(staff, Action.DECIDE_RETENTION),
    )


_NEEDS = {
    Review.RETENTION: Action.DECIDE_RETENTION,
    Review.CUTS: Action.ARRANGE,
    Review.ILLEGIBLE: Action.DECIDE_ACCESS,
}


def needed_for(reason: Review) -> Action:
    """What deciding in a queue needs beside ``CONFIRM``."""
    return _NEEDS.get(reason, Action.DESCRIBE)


def _read(record_id: str, at: At, staff: Staff, edges: Edges) -> Record:
    """The piece; where it is sensitive and no reason was given, the form that asks leads back here."""
    try:
        return read(record_id, staff, edges)
    except ReasonNeededError as needed:
        ways = {"suite": at.url(piece=record_id), "passer": at.url(skipped=at.skipped + 1)}
        needed.form_url += "?" + urlencode(ways)
        raise


def _title(subject: str, staff: Staff, edges: Edges) -> str:
    try:
        return title_of(seen_record(subject.split(maxsplit=1)[0], staff, edges))
    except UnknownUnitError:
        return ""


def _said(request: Request) -> str:
    said = request.query_params.get("dit", "")
    return said if said in {"fait", "gele", "demande", "annule", "repondu"} else ""


@router.post("/{queue}", dependencies=[may(Action.CONFIRM)])
def decide(request: Request, edges: EdgesOf, staff: StaffOf, form: CheckedForm, queue: QueueName) -> Response:
    """What the person said of the piece stands, and the next one comes; a proposal that changed is shown again."""
    reason, at = reason_of(queue), at_of(queue, form)
    check(staff, needed_for(reason))
    record = read(text_of(form, "piece"), staff, edges)
    try:
        said = _decide(form, record, reason, staff, edges)
    except RefusedError as refused:
        return _screen(request, at, staff, edges, refused=refused)
    waits = reviewing.still_waits(reviewing.queue_of(reason, staff, edges, at.among), record.id, edges)
    return RedirectResponse(at.url(skipped=at.skipped + waits, done=at.done + (not waits), dit=said), 303)


def _decide(form: FormData, record: Record, reason: Review, staff: Staff, edges: Edges) -> str:
    """What was done, as the next screen tells it."""
    deed, value, digest = text_of(form, "geste"), text_of(form, "valeur"), text_of(form, "empreinte")
    if deed == "geler":
        check_fields(staff, ["hold"])
        reviewing.hold(record, text_of(form, "motif"), actor=staff.name, edges=edges)
        return "gele"
    if deed == "demander":
        to, question = text_of(form, "a_qui"), text_of(form, "question")
        reviewing.ask(record, reason, to=to, question=question, actor=staff.name, edges=edges)
        return "demande"
    if deed != "decider" or not (value or reason is Review.CUTS):
        raise BadRequestError("rien n’a été choisi", "choisissez une valeur, ou passez à la suivante")
    if reason is Review.CUTS and value:
        pages = [int(number) for number in re.findall(r"\d{1,6}", value)]
        reviewing.cut(record, pages, digest, actor=staff.name, edges=edges)
    else:
        reviewing.decide(record, reason, value, digest, actor=staff.name, edges=edges)
    return "fait"


@router.post("/{queue}/annuler", dependencies=[may(Action.CONFIRM)])
def undo(request: Request, edges: EdgesOf, staff: StaffOf, form: CheckedForm, queue: QueueName) -> Response:
    """The person's last decision is taken back, and its piece is on the screen again."""
    reason, at = reason_of(queue), at_of(queue, form)
    numbers = [int(n) for n in re.findall(r"\d{1,9}", text_of(form, "entrees"))]
    for line in last_decision(staff.name, edges):
        if line.action == "split":
            check(staff, Action.ARRANGE)
        check_fields(staff, [name for name in line.before if name in line.after])
    try:
        pieces = undo_last(numbers, actor=staff.name, edges=edges)
    except RefusedError as refused:
        return _screen(request, at, staff, edges, refused=refused)
    waits = reviewing.still_waits(reviewing.queue_of(reason, staff, edges, at.among), pieces[0], edges)
    shown_again = pieces[0] if waits else ""
    return RedirectResponse(at.url(done=max(at.done - len(pieces), 0), dit="annule", piece=shown_again), 303)
