"""Eliminations on the desk: the list, its visa, a second person, the button and the certificate."""

from collections import Counter
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Path, Request
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database
from archiveia.edges.database import eliminations, services, units
from archiveia.errors import BadRequestError, UnknownUnitError
from archiveia.pipeline import Edges, eliminating, eliminating_papers
from archiveia.pipeline.destroying import Effects, destroy, effects
from archiveia.pipeline.eliminating_visa import MAX_BYTES, record_visa
from archiveia.pipeline.indexing import title_of
from archiveia.steps.eliminate import SHORT_SEAL
from archiveia.steps.eliminate_lines import quantity, seal
from archiveia.steps.eliminate_standing import LABELS, ORDER, OVER, STAGES, VERDICTS, next_acts
from archiveia.values import Staff
from archiveia.values.eliminations import Act, Stage, Support, hand_of
from search_ui.elimination_forms import answers_in, change_in, day_in, named_in, support_in
from search_ui.permissions import ROLES, Action, is_allowed, may
from search_ui.rendering import render
from search_ui.sent_files import file_in, form_with_file, laid
from search_ui.sessions import CheckedForm, CheckedLines, EdgesOf, StaffOf, text_of

router = APIRouter(prefix="/bureau/eliminations")
EliminationId = Annotated[str, Path(max_length=80)]
VISA_PATH = "/bureau/eliminations/visa"
MAX_VISA_FORM_BYTES = MAX_BYTES + 256 * 1024
MAX_CHOICE = 2000
"""Records that are proposed for one list."""
BY_HAND = (Act.SIGN_SERVICE, Act.SIGN_AUTHORITY, Act.SEND, Act.WITHDRAW, Act.ABANDON, Act.ATTEST, Act.CERTIFY)
"""Acts that a form with a name, a date or a reason records."""


@router.get("", dependencies=[may(Action.SEE_ELIMINATIONS)])
def list_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """Every list with its stage, newest first; how many records have fallen due."""
    with database.reading(edges.database) as connection:
        found = [e for e in eliminations.listing(connection, edges.entity) if _is_seen(e.service, staff)]
        due = _due(connection, edges, staff)
    return render(
        request,
        "eliminations.html",
        found=found,
        stages=STAGES,
        over=OVER,
        waiting=len(due),
        is_all=len(due) < MAX_CHOICE,
        may_prepare=is_allowed(staff, Action.PREPARE_ELIMINATION),
        preparers=sorted(ROLES[Action.PREPARE_ELIMINATION]),
    )


@router.get("/nouveau", dependencies=[may(Action.PREPARE_ELIMINATION)])
def choose_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """What has fallen due, service by service, to choose from."""
    with database.reading(edges.database) as connection:
        due = _due(connection, edges, staff)
        service_of = services.services_of(connection, due)
        counts = Counter(service_of.get(record, "") for record in due)
        wanted = request.query_params.get("service", min(counts, default=""))
        ids = [record for record in due if service_of.get(record, "") == wanted]
        records = units.load_records(connection, ids, edges.entity)
    return render(
        request,
        "elimination_new.html",
        services=dict(sorted(counts.items())),
        service=wanted,
        records=[(record, title_of(record)) for record in records],
        supports=Support,
        tried=None,
        support=Support.DIGITAL,
        ids="\n".join(ids),
    )


@router.post("/essai", dependencies=[may(Action.PREPARE_ELIMINATION)])
def try_out(request: Request, edges: EdgesOf, staff: StaffOf, form: CheckedForm) -> Response:
    """What would stand on the list and what would stay, with the reasons; nothing is written."""
    ids, support = _records_in(form, edges, staff), support_in(form)
    tried = eliminating.dry_run(ids, support, edges)
    with database.reading(edges.database) as connection:
        records = units.load_records(connection, ids, edges.entity)
    return render(
        request,
        "elimination_new.html",
        services={},
        service=text_of(form, "service"),
        records=[(record, title_of(record)) for record in records],
        supports=Support,
        tried=tried,
        support=support,
        ids="\n".join(ids),
    )


@router.post("", dependencies=[may(Action.PREPARE_ELIMINATION)])
def draft(edges: EdgesOf, staff: StaffOf, form: CheckedForm) -> Response:
    """A new list with those of the records that can go."""
    made = eliminating.draft(
        _records_in(form, edges, staff),
        support=support_in(form),
        service=text_of(form, "service")[:200],
        by=hand_of(staff),
        edges=edges,
    )
    return RedirectResponse(f"/bureau/eliminations/{made}", 303)


