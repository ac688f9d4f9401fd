"""Twenty proposals cleared with the keyboard alone, in a real Chromium."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chromium import CONTRASTS, NAMELESS, address, browser, log_in, page
from reviewing import acts, lay_out
from town_hall import NAME, PASSWORD, Town, settings_of

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import journal, people, review_queue
from archiveia.edges.database.waiting import Review
from archiveia.pipeline import deciding, need_to_know, reviewing
from archiveia.values import Role, Staff

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["address", "browser", "page"]

PIECES = 24
PICTURES = os.environ.get("ARCHIVEIA_TEST_PICTURES")
"""A folder for pictures of the pages, for somebody to look at."""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Acts that wait for their retention rule."""
    settings = settings_of(tmp_path / "home", blind_share=0.0)
    with pipeline.open_edges(settings) as edges:
        with database.writing(edges.database) as connection:
            people.add_user(connection, edges.entity, NAME, PASSWORD, now=edges.now())
        ids = lay_out(edges, acts(PIECES))
    return Town(settings, ids[0], ids[1])


def shoot(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def progress(page: Page, expected: str) -> None:
    page.locator("#avancement").get_by_text(expected, exact=False).wait_for()


def test_twenty_proposals_are_cleared_with_the_keyboard_alone(page: Page, town: Town):
    log_in(page)
    page.goto("/bureau/revue/retention")
    progress(page, f"1 sur {PIECES}")
    shoot(page, "revue-1")
    assert page.locator(".scan rect").count() > 0
    accept_the_next(page, 1, 14)
    choose_another_rule_and_take_it_back(page)
    freeze_and_ask(page)
    page.keyboard.press("s")
    progress(page, f"20 sur {PIECES}")
    accept_the_next(page, 20, 22)
    page.keyboard.press("?")
    shoot(page, "revue-fin")
    is_legible(page)
    assert page.troubles == []  # type: ignore[attr-defined]
    with pipeline.open_edges(town.settings) as edges, database.reading(edges.database) as connection:
        mine = journal.journal_list(connection, edges.entity, 100, wanted=journal.Wanted(actor=NAME))
        standing = [line for line in mine if line.action in {"confirm", "ask"} and line.undone_by is None]
        assert len(standing) == 21
        assert review_queue.count(connection, review_queue.Queue(edges.entity, Review.RETENTION)) == 3


def accept_the_next(page: Page, first: int, last: int) -> None:
    for done in range(first, last + 1):
        page.keyboard.press("a")
        progress(page, f"{done + 1} sur {PIECES}")


def choose_another_rule_and_take_it_back(page: Page) -> None:
    page.keyboard.press("2")  # the runner-up
    progress(page, f"16 sur {PIECES}")
    page.keyboard.press("u")
    progress(page, f"15 sur {PIECES}")
    page.keyboard.press("2")
    progress(page, f"16 sur {PIECES}")
    page.keyboard.press("c")  # opens the list and goes into it; letters there decide nothing
    page.keyboard.type("ADM-003")
    assert page.locator("#valeur").input_value() == "ADM-003"
    shoot(page, "revue-changer")
    page.keyboard.press("Enter")
    progress(page, f"17 sur {PIECES}")


def freeze_and_ask(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.type("Contentieux en cours, as")
    shoot(page, "revue-geler")
    page.keyboard.press("Enter")
    progress(page, f"18 sur {PIECES}")
    page.keyboard.press("d")
    page.keyboard.type("Secrétariat")
    page.keyboard.press("Tab")
    page.keyboard.type("Cette délibération est-elle au registre ?")
    shoot(page, "revue-demander")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    progress(page, f"19 sur {PIECES}")


def is_legible(page: Page) -> None:
    assert page.evaluate(CONTRASTS) == []
    assert page.evaluate(NAMELESS) == []
    assert page.locator("h1").count() == 1


def test_the_screens_are_legible_labelled_and_as_wide_as_the_screen(page: Page, town: Town):
    log_in(page)
    with pipeline.open_edges(town.settings) as edges:
        record = need_to_know.seen_record(town.opened, person(edges), edges)
        reviewing.ask(record, Review.RETENTION, to="DPO", question="À garder ?", actor=NAME, edges=edges)
        deciding.confirm(town.closed, {"retention_rule": "ADM-001"}, actor=NAME, edges=edges)
    together = "/bureau/revue/retention/ensemble?classe=DELIB&regle=ADM-001"
    paths = ["/bureau/revue/retention", "/bureau/revue/class", "/bureau/revue/questions", together]
    for name, path in zip(("piece", "vide", "questions", "ensemble"), paths, strict=True):
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(path)
        shoot(page, name)
        page.set_viewport_size({"width": 320, "height": 700})  # RGAA 10.11: without sideways scrolling
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        is_legible(page)
        shoot(page, f"{name}-etroit")


def person(edges: pipeline.Edges) -> Staff:
    return Staff(1, NAME, edges.entity, "", Role.ADMINISTRATOR)


def test_a_held_key_and_keys_with_a_modifier_decide_one_piece_at_most(page: Page):
    log_in(page)
    page.goto("/bureau/revue/retention")
    page.keyboard.press("Control+a")
    page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', repeat: true, bubbles: true}))"
    )
    page.wait_for_timeout(200)
    progress(page, f"1 sur {PIECES}")


def test_without_javascript_the_same_forms_decide(browser, address):
    context = browser.new_context(base_url=address, java_script_enabled=False)
    opened = context.new_page()
    log_in(opened)
    opened.goto("/bureau/revue/retention")
    opened.get_by_role("button", name="Accepter").click()
    progress(opened, f"2 sur {PIECES}")
    opened.locator("summary", has_text="Geler").click()
    opened.get_by_label("Motif du gel").fill("contentieux")
    opened.get_by_role("button", name="Geler la pièce").click()
    progress(opened, f"3 sur {PIECES}")
    context.close()
