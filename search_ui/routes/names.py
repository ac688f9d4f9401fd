"""Names: variants of one place, organisation or person, proposed as one, and what people decided of them."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database
from archiveia.edges.database import names, units
from archiveia.edges.database.names import GroupState
from archiveia.errors import BadRequestError, UnknownUnitError
from archiveia.pipeline import Edges, authority
from archiveia.pipeline.indexing import title_of
from search_ui.asking import page_number
from search_ui.need_to_know import sees_all
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, text_of

router = APIRouter(prefix="/bureau/noms")
GroupId = Annotated[str, Path(max_length=40)]
PAGE_SIZE = 20


@router.get("", dependencies=[may(Action.REVIEW)])
def names_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """The groups of variants: those that wait, those that were accepted, those that were refused."""
    sees_all(staff)
    wanted = request.query_params.get("etat", "")
    state = GroupState(wanted) if wanted in set(GroupState) else GroupState.PROPOSED
    number = page_number(request.query_params.get("page"))
    with database.reading(edges.database) as connection:
        counts = names.counts(connection, edges.entity)
        shown = names.groups(
            connection, edges.entity, state, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
        )
    return render(
        request,
        "names.html",
        groups=shown,
        counts=counts,
        state=state,
        titles=_titles([r for g in shown for f in g.forms for r in f.examples], edges),
        number=number,
        pages=-(-counts[state] // PAGE_SIZE),
        saved=bool(request.query_params.get("fait")),
    )


def _titles(record_ids: list[str], edges: Edges) -> dict[str, str]:
    """The titles of the examples that are still there."""
    found = {}
    with database.reading(edges.database) as connection:
        for record_id in dict.fromkeys(record_ids):
            try:
                found[record_id] = title_of(units.load_record(connection, record_id, edges.entity))
            except UnknownUnitError:
                continue
    return found


@router.post("/chercher", dependencies=[may(Action.DESCRIBE)])
def look(edges: EdgesOf, staff: StaffOf, _form: CheckedForm) -> Response:
    """Variants are looked for now, as every night."""
    sees_all(staff)
    authority.propose_names(edges)
    return RedirectResponse("/bureau/noms", 303)


@router.post("/{group_id}", dependencies=[may(Action.DESCRIBE)])
def decide(edges: EdgesOf, staff: StaffOf, form: CheckedForm, group_id: GroupId) -> Response:
    """The person said that the variants are one name, or are not, or took that back."""
    sees_all(staff)
    wanted = text_of(form, "decision")
    if wanted not in set(GroupState):
        raise BadRequestError(f"décision inconnue : {wanted!r}", "retenez ou refusez le rapprochement")
    authority.decide_names(
        group_id,
        GroupState(wanted),
        actor=staff.name,
        edges=edges,
        preferred=text_of(form, "forme") or None,
    )
    return _back(form)


@router.post("/{group_id}/variante", dependencies=[may(Action.DESCRIBE)])
def take_out(edges: EdgesOf, staff: StaffOf, form: CheckedForm, group_id: GroupId) -> Response:
    """The person took a variant out of its group, or put it back."""
    sees_all(staff)
    out = text_of(form, "decision") == "sortir"
    authority.take_out(group_id, text_of(form, "variante"), out=out, actor=staff.name, edges=edges)
    return _back(form)


def _back(form: FormData) -> RedirectResponse:
    """To the list that the person was looking at."""
    seen = text_of(form, "etat")
    state = seen if seen in set(GroupState) else GroupState.PROPOSED
    return RedirectResponse(f"/bureau/noms?etat={state}&fait=1", 303)
