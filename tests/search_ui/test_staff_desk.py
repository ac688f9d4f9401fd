from __future__ import annotations

import re
from datetime import date

import pytest
from town_hall import NAME, PASSWORD, TestClient, first_page, log_in, open_up, post, token_in

from archiveia import errors
from archiveia.edges import database
from archiveia.edges.database import decisions, people, publications, units
from archiveia.pipeline import requesting
from archiveia.settings import Settings
from archiveia.values import PublicationDecision
from search_ui.app import create_app

PRIVATE = ("/bureau", "/bureau/recherche", "/bureau/a-verifier", "/bureau/demandes", "/bureau/journal")


@pytest.mark.parametrize("address", [*PRIVATE, "/bureau/lots/nouveau", "/bureau/documents/x"])
def test_the_desk_asks_visitors_to_log_in(visitor, address):
    answer = visitor.get(address, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/connexion?suite=/bureau")


def test_a_wrong_password_is_refused_and_then_slowed_down(visitor):
    for _ in range(4):
        assert log_in(visitor, password="pas le bon mot de passe").status_code == 401
    assert log_in(visitor, password="pas le bon mot de passe").status_code == 429
    slowed = log_in(visitor)
    assert slowed.status_code == 429
    assert "Trop d’essais" in slowed.text
    assert log_in(visitor, name="quelqu’un d’autre").status_code == 401


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(visitor):
    cookie = log_in(visitor).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookies_are_for_https_only(town):
    settings = Settings(**{**town.settings.model_dump(), "cookie_secure": True})
    with TestClient(create_app(settings), base_url="https://archives.exemple.fr") as client:
        answer = log_in(client)
        assert "Secure" in answer.headers["set-cookie"]
        assert "max-age" in answer.headers["strict-transport-security"]


def test_logging_out_ends_the_session_everywhere(staff):
    session = staff.cookies["archiveia_session"]
    assert post(staff, "/deconnexion", "/bureau").status_code == 200
    staff.cookies.set("archiveia_session", session)
    assert staff.get("/bureau", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "after", ["https://ailleurs.exemple", "//ailleurs.exemple", "/bureau\\..", "/demandes"]
)
def test_logging_in_never_leads_elsewhere(visitor, after):
    form = {
        "jeton": token_in(visitor.get("/connexion")),
        "nom": NAME,
        "mot_de_passe": PASSWORD,
        "suite": after,
    }
    assert visitor.post("/connexion", data=form, follow_redirects=False).headers["location"] == "/bureau"


def test_every_staff_form_needs_its_token(staff, town):
    token = token_in(staff.get("/bureau"))
    addresses = [
        f"/bureau/documents/{town.closed}/{action}"
        for action in ("confirmer", "publication", "couper", "ordonner", "reunir")
    ] + ["/bureau/journal/1/annuler", "/bureau/demandes/2026-0001", "/deconnexion"]
    for address in addresses:
        theirs = staff.cookies.get("archiveia_form", "")
        for wrong in ({}, {"jeton": ""}, {"jeton": token[:-1] + "é"}, {"jeton": theirs}):
            assert staff.post(address, data=wrong, follow_redirects=False).status_code == 403, address


def test_the_staff_finds_closed_records_and_sees_which_are_open(staff, town):
    page = staff.get("/bureau/recherche?q=LEFEBVRE").text
    assert town.opened in page
    assert town.closed in page
    assert ">ouvert</span>" in page
    assert ">fermé</span>" in page


def test_a_staff_record_shows_every_value_with_its_origin(staff, town):
    page = staff.get(f"/bureau/documents/{town.closed}").text
    assert "fermé au public" in page
    assert "Reste à décider" in page
    assert "visa des archives" in page
    assert 'plain-badge">règle</span>' in page
    assert "Tout ce qui est dit de ce document" in page


def test_only_what_was_ticked_or_changed_is_confirmed(staff, town, edges):
    address = f"/bureau/documents/{town.closed}"
    form = {
        "avant-class": "HOSP",
        "v-class": "HOSP",
        "avant-date": "1958-03-04",
        "v-date": "1958-03-04",
        "ok-date": "1",
        "avant-title": "lu par la machine",
        "v-title": "Placement d’office",
        "avant-cote": "",
        "v-cote": "",
    }
    assert post(staff, f"{address}/confirmer", address, **form).status_code == 200
    with database.reading(edges.database) as connection:
        record = units.load_record(connection, town.closed, edges.entity)
        entry = decisions.journal_list(connection, edges.entity, 1)[0]
    by_person = {a.field: a.value for a in record.assertions if a.origin.kind == "person"}
    assert by_person == {"date": "1958-03-04", "title": "Placement d’office"}
    assert entry.actor == NAME
    nothing = post(staff, f"{address}/confirmer", address, **{"avant-cote": "", "v-cote": ""})
    assert nothing.status_code == 400
    assert "rien n’a été confirmé" in nothing.text


def test_a_date_that_is_none_is_refused_with_what_to_write(staff, town):
    address = f"/bureau/documents/{town.closed}"
    answer = post(staff, f"{address}/confirmer", address, **{"avant-date": "", "v-date": "le 4 mars"})
    assert answer.status_code == 400
    assert "le 4 mars" in answer.text
    assert "1923-04" in answer.text


STATED = {"droits": "none", "donnees": "none"}


def test_publishing_and_withdrawing_is_done_by_a_named_person(staff, visitor, town):
    address = f"/bureau/documents/{town.opened}"
    post(staff, f"{address}/publication", address, decision="retirer", portee="piece", motif="privacy")
    assert visitor.get(f"/documents/{town.opened}").status_code == 404
    assert f"retirée par {NAME}" in staff.get(address).text
    post(staff, f"{address}/publication", address, decision="publier", portee="piece", **STATED)
    assert visitor.get(f"/documents/{town.opened}").status_code == 200


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"decision": "publier", "donnees": "none"}, "droits de tiers"),
        ({"decision": "publier", "droits": "none"}, "classe de données"),
        ({"decision": "publier", "droits": "none", "donnees": "au029"}, "pratique au-029"),
        ({"decision": "retirer"}, "motif du retrait"),
    ],
)
def test_a_decision_that_does_not_say_what_it_must_is_refused(staff, visitor, town, form, says):
    address = f"/bureau/documents/{town.opened}"
    answer = post(staff, f"{address}/publication", address, portee="piece", **form)
    assert answer.status_code in (400, 403, 409)
    assert says in answer.text
    assert visitor.get(f"/documents/{town.opened}").status_code == 200


