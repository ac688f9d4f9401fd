from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from archiveia.edges.retention_files import load_triggers
from archiveia.steps.retain import duration_in_french, elimination_obstacles, propose
from archiveia.values import (
    Assertion,
    Bound,
    DocumentClass,
    Evidence,
    Origin,
    OriginKind,
    PageState,
    Record,
    RecordPage,
    RetentionRule,
    Signature,
    SortFinal,
    TriggerState,
)

TODAY = date(2026, 6, 15)
PERSON = Origin(OriginKind.PERSON, "archiviste")
MODEL = Origin(OriginKind.MODEL, "model")


TRIGGERS = load_triggers().by_code
SIGNED = Signature("MARTIN, maire", date(2026, 1, 10), "avis favorable des archives départementales")


def rule(code, event="document", **changes: object):
    made = RetentionRule(
        code=code,
        label=f"Type {code}",
        series="L",
        dua_months=120,
        bound=Bound.MINIMUM,
        trigger=TRIGGERS[event].label,
        event=TRIGGERS[event],
        sort_final=SortFinal.ELIMINATE,
        source="DAF/DPACI/RES/2009/018",
        source_url=None,
        personal_data="non",
        duration_confidence="high",
        fate_confidence="high",
        signature=SIGNED,
        rule_set="3 (0a1b2c3d)",
    )
    return replace(made, **changes)


SCHEDULE = {
    r.code: r
    for r in (
        rule("FAC"),
        rule("EXERCICE", "fiscal_year_end"),
        rule("DELIB", "register_closed", dua_months=12, sort_final=SortFinal.KEEP),
        rule("TRI", sort_final=SortFinal.SELECT),
        rule("IDLE", duration_confidence="low", active=False),
        rule("ETERNAL", "permanent", dua_months=None, sort_final=SortFinal.KEEP),
        rule("VALID", "validity_end", dua_months=None),
        rule("VIDEO", "recording", dua_months=1, bound=Bound.MAXIMUM),
        rule("SEANCE", "session", dua_months=12),
        rule("REFORME", "unmapped", trigger="cession ou réforme"),
        rule("UNSIGNED", signature=None),
        rule("UNSOURCED", fate_confidence="none"),
        rule("UNSURE", duration_confidence="low"),
        rule("AGENT", "birth_of_agent", dua_months=960, sort_final=SortFinal.SELECT),
        rule("PAST", valid_until=date(2025, 12, 31)),
        rule("TO-COME", valid_from=date(2027, 1, 1)),
    )
}


def a_class(code, *retention_codes: str):
    return DocumentClass(code, f"Classe {code}", "", None, retention_codes, ())


CLASSES = {
    c.code: c
    for c in (
        *(a_class(code, code) for code in SCHEDULE),
        a_class("TWO", "FAC", "TRI"),
        a_class("ONE-IDLE", "FAC", "IDLE"),
        a_class("GHOST", "ABSENT"),
        a_class("NONE"),
    )
}


def said(field, value, origin=PERSON, evidence=None):
    return Assertion(field, value, origin, evidence)


def a_record(*assertions: Assertion, record_id="r1"):
    return Record(record_id, "e", "d1", (), tuple(assertions))


def proposed(*assertions: Assertion):
    return propose(a_record(*assertions), CLASSES, SCHEDULE, today=TODAY, good_cer=0.05)


def confirmed(code="FAC", day="2001-05-04"):
    return said("class", code), said("date", day)


def test_a_piece_that_persons_confirmed_gets_its_rule_and_its_end():
    proposal = proposed(*confirmed())
    assert proposal.rule == SCHEDULE["FAC"]
    assert (proposal.trigger_on, proposal.due_on) == (date(2001, 5, 4), date(2011, 5, 4))
    assert not proposal.to_review
    text = " ".join(proposal.why)
    assert "Source : DAF/DPACI/RES/2009/018" in text
    assert "Fin de la DUA : 4 mai 2011." in text
    assert "Aucune élimination sans visa des archives départementales (C. patr. L212-2, R212-14" in text


