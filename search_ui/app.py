"""The web application: the public portal and the staff desk.

``create_app`` is what ``archiveia serve`` and uvicorn (``search_ui.app:create_app --factory``) call.
"""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from archiveia import errors
from archiveia.pipeline import connect
from archiveia.settings import read_settings
from search_ui.need_to_know import ReasonNeededError
from search_ui.rendering import render
from search_ui.routes import (
    account,
    accounts,
    batches,
    checks,
    copies,
    eliminations,
    forecast,
    journal,
    names,
    own_account,
    public,
    reasons,
    records,
    requests,
    review,
    review_together,
    schedule,
    staff,
    subjects,
)
from search_ui.runs import Runs
from search_ui.security import Guard, set_headers
from search_ui.sessions import LoginNeededError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from archiveia.settings import Settings

log = logging.getLogger(__name__)

STATUSES: dict[type[errors.ArchiveiaError], int] = {
    errors.UnknownUnitError: 404,
    errors.BadRequestError: 400,
    errors.NotAllowedError: 403,
    errors.RefusedError: 409,
    errors.TooLargeScanError: 413,
    errors.SearchIndexBusyError: 503,
    errors.SearchIndexError: 503,
    errors.DatabaseError: 503,
}
"""The HTTP status of our own errors, the first that fits; any other is 500."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application for these settings (those of the environment by default).

    The database is opened, and set up if need be, when the application starts.
    """
    settings = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.edges = connect(settings)
        app.state.runs = Runs(settings)
        yield
        app.state.runs.close()
        app.state.edges.close()

    app = FastAPI(title="archiveia", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    app.add_middleware(
        Guard,
        https_only=settings.cookie_secure,
        upload_path=batches.UPLOAD_PATH,
        larger_forms={
            eliminations.VISA_PATH: eliminations.MAX_VISA_FORM_BYTES,
            schedule.IMPORT_PATH: schedule.MAX_IMPORT_FORM_BYTES,
        },
    )
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    for part in (
        public,
        requests,
        account,
        own_account,
        accounts,
        batches,
        records,
        subjects,
        names,
        copies,
        checks,
        eliminations,
        forecast,
        journal,
        schedule,
        reasons,
        review_together,
        review,
        staff,
    ):
        app.include_router(part.router)
    app.add_exception_handler(LoginNeededError, _to_login)
    app.add_exception_handler(ReasonNeededError, _to_reason)
    app.add_exception_handler(errors.ArchiveiaError, _our_error)
    app.add_exception_handler(RequestValidationError, _bad_address)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
    return app


def _to_login(request: Request, error: Exception) -> Response:
    del request
    return RedirectResponse(error.login_url if isinstance(error, LoginNeededError) else "/connexion", 303)


def _to_reason(request: Request, error: Exception) -> Response:
    del request
    return RedirectResponse(error.form_url if isinstance(error, ReasonNeededError) else "/bureau", 303)


def _our_error(request: Request, error: Exception) -> Response:
    """A page with what was wrong and what to do. A visitor is told no more of a 404 than that."""
    status = next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 500)
    if status >= 500:
        log.error("%s %s: %s", request.method, request.url.path, error, exc_info=error)
    told = (
        error if isinstance(error, errors.ArchiveiaError) and getattr(request.state, "staff", None) else None
    )
    return render(request, "error.html", status, error=told)


def _bad_address(request: Request, error: Exception) -> Response:
    del error
    return render(request, "error.html", 404, error=None)


def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    response = render(request, "error.html", status, error=None)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _unexpected(request: Request, error: Exception) -> Response:
    """A page without details; they are in the log."""
    log.error("%s %s", request.method, request.url.path, exc_info=error)
    response = render(request, "error.html", 500, error=None)  # this answer does not pass through ``Guard``
    set_headers(request.url.path, response.headers, https_only=request.app.state.settings.cookie_secure)
    return response
