"""No order of acts destroys without list, visa, two persons and time to think (C. patr. L212-2, R212-14, R212-51)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archiveia.steps.eliminate import obstacles
from archiveia.steps.eliminate_lines import (
    as_json,
    bordereau_of,
    harmless,
    names_in,
    obstacles_to_list,
    quantity,
    seal,
)
from archiveia.steps.eliminate_standing import Standing, World, after, next_acts, standing
from archiveia.values.eliminations import (
    Act,
    Bordereau,
    Event,
    Hand,
    Line,
    ListedRecord,
    Stage,
    Support,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MARTIN = Hand(1, "martin", "MARTIN")
MARTIN_AGAIN = Hand(4, "martin", "Martin (second compte)")
DURAND = Hand(2, "durand", "DURAND")
LEFEBVRE = Hand(3, "lefebvre", "LEFEBVRE")
TERMINAL = Hand(None, "durand", "durand")
HANDS = (MARTIN, MARTIN_AGAIN, DURAND, LEFEBVRE, TERMINAL)
A, B, C = "a" * 32, "b" * 32, "c" * 32
COOLING = 7


def record(record_id: str, **more: object) -> ListedRecord:
    known = {
        "cote": "4 W 103",
        "dates": "1980/1985",
        "support": "papier",
        "pages": 3,
        "size_bytes": 5_000_000,
    }
    return ListedRecord(id=record_id, fingerprint="f" * 64, **(known | more))


def line(number: int, *ids: str, **more: object) -> Line:
    known = {
        "title": "Factures",
        "rule": "FIN-004",
        "dua": "10 ans",
        "trigger": "clôture de l’exercice",
        "legal_basis": "DAF/DPACI/RES/2008/008",
        "support": Support.BOTH,
        "first_year": 1980,
        "last_year": 1985,
        "metres": 1.2,
        "boxes": 12,
    }
    return Line(number=number, records=tuple(record(i) for i in ids), **(known | more))


LIST = Bordereau("2026-E001", "Saint-Aubin", "Finances", date(2026, 3, 2), (line(1, A, B), line(2, C)))
SEAL = seal(LIST)
ANSWERS = [
    {"line": 1, "verdict": "partly", "granted": [A], "observations": "b à conserver"},
    {"line": 2, "verdict": "granted", "granted": [C]},
]
ON = "2026-03-02"
FACTS = {
    Act.DRAFT: {"bordereau": as_json(LIST)},
    Act.ISSUE: {"sha256": SEAL, "on": ON},
    Act.SIGN_SERVICE: {"name": "MARTIN, directrice des finances", "on": ON},
    Act.SIGN_AUTHORITY: {"name": "LEFEBVRE, maire", "on": ON},
    Act.SEND: {"on": ON},
    Act.VISA: {
        "name": "la directrice des archives départementales",
        "on": ON,
        "reference": "AD 2026-117",
        "number": LIST.number,
        "sha256": SEAL[:12],
        "file_sha256": "e" * 64,
        "answers": ANSWERS,
    },
    Act.WITHDRAW: {"records": [C], "reason": "réclamé par le service"},
    Act.CONFIRM: {"cooling_days": COOLING},
    Act.DESTROY: {},
    Act.DESTROYED: {},
    Act.ATTEST: {"name": "Broyage SA", "on": ON, "how": "broyage"},
    Act.CERTIFY: {},
    Act.ABANDON: {"reason": "erreur"},
}
ORDER = (Act.DRAFT, Act.ISSUE, Act.SIGN_SERVICE, Act.SIGN_AUTHORITY, Act.SEND, Act.VISA, Act.CONFIRM)


def world(at: datetime, **more: object) -> World:
    known = {"known_at": START, "cooling_days": COOLING, "backup_days": 90}
    return World(now_at=at, today=at.date(), **(known | more))


def event(act: Act, by: Hand = MARTIN, at: datetime = START, **facts: object) -> Event:
    return Event(act, at, by, FACTS[act] | facts)


def done(*acts: Act) -> Standing:
    """The standing after these acts, each by the hand that may do it."""
    found = Standing()
    for act in acts:
        one = event(act, DURAND if act is Act.CONFIRM else MARTIN)
        assert obstacles(found, one, world(START)) == []
        found = after(found, one)
    return found


CONFIRMED = ORDER
LATER = START + timedelta(days=COOLING)


def refusals(
    here: Standing, act: Act, by: Hand = MARTIN, at: datetime = START, *, seen=None, **facts: object
) -> str:
    return "\n".join(obstacles(here, event(act, by, at, **facts), seen or world(at)))


def test_the_right_order_leads_to_a_certificate():
    here = done(*CONFIRMED)
    assert here.stage is Stage.CONFIRMED
    assert refusals(here, Act.DESTROY, DURAND, LATER) == ""
    here = after(here, event(Act.DESTROY, DURAND, LATER))
    assert here.to_destroy == (A, C)
    here = after(here, event(Act.DESTROYED, DURAND, LATER))
    assert next_acts(here) == (Act.ATTEST,), "paper goes too: its destruction is attested"
    here = after(here, event(Act.ATTEST, MARTIN, LATER))
    assert next_acts(here) == (Act.CERTIFY,)
    assert after(here, event(Act.CERTIFY, DURAND, LATER)).stage is Stage.CERTIFIED


def test_a_refused_record_never_goes_and_a_withdrawn_one_stays():
    here = done(*ORDER[:-1])
    assert B not in here.granted
    here = after(here, event(Act.WITHDRAW))
    assert here.granted == (A,)


def test_the_files_of_a_record_whose_paper_alone_goes_stay():
    traces = {"copy_process": "NF Z42-026, 300 dpi", "copy_storage": "coffre de la commune"}
    paper = replace(LIST, lines=(line(1, A, support=Support.PAPER, **traces), line(2, C)))
    answers = [
        {"line": 1, "verdict": "granted", "granted": [A]},
        {"line": 2, "verdict": "granted", "granted": [C]},
    ]
    here = Standing()
    for act in ORDER:
        facts = {"bordereau": as_json(paper)} if act is Act.DRAFT else {}
        facts |= {"sha256": seal(paper)} if act in (Act.ISSUE, Act.VISA) else {}
        facts |= {"answers": answers} if act is Act.VISA else {}
        one = event(act, DURAND if act is Act.CONFIRM else MARTIN, **facts)
        assert obstacles(here, one, world(START)) == []
        here = after(here, one)
    assert here.granted == (A, C)
    assert here.to_destroy == (C,)
    assert here.paper_goes


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"number": "2026-E002"}, "Le visa porte le bordereau « 2026-E002 »"),
        ({"sha256": "0" * 12}, "ne porte pas l’empreinte de ce bordereau"),
        ({"sha256": ""}, "ne porte pas l’empreinte de ce bordereau"),
        ({"sha256": SEAL[:4]}, "ne porte pas l’empreinte de ce bordereau"),
        ({"file_sha256": None}, "un tableau de gestion ou un courriel n’est pas un visa"),
        ({"reference": " "}, "Le visa n’a pas de référence"),
        ({"name": ""}, "Il manque le nom de qui a donné le visa"),
        ({"on": "2026-03-01"}, "précède l’envoi"),
        ({"on": "2026-03-03"}, "n’est pas encore venu"),
        ({"answers": ANSWERS[:1]}, "Ligne 2 : le visa n’a pas de réponse"),
        ({"answers": [*ANSWERS, ANSWERS[0]]}, "répond deux fois à une ligne"),
        ({"answers": [ANSWERS[0] | {"granted": [A, B]}, ANSWERS[1]]}, "Ligne 1 : les pièces accordées"),
        ({"answers": [ANSWERS[0], ANSWERS[1] | {"granted": [C, A]}]}, "Ligne 2 : les pièces accordées"),
        ({"answers": [ANSWERS[0], ANSWERS[1] | {"verdict": "refused"}]}, "Ligne 2 : les pièces accordées"),
    ],
)
def test_a_visa_that_is_not_this_lists_is_refused(facts, said):
    assert said in refusals(done(*ORDER[:5]), Act.VISA, **facts)


def test_a_list_whose_visa_grants_nothing_ends():
    refused = [{"line": n, "verdict": "refused", "granted": []} for n in (1, 2)]
    here = after(done(*ORDER[:5]), event(Act.VISA, answers=refused))
    assert here.stage is Stage.REFUSED
    assert next_acts(here) == ()


@pytest.mark.parametrize("by", [MARTIN, MARTIN_AGAIN, Hand(1, "lefebvre", "LEFEBVRE")])
def test_the_second_person_is_another_person_whatever_the_account(by: Hand):
    assert "Il faut deux personnes différentes" in refusals(done(*ORDER[:6]), Act.CONFIRM, by)


def test_an_account_that_changed_hands_since_the_draft_is_no_second_persons():
    seen = world(LATER, in_new_hands=frozenset({DURAND.account}))
    for here, act in ((done(*ORDER[:-1]), Act.CONFIRM), (done(*CONFIRMED), Act.DESTROY)):
        assert "Le compte de DURAND a été créé, ou remis à quelqu’un" in refusals(
            here, act, DURAND, LATER, seen=seen
        )
    assert refusals(done(*ORDER[:-1]), Act.CONFIRM, LEFEBVRE, LATER, seen=seen) == ""


def test_a_terminal_confirms_nothing():
    assert "Il faut un compte du bureau" in refusals(done(*ORDER[:6]), Act.CONFIRM, TERMINAL)


def test_only_who_confirmed_destroys():
    here = done(*CONFIRMED)
    assert "Seule la personne qui a confirmé, DURAND" in refusals(here, Act.DESTROY, LEFEBVRE, LATER)
    assert "Seule la personne qui a confirmé" in refusals(here, Act.DESTROY, TERMINAL, LATER)


def test_nobody_destroys_before_the_delay_is_over():
    soon = LATER - timedelta(seconds=1)
    assert "délai de réflexion court jusqu’au 09/03/2026" in refusals(
        done(*CONFIRMED), Act.DESTROY, DURAND, soon
    )


def test_a_shortened_setting_does_not_shorten_a_delay_that_runs():
    seen = world(START + timedelta(days=1), cooling_days=1)
    said = refusals(done(*CONFIRMED), Act.DESTROY, DURAND, seen.now_at, seen=seen)
    assert "délai de réflexion" in said


def test_a_lengthened_setting_counts_for_a_delay_that_runs():
    assert "délai de réflexion" in refusals(
        done(*CONFIRMED), Act.DESTROY, DURAND, LATER, seen=world(LATER, cooling_days=30)
    )


def test_a_clock_set_back_stops_every_act_and_shortens_nothing():
    back = START - timedelta(days=30)
    here = done(*ORDER[:6])
    assert "L’horloge de la machine a reculé" in refusals(here, Act.CONFIRM, DURAND, back)
    known = world(START, known_at=START + timedelta(days=3))
    assert "L’horloge de la machine a reculé" in refusals(here, Act.CONFIRM, DURAND, START, seen=known)


@pytest.mark.parametrize(
    ("acts", "act"), [(ORDER[:1], Act.ISSUE), (ORDER[:6], Act.CONFIRM), (CONFIRMED, Act.DESTROY)]
)
def test_a_hold_stops_it_at_any_moment(acts: tuple[Act, ...], act: Act):
    seen = world(LATER, against={A: ["Gel en cours : contentieux."]})
    assert "4 W 103 : Gel en cours : contentieux." in refusals(done(*acts), act, DURAND, LATER, seen=seen)


def test_a_hold_on_a_record_that_stays_anyway_stops_nothing():
    seen = world(LATER, against={B: ["Gel en cours : contentieux."]})
    assert refusals(done(*CONFIRMED), Act.DESTROY, DURAND, LATER, seen=seen) == ""


def test_what_was_issued_is_what_was_shown():
    assert "a changé depuis" in refusals(done(Act.DRAFT), Act.ISSUE, sha256="0" * 64)


def test_without_the_life_of_backups_nothing_is_destroyed():
    seen = world(LATER, backup_days=None)
    assert "ARCHIVEIA_BACKUP_RETENTION_DAYS" in refusals(
        done(*CONFIRMED), Act.DESTROY, DURAND, LATER, seen=seen
    )


@pytest.mark.parametrize(
    ("change", "lack"),
    [
        ({"metres": None}, "le métrage linéaire manque"),
        ({"metres": float("nan")}, "le métrage n’est pas une longueur"),
        ({"boxes": -1}, "le nombre de boîtes est négatif"),
        ({"title": " "}, "l’intitulé manque"),
        ({"dua": ""}, "la DUA manque"),
        ({"legal_basis": ""}, "la base légale manque"),
        ({"records": ()}, "aucune pièce"),
        ({"support": Support.PAPER}, "le procédé de numérisation manque (C. civ. 1379)"),
        (
            {"support": Support.PAPER, "copy_process": "NF Z42-026"},
            "le lieu de conservation de la copie manque",
        ),
        ({"records": (record(A, support="nativement numérique"),)}, "il n’y a pas de papier"),
    ],
)
def test_a_line_that_lacks_what_the_law_asks_for_stops_the_list(change, lack):
    wrong = replace(LIST, lines=(replace(LIST.lines[0], **change),))
    assert lack in "\n".join(obstacles_to_list(wrong))


def test_a_list_of_files_alone_needs_no_metres():
    digital = line(1, A, support=Support.DIGITAL, metres=None, boxes=None)
    assert obstacles_to_list(replace(LIST, lines=(digital,))) == []
    assert quantity(digital) == "1 pièce, 5,0 Mo"
    assert quantity(LIST.lines[0]) == "1,20 ml, 12 boîtes, 2 pièces, 10,0 Mo"


def test_a_record_stands_once_on_a_list():
    twice = replace(LIST, lines=(line(1, A), line(2, A)))
    assert "Une pièce est deux fois sur le bordereau." in obstacles_to_list(twice)


def test_a_list_is_the_same_after_json_and_any_change_breaks_its_seal():
    assert bordereau_of(as_json(LIST)) == LIST
    assert seal(bordereau_of(as_json(LIST))) == SEAL
    changed = replace(LIST, lines=(replace(LIST.lines[0], metres=1.3), LIST.lines[1]))
    assert seal(changed) != SEAL


def test_no_cell_is_a_formula_and_no_name_stands_on_a_list():
    assert harmless("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert harmless("1980-1985") == "1980-1985"
    assert names_in("Dossiers de M. Durand", ["DURAND", "MARTIN"]) == ["DURAND"]


@dataclass(frozen=True)
class Try:
    """An attempt: the act, whose hand, how many hours after (or before) the last one, what it says, a hold or none."""

    act: Act
    by: Hand
    hours: int
    facts: dict
    holds: frozenset[str]


WRONG = st.sampled_from(
    [
        {},
        {"sha256": "0" * 64},
        {"number": "2026-E009"},
        {"file_sha256": None},
        {"cooling_days": 0},
        {"answers": []},
        {"answers": [{"line": 1, "verdict": "granted", "granted": [A, B]}, ANSWERS[1]]},
        {"name": ""},
        {"on": None},
    ]
)
ATTEMPT = st.builds(
    Try,
    act=st.sampled_from(list(Act)),
    by=st.sampled_from(HANDS),
    hours=st.integers(-400, 400),
    facts=WRONG,
    holds=st.frozensets(st.sampled_from([A, B, C]), max_size=2),
)
_RIGHT = [
    Try(act, DURAND if act in (Act.CONFIRM, Act.DESTROY, Act.DESTROYED) else MARTIN, 24 * 8, {}, frozenset())
    for act in (*ORDER, Act.DESTROY, Act.DESTROYED, Act.ATTEST, Act.CERTIFY)
]


@st.composite
def _almost_right(draw: st.DrawFn) -> list[Try]:
    """The right order with attempts put in, taken out, exchanged or changed."""
    acts = list(_RIGHT)
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, max(0, len(acts) - 1)))
        kind = draw(st.sampled_from(["in", "out", "change", "other", "hold"]))
        if kind == "in":
            acts.insert(place, draw(ATTEMPT))
        elif kind == "out" and acts:
            del acts[place]
        elif acts:
            fresh = draw(ATTEMPT)
            changes = {"change": {"hours": fresh.hours, "facts": fresh.facts}, "other": {"by": fresh.by}}
            acts[place] = replace(acts[place], **changes.get(kind, {"holds": fresh.holds}))
    return acts


def destroyed_by(attempts: list[Try]) -> list[tuple[Standing, list[Event], Try, datetime]]:
    """Every destruction that these bring about: the standing then, the events before, the attempt, the moment."""
    events: list[Event] = []
    found, now = [], START
    for one in attempts:
        now += timedelta(hours=one.hours)
        on = {"on": now.date().isoformat()} if "on" in FACTS[one.act] else {}
        tried = event(one.act, one.by, now, **(on | one.facts))
        seen = world(now, known_at=START, against={r: ["Gel en cours."] for r in one.holds})
        here = standing(events)
        if obstacles(here, tried, seen) == []:
            if one.act is Act.DESTROY:
                found.append((here, list(events), one, now))
            events.append(tried)
    return found


def test_the_right_attempts_do_destroy():
    assert len(destroyed_by(_RIGHT)) == 1


@settings(max_examples=400, deadline=None)
@given(st.one_of(_almost_right(), st.lists(ATTEMPT, max_size=25)))
@example(_RIGHT)
def test_no_order_of_acts_destroys_without_list_visa_two_persons_and_delay(attempts: list[Try]):
    for here, before, last, now in destroyed_by(attempts):
        done_by = {e.act: e for e in before}
        assert set(ORDER) <= done_by.keys()
        moments = [e.at for e in before]
        assert moments == sorted(moments), "no act is older than the one before"
        visa, confirmed = done_by[Act.VISA], done_by[Act.CONFIRM]
        assert (visa.facts["number"], visa.facts["file_sha256"]) == (LIST.number, "e" * 64)
        first = [e.by for e in before if e.act in (Act.DRAFT, Act.ISSUE, Act.VISA)]
        assert all(not hand.is_same_person(last.by) for hand in first)
        assert confirmed.by.is_same_person(last.by)
        assert not last.holds & set(here.to_destroy), "a hold always wins"
        granted = {r for answer in visa.facts["answers"] for r in answer["granted"]}
        assert set(here.to_destroy) <= granted, "what the visa refused never goes"
        assert now - confirmed.at >= timedelta(days=COOLING)
