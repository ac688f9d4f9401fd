"""The retention schedule on the desk: its rules with their sources, who signed them, what a version would change."""

from collections.abc import Callable
from datetime import date
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database, mail
from archiveia.edges.database import rule_sets as stored
from archiveia.errors import BadRequestError, ScheduleError
from archiveia.pipeline import Edges, rule_sets
from archiveia.pipeline.rules import run_retain
from archiveia.steps.folding import fold_tokens
from archiveia.steps.retain import duration_in_french, why_no_fate
from archiveia.steps.retain_rows import UNSOURCED
from archiveia.steps.rule_changes import rule_changes
from archiveia.steps.rule_check import Finding
from archiveia.values import RetentionRule, Signature, SortFinal, Staff, TriggerKind
from search_ui.need_to_know import sees_all
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.sent_files import file_in, form_with_file, laid
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, text_of
from search_ui.uploads import safe_path

router = APIRouter(prefix="/bureau/tableau-de-gestion")
Version = Annotated[int, Path(ge=0, lt=2**31)]
IMPORT_PATH = "/bureau/tableau-de-gestion/versions"
MAX_IMPORT_FORM_BYTES = 4 * 2**20
"""Ten times the schedule that comes with the program, as CSV."""
MAX_WRONG = 200
KINDS = {"csv": "text/csv; charset=utf-8", "ods": "application/vnd.oasis.opendocument.spreadsheet"}


def _is_to_sign(rule: RetentionRule, day: date) -> bool:
    is_sourced = rule.fate_confidence != UNSOURCED
    return (
        rule.sort_final is SortFinal.ELIMINATE and is_sourced and not rule.signature and rule.is_usable(day)
    )


TABS: dict[str, tuple[str, Callable[[RetentionRule, date], bool]]] = {
    "": ("toutes les lignes", lambda _rule, _day: True),
    "a-signer": ("éliminations à signer", _is_to_sign),
    "signees": ("lignes signées", lambda rule, _day: rule.signature is not None),
    "sans-source": ("sort final sans source", lambda rule, _day: rule.fate_confidence == UNSOURCED),
    "a-preciser": (
        "événement à préciser",
        lambda rule, _day: rule.event.kind is TriggerKind.UNMAPPED,
    ),
}
"""The tabs by the word of the address: what they show, and which rules."""


@router.get("", dependencies=[may(Action.READ)])
def schedule_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """The rules in force, those of one tab or that have the words asked for, and the versions that there are."""
    if request.query_params.get("alertes"):
        sees_all(staff)
    tab, words = request.query_params.get("motif", ""), request.query_params.get("q", "").strip()
    rules, today = rule_sets.rules_numbered(None, edges), edges.today()
    tab = tab if tab in TABS else ""
    wanted = fold_tokens(words)
    shown = [rule for rule in rules if TABS[tab][1](rule, today) and _has(rule, wanted)]
    with database.reading(edges.database) as connection:
        versions = stored.versions(connection, edges.entity)
        current = stored.in_force(connection, edges.entity)
    return render(
        request,
        "schedule.html",
        rules=[(rule, duration_in_french(rule), why_no_fate(rule, today=today)) for rule in shown],
        counts={key: sum(holds(rule, today) for rule in rules) for key, (_, holds) in TABS.items()},
        tabs={key: name for key, (name, _) in TABS.items()},
        tab=tab,
        words=words,
        alerts=rule_sets.passed_maxima(edges) if request.query_params.get("alertes") else None,
        mailed=mail.can_send(edges.settings, edges.settings.dpo_mail_addresses),
        version=rules[0].rule_set,
        versions=versions,
        current=current.number if current else None,
        today=today,
        saved=bool(request.query_params.get("fait")),
    )


def _has(rule: RetentionRule, wanted: list[str]) -> bool:
    tokens = fold_tokens(f"{rule.code} {rule.label} {rule.source}")
    return all(any(token.startswith(word) for token in tokens) for word in wanted)


