"""The subjects of a record: descriptors proposed, accepted, refused, and looked for in the thesauri."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database
from archiveia.edges.database import assertions, thesauri
from archiveia.errors import BadRequestError
from archiveia.pipeline.indexing import title_of
from archiveia.pipeline.thesaurus import Verdict, decide_subject, find_concepts
from search_ui.need_to_know import read
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, text_of
from search_ui.showing import by_field

router = APIRouter(prefix="/bureau/documents")
RecordId = Annotated[str, Path(max_length=80)]
MAX_QUESTION_CHARS = 100


@router.get("/{record_id}/sujets", dependencies=[may(Action.REVIEW)])
def subjects_page(request: Request, edges: EdgesOf, staff: StaffOf, record_id: RecordId) -> Response:
    """What is proposed and decided for the record, and the descriptors that have the words looked for."""
    record = read(record_id, staff, edges)
    question = request.query_params.get("mots", "").strip()[:MAX_QUESTION_CHARS]
    with database.reading(edges.database) as connection:
        said = by_field(assertions.said_of(connection, [record_id]).get(record_id, []))
        known = thesauri.load(connection, edges.entity)
    return render(
        request,
        "subjects.html",
        record=record,
        title=title_of(record),
        said=said,
        question=question,
        found=find_concepts(question, edges),
        labels_of={c.uri: c.label for t in known for c in t.concepts},
        thesauri=known,
        saved=bool(request.query_params.get("fait")),
    )


@router.post("/{record_id}/sujets", dependencies=[may(Action.DESCRIBE)])
def decide(edges: EdgesOf, staff: StaffOf, form: CheckedForm, record_id: RecordId) -> Response:
    """The person accepted or refused a descriptor, or took back what was said of it."""
    verdict = text_of(form, "decision")
    if verdict not in set(Verdict):
        raise BadRequestError(f"décision inconnue : {verdict!r}", "retenez ou refusez le descripteur")
    read(record_id, staff, edges)
    decide_subject(record_id, text_of(form, "uri"), Verdict(verdict), actor=staff.name, edges=edges)
    if text_of(form, "retour") == "sujets":
        return RedirectResponse(f"/bureau/documents/{record_id}/sujets?fait=1", 303)
    return RedirectResponse(f"/bureau/documents/{record_id}?fait=1#sujets", 303)
