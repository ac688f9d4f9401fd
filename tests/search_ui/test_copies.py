"""Duplicates on the desk: groups with a proposed record copy, two pages side by side, what a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from town_hall import NAME, TestClient, Town, post

from archiveia.edges import database
from archiveia.edges.database import decisions, similarity, tables, units
from archiveia.values import COPIES, Relation, SimilarPair

if TYPE_CHECKING:
    from archiveia import pipeline

LIST = "/bureau/doublons"


Pages = tuple[str, str]


@pytest.fixture
def pages(edges: pipeline.Edges, town: Town) -> Pages:
    """The first pages of the town's two records, in order."""
    with database.reading(edges.database) as connection:
        records = units.load_records(connection, [town.opened, town.closed], edges.entity)
    first, second = sorted(record.pages[0].id for record in records)
    return first, second


def are(relation: Relation, pages: Pages, edges: pipeline.Edges) -> None:
    with database.writing(edges.database) as connection:
        similarity.save_pairs(connection, pages, [SimilarPair(*pages, 0.97, relation)])


def decided(pages: Pages, edges: pipeline.Edges) -> tuple[bool, str | None] | None:
    with database.reading(edges.database) as connection:
        found = similarity.decision_on(connection, *pages)
    return None if found is None else (found.is_copy, found.record_copy)


def test_a_desk_without_duplicates_says_so(staff: TestClient):
    assert "Rien de tel pour l’instant." in staff.get(LIST).text


def test_copies_stand_together_with_a_proposed_record_copy(
    staff: TestClient, pages: Pages, edges: pipeline.Edges
):
    are(Relation.SAME_TEXT, pages, edges)
    page = staff.get(LIST).text
    assert "2 exemplaires" in page
    assert page.count("exemplaire de référence proposé") == 1
    assert page.count("Comparer") == 1


def test_two_pages_are_shown_side_by_side_with_what_differs(
    staff: TestClient, pages: Pages, edges: pipeline.Edges
):
    are(Relation.DOUBTFUL, pages, edges)
    assert f"{LIST}/{pages[0]}/{pages[1]}" in staff.get(f"{LIST}?relation=doubtful").text
    page = staff.get(f"{LIST}/{pages[1]}/{pages[0]}").text
    for one in pages:
        assert f'src="/pages/{one}.jpg"' in page
    assert "Presque la même page : à vérifier" in page
    assert "97 % des lettres concordent" in page
    assert "Ce qui diffère" in page
    assert page.count("<mark>") >= 2
    assert " checked" not in page  # nothing is chosen beforehand where a person has to look


def many(count: int, relation: Relation, pages: Pages, edges: pipeline.Edges) -> list[Pages]:
    """So many pairs of pages that no piece holds, the most alike first."""
    ids = [f"{n:032d}" for n in range(2 * count)]
    with database.writing(edges.database) as connection:
        for table, key in ((tables.pages, "id"), (tables.readings, "page_id")):
            one = connection.execute(sa.select(table).where(table.c[key] == pages[0])).one()._asdict()
            if table is tables.pages:
                rows = [
                    {**one, key: page, "unit_id": None, "number": None, "source_page": 100 + n}
                    for n, page in enumerate(ids)
                ]
            else:
                rows = [{**one, key: page} for page in ids]
            connection.execute(table.insert(), rows)
        found = list(zip(ids[::2], ids[1::2], strict=True))
        pairs = [SimilarPair(*pair, 1 - n / (2 * count), relation) for n, pair in enumerate(found)]
        similarity.save_pairs(connection, ids, pairs)
    return found


@pytest.mark.parametrize(
    ("relation", "what"),
    [
        (Relation.TEMPLATE, "paires, les plus ressemblantes d’abord"),
        (Relation.SAME_TEXT, "groupes de copies"),
    ],
)
def test_a_long_list_comes_in_pages_with_its_total(
    staff: TestClient, pages: Pages, edges: pipeline.Edges, relation: Relation, what: str
):
    found = many(45, relation, pages, edges)
    tab = "copies" if relation in COPIES else relation.value
    for number, (first, last) in enumerate(((1, 20), (21, 40), (41, 45)), start=1):
        page = staff.get(f"{LIST}?relation={tab}&page={number}").text
        assert f"{first} à {last} de 45 {what}" in page
        assert f"page {number} sur 3" in page
        shown = [n for n, (a, b) in enumerate(found, start=1) if f"{LIST}/{a}/{b}" in page]
        assert shown == list(range(first, last + 1))
    assert f"41 à 45 de 45 {what}" in staff.get(f"{LIST}?relation={tab}&page=9999").text
    assert "Rien de tel pour l’instant." in staff.get(f"{LIST}?relation=doubtful").text


def test_other_acts_on_one_template_are_no_copies(staff: TestClient, pages: Pages, edges: pipeline.Edges):
    are(Relation.TEMPLATE, pages, edges)
    assert "Rien de tel pour l’instant." in staff.get(LIST).text
    assert "Même modèle, autre acte, 97 %" in staff.get(f"{LIST}?relation=template").text


def test_a_person_decides_and_outranks_the_machine_and_nothing_is_deleted(
    staff: TestClient, pages: Pages, edges: pipeline.Edges
):
    are(Relation.DOUBTFUL, pages, edges)
    address = f"{LIST}/{pages[0]}/{pages[1]}"
    page = post(staff, address, address, decision="copies", reference=pages[1]).text
    assert "Rien n’a été supprimé" in page
    assert "2 exemplaires" in page
    assert decided(pages, edges) == (True, pages[1])
    are(Relation.TEMPLATE, pages, edges)  # the machine runs again
    assert "2 exemplaires" in staff.get(LIST).text
    assert f"{NAME} a décidé : ce sont des copies." in staff.get(address).text
    post(staff, address, address, decision="distinctes")
    assert decided(pages, edges) == (False, None)
    assert "2 exemplaires" not in staff.get(LIST).text
    with database.reading(edges.database) as connection:
        entries = decisions.journal_list(connection, edges.entity)
    assert [e.after["is_copy"] for e in entries if e.action == "copies"] == [False, True]
    assert "Copies" in staff.get("/bureau/journal").text
    for one in pages:
        assert staff.get(f"/pages/{one}.jpg").status_code == 200


def test_a_decision_that_cannot_be_is_refused(staff: TestClient, pages: Pages, edges: pipeline.Edges):
    are(Relation.SAME_TEXT, pages, edges)
    address = f"{LIST}/{pages[0]}/{pages[1]}"
    assert "aucune décision" in post(staff, address, address, decision="détruire").text
    assert "aucun exemplaire de référence" in post(staff, address, address, decision="copies").text
    assert (
        "n’est aucune des deux pages" in post(staff, address, address, decision="copies", reference="x").text
    )
    assert staff.get(f"{LIST}/{pages[0]}/ailleurs").status_code == 404
    assert decided(pages, edges) is None


def test_visitors_see_nothing_of_it(visitor: TestClient, pages: Pages):
    for address in (LIST, f"{LIST}/{pages[0]}/{pages[1]}"):
        assert visitor.get(address, follow_redirects=False).status_code == 303