def test_rights_of_third_parties_and_what_is_never_online_keep_a_record_off_the_web(staff, visitor, town):
    address = f"/bureau/documents/{town.opened}"
    blocked = STATED | {"droits": "blocked"}
    page = post(staff, f"{address}/publication", address, decision="publier", portee="serie", **blocked).text
    assert "Des droits de tiers s’opposent à la mise en ligne" in page
    assert visitor.get(f"/documents/{town.opened}").status_code == 404


def test_publishing_a_closed_record_opens_nothing(staff, visitor, town, edges):
    address = f"/bureau/documents/{town.closed}"
    page = post(staff, f"{address}/publication", address, decision="publier", portee="dossier", **STATED).text
    assert "fermé au public" in page
    assert visitor.get(f"/documents/{town.closed}").status_code == 404
    assert visitor.get(f"/pages/{first_page(edges, town.closed)}.jpg").status_code == 404


def test_pieces_are_put_together_cut_and_put_back_from_the_journal(staff, visitor, town, edges):
    address = f"/bureau/documents/{town.closed}"
    page = post(staff, f"{address}/reunir", address, autres=town.opened).text
    assert "Page 1 sur 2" in page
    assert visitor.get(f"/documents/{town.opened}").status_code == 404
    journal = staff.get("/bureau/journal").text
    number = re.search(r"/bureau/journal/(\d+)/annuler", journal).group(1)
    assert post(staff, f"/bureau/journal/{number}/annuler", "/bureau/journal").status_code == 200
    assert visitor.get(f"/documents/{town.opened}").status_code == 404, "a person opens it again"
    again = post(staff, f"/bureau/journal/{number}/annuler", "/bureau/journal")
    assert again.status_code == 409
    wrong = post(staff, f"{address}/couper", address, pages="deux")
    assert wrong.status_code == 400
    assert "n’est pas une liste de pages" in wrong.text
    open_up(town.opened, edges)
    assert visitor.get(f"/documents/{town.opened}").status_code == 200


def test_what_waits_for_a_person_is_listed_with_the_reason(staff, town):
    page = staff.get("/bureau/a-verifier?motif=retention").text
    assert town.closed in page
    assert "conservation à décider" in page
    assert town.closed not in staff.get("/bureau/a-verifier").text  # its fate can wait for its time
    assert staff.get("/bureau/a-verifier?motif=nimporte&page=zz").status_code == 200


