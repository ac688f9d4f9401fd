from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from archiveia.edges.contracts import load_access_rules
from archiveia.steps.access import access_of, access_of_dossier, is_public
from archiveia.values import (
    Assertion,
    DocumentClass,
    Evidence,
    Origin,
    OriginKind,
    PageState,
    Record,
    RecordPage,
)

TODAY = date(2026, 6, 15)
PERSON = Origin(OriginKind.PERSON, "archiviste")
MODEL = Origin(OriginKind.MODEL, "model")
RULES = load_access_rules()
CLASSES = {
    code: DocumentClass(code, code, "", None, (), categories)
    for code, categories in {
        "OPEN": ("C01",),
        "PRIVATE": ("C09",),
        "MIXED": ("C01", "C09", "C16"),
        "COURT": ("C16",),
        "MEDICAL": ("C08",),
        "BIRTHS": ("C18",),
        "PERMIT": ("C31",),
        "PRISON": ("C13",),
        "WEAPONS": ("C24",),
        "CHILD": ("C27",),
        "GHOST": ("C99",),
        "EMPTY": (),
    }.items()
}


def said(field, value, origin=PERSON):
    return Assertion(field, value, origin)


def pages(*states: PageState | None):
    return tuple(RecordPage(f"p{n}", n, "s", n, state) for n, state in enumerate(states, start=1))


def piece(*assertions: Assertion, record_id="r1", states=(PageState.TEXT,)):
    return Record(record_id, "e", "d1", pages(*states), tuple(assertions))


def confirmed(code, day, *more: Assertion, record_id="r1"):
    return piece(said("class", code), said("date", day), *more, record_id=record_id)


def state_of(record, *others: Record, today=TODAY):
    return access_of(record, [record, *others], CLASSES, RULES, today=today, good_cer=0.05)


@pytest.mark.parametrize(
    ("record", "opens_on", "category"),
    [
        pytest.param(confirmed("OPEN", "2020-03-04"), date(2020, 3, 4), "C01", id="open at once"),
        pytest.param(confirmed("PRIVATE", "1950-06-15"), date(2000, 6, 16), "C09", id="50 years"),
        pytest.param(
            confirmed("PRIVATE", "1950"),
            date(2001, 1, 1),
            "C09",
            id="a year counts from its end, and the delay ends at midnight",
        ),
        pytest.param(confirmed("MIXED", "1950-06-15"), date(2025, 6, 16), "C16", id="the strictest of three"),
        pytest.param(
            confirmed("MIXED", "1950-06-15", said("access_category", "C01")),
            date(1950, 6, 15),
            "C01",
            id="a person chose the category",
        ),
        pytest.param(
            confirmed("COURT", "1950", said("death_on", "1960-01-01")),
            date(1985, 1, 2),
            "C16",
            id="25 after death",
        ),
        pytest.param(
            confirmed("COURT", "1950", said("death_on", "2020-01-01")),
            date(2026, 1, 1),
            "C16",
            id="75 shorter",
        ),
        pytest.param(
            confirmed("COURT", "1950", said("death_on", "1900")),
            date(1950, 12, 31),
            "C16",
            id="not before it exists",
        ),
        pytest.param(
            confirmed("MEDICAL", "1950", said("death_on", "1980-02-01")),
            date(2005, 2, 2),
            "C08",
            id="medical, death",
        ),
        pytest.param(
            confirmed("MEDICAL", "1950", said("birth_on", "1900-02-01")),
            date(2020, 2, 2),
            "C08",
            id="medical, birth",
        ),
        pytest.param(
            confirmed("MEDICAL", "1990", said("birth_on", "1900"), said("death_on", "2010-01-01")),
            date(2035, 1, 2),
            "C08",
            id="a known death counts, not the birth",
        ),
        pytest.param(
            confirmed("BIRTHS", "1932/1942", said("closed_on", "1942-12-28")),
            date(2017, 12, 29),
            "C18",
            id="register",
        ),
        pytest.param(
            confirmed("PERMIT", "2020-01-01", said("decided_on", "2020-04-01")),
            date(2020, 4, 1),
            "C31",
            id="permit",
        ),
        pytest.param(
            confirmed("PRISON", "1900", said("use_ended_on", "1960-05-05")),
            date(2010, 5, 6),
            "C13",
            id="prison",
        ),
    ],
)
def test_a_confirmed_piece_opens_at_the_end_of_its_delay(record, opens_on, category):
    state = state_of(record)
    assert state.opens_on == state.proposed_on == opens_on
    assert state.category == category
    assert state.blockers == ()
    assert state.controlling_id == "r1"


