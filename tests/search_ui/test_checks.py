"""Checks on the desk: mends accepted, findings dismissed, both taken back; none returns while its value stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from town_hall import TestClient, Town, post

from archiveia.edges import database
from archiveia.edges.database import assertions, units
from archiveia.pipeline import deciding
from archiveia.pipeline.cleaning_records import check_descriptions
from archiveia.values import Assertion, Origin, OriginKind

if TYPE_CHECKING:
    from archiveia import pipeline

PAGE = "/bureau/controles"


@pytest.fixture(autouse=True)
def wrong(edges: pipeline.Edges, town: Town) -> None:
    """An imported commune with a slip, a date that a person typed wrong, and one cote on two records."""
    said = [Assertion("place", "Bazouges-la-Perousse", Origin(OriginKind.IMPORT, "inventaire.csv"))]
    with database.writing(edges.database) as connection:
        assertions.replace(connection, town.closed, ["place"], [OriginKind.IMPORT], said, now=edges.now())
    deciding.confirm(town.opened, {"date": "2191-04-06", "cote": "1 D 12"}, actor="DURAND", edges=edges)
    deciding.confirm(town.closed, {"cote": "1D12"}, actor="DURAND", edges=edges)
    check_descriptions(edges)


def decide(staff: TestClient, record: str, value: str, verdict: str, motif: str = ""):
    page = staff.get(f"{PAGE}?motif={motif}").text
    part = next(p for p in page.split('<li class="hit alike">') if value in p and record in p)
    key = re.search(r'name="cle" value="([^"]+)"', part)
    assert key
    return post(staff, f"{PAGE}/{record}", PAGE, cle=key[1], decision=verdict, motif=motif)


def place_of(edges: pipeline.Edges, record: str) -> list[str]:
    with database.reading(edges.database) as connection:
        return units.load_record(connection, record, edges.entity).values("place")


def test_a_finding_is_told_with_its_reason_its_mend_and_its_record(staff: TestClient, town: Town):
    page = staff.get(PAGE).text
    assert "Commune inconnue" in page
    assert "<strong" in page
    assert "Bazouges-la-Pérouse" in page
    assert "n’est pas dans la liste officielle des communes" in page
    assert f'href="/bureau/documents/{town.closed}"' in page
    assert "Cette date est dans l’avenir ; le document porte" in page


def test_a_finding_without_a_mend_has_no_button_to_accept_one(staff: TestClient):
    page = staff.get(f"{PAGE}?motif=duplicate_cote").text
    assert 'value="dismissed"' in page
    assert 'value="mended"' not in page


def test_an_accepted_mend_is_the_persons_value_and_can_be_taken_back(
    staff: TestClient, town: Town, edges: pipeline.Edges
):
    decide(staff, town.closed, "Bazouges-la-Perousse", "mended")
    assert place_of(edges, town.closed) == ["Bazouges-la-Pérouse"]
    assert "Commune inconnue" not in staff.get(PAGE).text
    assert "corrigé par a.durand" in staff.get(f"{PAGE}?motif=decides").text
    decide(staff, town.closed, "Bazouges-la-Perousse", "open", "decides")
    assert place_of(edges, town.closed) == ["Bazouges-la-Perousse"]
    assert "Commune inconnue" in staff.get(PAGE).text


def test_what_a_person_changed_after_a_mend_stays_when_the_mend_is_taken_back(
    staff: TestClient, town: Town, edges: pipeline.Edges
):
    decide(staff, town.closed, "Bazouges-la-Perousse", "mended")
    deciding.confirm(town.closed, {"place": "Dinan"}, actor="DURAND", edges=edges)
    decide(staff, town.closed, "Bazouges-la-Perousse", "open", "decides")
    assert place_of(edges, town.closed) == ["Dinan"]


def test_a_dismissed_finding_does_not_come_back_while_the_value_is_the_same(
    staff: TestClient, town: Town, edges: pipeline.Edges
):
    decide(staff, town.opened, "2191", "dismissed")
    check_descriptions(edges)
    assert "est dans l’avenir" not in staff.get(PAGE).text
    deciding.confirm(town.opened, {"date": "2192-04-06"}, actor="DURAND", edges=edges)
    post(staff, PAGE, PAGE)
    assert "2192" in staff.get(PAGE).text


def test_a_value_that_was_corrected_elsewhere_is_no_more_told(
    staff: TestClient, town: Town, edges: pipeline.Edges
):
    deciding.confirm(town.opened, {"date": "1893-04-06"}, actor="DURAND", edges=edges)
    assert "est dans l’avenir" not in staff.get(PAGE).text


def test_a_wrong_value_that_comes_back_after_its_mend_is_told_again(
    staff: TestClient, town: Town, edges: pipeline.Edges
):
    decide(staff, town.closed, "Bazouges-la-Perousse", "mended")
    deciding.confirm(town.closed, {"place": "Bazouges-la-Perousse"}, actor="DURAND", edges=edges)
    check_descriptions(edges)
    assert "Commune inconnue" in staff.get(PAGE).text


def test_decisions_are_in_the_journal(staff: TestClient, town: Town):
    decide(staff, town.opened, "2191", "dismissed")
    page = staff.get("/bureau/journal").text
    assert "Contrôle" in page
    assert "cette date est dans l’avenir" in page
    assert " : écarté" in page


def test_what_makes_no_sense_is_refused(staff: TestClient, visitor: TestClient, town: Town):
    assert post(staff, f"{PAGE}/{town.opened}", PAGE, cle="x", decision="perhaps").status_code == 400
    assert post(staff, f"{PAGE}/{town.opened}", PAGE, cle="x", decision="mended").status_code == 400
    assert visitor.get(PAGE, follow_redirects=False).status_code == 303
    assert staff.post(f"{PAGE}/{town.opened}", data={"cle": "x", "decision": "open"}).status_code == 403


def test_the_findings_of_a_record_are_among_what_is_said_of_it(staff: TestClient, town: Town):
    assert "cette date est dans l’avenir" in staff.get(f"/bureau/documents/{town.opened}").text