def test_a_request_is_answered_refused_with_reasons_and_closed(staff, edges):
    number = requesting.receive("MARTIN", "martin@exemple.fr", "Le cadastre", edges=edges).number
    assert number in staff.get("/bureau").text
    desk, address = "/bureau/demandes", f"/bureau/demandes/{number}"
    assert "dans les délais" in staff.get(desk).text
    without_reason = post(staff, address, desk, suite="refused", reponse="")
    assert without_reason.status_code == 409
    assert "motivé" in without_reason.text
    post(staff, address, desk, suite="refused", reponse="Délai de 50 ans (C. patr. L213-2)")
    assert "Délai de 50 ans" in staff.get(desk).text
    assert "CRPA L311-3-1)" not in staff.get(desk).text
    post(staff, address, desk, suite="answered", reponse="Le voici", calcul="oui")
    assert "CRPA L311-3-1)" in staff.get(desk).text
    post(staff, address, desk, suite="closed")
    assert ">close</span>" in staff.get(desk).text
    assert post(staff, address, desk, suite="n’importe").status_code == 400
    assert post(staff, "/bureau/demandes/2020-9999", desk, suite="closed").status_code == 400


def test_a_late_request_is_told_in_words(staff, edges, monkeypatch):
    requesting.receive("MARTIN", "martin@exemple.fr", "Le cadastre", edges=edges)
    monkeypatch.setattr(type(edges), "today", lambda _self: date(2099, 1, 1))
    assert "délai dépassé" in staff.get("/bureau/demandes").text
    assert "1 en retard" in staff.get("/bureau").text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.UnknownUnitError, 404),
        (errors.BadRequestError, 400),
        (errors.RefusedError, 409),
        (errors.SearchIndexBusyError, 503),
        (errors.DatabaseError, 503),
        (errors.ScheduleError, 500),
    ],
)
def test_our_errors_are_pages_with_the_remedy_for_the_staff_alone(staff, visitor, monkeypatch, error, status):
    def refuse(_asked, _edges, *, staff):
        del staff
        raise error("le message", "le remède")

    monkeypatch.setattr("search_ui.routes.staff.find", refuse)
    monkeypatch.setattr("search_ui.routes.public.find", refuse)
    told = staff.get("/bureau/recherche")
    assert told.status_code == status
    assert "le message" in told.text
    assert "le remède" in told.text
    assert "le message" not in visitor.get("/").text


def test_the_staff_of_one_entity_sees_nothing_of_another(town):
    other = Settings(**{**town.settings.model_dump(), "entity": "voisine", "entity_name": "La voisine"})
    with TestClient(create_app(other), raise_server_exceptions=False) as client:
        assert log_in(client).status_code == 401
        edges = client.app.state.edges
        with database.writing(edges.database) as connection:
            people.add_user(connection, "voisine", NAME, PASSWORD, now=edges.now())
        log_in(client)
        page_id = None
        with database.reading(edges.database) as connection:
            page_id = units.load_record(connection, town.opened, "default").pages[0].id
        assert town.opened not in client.get("/bureau/recherche?q=LEFEBVRE").text
        assert client.get(f"/bureau/documents/{town.opened}").status_code == 404
        assert client.get(f"/pages/{page_id}.jpg").status_code == 404
        assert "Carton 1" not in client.get("/bureau").text


def test_a_publication_of_before_that_states_nothing_is_on_the_desk_until_it_is_completed(
    staff, visitor, town, edges
):
    with database.writing(edges.database) as connection:
        old = PublicationDecision(town.opened, published=True, decided_by="DURAND", decided_at=edges.now())
        publications.decide(connection, old)
    assert visitor.get(f"/documents/{town.opened}").status_code == 404
    desk = staff.get("/bureau").text
    assert "Publications à compléter" in desk
    assert f'href="/bureau/documents/{town.opened}"' in desk
    address = f"/bureau/documents/{town.opened}"
    assert "Droits de tiers non indiqués" in staff.get(address).text
    post(staff, f"{address}/publication", address, decision="publier", portee="piece", **STATED)
    assert "Publications à compléter" not in staff.get("/bureau").text
    assert visitor.get(f"/documents/{town.opened}").status_code == 200


def test_a_visitor_may_ask_for_a_record_to_be_taken_down(visitor, town):
    page = visitor.get(f"/documents/{town.opened}").text
    assert "Demander le retrait de ce document" in page
    form = visitor.get(f"/demandes?document={town.opened}&nature=rgpd-21").text
    assert 'value="rgpd-21" selected' in form
