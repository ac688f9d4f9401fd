"""A service sees its own files, and a sensitive record asks why: on every page, in every count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk_routes import address, staff_routes
from town_hall import PASSWORD, TestClient, first_page, give_reason, log_in, post, token_in

from archiveia.edges import database
from archiveia.edges.database import decisions, people
from archiveia.pipeline import deciding, searching
from archiveia.values import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from archiveia import pipeline


@pytest.fixture
def enter(app: FastAPI, edges: pipeline.Edges) -> Iterator[Callable[..., TestClient]]:
    """Someone of this role and these services, logged in."""
    clients = []

    def log_in_as(role: Role, *services: str) -> TestClient:
        name = f"{role}-{len(clients)}"
        with database.writing(edges.database) as connection:
            people.add_user(
                connection, edges.entity, name, PASSWORD, now=edges.now(), role=role, services=services
            )
        client = TestClient(app, raise_server_exceptions=False)
        assert log_in(client, name=name).status_code == 303
        clients.append(client)
        return client

    yield log_in_as
    for client in clients:
        client.close()


def moved_to(edges: pipeline.Edges, record: str, service: str) -> None:
    """A person says that the record is this service's, and the index has taken it in."""
    deciding.confirm(record, {"producer": service}, actor="x", edges=edges)


def test_a_service_finds_opens_and_counts_its_own_files_alone(enter, town, edges):
    moved_to(edges, town.opened, "État civil")
    service = enter(Role.SERVICE, "État civil")
    found = service.get("/bureau/recherche").text
    assert town.opened in found
    assert town.closed not in found
    results = searching.search("", edges, public=False, sees_only=frozenset({"État civil"}))
    assert results.total == sum(n for _, n in results.facets["class"]) == 1
    assert service.get(f"/bureau/documents/{town.opened}").status_code == 200
    hidden = service.get(f"/bureau/documents/{town.closed}")
    unknown = service.get("/bureau/documents/nulle-part")
    assert hidden.status_code == unknown.status_code == 404
    assert service.get(f"/pages/{first_page(edges, town.closed)}.jpg").status_code == 404
    assert service.get(f"/bureau/motif/{town.closed}").status_code == 404
    assert "<strong>1</strong><span>documents</span>" in service.get("/bureau").text


def test_a_record_that_was_moved_is_hidden_from_its_former_service_before_the_index_knows(
    enter, town, edges, monkeypatch
):
    service = enter(Role.SERVICE, "Secrétariat")
    assert town.opened in service.get("/bureau/recherche").text
    monkeypatch.setattr("archiveia.pipeline.deciding.redo", lambda *_args, **_more: None)
    moved_to(edges, town.opened, "État civil")
    assert town.opened not in service.get("/bureau/recherche").text


def test_a_service_without_any_service_named_sees_nothing(enter, town):
    service = enter(Role.SERVICE)
    page = service.get("/bureau/recherche?q=lavoir")
    assert town.opened not in page.text
    assert "Rien ne correspond" in page.text
    assert "Carton 1" not in service.get("/bureau").text


@pytest.mark.parametrize(
    "path",
    ["/bureau/noms", "/bureau/doublons", "/bureau/controles", "/bureau/demandes", "/bureau/justesse"],
)
def test_pages_about_the_whole_archive_are_for_those_who_see_it(enter, path):
    restricted = enter(Role.ARCHIVIST, "État civil")
    assert restricted.get(path).status_code == 403
    assert enter(Role.ARCHIVIST).get(path).status_code == 200


def test_the_queue_of_a_restricted_archivist_holds_its_services_alone(enter, town, edges):
    moved_to(edges, town.opened, "État civil")
    mine = enter(Role.ARCHIVIST, "État civil").get("/bureau/a-verifier?motif=retention").text
    others = enter(Role.ARCHIVIST, "Secrétariat").get("/bureau/a-verifier?motif=retention").text
    assert town.closed not in mine
    assert town.closed in others


def test_a_batch_is_followed_by_its_own_service(enter, edges):
    with database.reading(edges.database) as connection:
        from archiveia.edges.database import sources

        batch = sources.batch_list(connection, edges.entity)[0].id
    assert enter(Role.SERVICE, "Secrétariat").get(f"/bureau/lots/{batch}").status_code == 200
    assert enter(Role.SERVICE, "État civil").get(f"/bureau/lots/{batch}").status_code == 404


def test_a_service_delivers_for_itself_alone(enter, edges):
    service = enter(Role.SERVICE, "État civil")
    form = {
        "jeton": token_in(service.get("/bureau/lots/nouveau")),
        "lot": "Essai",
        "service": "Police municipale",
    }
    files = {"fichiers": ("a.png", b"x", "image/png")}
    told = service.post("/bureau/lots/nouveau", data=form, files=files)
    assert told.status_code == 400
    assert "Police municipale" in told.text
    assert list(edges.storage.incoming(edges.entity).glob("*")) == []


def test_pieces_of_another_service_cannot_be_taken_by_a_merge(enter, town, edges):
    moved_to(edges, town.opened, "État civil")
    archivist = enter(Role.ARCHIVIST, "État civil")
    page = f"/bureau/documents/{town.opened}"
    assert post(archivist, f"{page}/reunir", page, autres=town.closed).status_code == 404


