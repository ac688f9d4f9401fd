"""Who asks, and whether a form was really sent from our pages.

The staff's session is an opaque cookie whose hash is in the database; its forms carry the session's
token. Visitors have no session: their forms carry the value of a cookie of their own (double submit).
"""

import secrets
from datetime import timedelta
from typing import Annotated, cast
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from archiveia.edges import database
from archiveia.edges.database import login
from archiveia.pipeline import Edges
from archiveia.values.people import Staff

SESSION_COOKIE = "archiveia_session"
FORM_COOKIE = "archiveia_form"
FORM_FIELD = "jeton"


class LoginNeededError(Exception):
    """The page is for the staff and nobody is logged in."""

    def __init__(self, after: str) -> None:
        super().__init__(after)
        self.login_url = f"/connexion?suite={quote(after)}"


def edges_of(request: Request) -> Edges:
    """The edges of this installation, opened when the application started."""
    return cast("Edges", request.app.state.edges)


EdgesOf = Annotated[Edges, Depends(edges_of)]


def current_staff(request: Request, edges: EdgesOf) -> Staff | None:
    """Who is logged in; ``None`` for a visitor."""
    token, staff, now = request.cookies.get(SESSION_COOKIE), None, edges.now()
    idle = timedelta(minutes=edges.settings.session_idle_minutes)
    if token:
        with database.reading(edges.database) as connection:
            staff = login.staff_of(connection, token, edges.entity, now=now, idle=idle)
            is_to_touch = staff is not None and login.is_to_touch(connection, staff.session, now=now)
        if staff is not None and is_to_touch:
            with database.writing(edges.database) as connection:
                login.touch(connection, staff.session, now=now)
    request.state.staff = staff
    return staff


Visitor = Annotated[Staff | None, Depends(current_staff)]


def staff_required(request: Request, visitor: Visitor) -> Staff:
    """Who is logged in.

    Raises:
        LoginNeededError: nobody is.
    """
    if visitor is None:
        after = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise LoginNeededError(after if request.method == "GET" else "/bureau")
    return visitor


StaffOf = Annotated[Staff, Depends(staff_required)]


def form_token(request: Request) -> str:
    """The token that a form on this page must carry."""
    staff = getattr(request.state, "staff", None)
    if staff is not None:
        return cast("Staff", staff).csrf_token
    token = getattr(request.state, "form_token", None) or request.cookies.get(FORM_COOKIE)
    if not token or len(token) < 32:
        token = secrets.token_urlsafe(32)
    request.state.form_token = token
    return token


def is_right_token(request: Request, visitor: Staff | None, sent: object) -> bool:
    """The token came from a form on one of our pages."""
    expected = visitor.csrf_token if visitor else request.cookies.get(FORM_COOKIE, "")
    return isinstance(sent, str) and is_same(sent, expected)


def is_same(sent: str, expected: str) -> bool:
    """The token that was sent is the one expected, which is long enough to be one."""
    return len(expected) >= 32 and secrets.compare_digest(sent.encode(), expected.encode())


async def checked_form(request: Request, visitor: Visitor) -> FormData:
    """The fields of a form that was sent from our own pages.

    Raises:
        HTTPException: 403, it was not.
    """
    return await _checked(request, visitor, max_fields=200)


async def checked_lines(request: Request, visitor: Visitor) -> FormData:
    """The same of a form with several fields for each line of a list: there may be a line for each rule of a schedule.

    Raises:
        HTTPException: 403, it was not.
    """
    return await _checked(request, visitor, max_fields=5_000)


async def _checked(request: Request, visitor: Staff | None, *, max_fields: int) -> FormData:
    form = await request.form(max_files=0, max_fields=max_fields)
    if not is_right_token(request, visitor, form.get(FORM_FIELD)):
        raise HTTPException(403)
    return form


CheckedForm = Annotated[FormData, Depends(checked_form)]
CheckedLines = Annotated[FormData, Depends(checked_lines)]


def text_of(form: FormData, name: str) -> str:
    """One field of a form as text, without the spaces around it; empty when it is not there."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def set_cookie(
    response: Response, name: str, value: str, *, secure: bool, max_age_s: int | None = None
) -> None:
    """The cookie, kept from scripts and from forms of other sites."""
    response.set_cookie(
        name, value, max_age=max_age_s, path="/", httponly=True, samesite="lax", secure=secure
    )
