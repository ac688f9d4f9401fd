"""The forecast page: what falls due, arrives and stays."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from town_hall import post

if TYPE_CHECKING:
    from town_hall import TestClient, Town


def test_the_staff_sees_ten_years_ahead_and_what_nobody_can_date(staff: TestClient, town: Town):
    page = staff.get("/bureau/previsions").text
    assert town.opened
    assert "Prévisions sur dix ans" in page
    assert page.count('<th scope="row">20') == 10
    assert "documents sans échéance connue" in page
    assert "Il faut au moins quatre années d’entrées pour le dire." in page


def test_metres_that_nobody_measured_are_left_out_and_counted(staff: TestClient, town: Town):
    assert town.opened
    page = staff.get("/bureau/previsions?mesure=metres&service=Inconnu").text
    assert "mètres linéaires" in page
    assert " Mo<" in staff.get("/bureau/previsions").text, "a few scans are no gigabyte"
    assert "documents non mesurés" not in page, "no record is of that service"
    assert "documents non mesurés" in staff.get("/bureau/previsions?mesure=metres").text


def test_what_the_night_counted_is_shown_until_it_is_counted_again(staff: TestClient, town: Town):
    kept = town.settings.home_dir / "forecast" / "default.json"
    staff.get("/bureau/previsions")
    kept.write_text(kept.read_text().replace(str(date.today().year), "1999"))  # noqa: DTZ011 - the desk's own clock
    assert "1999" in staff.get("/bureau/previsions").text
    assert post(staff, "/bureau/previsions", "/bureau/previsions").status_code in (200, 303)
    assert "1999" not in staff.get("/bureau/previsions").text


def test_the_page_is_in_english_too(staff: TestClient, town: Town):
    assert town.opened
    assert "Ten-year forecast" in staff.get("/bureau/previsions?lang=en").text


def test_a_visitor_is_sent_to_the_log_in(visitor: TestClient):
    assert visitor.get("/bureau/previsions", follow_redirects=False).status_code == 303