@pytest.mark.parametrize(
    ("record", "blocker"),
    [
        pytest.param(piece(), "catégorie de communicabilité est inconnue", id="nothing known"),
        pytest.param(confirmed("EMPTY", "1900"), "inconnue", id="class without category"),
        pytest.param(confirmed("GHOST", "1900"), "inconnue", id="category out of the table"),
        pytest.param(confirmed("ABSENT", "1900"), "inconnue", id="class out of the plan"),
        pytest.param(
            confirmed("OPEN", "1900", said("access_category", "C99")), "inconnue", id="chosen ghost"
        ),
        pytest.param(
            piece(said("class", "OPEN", MODEL), said("date", "1900")),
            "classe (ou la catégorie) n’est",
            id="class",
        ),
        pytest.param(
            piece(said("class", "OPEN"), said("date", "1900", MODEL)), "La date n’est pas", id="date"
        ),
        pytest.param(piece(said("class", "OPEN")), "La date n’est pas", id="no date"),
        pytest.param(confirmed("OPEN", "2027"), "inutilisable|n’est pas utilisable", id="future"),
        pytest.param(confirmed("WEAPONS", "1900"), "jamais communicables", id="never"),
        pytest.param(confirmed("CHILD", "1900"), "pièce par pièce", id="composite"),
        pytest.param(
            confirmed("MEDICAL", "1900"), "décès de l’intéressé ou naissance", id="no death, no birth"
        ),
        pytest.param(
            confirmed("MEDICAL", "1900", said("death_on", "1910", MODEL)), "décès", id="machine death"
        ),
        pytest.param(confirmed("BIRTHS", "1900"), "clôture du registre", id="no closing"),
        pytest.param(confirmed("PERMIT", "1900"), "décision", id="no decision"),
    ],
)
def test_in_doubt_a_piece_stays_closed_and_says_what_a_person_must_decide(record, blocker):
    state = state_of(record)
    assert state.opens_on is None
    assert any(part in sentence for part in blocker.split("|") for sentence in state.blockers), state.blockers


def test_a_machine_proposes_a_date_but_does_not_open():
    state = state_of(piece(said("class", "PRIVATE", MODEL), said("date", "1950-06-15", MODEL)))
    assert state.proposed_on == date(2000, 6, 16)
    assert state.opens_on is None
    assert "décision humaine" in " ".join(state.why)


def test_a_category_found_by_a_machine_may_close_and_never_opens():
    stricter = state_of(confirmed("OPEN", "1950-06-15", said("access_category", "C09", MODEL)))
    assert stricter.opens_on == date(2000, 6, 16)
    laxer = state_of(confirmed("PRIVATE", "1950-06-15", said("access_category", "C01", MODEL)))
    assert laxer.opens_on == date(2000, 6, 16)


@pytest.mark.parametrize("bad", [PageState.ILLEGIBLE, PageState.FAILED, None])
def test_a_page_that_nobody_could_read_closes_the_dossier(bad):
    record = replace(confirmed("OPEN", "1950"), pages=pages(PageState.TEXT, bad))
    other = confirmed("OPEN", "1950", record_id="r2")
    for one, beside in ((record, other), (other, record)):
        state = state_of(one, beside)
        assert state.opens_on is None
        assert state.controlling_id == "r1"
        assert any("ne sont pas lisibles" in sentence for sentence in state.blockers)
    seen = replace(record, assertions=(*record.assertions, said("legible_enough", value=True)))
    assert state_of(seen, other).opens_on == date(1950, 12, 31)


