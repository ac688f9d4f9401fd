"""Accounts: lock-out that a restart does not forget, second factor, sessions, what administrators do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
import pytest
from town_hall import NAME, PASSWORD, TestClient, log_in, post, token_in

from archiveia.edges import database
from archiveia.edges.database import decisions, login, people
from archiveia.steps.lockout import closed_until
from archiveia.values import Role, Staff
from archiveia.values.eliminations import hand_of
from search_ui.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from archiveia import pipeline


@pytest.fixture
def admin(app: FastAPI, edges: pipeline.Edges) -> Iterator[TestClient]:
    with database.writing(edges.database) as connection:
        people.add_user(connection, edges.entity, "admin", PASSWORD, now=edges.now(), role=Role.ADMINISTRATOR)
    client = TestClient(app, raise_server_exceptions=False)
    assert log_in(client, name="admin").status_code == 303
    yield client
    client.close()


def number_of(edges: pipeline.Edges, name: str) -> int:
    with database.reading(edges.database) as connection:
        account = people.user_named(connection, edges.entity, name)
    assert account is not None
    return int(account.id)


def told(edges: pipeline.Edges) -> list[str]:
    with database.reading(edges.database) as connection:
        entries = decisions.journal_list(connection, edges.entity)
    return [e.after["what"] if e.action == "account" else e.action for e in entries]


def test_too_many_failures_close_the_account_through_a_restart_until_an_administrator_opens_it(
    admin, visitor, town, edges
):
    for _ in range(5):
        answer = log_in(visitor, password="un mauvais mot de passe")
    assert answer.status_code == 429
    assert "Trop d’essais" in answer.text
    assert log_in(visitor).status_code == 429
    assert told(edges)[:2] == ["locked", "login_refused"]
    with TestClient(create_app(town.settings), raise_server_exceptions=False) as restarted:
        assert log_in(restarted).status_code == 429
    page = "/bureau/comptes"
    assert "bloqué jusqu’au" in admin.get(page).text
    post(admin, f"{page}/{number_of(edges, NAME)}/etat", page, decision="debloquer")
    assert log_in(visitor).status_code == 303


def test_a_name_that_nobody_has_closes_as_well_so_that_names_cannot_be_guessed(visitor):
    answers = [log_in(visitor, name="personne", password="x" * 12).status_code for _ in range(5)]
    assert answers == [401] * 4 + [429]


def test_each_further_failure_doubles_the_wait_up_to_a_day(edges):
    now = edges.now()
    waits = [closed_until(n, 5, now=now) for n in (4, 5, 6, 7, 50)]
    hours = [None, 0.25, 0.5, 1, 24]
    assert waits == [None if h is None else now + timedelta(hours=h) for h in hours]


def test_logging_in_changes_the_session_and_is_journalled(visitor, edges):
    log_in(visitor)
    first = visitor.cookies["archiveia_session"]
    visitor.get("/bureau")
    form = {"jeton": token_in(visitor.get("/bureau")), "nom": NAME, "mot_de_passe": PASSWORD}
    visitor.post("/connexion", data=form, follow_redirects=False)
    second = visitor.cookies["archiveia_session"]
    assert first != second
    visitor.cookies["archiveia_session"] = first
    assert visitor.get("/bureau", follow_redirects=False).status_code == 303
    assert told(edges)[:2] == ["login", "login"]


def test_a_session_that_rests_is_over(visitor, edges):
    log_in(visitor)
    start = edges.now()
    edges.clock = lambda: start + timedelta(minutes=59)
    assert visitor.get("/bureau", follow_redirects=False).status_code == 200
    edges.clock = lambda: start + timedelta(minutes=118)
    assert visitor.get("/bureau", follow_redirects=False).status_code == 200
    edges.clock = lambda: start + timedelta(minutes=180)
    assert visitor.get("/bureau", follow_redirects=False).status_code == 303


def test_ones_sessions_are_listed_and_ended(staff, app):
    other = TestClient(app, headers={"user-agent": "Lynx"})
    log_in(other)
    page = staff.get("/bureau/compte").text
    assert "Lynx" in page
    address = page.split('action="/bureau/compte/sessions/')[1].split('"')[0]
    post(staff, f"/bureau/compte/sessions/{address}", "/bureau/compte")
    assert other.get("/bureau", follow_redirects=False).status_code == 303
    assert staff.get("/bureau").status_code == 200


def test_the_session_of_somebody_else_cannot_be_ended(staff, admin):
    theirs = login.hashed(staff.cookies["archiveia_session"])
    post(admin, f"/bureau/compte/sessions/{theirs}/fermer", "/bureau/compte")
    assert staff.get("/bureau", follow_redirects=False).status_code == 200


@pytest.mark.parametrize("form", ["mot-de-passe", "second-facteur/arreter"])
def test_a_stolen_session_does_not_guess_the_password_without_end(staff, visitor, edges, form):
    page, new = "/bureau/compte", "un tout autre mot de passe"
    answers = [post(staff, f"{page}/{form}", page, present="faux", nouveau=new, encore=new) for _ in range(5)]
    assert [a.status_code for a in answers] == [400] * 4 + [409]
    assert "trop de fois" in answers[-1].text
    assert told(edges)[:2] == ["locked", "login_refused"]
    right = post(staff, f"{page}/{form}", page, present=PASSWORD, nouveau=new, encore=new)
    assert right.status_code == 409, "the right one is not looked at before the end of the wait"
    assert log_in(visitor).status_code == 429
    start = edges.now()
    edges.clock = lambda: start + timedelta(minutes=16)
    again = post(staff, f"{page}/{form}", page, present=PASSWORD, nouveau=new, encore=new)
    assert again.status_code == 200


def test_a_password_is_changed_by_who_knows_it_and_closes_other_sessions(staff, app, visitor):
    other = TestClient(app)
    log_in(other)
    page, new = "/bureau/compte", "un tout autre mot de passe"
    wrong = post(staff, f"{page}/mot-de-passe", page, present="faux", nouveau=new, encore=new)
    assert wrong.status_code == 400
    post(staff, f"{page}/mot-de-passe", page, present=PASSWORD, nouveau=new, encore=new)
    assert staff.get("/bureau", follow_redirects=False).status_code == 200
    assert other.get("/bureau", follow_redirects=False).status_code == 303
    assert log_in(visitor).status_code == 401
    assert log_in(visitor, password=new).status_code == 303


def second_factor(staff: TestClient, edges: pipeline.Edges) -> tuple[pyotp.TOTP, list[str]]:
    shown = post(staff, "/bureau/compte/second-facteur", "/bureau/compte").text
    assert "<svg" in shown
    secret = shown.split("<p><code>")[1].split("<")[0]
    totp = pyotp.TOTP(secret)
    given = {"jeton": token_in(staff.get("/bureau/compte")), "code": totp.at(edges.now())}
    page = staff.post("/bureau/compte/second-facteur/confirmer", data=given).text
    codes = [part.split("<")[0] for part in page.split("<li><code>")[1:]]
    assert len(codes) == 8
    return totp, codes


def give(client: TestClient, code: str) -> int:
    form = {"jeton": token_in(client.get("/connexion/code")), "code": code}
    return client.post("/connexion/code", data=form, follow_redirects=False).status_code


def test_with_a_second_factor_the_password_alone_opens_nothing(staff, visitor, edges):
    totp, codes = second_factor(staff, edges)
    start = edges.now()
    assert log_in(visitor).headers["location"].startswith("/connexion/code")
    assert visitor.get("/bureau", follow_redirects=False).status_code == 303
    assert give(visitor, totp.at(start)) == 401  # it was used when the factor was switched on
    edges.clock = lambda: start + timedelta(minutes=1)
    assert give(visitor, totp.at(edges.now())) == 303
    assert visitor.get("/bureau", follow_redirects=False).status_code == 200
    assert "second_factor_on" in told(edges)
    del codes


def test_a_recovery_code_works_once(staff, visitor, edges):
    _, codes = second_factor(staff, edges)
    log_in(visitor)
    assert give(visitor, codes[0].upper()) == 303
    visitor.cookies.clear()
    log_in(visitor)
    assert give(visitor, codes[0]) == 401
    assert give(visitor, codes[1]) == 303


def test_wrong_codes_close_the_account(staff, visitor, edges):
    second_factor(staff, edges)
    log_in(visitor)
    assert [give(visitor, "000000") for _ in range(5)] == [401] * 4 + [429]


def test_neither_secret_nor_code_is_kept_readable_in_the_journal(staff, edges):
    totp, codes = second_factor(staff, edges)
    with database.reading(edges.database) as connection:
        kept = str(decisions.journal_list(connection, edges.entity))
        rows = connection.exec_driver_sql("SELECT code_hash FROM recovery_codes").all()
    assert totp.secret not in kept
    assert not {row.code_hash for row in rows} & set(codes)


def test_an_administrator_makes_changes_closes_and_opens_accounts(admin, app, edges):
    page = "/bureau/comptes"
    form = {"nom": "b.martin", "personne": "B. MARTIN", "role": "service", "service": ["Secrétariat"]}
    assert post(admin, page, page, **form, mot_de_passe=PASSWORD).status_code == 200
    client = TestClient(app)
    assert log_in(client, name="b.martin").status_code == 303
    address = f"{page}/{number_of(edges, 'b.martin')}"
    post(admin, address, page, personne="B. MARTIN", role="auditor", identite="b@ville.example")
    assert client.get("/bureau", follow_redirects=False).status_code == 303
    assert log_in(client, name="b.martin").status_code == 303
    post(admin, f"{address}/etat", page, decision="desactiver")
    assert client.get("/bureau", follow_redirects=False).status_code == 303
    assert log_in(client, name="b.martin").status_code == 401
    post(admin, f"{address}/etat", page, decision="reactiver")
    assert log_in(client, name="b.martin").status_code == 303
    assert [w for w in told(edges) if "log" not in w][:4] == ["enabled", "disabled", "changed", "added"]
    with database.reading(edges.database) as connection:
        entries = decisions.journal_list(connection, edges.entity)
    changed = next(e for e in entries if e.after.get("what") == "changed")
    assert (changed.before["role"], changed.after["role"]) == ("service", "auditor")


def test_whose_an_account_is_does_not_change_unseen(admin, edges):
    page = "/bureau/comptes"
    said = {"role": "archivist", "identite": ""}
    post(admin, f"{page}/{number_of(edges, NAME)}", page, personne="LEFEBVRE", **said)
    with database.reading(edges.database) as connection:
        entry = decisions.journal_list(connection, edges.entity, 1)[0]
        stored = str(connection.exec_driver_sql("SELECT before, after FROM journal").all())
    assert (entry.before["person"], entry.after["person"]) == (NAME, "LEFEBVRE")
    assert "LEFEBVRE" not in stored, "in the chain stands a hash"


def test_the_last_administrator_stays_one(admin, edges):
    page, number = "/bureau/comptes", number_of(edges, "admin")
    refused = post(admin, f"{page}/{number}/etat", page, decision="desactiver")
    assert refused.status_code == 409
    assert "dernier administrateur" in refused.text
    demoted = post(admin, f"{page}/{number}", page, personne="x", role="archivist", identite="")
    assert demoted.status_code == 409
    assert admin.get(page).status_code == 200


def test_an_account_of_another_entity_is_not_there(admin, town):
    other = create_app(town.settings.model_copy(update={"entity": "voisine"}))
    with TestClient(other) as neighbour:
        there = neighbour.app.state.edges  # type: ignore[attr-defined]
        with database.writing(there.database) as connection:
            number = people.add_user(connection, "voisine", "x", PASSWORD, now=there.now())
    assert (
        post(admin, f"/bureau/comptes/{number}/etat", "/bureau/comptes", decision="desactiver").status_code
        == 404
    )


def staff_of(user_id: int, person: str) -> Staff:
    return Staff(user_id, f"compte{user_id}", "ville", "", Role.ARCHIVIST, person=person)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ((1, "Zoé DURAND"), (2, "durand  zoe"), True),
        ((1, "A. DURAND"), (1, "A. DURAND"), True),
        ((1, "A. DURAND"), (2, "B. MARTIN"), False),
        ((1, ""), (2, ""), False),
    ],
)
def test_two_accounts_of_one_person_are_one_person(a, b, same):
    assert hand_of(staff_of(*a)).is_same_person(hand_of(staff_of(*b))) is same
