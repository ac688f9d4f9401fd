"""Requests about one's own data: their own nature on the form, their own letter, their own queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from town_hall import post

if TYPE_CHECKING:
    from town_hall import TestClient, Town


def test_a_right_is_asked_for_on_the_form_and_waits_in_its_own_queue(
    visitor: TestClient, staff: TestClient, town: Town
):
    assert town.opened
    form = visitor.get("/demandes?nature=rgpd-17").text
    assert '<option value="rgpd-17" selected>effacement de mes données personnelles</option>' in form
    answer = post(
        visitor,
        "/demandes",
        "/demandes",
        courriel="a@exemple.fr",
        objet="mon dossier social",
        nature="rgpd-17",
    )
    assert answer.status_code == 201
    assert "CNIL" in answer.text
    assert "mon dossier social" in staff.get("/bureau/demandes?file=rgpd").text
    assert "mon dossier social" not in staff.get("/bureau/demandes").text


def test_a_nature_that_does_not_exist_is_refused(visitor: TestClient, town: Town):
    assert town.opened
    answer = post(visitor, "/demandes", "/demandes", courriel="a@exemple.fr", objet="x", nature="cada")
    assert answer.status_code == 400
    assert "cada" in answer.text
