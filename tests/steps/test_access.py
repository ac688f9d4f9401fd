from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from archiveia.edges.contracts import load_access_rules
from archiveia.steps.access import access_of_dossier
from archiveia.values import (
    Assertion,
    DocumentClass,
    Evidence,
    Origin,
    OriginKind,
    PageState,
    Record,
    RecordPage,
    in_force,
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
    """A piece whose class and date a person confirmed, and the category, where the class has one."""
    categories = CLASSES[code].access_categories if code in CLASSES else ()
    chosen = [said("access_category", categories[0])] if len(categories) == 1 else []
    given = {a.field for a in more}
    decided = [a for a in chosen if a.field not in given]
    return piece(said("class", code), said("date", day), *decided, *more, record_id=record_id)


ALONE = said("about_one_person", value=True)


def state_of(record, *others: Record, today=TODAY):
    return access_of_dossier([record, *others], CLASSES, RULES, today=today, good_cer=0.05)[record.id]


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
        pytest.param(
            confirmed("MIXED", "1950-06-15", said("access_category", "C01")),
            date(1950, 6, 15),
            "C01",
            id="a person chose the category",
        ),
        pytest.param(
            confirmed("COURT", "1950", said("death_on", "1960-01-01"), ALONE),
            date(1985, 1, 2),
            "C16",
            id="25 after death",
        ),
        pytest.param(
            confirmed("COURT", "1950", said("death_on", "2020-01-01"), ALONE),
            date(2026, 1, 1),
            "C16",
            id="75 shorter",
        ),
        pytest.param(
            confirmed("COURT", "1950", said("death_on", "1900"), ALONE),
            date(1950, 12, 31),
            "C16",
            id="not before it exists",
        ),
        pytest.param(
            confirmed("MEDICAL", "1950", said("death_on", "1980-02-01"), ALONE),
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
            confirmed("MEDICAL", "1990", said("birth_on", "1900"), said("death_on", "2010-01-01"), ALONE),
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
            piece(said("class", "OPEN"), said("date", "1900")),
            "catégorie de communicabilité n’est pas confirmée",
            id="category",
        ),
        pytest.param(confirmed("OPEN", None, said("date", "1900", MODEL)), "La date n’est pas", id="date"),
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


def test_a_category_found_by_a_machine_is_proposed_with_those_of_the_class_and_opens_nothing():
    known = (said("class", "OPEN"), said("date", "1950-06-15"))
    stricter = state_of(piece(*known, said("access_category", "C09", MODEL)))
    assert (stricter.proposed_on, stricter.category, stricter.opens_on) == (date(2000, 6, 16), "C09", None)
    assert state_of(piece(*known)).proposed_on == date(1950, 6, 15)
    assert state_of(piece(*known)).opens_on is None, "a person confirms the category, not the class alone"


def test_the_strictest_category_of_a_class_is_proposed():
    state = state_of(confirmed("MIXED", "1950-06-15"))
    assert (state.proposed_on, state.category, state.opens_on) == (date(2025, 6, 16), "C16", None)
    assert "C’est la plus restrictive des 3 catégories possibles." in state.why


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
    dated, undated = (
        confirmed("OPEN", "1950", record_id="r1"),
        piece(said("access_category", "C01"), record_id="r2"),
    )
    state = state_of(dated, undated)
    assert (state.opens_on, state.proposed_on, state.controlling_id) == (None, None, "r1")
    assert any(sentence.startswith("Autres pièces du dossier (1) : La date") for sentence in state.blockers)
    assert "La date d’une pièce du dossier est inconnue" in " ".join(state.why)


def test_a_partial_date_is_explained():
    why = " ".join(state_of(confirmed("PRIVATE", "1950")).why)
    assert "Date partielle « 1950 » : le délai est compté du 31 décembre 1950." in why
    assert (
        "Catégorie C09 « Vie privée » : 50 ans à compter de : date du document le plus récent inclus dans "
        "le dossier (31 décembre 1950) (C. patr. L213-2 I 3°)." in why
    )
    assert "Communicable à partir du 1er janvier 2001." in why


def test_the_alternative_delays_are_explained():
    def first(record):
        return state_of(record).why[0]

    court = first(confirmed("COURT", None))
    assert "si ce délai est plus court, 25 ans à compter de : décès de l’intéressé, pour un document" in court
    dead = first(confirmed("COURT", "1950", said("death_on", "1960-01-01"), ALONE))
    assert "25 ans à compter de : décès de l’intéressé (1er janvier 1960) (C. patr. L213-2 I 4° c)" in dead
    medical = first(confirmed("MEDICAL", "1950"))
    assert "si cette date est inconnue, 120 ans à compter de : naissance de l’intéressé" in medical
    assert "jamais communicable" in first(confirmed("WEAPONS", "1950"))
    assert "délai décidé par une personne" in first(confirmed("CHILD", "1950"))


# --- a death counts for the document of one person ---


def test_a_death_shortens_a_delay_only_where_a_person_states_that_one_person_is_concerned():
    dead = said("death_on", "1960-01-01")
    for answer in ((), (said("about_one_person", value=False),), (replace(ALONE, origin=MODEL),)):
        assert state_of(confirmed("COURT", "1950", dead, *answer)).opens_on == date(2026, 1, 1)
    assert state_of(confirmed("COURT", "1950", dead, ALONE)).opens_on == date(1985, 1, 2)
    machine = replace(dead, origin=MODEL)
    assert state_of(confirmed("COURT", "1950", machine, ALONE)).opens_on == date(2026, 1, 1)


def test_a_death_is_told_only_as_persons_give_it_of_the_only_person_concerned():
    dead = said("death_on", "1960-01-01")
    assert state_of(confirmed("PRIVATE", "1950", dead, ALONE)).died_on == date(1960, 1, 1)
    assert state_of(confirmed("PRIVATE", "1950", said("death_on", "1960"), ALONE)).died_on == date(
        1960, 12, 31
    )
    for others in (
        (dead,),
        (dead, said("about_one_person", value=False)),
        (dead, replace(ALONE, origin=MODEL)),
        (replace(dead, origin=MODEL), ALONE),
        (said("death_on", "2030"), ALONE),
        (ALONE,),
    ):
        assert state_of(confirmed("PRIVATE", "1950", *others)).died_on is None
    assert state_of(confirmed("BIRTHS", "1950", dead, said("closed_on", "1950"), ALONE)).died_on is None


def test_a_register_never_opens_by_the_death_of_one_of_those_in_it():
    dead = (said("closed_on", "1942-12-31"), said("death_on", "1943"), ALONE)
    assert state_of(confirmed("BIRTHS", "1932/1942", *dead)).opens_on == date(2018, 1, 1)


def test_where_several_persons_are_concerned_the_known_death_of_one_can_only_close_longer():
    births = said("birth_on", "1900-02-01")
    several = confirmed("MEDICAL", "1950", births, said("death_on", "2010-01-01"))
    assert state_of(several).opens_on == date(2035, 1, 2)
    early = confirmed("MEDICAL", "1950", births, said("death_on", "1960-01-01"))
    assert state_of(early).opens_on == date(2020, 2, 2)
    assert state_of(confirmed("MEDICAL", "1950", said("death_on", "1960"))).opens_on is None
    unusable = confirmed("MEDICAL", "1950", births, said("death_on", "2030"), ALONE)
    assert state_of(unusable).opens_on is None, "a death that cannot be used is not an unknown death"


# --- what the law of 2021 may prolong ---


@pytest.mark.parametrize("category", ["C11", "C12"])
def test_what_the_law_may_prolong_opens_only_when_a_person_says_so_after_the_delay(category):
    secret = confirmed("OPEN", "1950", said("access_category", category))
    state = state_of(secret)
    assert (state.opens_on, state.proposed_on) == (None, date(2001, 1, 1))
    assert any("2021-998" in b and "1er janvier 2001" in b for b in state.blockers)

    def cleared(moment, origin=PERSON):
        answer = replace(said("not_prolonged", value=True, origin=origin), made_at=moment)
        return state_of(replace(secret, assertions=(*secret.assertions, answer))).opens_on

    assert cleared(datetime(2000, 12, 31, 12, tzinfo=UTC)) is None, "said before the end of the delay"
    assert cleared(None) is None
    assert cleared(datetime(2026, 1, 5, tzinfo=UTC), MODEL) is None
    assert cleared(datetime(2026, 1, 5, tzinfo=UTC)) == date(2001, 1, 1)


def test_the_last_day_of_a_dossier_is_told_for_the_delays_of_publication():
    register = confirmed("BIRTHS", "1932", said("closed_on", "1942-12-28"))
    assert state_of(register, confirmed("OPEN", "1940", record_id="r2")).last_on == date(1942, 12, 28)
    assert state_of(confirmed("OPEN", None, said("date", "1940", MODEL))).last_on is None


# --- whatever happens, a machine never opens anything earlier ---

DAYS = st.sampled_from(
    ["1901", "1950-03", "1960-07-08", "1976-02-29", "1999-12-31", "2020", "2027", "1200", "?"]
)
SAYS = st.one_of(
    st.tuples(st.just("class"), st.sampled_from(sorted(CLASSES))),
    st.tuples(st.just("access_category"), st.sampled_from(sorted(RULES))),
    st.tuples(st.sampled_from(["legible_enough", "about_one_person", "not_prolonged"]), st.booleans()),
    st.tuples(
        st.sampled_from(["date", "death_on", "birth_on", "closed_on", "decided_on", "use_ended_on"]), DAYS
    ),
)
STATES = st.sampled_from(
    [*[PageState.TEXT] * 4, PageState.BLANK, PageState.ILLEGIBLE, PageState.FAILED, None]
)
LATE = datetime(2026, 6, 1, tzinfo=UTC)


def any_said(origin):
    return SAYS.map(lambda pair: Assertion(pair[0], pair[1], origin, made_at=LATE))


@st.composite
def any_piece(draw, record_id):
    sure = [
        said("access_category", draw(st.sampled_from(["C01", "C08", "C09", "C11", "C16", "C18", "C31"]))),
        said("date", draw(DAYS)),
        said("birth_on", draw(DAYS)),
        said("closed_on", draw(DAYS)),
    ]
    more = draw(st.lists(st.one_of(any_said(PERSON), any_said(MODEL)), max_size=3))
    given = {a.field for a in more if a.origin is PERSON}
    said_of_it = [a for a in sure if a.field not in given and draw(st.integers(0, 9))]
    states = draw(st.lists(STATES, min_size=1, max_size=3))
    return piece(*in_force([*said_of_it, *more]), record_id=record_id, states=states)


DOSSIERS = st.integers(1, 3).flatmap(lambda n: st.tuples(*(any_piece(f"r{i}") for i in range(n))).map(list))


def not_earlier(after, before):
    return after is None or (before is not None and after >= before)


def opening_days(records):
    states = access_of_dossier(records, CLASSES, RULES, today=TODAY, good_cer=0.05).values()
    assert len({s.opens_on for s in states}) == 1
    for state in states:
        assert (state.opens_on is None) == bool(state.blockers)
    return next(iter(states)).opens_on


@settings(max_examples=60, deadline=None)
@given(DOSSIERS, any_piece("r0new"), st.data())
def test_a_piece_that_comes_late_or_a_page_that_cannot_be_read_never_opens_anything_earlier(
    dossier, new, data
):
    before = opening_days(dossier)
    assert not_earlier(opening_days([*dossier, new]), before)
    touched = data.draw(st.integers(0, len(dossier) - 1))
    record = dossier[touched]
    unread = replace(record, pages=(*record.pages, RecordPage("px", 9, "s", 9, PageState.FAILED)))
    dossier[touched] = unread
    assert not_earlier(opening_days(dossier), before)


@settings(max_examples=60, deadline=None)
@given(DOSSIERS, st.lists(any_said(MODEL), max_size=5), st.integers(0, 2), st.floats(0, 1))
def test_whatever_machines_say_more_or_no_more_changes_no_opening(dossier, noise, which, cer):
    before = opening_days(dossier)
    record = dossier[which % len(dossier)]
    persons = [a for a in record.assertions if a.origin is PERSON]
    pages_read_worse = tuple(replace(page, cer_estimate=cer, text="bruit") for page in record.pages)
    noisy = replace(record, pages=pages_read_worse, assertions=in_force([*persons, *noise]))
    changed = [noisy if r is record else r for r in dossier]
    assert opening_days(changed) == before


@settings(max_examples=60, deadline=None)
@given(DOSSIERS)
def test_what_a_person_did_not_confirm_opens_nothing(dossier):
    def unsaid(record, field):
        kept = tuple(a for a in record.assertions if a.field != field or a.origin is not PERSON)
        return replace(record, assertions=kept)

    for field in ("access_category", "date"):
        assert opening_days([unsaid(dossier[0], field), *dossier[1:]]) is None


def test_some_of_the_random_dossiers_do_open():
    found = find(
        DOSSIERS, lambda records: opening_days(records) is not None, settings=settings(deadline=None)
    )
    assert found


@settings(max_examples=60, deadline=None)
@given(DOSSIERS)
def test_the_order_of_the_pieces_changes_nothing(dossier):
    def days(records):
        states = access_of_dossier(records, CLASSES, RULES, today=TODAY, good_cer=0.05)
        return {i: (s.opens_on, s.proposed_on, s.controlling_id) for i, s in states.items()}

    assert days(dossier[::-1]) == days(dossier)
