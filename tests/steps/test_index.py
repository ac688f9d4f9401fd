"""What a record gives to the index."""

from __future__ import annotations

from datetime import date

import pytest

from archiveia.steps.authority import KnownNames
from archiveia.steps.index import (
    biggest_first,
    decade_of,
    documents,
    facet_values,
    restored,
    searchable,
    stored,
    year_of,
)
from archiveia.values import Assertion, Origin, OriginKind, PageState, Record, RecordPage, SearchDocument

RULE = Origin(OriginKind.RULE, "regex")
OPENS_ON = date(2000, 1, 1)


def record(*states: PageState | None, **fields: list) -> Record:
    pages = tuple(
        RecordPage(f"p{n}", n, "s", n, state, "" if state == PageState.BLANK else "Texte \udc80")
        for n, state in enumerate(states, start=1)
    )
    assertions = tuple(Assertion(name, value, RULE) for name, values in fields.items() for value in values)
    return Record("r", "ville", "d", pages, assertions, batch="lot 1", producer="Voirie")


def indexed(whole: Record, **values: object) -> list[SearchDocument]:
    known = {"class_label": "Délibération", "title": "Titre", "opens_on": OPENS_ON, "published": True}
    return documents(whole, **known | values)


def test_every_page_gives_a_document_so_that_counts_agree():
    found = indexed(record(*PageState, None))
    assert [(d.page_id, d.page) for d in found] == [(f"p{n}", n) for n in range(1, len(PageState) + 2)]
    assert {d.record_id for d in found} == {"r"}
    assert {d.entity_id for d in found} == {"ville"}


@pytest.mark.parametrize("state", [PageState.ILLEGIBLE, PageState.FAILED, None])
def test_a_page_that_nobody_could_read_is_never_public(state):
    (page,) = indexed(record(state))
    assert (page.published, page.opens_on) == (False, None)
    assert page.text.startswith("Texte")


@pytest.mark.parametrize("state", [PageState.TEXT, PageState.BLANK])
def test_a_page_that_was_read_has_the_rights_of_its_record(state):
    (page,) = indexed(record(state))
    assert (page.published, page.opens_on) == (True, OPENS_ON)
    (page,) = indexed(record(state), published=False, opens_on=None)
    assert (page.published, page.opens_on) == (False, None)


def test_the_description_comes_from_the_assertions_in_force():
    (page,) = indexed(
        record(
            PageState.TEXT, date=["1892-04"], place=["Le Bourg", " Le Bourg ", "Étang", 3, ""],
            person=["DURAND"], reference=["2019-34"], cote=["1 D 12"], **{"class": ["deliberation"]},
        )
    )  # fmt: skip
    assert (page.year, page.class_code, page.class_label) == (1892, "deliberation", "Délibération")
    assert page.places == ("Le Bourg", "Étang")
    assert (page.persons, page.references, page.cote) == (("DURAND",), ("2019-34",), "1 D 12")
    assert (page.producer, page.batch, page.title) == ("Voirie", "lot 1", "Titre")


def test_a_place_is_counted_once_under_the_official_name_and_found_by_every_spelling():
    forms = ["SAINT BRIEUC", "St-Brieuc", "Le Bourg", "LE BOURG"]
    (page,) = indexed(record(PageState.TEXT, place=forms), official={"st brieuc": "Saint-Brieuc"})
    assert page.places == ("Saint-Brieuc", "Le Bourg")
    assert set(page.variants) == {"SAINT BRIEUC", "St-Brieuc", "LE BOURG"}


def test_the_form_that_archivists_accepted_stands_above_the_official_name():
    known = KnownNames({("place", "ST BRIEUC"): "Port-Brieuc"}, ())
    whole = record(PageState.TEXT, place=["ST BRIEUC"])
    (page,) = indexed(whole, known=known, official={"st brieuc": "Saint-Brieuc"})
    assert page.places == ("Port-Brieuc",)


def test_the_spellings_of_one_place_are_one_value_of_its_facet():
    counts = [("BOURG", 2), ("Étang", 4), ("ÉTANG", 1), ("Bourg", 2)]
    assert facet_values("place", counts) == (("Étang", 5), ("BOURG", 4))
    assert facet_values("subject", [("BOURG", 2), ("Bourg", 2)]) == (("BOURG", 2), ("Bourg", 2))


def test_what_is_not_known_stays_unknown():
    (page,) = indexed(record(PageState.TEXT), class_label=None)
    assert (page.year, page.class_code, page.class_label, page.cote, page.places) == (
        None,
        None,
        None,
        None,
        (),
    )


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("1892", 1892),
        ("1892-04", 1892),
        ("1892-04-01", 1892),
        ("18920", None),
        ("vers 1892", None),
        (None, None),
        (1, None),
    ],
)
def test_the_year_of_a_partial_date_is_known(day, year):
    assert year_of(day) == year


def test_a_decade_begins_with_a_zero():
    assert [decade_of(year) for year in (1889, 1890, 1899, None)] == [1880, 1890, 1890, None]


def test_the_texts_that_are_searched_stay_apart():
    (page,) = indexed(record(PageState.TEXT, person=["DURAND"], place=["L'Étang"]))
    assert searchable(page) == ["texte", "titre", "deliberation", "voirie", "durand", "l etang"]


def test_a_document_survives_being_stored():
    (page,) = indexed(record(PageState.TEXT, place=["A", "B"], date=["1892"]))
    assert restored(stored(page)) == page
    (blank,) = indexed(record(None))
    assert restored(stored(blank)) == blank


def test_facet_values_come_biggest_first_and_are_limited():
    assert biggest_first([("b", 1), ("a", 1), ("c", 2)]) == (("c", 2), ("a", 1), ("b", 1))
    assert len(biggest_first((str(n), n) for n in range(200))) == 100


def test_a_place_that_only_a_language_model_saw_is_not_in_the_facet():
    rule, model = Origin(OriginKind.RULE, "describe.names", "1"), Origin(OriginKind.MODEL, "spacy", "3")
    said = (Assertion("place", "Saint-Aubin", rule), Assertion("place", "Charpente", model))
    page = RecordPage("p1", 1, "s1", 1, PageState.TEXT, "texte")
    record = Record("r1", "ici", "d1", (page,), said)
    (document,) = documents(record, class_label=None, title="T", opens_on=None, published=False)
    assert document.places == ("Saint-Aubin",)
