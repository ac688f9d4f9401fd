"""Variants of a name on the desk: proposed with examples, accepted, refused, taken out, taken back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from town_hall import TestClient, Town, post

from archiveia.pipeline import deciding

if TYPE_CHECKING:
    from archiveia import pipeline

PAGE = "/bureau/noms"


@pytest.fixture(autouse=True)
def written_otherwise(edges: pipeline.Edges, town: Town) -> None:
    said = {town.opened: "Mairie de Saint-Denis; mairie de St-Denis", town.closed: "MAIRIE DE SAINT-DENIS"}
    for record, organisations in said.items():
        deciding.confirm(record, {"organisation": organisations}, actor="MARTIN", edges=edges)


@pytest.fixture
def group(staff: TestClient) -> str:
    """The address of the group that is proposed once variants are looked for."""
    page = post(staff, f"{PAGE}/chercher", PAGE).text
    (found,) = set(re.findall(r'action="(/bureau/noms/[0-9a-f]+)"', page))
    return str(found)


def test_a_proposal_shows_its_forms_reasons_and_examples(staff: TestClient, group: str, town: Town):
    page = staff.get(PAGE).text
    for form in ("Mairie de Saint-Denis", "mairie de St-Denis", "MAIRIE DE SAINT-DENIS"):
        assert f'<th scope="row" lang="fr">{form}</th>' in page
    assert "mêmes mots" in page
    assert f"/bureau/documents/{town.closed}" in page
    assert 'name="nom"' not in staff.get("/bureau/recherche").text
    assert "noms à rapprocher" in staff.get("/bureau").text
    assert group in page


def test_an_accepted_name_is_a_facet_under_the_rights_of_each_record(
    staff: TestClient, visitor: TestClient, group: str, town: Town
):
    page = post(staff, group, PAGE, decision="accepted", forme="Saint-Denis, mairie").text
    assert "Rien ici." in page
    assert 'name="nom" value="Saint-Denis, mairie"' in visitor.get("/").text
    public = visitor.get("/?nom=Saint-Denis, mairie").text
    assert town.opened in public
    assert town.closed not in public
    assert town.closed in staff.get("/bureau/recherche?nom=Saint-Denis, mairie").text
    assert "« Saint-Denis, mairie »" in staff.get("/bureau/journal").text
    assert "Décidé par a.durand" in staff.get(f"{PAGE}?etat=accepted").text


def test_a_decision_is_taken_back(staff: TestClient, visitor: TestClient, group: str):
    post(staff, group, PAGE, decision="accepted")
    assert 'name="nom"' in visitor.get("/").text
    post(staff, group, PAGE, decision="proposed", etat="accepted")
    assert 'name="nom"' not in visitor.get("/").text
    assert "mêmes mots" in staff.get(PAGE).text


def test_a_variant_is_taken_out_and_put_back(staff: TestClient, group: str):
    form = {"variante": "mairie de St-Denis"}
    assert "Remettre" in post(staff, f"{group}/variante", PAGE, decision="sortir", **form).text
    assert "Remettre" not in post(staff, f"{group}/variante", PAGE, decision="remettre", **form).text


def test_refused_variants_are_put_aside(staff: TestClient, group: str):
    assert "Rien ici." in post(staff, group, PAGE, decision="refused").text
    assert "Rien ici." in post(staff, f"{PAGE}/chercher", PAGE).text
    assert "mairie de St-Denis" in staff.get(f"{PAGE}?etat=refused").text


def test_what_makes_no_sense_is_refused(staff: TestClient, visitor: TestClient, group: str):
    assert post(staff, group, PAGE, decision="perhaps").status_code == 400
    assert post(staff, f"{PAGE}/x", PAGE, decision="accepted").status_code == 400
    assert post(staff, f"{group}/variante", PAGE, decision="sortir", variante="x").status_code == 400
    assert visitor.get(PAGE, follow_redirects=False).status_code == 303
    assert staff.post(group, data={"decision": "accepted"}).status_code == 403
    assert staff.get(f"{PAGE}?etat=x&page=99").status_code == 200
