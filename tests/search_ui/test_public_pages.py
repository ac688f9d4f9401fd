from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from putting_online import withdraw_it
from town_hall import first_page, post, token_in

import search_ui
from archiveia.edges import database
from archiveia.edges.database import readings, requests, units, work
from archiveia.pipeline import deciding
from archiveia.pipeline.indexing import run_index
from archiveia.values import PageReading, PageState

UI = Path(search_ui.__file__).parent
NOT_THERE = "0123456789abcdef0123"


def test_a_word_of_an_open_page_finds_it_marked(visitor, town):
    page = visitor.get("/?q=lavoir").text
    assert "<mark>lavoir</mark>" in page
    assert f'href="/documents/{town.opened}?page=1&amp;q=lavoir"' in page
    assert "1 page trouvée" in page


def test_a_word_with_an_ocr_error_finds_the_page_and_says_so(visitor):
    page = visitor.get("/?q=LEFEBURE").text
    assert "recherche élargie (orthographe approchée)" in page
    assert "<mark>LEFEBVRE</mark>" in page


def test_a_closed_record_is_nowhere_for_the_public(visitor, town, edges):
    closed_words = visitor.get("/?q=aliénés")
    assert "Aucune page trouvée" in closed_words.text
    browsing = visitor.get("/").text
    assert "1 page à parcourir" in browsing
    for page in (closed_words.text, browsing, visitor.get("/?q=LEFEBVRE").text):
        assert town.closed not in page
        assert "1958" not in page
        assert "années 1950" not in page
    assert visitor.get(f"/documents/{town.closed}").status_code == 404
    page_id = first_page(edges, town.closed)
    for address in (f"/pages/{page_id}.jpg", f"/pages/{page_id}.jpg?vignette=1"):
        answer = visitor.get(address)
        assert answer.status_code == 404
        assert not answer.headers["content-type"].startswith("image/")


def test_a_closed_record_and_an_unknown_one_give_the_same_answers(visitor, town):
    def without(text, record_id):
        return text.replace(record_id, "X")

    for address in ("/documents/{}", "/documents/{}?page=2&q=lavoir", "/demandes?document={}"):
        closed = visitor.get(address.format(town.closed))
        unknown = visitor.get(address.format(NOT_THERE))
        assert closed.status_code == unknown.status_code
        assert without(closed.text, town.closed) == without(unknown.text, NOT_THERE)


def test_a_withdrawn_record_is_gone_at_once(visitor, town, edges):
    page_id = first_page(edges, town.opened)
    assert visitor.get(f"/pages/{page_id}.jpg").status_code == 200
    withdraw_it(town.opened, actor="a", edges=edges)
    assert town.opened not in visitor.get("/?q=lavoir").text
    assert visitor.get(f"/documents/{town.opened}").status_code == 404
    assert visitor.get(f"/pages/{page_id}.jpg").status_code == 404


def test_a_record_whose_index_is_stale_is_not_shown(visitor, town, edges):
    with database.writing(edges.database) as connection:
        work.set_stale(connection, [town.opened], now=edges.now())
    page = visitor.get("/?q=lavoir").text
    assert town.opened not in page
    assert "Délibération" not in page


def test_an_open_record_shows_image_text_description_and_why(visitor, town, edges):
    page = visitor.get(f"/documents/{town.opened}?q=lavoir").text
    assert "<mark>lavoir</mark>" in page
    assert f'src="/pages/{first_page(edges, town.opened)}.jpg"' in page
    assert '<rect x="' in page
    assert "Pourquoi ce document est ouvert" in page
    assert "communicable depuis le" in page
    assert "validé par un archiviste" in page
    assert f"documents/{town.opened}?page=1" in page


def test_page_pictures_are_kept_by_no_shared_cache(visitor, staff, town, edges):
    opened, closed = first_page(edges, town.opened), first_page(edges, town.closed)
    assert visitor.get(f"/pages/{opened}.jpg").headers["cache-control"].startswith("private")
    small = visitor.get(f"/pages/{opened}.jpg?vignette=1")
    assert small.headers["content-type"] == "image/jpeg"
    assert len(small.content) < len(visitor.get(f"/pages/{opened}.jpg").content)
    assert staff.get(f"/pages/{closed}.jpg").headers["cache-control"] == "private, no-store"