@router.get("/{elimination_id}", dependencies=[may(Action.SEE_ELIMINATIONS)])
def elimination_page(
    request: Request, edges: EdgesOf, staff: StaffOf, elimination_id: EliminationId
) -> Response:
    """One list: how far it is, its lines, what stands against it, what comes next and who may do it."""
    found = _seen(elimination_id, edges, staff)
    here, hand = found.standing, hand_of(staff)
    following = next_acts(here)
    facts: dict[Act, dict[str, Any]] = {
        Act.ISSUE: {
            "sha256": seal(here.bordereau) if here.bordereau else "",
            "on": edges.today().isoformat(),
        },
        Act.CONFIRM: {"cooling_days": edges.settings.elimination_cooling_days},
        Act.DESTROY: {},
    }
    stops = {
        act: eliminating.would_stop(found, act, facts[act], by=hand, edges=edges)
        for act in following
        if act in facts
    }
    would: Effects | None = effects(here, edges) if Act.DESTROY in following else None
    return render(
        request,
        "elimination.html",
        found=found,
        here=here,
        lines=here.bordereau.lines if here.bordereau else (),
        following=following,
        stops=stops,
        would=would,
        order=[act for act in ORDER if act is not Act.ATTEST or here.paper_goes],
        acts=Act,
        act_labels=LABELS,
        stages=STAGES,
        stage_names=Stage,
        verdicts=VERDICTS,
        supports=Support,
        quantity=quantity,
        short_seal=SHORT_SEAL,
        shown_seal=seal(here.bordereau) if here.bordereau else "",
        titles=_titles(found.against, edges),
        may_prepare=is_allowed(staff, Action.PREPARE_ELIMINATION),
        preparers=sorted(ROLES[Action.PREPARE_ELIMINATION]),
        may_destroy=is_allowed(staff, Action.DESTROY),
        saved=bool(request.query_params.get("fait")),
        backup_days=edges.settings.backup_retention_days,
    )


@router.post("/{elimination_id}/lignes", dependencies=[may(Action.PREPARE_ELIMINATION)])
def revise(edges: EdgesOf, staff: StaffOf, form: CheckedLines, elimination_id: EliminationId) -> Response:
    """The lines say what the person wrote."""
    found = _seen(elimination_id, edges, staff)
    lines = found.standing.bordereau.lines if found.standing.bordereau else ()
    changes = {line.number: change_in(form, line) for line in lines}
    eliminating.revise(found.elimination.id, changes, by=hand_of(staff), edges=edges)
    return _back(found.elimination.id)


@router.post("/{elimination_id}/emettre", dependencies=[may(Action.PREPARE_ELIMINATION)])
def issue(edges: EdgesOf, staff: StaffOf, form: CheckedForm, elimination_id: EliminationId) -> Response:
    """The list is issued as it was shown; its papers are there to print."""
    found = _seen(elimination_id, edges, staff)
    eliminating_papers.issue(found.elimination.id, text_of(form, "empreinte"), by=hand_of(staff), edges=edges)
    return _back(found.elimination.id)


@router.post("/{elimination_id}/actes/{act}", dependencies=[may(Action.PREPARE_ELIMINATION)])
def record_act(
    edges: EdgesOf, staff: StaffOf, form: CheckedForm, elimination_id: EliminationId, act: str
) -> Response:
    """A signature, the sending, a withdrawal, an end or an attestation is recorded."""
    if act not in set(BY_HAND):
        raise UnknownUnitError(f"no act {act!r}", "choose one on the page of the elimination")
    found, chosen, by = _seen(elimination_id, edges, staff), Act(act), hand_of(staff)
    facts: dict[str, Any] = {"name": text_of(form, "nom")[:200], "on": day_in(form)}
    if chosen in (Act.WITHDRAW, Act.ABANDON):
        facts = {"reason": text_of(form, "motif")[:500]}
    if chosen is Act.WITHDRAW:
        facts["records"] = named_in(text_of(form, "pieces"), found)
    if chosen is Act.ATTEST:
        facts["how"] = text_of(form, "comment")[:200]
        eliminating_papers.attest(found.elimination.id, facts, by=by, edges=edges)
    elif chosen is Act.CERTIFY:
        eliminating_papers.certify(found.elimination.id, by=by, edges=edges)
    else:
        eliminating.act(found.elimination.id, chosen, facts, by=by, edges=edges)
    return _back(found.elimination.id)


