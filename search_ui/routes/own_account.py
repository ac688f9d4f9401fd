"""One's own account: password, second factor, open sessions."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database, second_factor
from archiveia.edges.database import login, people
from archiveia.errors import BadRequestError
from archiveia.pipeline import accounts
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, text_of

router = APIRouter(prefix="/bureau/compte", dependencies=[may(Action.OWN_ACCOUNT)])
BACK = "/bureau/compte?fait=1"


@router.get("")
def own_page(request: Request, edges: EdgesOf, staff: StaffOf) -> Response:
    """The account, its second factor, its open sessions."""
    idle = timedelta(minutes=edges.settings.session_idle_minutes)
    with database.reading(edges.database) as connection:
        account = people.user(connection, staff.user_id, edges.entity)
        sessions = login.sessions_of(connection, staff.user_id, now=edges.now(), idle=idle)
    return render(
        request,
        "own_account.html",
        account=account,
        sessions=sessions,
        saved=bool(request.query_params.get("fait")),
    )


@router.post("/mot-de-passe")
def change_password(edges: EdgesOf, staff: StaffOf, form: CheckedForm) -> Response:
    """A new password, for who knows the present one."""
    typed = [str(form.get(name, ""))[:1000] for name in ("present", "nouveau", "encore")]
    if typed[1] != typed[2]:
        raise BadRequestError("the two passwords differ", "type them again")
    accounts.change_own_password(staff, typed[0], typed[1], edges)
    return RedirectResponse(BACK, 303)


@router.post("/second-facteur")
def begin_second_factor(request: Request, edges: EdgesOf, staff: StaffOf, _form: CheckedForm) -> Response:
    """The secret for a telephone, shown this once: as a picture and as letters."""
    secret = accounts.begin_second_factor(staff, edges)
    address = second_factor.address_of(secret, staff.name, edges.settings.entity_name)
    picture = Markup(second_factor.picture_of(address))  # noqa: S704  # made here, of squares alone
    return render(request, "second_factor.html", secret=secret, picture=picture, codes=None)


@router.post("/second-facteur/confirmer")
def confirm_second_factor(request: Request, edges: EdgesOf, staff: StaffOf, form: CheckedForm) -> Response:
    """The second factor is asked from now on; the recovery codes, shown this once."""
    codes = accounts.confirm_second_factor(staff, text_of(form, "code")[:40], edges)
    return render(request, "second_factor.html", secret=None, picture=None, codes=codes)


@router.post("/second-facteur/arreter")
def drop_second_factor(edges: EdgesOf, staff: StaffOf, form: CheckedForm) -> Response:
    """The password is enough again."""
    accounts.drop_own_second_factor(staff, str(form.get("present", ""))[:1000], edges)
    return RedirectResponse(BACK, 303)


@router.post("/sessions/{session}/fermer")
def end_session(
    edges: EdgesOf, staff: StaffOf, _form: CheckedForm, session: Annotated[str, Path(max_length=64)]
) -> Response:
    """One of the account's sessions is over."""
    accounts.end_session(staff, session, edges)
    return RedirectResponse(BACK, 303)
