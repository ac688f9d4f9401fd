"""Duplicates on the desk: groups with a proposed record copy, two pages side by side, what a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from town_hall import NAME, TestClient, Town, post

from archiveia.edges import database
from archiveia.edges.database import decisions, similarity, units
from archiveia.values import Relation, SimilarPair

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
