"""The 31 categories of communicability with worked dates, each with the article it is worked from."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime

import pytest

from archiveia.edges.contracts import load_access_rules
from archiveia.steps.access import access_of_dossier
from archiveia.values import Assertion, Origin, OriginKind, PageState, Record, RecordPage

RULES = load_access_rules()
TODAY = date(2026, 11, 23)
PERSON = Origin(OriginKind.PERSON, "MARTIN")
CLEARED_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
ALONE, CLEARED = {"about_one_person": True}, {"not_prolonged": True}


def record_of(category, day, record_id="r1", **more: object):
    known = {"access_category": category, "date": day, **more}
    said = tuple(
        Assertion(field, value, PERSON, made_at=CLEARED_AT)
        for field, value in known.items()
        if value is not None
    )
    page = RecordPage(f"p-{record_id}", 1, "s", 1, PageState.TEXT)
    return Record(record_id, "e", "d", (page,), said)


def state_of(record, *others: Record, today=TODAY):
    return access_of_dossier([record, *others], {}, RULES, today=today, good_cer=0.05)[record.id]


WORKED = [
    # C. patr. L213-1: communicable at once.
    ("C01", "1923-04-06", {}, date(1923, 4, 6)),
    ("C01", "2026", {}, date(2026, 12, 31)),
    # L213-2 I 1° a and b: 25 years from the most recent document.
    ("C02", "2001-11-22", {}, date(2026, 11, 23)),
    ("C03", "2001-11-23", {}, date(2026, 11, 24)),
    ("C04", "2000-02-29", {}, date(2025, 3, 1)),
    ("C05", "1990", {}, date(2016, 1, 1)),
    ("C06", "1990-06", {}, date(2015, 7, 1)),
    # L213-2 I 1° b, 3°, 4°: which of them, a person says by choosing another category.
    ("C07", "1850", {}, None),
    # L213-2 I 2°: 25 years from a death, else 120 from the birth; never from the document.
    ("C08", "1950", {"death_on": "1980-02-01", **ALONE}, date(2005, 2, 2)),
    ("C08", "1950", {"birth_on": "1900"}, date(2021, 1, 1)),
    ("C08", "1950", {"birth_on": "1930", "death_on": "1951", **ALONE}, date(1977, 1, 1)),
    ("C08", "1850", {}, None),
    # L213-2 I 3°: 50 years, which no death shortens.
    ("C09", "1950-06-15", {}, date(2000, 6, 16)),
    ("C09", "2020", {"death_on": "1990", **ALONE}, date(2071, 1, 1)),
    ("C10", "1976-02-29", {}, date(2026, 3, 1)),
    # L213-2 I 3° as loi 2021-998 (art. 25) completed it: not without a person.
    ("C11", "1950", {}, None),
    ("C11", "1950", CLEARED, date(2001, 1, 1)),
    ("C11", "2000", CLEARED, None),
    ("C12", "1914-08-02", {}, None),
    ("C12", "1914-08-02", CLEARED, date(1964, 8, 3)),
    # L213-2 I 3°, last paragraph: from the end of use as a prison.
    ("C13", "1900", {"use_ended_on": "1960-05-05"}, date(2010, 5, 6)),
    ("C13", "1900", {}, None),
    # L213-2 I 4° a to d: 75 years, or 25 after a death if shorter.
    ("C14", "1946", {}, date(2022, 1, 1)),
    ("C14", "1946", {"death_on": "1960-03-10", **ALONE}, date(1985, 3, 11)),
    ("C15", "1951-11-23", {}, date(2026, 11, 24)),
    ("C15", "1951-11-23", {"death_on": "2020", **ALONE}, date(2026, 11, 24)),
    ("C16", "1950", {"death_on": "1960-01-01", **ALONE}, date(1985, 1, 2)),
    ("C16", "1950", {"death_on": "1960-01-01"}, date(2026, 1, 1)),
    ("C17", "1949-12-31", {}, date(2025, 1, 1)),
    # L213-2 I 4° e: 75 years from the closing of the register, the last act of which counts.
    ("C18", "1932/1942", {"closed_on": "1942-12-28"}, date(2017, 12, 29)),
    ("C18", "1932/1942", {"closed_on": "1942", "death_on": "1950", **ALONE}, date(2018, 1, 1)),
    ("C18", "1932/1942", {}, None),
    ("C19", "1951", {"closed_on": "1951-12-29"}, date(2026, 12, 30)),
    # L213-1 and the answer to question QE 77506: death registers are open at once.
    ("C20", "2026-10", {}, date(2026, 10, 31)),
    ("C20", "1933/1942", {}, date(1942, 12, 31)),
    # L213-2 I 5°: 100 years, or 25 after a death if shorter.
    ("C21", "1940", {}, date(2041, 1, 1)),
    ("C21", "1940", {"death_on": "1945-07-01", **ALONE}, date(1970, 7, 2)),
    ("C22", "1920-02-29", {}, date(2020, 3, 1)),
    ("C23", "1920", {"death_on": "1930", **ALONE}, date(1956, 1, 1)),
    # L213-2 II: never.
    ("C24", "1915", {}, None),
    ("C24", "1915", {"death_on": "1916", **ALONE, **CLEARED}, None),
    # CRPA L311-2: not before the decision; then a person chooses the category.
    ("C25", "1990", {"decided_on": "1991"}, None),
    # L213-2 I 3°, CRPA L311-6: the author of a complaint, 50 years.
    ("C26", "1970-05-05", {}, date(2020, 5, 6)),
    # Composite: each piece has its category.
    ("C27", "1900", {"birth_on": "1890"}, None),
    ("C28", "1900", {"death_on": "1930", **ALONE}, None),
    # C. élect. L37: any elector, from the closing of the list.
    ("C29", "2026-01-01", {"closed_on": "2026-02-28"}, date(2026, 2, 28)),
    ("C29", "2026", {}, None),
    # C. élect. L68: the ten days of the electors are not access by anyone; 50 years.
    ("C30", "1976-03-14", {}, date(2026, 3, 15)),
    # CGCT L2121-26, CADA 20161958 and 20174001: once decided.
    ("C31", "2025-11-03", {"decided_on": "2026-01-20"}, date(2026, 1, 20)),
    ("C31", "2025-11-03", {}, None),
]


@pytest.mark.parametrize(("category", "day", "more", "opens_on"), WORKED)
def test_each_category_opens_as_its_article_says(category, day, more, opens_on):
    state = state_of(record_of(category, day, **more))
    assert state.opens_on == opens_on
    assert (state.opens_on is None) == bool(state.blockers)
    assert RULES[category].legal_source in state.why[0], "the reason names the article, in one sentence"


def test_every_category_has_a_worked_date():
    assert {category for category, *_ in WORKED} == set(RULES)
    assert len(RULES) == 31


@pytest.mark.parametrize("category", sorted(RULES))
def test_a_category_without_a_date_of_the_document_stays_closed_and_asks(category):
    state = state_of(record_of(category, None))
    assert state.opens_on is None
    assert state.blockers


def test_a_dossier_opens_with_the_piece_that_opens_last():
    deliberation, complaint = record_of("C01", "1970"), record_of("C26", "1971-05-05", "r2")
    state = state_of(deliberation, complaint)
    assert (state.opens_on, state.controlling_id) == (date(2021, 5, 6), "r2")
    assert state_of(deliberation, record_of("C24", "1915", "r3")).opens_on is None


def test_a_child_welfare_dossier_follows_the_longest_of_its_pieces():
    private, minor = record_of("C09", "1925"), record_of("C21", "1924", "r2")
    medical = record_of("C08", "1925", "r3", birth_on="1912-04-01")
    assert state_of(private, minor, medical).opens_on == date(2032, 4, 2)


def test_the_delays_run_from_the_most_recent_document_of_the_dossier():
    assert state_of(record_of("C09", "1950"), record_of("C01", "1975-02-01", "r2")).opens_on == date(
        2025, 2, 2
    )


def test_a_rule_of_vitam_that_is_wrong_was_not_copied(reference):
    """ACC-00022/23 swap 75 and 25 (C15), ACC-00036 says 100 years for never (C24), ACC-00008 cites L311-2 (C06)."""
    assert (RULES["C15"].delay_years, RULES["C15"].alt_delay_years) == (75, 25)
    assert RULES["C24"].never
    assert RULES["C24"].delay_years is None
    assert "L311-5" in RULES["C06"].category
    with (reference / "communicability.csv").open(encoding="utf-8", newline="") as file:
        told = {row["id"]: row for row in csv.DictReader(file)}
    for category, rule in RULES.items():
        alternative = told[category]["alt_delay_years"]
        composite = {"C28", "C30"}  # here a person decides; the ten days are not access by anyone
        if category not in composite:
            assert rule.alt_delay_years == (int(alternative) if alternative else None), category


def test_a_whole_year_counts_from_its_end_and_the_reason_says_so():
    why = " ".join(state_of(record_of("C09", "1950")).why)
    assert "Date partielle « 1950 » : le délai est compté du 31 décembre 1950." in why


def test_an_electoral_list_is_communicable_to_electors_and_says_so():
    why = state_of(record_of("C29", "2026-01-01", closed_on="2026-02-28")).why
    assert "Communicable à tout électeur qui s’engage à ne pas en faire un usage commercial" in " ".join(why)
