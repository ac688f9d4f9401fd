"""The shipped retention rules on worked dates, each with the article or the table that says so.

The dates are counted by hand from the source; a year counts from 31 December, and a month that lacks the day ends on
its last (code de procédure civile, art. 641).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from archiveia.edges.contracts import load_classification_plan, load_retention_schedule
from archiveia.steps.retain import propose
from archiveia.values import (
    Assertion,
    Origin,
    OriginKind,
    Record,
    RetentionProposal,
    Signature,
    SortFinal,
    TriggerState,
)

TODAY = date(2026, 6, 15)
PERSON = Origin(OriginKind.PERSON, "MARTIN")
SIGNATURE = Signature("MARTIN, maire", date(2026, 1, 10), "avis favorable des archives départementales")
SHIPPED = load_retention_schedule()
SIGNED = {code: replace(rule, signature=SIGNATURE) for code, rule in SHIPPED.items()}
CLASSES = {c.code: c for c in load_classification_plan()}
KEEP, SELECT, ELIMINATE = SortFinal.KEEP, SortFinal.SELECT, SortFinal.ELIMINATE
OPEN_FATE = None
"""The text fixes the duration, not the fate: a person decides, though the row is signed."""
COMMON = "DAF/DPACI/RES/2009/018"
ARRETE = "Arrêté du 21/12/2012"


def proposed(code: str, schedule: dict[str, object] = SIGNED, **said: str) -> RetentionProposal:
    """What is proposed where persons said everything that is given."""
    values = {"class": "DELIB", "retention_rule": code, **said}
    record = Record("r", "e", "d", (), tuple(Assertion(f, v, PERSON) for f, v in values.items()))
    return propose(record, CLASSES, schedule, today=TODAY, good_cer=0.05)


def on(day: str, code: str) -> dict[str, str]:
    """The day in the field that holds it for this rule."""
    return {SHIPPED[code].event.field or "trigger_on": day}


@pytest.mark.parametrize(
    ("code", "day", "due_on", "fate", "source"),
    [
        # deliberations, orders: CGCT
        ("ADM-001", "1925-12-31", date(1926, 12, 31), KEEP, "CGCT L2121-23 et R2121-9"),
        ("ADM-002", "2024-02-29", date(2025, 2, 28), KEEP, COMMON),
        ("ADM-003", "2020", date(2021, 12, 31), ELIMINATE, "le registre fait foi"),
        ("ADM-004", "2020-03", date(2021, 3, 31), KEEP, "CDG/AD Nièvre"),
        ("ADM-005", "2023-06-30", date(2024, 6, 30), ELIMINATE, COMMON),
        ("ADM-008", "2001", date(2002, 12, 31), KEEP, "CGCT L2122-29"),
        ("ADM-009", "2019-05-31", date(2024, 5, 31), ELIMINATE, "conflit : tri (T) selon Nièvre"),
        ("ADM-010", "2010-04-01", date(2020, 4, 1), ELIMINATE, COMMON),
        ("ADM-012", "2015", date(2021, 12, 31), ELIMINATE, "AD Var, tableau de gestion police"),
        ("ADM-013", "2020-05-18", date(2021, 5, 18), SELECT, "DUA = mandat + 1 an"),
        ("ADM-015", "2022-01-15", date(2022, 1, 15), KEEP, "garder 3 exemplaires"),
        ("ADM-025", "2026-01-01", date(2026, 1, 1), ELIMINATE, "dispensés de bordereau et de visa"),
        # litigation, insurance, property
        ("JUR-001", "2018-09-20", date(2019, 9, 20), SELECT, "garder ceux d’intérêt local"),
        ("JUR-002", "1996-02-29", date(2026, 2, 28), SELECT, COMMON),
        ("JUR-003", "2012-12-31", date(2017, 12, 31), ELIMINATE, "à suspendre si sinistre"),
        ("JUR-004", "1990-07-14", date(2020, 7, 14), SELECT, "C. civ. 2226"),
        ("JUR-005", "2005-07-14", date(2015, 7, 14), SELECT, COMMON),
        ("PAT-001", "1950-05-04", date(1980, 5, 4), KEEP, COMMON),
        ("PAT-003", "2020", date(2025, 12, 31), KEEP, COMMON),
        ("PAT-004", "2008-08-31", date(2018, 8, 31), ELIMINATE, COMMON),
        # buildings: texts that fix a duration only
        ("BAT-006", "2021-03-01", date(2026, 3, 1), OPEN_FATE, "C. env. R543-80"),
        ("BAT-007", "2019-10-15", date(2024, 10, 15), OPEN_FATE, "C. trav. R4532-51"),
        ("BAT-008", "2019-10-15", date(2024, 10, 15), OPEN_FATE, "C. trav. R4532-41"),
        # finance and procurement
        ("FIN-001", "1931", date(1936, 12, 31), KEEP, "sort C constant"),
        ("FIN-003", "2024", date(2025, 12, 31), ELIMINATE, "CDG/AD Nièvre"),
        ("FIN-004", "1986", date(1996, 12, 31), ELIMINATE, "C. com. L123-22"),
        ("FIN-005", "2015-12-31", date(2025, 12, 31), ELIMINATE, "CDG/AD Nièvre"),
        ("FIN-006", "2015", date(2025, 12, 31), ELIMINATE, "CDG/AD Nièvre"),
        ("FIN-007", "2010-11-05", date(2020, 11, 5), ELIMINATE, COMMON),
        ("FIN-009", "2010", date(2020, 12, 31), ELIMINATE, "PV de contrôle conservés"),
        ("FIN-011", "1999-01-31", date(2004, 1, 31), ELIMINATE, COMMON),
        ("MAR-001", "2008-02-29", date(2018, 2, 28), SELECT, "C. civ. 1792-4-1"),
        ("MAR-002", "2014-06-30", date(2024, 6, 30), SELECT, "pièces comptables sont gardées ailleurs"),
        ("MAR-003", "2020-09-01", date(2025, 9, 1), ELIMINATE, "2021/D/73"),
        ("MAR-004", "2019-09-01", date(2024, 9, 1), ELIMINATE, COMMON),
        # staff: order of 21 December 2012
        ("RH-001", "1946-02-28", date(2026, 2, 28), SELECT, "DGP/SIAF/2014/001"),
        ("RH-002", "2019-12-31", date(2020, 12, 31), ELIMINATE, ARRETE),
        ("RH-004", "2010-09-01", date(2020, 9, 1), ELIMINATE, ARRETE),
        ("RH-005", "2025-11-30", date(2026, 2, 28), ELIMINATE, ARRETE),
        ("RH-009", "2011-01-01", date(2021, 1, 1), ELIMINATE, ARRETE),
        ("RH-010", "2020-02-29", date(2022, 2, 28), ELIMINATE, ARRETE),
        ("RH-012", "2019-04-30", date(2023, 4, 30), ELIMINATE, ARRETE),
        ("RH-013", "2022", date(2024, 12, 31), ELIMINATE, ARRETE),
        ("RH-015", "2000-10-10", date(2015, 10, 10), ELIMINATE, ARRETE),
        ("RH-019", "2020-10-10", date(2023, 10, 10), ELIMINATE, ARRETE),
        ("RH-021", "2018-12-31", date(2023, 12, 31), OPEN_FATE, "C. trav. L3243-4"),
        ("RH-026", "2022-03-15", date(2024, 3, 15), ELIMINATE, COMMON),
        ("RH-033", "1974-01-31", date(2024, 1, 31), OPEN_FATE, "C. trav. R4412-55"),
        ("RH-034", "1976", date(2026, 12, 31), OPEN_FATE, "C. trav. R4451-90"),
        ("RH-036", "2012-05-05", date(2022, 5, 5), OPEN_FATE, "C. trav. R4433-3"),
        # civil status and elections
        ("EC-004", "2024-05-11", date(2025, 5, 11), ELIMINATE, COMMON),
        ("EC-006", "2016-05-11", date(2021, 5, 11), ELIMINATE, COMMON),
        ("EC-017", "1990-01-01", date(2020, 1, 1), KEEP, COMMON),
        ("ELE-001", "2020-03-01", date(2023, 3, 1), KEEP, "DPACI/RES/2004/01"),
        ("ELE-003", "2020-06-28", date(2025, 6, 28), ELIMINATE, "puis 50 ans (vie privée)"),
        ("ELE-005", "2025-10-31", date(2026, 2, 28), OPEN_FATE, "C. élect. R76"),
        ("ELE-007", "2025-08-31", date(2026, 2, 28), OPEN_FATE, "C. élect. R73"),
        # police, town planning, environment
        ("POL-001", "2019", date(2022, 12, 31), KEEP, "AD Var, tableau de gestion police"),
        ("POL-009", "2020-01-01", date(2023, 1, 1), ELIMINATE, "CSI R511-33"),
        ("POL-023", "2026-05-31", date(2026, 6, 30), OPEN_FATE, "CSI L252-5"),
        ("URB-001", "2010-07-01", date(2020, 7, 1), KEEP, "DGPA/SIAF/2021/003"),
        ("URB-002", "2024-07-01", date(2025, 7, 1), ELIMINATE, COMMON),
        ("URB-008", "2024-11-15", date(2025, 11, 15), KEEP, "C. env. R123-21"),
        ("VOI-010", "2022-12-31", date(2025, 12, 31), OPEN_FATE, "C. env. R541-43"),
        # childhood, social aid
        ("ENF-004", "1965-07-10", date(2015, 7, 10), KEEP, "DPACI/RES/2005/003"),
        ("ENF-010", "2015-07-05", date(2025, 7, 5), ELIMINATE, "5 ans si tarif unique"),
        ("ENF-011", "1996-02-29", date(2024, 2, 29), ELIMINATE, "majorité + prescription 10 ans"),
        ("SOC-010", "2012-02-29", date(2022, 2, 28), SELECT, "échantillon selon population"),
        ("SOC-014", "2023-09-09", date(2025, 9, 9), ELIMINATE, "AD Var, tableau de gestion CCAS"),
        ("SOC-018", "2023-09-09", date(2025, 9, 9), SELECT, "CNIL délib. 2023-095"),
        ("DEP-004", "2020-01-31", date(2025, 1, 31), OPEN_FATE, "CASF R221-9"),
        ("DEP-005", "2010-01-31", date(2020, 1, 31), OPEN_FATE, "CASF R221-9"),
        ("DEP-014", "2018-03-31", date(2023, 3, 31), OPEN_FATE, "CASF R146-40"),
        ("INF-004", "2020-05-25", date(2025, 5, 25), ELIMINATE, COMMON),
    ],
)
def test_a_rule_ends_on_the_day_that_its_source_says(code, day, due_on, fate, source):
    assert source in SHIPPED[code].source
    proposal = proposed(code, **on(day, code))
    assert proposal.rule == SIGNED[code]
    assert (proposal.due_on, proposal.fate) == (due_on, fate)
    is_exact = len(day) == len("2001-01-01")
    assert proposal.trigger_state is (TriggerState.KNOWN if is_exact else TriggerState.ESTIMATED)


@pytest.mark.parametrize(
    ("code", "look_for"),
    [
        ("MAR-001", "décompte général définitif"),
        ("RH-001", "date de naissance sur l’état des services"),
        ("ENF-011", "date de naissance de l’enfant"),
        ("FIN-004", "l’exercice sur le bordereau"),
        ("JUR-001", "certificat de non-recours"),
        ("ADM-013", "renouvellement du conseil"),
        ("MAR-003", "accusé de réception de la notification"),
        ("EC-006", "avis de dissolution"),
        ("RH-033", "fiche d’exposition"),
        ("URB-001", "date de la décision"),
    ],
)
def test_an_unknown_trigger_is_unknown_and_says_where_its_day_may_be(code, look_for):
    proposal = proposed(code)
    assert (proposal.trigger_state, proposal.due_on) == (TriggerState.UNKNOWN, None)
    assert proposal.to_review
    assert any("élément déclencheur inconnu" in why and look_for in why for why in proposal.why)


UNMAPPED = sorted(code for code, rule in SHIPPED.items() if rule.event.code == "unmapped")


@pytest.mark.parametrize("code", UNMAPPED)
def test_words_that_name_no_single_event_answer_unknown_whatever_is_given(code):
    facts = dict.fromkeys(
        ("trigger_on", "date", "closed_on", "decided_on", "birth_on", "death_on"), "1990-01-01"
    )
    proposal = proposed(code, **facts)
    assert (proposal.trigger_state, proposal.due_on) == (TriggerState.UNKNOWN, None)
    assert proposal.to_review


NO_TERM = sorted(
    code for code, r in SHIPPED.items() if r.dua_months is None and r.event.kind in {"event", "document"}
)


@pytest.mark.parametrize("code", NO_TERM)
def test_no_fixed_term_is_never_a_term_of_nothing(code):
    proposal = proposed(code, **on("1990-01-01", code))
    assert (proposal.trigger_state, proposal.due_on) == (TriggerState.KNOWN, None)
    assert proposal.to_review
    assert any("La source ne fixe aucun terme" in why for why in proposal.why)


FOR_EVER = sorted(code for code, rule in SHIPPED.items() if rule.event.kind == "never")


@pytest.mark.parametrize("code", FOR_EVER)
def test_what_is_kept_for_ever_has_no_end_and_is_never_eliminated(code):
    proposal = proposed(code)
    assert proposal.due_on is None
    assert proposal.fate in {KEEP, None}


# --- traps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [code for code, rule in SHIPPED.items() if rule.sort_final is ELIMINATE])
def test_no_elimination_is_proposed_of_the_schedule_as_it_is_shipped(code):
    """A schedule that nobody signed is a compilation, not a *tableau de gestion* (C. patr. R212-13)."""
    assert proposed(code, SHIPPED, **on("1950-01-01", code)).fate is None


def test_the_closing_of_a_register_of_civil_status_ends_no_duration():
    """EC-001 names 75 and 100 years: those of another clock, communicability (C. patr. L213-2)."""
    proposal = proposed("EC-001", closed_on="1901-12-31")
    assert (proposal.due_on, proposal.fate) == (None, KEEP)


def test_a_works_contract_is_not_counted_from_its_own_date():
    """Ten years run from the end of the works (and the guarantee from their acceptance: C. civ. 1792-4-1)."""
    proposal = proposed("MAR-001", date="2001-01-01")
    assert (proposal.trigger_state, proposal.due_on) == (TriggerState.UNKNOWN, None)


def test_an_agent_s_file_runs_from_the_birth_not_from_the_end_of_service():
    """80 years from the birth (order of 21 December 2012, NOR RDFF1239419A)."""
    assert proposed("RH-001", date="1985-06-30", birth_on="1950").due_on == date(2030, 12, 31)


def test_a_mandate_that_runs_has_not_ended():
    proposal = proposed("ADM-013", trigger_on="2032-03-15")
    assert (proposal.trigger_state, proposal.due_on) == (TriggerState.OPEN, None)


def test_video_of_more_than_a_month_alerts_and_stays_with_a_person():
    """CSI L252-5: a month at most; the text names no fate, and a visa is still needed to destroy."""
    proposal = proposed("POL-023", trigger_on="2026-04-30")
    assert proposal.due_on == date(2026, 5, 30)
    assert proposal.alert
    assert (proposal.fate, proposal.to_review) == (None, True)


def test_general_knowledge_is_no_source():
    hearsay = [rule for rule in SHIPPED.values() if rule.source.startswith("Connaissance générale")]
    assert len(hearsay) == 100
    for rule in hearsay:
        assert proposed(rule.code, **on("1950-01-01", rule.code)).fate is None, rule.code


def test_a_hold_suspends_every_rule():
    for code in SHIPPED:
        held = proposed(code, **{"hold": "contentieux", **on("1950-01-01", code)})
        assert (held.fate, held.to_review, held.alert) == (None, True, None), code
