"""The day of the event that a rule runs from, where the text names it."""

from __future__ import annotations

import pytest

from archiveia.steps.retention_dates import find_trigger_day


@pytest.mark.parametrize(
    ("trigger", "text", "day"),
    [
        ("birth_of_agent", "MARTIN Paul\nné le 12 mars 1958 à Vaubourg\nentré le 3 mai 1980", "1958-03-12"),
        ("fiscal_year_end", "Bordereau de mandats - Exercice 1998", "1998"),
        ("school_year_end", "Année scolaire 2001-2002", "2002"),
        ("contract_end", "Bail du 1er janvier 1990, prendra fin le 31 décembre 1998.", "1998-12-31"),
        ("award_notified", "Marché notifié le 12/05/2004 au titulaire", "2004-05-12"),
        ("register_closed", "Clos et arrêté le présent registre le 31 décembre 1942", "1942-12-31"),
        ("works_accepted", "La réception des travaux est prononcée le 14 juin 2003", "2003-06-14"),
    ],
)
def test_the_day_that_the_text_names_is_found_with_its_place(trigger: str, text: str, day: str):
    found = find_trigger_day(trigger, [(1, text)])
    assert found is not None
    assert found.value == day
    assert found.evidence is not None
    assert text[found.evidence.start : found.evidence.end] == found.evidence.text


def test_of_several_days_the_last_counts():
    text = "Exercice 1997. Report sur l'exercice 1998."
    found = find_trigger_day("fiscal_year_end", [(1, text)])
    assert found is not None
    assert found.value == "1998"


@pytest.mark.parametrize(
    ("trigger", "text"),
    [
        ("birth_of_agent", "Entré le 3 mai 1980"),
        ("contract_end", "Bail signé le 1er janvier 1990."),
        ("permanent", "né le 12 mars 1958"),
        ("register_closed", ""),
    ],
)
def test_what_the_text_does_not_say_is_not_known(trigger: str, text: str):
    assert find_trigger_day(trigger, [(1, text)]) is None


def test_the_date_of_another_sentence_is_not_that_of_the_event():
    text = "Le bail prend fin sans préavis. Fait le 4 mars 1990"
    assert find_trigger_day("contract_end", [(1, text)]) is None
