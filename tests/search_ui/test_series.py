"""Classes under their series: in the desk's list of classes, and as a filter of the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search_ui.asking import Asked

if TYPE_CHECKING:
    from town_hall import TestClient, Town


def test_the_desk_lists_classes_under_their_series(staff: TestClient, town: Town):
    page = staff.get(f"/bureau/documents/{town.closed}").text
    group = page.partition('<optgroup label="Série 1I">')[2].partition("</optgroup>")[0]
    assert '<option value="HOSPIT" selected>' in group
    assert 'value="DELIB"' not in group


def test_a_series_finds_the_records_of_all_its_classes(staff: TestClient, visitor: TestClient, town: Town):
    assert 'name="serie" value="1D"' in visitor.get("/").text
    assert 'value="1I"' not in visitor.get("/").text, "no open record is of that series"
    found = staff.get("/bureau/recherche?serie=1D").text
    assert town.opened in found
    assert town.closed not in found
    both = staff.get("/bureau/recherche?serie=1D&classe=HOSPIT").text
    assert town.opened in both
    assert town.closed in both
    assert town.opened not in staff.get("/bureau/recherche?serie=9Z").text


def test_a_series_is_shown_by_its_title_in_the_language_of_the_page(visitor: TestClient, town: Town):
    assert town.opened in visitor.get("/").text
    assert "<span>1D · Délibérations</span>" in visitor.get("/").text
    assert "<span>1D · Council decisions</span>" in visitor.get("/?lang=en").text


def test_the_series_stays_in_the_address():
    assert Asked(series=("1D",)).query(page=2) == "?serie=1D&page=2"
    assert Asked(series=("1D",)).is_narrowed