@pytest.mark.parametrize(
    ("assertions", "why"),
    [
        pytest.param((), "Classe inconnue", id="no class"),
        pytest.param((said("class", "MISSING"),), "« MISSING » n’existe pas", id="class out of the plan"),
        pytest.param((said("class", "NONE"),), "Aucune règle", id="class without a rule"),
        pytest.param((said("class", "IDLE"),), "Aucune règle validée (IDLE", id="rule of low confidence"),
        pytest.param(
            (said("class", "GHOST"),), "Aucune règle validée (ABSENT", id="rule that does not exist"
        ),
        pytest.param(
            (said("class", "FAC", MODEL), said("class_to_review", value=True, origin=MODEL)),
            "incertain",
            id="unsure class",
        ),
        pytest.param(
            (said("class", "FAC"), said("retention_rule", "ABSENT")),
            "« ABSENT » n’existe pas",
            id="chosen ghost",
        ),
    ],
)
def test_without_a_sure_rule_a_person_decides(assertions, why):
    proposal = proposed(*assertions, said("date", "2001"))
    assert proposal.rule is None
    assert proposal.due_on is None
    assert proposal.to_review
    assert why in " ".join(proposal.why)


def doubtful(*assertions: Assertion, rate=0.08):
    page = RecordPage("p1", 1, "s", 1, PageState.TEXT, "Facture du 4 mai 2001", cer_estimate=rate)
    record = replace(a_record(*assertions), pages=(page,))
    return propose(record, CLASSES, SCHEDULE, today=TODAY, good_cer=0.05)


def test_a_class_found_on_a_page_that_was_not_read_well_goes_to_a_person():
    by_machine = said("class", "ETERNAL", MODEL)
    assert not doubtful(by_machine, rate=0.02).to_review
    proposal = doubtful(by_machine)
    assert proposal.rule == SCHEDULE["ETERNAL"]
    assert proposal.to_review
    assert "page 1 : environ 8 % de lettres fausses" in " ".join(proposal.why)
    assert not doubtful(said("class", "ETERNAL")).to_review, "a person said so"
    chosen = doubtful(by_machine, said("retention_rule", "ETERNAL"))
    assert "lettres fausses" not in " ".join(chosen.why), "the class plays no part"


def test_a_date_read_on_a_page_that_was_not_read_well_says_so():
    read = said("date", "2001-05-04", MODEL, Evidence(1, 11, 21, "4 mai 2001"))
    proposal = doubtful(said("class", "FAC"), read)
    assert proposal.to_review
    assert "La date est lue sur un texte à vérifier" in " ".join(proposal.why)
    given = doubtful(said("class", "FAC"), read, said("trigger_on", "2001-05-04"))
    assert not given.to_review


def test_a_person_who_confirms_a_class_settles_the_doubt_of_the_model():
    proposal = proposed(*confirmed(), said("class_to_review", value=True, origin=MODEL))
    assert proposal.rule == SCHEDULE["FAC"]
    assert not proposal.to_review


def test_several_rules_are_candidates_until_a_person_chooses():
    undecided = proposed(*confirmed("TWO"))
    assert undecided.rule is None
    assert undecided.candidates == ("FAC", "TRI")
    assert undecided.to_review
    settled = proposed(*confirmed("TWO"), said("retention_rule", "FAC"))
    assert settled.rule == SCHEDULE["FAC"]
    assert not settled.to_review


def test_a_machine_may_not_choose_among_rules():
    assert proposed(*confirmed("TWO"), said("retention_rule", "FAC", MODEL)).rule is None


def test_one_active_rule_beside_idle_ones_is_proposed_and_reviewed():
    proposal = proposed(*confirmed("ONE-IDLE"))
    assert proposal.rule == SCHEDULE["FAC"]
    assert proposal.to_review
    assert "non validées : IDLE" in " ".join(proposal.why)


