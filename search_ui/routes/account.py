"""Logging in and out: by password and second factor, or by an identity provider."""

from datetime import timedelta
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database, oidc
from archiveia.edges.database import login, oidc_logins
from archiveia.errors import ArchiveiaError, RefusedError
from archiveia.pipeline import Edges, logging_in
from archiveia.pipeline.logging_in import Caller, LoggedIn
from archiveia.values import Staff
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.sessions import (
    SESSION_COOKIE,
    CheckedForm,
    EdgesOf,
    StaffOf,
    Visitor,
    is_same,
    set_cookie,
    text_of,
)

router = APIRouter()
STATE_COOKIE = "archiveia_etat"


def after_login(wanted: str) -> str:
    """A path of the staff's pages; never an address elsewhere."""
    return wanted if wanted.startswith("/bureau") and "\\" not in wanted else "/bureau"


@router.get("/connexion")
def login_page(request: Request, visitor: Visitor) -> Response:
    """The log-in form."""
    after = after_login(request.query_params.get("suite", ""))
    if visitor is not None:
        return RedirectResponse(after, 303)
    return _form(request, after)


@router.post("/connexion")
def log_in(request: Request, edges: EdgesOf, form: CheckedForm) -> Response:
    """A session for the right name and password; what failed too often has to wait."""
    name, after = text_of(form, "nom")[:80], after_login(text_of(form, "suite"))
    password = str(form.get("mot_de_passe", ""))[:1000]
    return _answer(request, logging_in.log_in(name, password, _caller(request), edges), after, edges)


@router.get("/connexion/code")
def code_page(request: Request, edges: EdgesOf) -> Response:
    """The form of the second factor, for who gave the right password."""
    after = after_login(request.query_params.get("suite", ""))
    if _awaiting(request, edges) is None:
        return RedirectResponse("/connexion", 303)
    return _form(request, after, template="login_code.html")


@router.post("/connexion/code")
def give_code(request: Request, edges: EdgesOf, form: CheckedForm) -> Response:
    """A session for the right second factor."""
    after, waiting = after_login(text_of(form, "suite")), _awaiting(request, edges)
    if waiting is None:
        return RedirectResponse("/connexion", 303)
    came = logging_in.give_code(waiting, text_of(form, "code")[:40], _caller(request), edges)
    return _answer(request, came, after, edges, template="login_code.html")


@router.get("/connexion/identite")
def to_provider(request: Request, edges: EdgesOf) -> Response:
    """To the identity provider, with a state that only this browser has."""
    if not edges.settings.oidc_issuer:
        return RedirectResponse("/connexion", 303)
    after = after_login(request.query_params.get("suite", ""))
    with database.writing(edges.database) as connection:
        state, nonce, verifier = oidc_logins.begin(connection, after=after, now=edges.now())
    try:
        url = oidc.address_of_login(edges.settings, state=state, nonce=nonce, verifier=verifier)
    except ArchiveiaError as error:
        return _form(request, after, 503, error=error)
    response = RedirectResponse(url, 303)
    lasts_s = int(oidc_logins.LASTS.total_seconds())
    set_cookie(response, STATE_COOKIE, state, secure=edges.settings.cookie_secure, max_age_s=lasts_s)
    return response


@router.get("/connexion/retour")
def from_provider(request: Request, edges: EdgesOf) -> Response:
    """A session for the account of the identity that the provider proved, in the browser that was sent there."""
    state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
    begun = None
    if state and is_same(state, request.cookies.get(STATE_COOKIE, "")):
        with database.writing(edges.database) as connection:
            begun = oidc_logins.take(connection, state, now=edges.now())
    try:
        if begun is None or not code:
            raise RefusedError("this log-in was not begun in this browser, or is over", "begin again")
        subject = oidc.identity(edges.settings, code=code, nonce=begun.nonce, verifier=begun.verifier)
    except ArchiveiaError as error:
        return _form(request, "/bureau", 403, error=error)
    came = logging_in.log_in_as(subject, _caller(request), edges)
    if came.token is None:
        unknown = RefusedError(
            "no account of these archives has this identity", "ask an administrator of these archives"
        )
        return _form(request, "/bureau", 403, error=unknown)
    response = _answer(request, came, after_login(begun.after), edges)
    response.delete_cookie(STATE_COOKIE)
    return response


@router.post("/deconnexion", dependencies=[may(Action.OWN_ACCOUNT)])
def log_out(request: Request, edges: EdgesOf, staff: StaffOf, _form: CheckedForm) -> Response:
    """The session is over, here and in the database."""
    logging_in.log_out(staff, request.cookies[SESSION_COOKIE], edges)
    response = RedirectResponse("/", 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


def _answer(
    request: Request, came: LoggedIn, after: str, edges: Edges, *, template: str = "login.html"
) -> Response:
    if came.token is None and came.closed_until is not None:
        return _form(request, after, 429, template=template, closed_until=came.closed_until)
    if came.token is None:
        problem = "Ce nom et ce mot de passe ne vont pas ensemble."
        if template != "login.html":
            problem = "Ce code n’est pas le bon, ou il a déjà servi."
        return _form(request, after, 401, template=template, problem=problem)
    if came.awaits_code:
        response, lasts = (
            RedirectResponse(f"/connexion/code?suite={quote(after)}", 303),
            logging_in.CODE_WAITS,
        )
    else:
        response, lasts = RedirectResponse(after, 303), timedelta(hours=edges.settings.session_hours)
    secure = edges.settings.cookie_secure
    set_cookie(response, SESSION_COOKIE, came.token, secure=secure, max_age_s=int(lasts.total_seconds()))
    return response


def _form(
    request: Request, after: str, status: int = 200, *, template: str = "login.html", **told: object
) -> Response:
    settings = request.app.state.settings
    provider = settings.oidc_label if settings.oidc_issuer else None
    values = {"problem": None, "closed_until": None, "error": None, "identity_provider": provider}
    return render(request, template, status, after=after, **(values | told))


def _caller(request: Request) -> Caller:
    address = request.client.host if request.client else ""
    browser = request.headers.get("user-agent", "")[:200]
    return Caller(address, browser, request.cookies.get(SESSION_COOKIE, ""))


def _awaiting(request: Request, edges: Edges) -> Staff | None:
    """Who gave the right password in this browser, and has yet to give the second factor."""
    token = request.cookies.get(SESSION_COOKIE, "")
    with database.reading(edges.database) as connection:
        return login.staff_of(
            connection, token, edges.entity, now=edges.now(), idle=logging_in.CODE_WAITS, awaiting=True
        )