@router.get("/versions/{number}", dependencies=[may(Action.READ)])
def version_page(request: Request, edges: EdgesOf, staff: StaffOf, number: Version) -> Response:
    """What a version would change of the one in force; how many proposals, when that was asked for."""
    if request.query_params.get("effet"):
        sees_all(staff)
    before, after = rule_sets.rules_numbered(None, edges), rule_sets.rules_numbered(number, edges)
    effect = rule_sets.effect_of(after, edges) if request.query_params.get("effet") else None
    return render(
        request,
        "schedule_version.html",
        number=number,
        version=after[0].rule_set,
        in_force=before[0].rule_set,
        changes=rule_changes(before, after),
        labels_of={rule.code: rule.label for rule in (*before, *after)},
        effect=effect,
    )


@router.post("/versions", dependencies=[may(Action.DECIDE_RETENTION)])
async def import_version(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """What the version of a file would change, before anybody adopts it; or all that is wrong in the file."""
    async with form_with_file(request, staff, max_bytes=MAX_IMPORT_FORM_BYTES) as form:
        sent = file_in(form, missing="aucun fichier n’est joint", remedy="joignez un tableau CSV ou ODS")
        return await run_in_threadpool(_take_in, request, sent, edges, staff)


def _take_in(request: Request, sent: UploadFile, edges: Edges, staff: Staff) -> Response:
    name = (safe_path(sent.filename or "") or FilePath("tableau")).name
    if FilePath(name).suffix.lower() not in (".csv", ".ods"):
        raise BadRequestError(f"« {name} » n’est pas un tableau", "enregistrez-le en ODS, ou en CSV (UTF-8)")
    with laid(sent.file, name) as path:
        wrong = _wrong_in(path)
        if wrong:
            return render(
                request,
                "schedule_refused.html",
                400,
                name=name,
                wrong=wrong[:MAX_WRONG],
                more=len(wrong) - MAX_WRONG,
            )
        number = rule_sets.take_in(path, actor=staff.name, edges=edges)
    return RedirectResponse(f"/bureau/tableau-de-gestion/versions/{number}", 303)


def _wrong_in(path: FilePath) -> list[Finding]:
    try:
        return [finding for finding in rule_sets.check_file(path) if finding.is_error]
    except ScheduleError as error:  # no table with the columns of a schedule
        return [Finding(is_error=True, line=None, says=says) for says in (error.message, error.remedy)]


@router.post("/versions/{number}/adopter", dependencies=[may(Action.DECIDE_RETENTION)])
def adopt(
    edges: EdgesOf, staff: StaffOf, _form: CheckedForm, number: Version, later: BackgroundTasks
) -> Response:
    """The version is in force; proposals that it touches are made again behind this answer."""
    later.add_task(_again, rule_sets.put_in_force(number, actor=staff.name, edges=edges), edges)
    return _back()


@router.post("/signer", dependencies=[may(Action.DECIDE_RETENTION)])
def sign(edges: EdgesOf, staff: StaffOf, form: CheckedForm, later: BackgroundTasks) -> Response:
    """The ticked rows are signed by the collectivité, or their signatures withdrawn."""
    codes = [code for code in form.getlist("ligne") if isinstance(code, str)]
    if not codes:
        raise BadRequestError("aucune ligne n’est cochée", "cochez celles que la collectivité a signées")
    if text_of(form, "decision") == "retirer":
        touched = rule_sets.withdraw(codes, actor=staff.name, edges=edges)
    else:
        signature = Signature(text_of(form, "signataire"), _day(text_of(form, "le")), text_of(form, "avis"))
        touched = rule_sets.sign(codes, signature, actor=staff.name, edges=edges)
    later.add_task(_again, touched, edges)
    return _back()


@router.get("/export.{kind}", dependencies=[may(Action.READ)])
def export(edges: EdgesOf, staff: StaffOf, kind: Annotated[str, Path(pattern="^(csv|ods)$")]) -> Response:
    """The schedule in force as a file that ``archiveia rules import`` reads back."""
    packed = rule_sets.written(None, f".{kind}", actor=staff.name, edges=edges)
    headers = {"Content-Disposition": f'attachment; filename="tableau-de-gestion.{kind}"'}
    return Response(packed, media_type=KINDS[kind], headers=headers)


def _again(records: list[str], edges: Edges) -> None:
    run_retain(records, edges)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequestError(f"{text!r} n’est pas une date", "écrivez par exemple 2026-01-31") from error


def _back() -> RedirectResponse:
    return RedirectResponse("/bureau/tableau-de-gestion?fait=1", 303)
