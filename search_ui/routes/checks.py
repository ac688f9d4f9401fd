"""Checks: what looks wrong in descriptions, its proposed mend, and what people decided of it."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database
from archiveia.edges.database import units
from archiveia.errors import BadRequestError
from archiveia.pipeline import Edges
from archiveia.pipeline.cleaning_decisions import decide_finding
from archiveia.pipeline.cleaning_records import Told, Verdict, check_descriptions, told_findings
from archiveia.pipeline.indexing import title_of
from archiveia.steps.cleaning import LABELS, Fault
from search_ui.asking import page_number
from search_ui.need_to_know import read, sees_all
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, text_of
from search_ui.showing import words_of

router = APIRouter(prefix="/bureau/controles")
RecordId = Annotated[str, Path(max_length=80)]
PAGE_SIZE = 30


@router.get("", dependencies=[may(Action.REVIEW)])
def checks_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """What the last check found and nobody decided, of one kind when it was chosen; and what was decided."""
    sees_all(staff)
    wanted, number = request.query_params.get("motif", ""), page_number(request.query_params.get("page"))
    fault = Fault(wanted) if wanted in set(Fault) else None
    told = told_findings(edges)
    waiting = [t for t in told if t.verdict is Verdict.OPEN]
    counts = Counter(str(t.finding.fault) for t in waiting)
    shows_decided = wanted == "decides"
    listed = [t for t in told if t.verdict is not Verdict.OPEN] if shows_decided else waiting
    listed = [t for t in listed if fault is None or t.finding.fault is fault]
    shown = listed[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return render(
        request,
        "checks.html",
        told=shown,
        titles=_titles(shown, edges),
        counts={kind: counts[kind] for kind in LABELS if counts[kind]},
        total=len(waiting),
        decided=sum(t.verdict is not Verdict.OPEN for t in told),
        listed=len(listed),
        wanted="decides" if shows_decided else fault or "",
        number=number,
        pages=-(-len(listed) // PAGE_SIZE),
        words_of=words_of,
        saved=bool(request.query_params.get("fait")),
    )


def _titles(told: list[Told], edges: Edges) -> dict[str, str]:
    ids = list(dict.fromkeys(record for t in told for record in t.finding.where))
    with database.reading(edges.database) as connection:
        return {r.id: title_of(r) for r in units.load_records(connection, ids, edges.entity)}


@router.post("", dependencies=[may(Action.DESCRIBE)])
def check(edges: EdgesOf, staff: StaffOf, _form: CheckedForm) -> Response:
    """Every description is checked now, as every night."""
    sees_all(staff)
    check_descriptions(edges)
    return RedirectResponse("/bureau/controles", 303)


@router.post("/{record_id}", dependencies=[may(Action.DESCRIBE)])
def decide(edges: EdgesOf, staff: StaffOf, form: CheckedForm, record_id: RecordId) -> Response:
    """The person accepted the mend, dismissed the finding, or took that back."""
    sees_all(staff)
    verdict, seen = text_of(form, "decision"), text_of(form, "motif")
    if verdict not in set(Verdict):
        raise BadRequestError(f"décision inconnue : {verdict!r}", "corrigez ou écartez le constat")
    read(record_id, staff, edges)
    decide_finding(record_id, text_of(form, "cle"), Verdict(verdict), actor=staff.name, edges=edges)
    back = seen if seen in {*Fault, "decides"} else ""
    return RedirectResponse(f"/bureau/controles?motif={back}&fait=1", 303)