@router.post("/visa", dependencies=[may(Action.PREPARE_ELIMINATION)])
async def visa(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """The scanned visa and what it says of each line."""
    async with form_with_file(request, staff, max_bytes=MAX_VISA_FORM_BYTES) as form:
        sent = file_in(
            form,
            missing="le visa numérisé manque",
            remedy="joignez le bordereau visé, numérisé en PDF ou en image",
        )
        elimination_id = await run_in_threadpool(_take_visa, form, sent.file, edges, staff)
    return _back(elimination_id)


def _take_visa(form: FormData, sent: BinaryIO, edges: Edges, staff: Staff) -> str:
    """The list whose visa was recorded."""
    found = _seen(text_of(form, "elimination"), edges, staff)
    facts = {
        "reference": text_of(form, "reference")[:200],
        "name": text_of(form, "nom")[:200],
        "on": day_in(form),
        "number": text_of(form, "numero"),
        "sha256": text_of(form, "empreinte").casefold(),
        "answers": answers_in(form, found),
    }
    with laid(sent, "visa") as file:
        record_visa(found.elimination.id, facts, file, by=hand_of(staff), edges=edges)
    return found.elimination.id


@router.post("/{elimination_id}/confirmer", dependencies=[may(Action.DESTROY)])
def confirm(edges: EdgesOf, staff: StaffOf, _form: CheckedForm, elimination_id: EliminationId) -> Response:
    """The second person confirmed: the time to think begins."""
    found = _seen(elimination_id, edges, staff)
    eliminating.confirm(found.elimination.id, by=hand_of(staff), edges=edges)
    return _back(found.elimination.id)


@router.post("/{elimination_id}/detruire", dependencies=[may(Action.DESTROY)])
def press(edges: EdgesOf, staff: StaffOf, form: CheckedForm, elimination_id: EliminationId) -> Response:
    """The second person pressed the button: what the visa lets go is gone, and certified."""
    found = _seen(elimination_id, edges, staff)
    if text_of(form, "numero") != found.elimination.number:
        raise BadRequestError(
            f"le numéro écrit n’est pas {found.elimination.number}",
            "écrivez le numéro du bordereau pour détruire",
        )
    destroy(found.elimination.id, by=hand_of(staff), edges=edges)
    return _back(found.elimination.id)


@router.get("/{elimination_id}/papiers/{what}.{kind}", dependencies=[may(Action.SEE_ELIMINATIONS)])
def paper(edges: EdgesOf, staff: StaffOf, elimination_id: EliminationId, what: str, kind: str) -> Response:
    """A paper of the list, as it was made: the bordereau, the scanned visa, the certificate."""
    acts = {"bordereau": Act.ISSUE, "visa": Act.VISA, "certificat": Act.CERTIFY}
    found = _seen(elimination_id, edges, staff)
    if what not in acts:
        raise UnknownUnitError(
            f"no such paper of {found.elimination.number}", "choose one on the page of the elimination"
        )
    name, data = eliminating_papers.document(found.elimination.id, acts[what], kind, edges)
    media = eliminating_papers.KINDS.get(kind, "application/octet-stream")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media, headers=headers)


def _seen(elimination_id: str, edges: Edges, staff: Staff) -> eliminating.Status:
    """The list, if this account sees the files of its service."""
    found = eliminating.status(elimination_id, edges)
    if not _is_seen(found.elimination.service, staff):
        raise UnknownUnitError(
            f"no elimination {elimination_id!r} here", "list them with `archiveia eliminate list`"
        )
    return found


def _is_seen(service: str, staff: Staff) -> bool:
    return staff.sees_only is None or service in staff.sees_only


def _titles(ids: Any, edges: Edges) -> dict[str, str]:
    with database.reading(edges.database) as connection:
        here = units.in_use(connection, list(ids))
        return {r.id: title_of(r) for r in units.load_records(connection, here, edges.entity)}


def _records_in(form: FormData, edges: Edges, staff: Staff) -> list[str]:
    """The identifiers that were written, one a line; those of services that this account does not see are unknown."""
    ids = list(dict.fromkeys(text_of(form, "pieces").split()))
    if not ids:
        raise BadRequestError("aucune pièce n’est choisie", "donnez leurs identifiants, un par ligne")
    with database.reading(edges.database) as connection:
        seen = set(services.seen(connection, ids, staff.sees_only))
    for record in ids:
        if record not in seen:
            raise UnknownUnitError(f"no record {record!r} here", "copy an identifier from `archiveia search`")
    return ids


def _due(connection: Connection, edges: Edges, staff: Staff) -> list[str]:
    """What fell due of what this account sees; no more than one list takes."""
    return eliminations.ripe(
        connection, edges.entity, before=edges.today(), sees_only=staff.sees_only, limit=MAX_CHOICE
    )


def _back(elimination_id: str) -> RedirectResponse:
    return RedirectResponse(f"/bureau/eliminations/{elimination_id}?fait=1", 303)
