"""An elimination on the desk, by two persons: from what fell due to the certificate; and what is refused on the way."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from eliminating import ripen, sign_the_rules
from town_hall import PASSWORD, TestClient, Town, log_in, post, token_in

from archiveia.edges import database
from archiveia.edges.database import assertions, people, units
from archiveia.errors import RefusedError
from archiveia.pipeline import deciding, eliminating
from archiveia.values import Assertion, Origin, OriginKind
from archiveia.values.eliminations import Hand, Support
from archiveia.values.people import Role
from search_ui.routes.eliminations import MAX_VISA_FORM_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from archiveia import pipeline

PAGE = "/bureau/eliminations"


@pytest.fixture
def ripe(edges: pipeline.Edges, town: Town) -> str:
    """A record that fell due, in a collectivité that signed its rules and says how long backups live."""
    sign_the_rules(edges)
    edges.settings = edges.settings.model_copy(update={"backup_retention_days": 90})
    return ripen(town.closed, edges, cote="4 W 103")


def desk(app: FastAPI, edges: pipeline.Edges, name: str, role: Role, services: tuple[str, ...] = ()):
    with database.writing(edges.database) as connection:
        people.add_user(
            connection, edges.entity, name, PASSWORD, now=edges.now(), role=role, services=services
        )
    client = TestClient(app, raise_server_exceptions=False)
    assert log_in(client, name=name).status_code == 303
    return client


@pytest.fixture
def first(app: FastAPI, edges: pipeline.Edges) -> Iterator[TestClient]:
    client = desk(app, edges, "b.martin", Role.RECORDS_MANAGER)
    yield client
    client.close()


@pytest.fixture
def second(app: FastAPI, edges: pipeline.Edges) -> Iterator[TestClient]:
    client = desk(app, edges, "c.lefebvre", Role.ARCHIVIST)
    yield client
    client.close()


def prepared(first: TestClient, record: str) -> str:
    """The page of a new list."""
    answer = post(first, PAGE, f"{PAGE}/nouveau", service="Secrétariat", support="digital", pieces=record)
    assert answer.status_code == 200, answer.text
    return str(answer.url.path)


def sent(first: TestClient, record: str, edges: pipeline.Edges) -> str:
    page = prepared(first, record)
    seal = re.search(r'name="empreinte" value="([0-9a-f]{64})"', first.get(page).text)
    assert seal
    assert post(first, f"{page}/emettre", page, empreinte=seal[1]).status_code == 200
    today = edges.today().isoformat()
    for act in ("sign_service", "sign_authority", "send"):
        answer = post(first, f"{page}/actes/{act}", page, nom="LEFEBVRE, maire", le=today)
        assert answer.status_code == 200, answer.text
    return page


def scanned(first: TestClient, page: str) -> bytes:
    """The bordereau, printed, signed and scanned."""
    data = first.get(f"{page}/papiers/bordereau.pdf").content
    with pypdfium2.PdfDocument(data) as pdf:
        picture = BytesIO()
        pdf[0].render(scale=200 / 72).to_pil().convert("L").save(picture, "PNG")
    return picture.getvalue()


def send_visa(client: TestClient, page: str, file: bytes, edges: pipeline.Edges, **changed: str):
    shown = client.get(page).text
    short = re.search(r"<code>([0-9a-f]{12})</code>", shown)
    number = re.search(r"\d{4}-E\d{3}", shown)
    assert short
    assert number
    form = {
        "jeton": token_in(client.get(page)),
        "elimination": page.rsplit("/", 1)[-1],
        "reference": "AD 2026-117",
        "nom": "la directrice",
        "le": edges.today().isoformat(),
        "numero": number[0],
        "empreinte": short[1],
        "reponse-1": "granted",
    }
    return client.post(f"{PAGE}/visa", data=form | changed, files={"fichier": ("visa.png", file)})


def test_two_persons_bring_a_record_from_its_list_to_its_certificate(
    first: TestClient, second: TestClient, ripe: str, edges: pipeline.Edges
):
    assert "Pièces arrivées à échéance, sur aucun bordereau : 1" in first.get(PAGE).text
    assert ripe in first.get(f"{PAGE}/nouveau").text
    tried = post(first, f"{PAGE}/essai", f"{PAGE}/nouveau", service="x", support="digital", pieces=ripe)
    assert "rien n’est écrit" in tried.text
    page = sent(first, ripe, edges)
    assert send_visa(first, page, scanned(first, page), edges).status_code == 200
    assert "code du bordereau lu sur le visa" in first.get(page).text
    mine = first.get(page).text
    assert "Il faut deux personnes différentes" in mine
    assert post(first, f"{page}/confirmer", page).status_code == 409
    assert post(second, f"{page}/confirmer", page).status_code == 200
    assert "délai de réflexion court jusqu’au" in second.get(page).text
    assert post(second, f"{page}/detruire", page, numero="2026-E001").status_code in (400, 409)
    later = edges.now() + timedelta(days=8)
    edges.clock = lambda: later
    assert log_in(second, name="c.lefebvre").status_code == 303  # sessions ended meanwhile
    number = re.search(r"\d{4}-E\d{3}", second.get(page).text)
    assert number
    assert "voici ce qui disparaîtrait" in second.get(page).text
    assert post(second, f"{page}/detruire", page, numero="autre").status_code == 400
    done = post(second, f"{page}/detruire", page, numero=number[0])
    assert done.status_code == 200, done.text
    assert "éliminé et certifié" in done.text
    trace = second.get(f"/bureau/documents/{ripe}")
    assert trace.status_code == 200
    assert "Cette pièce a été éliminée" in trace.text
    assert "LEFEBVRE Jules" not in trace.text
    certificate = second.get(f"{page}/papiers/certificat.pdf")
    assert certificate.content.startswith(b"%PDF-")
    assert certificate.headers["content-disposition"] == f'attachment; filename="certificat-{number[0]}.pdf"'
    with database.reading(edges.database) as connection:
        assert units.in_use(connection, [ripe]) == []


def test_a_visa_that_is_not_the_lists_is_refused_and_nothing_is_lost(
    first: TestClient, ripe: str, edges: pipeline.Edges
):
    page = sent(first, ripe, edges)
    scan = scanned(first, page)
    for changed, said in (
        ({"numero": "2026-E099"}, "Le visa porte le bordereau"),
        ({"empreinte": "0" * 12}, "ne porte pas l’empreinte de ce bordereau"),
        ({"reponse-1": ""}, "le visa n’a pas de réponse"),
        ({"le": "2001-01-01"}, "précède l’envoi"),
    ):
        answer = send_visa(first, page, scan, edges, **changed)
        assert answer.status_code == 409, changed
        assert said in answer.text
    assert send_visa(first, page, b"MZ un programme", edges).status_code in (400, 415, 500)
    assert send_visa(first, page, b"", edges).status_code == 400
    assert "envoyé, en attente du visa" in first.get(page).text
    assert "Élimination refusée" in first.get("/bureau/journal").text


def test_a_file_that_is_too_large_is_refused(first: TestClient, ripe: str, edges: pipeline.Edges):
    page = sent(first, ripe, edges)
    assert send_visa(first, page, b"0" * (MAX_VISA_FORM_BYTES + 1), edges).status_code == 413


def test_a_hold_set_on_the_desk_stops_the_button(
    first: TestClient, second: TestClient, ripe: str, edges: pipeline.Edges
):
    page = sent(first, ripe, edges)
    send_visa(first, page, scanned(first, page), edges)
    post(second, f"{page}/confirmer", page)
    deciding.confirm(ripe, {"hold": "contentieux"}, actor="DURAND", edges=edges)
    later = edges.now() + timedelta(days=8)
    edges.clock = lambda: later
    log_in(second, name="c.lefebvre")
    shown = second.get(page)
    assert "Gel en cours : contentieux" in shown.text
    number = re.search(r"\d{4}-E\d{3}", shown.text)
    assert number
    answer = post(second, f"{page}/detruire", page, numero=number[0])
    assert answer.status_code == 409
    assert "Gel en cours : contentieux" in answer.text


def test_an_administrator_is_neither_of_the_two_persons_and_an_auditor_only_looks(
    app: FastAPI, first: TestClient, ripe: str, edges: pipeline.Edges
):
    page = prepared(first, ripe)
    auditor = desk(app, edges, "d.durand", Role.AUDITOR)
    assert auditor.get(page).status_code == 200
    assert "<form" not in auditor.get(page).text.split("<main")[1]
    assert post(auditor, f"{page}/emettre", page, empreinte="x").status_code == 403
    administrator = desk(app, edges, "e.roux", Role.ADMINISTRATOR)
    assert post(administrator, f"{page}/detruire", page, numero="x").status_code == 403
    assert post(administrator, f"{page}/emettre", page, empreinte="x").status_code == 403
    assert "Préparer un bordereau" not in administrator.get(PAGE).text
    who = "Préparent, confirment et détruisent : archiviste, gestionnaire de documents"
    assert all(who in client.get(at).text for client in (administrator, auditor) for at in (PAGE, page))
    assert who not in first.get(PAGE).text
    auditor.close()
    administrator.close()


def test_a_list_of_another_service_is_unknown_to_an_account_of_one(
    app: FastAPI, first: TestClient, ripe: str, edges: pipeline.Edges
):
    page = prepared(first, ripe)
    elsewhere = desk(app, edges, "f.petit", Role.RECORDS_MANAGER, ("Voirie",))
    assert elsewhere.get(page).status_code == 404
    assert "2026-E" not in elsewhere.get(PAGE).text
    choice = post(elsewhere, f"{PAGE}/essai", f"{PAGE}/nouveau", service="x", support="digital", pieces=ripe)
    assert choice.status_code == 404
    elsewhere.close()


def test_what_fell_due_is_of_the_service_that_a_person_named(
    app: FastAPI, first: TestClient, ripe: str, edges: pipeline.Edges
):
    said = [Assertion("producer", "Finances", Origin(OriginKind.PERSON, "MARTIN"))]
    with database.writing(edges.database) as connection:
        assertions.replace(connection, ripe, ["producer"], [OriginKind.PERSON], said, now=edges.now())
    assert 'value="Finances"' in first.get(f"{PAGE}/nouveau").text
    mine = desk(app, edges, "d.durand", Role.ARCHIVIST, ("Finances",))
    assert "sur aucun bordereau : 1" in mine.get(PAGE).text
    assert ripe in mine.get(f"{PAGE}/nouveau").text
    form = {"service": "Finances", "support": "digital", "pieces": ripe}
    assert post(mine, f"{PAGE}/essai", f"{PAGE}/nouveau", **form).status_code == 200
    theirs = desk(app, edges, "e.roux", Role.ARCHIVIST, ("Secrétariat",))
    assert "sur aucun bordereau" not in theirs.get(PAGE).text
    assert post(theirs, f"{PAGE}/essai", f"{PAGE}/nouveau", **form).status_code == 404
    for client in (mine, theirs):
        client.close()


def test_the_form_of_a_list_of_many_lines_is_taken(first: TestClient, ripe: str):
    page = prepared(first, ripe)
    fields = ("intitule", "support", "metres", "boites", "observations", "procede", "conservation")
    written = {f"{field}-{n}": "" for n in range(2, 201) for field in fields}
    answer = post(first, f"{page}/lignes", page, **written, **{"observations-1": "deux liasses"})
    assert answer.status_code == 200
    assert "deux liasses" in answer.text


def test_nonsense_on_the_forms_is_told(first: TestClient, ripe: str):
    page = prepared(first, ripe)
    assert post(first, f"{page}/lignes", page, **{"metres-1": "beaucoup"}).status_code == 400
    assert post(first, f"{page}/lignes", page, **{"support-1": "autre"}).status_code == 400
    assert post(first, f"{page}/actes/rien", page).status_code == 404
    assert post(first, f"{page}/actes/send", page, le="demain").status_code == 400
    assert post(first, PAGE, f"{PAGE}/nouveau", service="x", support="digital", pieces="").status_code == 400
    assert first.get(f"{page}/papiers/certificat.pdf").status_code == 404
    assert first.get(f"{page}/papiers/autre.pdf").status_code == 404


def test_a_list_names_the_service_that_produced_its_pieces(edges: pipeline.Edges, ripe: str):
    with database.writing(edges.database) as connection:
        said = [Assertion("producer", "Urbanisme", Origin(OriginKind.PERSON, "a.durand"))]
        assertions.replace(connection, ripe, ["producer"], [OriginKind.PERSON], said, now=edges.now())
    hand = Hand(None, "MARTIN", "MARTIN")
    with pytest.raises(RefusedError, match="d’un autre service que « Finances » : Urbanisme"):
        eliminating.draft([ripe], support=Support.DIGITAL, service="Finances", by=hand, edges=edges)
    assert eliminating.draft([ripe], support=Support.DIGITAL, service="URBANISME", by=hand, edges=edges)
