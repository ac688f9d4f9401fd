"""Personal data on the desk: shown to those who decide access, kept until they have decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archiveia import pipeline
from archiveia.edges import database
from archiveia.edges.database import assertions, units
from archiveia.pipeline import deciding
from archiveia.steps.personal_data import PERSONAL_DATA
from archiveia.values import Assertion, Evidence

if TYPE_CHECKING:
    from town_hall import TestClient, Town


@pytest.fixture
def found(town: Town) -> Town:
    """The closed record holds a date of birth on its first page, as its description would have it."""
    with pipeline.open_edges(town.settings) as edges, database.writing(edges.database) as connection:
        said = [
            Assertion("personal_data", "birth_date", PERSONAL_DATA, Evidence(1, 0, 7, "")),
            Assertion("access_category", "C09", PERSONAL_DATA),
        ]
        fields = ["personal_data", "access_category"]
        assertions.replace(connection, town.closed, fields, [PERSONAL_DATA.kind], said, now=edges.now())
    return town


def test_those_who_decide_access_see_where_personal_data_stand(staff: TestClient, found: Town):
    page = staff.get(f"/bureau/documents/{found.closed}").text
    assert "Données personnelles repérées" in page
    assert f"/bureau/documents/{found.closed}?page=1&amp;montrer=birth_date" in page
    shown = staff.get(f"/bureau/documents/{found.closed}?page=1&montrer=birth_date").text
    assert shown.count("<rect") > page.count("<rect")


def test_what_was_found_is_kept_no_longer_than_the_decision(staff: TestClient, found: Town):
    with pipeline.open_edges(found.settings) as edges:
        deciding.confirm(found.closed, {"access_category": "C09"}, actor="a.durand", edges=edges)
        with database.reading(edges.database) as connection:
            record = units.load_record(connection, found.closed, edges.entity)
    assert record.values("personal_data") == []
    assert "Données personnelles repérées" not in staff.get(f"/bureau/documents/{found.closed}").text
