"""Subjects on the desk: proposed with their words, accepted, refused, taken back; and what the public sees of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from town_hall import TestClient, Town, post

from archiveia.pipeline.thesaurus import import_thesaurus

if TYPE_CHECKING:
    from archiveia import pipeline

FILE = Path(__file__).parent.parent / "samples" / "thesaurus.rdf"
LAVOIR = "urn:essai:lavoir"


@pytest.fixture(autouse=True)
def imported(edges: pipeline.Edges) -> None:
    import_thesaurus(FILE, actor="MARTIN", edges=edges)


def decide(staff: TestClient, record: str, verdict: str, uri: str = LAVOIR, **more: str):
    base = f"/bureau/documents/{record}"
    return post(staff, f"{base}/sujets", base, uri=uri, decision=verdict, **more)


def test_a_proposal_is_shown_with_its_words_and_origin(staff: TestClient, town: Town):
    page = staff.get(f"/bureau/documents/{town.opened}").text
    assert "Proposés par calcul" in page
    assert '<span class="chip" lang="fr">lavoir</span>' in page
    assert "« lavoir » dans le titre ; 2 fois, p. 1" in page


def test_an_accepted_subject_is_the_archivists_and_the_public_can_search_by_it(
    staff: TestClient, visitor: TestClient, town: Town
):
    assert "Sujet" not in visitor.get("/").text
    page = decide(staff, town.opened, "accepted").text
    assert '<span class="chip good" lang="fr">lavoir</span>' in page
    assert "retenu par a.durand" in page
    assert 'name="sujet" value="lavoir"' in visitor.get("/").text
    assert town.opened in visitor.get("/?sujet=lavoir").text
    assert "<dt>Sujet</dt>" in visitor.get(f"/documents/{town.opened}").text
    assert "« lavoir » : retenu" in staff.get("/bureau/journal").text


def test_the_subject_of_a_closed_record_is_unknown_to_the_public(
    staff: TestClient, visitor: TestClient, town: Town
):
    decide(staff, town.closed, "accepted", "urn:essai:police")
    assert 'value="police"' not in visitor.get("/").text
    assert town.closed not in visitor.get("/?sujet=police").text
    assert 'value="police"' in staff.get("/bureau/recherche").text


def test_a_refused_subject_is_put_aside_and_can_come_back(staff: TestClient, town: Town):
    page = decide(staff, town.opened, "refused").text
    assert '<span class="chip off" lang="fr">lavoir</span>' in page
    assert "Proposés par calcul" not in page
    assert "Proposés par calcul" in decide(staff, town.opened, "open").text


def test_a_descriptor_that_nobody_proposed_is_found_and_accepted(staff: TestClient, town: Town):
    base = f"/bureau/documents/{town.opened}/sujets"
    page = staff.get(f"{base}?mots=edif").text
    assert "édifice public" in page
    assert "Bâtiments de la commune." in page
    done = decide(staff, town.opened, "accepted", "urn:essai:edifice", retour="sujets")
    assert done.url.path == base
    assert "retenu par a.durand" in done.text
    assert "sous édifice public" in staff.get(f"{base}?mots=lavoir").text
    assert "Aucun descripteur n’a ces mots." in staff.get(f"{base}?mots=zzz").text


def test_what_makes_no_sense_is_refused(staff: TestClient, visitor: TestClient, town: Town):
    assert decide(staff, town.opened, "perhaps").status_code == 400
    assert decide(staff, town.opened, "accepted", "urn:x").status_code == 400
    assert decide(staff, "0" * 20, "accepted").status_code in (400, 404)
    base = f"/bureau/documents/{town.opened}/sujets"
    assert visitor.get(base, follow_redirects=False).status_code == 303
    assert staff.post(base, data={"uri": LAVOIR, "decision": "accepted"}).status_code == 403
