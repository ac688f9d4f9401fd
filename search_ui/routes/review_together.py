"""One decision on many pieces that share a proposal: the preview, then the decision on exactly what it showed."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from archiveia.edges.database.waiting import Review
from archiveia.errors import RefusedError
from archiveia.pipeline import Edges
from archiveia.pipeline.indexing import title_of
from archiveia.pipeline.reviewing_together import MAX_TOGETHER, Preview, decide_together, preview
from archiveia.pipeline.rules import classes_by_code, schedule_in_force
from archiveia.values import Record, Staff
from search_ui.permissions import Action, check, may
from search_ui.rendering import render
from search_ui.routes.review import At, QueueName, among_of, filters, needed_for, reason_of
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, text_of

router = APIRouter(prefix="/bureau/revue/{queue}/ensemble")
SAMPLE = 12


@router.get("", dependencies=[may(Action.CONFIRM)])
def together_page(request: Request, edges: EdgesOf, staff: StaffOf, queue: QueueName) -> Response:
    """What one decision would be about: how many pieces, a sample, and those that are left out."""
    at = At(queue, among=among_of(request.query_params))
    return _page(request, at, staff, edges)


def _page(
    request: Request, at: At, staff: Staff, edges: Edges, *, refused: RefusedError | None = None
) -> Response:
    reason, shown = reason_of(at.queue), None
    check(staff, needed_for(reason))
    try:
        shown = preview(reason, at.among, staff, edges)
    except RefusedError as error:
        refused = refused or error
    return render(
        request,
        "review_together.html",
        status=409 if refused else 200,
        at=at,
        filters=filters(at.among),
        reason=reason,
        shown=shown,
        label=_label(reason, shown, edges) if shown else "",
        sample=_sample(shown) if shown else [],
        limit=MAX_TOGETHER,
        refused=refused,
    )


def _label(reason: Review, shown: Preview, edges: Edges) -> str:
    """The value that the pieces would get, in words."""
    if reason is Review.CLASS:
        known = classes_by_code().get(shown.value)
        return known.label if known else shown.value
    rule = schedule_in_force(edges).get(shown.value)
    return f"{shown.value} — {rule.label}" if rule else shown.value


def _sample(shown: Preview) -> list[tuple[Record, str]]:
    """Pieces spread over the whole set."""
    step = max(-(-len(shown.records) // SAMPLE), 1)
    return [(record, title_of(record)) for record in shown.records[::step]]


@router.post("", dependencies=[may(Action.CONFIRM)])
def decide(request: Request, edges: EdgesOf, staff: StaffOf, form: CheckedForm, queue: QueueName) -> Response:
    """The pieces that the preview showed are decided; when they are no more the same, the new preview is shown."""
    at, reason = At(queue, among=among_of(form)), reason_of(queue)
    check(staff, needed_for(reason))
    try:
        decide_together(reason, at.among, text_of(form, "empreinte"), staff, edges)
    except RefusedError as refused:
        return _page(request, at, staff, edges, refused=refused)
    return RedirectResponse(At(queue).url(dit="fait"), 303)