def test_html_in_a_page_or_a_title_is_text(visitor, staff, town, edges):
    attack = '<script>alert("x")</script> lavoir <img src=x onerror=alert(1)>'
    with database.writing(edges.database) as connection:
        page = units.load_record(connection, town.opened, edges.entity).pages[0]
        reading = PageReading(PageState.TEXT, attack, (), 10, 10, "test", "1")
        readings.save(connection, page.id, reading, now=edges.now())
    deciding.confirm(town.opened, {"title": attack}, actor="a", edges=edges)
    run_index([town.opened], edges)
    pages = [visitor.get(a).text for a in ("/?q=lavoir", f"/documents/{town.opened}?q=lavoir")]
    pages += [
        staff.get(a).text for a in ("/bureau/recherche?q=lavoir", f"/bureau/documents/{town.opened}?q=alert")
    ]
    for page in pages:
        assert "alert(" in page or "<mark>alert</mark>" in page
        assert "<script>a" not in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_text_of_an_illegible_page_stays_with_the_staff(visitor, town, edges):
    with database.writing(edges.database) as connection:
        page = units.load_record(connection, town.opened, edges.entity).pages[0]
        reading = PageReading(PageState.ILLEGIBLE, "secret mal lu", (), 10, 10, "test", "1")
        readings.save(connection, page.id, reading, now=edges.now())
    deciding.confirm(town.opened, {"legible_enough": "oui"}, actor="a", edges=edges)
    page = visitor.get(f"/documents/{town.opened}")
    assert page.status_code == 200
    assert "secret" not in page.text
    assert "n’a pas pu être transcrite" in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/?q=%00%FF&classe=%3Cb%3E&decennie=abc&lieu=x&de=zzz&a=-3&page=99999999999999",
        "/?q=" + "mot " * 400,
        "/?" + "&".join(f"classe=c{i}" for i in range(300)),
        '/?q="',
        "/?q=-",
        "/?page=0",
        "/documents/..%2f..%2fetc",
        "/?lang=xx",
    ],
)
def test_whatever_is_asked_has_an_answer(visitor, address):
    assert visitor.get(address).status_code in (200, 404)


def test_a_year_that_is_none_is_told(visitor):
    assert "Année non comprise : 19xx" in visitor.get("/?q=lavoir&de=19xx").text


def test_facets_narrow_and_stay_in_the_address(visitor, town):
    page = visitor.get("/?q=lavoir&classe=DELIB&decennie=1890&de=1890&a=1899").text
    assert town.opened in page
    assert re.search(r'name="classe" value="DELIB" checked', page)
    assert re.search(r'name="decennie" value="1890" checked', page)
    assert town.opened not in visitor.get("/?q=lavoir&de=1950").text


def test_nothing_found_leads_to_the_request_form(visitor):
    page = visitor.get("/?q=introuvable").text
    assert 'href="/demandes?objet=introuvable"' in page


def test_a_request_gets_a_number_a_date_and_a_letter(visitor, town, edges):
    answer = post(
        visitor,
        "/demandes",
        f"/demandes?document={town.opened}",
        document=town.opened,
        nom="MARTIN",
        courriel="martin@exemple.fr",
        objet="Copie de la délibération",
    )
    assert answer.status_code == 201
    assert f"{edges.today().year}-0001" in answer.text
    assert "accuse réception de votre demande" in answer.text
    with database.reading(edges.database) as connection:
        (row,) = requests.desk(connection, edges.entity)
    assert row.unit_id == town.opened
    assert row.due_on > edges.today()


def test_a_request_about_a_closed_record_is_received_like_any_other(visitor, town, edges):
    for record_id in (town.closed, NOT_THERE):
        answer = post(
            visitor,
            "/demandes",
            "/demandes",
            document=record_id,
            courriel="a@exemple.fr",
            objet="Mon dossier",
        )
        assert answer.status_code == 201
        assert record_id not in answer.text
    with database.reading(edges.database) as connection:
        assert [row.unit_id for row in requests.desk(connection, edges.entity)] == [None, None]


