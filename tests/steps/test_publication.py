from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiveia.edges.contracts import SCHEMAS, load_access_rules
from archiveia.edges.living_persons import load_living_rule
from archiveia.edges.publication_lists import load_data_classes, load_online_rules
from archiveia.errors import ScheduleError
from archiveia.steps.publication import NOT_DECIDED, publication_of
from archiveia.values import (
    AccessState,
    PublicationDecision,
    TakedownReason,
    ThirdPartyRights,
)

RULES, CLASSES = load_access_rules(), load_data_classes()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def access(category, opens_on, last_on=None, died_on=None):
    return AccessState(category, opens_on, opens_on, "r1", (), (), last_on, died_on)


def published(unit="r1", data="none", rights=ThirdPartyRights.NONE):
    return PublicationDecision(
        unit, published=True, decided_by="MARTIN", decided_at=NOW, rights=rights, data_class=data
    )


def taken_down(unit="r1", reason=TakedownReason.PRIVACY):
    return PublicationDecision(unit, published=False, decided_by="DURAND", decided_at=NOW, reason=reason)


def state_of(
    category, opens_on, *decisions: PublicationDecision, last_on=None, died_on=None, practice="none"
):
    known = access(category, opens_on, last_on, died_on)
    return publication_of(known, RULES.get(category), decisions, CLASSES, practice=practice)


def test_communicable_is_not_published():
    state = state_of("C01", date(1923, 4, 6))
    assert (state.online_on, state.why) == (None, (NOT_DECIDED,))


def test_a_decision_of_a_named_person_puts_online_what_is_communicable():
    state = state_of("C01", date(1923, 4, 6), published())
    assert state.online_on == date(1923, 4, 6)
    assert state.why[0] == "Publication décidée par MARTIN : sans donnée personnelle, sans droits de tiers."
    assert "CRPA L312-1-2" in state.why[1]
    assert state_of("C01", None, published()).online_on is None, "not communicable yet"


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (replace(published(), rights=None), "Droits de tiers non indiqués"),
        (published(rights=ThirdPartyRights.BLOCKED), "Des droits de tiers s’opposent"),
        (replace(published(), data_class=None), "Classe de données non indiquée"),
        (published(data="ghost"), "Classe de données non indiquée"),
        (published(data="au029"), "cette pratique n’est pas suivie ici"),
        (taken_down(), "Retiré par DURAND : vie privée"),
        (replace(taken_down(), reason=None), "motif non indiqué"),
    ],
)
def test_what_is_not_stated_or_stands_against_it_never_goes_online(decision, why):
    state = state_of("C01", date(1923, 4, 6), decision)
    assert state.online_on is None
    assert why in state.why[0]


def test_what_is_communicable_and_stays_off_the_web():
    """An electoral list, last month's death register, a granted permit with private plans."""
    lists = {code: published(data=code) for code in CLASSES}
    for decision in lists.values():
        assert state_of("C29", date(2026, 2, 28), decision, last_on=date(2026, 2, 28)).online_on is None
    deaths = {
        code: state_of("C20", date(2026, 10, 31), decision, last_on=date(2026, 10, 31), practice="au-029")
        for code, decision in lists.items()
    }
    assert {code for code, state in deaths.items() if state.online_on} == {"masked", "deceased", "au029"}
    assert deaths["deceased"].online_on == date(2146, 11, 1)
    assert deaths["au029"].online_on == date(2051, 11, 1)
    plans = state_of("C31", date(2026, 1, 20), published(data="listed"), last_on=date(2026, 1, 20))
    assert plans.online_on is None
    assert "plans intérieurs" in plans.why[0]
    assert state_of("C31", date(2026, 1, 20), published(data="masked")).online_on == date(2026, 1, 20)


def test_the_words_of_the_table_say_why_a_category_never_goes_online():
    assert "nominatif : non publié" in state_of("C29", date(2026, 2, 28), published()).why[0]


@pytest.mark.parametrize(
    ("category", "data", "last_on", "online_on"),
    [
        ("C20", "au029", date(2001, 11, 22), date(2026, 11, 23)),
        ("C19", "au029", date(1950, 12, 31), date(2026, 1, 1)),
        ("C18", "au029", date(1925, 12, 31), date(2026, 1, 1)),
        ("C18", "au029_masked", date(1950, 12, 31), date(2026, 1, 1)),
        ("C09", "au029", date(1924, 2, 29), date(2024, 3, 1)),
        ("C08", "au029", date(1900, 1, 1), date(2050, 1, 2)),
        ("C15", "au029", date(1900, 1, 1), None),
        ("C19", "au029_masked", date(1900, 1, 1), None),
    ],
)
def test_the_practice_counts_where_it_is_followed_and_is_labelled_as_practice(
    category, data, last_on, online_on
):
    opened = date(1990, 1, 1)
    state = state_of(category, opened, published(data=data), last_on=last_on, practice="au-029")
    assert state.online_on == online_on
    if online_on:
        assert "pratique, et non règle de droit" in state.why[1]
    assert state_of(category, opened, published(data=data), last_on=last_on).online_on is None