def reads(edges: pipeline.Edges) -> list[tuple[str, object]]:
    with database.reading(edges.database) as connection:
        entries = decisions.journal_list(connection, edges.entity)
    return [(e.subject, e.after) for e in entries if e.action == "read_sensitive"]


def test_a_sensitive_record_asks_why_and_the_journal_tells_once_a_session(enter, town, edges):
    archivist = enter(Role.ARCHIVIST)
    asked = archivist.get(f"/bureau/documents/{town.closed}", follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, f"/bureau/motif/{town.closed}")
    assert "tableau de gestion" in archivist.get(f"/bureau/motif/{town.closed}").text
    assert reads(edges) == []
    for _ in range(2):
        assert give_reason(archivist, town.closed, "request").status_code == 303
    assert archivist.get(f"/bureau/documents/{town.closed}").status_code == 200
    (entry,) = reads(edges)
    assert entry[0] == town.closed
    assert entry[1]["reason"] == "request"
    again = enter(Role.ARCHIVIST)
    assert again.get(f"/bureau/documents/{town.closed}", follow_redirects=False).status_code == 303


def test_what_a_person_writes_beside_the_reason_stays_out_of_the_journal(enter, town, edges):
    archivist = enter(Role.ARCHIVIST)
    page = f"/bureau/motif/{town.closed}"
    post(archivist, page, page, motif="case", precisions="affaire MARTIN")
    assert "MARTIN" not in str(reads(edges))


def test_a_reason_that_is_none_is_refused(enter, town, edges):
    archivist = enter(Role.ARCHIVIST)
    page = f"/bureau/motif/{town.closed}"
    assert post(archivist, page, page, motif="curiosité").status_code == 400
    assert reads(edges) == []


def test_before_the_reason_neither_text_nor_picture_is_shown(enter, town, edges):
    auditor = enter(Role.AUDITOR)
    page = auditor.get("/bureau/recherche").text
    assert town.closed in page
    assert "sensible : motif demandé" in page
    image = f"/pages/{first_page(edges, town.closed)}.jpg"
    assert auditor.get(image).status_code == 403
    assert auditor.get(f"{image}?vignette=1").headers["content-type"].startswith("image/svg")
    give_reason(auditor, town.closed, "audit")
    assert auditor.get(image).headers["content-type"] == "image/jpeg"
    assert "sensible : motif demandé" not in auditor.get("/bureau/recherche").text


def test_the_text_of_a_sensitive_record_is_in_no_excerpt_before_the_reason(enter, town):
    auditor = enter(Role.AUDITOR)
    words = "/bureau/recherche?q=asile"
    before = auditor.get(words).text
    give_reason(auditor, town.closed, "audit")
    after = auditor.get(words).text
    assert town.closed in before
    assert '<p class="excerpt"' not in before
    assert '<p class="excerpt"' in after


def test_an_auditor_is_shown_no_button_that_changes_anything(enter, town):
    auditor = enter(Role.AUDITOR)
    for path in (f"/bureau/documents/{town.opened}", "/bureau/noms", "/bureau/controles", "/bureau/journal"):
        forms = auditor.get(path).text.split("<form")[1:]
        sent = [f.split("</form>")[0] for f in forms if 'method="post"' in f.split(">")[0]]
        with_button = [f.split('action="')[1].split('"')[0] for f in sent if "<button" in f]
        assert with_button == ["/deconnexion"], path


def test_no_page_of_the_desk_tells_a_service_of_another_ones_record(app: FastAPI, enter, town, edges):
    moved_to(edges, town.opened, "État civil")
    page, telling = first_page(edges, town.closed), []
    for role in (Role.ARCHIVIST, Role.RECORDS_MANAGER, Role.ACCESS_OFFICER, Role.AUDITOR, Role.SERVICE):
        client = enter(role, "État civil")
        token = token_in(client.get("/bureau"))
        for route in staff_routes(app):
            path = address(route, record_id=town.closed, page_a=page, page_b=page)
            for method in route.methods - ({"POST"} if "{" not in route.path else set()):
                answer = client.request(method, path, data={"jeton": token} if method == "POST" else None)
                is_refused = answer.status_code >= 400
                shows = not is_refused and (town.closed in answer.text or page in answer.text)
                if shows or ("{record_id}" in route.path and not is_refused):
                    telling.append((role, method, path, answer.status_code))
    assert telling == []


def test_no_page_about_a_sensitive_record_opens_before_the_reason(app: FastAPI, enter, town):
    client = enter(Role.ADMINISTRATOR)
    token = token_in(client.get("/bureau"))
    for route in staff_routes(app):
        if "{record_id}" not in route.path or route.path.startswith("/bureau/motif"):
            continue
        for method in route.methods:
            form = {"jeton": token} if method == "POST" else None
            path = address(route, record_id=town.closed)
            answer = client.request(method, path, data=form, follow_redirects=False)
            asked = answer.headers.get("location", "").startswith("/bureau/motif/")
            assert asked or answer.status_code in {400, 403, 404, 422}, (method, path, answer.status_code)
            assert "placé d" not in answer.text, (method, path)
