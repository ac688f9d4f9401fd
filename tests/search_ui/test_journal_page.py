"""The journal on the desk: found by who, what, when and which record; its chain's state above it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from town_hall import NAME, TestClient, Town, log_in, post

from archiveia.edges import database
from archiveia.edges.database import journal, journal_audit
from archiveia.pipeline import Edges, auditing

WHEN = datetime(2030, 1, 31, 23, 30, tzinfo=UTC)  # the first of February in Paris


def write(edges: Edges, *, count: int = 1, **changed: object) -> None:
    entry = {
        "actor": "DURAND",
        "action": "confirm",
        "subject": "0123456789abcdef0123",
        "before": {},
        "after": {"class": "DELIB", "title": "Le lavoir"},
        "now": WHEN,
    }
    with database.writing(edges.database) as connection:
        for _ in range(count):
            journal.write_journal(connection, entity_id=edges.entity, **(entry | changed))  # type: ignore[arg-type]


def rows(page: str) -> int:
    return page.count("<tr>") - 1


def forge(edges: Edges, statement: str) -> None:
    with database.writing(edges.database) as connection:
        for name in ("journal_update", "journal_delete"):
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
        connection.execute(sa.text(statement))


def test_the_page_tells_how_far_the_chain_is_verified(staff: TestClient, edges: Edges):
    write(edges)
    page = staff.get("/bureau/journal").text
    with database.reading(edges.database) as connection:
        head = journal.head(connection, edges.entity)
    assert head is not None
    assert f"Journal vérifié jusqu’à l’entrée {head.sequence}, tête" in page
    assert head.hash[:12] in page
    assert "Aucune tête n’est encore gardée" in page
    auditing.audit_night(edges)
    assert "Tête gardée hors de la base le" in staff.get("/bureau/journal").text


@pytest.mark.parametrize(
    "statement",
    ["UPDATE journal SET subject = 'x' WHERE sequence = 2", "DELETE FROM journal WHERE sequence = 2"],
)
def test_the_page_says_when_the_journal_was_changed(staff: TestClient, edges: Edges, statement: str):
    write(edges, count=3)
    forge(edges, statement)
    page = staff.get("/bureau/journal").text
    assert "Le journal n’est pas intact" in page
    assert "Journal vérifié" not in page


def test_entries_are_chosen_by_who_what_when_and_which_record(staff: TestClient, edges: Edges, town: Town):
    write(edges)
    write(edges, action="publish", subject=town.opened)
    everything = rows(staff.get("/bureau/journal").text)
    assert everything > 2
    for query, count in (
        ("qui=DURAND", 2),
        ("qui=DURAND&quoi=publish", 1),
        ("qui=LEFEBVRE", 0),
        ("du=2030-02-01&au=2030-02-01", 2),
        ("du=2030-02-02", 0),
        ("au=2030-01-31", everything - 2),
        (f"document={town.opened}&qui=DURAND", 1),
        ("document=%25&qui=DURAND", 0),
        ("du=hier&page=abc&qui=%00DURAND", 2),
    ):
        page = staff.get(f"/bureau/journal?{query}")
        assert (page.status_code, max(rows(page.text), 0)) == (200, count), query


def test_many_entries_are_told_in_pages_that_keep_the_choice(staff: TestClient, edges: Edges):
    write(edges, count=120)
    first = staff.get("/bureau/journal?qui=DURAND").text
    assert (rows(first), "120 entrées" in first, "page 1 sur 3" in first) == (50, True, True)
    following = re.search(r'rel="next" href="(\?[^"]+)"', first)
    assert following is not None
    second = staff.get("/bureau/journal" + following[1].replace("&amp;", "&")).text
    assert "page 2 sur 3" in second
    assert "120 entrées" in second
    assert rows(staff.get("/bureau/journal?qui=DURAND&page=3").text) == 20
    assert staff.get("/bureau/journal?page=999999").status_code == 200


def test_a_purged_name_and_value_are_told_as_such(staff: TestClient, edges: Edges):
    for action, after in (
        ("confirm", {"title": "Le lavoir"}),
        ("name", {"preferred": "Le lavoir", "forms": ["a", "b"], "state": "accepted"}),
        ("subject", {"label": "Le lavoir", "verdict": "accepted"}),
        ("check", {"finding": {"why": "Le lavoir"}, "verdict": "mended"}),
        ("view", {"reason": "Le lavoir", "les MARTIN": 1}),
    ):
        write(edges, action=action, after=after)
    assert "Le lavoir" in staff.get("/bureau/journal").text
    with database.writing(edges.database) as connection:
        before = datetime(2031, 1, 1, tzinfo=UTC)
        journal_audit.purge(connection, edges.entity, actor=NAME, now=before, before=before)
    page = staff.get("/bureau/journal").text
    assert "Le lavoir" not in page
    assert "Titre ou objet : [valeur purgée]" in page
    assert re.search(r"\[purgé [0-9a-f]{8}\]", page)
    assert "DURAND" not in page


def test_what_stands_in_the_journal_is_escaped(staff: TestClient, edges: Edges):
    write(edges, actor="<script>", action="<b>", subject="<i>", after={"title": "<u>"})
    page = staff.get("/bureau/journal?document=<i>").text
    assert not any(tag in page for tag in ("<script>", "<b>", "<i>", "<u>"))


def test_the_page_is_in_english_for_who_wants_it(staff: TestClient, edges: Edges):
    write(edges)
    page = staff.get("/bureau/journal?lang=en").text
    assert "Journal verified up to entry" in page
    assert "Choose entries" in page


def told(edges: Edges) -> list[tuple[str, str, str | None]]:
    with database.reading(edges.database) as connection:
        lines = journal.journal_list(connection, edges.entity)
    names = {"login", "login_refused", "locked", "logout"}
    return [(e.action, e.actor, e.after.get("account")) for e in reversed(lines) if e.action in names]


def test_logging_in_and_out_is_in_the_journal(staff: TestClient, edges: Edges):
    assert post(staff, "/deconnexion", "/bureau").status_code == 200
    assert told(edges) == [("login", NAME, None), ("logout", NAME, None)]


def test_refused_log_ins_and_a_closed_account_are_in_the_journal(visitor: TestClient, edges: Edges):
    for _ in range(6):
        log_in(visitor, password="un mauvais mot de passe")
    log_in(visitor, name="personne ou mot de passe", password="x")
    assert told(edges) == [
        *[("login_refused", "archiveia", NAME)] * 5,
        ("locked", "archiveia", NAME),
        ("login_refused", "archiveia", None),
    ]
