"""A share of the records is shown without the proposed class, and what people say of them measures the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from town_hall import TestClient, Town, give_reason, log_in, post, settings_of

from archiveia.edges import database
from archiveia.edges.database import decisions, tables
from archiveia.pipeline import deciding, searching
from archiveia.pipeline.indexing import reindex
from search_ui.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiveia import pipeline


@pytest.fixture
def blind_desk(town: Town) -> Iterator[TestClient]:
    """The desk of an archive where every record is shown without its proposal."""
    with TestClient(create_app(settings_of(town.settings.home_dir, blind_share=1.0))) as client:
        assert log_in(client).status_code == 303
        assert (
            "tableau de gestion" not in client.get(f"/bureau/motif/{town.closed}").text
        )  # it would tell the class
        give_reason(client, town.closed)
        yield client


def selected(page: str) -> bool:
    return '<option value="HOSPIT" selected>' in page


def test_a_record_drawn_for_it_is_shown_without_its_proposed_class(blind_desk: TestClient, town: Town):
    page = blind_desk.get(f"/bureau/documents/{town.closed}").text
    assert "Sans proposition : donnez le type" in page
    assert not selected(page)
    assert "formule reconnue" not in page
    waiting = blind_desk.get("/bureau/a-verifier?motif=blind").text
    assert town.closed in waiting
    assert "Hospitalisation sans consentement" not in waiting


def test_the_search_does_not_tell_the_class_of_such_a_record_until_a_person_gave_it(
    blind_desk: TestClient, town: Town
):
    edges: pipeline.Edges = blind_desk.app.state.edges  # type: ignore[attr-defined]
    reindex(edges)
    everything = blind_desk.get("/bureau/recherche").text
    assert town.closed in everything
    assert "Hospitalisation sans consentement" not in everything
    assert 'value="HOSPIT"' not in everything
    assert '<li class="kind" lang="fr">Délibération</li>' in everything, "a person gave that one"
    assert town.closed not in blind_desk.get("/bureau/recherche?classe=HOSPIT").text
    assert town.closed not in blind_desk.get("/bureau/recherche?serie=1I").text
    deciding.confirm(town.closed, {"class": "HOSPIT"}, actor="DURAND", edges=edges)
    assert town.closed in blind_desk.get("/bureau/recherche?classe=HOSPIT").text


def test_hiding_the_class_of_a_record_does_not_close_it(blind_desk: TestClient, town: Town):
    edges: pipeline.Edges = blind_desk.app.state.edges  # type: ignore[attr-defined]
    decided = {"date": "1893-04-06", "access_category": "C01", "class": "DELIB"}
    deciding.confirm(town.opened, decided, actor="DURAND", edges=edges)
    with database.writing(edges.database) as connection:  # only the category and the date are a person's
        rows = tables.assertions
        of_class = rows.c.field.in_(("class", "class_to_review"))
        by_person = (rows.c.unit_id == town.opened, of_class, rows.c.origin_kind == "person")
        connection.execute(rows.delete().where(*by_person))
    reindex(edges)
    (hit,) = searching.search("lavoir", edges, public=True).hits
    assert (hit.record_id, hit.class_code) == (town.opened, None)


def test_a_class_given_blind_is_kept_as_such_and_makes_the_figures(blind_desk: TestClient, town: Town):
    assert "Aucun pour l’instant" in blind_desk.get("/bureau/justesse").text
    base = f"/bureau/documents/{town.closed}"
    fields = {"aveugle": "1", "avant-class": "", "v-class": "HOSPIT"}
    page = post(blind_desk, f"{base}/confirmer", base, **fields).text
    assert "Sans proposition : donnez" not in page
    edges: pipeline.Edges = blind_desk.app.state.edges  # type: ignore[attr-defined]
    with database.reading(edges.database) as connection:
        entry = decisions.confirmations(connection, edges.entity)[-1]
    assert entry.after["class_taken_blind"] is True
    figures = blind_desk.get("/bureau/justesse").text
    assert "<strong>100 %</strong><span>proposition juste" in figures
    assert "Moins de 30 documents" in figures
    assert "<svg" in figures


def test_elsewhere_the_proposal_is_shown_and_its_confirmation_is_no_measure(staff: TestClient, town: Town):
    base = f"/bureau/documents/{town.closed}"
    page = staff.get(base).text
    assert selected(page)
    fields = {"aveugle": "1", "avant-class": "HOSPIT", "v-class": "HOSPIT", "ok-class": "1"}
    post(staff, f"{base}/confirmer", base, **fields)
    figures = staff.get("/bureau/justesse").text
    assert "Aucun pour l’instant" in figures
    assert "corrigées : 0" in figures


def test_visitors_do_not_see_the_figures(visitor: TestClient):
    assert "Justesse" not in visitor.get("/bureau/justesse").text
