"""Logging in and out."""

from datetime import timedelta

from fastapi import APIRouter, Request
from sqlalchemy.engine import Connection
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database
from archiveia.edges.database import login, people
from archiveia.edges.database.journal import journal_login
from archiveia.pipeline import Edges
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.sessions import SESSION_COOKIE, CheckedForm, EdgesOf, StaffOf, Visitor, set_cookie, text_of

router = APIRouter()


def after_login(wanted: str) -> str:
    """A path of the staff's pages; never an address elsewhere."""
    return wanted if wanted.startswith("/bureau") and "\\" not in wanted else "/bureau"


@router.get("/connexion")
def login_page(request: Request, visitor: Visitor) -> Response:
    """The log-in form."""
    after = after_login(request.query_params.get("suite", ""))
    if visitor is not None:
        return RedirectResponse(after, 303)
    return render(request, "login.html", after=after, problem=None)


@router.post("/connexion")
def log_in(request: Request, edges: EdgesOf, form: CheckedForm) -> Response:
    """A session for the right name and password; a name that failed too often from an address has to wait."""
    name, after = text_of(form, "nom")[:80], after_login(text_of(form, "suite"))
    password = str(form.get("mot_de_passe", ""))[:1000]
    throttle, now = request.app.state.throttle, edges.now()
    key = f"{name.casefold()}\n{request.client.host if request.client else ''}"
    if throttle.is_closed(key, now=now):
        problem = "Trop d’essais : attendez quinze minutes avant de recommencer."
        return render(request, "login.html", 429, after=after, problem=problem)
    lasts = timedelta(hours=edges.settings.session_hours)
    with database.writing(edges.database) as connection:
        account = login.who(connection, edges.entity, name, password)
        token = login.open_session(connection, account.id, now=now, lasts=lasts) if account else None
        if token is None:
            throttle.failed(key, now=now)
        _tell_login(
            connection, edges, name, is_open=token is not None, locked=throttle.is_closed(key, now=now)
        )
    if token is None:
        problem = "Ce nom et ce mot de passe ne vont pas ensemble."
        return render(request, "login.html", 401, after=after, problem=problem)
    throttle.forget(key)
    response = RedirectResponse(after, 303)
    secure = edges.settings.cookie_secure
    set_cookie(response, SESSION_COOKIE, token, secure=secure, max_age_s=int(lasts.total_seconds()))
    return response


def _tell_login(connection: Connection, edges: Edges, name: str, *, is_open: bool, locked: bool) -> None:
    """The journal has the log-in, or that it was refused, and that the account is closed for a while."""
    known = people.user_named(connection, edges.entity, name)
    outcomes = ["login"] if is_open else ["login_refused", *(["locked"] if locked else [])]
    for outcome in outcomes:
        journal_login(
            connection,
            entity_id=edges.entity,
            outcome=outcome,
            name=known.name if known else None,
            now=edges.now(),
        )


@router.post("/deconnexion", dependencies=[may(Action.OWN_ACCOUNT)])
def log_out(request: Request, edges: EdgesOf, staff: StaffOf, _form: CheckedForm) -> Response:
    """The session is over, here and in the database."""
    with database.writing(edges.database) as connection:
        login.log_out(connection, request.cookies[SESSION_COOKIE])
        journal_login(connection, entity_id=edges.entity, outcome="logout", name=staff.name, now=edges.now())
    response = RedirectResponse("/", 303)
    response.delete_cookie(SESSION_COOKIE)
    return response
