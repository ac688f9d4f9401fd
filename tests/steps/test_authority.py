"""Variants of a name are told from names that only look alike; what people said is apart stays apart."""

from __future__ import annotations

import random

import pytest

from archiveia.steps.authority import is_sure
from archiveia.steps.name_variants import Judged, find_variants, name_key
from archiveia.values import OriginKind

OFFICIAL = {"Saint-Denis", "Saint-Genis", "Montreuil"}
WORDS = {
    "mairie",
    "de",
    "saint",
    "denis",
    "genis",
    "école",
    "garçons",
    "filles",
    "lycée",
    "pasteur",
    "société",
}
NOTHING = Judged({}, ())


def variants(field: str, *forms: str, judged: Judged = NOTHING):
    counts = {form: 10 - at for at, form in enumerate(forms)}
    return find_variants(field, counts, judged, is_word=WORDS.__contains__, is_official=OFFICIAL.__contains__)


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("organisation", "Mairie de St-Denis", "mairie de Saint Denis"),
        ("organisation", "Mairie de Saint-Denis", "MAIRIE DE SAINT-DENIS"),
        ("organisation", "Sté Lebrun", "Société LEBRUN"),
        ("organisation", "Ets Lebrun", "Établissements Lebrun"),
        ("organisation", "Mairie de Saint-Denis", "Nairie de Saint-Denis"),
        ("organisation", "Lycée Pasteur", "Lycée Pastcur"),
        ("place", "SaintDenis", "Saint-Denis"),
        ("place", "Havre (Le)", "Le Havre"),
        ("place", "Saint-Denis", "Saint-Demis"),
        ("person", "Jean MARTIN", "MARTIN Jean"),
    ],
)
def test_variants_of_one_name_are_proposed_with_a_reason(field, one, other):
    (found,) = variants(field, one, other)
    assert set(found.forms) == {one, other}
    assert found.field == field
    assert found.reasons


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("place", "Saint-Denis", "Saint-Genis"),
        ("organisation", "École de garçons", "École de filles"),
        ("organisation", "Société 12", "Société 13"),
        ("organisation", "Comité A", "Comité B"),
        ("person", "Jean DUPONT", "Jean DUPOND"),
        ("person", "MARTIN", "Martin"),
        ("person", "Jean MARTIN", "Jeanne MARTIN"),
    ],
)
def test_names_that_only_look_alike_are_not(field, one, other):
    assert variants(field, one, other) == []


def test_the_preferred_form_is_official_or_frequent_and_not_in_capitals():
    assert variants("place", "St Denis", "Saint-Denis")[0].preferred == "Saint-Denis"
    (found,) = variants("organisation", "Mairie de Saint-Denis", "MAIRIE DE SAINT DENIS")
    assert found.preferred == "Mairie de Saint-Denis"


@pytest.mark.parametrize(
    ("counts", "preferred"),
    [
        ({"Mairie": 1, "MAIRIE": 5}, "Mairie"),
        ({"MAIRIE DES PRES": 5, "MAIRIE DES PRÉS": 1}, "MAIRIE DES PRÉS"),
        ({"Mairie": 9, "Màirie": 1}, "Mairie"),
        ({"Mai¬ rie": 1, "MAIRIE": 1}, "MAIRIE"),
        ({"Mairie": 1, "Mairle": 1}, "Mairie"),
        ({"Alger-Ville": 7, "Algêr-Ville": 1, "Algei-Ville": 1}, "Alger-Ville"),
    ],
)
def test_the_preferred_form_is_the_one_that_is_best_written(counts, preferred):
    (found,) = find_variants(
        "organisation", counts, NOTHING, is_word={"mairie", "ville", "des"}.__contains__, is_official=bool
    )
    assert found.preferred == preferred