def test_neither_a_machine_nor_a_no_makes_a_page_legible_enough():
    record = replace(confirmed("OPEN", "1950"), pages=pages(PageState.ILLEGIBLE))
    for answer in (said("legible_enough", value=True, origin=MODEL), said("legible_enough", value=False)):
        assert state_of(replace(record, assertions=(*record.assertions, answer))).opens_on is None


def test_a_piece_without_pages_has_not_been_read():
    assert state_of(replace(confirmed("OPEN", "1950"), pages=())).opens_on is None


def test_what_was_read_on_a_page_that_was_not_read_well_is_told_until_persons_decide():
    read = said("date", "1950-06-15", MODEL)
    read = replace(read, evidence=Evidence(1, 0, 4, "1950"))
    page = replace(pages(PageState.TEXT)[0], text="Arrêté de 1950", cer_estimate=0.08)
    proposed = replace(piece(said("class", "OPEN", MODEL), read), pages=(page,))
    state = state_of(proposed)
    assert state.opens_on is None
    assert [why.split(" sur un texte à vérifier")[0] for why in state.why if "lettres fausses" in why] == [
        "Le type est proposé",
        "La date est lue",
    ]
    decided = state_of(replace(confirmed("OPEN", "1950-06-15"), pages=(page,)))
    assert decided.opens_on == date(1950, 6, 15)
    assert "lettres fausses" not in " ".join(decided.why), "the public reads why a record is open"


def test_blank_pages_hide_nothing():
    assert state_of(replace(confirmed("OPEN", "1950"), pages=pages(PageState.BLANK))).opens_on == date(
        1950, 12, 31
    )


def test_a_dossier_opens_with_its_last_piece_and_counts_from_its_most_recent_document():
    old, recent = (
        confirmed("PRIVATE", "1950", record_id="r1"),
        confirmed("OPEN", "1970-02-01", record_id="r2"),
    )
    for state in access_of_dossier([old, recent], CLASSES, RULES, today=TODAY, good_cer=0.05).values():
        assert state.opens_on == date(2020, 2, 2)
        assert state.controlling_id == "r1"
        assert "suit la pièce r1" in " ".join(state.why)


def test_one_piece_without_a_date_closes_the_whole_dossier():
    dated, undated = confirmed("OPEN", "1950", record_id="r1"), piece(said("class", "OPEN"), record_id="r2")
    state = state_of(dated, undated)
    assert (state.opens_on, state.proposed_on, state.controlling_id) == (None, None, "r1")
    assert any(sentence.startswith("Autres pièces du dossier (1) : La date") for sentence in state.blockers)
    assert "La date d’une pièce du dossier est inconnue" in " ".join(state.why)


def test_a_partial_date_is_explained():
    why = " ".join(state_of(confirmed("PRIVATE", "1950")).why)
    assert "Date partielle « 1950 » : le délai est compté du 31 décembre 1950." in why
    assert (
        "50 ans à compter de : date du document le plus récent inclus dans le dossier (C. patr. L213-2" in why
    )
    assert "Librement communicable à partir du 1er janvier 2001." in why


def test_the_alternative_delays_are_explained():
    court = " ".join(state_of(confirmed("COURT", "1950")).why)
    assert "si ce délai est plus court, 25 ans à compter de : décès de l’intéressé" in court
    medical = " ".join(state_of(confirmed("MEDICAL", "1950")).why)
    assert "si cette date est inconnue, 120 ans à compter de : naissance de l’intéressé" in medical
    assert "jamais communicable" in " ".join(state_of(confirmed("WEAPONS", "1950")).why)
    assert "délai décidé par une personne" in " ".join(state_of(confirmed("CHILD", "1950")).why)