def test_a_request_that_cannot_be_used_says_why_and_keeps_what_was_typed(visitor):
    answer = post(visitor, "/demandes", "/demandes", courriel="sans arobase", objet="Le cadastre de 1830")
    assert answer.status_code == 400
    assert "ne peut pas servir" in answer.text
    assert "Le cadastre de 1830" in answer.text


def test_a_robot_and_a_flood_of_text_are_refused(visitor, edges):
    trapped = post(visitor, "/demandes", "/demandes", courriel="a@b.fr", objet="x", site_web="http://spam")
    assert trapped.status_code == 400
    flood = post(visitor, "/demandes", "/demandes", courriel="a@b.fr", objet="x" * 300_000)
    assert flood.status_code == 413
    assert post(visitor, "/demandes", "/demandes", courriel="a@b.fr", objet="x" * 6000).status_code == 400
    with database.reading(edges.database) as connection:
        assert requests.desk(connection, edges.entity) == []


def test_a_form_without_its_token_is_refused(visitor):
    fields = {"courriel": "a@exemple.fr", "objet": "Le cadastre"}
    assert visitor.post("/demandes", data=fields).status_code == 403
    token = token_in(visitor.get("/demandes"))
    visitor.cookies.clear()
    assert visitor.post("/demandes", data={**fields, "jeton": token}).status_code == 403


def test_pages_speak_english_when_asked_and_remember_it(visitor):
    assert '<html lang="fr">' in visitor.get("/").text
    assert '<html lang="en">' in visitor.get("/?lang=en").text
    assert "Search the archives" in visitor.get("/").text
    assert '<html lang="fr">' in visitor.get("/?lang=fr").text


def test_every_sentence_of_the_pages_is_translated():
    known = json.loads((UI / "translations" / "en.json").read_text("utf-8"))
    said = set()
    for template in (UI / "templates").glob("*.html"):
        said |= set(re.findall(r'_\("((?:[^"\\]|\\.)+)"', template.read_text("utf-8")))
        said |= set(re.findall(r"_\('((?:[^'\\]|\\.)+)'", template.read_text("utf-8")))
    from search_ui.labels import LABELS

    said |= {label for group in LABELS.values() for label in group.values()}
    said |= set(re.findall(r'problem = "([^"]+)"', (UI / "routes" / "account.py").read_text("utf-8")))
    assert sorted(said - set(known)) == []
    for french, english in known.items():
        assert re.findall(r"%\(\w+\)s", french) == re.findall(r"%\(\w+\)s", english), french


def test_answers_carry_the_security_headers_and_no_inline_script(visitor, staff, town):
    for client, address in (
        (visitor, "/"),
        (visitor, "/documents/rien"),
        (visitor, f"/documents/{town.opened}?q=lavoir"),
        (staff, "/bureau"),
        (staff, f"/bureau/documents/{town.closed}"),
    ):
        answer = client.get(address)
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "referrer-policy" in answer.headers
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", answer.text)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text.replace(str(client.base_url), ""))
    assert "no-store" in staff.get("/bureau").headers["cache-control"]


def test_an_unexpected_error_is_a_page_without_details(visitor, monkeypatch):
    def broken(_asked, _edges, *, public):
        del public
        raise ZeroDivisionError("detail that nobody should read")

    monkeypatch.setattr("search_ui.routes.public.find", broken)
    answer = visitor.get("/")
    assert answer.status_code == 500
    assert "Une erreur est survenue" in answer.text
    assert "detail" not in answer.text
    assert "Traceback" not in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_robots_and_health(visitor):
    robots = visitor.get("/robots.txt").text
    assert "Disallow: /bureau" in robots
    assert visitor.get("/healthz").text == "ok"


def test_vendored_files_are_those_that_were_reviewed():
    told = (UI / "static" / "VENDORED.md").read_text("utf-8")
    assert hashlib.sha256((UI / "static" / "htmx.min.js").read_bytes()).hexdigest() in told
