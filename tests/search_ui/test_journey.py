"""What people do, in a real Chromium; and what the public does without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chromium import CONTRASTS, NAMELESS, address, browser, log_in, page
from drawn_scans import DELIBERATION, draw_page
from town_hall import NAME

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["address", "browser", "page"]


def public_journey(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Mots, nom de personne").fill("lavoir")
    page.locator("main").get_by_role("button", name="Rechercher").click()
    assert "1 page trouvée" in page.locator(".result-count").inner_text()
    page.get_by_role("checkbox", name=re.compile("^Délibération ")).check()
    page.get_by_role("button", name="Appliquer").click()
    assert page.get_by_role("checkbox", name=re.compile("^Délibération ")).is_checked()
    page.get_by_role("link", name="Le lavoir communal").click()
    assert page.locator(".page-text mark").first.inner_text() == "lavoir"
    assert page.locator(".scan img").evaluate("image => image.complete && image.naturalWidth > 100")
    assert page.locator(".scan rect").count() > 0
    page.get_by_role("link", name=re.compile("Signaler")).click()
    page.get_by_label("Adresse électronique").fill("martin@exemple.fr")
    page.get_by_label("Ce que vous demandez").fill("Une copie de cette délibération")
    page.get_by_role("button", name="Envoyer la demande").click()
    assert re.fullmatch(r"\d{4}-0001", page.locator("#numero").inner_text())
    assert "accuse réception" in page.locator(".letter").inner_text()


def test_a_visitor_searches_reads_and_requests(page):
    public_journey(page)
    assert page.troubles == []


def test_a_visitor_does_the_same_without_javascript(browser, address):
    context = browser.new_context(base_url=address, java_script_enabled=False)
    opened = context.new_page()
    opened.goto("/?q=lavoir")
    opened.get_by_role("link", name="Le lavoir communal").click()
    assert opened.locator(".page-text mark").first.inner_text() == "lavoir"
    opened.get_by_role("link", name=re.compile("Signaler")).click()
    opened.get_by_label("Adresse électronique").fill("martin@exemple.fr")
    opened.get_by_label("Ce que vous demandez").fill("Une copie")
    opened.get_by_role("button", name="Envoyer la demande").click()
    assert re.fullmatch(r"\d{4}-0001", opened.locator("#numero").inner_text())
    context.close()


def test_the_staff_uploads_reviews_confirms_and_publishes(page, browser, address, tmp_path):
    scan = tmp_path / "presbytere" / "registre" / "p1.png"
    scan.parent.mkdir(parents=True)
    draw_page(DELIBERATION.replace("lavoir", "presbytère").replace("1923", "1901")).save(scan)
    log_in(page)
    page.get_by_role("link", name="Verser un lot").first.click()
    page.get_by_label("Nom du lot").fill("Versement 2")
    page.get_by_label("ou un dossier entier").set_input_files(tmp_path / "presbytere")
    page.get_by_role("button", name="Envoyer et traiter").click()
    page.get_by_text("Traitement terminé").wait_for(timeout=120_000)
    page.get_by_role("row", name="presbytere/registre/p1.png").get_by_role("link", name="1").click()
    assert "fermé au public" in page.locator(".record-head").inner_text()
    page.locator("#v-class").select_option("DELIB")
    page.locator("input[name=ok-class]").check()
    page.locator("#v-date").fill("1901-04-06")
    page.locator("input[name=ok-date]").check()
    page.locator("#v-title").fill("Réparation du presbytère")
    page.locator("#v-access_category").select_option("C01")
    page.locator("input[name=ok-access_category]").check()
    page.get_by_role("button", name="Enregistrer mes décisions").click()
    page.get_by_role("status").get_by_text("C’est enregistré").wait_for()
    page.get_by_label("Droits de tiers (auteurs, donateurs)").select_option("none")
    page.get_by_label("Données personnelles").select_option("none")
    page.get_by_role("button", name="Publier").click()
    page.get_by_text("ouvert au public").wait_for()
    visitor = browser.new_page(base_url=address)
    visitor.goto("/?q=presbytère")
    assert visitor.get_by_role("link", name="Réparation du presbytère").is_visible()
    visitor.close()
    page.goto("/bureau/journal")
    assert NAME in page.locator("tbody tr").first.inner_text()
    assert page.troubles == []


def test_pages_are_legible_labelled_and_as_wide_as_the_screen(page, town):
    page.set_viewport_size({"width": 320, "height": 700})  # RGAA 10.11: 320 px without sideways scrolling
    addresses = [
        "/",
        "/?q=lavoir",
        f"/documents/{town.opened}?q=lavoir",
        "/demandes",
        "/connexion",
        "/documents/x",
    ]
    desk = ["/bureau", "/bureau/a-verifier", f"/bureau/documents/{town.closed}", "/bureau/lots/nouveau"]
    for path in addresses:
        check(page, path)
    log_in(page)
    for path in [*desk, "/bureau/recherche?q=LEFEBVRE", "/bureau/demandes", "/bureau/journal"]:
        check(page, path)


def check(page: Page, path: str) -> None:
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    assert page.evaluate(CONTRASTS) == [], path
    assert page.evaluate(NAMELESS) == [], path
    assert page.locator("h1").count() == 1, path
    assert page.locator("html[lang=fr]").count() == 1


def test_the_keyboard_reaches_the_content_first(page):
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