@pytest.mark.parametrize(
    ("opens_on", "published", "expected"),
    [
        (date(2026, 6, 15), True, True),
        (date(2026, 6, 16), True, False),
        (date(1950, 1, 1), False, False),
        (None, True, False),
    ],
)
def test_the_public_sees_what_is_open_today_and_published_by_a_decision(opens_on, published, expected):
    state = replace(state_of(confirmed("OPEN", "1950")), opens_on=opens_on)
    assert is_public(state, published=published, today=TODAY) is expected


# --- whatever happens, a machine never opens anything earlier ---


def any_day(draw):
    return draw.choice(["1901", "1950-03", "1960-07-08", "1999-12-31", "2020", "2027", "1200", "sans date"])


def any_assertion(draw, origin):
    field = draw.choice(
        [
            "class",
            "date",
            "access_category",
            "death_on",
            "birth_on",
            "closed_on",
            "decided_on",
            "legible_enough",
        ]
    )
    values = {
        "class": lambda: draw.choice(sorted(CLASSES)),
        "access_category": lambda: draw.choice(sorted(RULES)),
        "legible_enough": lambda: draw.choice([True, False]),
    }
    return said(field, values.get(field, lambda: any_day(draw))(), origin)


def any_piece(draw, record_id):
    base = [said("class", draw.choice(["OPEN", "PRIVATE", "COURT", "MEDICAL"])), said("date", any_day(draw))]
    more = [any_assertion(draw, draw.choice([PERSON, MODEL])) for _ in range(draw.randrange(3))]
    kept = [a for a in base if draw.random() < 0.95]
    states = [
        PageState.TEXT if draw.random() < 0.95 else PageState.ILLEGIBLE for _ in range(draw.randrange(1, 4))
    ]
    return piece(*kept, *more, record_id=record_id, states=states)


def not_earlier(after, before):
    return after is None or (before is not None and after >= before)


def opening_days(records):
    states = access_of_dossier(records, CLASSES, RULES, today=TODAY, good_cer=0.05).values()
    assert len({s.opens_on for s in states}) == 1
    for state in states:
        assert (state.opens_on is None) == bool(state.blockers)
    return next(iter(states)).opens_on


@pytest.mark.parametrize("seed", range(300))
def test_more_pieces_machine_values_or_bad_pages_never_open_anything_earlier(seed):
    draw = random.Random(seed)
    dossier = [any_piece(draw, f"r{n}") for n in range(draw.randrange(1, 4))]
    before = opening_days(dossier)
    assert not_earlier(opening_days([*dossier, any_piece(draw, "r0new")]), before)
    touched = draw.randrange(len(dossier))
    record = dossier[touched]
    machine = replace(record, assertions=(any_assertion(draw, MODEL), *record.assertions))
    unread = replace(record, pages=(*record.pages, RecordPage("px", 9, "s", 9, PageState.FAILED)))
    for changed in (machine, unread):
        assert not_earlier(opening_days([*dossier[:touched], changed, *dossier[touched + 1 :]]), before)


def test_some_of_the_random_dossiers_do_open():
    draw = random.Random(0)
    opened = [opening_days([any_piece(draw, "r1")]) for _ in range(200)]
    assert 10 < sum(day is not None for day in opened) < 190


@pytest.mark.parametrize("seed", range(50))
def test_the_order_of_the_pieces_changes_nothing(seed):
    draw = random.Random(seed)
    dossier = [any_piece(draw, f"r{n}") for n in range(3)]

    def days(records):
        states = access_of_dossier(records, CLASSES, RULES, today=TODAY, good_cer=0.05)
        return {i: (s.opens_on, s.proposed_on, s.controlling_id) for i, s in states.items()}

    assert days(dossier[::-1]) == days(dossier)