def test_a_trigger_that_the_document_does_not_date_is_unknown_until_a_person_gives_it():
    unknown = proposed(*confirmed("EXERCICE"))
    assert (unknown.trigger_on, unknown.due_on, unknown.to_review) == (None, None, True)
    assert "élément déclencheur inconnu" in " ".join(unknown.why)
    known = proposed(*confirmed("EXERCICE"), said("trigger_on", "2001-12-31"))
    assert (known.trigger_on, known.due_on, known.to_review) == (
        date(2001, 12, 31),
        date(2011, 12, 31),
        False,
    )


def test_a_trigger_date_read_by_a_machine_is_an_estimate_that_a_person_confirms():
    proposal = proposed(*confirmed("EXERCICE"), said("trigger_on", "2001", MODEL))
    assert (proposal.trigger_state, proposal.trigger_on) == (TriggerState.ESTIMATED, date(2001, 12, 31))
    assert proposal.to_review
    assert "échéance provisoire" in " ".join(proposal.why)


def test_an_unknown_trigger_says_what_to_look_for():
    proposal = proposed(*confirmed("EXERCICE"))
    assert proposal.trigger_state is TriggerState.UNKNOWN
    assert "cherchez l’exercice sur le bordereau" in " ".join(proposal.why)


@pytest.mark.parametrize("day", ["open", "2030-12-31"])
def test_an_event_that_has_not_come_leaves_the_duration_unbegun(day):
    proposal = proposed(*confirmed("EXERCICE"), said("trigger_on", day))
    assert (proposal.trigger_state, proposal.due_on) == (TriggerState.OPEN, None)
    assert not proposal.to_review, "a person said so"
    assert "n’a pas commencé" in " ".join(proposal.why)
    assert obstacles(*confirmed("EXERCICE"), said("trigger_on", day))


def test_words_that_are_not_one_event_are_never_counted_from():
    proposal = proposed(*confirmed("REFORME"), said("trigger_on", "1990-01-01"))
    assert (proposal.trigger_state, proposal.due_on) == (TriggerState.UNKNOWN, None)
    assert proposal.to_review
    assert "précisez-en un dans le tableau de gestion" in " ".join(proposal.why)


def test_the_date_of_the_document_is_only_an_estimate_of_an_event_near_it():
    proposal = proposed(*confirmed("SEANCE"))
    assert (proposal.trigger_state, proposal.trigger_on) == (TriggerState.ESTIMATED, date(2001, 5, 4))
    assert proposal.to_review, "whoever confirmed the date of the document did not say that of the session"
    known = proposed(*confirmed("SEANCE"), said("trigger_on", "2001-04-28"))
    assert (known.trigger_state, known.due_on) == (TriggerState.KNOWN, date(2002, 4, 28))


def test_a_fact_that_a_person_gave_is_the_day_of_its_event():
    born = proposed(said("class", "AGENT"), said("birth_on", "1946-02-28"))
    assert (born.trigger_state, born.due_on) == (TriggerState.KNOWN, date(2026, 2, 28))
    read = proposed(said("class", "AGENT"), said("birth_on", "1946", MODEL))
    assert (read.trigger_state, read.due_on) == (TriggerState.ESTIMATED, date(2026, 12, 31))
    assert read.to_review


def test_a_date_read_by_a_machine_gives_a_provisional_end_to_review():
    evidence = Evidence(1, 0, 10, "4 mai 2001")
    proposal = proposed(said("class", "FAC"), said("date", "2001-05-04", MODEL, evidence))
    assert proposal.due_on == date(2011, 5, 4)
    assert proposal.to_review
    assert proposal.evidence == evidence
    assert "échéance provisoire" in " ".join(proposal.why)


def test_a_class_proposed_by_a_machine_never_leads_to_elimination_unreviewed():
    assert proposed(said("class", "FAC", MODEL), said("date", "2001")).to_review


def test_a_selection_is_always_left_to_a_person():
    assert proposed(*confirmed("TRI")).to_review


@pytest.mark.parametrize(("day", "expected"), [("2001", date(2001, 12, 31)), ("2001-02", date(2001, 2, 28))])
def test_a_partial_date_counts_from_its_last_day_and_says_so(day, expected):
    proposal = proposed(*confirmed(day=day))
    assert proposal.trigger_on == expected
    assert f"Date partielle « {day} »" in " ".join(proposal.why)