def test_an_odd_form_that_may_be_either_of_two_names_joins_neither():
    known = {"nantes", "naples"}.__contains__
    forms = {"Nantes": 9, "Naples": 2, "Nanles": 1}
    assert find_variants("place", forms, NOTHING, is_word=known, is_official=lambda _: False) == []


def test_two_letters_apart_is_another_name():
    assert variants("organisation", "Comité Plata", "Comité Patay") == []


def test_what_people_said_is_apart_is_not_proposed_again():
    forms = ("Mairie de Saint-Denis", "MAIRIE DE SAINT-DENIS", "mairie de St-Denis")
    apart = {frozenset(forms[:2])}
    for found in variants("organisation", *forms, judged=Judged({}, apart)):
        assert not frozenset(forms[:2]) <= frozenset(found.forms)


def test_what_people_joined_is_proposed_only_with_something_new():
    forms = ("Mairie de Saint-Denis", "MAIRIE DE SAINT-DENIS")
    joined = Judged(dict.fromkeys(forms, "Mairie de Saint-Denis"), ())
    assert variants("organisation", *forms, judged=joined) == []
    free = Judged(dict.fromkeys(forms, "Ville de Saint-Denis (mairie)"), ())
    assert variants("organisation", *forms, judged=free) == []
    (found,) = variants("organisation", *forms, "mairie de St-Denis", judged=joined)
    assert found.preferred == "Mairie de Saint-Denis"
    assert found.forms == ("Mairie de Saint-Denis", "mairie de St-Denis")
    assert "rejoint « Mairie de Saint-Denis », déjà retenu" in found.reasons


@pytest.mark.parametrize(
    ("field", "form", "kind", "sure"),
    [
        ("organisation", "Mairie de Saint-Denis", OriginKind.MODEL, True),
        ("organisation", "École des garçons", OriginKind.MODEL, True),
        ("organisation", "MARTIN Jules", OriginKind.MODEL, False),
        ("place", "Ville de Dinan", OriginKind.MODEL, False),
        ("person", "Conseil MARTIN", OriginKind.MODEL, False),
        ("organisation", "", OriginKind.MODEL, False),
        ("organisation", "MARTIN Jules", OriginKind.RULE, True),
        ("organisation", "MARTIN Jules", OriginKind.PERSON, True),
    ],
)
def test_a_model_alone_vouches_for_institutions_only(field, form, kind, sure):
    assert is_sure(field, form, kind) is sure


def test_a_key_forgets_only_what_does_not_tell_names_apart():
    assert name_key("Mairie de St-Denis", "organisation") == name_key("MAIRIE SAINT DENIS", "organisation")
    assert name_key("Sainte-Marie", "place") != name_key("Saint-Marie", "place")
    assert name_key("Jean MARTIN", "person") == name_key("Martin, Jean", "person")


def test_every_form_is_in_one_group_at_most_and_no_pair_apart_ever_is():
    draw = random.Random(4)
    words = ["Mairie", "mairie", "MAIRIE", "Mairle", "Saint", "St", "Denis", "DENIS", "Denls", "de"]
    for _ in range(200):
        forms = sorted({" ".join(draw.sample(words, draw.randint(2, 4))) for _ in range(8)})
        apart = {frozenset(draw.sample(forms, 2)) for _ in range(4)} if len(forms) > 1 else set()
        groups = variants("organisation", *forms, judged=Judged({}, apart))
        together = [form for group in groups for form in group.forms]
        assert len(together) == len(set(together))
        assert all(len(group.forms) > 1 and group.preferred in group.forms for group in groups)
        assert not any(pair <= frozenset(group.forms) for pair in apart for group in groups)


def test_thousands_of_names_that_differ_by_a_letter_are_looked_at_in_bounded_time():
    draw = random.Random(5)
    forms = {"Société " + "".join(draw.choices("abcdefghij", k=7)): 1 for _ in range(5000)}
    find_variants("organisation", forms, NOTHING, is_word=WORDS.__contains__, is_official=lambda _: False)
