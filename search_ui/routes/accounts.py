"""The accounts of these archives: who may do and see what, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from archiveia.edges import database
from archiveia.edges.database import attempts, people, services
from archiveia.errors import BadRequestError
from archiveia.pipeline import accounts
from archiveia.values import Role
from search_ui.permissions import Action, may
from search_ui.rendering import render
from search_ui.sessions import CheckedForm, EdgesOf, StaffOf, text_of

router = APIRouter(prefix="/bureau/comptes")
UserId = Annotated[int, Path(ge=1, lt=2**31)]
MANAGE = [may(Action.MANAGE_ACCOUNTS)]


@router.get("", dependencies=[may(Action.SEE_ACCOUNTS)])
def accounts_page(request: Request, edges: EdgesOf, _staff: StaffOf) -> Response:
    """Every account with its role and services; those that wait after failed log-ins are marked."""
    with database.reading(edges.database) as connection:
        rows = people.user_list(connection, edges.entity)
        keys = {row.id: [attempts.name_key(row.name)] for row in rows}
        waits = {
            user_id: attempts.waits_until(connection, edges.entity, key, now=edges.now())
            for user_id, key in keys.items()
        }
        known = services.known_services(connection, edges.entity)
    return render(
        request,
        "accounts.html",
        accounts=rows,
        waits=waits,
        roles=list(Role),
        services=known,
        saved=bool(request.query_params.get("fait")),
    )


@router.post("", dependencies=MANAGE)
def add(edges: EdgesOf, staff: StaffOf, form: CheckedForm) -> Response:
    """A new account."""
    name, person = text_of(form, "nom")[:80], text_of(form, "personne")[:200]
    with database.reading(edges.database) as connection:
        if people.user_named(connection, edges.entity, name) is not None:
            raise BadRequestError(f"there is already an account {name!r}", "choose another name")
    if not person:
        raise BadRequestError("an account needs the name of its person", "write it as the service knows it")
    accounts.add(
        name,
        str(form.get("mot_de_passe", ""))[:1000],
        actor=staff.name,
        edges=edges,
        role=_role(form),
        services=_services(form),
        person=person,
    )
    return _back()


@router.post("/{user_id}", dependencies=MANAGE)
def change(edges: EdgesOf, staff: StaffOf, form: CheckedForm, user_id: UserId) -> Response:
    """Another role, other services, another person or identity."""
    accounts.change(
        user_id,
        role=_role(form),
        services=_services(form),
        person=text_of(form, "personne")[:200],
        oidc_subject=text_of(form, "identite")[:300],
        actor=staff.name,
        edges=edges,
    )
    return _back()


@router.post("/{user_id}/mot-de-passe", dependencies=MANAGE)
def set_password(edges: EdgesOf, staff: StaffOf, form: CheckedForm, user_id: UserId) -> Response:
    """A new password, to be given to the account's holder."""
    accounts.set_password(user_id, str(form.get("mot_de_passe", ""))[:1000], actor=staff.name, edges=edges)
    return _back()


@router.post("/{user_id}/etat", dependencies=MANAGE)
def switch(edges: EdgesOf, staff: StaffOf, form: CheckedForm, user_id: UserId) -> Response:
    """The account is closed, opened again, no longer waits, or needs no second factor."""
    said = text_of(form, "decision")
    done = {
        "desactiver": accounts.disable,
        "reactiver": accounts.enable,
        "debloquer": accounts.unlock,
        "sans-second-facteur": accounts.drop_second_factor,
    }.get(said)
    if done is None:
        raise BadRequestError(f"décision inconnue : {said!r}", "choisissez une action de la page")
    done(user_id, actor=staff.name, edges=edges)
    return _back()


def _role(form: FormData) -> Role:
    said = text_of(form, "role")
    if said not in set(Role):
        raise BadRequestError(f"le rôle {said!r} n’existe pas", "choisissez un rôle de la liste")
    return Role(said)


def _services(form: FormData) -> list[str]:
    """The services ticked, and those written a line each."""
    ticked = [name for name in form.getlist("service") if isinstance(name, str)]
    return [*ticked, *text_of(form, "autres_services").splitlines()]


def _back() -> Response:
    return RedirectResponse("/bureau/comptes?fait=1", 303)
