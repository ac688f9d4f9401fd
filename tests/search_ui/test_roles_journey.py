"""In a real Chromium: an auditor sees all and changes nothing; an agent of one commune sees nothing of another's."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from chromium import browser, served
from town_hall import PASSWORD, first_page

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import people, tables
from archiveia.values import Role
from search_ui.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from archiveia.settings import Settings

__all__ = ["browser"]

TRACES = {
    "journal",
    "journal_values",
    "journal_records",
    "login_sessions",
    "sensitive_reads",
    "login_attempts",
}
"""What reading leaves: who came, and why."""
PAGES = (
    *("", "/recherche", "/a-verifier", "/justesse", "/noms", "/doublons", "/controles", "/demandes"),
    *("/journal", "/comptes", "/tableau-de-gestion", "/eliminations", "/compte"),
)


@contextmanager
def desk(browser: Browser, settings: Settings, role: Role, *services: str) -> Iterator[Page]:
    """The desk as an account of this role sees it."""
    with pipeline.open_edges(settings) as edges, database.writing(edges.database) as connection:
        people.add_user(
            connection, settings.entity, "agent", PASSWORD, now=edges.now(), role=role, services=services
        )
    with served(create_app(settings)) as address:
        context = browser.new_context(base_url=address, locale="fr-FR")
        page = context.new_page()
        page.goto("/bureau")
        page.get_by_label("Nom du compte").fill("agent")
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Se connecter").click()
        page.get_by_role("heading", name="Bureau", exact=True).wait_for()
        yield page
        context.close()


def kept(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the traces of reading."""
    engine = database.open_database(settings.database)
    with database.reading(engine) as connection:
        found = {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in tables.metadata.sorted_tables
            if table.name not in TRACES
        }
    engine.dispose()
    return found


def say_why(page: Page, record: str, reason: str) -> None:
    page.goto(f"/bureau/documents/{record}")
    page.get_by_role("heading", name="Document sensible").wait_for()
    page.get_by_label(reason).check()
    page.get_by_role("button", name="Lire le document").click()
    page.get_by_role("heading", name="Texte de la page").wait_for()


def test_an_auditor_sees_all_and_changes_nothing(browser, town):
    with desk(browser, town.settings, Role.AUDITOR) as page:
        before = kept(town.settings)
        page.goto("/bureau/recherche")
        shown = page.content()
        assert town.opened in shown
        assert town.closed in shown
        say_why(page, town.closed, "Contrôler ou auditer")
        assert "placé d" in page.locator("main").inner_text()
        for path in (*(f"/bureau{p}" for p in PAGES), f"/bureau/documents/{town.opened}"):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            forms = page.locator("main form[method=post]")
            if path != "/bureau/compte":
                enabled = forms.locator("button:visible:enabled, input[type=submit]:visible:enabled")
                assert enabled.count() == 0, path
        page.goto(f"/bureau/documents/{town.opened}")
        assert page.get_by_label("Titre ou objet").is_disabled()
        page.goto("/bureau/journal")
        assert "Lecture d’un document sensible" in page.locator("main").inner_text()
        assert kept(town.settings) == before


def test_an_agent_of_one_commune_sees_nothing_of_anothers(browser, town):
    with pipeline.open_edges(town.settings) as edges:
        image = f"/pages/{first_page(edges, town.closed)}.jpg"
    neighbour = town.settings.model_copy(update={"entity": "voisine", "entity_name": "La voisine"})
    with desk(browser, neighbour, Role.ADMINISTRATOR) as page:
        sees_nothing(page, town, image)
        page.goto("/bureau/comptes")
        assert "durand" not in page.locator("main").inner_text()


def test_a_service_of_the_same_commune_sees_nothing_of_anothers(browser, town):
    with pipeline.open_edges(town.settings) as edges:
        image = f"/pages/{first_page(edges, town.closed)}.jpg"
    with desk(browser, town.settings, Role.SERVICE, "État civil") as page:
        sees_nothing(page, town, image)
        links = page.get_by_role("navigation", name="Navigation principale").inner_text()
        assert not re.search("Noms|Doublons|Demandes|Journal|Comptes", links)


def sees_nothing(page: Page, town, image: str) -> None:
    """Neither in the desk, nor in the search and its choices, nor by an address."""
    assert "Carton 1" not in page.locator("main").inner_text()
    for words in ("", "?q=lavoir", "?q=LEFEBVRE"):
        page.goto(f"/bureau/recherche{words}")
        assert page.locator("li.hit").count() == 0
        assert page.get_by_role("checkbox").count() == 0
        assert "Rien ne correspond" in page.locator("main").inner_text()
    for path in (f"/bureau/documents/{town.opened}", f"/bureau/documents/{town.closed}", image):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404, path
