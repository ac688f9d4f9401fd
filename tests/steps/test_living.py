"""Whoever may be living is linked to nothing: unknown is living, and only a confirmed date makes anybody dead."""

from __future__ import annotations

import random
from datetime import date

import pytest

from archiveia.steps.authority import known_names
from archiveia.steps.living import LivingRule, has_public_role, is_surely_dead, may_be_known
from archiveia.values import Assertion, Evidence, Origin, OriginKind, PageState, Record, RecordPage

TODAY = date(2026, 3, 1)
RULE = LivingRule(120, ("maire", "adjoint au maire", "préfet", "conseiller municipal"))
PERSON, MACHINE, IMPORT = (
    Origin(OriginKind.PERSON, "DURAND"),
    Origin(OriginKind.RULE, "a rule"),
    Origin(OriginKind.IMPORT, "inventaire.csv"),
)


def named(text: str, name: str, *, dated: str | None = None, by: Origin = PERSON) -> tuple[Record, Assertion]:
    start = text.index(name)
    said = Assertion("person", name, MACHINE, Evidence(1, start, start + len(name), name))
    dates = (Assertion("date", dated, by),) if dated else ()
    page = RecordPage("p", 1, "s", 1, PageState.TEXT, text)
    return Record("r", "ici", "d", (page,), (said, *dates)), said


@pytest.mark.parametrize(
    ("dated", "by", "dead"),
    [
        ("1905-12-31", PERSON, True),
        ("1906-02-28", PERSON, True),
        ("1906-03-01", PERSON, False),
        ("1906", PERSON, False),
        ("1890/1931", PERSON, False),
        ("1892", MACHINE, False),
        ("1892", IMPORT, False),
        (None, PERSON, False),
        ("0092", PERSON, False),
    ],
)
def test_120_years_after_the_last_confirmed_day_everybody_named_is_dead(dated, by, dead):
    record, said = named("Le sieur MARTIN Jules est placé.", "MARTIN Jules", dated=dated, by=by)
    assert is_surely_dead(record, RULE, today=TODAY) is dead
    assert may_be_known(record, said, RULE, today=TODAY) is dead


@pytest.mark.parametrize(
    ("text", "has_role"),
    [
        ("M. MARTIN Jules, maire de Dinan, expose", True),
        ("M. MARTIN Jules, adjoint au maire", True),
        ("présidence de M. MARTIN Jules,\nmaire", True),
        ("Le Maire,\nMARTIN Jules", True),
        ("le préfet MARTIN Jules", True),
        ("Monsieur le maire, M. MARTIN Jules", True),
        ("M. MARTIN Jules, ancien maire", True),
        ("M. MARTIN Jules, maçon", False),
        ("M. MARTIN Jules, adjoint administratif", False),
        ("M. MARTIN Jules demande au maire", False),
        ("le maire place d'office MARTIN Jules", False),
        ("MARTIN Jules, mairesse", False),
        ("La veuve du maire, MARTIN Jules", False),
        ("MARTIN Jules", False),
    ],
)
def test_a_public_role_stands_right_beside_the_name(text, has_role):
    start = text.index("MARTIN Jules")
    assert has_public_role(text, start, start + len("MARTIN Jules"), RULE) is has_role


def test_a_name_that_stands_elsewhere_by_now_has_no_role():
    record, said = named("M. MARTIN Jules, maire", "MARTIN Jules")
    assert may_be_known(record, said, RULE, today=TODAY)
    page = RecordPage("p", 1, "s", 1, PageState.TEXT, "Un autre texte, maire")
    moved = Record("r", "ici", "d", (page,), record.assertions)
    assert not may_be_known(moved, said, RULE, today=TODAY)
    typed = Assertion("person", "MARTIN Jules", PERSON)
    assert not may_be_known(moved, typed, RULE, today=TODAY)


def test_whatever_people_accepted_nobody_who_may_be_living_is_counted():
    """Random records: a name is counted only by a confirmed date of 120 years ago or a role in that very record."""
    draw = random.Random(7)
    preferred = {("person", "MARTIN Jules"): "Jules MARTIN", ("person", "DURAND Jean"): "Jean DURAND"}
    for _ in range(500):
        name = draw.choice(["MARTIN Jules", "DURAND Jean", "LEFEBVRE Paul"])
        role = draw.choice(["", ", maire", ", maçon", ", adjoint technique"])
        year, by = draw.choice([None, 1890, 1905, 1906, 1950, 2020]), draw.choice([PERSON, MACHINE, IMPORT])
        record, _said = named(f"Vu M. {name}{role}", name, dated=year and str(year), by=by)
        names = known_names(record, preferred, RULE, today=TODAY).names
        surely_dead = year is not None and year + 120 < TODAY.year and by is PERSON
        assert bool(names) is (name != "LEFEBVRE Paul" and (surely_dead or role == ", maire"))


def test_a_later_day_or_more_years_never_make_anybody_dead():
    draw = random.Random(8)
    for _ in range(300):
        year = draw.randint(1850, 2026)
        record, _said = named("Vu MARTIN Jules", "MARTIN Jules", dated=str(year))
        later, _said = named(
            "Vu MARTIN Jules", "MARTIN Jules", dated=str(min(2026, year + draw.randint(0, 30)))
        )
        dead = is_surely_dead(record, RULE, today=TODAY)
        assert dead or not is_surely_dead(later, RULE, today=TODAY)
        longer = LivingRule(RULE.born_at_most_years_ago + draw.randint(0, 30), ())
        assert dead or not is_surely_dead(record, longer, today=TODAY)


def test_a_model_alone_and_a_form_that_is_also_a_person_count_for_nothing():
    preferred = {("organisation", "MARTIN Jules"): "MARTIN Jules", ("organisation", "Lebrun"): "Lebrun"}
    record, _said = named("Vu MARTIN Jules, Lebrun", "MARTIN Jules")
    model = Origin(OriginKind.MODEL, "spacy")
    said = (
        *record.assertions,
        Assertion("organisation", "MARTIN Jules", MACHINE),
        Assertion("organisation", "Lebrun", model),
    )
    assert known_names(Record("r", "ici", "d", record.pages, said), preferred, RULE, today=TODAY).names == ()
