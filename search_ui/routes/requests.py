"""Requests for access: the public form, and the desk on which they are answered."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database
from archiveia.edges.database import requests
from archiveia.errors import BadRequestError, UnknownUnitError
from archiveia.pipeline import Edges, requesting, searching
from archiveia.pipeline.indexing import title_of
from archiveia.steps.respond import MOVES, REQUESTS, RIGHTS, RequestState, urgency
from archiveia.values import Record
from search_ui.need_to_know import sees_all
from search_ui.permissions import Action, may
from search_ui.rendering import language_of, render
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, Visitor, text_of
from search_ui.telling import told

router = APIRouter()


def open_record(record_id: str, edges: Edges) -> Record | None:
    """The record that a request is about, if the public may know of it: else nothing, closed or not there."""
    if not record_id:
        return None
    try:
        return searching.show(record_id[:80], edges, public=True)
    except UnknownUnitError:
        return None


@router.get("/demandes")
def request_form(request: Request, edges: EdgesOf, _visitor: Visitor) -> Response:
    """The form, about a record when it was reached from one."""
    record = open_record(request.query_params.get("document", ""), edges)
    asked = request.query_params
    typed = {
        "nom": "",
        "courriel": "",
        "objet": asked.get("objet", "")[:500],
        "nature": asked.get("nature", ""),
    }
    return _form(request, typed, record)


@router.post("/demandes")
def receive(request: Request, edges: EdgesOf, _visitor: Visitor, form: CheckedForm) -> Response:
    """The acknowledgement: a number, the legal date, the letter."""
    typed = {name: text_of(form, name) for name in ("nom", "courriel", "objet", "nature")}
    record = open_record(text_of(form, "document"), edges)
    if text_of(form, "site_web"):  # a field that people do not see: a robot filled it in
        raise BadRequestError("la demande n’a pas pu être reçue", "laissez vide le champ « site web »")
    if len(typed["nom"]) > 200:
        return _form(request, typed, record, "Le nom compte plus de 200 caractères.")
    subject = typed["objet"]
    if record is not None and subject:
        subject = f"{subject}\n(document : {title_of(record)}, {record.id})"
    try:
        received = requesting.receive(
            typed["nom"],
            typed["courriel"],
            subject,
            edges=edges,
            kind=typed["nature"] or "crpa",
            unit_id=record.id if record else None,
        )
    except BadRequestError as error:
        language = language_of(request)
        problem = f"{told(error.message, language)} : {told(error.remedy, language)}."
        return _form(request, typed, record, problem[:1].upper() + problem[1:])
    return render(request, "request_received.html", 201, received=received)


def _form(
    request: Request, typed: dict[str, str], record: Record | None, problem: str | None = None
) -> Response:
    title = title_of(record) if record else None
    status = 400 if problem else 200
    return render(
        request,
        "request_form.html",
        status,
        typed=typed,
        record=record,
        title=title,
        problem=problem,
        natures=REQUESTS,
    )


@router.get("/bureau/demandes", dependencies=[may(Action.SEE_REQUESTS)])
def desk(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """Requests, the most urgent first, with what can be done about each; those about personal data apart."""
    sees_all(staff)
    wants_rights = request.query_params.get("file") == "rgpd"
    with database.reading(edges.database) as connection:
        every = requests.desk(connection, edges.entity)
    rows = [row for row in every if (row.kind in RIGHTS) == wants_rights]
    today = edges.today()
    entries = [
        {
            "row": row,
            "urgency": urgency(row.due_on, today) if row.state == RequestState.RECEIVED else None,
            "moves": sorted(MOVES[RequestState(row.state)]),
        }
        for row in rows
    ]
    waiting = [row.kind in RIGHTS for row in every if row.state == RequestState.RECEIVED]
    return render(
        request,
        "desk_requests.html",
        entries=entries,
        wants_rights=wants_rights,
        waiting={"acces": waiting.count(False), "rgpd": waiting.count(True)},
    )


@router.post("/bureau/demandes/{number}", dependencies=[may(Action.ANSWER_REQUESTS)])
def answer(
    edges: EdgesOf, staff: StaffOf, form: CheckedForm, number: Annotated[str, Path(max_length=20)]
) -> Response:
    """The request has its answer, refusal or end."""
    sees_all(staff)
    try:
        state = RequestState(text_of(form, "suite"))
    except ValueError as error:
        raise BadRequestError("la suite n’est pas connue", "choisissez une suite de la liste") from error
    requesting.answer(
        number,
        state,
        text_of(form, "reponse") or None,
        actor=staff.name,
        edges=edges,
        is_computed=bool(text_of(form, "calcul")),
    )
    queue = "?file=rgpd" if text_of(form, "file") == "rgpd" else ""
    return RedirectResponse(f"/bureau/demandes{queue}#d-{number}", 303)