@pytest.mark.parametrize(
    ("category", "online_on"),
    [
        pytest.param("C09", date(2010, 3, 2), id="private life: after the death"),
        pytest.param("C08", date(2010, 3, 2), id="health"),
        pytest.param("C15", date(2071, 1, 1), id="judicial: 120 years whoever died"),
        pytest.param("C19", date(2071, 1, 1), id="a register names others"),
    ],
)
def test_a_known_death_of_the_only_person_concerned_counts_instead_of_120_years(category, online_on):
    opened, last_on, died_on = date(2001, 1, 1), date(1950, 12, 31), date(2010, 3, 1)
    deceased = published(data="deceased")
    state = state_of(category, opened, deceased, last_on=last_on, died_on=died_on)
    assert state.online_on == online_on
    assert ("après le décès de la seule personne concernée" in state.why[1]) is (online_on.year == 2010)
    unknown = state_of(category, opened, deceased, last_on=last_on)
    assert unknown.online_on == date(2071, 1, 1)
    later = state_of(category, date(2035, 1, 1), deceased, last_on=last_on, died_on=died_on).online_on
    assert later is not None
    assert later >= date(2035, 1, 1), "never before it is communicable"
    for data in ("agreed", "masked"):
        decision = published(data=data)
        known = state_of(category, opened, decision, last_on=last_on, died_on=died_on)
        assert known == state_of(category, opened, decision, last_on=last_on)


def test_an_unknown_last_day_counts_no_delay():
    state = state_of("C09", date(2000, 1, 1), published(data="deceased"))
    assert state.online_on is None
    assert "date du dossier" in state.why[0]


def test_a_judicial_file_waits_for_the_longest_delay_whatever_a_death_opened():
    state = state_of("C15", date(1985, 1, 2), published(data="masked"), last_on=date(1951, 11, 23))
    assert state.online_on == date(2026, 11, 24)


def test_the_nearest_publication_governs_and_a_takedown_or_blocked_rights_on_any_level_close():
    mine, series = published(), published("serie", data="listed")
    assert state_of("C01", date(1923, 4, 6), mine, series).decision is mine
    assert state_of("C01", date(1923, 4, 6), mine, taken_down("serie")).online_on is None
    blocked = replace(series, rights=ThirdPartyRights.BLOCKED)
    assert state_of("C01", date(1923, 4, 6), mine, blocked).online_on is None


def test_a_series_published_as_without_personal_data_leaves_out_a_piece_of_another_category():
    series = published("serie")
    assert state_of("C01", date(1923, 4, 6), series).online_on == date(1923, 4, 6)
    private = state_of("C09", date(1980, 1, 1), series)
    assert private.online_on is None
    assert "« sans donnée personnelle » ne suffit pas" in private.why[0]
    assert state_of(None, date(1980, 1, 1), series).online_on is None


DECISIONS = st.lists(
    st.builds(
        PublicationDecision,
        unit_id=st.sampled_from(["r1", "dossier", "serie"]),
        published=st.booleans(),
        decided_by=st.just("MARTIN"),
        decided_at=st.just(NOW),
        rights=st.sampled_from([None, *ThirdPartyRights]),
        data_class=st.sampled_from([None, "ghost", *CLASSES]),
    ),
    max_size=3,
)
DAYS = st.one_of(st.none(), st.dates(date(1850, 1, 1), date(2030, 1, 1)))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*sorted(RULES), None]), DAYS, DAYS, DECISIONS, st.sampled_from(["none", "au-029"]))
def test_nothing_is_ever_online_before_it_is_communicable_or_without_all_that_must_be_stated(
    category, opens_on, last_on, decisions, practice
):
    state = state_of(category, opens_on, *decisions, last_on=last_on, practice=practice)
    assert state.why
    if state.online_on is None:
        return
    assert opens_on is not None
    assert state.online_on >= opens_on
    assert all(d.published and d.rights is not ThirdPartyRights.BLOCKED for d in decisions)
    assert state.decision is decisions[0]
    assert decisions[0].rights is not None
    assert RULES[category].online in CLASSES[decisions[0].data_class].years_after
    stricter = state_of(category, opens_on, *decisions, last_on=last_on)
    assert stricter.online_on in (None, state.online_on), "a practice that is not followed opens nothing"


# --- the closed lists ---


def test_every_category_has_a_rule_of_publication_with_its_words():
    rules = load_online_rules()
    for rule in RULES.values():
        assert rule.online in rules, rule.id
        assert rule.online_words
    assert {r.id for r in RULES.values() if r.online == "never"} == {
        *("C04", "C11", "C12", "C13", "C22", "C23", "C24", "C25", "C26", "C27", "C29", "C30"),
    }
    assert all(c.source and c.label for c in CLASSES.values())


def test_whoever_is_held_to_be_dead_here_is_held_to_be_dead_elsewhere():
    assert set(CLASSES["deceased"].years_after.values()) == {load_living_rule().born_at_most_years_ago}


def test_a_practice_never_stands_as_law():
    for data_class in CLASSES.values():
        assert (data_class.practice is not None) == ("AU-029" in data_class.label)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c["years_after"].update(never=0), "nothing can be published under 'never'"),
        (lambda c: c["years_after"].update(free="0"), "'0' is not a number of years"),
        (lambda c: c.update(source=" "), "has no label, or no source"),
        (lambda c: c.update(code="masked"), "a class of data twice"),
        (lambda c: c.pop("label"), "cannot be read"),
    ],
)
def test_a_mistake_in_the_list_is_refused(tmp_path, change, message):
    said = json.loads((SCHEMAS / "publication.json").read_text("utf-8"))
    change(said["data_classes"][0])
    (tmp_path / "publication.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(ScheduleError, match=message):
        load_data_classes(tmp_path)
