"""An elimination in a real Chromium: two persons, two log-ins, from the list to the certificate."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from chromium import NAMELESS, browser, served
from eliminating import ripen, sign_the_rules
from town_hall import PASSWORD, settings_of

from archiveia.edges import database
from archiveia.edges.database import people, units
from archiveia.values.people import Role
from search_ui.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from archiveia import pipeline

__all__ = ["browser"]

PICTURES = os.environ.get("ARCHIVEIA_TEST_PICTURES")
"""A folder for pictures of the pages, for somebody to look at."""


@pytest.fixture
def ready(town) -> Iterator[tuple[str, pipeline.Edges]]:
    """The address of the application with a record that fell due and two accounts, and its edges."""
    app = create_app(settings_of(town.settings.home_dir, backup_retention_days=90))
    with served(app) as address:
        edges = app.state.edges
        sign_the_rules(edges)
        ripen(town.closed, edges, cote="4 W 103")
        with database.writing(edges.database) as connection:
            for name, role in (("b.martin", Role.RECORDS_MANAGER), ("c.lefebvre", Role.ARCHIVIST)):
                people.add_user(connection, edges.entity, name, PASSWORD, now=edges.now(), role=role)
        yield address, edges


def desk_of(browser: Browser, address: str, name: str) -> Page:
    page = browser.new_context(base_url=address, locale="fr-FR").new_page()
    log_in(page, name)
    return page


def log_in(page: Page, name: str) -> None:
    page.goto("/bureau")
    page.get_by_label("Nom du compte").fill(name)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("heading", name="Bureau", exact=True).wait_for()


def picture(page: Page, name: str) -> None:
    """The page, each of whose fields has a name, as somebody sees it."""
    assert page.evaluate(NAMELESS) == []
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_an_elimination_goes_from_its_list_to_its_certificate(browser, ready, town, tmp_path):
    address, edges = ready
    first = desk_of(browser, address, "b.martin")
    prepare(first)
    printed = issue_and_sign(first, edges.today().isoformat())
    number = re.search(r"\d{4}-E\d{3}", first.locator("h1").inner_text())[0]
    bring_visa(first, printed, number, tmp_path / "visa.png", edges.today().isoformat())
    assert first.get_by_role("button", name="Je confirme l’élimination").count() == 0
    assert "Il faut deux personnes différentes" in first.locator("main").inner_text()

    second = desk_of(browser, address, "c.lefebvre")
    second.goto(first.url)
    second.get_by_role("button", name="Je confirme l’élimination").click()
    assert second.get_by_role("button", name="Détruire").count() == 0
    picture(second, "5-reflexion")
    later = edges.now() + timedelta(days=8)
    edges.clock = lambda: later
    log_in(second, "c.lefebvre")
    second.goto(first.url)
    assert "voici ce qui disparaîtrait" in second.locator("main").inner_text()
    picture(second, "6-avant")
    second.get_by_label(re.compile("Pour détruire")).fill(number)
    second.get_by_role("button", name="Détruire").click()
    assert "détruit, à certifier" in second.locator("main").inner_text()
    with database.reading(edges.database) as connection:
        assert units.in_use(connection, [town.closed]) == []

    log_in(first, "b.martin")
    first.goto(second.url)
    told = attest(first, edges.today().isoformat())
    assert "Visa AD 2026-117" in told
    assert "broyage confidentiel" in told
    assert "4 W 103" in told


def prepare(first: Page) -> None:
    """The first person tries it out and drafts the list, which wants its metres."""
    first.get_by_role("link", name="Éliminations").click()
    picture(first, "1-liste")
    first.get_by_role("link", name="Préparer un bordereau").click()
    first.get_by_label("Ce qui est éliminé").select_option("both")
    first.get_by_role("button", name="Essayer à blanc").click()
    assert "rien n’est écrit" in first.locator("main").inner_text()
    picture(first, "2-essai")
    first.get_by_role("button", name="Préparer le bordereau").click()
    assert "le métrage linéaire manque" in first.locator("main").inner_text()
    first.get_by_label("Mètres linéaires").fill("1,20")
    first.get_by_label("Boîtes").fill("12")
    first.get_by_role("button", name="Enregistrer les lignes").click()
    picture(first, "3-preparation")


def issue_and_sign(first: Page, today: str) -> Path:
    """The bordereau as it is printed, signed by both and sent."""
    first.get_by_role("button", name="Émettre le bordereau").click()
    with first.expect_download() as printed:
        first.get_by_role("link", name="PDF").click()
    for label in ("Nom et fonction de qui a signé", "Nom de qui a signé"):
        form = first.locator("form").filter(has=first.get_by_label(label, exact=True))
        form.get_by_label(label).fill("LEFEBVRE")
        form.get_by_label("Le", exact=True).fill(today)
        form.get_by_role("button", name="Enregistrer").click()
    first.get_by_label("Le", exact=True).fill(today)
    first.get_by_role("button", name="Enregistrer").click()
    return printed.value.path()


def bring_visa(first: Page, printed: Path, number: str, scan: Path, today: str) -> None:
    """The visa, scanned, is recorded and known by its code."""
    with pypdfium2.PdfDocument(printed) as pdf:
        pdf[0].render(scale=200 / 72).to_pil().convert("L").save(scan)
    first.get_by_label("Bordereau visé, numérisé").set_input_files(scan)
    first.get_by_label("Numéro du bordereau, sur le visa").fill(number)
    first.get_by_label("Empreinte (12 premiers signes)").fill(first.locator("p code").first.inner_text())
    first.get_by_label("Référence du visa").fill("AD 2026-117")
    first.get_by_label("Nom et fonction de qui a visé").fill("la directrice")
    first.get_by_label("Le", exact=True).fill(today)
    first.get_by_label("accordé", exact=True).check()
    picture(first, "4-visa")
    first.get_by_role("button", name="Enregistrer le visa").click()
    assert "code du bordereau lu sur le visa" in first.locator("main").inner_text()


def attest(first: Page, today: str) -> str:
    """What the certificate says, once somebody answers for the paper."""
    first.get_by_label("Qui atteste").fill("Broyage SA")
    first.get_by_label("Comment").fill("broyage confidentiel")
    first.get_by_label("Le", exact=True).fill(today)
    first.get_by_role("button", name="Attester et établir le certificat").click()
    assert "éliminé et certifié" in first.locator("main").inner_text()
    picture(first, "7-certifie")
    with first.expect_download() as certificate:
        first.locator("li", has_text="Certificat d’élimination").get_by_role("link", name="PDF").click()
    with pypdfium2.PdfDocument(certificate.value.path()) as pdf:
        if PICTURES:
            pdf[0].render(scale=1.6).to_pil().save(Path(PICTURES) / "8-certificat.png")
        return " ".join(pdf[0].get_textpage().get_text_bounded().split())
