"""Which records ask for a reason before they are read."""

from __future__ import annotations

from datetime import date

import pytest

from archiveia.edges.contracts import load_access_rules, load_classification_plan, load_retention_schedule
from archiveia.edges.sensitive_records import load_sensitive
from archiveia.errors import ScheduleError
from archiveia.steps.sensitivity import why_sensitive
from archiveia.values import Assertion, Origin, OriginKind, Record

TODAY = date(2026, 11, 23)
MACHINE, PERSON = Origin(OriginKind.MODEL, "m"), Origin(OriginKind.PERSON, "a.durand")


def why(*said: tuple[str, object, Origin]) -> str | None:
    record = Record("r", "ville", "d", (), tuple(Assertion(f, v, o) for f, v, o in said))
    classes = {c.code: c for c in load_classification_plan()}
    return why_sensitive(record, classes, load_retention_schedule(), load_sensitive(), today=TODAY)


@pytest.mark.parametrize(
    "code", ["MEDICAL", "AGENT", "HOSPIT", "AIDE-SOC", "ENFANCE", "POLICE", "CONTENTIEUX"]
)
def test_a_class_of_health_private_life_or_court_is_sensitive_though_a_machine_gave_it(code):
    assert why(("class", code, MACHINE))


@pytest.mark.parametrize("code", ["DELIB", "BUDGET", "ARRETE-P", "PLU", "COURRIER"])
def test_a_class_that_is_mostly_open_is_not(code):
    assert why(("class", code, PERSON)) is None


def test_a_class_whose_only_categories_are_private_is_sensitive_without_any_row_of_the_schedule():
    assert why(("class", "PAIE", MACHINE)) == "catégories C09 (vie privée)"


def test_a_sensitive_category_makes_any_class_sensitive():
    said = (("class", "COURRIER", PERSON), ("access_category", "C08", PERSON))
    assert why(*said) == "catégorie C08 (médical)"


def test_an_open_category_that_a_person_chose_frees_a_class_but_not_sensitive_data():
    assert why(("class", "PAIE", PERSON), ("access_category", "C01", PERSON)) is None
    assert "RGPD" in str(why(("class", "MEDICAL", PERSON), ("access_category", "C01", PERSON)))


def test_a_category_of_a_machine_frees_nothing():
    assert why(("class", "PAIE", MACHINE), ("access_category", "C01", MACHINE))


@pytest.mark.parametrize(
    ("opens_on", "sensitive"), [("2026-11-23", False), ("2026-11-24", True), (None, True)]
)
def test_what_anyone_may_read_by_law_asks_for_no_reason(opens_on, sensitive):
    rule = Origin(OriginKind.RULE, "access_delays")
    said = why(("class", "EC-NAISS", PERSON), ("access", {"opens_on": opens_on}, rule))
    assert (said is not None) == sensitive


def test_nothing_is_known_of_a_record_without_a_class():
    assert why() is None


def test_every_category_of_the_list_exists_and_has_a_nature():
    sensitive = load_sensitive()
    assert set(sensitive.natures) <= set(load_access_rules())
    assert set(sensitive.natures.values()) == {"médical", "vie privée", "judiciaire"}


def test_a_list_that_cannot_be_read_stops_the_program(tmp_path):
    with pytest.raises(ScheduleError, match=r"sensitive\.json cannot be read"):
        load_sensitive(tmp_path)