@pytest.mark.parametrize("day", ["2026-06-16", "2999", "1499", "0001-01-01", "illisible"])
def test_a_date_in_the_future_or_too_old_is_not_used(day):
    proposal = proposed(*confirmed(day=day))
    assert (proposal.trigger_on, proposal.due_on, proposal.to_review) == (None, None, True)
    assert "inutilisable" in " ".join(proposal.why)


def test_a_month_of_dua_is_a_calendar_month():
    assert proposed(*confirmed("VIDEO", "2026-01-31")).due_on == date(2026, 2, 28)


def test_a_longest_duration_that_is_passed_alerts_the_service_and_the_dpo():
    late = proposed(*confirmed("VIDEO", "2026-01-31"))
    assert late.alert
    assert "dépassée depuis le 28 février 2026" in late.alert
    assert "délégué à la protection des données (DPO)" in late.alert
    assert late.alert in late.why
    assert proposed(*confirmed("VIDEO", "2026-05-15")).alert is None, "its last day is still a day"
    assert proposed(*confirmed("VIDEO", "2026-01-31"), said("hold", "enquête")).alert is None
    assert proposed(*confirmed()).alert is None, "ten years at least are not at most"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("UNSIGNED", "La collectivité n’a pas signé la ligne UNSIGNED"),
        ("UNSOURCED", "Aucune source ne fixe le sort final"),
    ],
)
def test_elimination_is_proposed_only_of_a_sourced_row_that_the_collectivite_signed(code, why):
    assert proposed(*confirmed()).fate is SortFinal.ELIMINATE
    proposal = proposed(*confirmed(code))
    assert (proposal.fate, proposal.to_review) == (None, True)
    assert why in " ".join(proposal.why)
    assert any(why in obstacle for obstacle in obstacles(*confirmed(code)))


def test_a_row_that_is_kept_needs_no_signature():
    unsigned = {"DELIB": replace(SCHEDULE["DELIB"], signature=None)}
    record = a_record(said("class", "DELIB"), said("closed_on", "1925"))
    proposal = propose(record, CLASSES, unsigned, today=TODAY, good_cer=0.05)
    assert (proposal.fate, proposal.to_review) == (SortFinal.KEEP, False)


def test_a_duration_that_its_source_does_not_settle_is_reviewed():
    proposal = proposed(*confirmed("UNSURE"))
    assert proposal.to_review
    assert "La durée n’est pas sûre" in " ".join(proposal.why)


@pytest.mark.parametrize("code", ["PAST", "TO-COME"])
def test_a_rule_is_used_only_on_the_days_that_it_is_valid(code):
    assert proposed(*confirmed(code)).rule is None
    chosen = proposed(*confirmed(), said("retention_rule", code))
    assert (chosen.fate, chosen.to_review) == (None, True)


@pytest.mark.parametrize("code", ["FAC", "DELIB", "TRI", "ETERNAL", "EXERCICE"])
def test_a_hold_suspends_whatever_else(code):
    held = proposed(*confirmed(code), said("trigger_on", "1990"), said("hold", "contentieux en cours"))
    assert (held.fate, held.to_review) == (None, True)
    assert held.holds == ("contentieux en cours",)
    assert held.why[0] == "Gel en cours (contentieux en cours) : tout est suspendu jusqu’à sa levée."


def test_a_proposal_names_the_version_of_the_schedule():
    assert proposed(*confirmed()).rule_set == "3 (0a1b2c3d)"
    assert proposed().rule_set == "3 (0a1b2c3d)"
    assert "Tableau de gestion : version 3 (0a1b2c3d)." in proposed(*confirmed()).why


def test_what_is_kept_for_ever_has_no_end():
    proposal = proposed(*confirmed("ETERNAL"))
    assert proposal.due_on is None
    assert not proposal.to_review


