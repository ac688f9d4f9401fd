"""Why a sensitive record is read: asked before its first page, once a session, and journalled."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from archiveia.edges.sensitive_records import load_sensitive
from archiveia.pipeline.blind import is_rule_shown_blind, is_shown_blind
from archiveia.pipeline.indexing import title_of
from archiveia.pipeline.need_to_know import MAX_WORDS, give_reason, seen_record, why
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.routes.account import after_login
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, text_of

router = APIRouter(prefix="/bureau/motif")
RecordId = Annotated[str, Path(max_length=80)]


@router.get("/{record_id}", dependencies=[may(Action.READ)])
def reason_form(request: Request, edges: EdgesOf, staff: StaffOf, record_id: RecordId) -> Response:
    """The form that asks why, with what makes the record sensitive."""
    record = seen_record(record_id, staff, edges)
    because = why(record, edges)
    if because is None:
        return RedirectResponse(f"/bureau/documents/{record.id}", 303)
    # The reason would tell the class, or the rule, that is to be given without it.
    if is_shown_blind(record, edges.settings) or is_rule_shown_blind(record, edges.settings):
        because = "contenu peut-être sensible"
    return render(
        request,
        "reason.html",
        record=record,
        title=title_of(record),
        because=because,
        reasons=load_sensitive().reasons,
        max_words=MAX_WORDS,
        after=after_login(request.query_params.get("suite", "")),
        pass_over=after_login(request.query_params.get("passer", "")),
    )


@router.post("/{record_id}", dependencies=[may(Action.READ)])
def answer(edges: EdgesOf, staff: StaffOf, form: CheckedForm, record_id: RecordId) -> Response:
    """The person said why: the record is open to them in this session."""
    give_reason(
        record_id, staff, reason=text_of(form, "motif"), words=text_of(form, "precisions"), edges=edges
    )
    after = after_login(text_of(form, "suite"))
    return RedirectResponse(f"/bureau/documents/{record_id}" if after == "/bureau" else after, 303)
