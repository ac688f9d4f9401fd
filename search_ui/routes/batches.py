"""Uploading a batch, and what becomes of it."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Path, Request
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database
from archiveia.edges.database import sources
from archiveia.errors import ArchiveiaError, BadRequestError, UnknownUnitError
from archiveia.pipeline import Account, Edges
from archiveia.pipeline.account import account
from archiveia.steps.intake import stable_id
from archiveia.values import Staff
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.runs import RunState
from search_ui.sessions import EdgesOf, StaffOf, edges_of, is_right_token
from search_ui.uploads import Upload, name_taken, too_large

router = APIRouter(prefix="/bureau/lots")
UPLOAD_PATH = "/bureau/lots/nouveau"
BatchId = Annotated[str, Path(max_length=80)]


@router.get("/nouveau", dependencies=[may(Action.DEPOSIT)])
def upload_form(request: Request, edges: EdgesOf, _staff: StaffOf) -> Response:
    """The form that takes files or a folder."""
    return _form(request, edges, None)


@router.post("/nouveau", dependencies=[may(Action.DEPOSIT)])
async def upload(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """The files are in the workspace and their run in line; on any error nothing of them is kept."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise BadRequestError("ce n’est pas un envoi de fichiers", "utilisez le formulaire")
    max_bytes = edges.settings.max_upload_mb * 1024**2
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > min(max_bytes, edges.storage.free_bytes()):
        return _form(request, edges, too_large(max_bytes), 413)
    coming = Upload(
        edges.storage.incoming(edges.entity),
        options[b"boundary"],
        max_bytes,
        lambda token: is_right_token(request, staff, token),
    )
    try:
        async for data in request.stream():
            await run_in_threadpool(coming.feed, data)
        batch_id = await run_in_threadpool(_finish, request, coming, staff, edges)
    except ArchiveiaError as error:
        status = 413 if coming.received_bytes > max_bytes else 400
        return _form(request, edges, error, status)
    finally:
        await run_in_threadpool(coming.abandon)
    return RedirectResponse(f"/bureau/lots/{batch_id}", 303)


def _finish(request: Request, coming: Upload, staff: Staff, edges: Edges) -> str:
    """The id of the new batch, whose run is in line."""
    producer = _producer(coming.fields.get("service", "")[:200], staff)
    batch_id = stable_id("batch", edges.entity, coming.batch)
    if _batch(batch_id, edges) is not None:
        raise name_taken(coming.batch)
    folder = coming.finish()
    request.app.state.runs.start(batch_id, folder, batch=folder.name, producer=producer)
    return batch_id


def _producer(named: str, staff: Staff) -> str:
    """The service that the batch is of: an account that sees some services only delivers for one of them.

    Raises:
        BadRequestError: it named another one, or none where it has several.
    """
    if staff.sees_only is None or named in staff.sees_only:
        return named
    if not named and len(staff.sees_only) == 1:
        return next(iter(staff.sees_only))
    mine = ", ".join(sorted(staff.sees_only)) or "aucun"
    raise BadRequestError(
        f"votre compte ne verse pas pour le service {named!r}", f"choisissez un de vos services : {mine}"
    )


def _form(request: Request, edges: Edges, problem: ArchiveiaError | None, status: int = 200) -> Response:
    limit_mb = edges.settings.max_upload_mb
    return render(request, "batch_new.html", status, problem=problem, limit_mb=limit_mb)


@router.get("/{batch_id}", dependencies=[may(Action.FOLLOW_BATCHES)])
def batch_page(request: Request, staff: StaffOf, batch_id: BatchId) -> Response:
    """The batch: how far it is, then the account of every file."""
    return _progress(request, staff, batch_id, "batch.html")


@router.get("/{batch_id}/avancement", dependencies=[may(Action.FOLLOW_BATCHES)])
def batch_progress(request: Request, staff: StaffOf, batch_id: BatchId) -> Response:
    """The part of the batch's page that changes while the run goes on."""
    return _progress(request, staff, batch_id, "batch_progress.html")


def _progress(request: Request, staff: Staff, batch_id: str, template: str) -> Response:
    edges = edges_of(request)
    state: RunState = request.app.state.runs.state(batch_id)
    batch = _batch(batch_id, edges)
    name = batch.name if batch else None
    is_of_others = batch is not None and staff.sees_only is not None and batch.producer not in staff.sees_only
    if is_of_others or (batch is None and state is RunState.UNKNOWN):
        raise UnknownUnitError(f"no batch {batch_id!r} here", "choose one on the desk")
    told = _account(batch_id, edges)
    going_on = state in (RunState.WAITING, RunState.RUNNING)
    return render(
        request, template, batch_id=batch_id, name=name, account=told, state=state, going_on=going_on
    )


def _account(batch_id: str, edges: Edges) -> Account:
    with database.reading(edges.database) as connection:
        ids = sources.of_batch(connection, batch_id, edges.entity)
    return account(ids, edges, seconds=0)


def _batch(batch_id: str, edges: Edges) -> sa.Row[Any] | None:
    with database.reading(edges.database) as connection:
        return next((b for b in sources.batch_list(connection, edges.entity) if b.id == batch_id), None)