def test_a_dua_without_a_term_is_never_a_dua_of_nothing():
    assert proposed(*confirmed("VALID")).due_on is None
    over = proposed(*confirmed("VALID"), said("trigger_on", "2010-03-01"))
    assert (over.trigger_on, over.due_on, over.to_review) == (date(2010, 3, 1), None, True)
    assert "La source ne fixe aucun terme" in " ".join(over.why)
    assert obstacles(*confirmed("VALID"), said("trigger_on", "2010-03-01"))


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (rule("A"), "10 ans"),
        (rule("A", dua_months=12), "1 an"),
        (rule("A", dua_months=4), "4 mois"),
        (rule("A", dua_months=18), "18 mois"),
        (rule("A", dua_months=0), "aucune au-delà de l’utilité"),
        (rule("A", dua_months=1, bound=Bound.MAXIMUM), "1 mois au plus"),
        (rule("A", "validity_end", dua_months=None), "jusqu’à : fin de validité"),
        (rule("A", "permanent", dua_months=None, trigger="usage permanent"), "usage permanent"),
    ],
)
def test_a_duration_is_written_in_french(changed, text):
    assert duration_in_french(changed) == text


# --- elimination ---


def obstacles(*assertions: Assertion, visa="AD-2026-12", holds=(), today=TODAY):
    record = a_record(*assertions)
    proposal = propose(record, CLASSES, SCHEDULE, today=today, good_cer=0.05)
    return elimination_obstacles(record, proposal, visa=visa, holds=holds, today=today)


def test_nothing_stands_in_the_way_when_persons_confirmed_all_and_the_visa_exists():
    assert obstacles(*confirmed()) == []


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        pytest.param(obstacles(*confirmed(), visa=None), "sans visa", id="no visa"),
        pytest.param(obstacles(*confirmed(), visa="  "), "sans visa", id="blank visa"),
        pytest.param(obstacles(*confirmed(), holds=["contentieux en cours"]), "Gel en cours", id="hold"),
        pytest.param(
            obstacles(said("class", "FAC", MODEL), said("date", "2001")), "La classe n’est", id="class"
        ),
        pytest.param(obstacles(said("class", "FAC"), said("date", "2001", MODEL)), "déclencheur", id="date"),
        pytest.param(obstacles(*confirmed("DELIB"), said("trigger_on", "2001")), "sort final", id="kept"),
        pytest.param(obstacles(*confirmed("TRI")), "sort final", id="selection"),
        pytest.param(obstacles(*confirmed("EXERCICE")), "élément déclencheur inconnu", id="no trigger"),
        pytest.param(
            obstacles(*confirmed(day="2020")), "La DUA court jusqu’au 31 décembre 2030", id="not over"
        ),
        pytest.param(obstacles(*confirmed("TWO")), "Aucune règle", id="several rules"),
        pytest.param(
            obstacles(*confirmed("IDLE"), said("retention_rule", "IDLE")), "n’est pas validée", id="idle rule"
        ),
    ],
)
def test_each_missing_confirmation_is_an_obstacle(found, sentence):
    assert any(sentence in obstacle for obstacle in found), found


def test_the_last_day_of_the_dua_is_still_a_day_of_retention():
    last, after = date(2011, 5, 4), date(2011, 5, 5)
    assert obstacles(*confirmed(), today=last) == ["La DUA court jusqu’au 4 mai 2011 inclus."]
    assert obstacles(*confirmed(), today=after) == []


def test_a_proposal_older_than_the_confirmed_date_is_an_obstacle():
    before, after = a_record(*confirmed(day="2001")), a_record(*confirmed(day="2005"))
    proposal = propose(before, CLASSES, SCHEDULE, today=TODAY, good_cer=0.05)
    found = elimination_obstacles(after, proposal, visa="AD-1", holds=(), today=TODAY)
    assert any("plus à jour" in obstacle for obstacle in found)


def test_an_import_does_not_confirm_anything():
    imported = Origin(OriginKind.IMPORT, "csv")
    assert obstacles(said("class", "FAC", imported), said("date", "2001", imported))
