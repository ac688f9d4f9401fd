"""How well a page was read is told to the staff; a visitor sees neither that nor what was set aside."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from town_hall import first_page, post

from archiveia.edges import database
from archiveia.edges.database import readings, units, work
from archiveia.pipeline.order import redo
from archiveia.steps.alto import words_json
from archiveia.values import PageReading, PageState, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.pipeline import Edges

TEXT = "Arrêté du 4 mars 1958"
READING = PageReading(
    PageState.TEXT,
    TEXT,
    (Word("Arrêté", 10, 10, 80, 20, 0.9),),
    800,
    600,
    "tesseract+ppocr",
    "5.3.0 + 3.9.2",
    0.87,
    cer_estimate=0.08,
    aside=(Word("BIBLIOTHEQVE", 40, 500, 90, 20, 0.1), Word("NATIONALE", 140, 500, 90, 20, 0.1)),
)


def have_read(record_id: str, edges: Edges, **changes: object) -> str:
    """The first page of the record was read so; its address at the desk."""
    reading, page_id = replace(READING, **changes), first_page(edges, record_id)
    with database.writing(edges.database) as connection:
        readings.save(connection, page_id, reading, now=edges.now())
    edges.storage.write(edges.storage.words(page_id), json.dumps(words_json(reading)).encode())
    return f"/bureau/documents/{record_id}"


def again(record_id: str, steps: Sequence[str], edges: Edges) -> None:
    with database.writing(edges.database) as connection:
        work.reopen(connection, [record_id], steps, now=edges.now())
    redo([record_id], steps, edges)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"cer_estimate": 0.01}, 'good">bonne lecture<'),
        ({}, 'wide">à vérifier : environ 8 % de lettres fausses<'),
        ({"cer_estimate": None}, 'plain-badge">qualité de lecture inconnue<'),
        ({"state": PageState.HANDWRITTEN}, 'closed">manuscrite<'),
        ({"state": PageState.ILLEGIBLE, "cer_estimate": 0.5}, 'closed">illisible<'),
    ],
    ids=["good", "doubtful", "unknown", "handwritten", "illegible"],
)
def test_the_desk_says_in_words_how_well_a_page_was_read_and_by_what(staff, town, edges, changes, told):
    page = staff.get(have_read(town.closed, edges, **changes)).text
    assert told in page
    assert "tesseract 5.3.0 + ppocr 3.9.2" in page


def test_the_pages_to_look_at_are_listed_for_a_record_of_several(staff, town, edges):
    address = have_read(town.closed, edges)
    assert "Pages à relire sur l’image" not in staff.get(address).text
    post(staff, f"{address}/reunir", address, autres=town.opened)
    page = staff.get(f"{address}?page=2&lang=en").text
    assert "Pages to read again on the image" in page
    assert f'<a href="{address}?page=1">page 1</a>' in page
    assert "to check: about 8 % of wrong letters" in page


def test_what_was_set_aside_is_folded_and_shown_on_the_image_when_asked(staff, town, edges):
    address = have_read(town.closed, edges)
    page = staff.get(address).text
    assert "<details><summary>Passages laissés de côté</summary>" in page
    assert "BIBLIOTHEQVE NATIONALE" in page
    assert '<svg class="boxes"' not in page
    shown = staff.get(f"{address}?page=1&ecartes=1").text
    assert '<rect x="36" y="496"' in shown
    assert "<details open><summary>Passages laissés de côté</summary>" in shown
    assert "Passages laissés" not in staff.get(have_read(town.closed, edges, aside=())).text


def test_a_visitor_sees_neither_the_quality_of_a_page_nor_what_was_set_aside(visitor, town, edges):
    have_read(town.opened, edges)
    have_read(town.closed, edges)
    page = visitor.get(f"/documents/{town.opened}?ecartes=1")
    assert page.status_code == 200
    assert TEXT in page.text
    for hidden in ("BIBLIOTHEQVE", "lettres fausses", "à vérifier", "ppocr", "<rect"):
        assert hidden not in page.text
    assert visitor.get(f"/documents/{town.closed}?ecartes=1").status_code == 404
    again(town.opened, ["index"], edges)
    assert town.opened in visitor.get("/?q=1958").text
    assert town.opened not in visitor.get("/?q=BIBLIOTHEQVE").text


def test_doubtful_readings_have_their_own_list_until_class_and_date_are_decided(staff, town, edges):
    address, listed = have_read(town.closed, edges), "/bureau/a-verifier?motif=doubtful"
    assert town.closed in staff.get(listed).text
    assert town.opened not in staff.get(listed).text
    assert 'motif=doubtful">lecture à vérifier' in staff.get("/bureau/a-verifier").text
    decided = {"v-class": "HOSPIT", "ok-class": "1", "v-date": "1958-03-04", "ok-date": "1"}
    assert post(staff, f"{address}/confirmer", address, **decided).status_code == 200
    assert town.closed not in staff.get(listed).text


def test_what_was_proposed_from_a_doubtful_page_says_so_and_waits_for_a_person(staff, town, edges):
    address = have_read(town.closed, edges)
    again(town.closed, ["retain", "access"], edges)
    with database.reading(edges.database) as connection:
        record = units.load_record(connection, town.closed, edges.entity)
    assert record.pages[0].cer_estimate == READING.cer_estimate
    assert record.value("retention")["to_review"]
    page = staff.get(address).text
    assert page.count("page 1 : environ 8 % de lettres fausses") >= 2, "retention and access"
    assert "Pages dont le texte est à vérifier : 1." in page
