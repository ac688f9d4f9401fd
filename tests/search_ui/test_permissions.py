"""Every route x every role x a foreign entity's session: who may do what is one table, and nothing escapes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from desk_routes import PUBLIC, action_of, address, routes, staff_routes
from town_hall import PASSWORD, TestClient, give_reason, log_in, token_in

from archiveia.edges import database
from archiveia.edges.database import people, units
from archiveia.pipeline import deciding
from archiveia.values.people import Role
from search_ui.app import create_app
from search_ui.permissions import ACTION_OF_FIELD, ROLES, Action

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI


@pytest.fixture
def desks(app: FastAPI, visitor: TestClient) -> Iterator[dict[Role, TestClient]]:
    """A browser for each role, logged in."""
    edges: Any = visitor.app.state.edges  # type: ignore[attr-defined]
    found = {}
    with database.writing(edges.database) as connection:
        for role in Role:
            people.add_user(connection, edges.entity, f"compte-{role}", PASSWORD, now=edges.now(), role=role)
    for role in Role:
        found[role] = TestClient(app, raise_server_exceptions=False)
        assert log_in(found[role], name=f"compte-{role}").status_code == 303
    yield found
    for client in found.values():
        client.close()


def test_every_route_names_its_action_or_is_for_everyone(app: FastAPI):
    without = [f"{r.methods} {r.path}" for r in staff_routes(app) if action_of(r) is None]
    assert without == []
    assert [r.path for r in routes(app) if r.path in PUBLIC and action_of(r)] == []


def test_the_table_has_every_action_and_every_action_is_of_a_route_or_a_field(app: FastAPI):
    assert set(ROLES) == set(Action)
    used = {action_of(r) for r in staff_routes(app)} | set(ACTION_OF_FIELD.values())
    assert set(Action) - used == set()
    assert set(ACTION_OF_FIELD) <= set(deciding.FIELDS)


def test_an_auditor_changes_nothing_by_the_table():
    allowed = {action for action, roles in ROLES.items() if Role.AUDITOR in roles}
    assert {a for a in allowed if not a.startswith(("see_", "read", "review", "follow"))} == {
        Action.OWN_ACCOUNT
    }


def test_each_role_gets_what_the_table_says_and_nothing_else(app: FastAPI, desks: dict[Role, TestClient]):
    for route in staff_routes(app):
        action = action_of(route)
        assert action is not None
        for role, client in desks.items():
            if route.path == "/deconnexion":
                continue
            for method in route.methods:
                form = {"jeton": token_in(client.get("/bureau"))} if method == "POST" else None
                answer = client.request(method, address(route), data=form, follow_redirects=False)
                refused = answer.status_code == 403 and "Votre rôle ne le permet pas" in answer.text
                assert refused == (role not in ROLES[action]), (method, route.path, role, answer.status_code)


def test_nobody_gets_in_without_a_session_or_with_one_of_another_entity(app: FastAPI, town):
    other = create_app(town.settings.model_copy(update={"entity": "voisine", "entity_name": "La voisine"}))
    with TestClient(other, raise_server_exceptions=False) as neighbour:
        edges: Any = other.state.edges
        with database.writing(edges.database) as connection:
            people.add_user(
                connection, "voisine", "admin", PASSWORD, now=edges.now(), role=Role.ADMINISTRATOR
            )
        assert log_in(neighbour, name="admin").status_code == 303
        cookie = neighbour.cookies["archiveia_session"]
    with TestClient(app, raise_server_exceptions=False, cookies={"archiveia_session": cookie}) as stranger:
        for route in staff_routes(app):
            for method in route.methods:
                answer = stranger.request(method, address(route), follow_redirects=False)
                to_login = answer.status_code == 303 and answer.headers["location"].startswith("/connexion")
                assert to_login or answer.status_code == 403, (method, route.path, answer.status_code)


def test_a_role_decides_only_its_own_fields(town, desks: dict[Role, TestClient]):
    page = f"/bureau/documents/{town.closed}"
    edges: Any = desks[Role.ARCHIVIST].app.state.edges  # type: ignore[attr-defined]
    for role, field, value, allowed in (
        (Role.RECORDS_MANAGER, "access_category", "C01", False),
        (Role.ACCESS_OFFICER, "hold", "litige", False),
        (Role.RECORDS_MANAGER, "hold", "litige", True),
        (Role.ACCESS_OFFICER, "access_category", "C01", True),
    ):
        client = desks[role]
        give_reason(client, town.closed)
        form = {"jeton": token_in(client.get("/bureau")), f"v-{field}": value}
        answer = client.post(f"{page}/confirmer", data=form, follow_redirects=False)
        assert answer.status_code == (303 if allowed else 403), (role, field)
        with database.reading(edges.database) as connection:
            record = units.load_record(connection, town.closed, edges.entity)
        assert (record.value(field) == value) == allowed
