"""What people do, in a real Chromium; and what the public does without JavaScript."""

from __future__ import annotations

import re
import shutil
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
import uvicorn
from drawn_scans import DELIBERATION, draw_page
from town_hall import NAME, PASSWORD

from search_ui.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
CONTRASTS = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) {
    const s = getComputedStyle(e); if (s.backgroundImage !== 'none') return null;
    const c = parse(s.backgroundColor); if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.offsetParent) continue;
    const s = getComputedStyle(e), back = ground(e); if (!back) continue;
    const [a, b] = [light(parse(s.color)), light(back)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)} ${e.textContent.trim().slice(0, 30)}`);
  } return bad; }"""
NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
  .filter(e => !e.labels.length && !e.ariaLabel).map(e => e.outerHTML)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="extra dev is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def address(town) -> Iterator[str]:
    """The address of the application, served on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(town.settings), port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, locale="fr-FR")
    opened = context.new_page()
    opened.troubles = []  # type: ignore[attr-defined]
    opened.on("pageerror", lambda error: opened.troubles.append(str(error)))  # type: ignore[attr-defined]
    opened.on(
        "console",
        lambda message: opened.troubles.append(message.text) if message.type == "error" else None,  # type: ignore[attr-defined]
    )
    yield opened
    context.close()


def log_in(page: Page) -> None:
    page.goto("/bureau")
    page.get_by_label("Nom du compte").fill(NAME)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("heading", name="Bureau", exact=True).wait_for()


def public_journey(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Mots, nom de personne").fill("lavoir")
    page.locator("main").get_by_role("button", name="Rechercher").click()
    assert "1 page trouvée" in page.locator(".result-count").inner_text()
    page.get_by_role("checkbox", name=re.compile("Délibération")).check()
    page.get_by_role("button", name="Appliquer").click()
    assert page.get_by_role("checkbox", name=re.compile("Délibération")).is_checked()
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
    page.get_by_role("button", name="Enregistrer mes décisions").click()
    page.get_by_role("status").get_by_text("C’est enregistré").wait_for()
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
    for address in addresses:
        check(page, address)
    log_in(page)
    for address in [*desk, "/bureau/recherche?q=LEFEBVRE", "/bureau/demandes", "/bureau/journal"]:
        check(page, address)


def check(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
    assert page.evaluate(CONTRASTS) == [], address
    assert page.evaluate(NAMELESS) == [], address
    assert page.locator("h1").count() == 1, address
    assert page.locator("html[lang=fr]").count() == 1


def test_the_keyboard_reaches_the_content_first(page):
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
