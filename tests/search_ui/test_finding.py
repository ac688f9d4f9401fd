"""The facets of the search page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from town_hall import NAME

from archiveia.pipeline import deciding

if TYPE_CHECKING:
    from town_hall import TestClient, Town

    from archiveia import pipeline


def test_the_spellings_of_a_place_are_one_box_that_stays_ticked(
    staff: TestClient, town: Town, edges: pipeline.Edges
):
    for record, form in ((town.opened, "Le Bourg-Neuf"), (town.closed, "LE BOURG NEUF")):
        deciding.confirm(record, {"place": form}, actor=NAME, edges=edges)
    page = staff.get("/bureau/recherche?lieu=le+bourg+neuf").text
    assert town.opened in page
    assert town.closed in page
    assert len(re.findall(r'name="lieu" value="[^"]+" checked', page)) == 1
    assert len(re.findall(r'name="lieu"', page)) == 1


def test_a_place_of_a_closed_record_is_unknown_to_the_public(
    visitor: TestClient, town: Town, edges: pipeline.Edges
):
    deciding.confirm(town.closed, {"place": "Le Bourg-Neuf"}, actor=NAME, edges=edges)
    page = visitor.get("/?lieu=LE+BOURG+NEUF").text
    assert "Le Bourg-Neuf" not in page
    assert town.closed not in page
